"""The rules that judge a reply, one after another; in doubt a person decides."""

from collections.abc import Callable, Iterable, Sequence

from models.answer_forms import (
    FILES_FIELD,
    carry_over,
    form_fields,
    is_sent_by_form,
    open_fields,
)
from models.letter_rows import RemarkRow
from models.mail_intents import IntentKind
from models.obligations import DONE_STATES, ObligationState
from models.plans import RequirementKind
from models.submissions import Answer
from services.mail_figures import read_figures
from services.mail_rulings import (
    FoundForm,
    ReadyAnswer,
    Reply,
    Verdict,
    VerdictKind,
    for_person,
    remark_on,
    to_mend,
)
from services.portal_views import Task

WHOLE = "Thư trả lời"
NIL_EXAMPLE = "Ghi: “Không phát sinh: thôn không tổ chức hoạt động nào trong kỳ”."


def judge_reply(reply: Reply) -> Verdict:
    """Say what the reply is worth; where two readings are possible, a person decides."""
    for rule in _RULES:
        verdict = rule(reply)
        if verdict is not None:
            return verdict
    return for_person("E-IN-WORDS: thư chỉ có lời văn; cần người đọc và trả lời.")


def _by_refusal(reply: Reply) -> Verdict | None:
    return for_person(f"E-IN-DONE: {reply.refusal}") if reply.refusal else None


def _by_forms(reply: Reply) -> Verdict | None:
    if not reply.forms:
        return None
    tasks = {task.obligation.id: task for task in reply.of_unit}
    found = [(form, tasks.get(form.obligation_id)) for form in reply.forms]
    if len({form.obligation_id for form in reply.forms}) < len(found):
        return for_person("E-IN-FORMS: thư có nhiều biểu của cùng một việc.")
    remarks = [row for form, task in found for row in _form_remarks(form, task, reply)]
    known = [(form, task) for form, task in found if task is not None]
    if remarks or reply.faults or not known:
        task = known[0][1] if len(known) == 1 else None
        return to_mend((*remarks, *reply.faults), task)
    stale = next((why for _, task in known if (why := _overtaken(task, reply)) is not None), None)
    if stale is not None:
        return for_person(stale)
    answers = [
        _ready(task, form.answer.model_copy(update={"attachments": (form.file, *reply.files)}))
        for form, task in known
    ]
    return Verdict(
        kind=VerdictKind.SEND, answers=tuple(answers),
        task=known[0][1] if len(known) == 1 else None,
    )  # fmt: skip


def _form_remarks(form: FoundForm, task: Task | None, reply: Reply) -> Iterable[RemarkRow]:
    name = f"Biểu “{form.file.name}”"
    if task is None:
        hint = "Dùng biểu kèm theo thư gửi cho chính đơn vị."
        yield RemarkRow(field=name, message="Biểu không phải của đơn vị.", hint=hint)
        return
    yield from (remark_on(found, task.asked) for found in form.findings if found.is_error)
    names = {one.id: f"{one.name} ({one.id})" for one in task.asked}
    written = read_figures(reply.intent.figures, task.asked)
    for code, value in written.values.items():
        if form.answer.values.get(code) != value:
            message = "Số ghi trong lời thư khác số trong biểu."
            yield RemarkRow(field=names[code], message=message, hint="Thống nhất số rồi gửi lại.")


def _by_faults(reply: Reply) -> Verdict | None:
    return to_mend(reply.faults, _single(reply)) if reply.faults else None


def _by_question(reply: Reply) -> Verdict | None:
    """Words in reply to a question are its answer; a mere “received” leaves it open."""
    silent = {IntentKind.SILENT, IntentKind.CONFIRMS}
    if reply.question is None or reply.intent.kind in silent or not reply.text:
        return None
    if not reply.question.is_open:
        return for_person("E-IN-ASKED: câu hỏi này đã được trả lời trước đó; cần người đọc.")
    task = next((t for t in reply.of_unit if t.obligation.id == reply.question.obligation_id), None)
    return Verdict(kind=VerdictKind.SAY, question=reply.question, task=task)


def _by_figures(reply: Reply) -> Verdict | None:
    if reply.intent.kind is not IntentKind.FIGURES:
        return None
    codes = {figure.code for figure in reply.intent.figures}
    asking = [task for task in reply.tasks if codes <= {one.id for one in task.asked}]
    task = _only_open(asking)
    if task is None:
        return for_person(
            "E-IN-WHICH: chưa rõ số liệu trong thư là của việc nào, hoặc việc đó đã có bản gửi."
        )
    closed = codes - _opened(task)
    if closed:
        message = "Mục này đã đạt ở lần gửi trước, không sửa được bằng thư."
        return to_mend([RemarkRow(field=code, message=message) for code in sorted(closed)], task)
    written = read_figures(reply.intent.figures, task.asked)
    if written.remarks:
        return to_mend(written.remarks, task)
    return _send(task, Answer(values=written.values, attachments=reply.files), reply)


def _by_nil(reply: Reply) -> Verdict | None:
    if reply.intent.kind is not IntentKind.NIL:
        return None
    task = _only_open([task for task in reply.tasks if task.asked])
    if task is None or _fields_of(task) != _opened(task):
        return for_person("E-IN-WHICH: chưa rõ “không phát sinh” là của việc nào.")
    if not reply.intent.reason:
        message = "“Không phát sinh” phải nêu lý do."
        return to_mend((RemarkRow(field="Lý do", message=message, hint=NIL_EXAMPLE),), task)
    answer = Answer(nil_reason=reply.intent.reason, attachments=reply.files)
    return _send(task, answer, reply)


def _by_files(reply: Reply) -> Verdict | None:
    if not reply.files:
        return None
    by_form = [task for task in reply.tasks if is_sent_by_form(task.requirement.kind)]
    task = _only_open(by_form) or _only_sent(by_form)
    if task is None:
        return for_person("E-IN-WHICH: chưa rõ tệp kèm theo là kết quả của việc nào.")
    if not task.asked:
        return _send(task, Answer(attachments=reply.files), reply)
    if task.previous is not None and _adds_files_only(task):
        previous = task.previous.answer
        files = tuple(dict.fromkeys((*previous.attachments, *reply.files)))
        return _send(task, previous.model_copy(update={"attachments": files}), reply)
    reason = "E-IN-ENTER: thư có văn bản kèm theo nhưng không có biểu số liệu; chờ nhập hộ."
    return Verdict(kind=VerdictKind.ENTER, reason=reason, task=task)


def _adds_files_only(task: Task) -> bool:
    """Whether documents alone complete what was sent: the scan after the figures."""
    is_told = task.previous is not None and bool(task.previous.answer.values)
    is_returned = task.obligation.state is ObligationState.RETURNED
    return is_told and (not is_returned or set(task.remarks) == {FILES_FIELD})


def _by_confirmation(reply: Reply) -> Verdict | None:
    if reply.intent.kind is not IntentKind.CONFIRMS:
        return None
    kind = RequirementKind.ACKNOWLEDGEMENT
    waiting = [t for t in reply.tasks if t.requirement.kind is kind and t.obligation.is_open]
    if not waiting:
        reason = "Thư báo đã nhận; không có việc nào chờ xác nhận."
        return Verdict(kind=VerdictKind.COURTESY, reason=reason)
    answers = tuple(ReadyAnswer(obligation_id=t.obligation.id, answer=Answer()) for t in waiting)
    task = waiting[0] if len(waiting) == 1 else None
    return Verdict(kind=VerdictKind.SEND, answers=answers, task=task)


def _by_claim(reply: Reply) -> Verdict | None:
    if reply.intent.kind not in {IntentKind.CLAIMS, IntentKind.SILENT}:
        return None
    message = "Thư không kèm tệp nào và không có số liệu; nội dung này chưa được tính là đã nộp."
    hint = "Trả lời lại thư này kèm biểu đã điền hoặc văn bản kết quả."
    return to_mend((RemarkRow(field=WHOLE, message=message, hint=hint),), _single(reply))


_RULES: tuple[Callable[[Reply], Verdict | None], ...] = (
    _by_refusal,
    _by_forms,
    _by_faults,
    _by_question,
    _by_figures,
    _by_nil,
    _by_files,
    _by_confirmation,
    _by_claim,
)


def _send(task: Task, answer: Answer, reply: Reply) -> Verdict:
    stale = _overtaken(task, reply)
    if stale is not None:
        return for_person(stale)
    return Verdict(kind=VerdictKind.SEND, answers=(_ready(task, answer),), task=task)


def _ready(task: Task, answer: Answer) -> ReadyAnswer:
    """The answer as it counts: after a return only what was remarked on changes, as on the page."""
    is_return = task.obligation.state is ObligationState.RETURNED
    if is_return and task.previous is not None and answer.nil_reason is None:
        before = task.previous.answer
        files = tuple(dict.fromkeys((*before.attachments, *answer.attachments)))
        given = answer.model_copy(update={"attachments": files})
        answer = carry_over(given, before, opened=_opened(task))
    return ReadyAnswer(obligation_id=task.obligation.id, answer=answer)


def _fields_of(task: Task) -> frozenset[str]:
    return form_fields(task.requirement.kind, task.asked)


def _opened(task: Task) -> frozenset[str]:
    is_return = task.obligation.state is ObligationState.RETURNED
    return open_fields(_fields_of(task), task.remarks if is_return else {})


def _overtaken(task: Task, reply: Reply) -> str | None:
    if task.obligation.state in DONE_STATES:
        return "E-IN-DONE: việc này đã được chấp nhận hoặc miễn; cần mở lại trước khi nhận bản mới."
    if task.previous is not None and task.previous.received_at > reply.arrived_at:
        return "E-IN-OLDER: đơn vị đã có bản gửi mới hơn thư này; cần người đối chiếu."
    return None


def _only_open(tasks: Sequence[Task]) -> Task | None:
    found = [task for task in tasks if task.obligation.is_open]
    return found[0] if len(found) == 1 else None


def _only_sent(tasks: Sequence[Task]) -> Task | None:
    """The one task that was sent and is not settled yet, where nothing is open."""
    if any(task.obligation.is_open for task in tasks):
        return None
    found = [task for task in tasks if task.obligation.state not in DONE_STATES]
    return found[0] if len(found) == 1 else None


def _single(reply: Reply) -> Task | None:
    by_form = [task for task in reply.tasks if is_sent_by_form(task.requirement.kind)]
    return _only_open(by_form) or _only_sent(by_form)
