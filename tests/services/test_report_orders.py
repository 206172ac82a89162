"""Whatever the order of answers, returns and drafts, equal accepted versions give equal files."""

import shutil
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from adapters.blobs import BlobStore
from adapters.database import open_engine, transaction
from models.calendars import WorkingCalendar
from models.plans import PlanDossier
from models.submissions import Answer
from services import phases, plans
from services.reports import read_files
from tests.services.mailroom import FEW, with_units
from tests.services.reporting import DRAFTED, REPORTED, Reporting
from tests.services.stage import ISSUED_ON, PLAN, Office, at, owed_by

pytestmark = pytest.mark.slow  # each draft is rendered

LAST = at((24, 6), "15:00")
UNITS = ("thon-01", "thon-02", "th-thcs")
FINAL = {"TT07": 2, "TT12": 80, "DG02": "Mưa lũ & <b>sạt lở</b> {{7*7}}"}
EARLIER = ({"TT07": 1, "TT12": 9}, {"TT07": 5, "TT12": 70})


def requirement_of(unit_id: str) -> str:
    return "PSL" if unit_id.startswith("thon") else "BC"


def desk(
    migrated: Path, folder: Path, dossier: PlanDossier, calendar: WorkingCalendar
) -> Reporting:
    """A commune of its own with the plan in force."""
    folder.mkdir()
    engine = open_engine(f"sqlite:///{shutil.copy(migrated, folder / 'ledger.sqlite3')}")
    plans.import_plan(engine, dossier, actor="t", now=at((9, 5)))
    plans.activate_plan(
        engine, PLAN, number=15, issued_on=ISSUED_ON, actor="t", now=at(ISSUED_ON), day=ISSUED_ON
    )
    phases.open_phase(engine, PLAN, "P1", calendar=calendar, now=at(ISSUED_ON))
    return Reporting(Office(engine, calendar), BlobStore(folder / "blobs"))


def play(reporting: Reporting, chance: Random) -> None:
    """Each unit sends as often as chance has it, earlier versions coming back; drafts in between."""
    office, now = reporting.office, REPORTED
    order = [unit for unit in UNITS for _ in range(chance.randrange(3))]
    chance.shuffle(order)
    for unit in order:
        now += timedelta(hours=1)
        owed = owed_by(unit, requirement_of(unit))
        office.submit(owed, Answer(values=dict(chance.choice(EARLIER))), now=now)
        office.give_back(owed, due=at((23, 6), "17:00"), now=now)
    for unit in chance.sample(UNITS, len(UNITS)):
        now += timedelta(hours=1)
        owed = owed_by(unit, requirement_of(unit))
        office.submit(owed, Answer(values=dict(FINAL)), now=now)
        office.accept(owed, now=LAST)
        if not chance.randrange(3):
            reporting.assemble(now=LAST)


def test_any_order_of_answers_returns_and_drafts_gives_the_same_bytes(
    migrated_sqlite: Path, tmp_path: Path, dossier: PlanDossier, calendar: WorkingCalendar
) -> None:
    few = with_units(dossier, FEW)
    made = set()
    for seed in range(4):
        reporting = desk(migrated_sqlite, tmp_path / str(seed), few, calendar)
        play(reporting, Random(seed))
        report = reporting.assemble(now=DRAFTED)
        with transaction(reporting.office.engine) as connection:
            files = read_files(connection, report.id, role="draft")
        made.add((report.content.report.document.model_dump_json(), *(f.sha256 for f in files)))
        reporting.office.engine.dispose()
    assert len(made) == 1
