"""Opening a phase makes every obligation once."""

from collections import Counter

import pytest
from sqlalchemy import Engine

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanRecord
from models.calendars import WorkingCalendar
from models.errors import RefusedError, UsageError
from models.obligations import ObligationState
from models.plans import PlanDossier
from models.units import UnitKind
from services import phases, plans
from services.journal import read_journal
from tests.services.stage import COMMUNE, ISSUED_ON, PLAN, Office, at, owed_by

VILLAGES = 9


def test_nine_villages_owe_nine_obligations_of_each_requirement_of_theirs(office: Office) -> None:
    owed = [o for o in office.obligations() if o.unit_id.startswith("thon-")]
    assert Counter(o.requirement_id for o in owed) == {"XN": VILLAGES, "PSL": VILLAGES}
    assert len({(o.requirement_id, o.unit_id, o.period) for o in owed}) == len(owed)


def test_every_requirement_is_opened_for_all_its_holders(
    office: Office, dossier: PlanDossier
) -> None:
    joint = sum(
        u.kind in {UnitKind.MASS_ORGANISATION, UnitKind.SECTOR, UnitKind.SCHOOL}
        for u in dossier.units.units
    )
    expected = {
        "XN": 4 + joint + VILLAGES, "KHCT": joint, "BC": joint, "PSL": VILLAGES, "SL": 4,
        "BCDK": 2, "TH": 1, "BCTK": 1,
    }  # fmt: skip
    assert Counter(o.requirement_id for o in office.obligations()) == expected


def test_all_obligations_begin_owed_with_a_deadline(office: Office) -> None:
    found = office.obligations()
    assert {o.state for o in found} == {ObligationState.OWED}
    assert all(o.due_at > o.opened_at == at(ISSUED_ON) for o in found)
    due = {o.requirement_id: o.due_at for o in found}
    assert due["XN"] == at((14, 5), "17:00")
    assert due["PSL"] == at((22, 6), "17:00")


def test_opening_again_adds_nothing(
    engine: Engine, office: Office, calendar: WorkingCalendar
) -> None:
    before, entries = office.obligations(), read_journal(engine, commune=COMMUNE)
    again = phases.open_phase(engine, PLAN, "P1", calendar=calendar, now=at((12, 5)))
    assert (again.is_first, again.added) == (False, 0)
    assert office.obligations() == before
    assert read_journal(engine, commune=COMMUNE) == entries


def test_a_later_phase_is_noted_but_owes_nothing_new(
    engine: Engine, office: Office, calendar: WorkingCalendar
) -> None:
    opening = phases.open_phase(engine, PLAN, "P2", calendar=calendar, now=at((1, 6)))
    assert (opening.is_first, opening.added) == (True, 0)
    assert office.count(tables.phase_openings) == 2
    assert read_journal(engine, commune=COMMUNE)[-1].subject == f"{PLAN}/P2"


def test_a_unit_that_has_ceased_owes_nothing(
    engine: Engine, imported_plan: PlanRecord, dossier: PlanDossier, calendar: WorkingCalendar
) -> None:
    gone = {"thon-09", "vp"}
    ended = {"valid_to": at((30, 4)).date()}
    units = tuple(
        u.model_copy(update=ended) if u.id in gone else u for u in imported_plan.dossier.units.units
    )
    register = dossier.units.model_copy(update={"units": units})
    smaller = imported_plan.model_copy(
        update={"dossier": dossier.model_copy(update={"units": register})}
    )
    rows = list(phases.obligation_rows(smaller, calendar, at(ISSUED_ON)))
    assert not gone & {row["unit_id"] for row in rows}
    assert sum(row["requirement_id"] == "PSL" for row in rows) == VILLAGES - 1
    assert plans.find_plan(engine, PLAN).dossier == dossier


def test_a_draft_opens_no_phase(
    engine: Engine, imported_plan: PlanRecord, calendar: WorkingCalendar
) -> None:
    with pytest.raises(RefusedError, match="chưa ban hành"):
        phases.open_phase(engine, imported_plan.id, "P1", calendar=calendar, now=at(ISSUED_ON))
    assert Office(engine, calendar).count(tables.obligations) == 0


def test_a_phase_that_the_plan_lacks_is_an_error(
    engine: Engine, office: Office, calendar: WorkingCalendar
) -> None:
    with pytest.raises(UsageError, match="P9"):
        phases.open_phase(engine, PLAN, "P9", calendar=calendar, now=at((12, 5)))
    assert office.count(tables.phase_openings) == 1


def test_receipt_of_a_product_opens_only_what_names_it(
    engine: Engine, active_plan: PlanRecord, office: Office, calendar: WorkingCalendar
) -> None:
    with transaction(engine) as connection:
        opened = [
            phases.open_on_receipt(
                connection, active_plan, requirement_id, period="dt-hnd:1", calendar=calendar,
                now=at((20, 5)),
            )
            for requirement_id in ("PSL", "KHCT", "KHCT")
        ]  # fmt: skip
    assert opened == [0, 1, 0]
    review = office.obligation(owed_by("vp", "RS", "dt-hnd:1"))
    assert review.due_at == at((22, 5), "17:00")
