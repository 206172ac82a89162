"""Random kills of several senders: 0 doubled, 0 lost, 0 to a unit that owed nothing at the mark."""

from pathlib import Path

import pytest

from tests.faults.bench import Place, furnish, recover, running_sink
from tests.faults.checker import check, read_log
from tests.faults.dump import dump
from tests.faults.injection import Zygote
from tests.faults.storms import Storm

SEED = 20261124
MANY = 100  # kills, among which some strike a copy
# A round ends after five minutes: enough of them for what a long storm leaves on a busy machine.
AFTERWARDS = (1, 20, 25, 30, 35, 40, 45, 50)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3_600)]


def _weather(
    place: Place, folder: Path, zygote: Zygote, villages: int, kills: int, *, pauses: bool = False
) -> Storm:
    furnish(place, villages=villages)
    storm = Storm(
        place, folder / "sink.log", SEED, kills, reports=min(villages // 10, 100), pauses=pauses,
        relay_deaths=max(2, kills // 50),
    )  # fmt: skip
    storm.rage(zygote, villages, longest_seconds=2_400)
    amid = len(read_log(storm.log))
    with running_sink(storm.log) as sink:
        recover(place, zygote, sink, minutes=AFTERWARDS)
        findings = check(
            dump(place.url), read_log(storm.log), is_over=True, closed_at=storm.closed_at
        )
    letters = len(read_log(storm.log))
    print(
        f"seed {SEED}: {storm.killed} kills of {storm.senders} senders, {storm.copies_killed} of their "
        f"copies, {storm.died} relay deaths, "
        f"{letters} letters arrived of {villages}, {amid} amid the storm, {len(storm.closed_at)} reports: {findings}"
    )
    assert storm.killed >= kills, "the storm was too mild"
    assert storm.copies_killed or kills < MANY, "no copy of a sender was struck"
    assert storm.died, "the relay never died between accepting and answering"
    assert findings.is_clean, vars(findings)
    return storm


def test_a_short_storm_on_sqlite(tmp_path: Path, zygote: Zygote) -> None:
    place = Place(tmp_path / "home", f"sqlite:///{tmp_path / 'home' / 'dondoc.sqlite3'}")
    _weather(place, tmp_path, zygote, villages=60, kills=10)


def test_a_short_storm_on_postgresql(tmp_path: Path, zygote: Zygote, server_url: str) -> None:
    _weather(Place(tmp_path / "home", server_url), tmp_path, zygote, villages=60, kills=10)


@pytest.mark.faults
@pytest.mark.parametrize("pauses", [False, True])
def test_a_thousand_kills_over_five_thousand_letters(
    tmp_path: Path, zygote: Zygote, pauses: bool
) -> None:
    place = Place(tmp_path / "home", f"sqlite:///{tmp_path / 'home' / 'dondoc.sqlite3'}")
    _weather(place, tmp_path, zygote, villages=5_000, kills=150 if pauses else 1_000, pauses=pauses)


@pytest.mark.faults
def test_a_thousand_kills_on_postgresql(tmp_path: Path, zygote: Zygote, server_url: str) -> None:
    _weather(Place(tmp_path / "home", server_url), tmp_path, zygote, villages=5_000, kills=1_000)
