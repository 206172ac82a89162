"""Kinds of alarms: every one has its words, and an unknown one is still an alarm."""

import pytest

from models.alarms import AlarmKind
from models.letters import UNSTOPPABLE, LetterKind


@pytest.mark.parametrize("kind", AlarmKind)
def test_every_kind_says_what_is_wrong_and_what_to_do(kind: AlarmKind) -> None:
    assert kind.heading[0].isupper()
    assert kind.advice.endswith(".")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("hold.storm", AlarmKind.HOLD_STORM),
        ("hold.kill_file", AlarmKind.HOLD),
        ("bounce.full", AlarmKind.BOUNCE),
        ("something", AlarmKind.OTHER),
        ("something.else", AlarmKind.OTHER),
        ("", AlarmKind.OTHER),
    ],
)
def test_a_kind_of_a_later_version_is_read_by_its_first_part(written: str, read: AlarmKind) -> None:
    assert AlarmKind(written) is read


def test_what_is_no_text_is_no_kind() -> None:
    with pytest.raises(ValueError, match="7"):
        AlarmKind(7)  # type: ignore[arg-type]  # what a damaged row may hold


def test_what_stops_all_mail_is_urgent() -> None:
    holds = [kind for kind in AlarmKind if kind.startswith("hold")]
    assert all(kind.is_urgent for kind in holds)
    assert not AlarmKind.BOUNCE.is_urgent


def test_only_alarms_pass_every_brake() -> None:
    assert frozenset({LetterKind.ALARM}) == UNSTOPPABLE
