"""The pulse: two mail rounds may be late, not more."""

from datetime import UTC, datetime, timedelta

import pytest

from models.rounds import MAIL_ROUND_WITHIN, Pulse

NOW = datetime(2026, 6, 15, 3, 0, tzinfo=UTC)


def pulse(mail_round_at: datetime | None, *, has_work: bool = True) -> Pulse:
    return Pulse(
        morning_round_at=None, mail_round_at=mail_round_at, open_alarms=0, has_work=has_work,
        morning_is_missing=False, now=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ago", "is_missing"),
    [(timedelta(), False), (MAIL_ROUND_WITHIN, False), (MAIL_ROUND_WITHIN * 1.01, True)],
)
def test_the_mail_round_is_missing_after_two_ticks(ago: timedelta, *, is_missing: bool) -> None:
    assert pulse(NOW - ago).mail_is_missing is is_missing
    assert pulse(NOW - ago).is_steady is not is_missing


def test_where_no_plan_is_in_force_nothing_is_missing() -> None:
    assert pulse(None).mail_is_missing
    assert not pulse(None, has_work=False).mail_is_missing
