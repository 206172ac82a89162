"""Commands that look: status, explain, the journal."""

from datetime import datetime
from typing import Annotated

import typer

from cli.console import FOUND, AsJson, answer, at_desk, print_table, read_day
from cli.words import AUDIENCES, LETTER_STATES, RUNG_STATUSES
from models.boards import Board
from models.countdowns import Countdown
from models.vietnamese import format_instant
from services import journal, plans, reminders
from services.boards import read_board
from services.countdowns import read_countdown
from services.desk import Desk
from services.outbox import count_letters

journal_app = typer.Typer(help="Nhật ký không sửa được.", no_args_is_help=True)
PlanOption = Annotated[str | None, typer.Option("--plan", help="Mã kế hoạch.")]


def status(
    plan: PlanOption = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Ngày, ví dụ 22/6/2026.")] = None,
    as_json: AsJson = False,
) -> None:
    """Cho biết đơn vị nào đang nợ gì, đúng hạn hay quá hạn, tính đến một thời điểm."""
    with at_desk() as desk:
        boards = [_board(desk, plan_id, as_of) for plan_id in _plan_ids(desk, plan)]
        letters = count_letters(desk.engine, commune=desk.commune)
        countdowns = [
            read_countdown(desk.engine, board.plan_id, calendar=desk.calendar, now=desk.now)
            for board in boards
        ]
    if as_json:
        found = {"boards": boards, "countdowns": countdowns, "letters": letters}
        answer(found, as_json=True, text="")
        return
    for board, countdown in zip(boards, countdowns, strict=True):
        _print_board(board)
        _print_countdown(countdown)
    told = ", ".join(f"{LETTER_STATES[state]} {count}" for state, count in letters.items())
    answer(None, as_json=False, text=f"Thư: {told or 'chưa có'}")


def _plan_ids(desk: Desk, plan: str | None) -> list[str]:
    if plan is not None:
        return [plan]
    return [p.id for p in plans.find_plans(desk.engine, commune=desk.commune)]


def _board(desk: Desk, plan_id: str, as_of: str | None) -> Board:
    at: datetime = desk.now if as_of is None else desk.calendar.close_of(read_day(as_of))
    return read_board(desk.engine, plan_id, calendar=desk.calendar, as_of=min(at, desk.now))


def _print_board(board: Board) -> None:
    rows = [
        (
            r.unit_name,
            r.product,
            format_instant(r.due_at),
            r.text,
            str(r.reminders),
            r.obligation_id,
        )
        for r in board.rows
    ]
    title = f"{board.plan_name}: {board.done}/{len(board.rows)} hoàn thành"
    print_table(("Đơn vị", "Sản phẩm", "Thời hạn", "Tình trạng", "Nhắc", "Mã"), rows, title=title)


def _print_countdown(countdown: Countdown) -> None:
    if countdown.is_near and countdown.blockers:
        until = format_instant(countdown.deadline)
        lines = (f"- {one.line}" for one in countdown.blockers)
        text = "\n".join((f"Báo cáo gửi tỉnh, hạn {until}, còn vướng:", *lines))
        answer(None, as_json=False, text=text)


def explain(
    unit: Annotated[str, typer.Option("--unit", help="Mã đơn vị.")],
    day: Annotated[str | None, typer.Option("--day", help="Ngày, ví dụ 22/6/2026.")] = None,
    as_json: AsJson = False,
) -> None:
    """Giải thích từng thư nhắc đã gửi hoặc không gửi: bậc, thời điểm, lý do, lịch làm việc."""
    with at_desk() as desk:
        at = desk.now if day is None else desk.calendar.close_of(read_day(day))
        told = reminders.explain_unit(
            desk.engine, commune=desk.commune, unit_id=unit, policy=desk.policy,
            calendar=desk.calendar, now=at,
        )  # fmt: skip
    if as_json:
        answer(told, as_json=True, text="")
        return
    for obligation_id, rungs in told.items():
        rows = [
            (
                *(r.rung, AUDIENCES[r.audience], format_instant(r.at)),
                *(RUNG_STATUSES[r.status], r.reason),
            )
            for r in rungs
        ]
        print_table(("Bậc", "Tới", "Lúc", "Kết quả", "Lý do"), rows, title=obligation_id)
    if not told:
        answer(None, as_json=False, text=f"Đơn vị '{unit}' không còn nợ sản phẩm nào.")


@journal_app.command("verify")
def verify(as_json: AsJson = False) -> None:
    """Kiểm tra chuỗi băm của nhật ký; thoát 1 khi có dòng bị sửa hoặc bị xóa."""
    with at_desk() as desk:
        breaks = journal.verify(desk.engine, commune=desk.commune)
    text = "\n".join(breaks) or "Nhật ký nguyên vẹn."
    answer({"breaks": breaks}, as_json=as_json, text=text)
    if breaks:
        raise typer.Exit(FOUND)


@journal_app.command("show")
def show(
    subject: Annotated[str, typer.Option("--subject", help="Phần đầu của mã đối tượng.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000)] = 100,
    as_json: AsJson = False,
) -> None:
    """In các dòng nhật ký mới nhất về một đối tượng."""
    with at_desk() as desk:
        entries = journal.read_journal(
            desk.engine, commune=desk.commune, subject_prefix=subject, limit=limit
        )
    if as_json:
        answer(entries, as_json=True, text="")
        return
    rows = [
        (
            *(str(e.seq), format_instant(e.at), e.actor, e.action, e.subject),
            "; ".join(f"{key}: {value}" for key, value in e.detail.items() if value),
        )
        for e in entries
    ]
    print_table(("STT", "Lúc", "Ai", "Việc", "Đối tượng", "Chi tiết"), rows)
