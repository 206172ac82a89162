"""Commands about letters that have not arrived: list, show, hold, release, settle, redact."""

from typing import Annotated

import typer

from cli import incoming
from cli.console import AsJson, By, Yes, answer, at_desk, confirm, print_table, read_day
from cli.words import LETTER_STATES, tell_redacted
from models.errors import UsageError
from models.letter_desks import LetterDesk, LetterLife, LetterLine
from models.letter_holds import HoldReason
from models.letters import LetterState
from models.redactions import RedactionOrder
from models.vietnamese import format_day, format_instant
from services import brakes
from services.letter_acts import Settling, settle_letter
from services.letter_desk import read_desk, read_life
from services.redaction_files import with_files
from services.restores import Released, let_go
from services.retentions import redact_ended

app = typer.Typer(help="Thư đang chờ, thư cần người xử lý, tạm dừng gửi.", no_args_is_help=True)
app.add_typer(incoming.app, name="inbox")
LetterId = Annotated[int, typer.Argument(help="Số thư, xem trong `dondoc mail list`.", min=1)]
Reason = Annotated[str, typer.Option("--reason", help="Lý do, ghi vào nhật ký.")]
StateOption = Annotated[
    LetterState | None, typer.Option("--state", help="Chỉ thư ở trạng thái này.")
]


@app.command("list")
def list_letters(state: StateOption = None, as_json: AsJson = False) -> None:
    """Liệt kê thư đang chờ (vì sao, bao giờ đi) và thư cần người xử lý."""
    with at_desk() as desk:
        found = read_desk(
            desk.engine, commune=desk.commune, relay=desk.relay.name, policy=desk.policy,
            calendar=desk.calendar, now=desk.now,
        )  # fmt: skip
    chosen = _of_state(found, state)
    if as_json:
        answer(chosen, as_json=True, text="")
        return
    _print_desk(chosen)


def _of_state(desk: LetterDesk, state: LetterState | None) -> LetterDesk:
    if state is None:
        return desk
    return desk.model_copy(
        update={
            "waiting": tuple(x for x in desk.waiting if x.state is state),
            "unsettled": tuple(x for x in desk.unsettled if x.state is state),
        }
    )


def _print_desk(desk: LetterDesk) -> None:
    if desk.hold is not None:
        answer(None, as_json=False, text=f"ĐANG TẠM DỪNG GỬI THƯ. {desk.hold}")
    if desk.waiting:
        columns = ("Số", "Loại", "Tới", "Vì sao chờ", "Sẽ đi lúc")
        print_table(columns, [_waiting(x) for x in desk.waiting], title="Thư đang chờ")
    if desk.unsettled:
        columns = ("Số", "Loại", "Tới", "Trạng thái", "Lời máy chủ thư")
        rows = [_unsettled(x) for x in desk.unsettled]
        print_table(columns, rows, title="Thư cần người xử lý")
    text = f"Thư đang chờ: {desk.waiting_count}; cần người xử lý: {desk.unsettled_count}."
    answer(None, as_json=False, text=text)


def _waiting(line: LetterLine) -> tuple[str, ...]:
    if line.wait is None:
        return (str(line.id), line.kind, line.contact_id, LETTER_STATES[line.state], "")
    goes = format_instant(line.wait.goes_at) if line.wait.goes_at else "chưa định"
    return (str(line.id), line.kind, line.contact_id, line.wait.text, goes)


def _unsettled(line: LetterLine) -> tuple[str, ...]:
    said = line.last_text or ""
    return (str(line.id), line.kind, line.contact_id, LETTER_STATES[line.state], said)


@app.command("show")
def show(letter: LetterId, as_json: AsJson = False) -> None:
    """Kể lại một thư: từng lần gửi, từng dòng nhật ký."""
    with at_desk() as desk:
        life = read_life(desk.engine, letter, commune=desk.commune)
    if as_json:
        answer(life, as_json=True, text="")
        return
    _print_life(life)


def _print_life(life: LetterLife) -> None:
    line = life.line
    lines = [
        f"Thư số {line.id}, loại {line.kind}: {line.subject or 'chưa soạn'}",
        f"Tới: {line.contact_title} <{life.address}>",
        f"Trạng thái: {LETTER_STATES[line.state]}; đã gửi đi {life.copies} bản",
        f"Mã thư: {life.message_id or 'chưa có'}",
        *(f"Tệp: {file.name}, SHA-256 {file.sha256}" for file in life.files),
    ]
    answer(None, as_json=False, text="\n".join(lines))
    tries = [
        (str(a.attempt), format_instant(a.at), a.verdict, str(a.code or ""), a.text or "")
        for a in life.attempts
    ]
    if tries:
        print_table(("Lần", "Lúc", "Kết quả", "Mã", "Lời máy chủ"), tries, title="Các lần gửi")
    entries = [(format_instant(e.at), e.actor, e.action, _detail(e.detail)) for e in life.journal]
    if entries:
        print_table(("Lúc", "Ai", "Việc", "Chi tiết"), entries, title="Nhật ký")


def _detail(detail: dict[str, str | int | bool | list[str] | None]) -> str:
    return "; ".join(f"{key}: {value}" for key, value in detail.items() if value)


@app.command("hold")
def hold(reason: Reason, by: By = "quản trị", as_json: AsJson = False) -> None:
    """Tạm dừng gửi mọi thư của xã cho đến khi cho gửi tiếp."""
    with at_desk() as desk:
        changed = brakes.hold(
            desk.engine, commune=desk.commune, reason=HoldReason.PERSON, detail=reason, by=by,
            now=desk.now,
        )  # fmt: skip
    text = "Đã tạm dừng gửi thư." if changed else "Thư đã được tạm dừng từ trước."
    answer({"changed": changed}, as_json=as_json, text=text)


@app.command("release")
def release(by: By = "quản trị", as_json: AsJson = False) -> None:
    """Cho gửi tiếp; bản khôi phục được đối chiếu với thư đã gửi trước khi cho gửi."""
    with at_desk() as desk:
        released = let_go(desk, by=by)
    answer(released, as_json=as_json, text=_released_text(released))


def _released_text(released: Released) -> str:
    if not released.holds:
        return "Không có lệnh tạm dừng nào."
    text = f"Đã gỡ {released.holds} lệnh tạm dừng; thư sẽ đi ở lượt kế tiếp."
    if released.reconciled is None:
        return text
    return f"{text} Đối chiếu: {released.reconciled.accepted} thư đã gửi trước đây, không gửi lại."


@app.command("redact")
def redact(
    *,
    before: Annotated[
        str, typer.Option("--before", help="Kế hoạch kết thúc trước ngày này, ví dụ 2027-01-01.")
    ],
    reason: Reason,
    yes: Yes = False,
    by: By = "quản trị",
    as_json: AsJson = False,
) -> None:
    """Hết thời hạn lưu: xóa nội dung thư đi, thư đến của kế hoạch đã kết thúc trước một ngày."""
    day = read_day(before)
    with at_desk() as desk:
        question = f"Xóa hẳn nội dung thư của các kế hoạch kết thúc trước {format_day(day)}?"
        confirm(question, is_sure=yes)
        order = RedactionOrder(commune=desk.commune, reason=reason, by=by, now=desk.now)
        done = redact_ended(desk.engine, before=day, order=order, calendar=desk.calendar)
        done = with_files(desk, done)
    answer(done, as_json=as_json, text=tell_redacted(done))


@app.command("settle")
def settle(
    letter: LetterId,
    *,
    arrived: Annotated[bool, typer.Option("--arrived", help="Thư đã tới nơi nhận.")] = False,
    resend: Annotated[bool, typer.Option("--resend", help="Gửi lại đúng thư ấy.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Thôi, không gửi nữa.")] = False,
    reason: Reason,
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="Đã hỏi nơi nhận: gửi thêm bản thứ ba.")
    ] = False,
    by: By = "quản trị",
    as_json: AsJson = False,
) -> None:
    """Quyết định về một thư chưa rõ kết quả, bị từ chối hoặc không soạn được."""
    with at_desk() as desk:
        changed = settle_letter(
            desk.engine, letter, commune=desk.commune, by=by, reason=reason, now=desk.now,
            settling=_chosen(arrived=arrived, resend=resend, drop=drop), is_confirmed=confirmed,
        )  # fmt: skip
    text = f"Đã ghi nhận cho thư số {letter}." if changed else "Việc này đã được ghi nhận từ trước."
    answer({"changed": changed}, as_json=as_json, text=text)


def _chosen(*, arrived: bool, resend: bool, drop: bool) -> Settling:
    flags = {Settling.ARRIVED: arrived, Settling.RESEND: resend, Settling.DROP: drop}
    chosen = [settling for settling, is_set in flags.items() if is_set]
    if len(chosen) != 1:
        raise UsageError("Hãy chọn đúng một trong --arrived, --resend, --drop.")
    return chosen[0]
