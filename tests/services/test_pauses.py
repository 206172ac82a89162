"""The ladder rests with a reason and until a date."""

import pytest
from sqlalchemy import Engine

from adapters import tables
from models.errors import RefusedError, UsageError
from services.journal import read_journal
from services.pauses import PauseKind, pause
from tests.services.stage import COMMUNE, Office, at, owed_by


def test_a_unit_may_be_left_in_peace_until_a_date(engine: Engine, office: Office) -> None:
    made = pause(
        engine, commune=COMMUNE, unit_id="thon-01", kind=PauseKind.CALL,
        reason="Trưởng thôn hẹn thứ Hai", by="vhxh", until=at((25, 5)), now=at((20, 5)),
    )  # fmt: skip
    assert (made.obligation_id, made.from_at, made.until_at) == (None, at((20, 5)), at((25, 5)))
    assert office.count(tables.pauses) == 1
    last = read_journal(engine, commune=COMMUNE)[-1]
    assert (last.action, last.subject, last.actor) == ("pause.call", "thon-01", "vhxh")


def test_one_obligation_may_rest_alone(engine: Engine, office: Office) -> None:
    rested = owed_by("thon-01")
    made = pause(
        engine, commune=COMMUNE, unit_id="thon-01", kind=PauseKind.COMMITMENT, reason="Cam kết",
        by="thon-01.contact", until=at((25, 5)), now=at((20, 5)), obligation_id=rested,
    )  # fmt: skip
    assert made.obligation_id == rested
    assert read_journal(engine, commune=COMMUNE)[-1].subject == rested
    assert office.count(tables.pauses) == 1


@pytest.mark.parametrize(
    ("reason", "until_day", "said"),
    [("  ", 25, "lý do"), ("bận", 20, "sau hôm nay"), ("bận", 19, "sau hôm nay")],
)
def test_a_pause_needs_a_reason_and_a_later_date(
    engine: Engine, office: Office, *, reason: str, until_day: int, said: str
) -> None:
    with pytest.raises(RefusedError, match=said):
        pause(
            engine, commune=COMMUNE, unit_id="thon-01", kind=PauseKind.SILENCE, reason=reason,
            by="vhxh", until=at((until_day, 5)), now=at((20, 5)),
        )  # fmt: skip
    assert office.count(tables.pauses) == 0


@pytest.mark.parametrize(
    ("commune", "unit_id", "obligation_id"),
    [
        (COMMUNE, "thon-99", None),
        ("xa-khac", "thon-01", None),
        (COMMUNE, "thon-01", owed_by("thon-02")),
        (COMMUNE, "thon-01", owed_by("thon-01", "KHCT")),
    ],
)
def test_a_pause_of_nobody_or_of_anothers_duty_is_an_error(
    engine: Engine, office: Office, *, commune: str, unit_id: str, obligation_id: str | None
) -> None:
    with pytest.raises(UsageError):
        pause(
            engine, commune=commune, unit_id=unit_id, kind=PauseKind.SILENCE, reason="bận",
            by="vhxh", until=at((25, 5)), now=at((20, 5)), obligation_id=obligation_id,
        )  # fmt: skip
    assert office.count(tables.pauses) == 0
