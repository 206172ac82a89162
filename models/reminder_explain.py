"""Why each rung of an obligation's ladder was sent, will be sent, or will not."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from models.calendars import WorkingCalendar
from models.letters import LetterKind
from models.obligations import ObligationState
from models.reminder_items import ChaseItem, rung_key
from models.reminder_policy import Audience, ReminderPolicy
from models.reminder_rungs import Rung, Timetable, rung_prefix
from models.reminders import is_chased, is_too_late, reached_rungs, steps_by_recipient
from models.rung_wording import rule_text
from models.values import Value
from models.vietnamese import format_day, format_instant

DAY = timedelta(days=1)
CLOSED_REASONS = {
    ObligationState.SUBMITTED: "đơn vị đã gửi, đang chờ thẩm định",
    ObligationState.NIL: "đơn vị báo không phát sinh, đang chờ xác nhận",
    ObligationState.ACCEPTED: "sản phẩm đã được chấp nhận",
    ObligationState.WAIVED: "đơn vị được miễn",
}


class RungStatus(StrEnum):
    """What became of a rung, or will."""

    SENT = "sent"  # sent or queued
    SUPERSEDED = "superseded"
    DUE = "due"
    FUTURE = "future"
    HELD = "held"
    PAUSED = "paused"
    STOPPED = "stopped"
    UNREACHABLE = "unreachable"
    NOT_APPLICABLE = "not_applicable"


class RungStanding(Value):
    """One rung for one audience; ``reason`` tells the rule of the calendar behind it."""

    rung: str
    audience: Audience
    kind: LetterKind
    number: int
    recipient: str | None
    at: datetime
    status: RungStatus
    reason: str


_Verdict = tuple[RungStatus, str]


class _Scene(NamedTuple):
    item: ChaseItem
    timetable: Timetable
    now: datetime
    reminded: Mapping[str, frozenset[date]]
    latest: Mapping[str, tuple[Rung, Audience]]  # by recipient, among the reached

    @property
    def due_day(self) -> date:
        return self.timetable.calendar.day_of(self.item.obligation.effective_due_at)


def explain(
    item: ChaseItem,
    *,
    policy: ReminderPolicy,
    calendar: WorkingCalendar,
    now: datetime,
    reminded: Mapping[str, frozenset[date]],
) -> tuple[RungStanding, ...]:
    """Tell for every rung and audience of the present ladder what became of it and why, in order.

    Repeating rungs are told up to ``chase_until``, or to the next one where it is not set.
    """
    timetable = Timetable(policy, calendar)
    steps = steps_by_recipient(item, reached_rungs(item, timetable, now))
    latest = {recipient: found[-1] for recipient, found in steps.items()}
    scene = _Scene(item, timetable, now, reminded, latest)
    prefix = rung_prefix(item.obligation, calendar)
    return tuple(
        _standing(scene, prefix, rung, audience)
        for rung in _all_rungs(scene)
        for audience in rung.spec.audiences
    )


def _all_rungs(scene: _Scene) -> Sequence[Rung]:
    calendar, item = scene.timetable.calendar, scene.item
    fixed = scene.timetable.fixed(item.ladder, scene.due_day)
    if item.chase_until is not None:
        until = item.chase_until - DAY
    else:
        last = max([calendar.day_of(scene.now), *(r.day for r in fixed)])
        until = calendar.next_working_day(last)
    turns = scene.timetable.repeated(item.ladder, scene.due_day, until=until)
    return [*fixed, *reversed(tuple(turns))]


def _standing(scene: _Scene, prefix: str, rung: Rung, audience: Audience) -> RungStanding:
    status, why = _verdict(scene, rung_key(prefix + rung.id, audience), rung, audience)
    return RungStanding(
        rung=prefix + rung.id,
        audience=audience,
        kind=rung.spec.kind,
        number=rung.number,
        recipient=scene.item.recipients.get(audience),
        at=rung.at,
        status=status,
        reason=f"{why}; {rule_text(rung, scene.due_day, scene.timetable.calendar)}",
    )


def _verdict(scene: _Scene, key: str, rung: Rung, audience: Audience) -> _Verdict:
    settled = _recorded(scene.item, key) or _barred(scene.item, rung, audience)
    if settled is not None:
        return settled
    if scene.now < rung.at:
        return _future(scene.item, rung)
    return _reached(scene, rung, audience)


def _recorded(item: ChaseItem, key: str) -> _Verdict | None:
    if key in item.superseded:
        return RungStatus.SUPERSEDED, "bậc sau đã đến nên không gửi bậc này"
    if key in item.consumed:
        return RungStatus.SENT, "đã gửi hoặc đã xếp hàng gửi"
    return None


def _barred(item: ChaseItem, rung: Rung, audience: Audience) -> _Verdict | None:
    if not item.obligation.is_open:
        return RungStatus.STOPPED, CLOSED_REASONS[item.obligation.state]
    if rung.at < item.starts_at:
        began = format_instant(item.starts_at)
        why = f"mốc nhắc trước thời điểm giao, trả lại hoặc gia hạn ({began})"
        return RungStatus.NOT_APPLICABLE, why
    if item.chase_until is not None and rung.day >= item.chase_until:
        return RungStatus.STOPPED, f"từ ngày {format_day(item.chase_until)} không đôn đốc nữa"
    if audience not in item.recipients:
        return RungStatus.UNREACHABLE, "chưa có địa chỉ liên hệ dùng được"
    return None


def _future(item: ChaseItem, rung: Rung) -> _Verdict:
    if item.paused_until is not None and rung.at < item.paused_until:
        return RungStatus.PAUSED, f"tạm dừng nhắc đến {format_instant(item.paused_until)}"
    return RungStatus.FUTURE, f"chưa đến mốc nhắc {format_instant(rung.at)}"


def _reached(scene: _Scene, rung: Rung, audience: Audience) -> _Verdict:
    item, calendar, now = scene.item, scene.timetable.calendar, scene.now
    recipient = item.recipients[audience]
    if scene.latest[recipient] != (rung, audience):
        return RungStatus.SUPERSEDED, "bậc sau đã đến nên không gửi bậc này"
    if is_too_late(rung, item.obligation.effective_due_at, now):
        return RungStatus.NOT_APPLICABLE, "đã qua thời hạn nên không gửi thư nhắc trước hạn"
    if item.paused_until is not None and now < item.paused_until:
        return RungStatus.PAUSED, f"tạm dừng nhắc đến {format_instant(item.paused_until)}"
    if not is_chased(item, calendar, now):
        return RungStatus.STOPPED, "đã đến ngày thôi đôn đốc"
    taken = scene.reminded.get(recipient, frozenset())
    send_at = scene.timetable.policy.send_at(now, calendar=calendar, taken=taken)
    if send_at == now:
        return RungStatus.DUE, "đến mốc nhắc, gửi trong lượt này"
    held = _held_reason(calendar, now, taken)
    return RungStatus.HELD, f"{held}, giữ đến {format_instant(send_at)}"


def _held_reason(calendar: WorkingCalendar, now: datetime, taken: frozenset[date]) -> str:
    day = calendar.day_of(now)
    off = calendar.name_day_off(day)
    if off is not None:
        return f"ngày {format_day(day)} là ngày nghỉ ({off})"
    if day in taken:
        return "người nhận đã có một thư nhắc trong ngày"
    return "ngoài khung giờ gửi thư"
