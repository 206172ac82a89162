"""The same rehearsal by other ways: through pages and mails, and killed again and again."""

import random
from pathlib import Path

import pytest

from tests.cli.rehearsals import (
    PLAYS,
    Rehearsal,
    lay_tables,
    message_ids,
    play,
    play_until,
    shorter_plan,
)

pytestmark = [pytest.mark.slow, PLAYS]


@pytest.fixture(scope="module")
def shorter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The second plan within thirteen working days."""
    return shorter_plan(tmp_path_factory.mktemp("shorter"))


@pytest.fixture(scope="module")
def whole(
    shorter: Path, prefect_tables: Path, tmp_path_factory: pytest.TempPathFactory
) -> Rehearsal:
    """The shorter plan, played without an interruption."""
    out = tmp_path_factory.mktemp("whole") / "out"
    lay_tables(prefect_tables, out)
    return play(shorter, out)


def test_through_the_pages_and_by_mail_the_report_is_the_same(
    whole: Rehearsal, shorter: Path, prefect_tables: Path, tmp_path: Path
) -> None:
    lay_tables(prefect_tables, tmp_path / "out")
    real = play(shorter, tmp_path / "out", through="portal,mail")
    assert real.summary["report_sha256"] == whole.summary["report_sha256"] is not None
    assert real.issued == whole.issued
    assert set(real.channels) == {"portal", "mail"}
    assert set(whole.channels) == {"portal"}
    assert real.channels.total() == whole.channels.total()
    counts = ("returns", "done_on_time", "done_late", "open", "reports", "plan_state")
    assert {key: real.summary[key] for key in counts} == {key: whole.summary[key] for key in counts}


def test_killed_at_any_moment_it_ends_as_if_it_never_was(
    whole: Rehearsal, shorter: Path, prefect_tables: Path, tmp_path: Path
) -> None:
    moments = random.Random(2026)
    out, kills = tmp_path / "killed", 0
    lay_tables(prefect_tables, out)
    for done in (2, 30, 60, 90, 112, 135):
        wanted = done + moments.randint(0, 10)
        kills += play_until(shorter, out, done=wanted, then_seconds=moments.random() * 0.6) > 0
    resumed = play(shorter, out)
    assert kills >= 5
    assert resumed.timeline == whole.timeline
    doubled = [id_ for id_, times in message_ids(out).items() if times > 1]
    assert not doubled
