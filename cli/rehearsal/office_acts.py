"""What the office, the leader and the province do in a rehearsal."""

from adapters.outlines import read_outline
from adapters.rule_sets import read_rule_set
from cli.rehearsal.plan_reviews import judge
from cli.rehearsal.play import CLERK, OFFICER, Play
from cli.rehearsal.runs import run_flow
from models.errors import RefusedError
from models.obligations import Obligation, ObligationState
from models.plans import RequirementKind
from models.rehearsal_office import office_hours_between
from models.rehearsal_turns import Step
from models.scenarios import ReturnCase, Revision
from services import reviews, sign_offs
from services.decision_requests import ask_if_signed_off
from services.decisions import Verdict
from services.dispatch_letters import recipients_of
from services.extensions import refuse_extension
from services.journal import read_journal
from services.plans import activate_plan, import_plan
from services.report_edits import edit_place
from services.reports import ReportRecord, find_report
from services.sign_offs import SignOffKind

WAITING = frozenset({ObligationState.SUBMITTED, ObligationState.NIL})
PROVINCE = "Văn thư nơi nhận (diễn tập)"
HASH_SHOWN = 12
DRAFTER, CHECKER = "Trưởng phòng tham mưu (diễn tập)", "Chánh Văn phòng (diễn tập)"


async def take_in(play: Play, _step: Step) -> None:
    """Import the plan."""
    import_plan(play.engine, play.dossier, actor=OFFICER, now=play.now)


async def put_in_force(play: Play, _step: Step) -> None:
    """Activate the plan under its number and day."""
    activate_plan(
        play.engine,
        play.plan_id,
        number=play.number,
        issued_on=play.issued_on,
        actor=OFFICER,
        now=play.now,
        day=play.today,
    )


async def review_waiting(play: Play, _step: Step) -> None:
    """Accept or return everything that waits for a review."""
    for obligation in play.obligations().values():
        requirement = play.dossier.plan.requirement(obligation.requirement_id)
        if obligation.state in WAITING and requirement.reviewed_by is not None:
            _review(play, obligation, play.contact_of(requirement.reviewed_by))


def _review(play: Play, obligation: Obligation, reviewer: str) -> None:
    case = play.casting.reply_to(obligation).returned
    if obligation.returns > 0 or obligation.state is ObligationState.NIL:
        case = None
    kind = play.dossier.plan.requirement(obligation.requirement_id).kind
    if kind is RequirementKind.DETAILED_PLAN and not (case and case.is_formal_defect):
        judge(play, obligation, reviewer, returned=case)
        return
    if case is None:
        reviews.accept(play.engine, obligation.id, reviewer=reviewer, now=play.now)
        return
    day = play.calendar.add_working_days(play.today, case.due_in_days)
    reviews.return_to_unit(
        play.engine,
        obligation.id,
        remarks=_remarks(case),
        due_at=play.calendar.close_of(day),
        reviewer=reviewer,
        now=play.now,
        is_formal_defect=case.is_formal_defect,
    )


def _remarks(case: ReturnCase) -> dict[str, str]:
    return dict.fromkeys(case.fields or ("Nội dung",), case.remark)


async def answer_request(play: Play, step: Step) -> None:
    """Grant or refuse the time a unit asked for; a request that was decided is left alone."""
    obligation = play.obligations().get(step.obligation_id)
    extension = play.casting.reply_to(obligation).extension if obligation else None
    if obligation is None or extension is None or not obligation.is_open:
        return
    if extension.granted and obligation.extended_to is None:
        due_day = play.calendar.day_of(obligation.due_at)
        until = play.calendar.add_working_days(due_day, extension.days)
        await run_flow(
            play, "extend", obligation=obligation.id, until=until, by=_leader(play),
            reason=extension.reason,
        )  # fmt: skip
    elif not extension.granted:
        _refuse(play, obligation, extension.refusal)


def _refuse(play: Play, obligation: Obligation, refusal: str) -> None:
    try:
        refuse_extension(
            play.engine, obligation.id, refusal=refusal, by=_leader(play), now=play.now
        )
    except RefusedError:  # decided before we were interrupted
        return


async def sign_off(play: Play, _step: Step) -> None:
    """Let the drafting unit and Văn phòng answer for a draft that nobody has answered for."""
    report = find_report(play.engine, play.plan_id)
    if report is None or report.verdict is not None or not play.is_running():
        return
    engine, plan_id, seen = play.engine, play.plan_id, report.sha256[:HASH_SHOWN]
    sign_offs.sign_off_content(
        engine, plan_id, version=report.version, sha256_prefix=seen, by=DRAFTER, now=play.now
    )
    if len(sign_offs.find_sign_offs(engine, report.id)) < len(SignOffKind):
        sign_offs.sign_off_form(
            engine, plan_id, version=report.version, sha256_prefix=seen, by=CHECKER, now=play.now,
            rules=read_rule_set(), blobs=play.desk.blobs,
        )  # fmt: skip
    ask_if_signed_off(engine, plan_id, calendar=play.calendar, now=play.now)
    await run_flow(play, "mailroom")  # also when the letter was written before an interruption


async def let_leader_decide(play: Play, _step: Step) -> None:
    """Decide on a draft that has lain before the leader long enough."""
    leader = play.casting.scenario.leader
    report = find_report(play.engine, play.plan_id)
    if report is None or report.verdict is not None or not play.is_running():
        return
    if (
        office_hours_between(report.created_at, play.now, play.calendar)
        < leader.answers_after_hours
    ):
        return
    returned = _times_returned(play, report)
    if returned < len(leader.revisions):
        await _decide(play, report, "Trả lại, ghi ý kiến", leader.revisions[returned].comment)
    elif leader.approves:
        await _decide(play, report, "Phê duyệt", "")


async def _decide(play: Play, report: ReportRecord, choice: str, comment: str) -> None:
    await run_flow(
        play, "decide", plan=play.plan_id, version=report.version,
        content=report.sha256[:HASH_SHOWN], decision=choice, by=_leader(play), comment=comment,
    )  # fmt: skip


def _times_returned(play: Play, report: ReportRecord) -> int:
    versions = range(1, report.version + 1)
    found = (find_report(play.engine, play.plan_id, version=v) for v in versions)
    return sum(one is not None and one.verdict == Verdict.RETURNED for one in found)


def revise_returned(play: Play) -> bool:
    """Write what the leader asked for; True while the newest draft stands returned."""
    report = find_report(play.engine, play.plan_id)
    if report is None or report.verdict != Verdict.RETURNED:
        return False
    revisions = play.casting.scenario.leader.revisions
    revision = revisions[min(_times_returned(play, report), len(revisions)) - 1]
    if not _is_written(play, report):
        edit_place(
            play.engine, play.plan_id, place=_place(play, revision), text=revision.text,
            outline=read_outline(play.dossier.catalogue.id), by=OFFICER, now=play.now,
        )  # fmt: skip
    return True


def _is_written(play: Play, report: ReportRecord) -> bool:
    entries = read_journal(play.engine, commune=play.desk.commune, subject_prefix=play.plan_id)
    since = report.decided_at
    return any(e.action == "report.edited" and since and e.at >= since for e in entries)


def _place(play: Play, revision: Revision) -> str:
    places = play.outline_places()
    return revision.place if revision.place in places else places[-1]


async def issue(play: Play, _step: Step) -> None:
    """Give the approved report its number and day, and send it to the province."""
    report = find_report(play.engine, play.plan_id)
    if report is None or report.verdict != Verdict.APPROVED or not play.is_running():
        return
    if report.number is None or report.issued_on == play.today:
        number = play.casting.scenario.report.number
        await run_flow(
            play, "issue_report", plan=play.plan_id, number=number, issued_on=play.today, by=CLERK
        )


async def confirm(play: Play, _step: Step) -> None:
    """Let the recipients confirm the report after the scenario's days."""
    after, plan = play.casting.scenario.receipt.after_days, play.plan()
    report = find_report(play.engine, play.plan_id) if plan is not None else None
    if after is None or plan is None or report is None or report.issued_on is None:
        return
    is_time = play.today >= play.calendar.add_working_days(report.issued_on, after)
    if is_time and play.is_running():
        for recipient in recipients_of(plan):
            await run_flow(play, "receive", plan=play.plan_id, recipient=recipient, by=PROVINCE)


def _leader(play: Play) -> str:
    return play.dossier.plan.signer.full_name
