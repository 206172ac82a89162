"""Every letter that waits tells why, and when it will go."""

from datetime import datetime, timedelta

import pytest

from adapters.calendars import read_calendar
from adapters.policies import read_policy
from config.settings import CONFIG_FOLDER
from models.letter_holds import (
    HOLD_NAMES,
    HoldReason,
    MailWeather,
    Wait,
    WaitingLetter,
    WaitReason,
    hold_sentence,
    wait_of,
)
from models.letters import LetterKind
from tests.services.stage import at

POLICY = read_policy("default", CONFIG_FOLDER / "policies")
CALENDAR = read_calendar()
MORNING = at((15, 6), "08:00")  # a Monday
HOUR = timedelta(hours=1)
CLEAR = MailWeather()


def reminder(**values: object) -> WaitingLetter:
    plain = WaitingLetter(kind=LetterKind.REMIND_SOON, not_before=MORNING - HOUR)
    return plain.model_copy(update=values)


def wait(
    letter: WaitingLetter | None = None, weather: MailWeather = CLEAR, *, now: datetime = MORNING
) -> Wait:
    return wait_of(
        letter or reminder(), weather, policy=POLICY, calendar=CALENDAR,
        any_hour=frozenset({LetterKind.RECEIPT}), now=now,
    )  # fmt: skip


def test_a_letter_that_nothing_stops_goes_with_the_next_round() -> None:
    assert (wait().reason, wait().goes_at) == (WaitReason.ROUND, MORNING)


def test_outside_office_hours_the_letter_goes_when_the_next_window_opens() -> None:
    found = wait(now=at((15, 6), "11:30"))
    assert found.reason is WaitReason.HOURS
    assert found.goes_at == at((15, 6), "13:45")
    assert "7 giờ 30 đến 11 giờ 00" in found.text
    assert wait(now=at((13, 6), "09:00")).goes_at == at((15, 6), "07:30")  # from a Saturday


def test_a_receipt_goes_at_any_hour() -> None:
    at_night = at((15, 6), "23:00")
    found = wait(reminder(kind=LetterKind.RECEIPT), now=at_night)
    assert (found.reason, found.goes_at) == (WaitReason.ROUND, at_night)


def test_a_letter_planned_for_later_tells_its_slot() -> None:
    found = wait(reminder(not_before=at((15, 6), "14:00")))
    assert (found.reason, found.goes_at) == (WaitReason.SLOT, at((15, 6), "14:00"))


def test_a_letter_the_relay_put_off_tells_how_often_it_was_tried_and_the_relays_words() -> None:
    again = MORNING + timedelta(minutes=15)
    found = wait(reminder(not_before=again, attempt=3, last_text="4.2.2 hộp thư đầy"))
    assert (found.reason, found.goes_at) == (WaitReason.RETRY, again)
    assert "đã thử 3 lần: 4.2.2 hộp thư đầy." in found.text


def test_a_retry_that_falls_outside_office_hours_waits_for_them() -> None:
    found = wait(reminder(not_before=at((15, 6), "12:00"), attempt=1))
    assert (found.reason, found.goes_at) == (WaitReason.RETRY, at((15, 6), "13:45"))


def test_while_the_relay_fails_the_letter_waits_for_the_breaker() -> None:
    until = MORNING + timedelta(minutes=5)
    found = wait(weather=MailWeather(relay_open_until=until, relay_text="535 sai mật khẩu"))
    assert (found.reason, found.goes_at) == (WaitReason.RELAY, until)
    assert "535 sai mật khẩu" in found.text
    over = MailWeather(relay_open_until=MORNING - HOUR)
    assert wait(weather=over).reason is WaitReason.ROUND


def test_a_recipient_who_had_enough_mail_is_left_alone_for_a_day() -> None:
    until = at((16, 6), "08:00")
    found = wait(reminder(limit_until=until))
    assert (found.reason, found.goes_at) == (WaitReason.LIMIT, until)
    moved = wait(reminder(limit_until=until, not_before=until))
    assert moved.reason is WaitReason.LIMIT


def test_the_latest_of_several_causes_is_told() -> None:
    until = MORNING + timedelta(minutes=5)
    stormy = MailWeather(relay_open_until=until)
    found = wait(reminder(not_before=at((15, 6), "10:00"), attempt=1), stormy)
    assert (found.reason, found.goes_at) == (WaitReason.RETRY, at((15, 6), "10:00"))


@pytest.mark.parametrize("reason", HoldReason)
def test_a_hold_stops_everything_and_nobody_knows_until_when(reason: HoldReason) -> None:
    held = MailWeather(hold=hold_sentence(reason, "chi tiết."))
    found = wait(reminder(kind=LetterKind.RECEIPT), held)
    assert (found.reason, found.goes_at) == (WaitReason.HOLD, None)
    assert found.text.startswith(f"{HOLD_NAMES[reason]}: chi tiết. ")


def test_what_tells_a_person_that_something_is_wrong_is_stopped_by_nothing() -> None:
    held = MailWeather(hold="Giữ.", relay_open_until=MORNING + HOUR)
    found = wait(reminder(kind=LetterKind.ALARM), held, now=at((14, 6), "23:00"))
    assert found.goes_at == MORNING - HOUR


def test_a_letter_whose_time_ends_before_it_may_go_says_that_it_will_not() -> None:
    end = at((15, 6), "12:00")
    found = wait(reminder(not_after=end), now=at((15, 6), "11:30"))
    assert (found.reason, found.goes_at) == (WaitReason.EXPIRING, None)
    assert "sẽ không gửi" in found.text
