"""Ten planners at once on one PostgreSQL: every reminder is written once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from adapters import tables
from adapters.database import open_engine, transaction
from tests.faults.bench import Place, Shelf, Sink, recover
from tests.faults.checker import read_log
from tests.faults.injection import Zygote
from tests.faults.world import plan_morning
from tests.postgresql_cluster import Cluster

PLANNERS = 10
VILLAGES = 20
SHORT, LONG = 2, 10

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3_600)]


@pytest.fixture
def shelf(tmp_path: Path, postgresql: Cluster) -> Shelf:
    """A morning on which nothing is planned yet."""
    return Shelf(tmp_path, villages=VILLAGES, planned=False, cluster=postgresql)


def test_ten_planners_at_once_write_every_letter_once(
    shelf: Shelf, zygote: Zygote, sink: Sink
) -> None:
    _plan_at_once(shelf, zygote, sink, times=SHORT)


@pytest.mark.faults
def test_ten_planners_at_once_many_times(shelf: Shelf, zygote: Zygote, sink: Sink) -> None:
    _plan_at_once(shelf, zygote, sink, times=LONG)


def _plan_at_once(shelf: Shelf, zygote: Zygote, sink: Sink, *, times: int) -> None:
    for _ in range(times):
        shelf.set_back(sink.log)
        place = shelf.place
        with ThreadPoolExecutor(PLANNERS) as planners:
            new = list(planners.map(_plan, [place] * PLANNERS))
        assert sum(new) == VILLAGES, "what one planner wrote, no other counts as new"
        assert set(_letters(place).values()) == {1}
        findings = recover(place, zygote, sink)
        assert findings.is_clean, vars(findings)
        assert len(read_log(sink.log)) == VILLAGES
    print(f"{times} times {PLANNERS} planners at once, none doubled, none lost")


def _plan(place: Place) -> int:
    engine = open_engine(place.url)
    try:
        return plan_morning(engine)
    finally:
        engine.dispose()


def _letters(place: Place) -> Counter[tuple[str, object]]:
    c, engine = tables.outbox.c, open_engine(place.url)
    with transaction(engine) as connection:
        rows = connection.execute(select(c.contact_id, c.day)).all()
    engine.dispose()
    return Counter((row.contact_id, row.day) for row in rows)
