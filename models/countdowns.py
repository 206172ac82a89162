"""The countdown of the final report: what still blocks it, and the last safe hour of each step."""

from datetime import datetime, time, timedelta
from enum import StrEnum

from models.calendars import WorkingCalendar
from models.values import Value
from models.vietnamese import format_instant

ASSEMBLE_AT = time(11, 30)  # what is assembled in the morning is signed off in the afternoon
DECIDE_AT = time(15)  # two office hours before the numbers are given
SAFETY = timedelta(hours=2)  # a letter that the relay delays may still be sent by hand
SHOWN_FROM_DAYS = 5  # working days before the deadline


class Stage(StrEnum):
    """The steps of the final report, in order."""

    ASSEMBLE = "assemble"
    SIGN_OFF = "sign_off"
    DECIDE = "decide"
    NUMBER = "number"
    DISPATCH = "dispatch"
    CONFIRM = "confirm"


class LastSafe(Value):
    """The last hours at which each step still leaves the next its time; aware instants."""

    assemble: datetime
    sign_off: datetime
    decide: datetime
    number: datetime
    dispatch: datetime
    confirm: datetime

    def of(self, stage: Stage) -> datetime:
        """The last safe hour of one step."""
        found: datetime = getattr(self, stage.value)
        return found


def last_safe_hours(deadline: datetime, calendar: WorkingCalendar) -> LastSafe:
    """Count back from the province's deadline, a step a working day.

    A signed document is numbered and leaves on the day or the next working day (NĐ 30/2020/NĐ-CP,
    Điều 18.1): only a number given on the working day before the deadline's is safe. Decision and
    number share a day; sign-offs end the day before; the draft is there at its noon (T-2).
    """
    last = calendar.roll_back(calendar.day_of(deadline))
    numbered_on = calendar.previous_working_day(last)
    drafted_on = calendar.previous_working_day(numbered_on)
    return LastSafe(
        assemble=calendar.at(drafted_on, ASSEMBLE_AT),
        sign_off=calendar.close_of(drafted_on),
        decide=calendar.at(numbered_on, DECIDE_AT),
        number=calendar.close_of(numbered_on),
        dispatch=min(deadline, calendar.close_of(last)) - SAFETY,
        confirm=deadline,
    )


class ReportFacts(Value):
    """How the newest version and what it rests on stand; names in official order.

    ``returned_units`` must send again, ``waiting_units`` wait for a review, ``missing_units`` have
    sent nothing. ``is_outdated`` says that an answer was closed after the version was assembled.
    """

    missing_units: tuple[str, ...] = ()
    returned_units: tuple[str, ...] = ()
    waiting_units: tuple[str, ...] = ()
    version: int | None = None
    is_outdated: bool = False
    unsigned: tuple[str, ...] = ()  # "nội dung", "thể thức"
    is_returned: bool = False
    is_approved: bool = False
    is_passed_on: bool = False
    is_numbered: bool = False
    is_dispatched: bool = False
    unconfirmed: tuple[str, ...] = ()  # recipients, once dispatched


class BlockerKind(StrEnum):
    """What keeps the report from being where it must be."""

    MISSING_UNITS = "missing_units"
    OPEN_RETURNS = "open_returns"
    WAITING_REVIEWS = "waiting_reviews"
    UNASSEMBLED = "unassembled"
    UNSIGNED_OFF = "unsigned_off"
    UNDECIDED = "undecided"
    UNNUMBERED = "unnumbered"
    UNDISPATCHED = "undispatched"
    UNCONFIRMED = "unconfirmed"


STAGES = {
    BlockerKind.MISSING_UNITS: Stage.ASSEMBLE,
    BlockerKind.OPEN_RETURNS: Stage.ASSEMBLE,
    BlockerKind.WAITING_REVIEWS: Stage.ASSEMBLE,
    BlockerKind.UNASSEMBLED: Stage.ASSEMBLE,
    BlockerKind.UNSIGNED_OFF: Stage.SIGN_OFF,
    BlockerKind.UNDECIDED: Stage.DECIDE,
    BlockerKind.UNNUMBERED: Stage.NUMBER,
    BlockerKind.UNDISPATCHED: Stage.DISPATCH,
    BlockerKind.UNCONFIRMED: Stage.CONFIRM,
}


class Blocker(Value):
    """One thing that blocks, in words, with the last safe hour of its step."""

    kind: BlockerKind
    text: str
    last_safe_at: datetime
    is_past: bool

    @property
    def line(self) -> str:
        """Tell it in one line."""
        word = "ĐÃ QUÁ giờ an toàn" if self.is_past else "chậm nhất"
        return f"{self.text} ({word} {format_instant(self.last_safe_at)})"


class Countdown(Value):
    """What blocks the final report, in the order of the steps; empty when it was received."""

    plan_id: str
    as_of: datetime
    deadline: datetime
    working_days_left: int
    facts: ReportFacts
    hours: LastSafe
    blockers: tuple[Blocker, ...]

    @property
    def is_near(self) -> bool:
        """Whether it is time to show it: a draft exists, or few working days are left."""
        return self.facts.version is not None or self.working_days_left <= SHOWN_FROM_DAYS

    @property
    def past(self) -> tuple[Blocker, ...]:
        """What should have been done by now."""
        return tuple(one for one in self.blockers if one.is_past)


def blockers_of(facts: ReportFacts, hours: LastSafe, *, now: datetime) -> tuple[Blocker, ...]:
    """Return everything that blocks now, in the order of the steps.

    A blocker stands as long as its own fact holds, whatever else was done: what the units owe
    blocks until the report is approved, every later step until it is taken.
    """
    told = {
        kind: text
        for kind, text in (*_of_units(facts), *_of_office(facts))
        if text and not (facts.is_approved and STAGES[kind] in {Stage.ASSEMBLE, Stage.SIGN_OFF})
    }
    return tuple(
        Blocker(kind=kind, text=told[kind], last_safe_at=at, is_past=now > at)
        for kind in BlockerKind
        if kind in told
        for at in (hours.of(STAGES[kind]),)
    )


def _of_units(facts: ReportFacts) -> tuple[tuple[BlockerKind, str], ...]:
    return (
        (BlockerKind.MISSING_UNITS, _named("chưa gửi báo cáo", facts.missing_units)),
        (BlockerKind.OPEN_RETURNS, _named("chưa gửi lại bản bị trả", facts.returned_units)),
        (BlockerKind.WAITING_REVIEWS, _named("chờ thẩm định", facts.waiting_units)),
        (BlockerKind.UNASSEMBLED, _assembly(facts)),
    )


def _of_office(facts: ReportFacts) -> tuple[tuple[BlockerKind, str], ...]:
    unsigned = ", ".join(facts.unsigned)
    decider = "Chủ tịch" if facts.is_passed_on else "Lãnh đạo"
    return (
        (BlockerKind.UNSIGNED_OFF, f"Chưa xác nhận {unsigned} của dự thảo" if unsigned else ""),
        (BlockerKind.UNDECIDED, "" if facts.is_approved else f"{decider} chưa phê duyệt dự thảo"),
        (BlockerKind.UNNUMBERED, "" if facts.is_numbered else "Văn thư chưa cấp số, ngày"),
        (BlockerKind.UNDISPATCHED, "" if facts.is_dispatched else "Chưa phát hành"),
        (BlockerKind.UNCONFIRMED, _confirmation(facts)),
    )


def _assembly(facts: ReportFacts) -> str:
    if facts.version is None:
        return "Chưa tổng hợp dự thảo"
    if facts.is_returned:
        return f"Dự thảo lần {facts.version} bị trả lại, chưa lập lần mới"
    if facts.is_outdated:
        return f"Dự thảo lần {facts.version} chưa có số liệu mới nhất, cần tổng hợp lại"
    return ""


def _confirmation(facts: ReportFacts) -> str:
    if not facts.is_dispatched:
        return "Nơi nhận chưa xác nhận đã nhận"
    names = "; ".join(facts.unconfirmed)
    return f"{names} chưa xác nhận đã nhận" if names else ""


def _named(what: str, names: tuple[str, ...]) -> str:
    shown = "; ".join(names[:3]) + (" …" if len(names) > 3 else "")  # noqa: PLR2004 - one line
    return f"{len(names)} đơn vị {what}: {shown}" if names else ""
