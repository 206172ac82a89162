"""Why a letter waits, and when it will go."""

from datetime import datetime
from enum import StrEnum

from models.calendars import WorkingCalendar
from models.letters import UNSTOPPABLE, LetterKind
from models.reminder_policy import ReminderPolicy
from models.values import Value
from models.vietnamese import format_hour, format_instant


class HoldReason(StrEnum):
    """What keeps all letters of a commune from leaving."""

    PERSON = "person"
    STORM = "storm"
    CLOCK = "clock"
    RESTORED = "restored"
    KILL_FILE = "kill_file"
    DISK = "disk"


HOLD_NAMES = {
    HoldReason.PERSON: "Người quản trị tạm dừng gửi thư",
    HoldReason.STORM: "Số thư lập ra nhiều bất thường",
    HoldReason.CLOCK: "Đồng hồ máy bị nhảy, không gửi thư và không lập thư nhắc mới",
    HoldReason.RESTORED: "Cơ sở dữ liệu là bản khôi phục hoặc bản sao",
    HoldReason.KILL_FILE: "Có tệp HOLD trong thư mục dữ liệu",
    HoldReason.DISK: "Ổ đĩa chứa dữ liệu gần đầy",
}


class WaitReason(StrEnum):
    """What one letter waits for."""

    HOLD = "hold"  # a person lets go
    RELAY = "relay"  # the breaker closes
    RETRY = "retry"  # the relay said: later
    LIMIT = "limit"  # the recipient had enough mail
    HOURS = "hours"  # the office opens
    SLOT = "slot"  # its own time
    ROUND = "round"  # nothing: the next round takes it
    EXPIRING = "expiring"  # its time will have passed by then


class WaitingLetter(Value):
    """What of a letter tells how long it waits; ``limit_until`` when its recipient had enough."""

    kind: LetterKind
    not_before: datetime
    not_after: datetime | None = None
    attempt: int = 0
    last_text: str = ""
    limit_until: datetime | None = None


class MailWeather(Value):
    """What all letters of a commune meet now."""

    hold: str | None = None  # one sentence
    relay_open_until: datetime | None = None
    relay_text: str = ""


class Wait(Value):
    """Why a letter waits, and when it will go; None when only a person, or nothing, moves it."""

    reason: WaitReason
    text: str
    goes_at: datetime | None


def hold_sentence(reason: HoldReason, detail: str) -> str:
    """Tell a standing hold in one sentence."""
    return f"{HOLD_NAMES[reason]}: {detail.rstrip('.')}."


def wait_of(
    letter: WaitingLetter,
    weather: MailWeather,
    *,
    policy: ReminderPolicy,
    calendar: WorkingCalendar,
    any_hour: frozenset[LetterKind],
    now: datetime,
) -> Wait:
    """Tell why the letter has not gone, and when it will; ``any_hour`` kinds go at any hour."""
    if letter.kind in UNSTOPPABLE:
        return _own_wait(letter, now)
    if weather.hold is not None:
        return Wait(reason=WaitReason.HOLD, text=f"{weather.hold} Chờ cho gửi tiếp.", goes_at=None)
    wait = _stopped(letter, weather, now)
    if wait.goes_at is not None and letter.kind not in any_hour:
        wait = _in_hours(wait, wait.goes_at, policy=policy, calendar=calendar)
    return _unless_expired(letter, wait)


def _stopped(letter: WaitingLetter, weather: MailWeather, now: datetime) -> Wait:
    """The latest of what stops the letter, office hours left aside."""
    own, until = _own_wait(letter, now), weather.relay_open_until
    limit = letter.limit_until
    found = [own]
    if limit is not None and limit >= max(now, letter.not_before):
        text = "Người nhận đã nhận đủ số thư tự động trong 24 giờ."
        found.append(Wait(reason=WaitReason.LIMIT, text=text, goes_at=limit))
    if until is not None and until > now:
        said = f": {weather.relay_text}" if weather.relay_text else ""
        text = f"Máy chủ thư đang lỗi{said.rstrip('.')}."
        found.append(Wait(reason=WaitReason.RELAY, text=text, goes_at=until))
    return max(reversed(found), key=lambda wait: wait.goes_at or now)


def _own_wait(letter: WaitingLetter, now: datetime) -> Wait:
    if letter.not_before <= now:
        text = "Đi ở lượt gửi kế tiếp."
        return Wait(reason=WaitReason.ROUND, text=text, goes_at=now)
    if letter.attempt == 0:
        text = "Chưa đến khung giờ gửi của thư."
        return Wait(reason=WaitReason.SLOT, text=text, goes_at=letter.not_before)
    said = f": {letter.last_text}" if letter.last_text else ""
    text = f"Chờ gửi lại sau lỗi tạm thời, đã thử {letter.attempt} lần{said.rstrip('.')}."
    return Wait(reason=WaitReason.RETRY, text=text, goes_at=letter.not_before)


def _in_hours(
    wait: Wait, at: datetime, *, policy: ReminderPolicy, calendar: WorkingCalendar
) -> Wait:
    opens = policy.send_at(at, calendar=calendar, taken=frozenset())
    if opens == at:
        return wait
    if wait.reason is not WaitReason.ROUND:
        return wait.model_copy(update={"goes_at": opens})
    windows = " và ".join(
        f"{format_hour(w.opens)} đến {format_hour(w.closes)}" for w in policy.windows
    )
    text = f"Ngoài khung giờ gửi thư ({windows}, ngày làm việc)."
    return Wait(reason=WaitReason.HOURS, text=text, goes_at=opens)


def _unless_expired(letter: WaitingLetter, wait: Wait) -> Wait:
    end = letter.not_after
    if end is None or wait.goes_at is None or wait.goes_at <= end:
        return wait
    text = f"{wait.text} Thư chỉ còn ý nghĩa đến {format_instant(end)} nên sẽ không gửi."
    return Wait(reason=WaitReason.EXPIRING, text=text, goes_at=None)
