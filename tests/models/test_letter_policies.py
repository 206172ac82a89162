"""Promises by kind, the schedule of tries, what a refusal is about, what is done about doubt."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.letter_policies import (
    BACK_OFF,
    GIVE_UP_AFTER,
    JITTER,
    MOST_LOST_COPIES,
    Aftermath,
    Doubt,
    Level,
    Reliability,
    after_unknown,
    back_off,
    gives_up_at,
    level_of,
    quiet_period,
    reliability_of,
)
from models.letters import REMINDER_KINDS, Attempt, LetterKind, Verdict

NOW = datetime(2026, 6, 17, 1, tzinfo=UTC)
ONCE, LEAST, MUST = (
    Reliability.AT_MOST_ONCE, Reliability.AT_LEAST_ONCE, Reliability.MUST_ARRIVE,
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "promise"),
    [
        *((kind, ONCE) for kind in sorted(REMINDER_KINDS)),
        (LetterKind.RECEIPT, ONCE),
        (LetterKind.BULLETIN, ONCE),
        (LetterKind.ACCEPTED, ONCE),
        (LetterKind.ASSIGNMENT, LEAST),
        (LetterKind.RESEND, LEAST),
        (LetterKind.RETURNED, LEAST),
        (LetterKind.FOR_DECISION, LEAST),
        (LetterKind.DECISION, LEAST),
        (LetterKind.EXTENSION, LEAST),
        (LetterKind.CLOSING, LEAST),
        (LetterKind.ALARM, LEAST),
        (LetterKind.LINK, LEAST),
        (LetterKind.ASK_SENDER, LEAST),
        (LetterKind.UNCLEAR_REPLY, LEAST),
        (LetterKind.QUESTION, LEAST),
        (LetterKind.COMPLIANCE_OVERDUE, LEAST),
        (LetterKind.DISPATCH, MUST),
    ],
)
def test_every_kind_has_its_promise(kind: LetterKind, promise: Reliability) -> None:
    assert reliability_of(kind) is promise


@given(st.integers(min_value=1, max_value=10**9), st.integers(min_value=1, max_value=300))
def test_a_wait_follows_the_schedule_within_a_fifth_and_is_always_the_same(
    letter_id: int, attempt: int
) -> None:
    planned = BACK_OFF[min(attempt, len(BACK_OFF)) - 1]
    wait = back_off(letter_id, attempt)
    assert planned * (1 - JITTER) <= wait <= planned * (1 + JITTER)
    assert wait == back_off(letter_id, attempt)


def test_the_schedule_is_1_5_15_30_60_minutes_then_hourly() -> None:
    assert [wait.total_seconds() / 60 for wait in BACK_OFF] == [1, 5, 15, 30, 60]
    assert len({back_off(letter_id, 9) for letter_id in range(100)}) > 90


def test_a_letter_is_given_up_at_its_end_or_after_five_days() -> None:
    assert gives_up_at(NOW, None) == NOW + GIVE_UP_AFTER
    assert gives_up_at(NOW, NOW + timedelta(hours=9)) == NOW + timedelta(hours=9)
    assert gives_up_at(NOW, NOW + timedelta(days=9)) == NOW + GIVE_UP_AFTER


def test_a_relay_on_this_machine_is_quiet_sooner() -> None:
    assert quiet_period(is_loopback=True) == timedelta(seconds=60)
    assert quiet_period(is_loopback=False) == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("phase", "code", "text", "level"),
    [
        ("rcpt", 550, "5.1.1 no such user", Level.RECIPIENT),
        ("rcpt", 550, "5.1.10 null MX", Level.RECIPIENT),
        ("rcpt", 550, "5.2.1 mailbox disabled", Level.RECIPIENT),
        ("rcpt", 550, "5.7.1 relaying denied", Level.RECIPIENT),
        ("rcpt", 550, "User unknown", Level.RECIPIENT),
        ("rcpt", None, "Địa chỉ không hợp lệ", Level.RECIPIENT),
        ("rcpt", 550, "5.7.26 unauthenticated", Level.MESSAGE),
        ("rcpt", 554, "5.4.14 hop count", Level.MESSAGE),
        ("rcpt", 552, "5.2.2 over quota", Level.LATER),
        ("rcpt", 550, "5.2.2 over quota", Level.LATER),
        ("rcpt", 552, "Mailbox full", Level.LATER),
        ("data", 552, "5.2.2 over quota", Level.LATER),
        ("data", 552, "5.3.4 too big", Level.MESSAGE),
        ("data", 552, "Message size exceeds limit", Level.MESSAGE),
        ("data", 554, "5.7.1 looks like spam", Level.MESSAGE),
        ("data", 554, "Transaction failed", Level.MESSAGE),
        ("data", 550, "5.1.1 no such user after all", Level.RECIPIENT),
        ("mail", 552, "5.3.4 too big", Level.MESSAGE),
        ("data", 523, "52.1.1 not a code", Level.MESSAGE),
    ],
)
def test_a_refusal_is_about_the_address_the_letter_or_nothing(
    phase: str, code: int | None, text: str, level: Level
) -> None:
    attempt = Attempt(
        verdict=Verdict.REFUSED_PERMANENTLY, code=code, text=text, phase=phase, at=NOW
    )
    assert level_of(attempt) is level


@pytest.mark.parametrize("verdict", [Verdict.REFUSED_TEMPORARILY, Verdict.NOT_SENT])
def test_what_was_not_refused_for_good_is_tried_later(verdict: Verdict) -> None:
    attempt = Attempt(verdict=verdict, code=450, text="5.1.1 odd", phase="rcpt", at=NOW)
    assert level_of(attempt) is Level.LATER


END = NOW + timedelta(hours=2)


def doubt(promise: Reliability, copies: int, **more: object) -> Doubt:
    return Doubt(reliability=promise, copies=copies, is_quiet=True).model_copy(update=more)


@pytest.mark.parametrize(
    ("case", "done"),
    [
        # A yes is final at once, for every kind.
        (doubt(ONCE, 1, answer=True, is_quiet=False), Aftermath.ARRIVED),
        (doubt(MUST, 2, answer=True, not_after=END), Aftermath.ARRIVED),
        # A no and a silence count only after the quiet period.
        (doubt(ONCE, 1, answer=False, is_quiet=False), Aftermath.WAIT),
        (doubt(LEAST, 1, is_quiet=False), Aftermath.WAIT),
        (doubt(MUST, 1, is_quiet=False, not_after=END), Aftermath.WAIT),
        # A sure no: nothing arrived, so that sending again is the first copy.
        (doubt(ONCE, 1, answer=False), Aftermath.RESEND),
        (doubt(LEAST, 4, answer=False), Aftermath.RESEND),
        (doubt(LEAST, MOST_LOST_COPIES, answer=False), Aftermath.ASK),
        # Silence: each kind as it was promised.
        (doubt(ONCE, 1), Aftermath.PRESUMED),
        (doubt(LEAST, 1), Aftermath.RESEND),
        (doubt(LEAST, 2), Aftermath.ASK),
        (doubt(MUST, 1), Aftermath.ASK),
        (doubt(MUST, 1, not_after=END + timedelta(seconds=1)), Aftermath.ASK),
        (doubt(MUST, 1, not_after=END), Aftermath.RESEND),
        (doubt(MUST, 2, not_after=END), Aftermath.ASK),
    ],
)
def test_doubt_is_settled_by_the_oracle_or_by_the_promise(case: Doubt, done: Aftermath) -> None:
    assert after_unknown(case, now=NOW) is done
