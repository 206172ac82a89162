"""The issued plan goes once to everybody with a duty, with what is owed and by when."""

import pytest
from sqlalchemy import Engine

from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.ledger import PlanRecord
from models.calendars import WorkingCalendar
from models.letters import LetterKind
from models.plans import PlanDossier
from models.units import UnitKind
from services import phases, plans
from services.assignments import issue_assignments
from services.bounces import flag_contact
from services.journal import read_journal
from tests.services.mailroom import FEW, Mailroom, attachments_of, body_of, with_units
from tests.services.stage import COMMUNE, ISSUED_ON, PLAN, Office, at

NOW = at(ISSUED_ON)


def issue(office: Office, blobs: BlobStore) -> int:
    return issue_assignments(office.engine, PLAN, blobs=blobs, calendar=office.calendar, now=NOW)


def test_all_26_units_are_assigned_contact_and_head_nobody_twice(
    mailroom: Mailroom, office: Office, blobs: BlobStore
) -> None:
    added = issue(office, blobs)
    rows = mailroom.rows(LetterKind.ASSIGNMENT)
    assert added == len(rows) == len({row.contact_id for row in rows})
    assert len({row.unit_id for row in rows}) == 26
    assert not {"ubnd", "ubnd-tinh", "so-khcn"} & {row.unit_id for row in rows}
    assert all([part["name"] for part in row.parts] == ["Phu-luc-phan-cong.pdf"] for row in rows)
    assert issue(office, blobs) == 0
    told = [e for e in read_journal(office.engine, commune=COMMUNE) if e.action == "plan.assigned"]
    assert [entry.detail["letters"] for entry in told] == [added]


def few(engine: Engine, dossier: PlanDossier, calendar: WorkingCalendar, *units: str) -> None:
    """Put the plan in force in a commune of those units, and of any that join later."""
    plans.import_plan(engine, with_units(dossier, (*FEW, *units)), actor="quản trị", now=NOW)
    plans.activate_plan(
        engine, PLAN, number=15, issued_on=ISSUED_ON, actor="quản trị", now=NOW, day=ISSUED_ON
    )
    phases.open_phase(engine, PLAN, "P1", calendar=calendar, now=NOW)


@pytest.mark.slow
def test_the_letter_brings_the_annex_and_every_deadline_as_a_calendar_file(
    mailroom: Mailroom, dossier: PlanDossier, calendar: WorkingCalendar, blobs: BlobStore
) -> None:
    few(mailroom.engine, dossier, calendar)
    issue(Office(mailroom.engine, calendar), blobs)
    mailroom.send(NOW)
    (letter,) = mailroom.letters("<dt-mttq@")
    files = attachments_of(letter)
    assert sorted(files) == [
        "Phu-luc-phan-cong.pdf",
        "bieu-mau-bc-uy-ban-mat-tran-to-quoc-viet-nam-xa-bat-mot.xlsx",
        "thoi-han-BC-22-06.ics",
        "thoi-han-KHCT-29-05.ics",
        "thoi-han-XN-14-05.ics",
    ]
    assert files["Phu-luc-phan-cong.pdf"].startswith(b"%PDF")
    assert "DTT-1" in body_of(letter) or "chủ động xây dựng kế hoạch chi tiết" in body_of(letter)
    assert len(mailroom.letters("<lanhdao.dt-mttq@")) == 1


def test_a_unit_that_joins_gets_its_own_letter_and_nobody_gets_a_second(
    mailroom: Mailroom, dossier: PlanDossier, calendar: WorkingCalendar, blobs: BlobStore
) -> None:
    engine = mailroom.engine
    few(engine, dossier, calendar)
    office = Office(engine, calendar)
    before = issue(office, blobs)
    joined = with_units(dossier, (*FEW, "thon-05"))
    plans.import_plan(engine, joined, actor="quản trị", now=NOW)
    phases.open_phase(engine, PLAN, "P1", calendar=calendar, now=NOW)
    assert issue(office, blobs) == 1
    rows = mailroom.rows(LetterKind.ASSIGNMENT)
    assert len(rows) == before + 1
    assert rows[-1].unit_id == "thon-05"
    assert issue(office, blobs) == 0


def test_a_unit_without_any_address_is_passed_over(
    mailroom: Mailroom, dossier: PlanDossier, calendar: WorkingCalendar, blobs: BlobStore
) -> None:
    few(mailroom.engine, dossier, calendar)
    with transaction(mailroom.engine) as connection:
        flag_contact(connection, "thon-01.head", commune=COMMUNE, why="550", now=NOW)
    office = Office(mailroom.engine, calendar)
    assert issue(office, blobs) > 0
    assert "thon-01" not in {row.unit_id for row in mailroom.rows(LetterKind.ASSIGNMENT)}
    assert issue(office, blobs) == 0


@pytest.mark.usefixtures("active_plan")
def test_villages_have_one_reader_and_offices_two(
    mailroom: Mailroom, office: Office, blobs: BlobStore, active_plan: PlanRecord
) -> None:
    issue(office, blobs)
    readers: dict[str, int] = {}
    for row in mailroom.rows(LetterKind.ASSIGNMENT):
        readers[row.unit_id] = readers.get(row.unit_id, 0) + 1
    kinds = {unit.id: unit.kind for unit in active_plan.dossier.units.units}
    assert {kinds[unit] is UnitKind.VILLAGE: count for unit, count in readers.items()} == {
        True: 1, False: 2,
    }  # fmt: skip
