"""The picture of a campaign as data: units down, days across, marks in the cells."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum

from models.boards import Board, BoardRow
from models.calendars import WorkingCalendar
from models.letters import REMINDER_KINDS, LetterKind
from models.plans import PlanDossier
from models.timelines import TimelineKind, TimelineRow
from models.values import Value
from models.vietnamese import WEEKDAYS, format_day, format_hour

DAY = timedelta(days=1)


class Mark(StrEnum):
    """What a mark in the picture stands for; the value is its class in the page."""

    REMINDER = "nhac"
    OVERDUE = "qua-han"
    LETTER = "thu"
    UNDELIVERED = "khong-toi"
    SUBMITTED = "nop"
    NIL = "khong-phat-sinh"
    RETURNED = "tra-lai"
    ACCEPTED = "chap-nhan"
    EXTENSION = "gia-han"
    CALL = "goi"
    REPORT = "du-thao"
    DECISION = "quyet-dinh"
    DISPATCH = "phat-hanh"
    RECEIPT = "da-nhan"


SIGNS = {
    Mark.REMINDER: ("●", "Thư nhắc trước hạn"),
    Mark.OVERDUE: ("▲", "Thư quá hạn"),
    Mark.LETTER: ("·", "Thư khác (giao việc, tiếp nhận, kết quả)"),
    Mark.UNDELIVERED: ("✗", "Thư không tới"),
    Mark.SUBMITTED: ("◆", "Đơn vị gửi"),
    Mark.NIL: ("◇", "Gửi “không phát sinh”"),
    Mark.RETURNED: ("↩", "Trả lại để bổ sung"),
    Mark.ACCEPTED: ("✓", "Chấp nhận"),
    Mark.EXTENSION: ("⧗", "Đề nghị, cho gia hạn"),
    Mark.CALL: ("☎", "Trao đổi điện thoại"),
    Mark.REPORT: ("▤", "Dự thảo báo cáo"),
    Mark.DECISION: ("★", "Lãnh đạo quyết định"),
    Mark.DISPATCH: ("➤", "Gửi cấp trên"),
    Mark.RECEIPT: ("✔", "Cấp trên xác nhận"),
}
_OVERDUE_KINDS = frozenset(
    {
        LetterKind.OVERDUE_FIRST,
        LetterKind.OVERDUE_AGAIN,
        LetterKind.HEAD_INFORMED,
        LetterKind.LEADER_INFORMED,
    }
)
NEVER_LEFT = frozenset({"superseded", "expired"})
_PLAIN = {
    TimelineKind.EXTENSION: Mark.EXTENSION,
    TimelineKind.PAUSE: Mark.CALL,
    TimelineKind.REPORT: Mark.REPORT,
    TimelineKind.DECISION: Mark.DECISION,
    TimelineKind.DISPATCH: Mark.DISPATCH,
    TimelineKind.RECEIPT: Mark.RECEIPT,
}


class PlacedMark(Value):
    """One mark in a cell and the words it shows on pointing."""

    mark: Mark
    sign: str
    words: str


class Cell(Value):
    """One unit on one day."""

    day: date
    is_off: bool
    is_due: bool = False
    is_overdue: bool = False
    marks: tuple[PlacedMark, ...] = ()


class PictureRow(Value):
    """One unit and its days."""

    unit_id: str
    name: str
    done: int
    owed: int
    cells: tuple[Cell, ...]


class Column(Value):
    """One day of the picture."""

    day: date
    weekday: str
    is_off: bool
    due: tuple[str, ...]  # products due that day


class Picture(Value):
    """The whole picture; ``months`` are (name, number of days) in order."""

    columns: tuple[Column, ...]
    months: tuple[tuple[str, int], ...]
    rows: tuple[PictureRow, ...]


def draw_picture(
    dossier: PlanDossier,
    board: Board,
    timeline: Sequence[TimelineRow],
    *,
    calendar: WorkingCalendar,
) -> Picture:
    """Lay the timeline out by unit and day, from its first day to the board's."""
    until = calendar.day_of(board.as_of)
    first = min((calendar.day_of(row.instant) for row in timeline), default=until)
    days = tuple(_days(first, until))
    due = _due_by_day(board, calendar)
    return Picture(
        columns=tuple(_column(day, due.get(day, ()), calendar) for day in days),
        months=_months(days),
        rows=tuple(_rows(dossier, board, timeline, days=days, calendar=calendar)),
    )


def _days(first: date, last: date) -> Iterable[date]:
    return (first + n * DAY for n in range((last - first).days + 1))


def _column(day: date, due: Sequence[str], calendar: WorkingCalendar) -> Column:
    short = WEEKDAYS[day.weekday()].removeprefix("thứ ")
    names = {"Hai": "T2", "Ba": "T3", "Tư": "T4", "Năm": "T5", "Sáu": "T6", "Bảy": "T7"}
    is_off = not calendar.is_working_day(day)
    return Column(day=day, weekday=names.get(short, "CN"), is_off=is_off, due=tuple(due))


def _months(days: Sequence[date]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = defaultdict(int)
    for day in days:
        counts[f"Tháng {day.month}/{day.year}"] += 1
    return tuple(counts.items())


def _due_by_day(board: Board, calendar: WorkingCalendar) -> dict[date, tuple[str, ...]]:
    found: dict[date, dict[str, None]] = defaultdict(dict)
    for row in board.rows:
        found[calendar.day_of(row.due_at)][row.requirement_id] = None
    return {day: tuple(products) for day, products in found.items()}


def _rows(
    dossier: PlanDossier,
    board: Board,
    timeline: Sequence[TimelineRow],
    *,
    days: Sequence[date],
    calendar: WorkingCalendar,
) -> Iterable[PictureRow]:
    told: dict[str, list[TimelineRow]] = defaultdict(list)
    for row in timeline:
        told[row.unit].append(row)
    owed: dict[str, list[BoardRow]] = defaultdict(list)
    for obligation in board.rows:
        owed[obligation.unit_id].append(obligation)
    for unit in sorted(dossier.units.units, key=lambda u: u.order):
        if unit.id in told or unit.id in owed:
            yield PictureRow(
                unit_id=unit.id,
                name=unit.name,
                done=sum(row.received_at is not None for row in owed[unit.id]),
                owed=len(owed[unit.id]),
                cells=_cells(told[unit.id], owed[unit.id], days=days, calendar=calendar),
            )


def _cells(
    told: Sequence[TimelineRow],
    owed: Sequence[BoardRow],
    *,
    days: Sequence[date],
    calendar: WorkingCalendar,
) -> tuple[Cell, ...]:
    marks: dict[date, list[PlacedMark]] = defaultdict(list)
    for row in (row for row in told if row.state not in NEVER_LEFT):
        marks[calendar.day_of(row.instant)].append(_placed(row))
    due = {calendar.day_of(row.due_at) for row in owed}
    return tuple(
        Cell(
            day=day,
            is_off=not calendar.is_working_day(day),
            is_due=day in due,
            is_overdue=any(_is_overdue(row, day, calendar) for row in owed),
            marks=tuple(marks[day]),
        )
        for day in days
    )


def _is_overdue(row: BoardRow, day: date, calendar: WorkingCalendar) -> bool:
    if day <= calendar.day_of(row.due_at):
        return False
    return row.received_at is None or day < calendar.day_of(row.received_at)


def _placed(row: TimelineRow) -> PlacedMark:
    mark = mark_of(row)
    sign, meaning = SIGNS[mark]
    about = row.subject or row.obligation or ""
    words = f"{format_hour(row.instant)} ngày {format_day(row.instant)} - {meaning}"
    return PlacedMark(mark=mark, sign=sign, words=f"{words}: {about}" if about else words)


def mark_of(row: TimelineRow) -> Mark:
    """Return the mark that stands for a row of the timeline."""
    if row.kind is TimelineKind.LETTER:
        return _letter_mark(row)
    if row.kind is TimelineKind.SUBMISSION:
        return Mark.NIL if row.what == "nil" else Mark.SUBMITTED
    if row.kind is TimelineKind.REVIEW:
        return Mark.RETURNED if row.what == "returned" else Mark.ACCEPTED
    return _PLAIN[row.kind]


def _letter_mark(row: TimelineRow) -> Mark:
    kind = LetterKind(row.what)
    if row.state in {"refused", "bounced"}:
        return Mark.UNDELIVERED
    if kind in _OVERDUE_KINDS:
        return Mark.OVERDUE
    return Mark.REMINDER if kind in REMINDER_KINDS else Mark.LETTER
