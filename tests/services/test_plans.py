"""Plans are taken in once, put in force once, and seen by their own commune only."""

from datetime import date

import pytest
from sqlalchemy import Engine, update

from adapters import tables
from adapters.database import transaction
from adapters.ledger import (
    PlanRecord,
    PlanState,
    first_reachable,
    read_contacts,
    read_obligations,
)
from adapters.plan_files import read_dossier
from config.settings import CONFIG_FOLDER
from models.calendars import WorkingCalendar
from models.errors import RefusedError, UsageError
from models.plans import PlanDossier
from models.units import Contact, ContactRole, Unit, UnitKind
from services import plans
from services.boards import read_board
from services.journal import read_journal
from services.phases import open_phase
from tests.services.stage import COMMUNE, ISSUED_ON, NUMBER, PLAN, Office, at

OTHER = "kh-cds-2026"
OTHER_COMMUNE = "dong-hoa"


@pytest.fixture(scope="module")
def other_dossier() -> PlanDossier:
    return read_dossier(CONFIG_FOLDER / "plans" / "dong-hoa-2026.yaml")


def tenth_village() -> Unit:
    contact = Contact(
        id="thon-10.contact", role=ContactRole.CONTACT, title="Trưởng thôn", email="t@x.example"
    )
    return Unit(id="thon-10", name="Thôn Mười", short_name="Thôn Mười", kind=UnitKind.VILLAGE,
                order=99, contacts=(contact,))  # fmt: skip


def with_units(dossier: PlanDossier, *units: Unit) -> PlanDossier:
    """The dossier with those units added, or put in the place of those of their id."""
    new = {unit.id: unit for unit in units}
    kept = tuple(unit for unit in dossier.units.units if unit.id not in new)
    register = dossier.units.model_copy(update={"units": (*kept, *units)})
    return dossier.model_copy(update={"units": register})


def with_text(dossier: PlanDossier, **changes: object) -> PlanDossier:
    return dossier.model_copy(update={"plan": dossier.plan.model_copy(update=changes)})


def activate(engine: Engine, number: int = NUMBER, issued_on: date = ISSUED_ON) -> PlanRecord:
    return plans.activate_plan(
        engine, PLAN, number=number, issued_on=issued_on, actor="quản trị", now=at(ISSUED_ON),
        day=ISSUED_ON,
    )  # fmt: skip


def test_an_imported_plan_is_a_draft_with_its_contacts(
    engine: Engine, imported_plan: PlanRecord, dossier: PlanDossier
) -> None:
    assert imported_plan.state is PlanState.DRAFT
    assert plans.find_plan(engine, PLAN) == imported_plan
    assert imported_plan.dossier == dossier
    with transaction(engine) as connection:
        known = {contact.id for contact in read_contacts(connection, commune=COMMUNE)}
    assert known == {c.id for unit in dossier.units.units for c in unit.contacts}


def test_importing_the_same_twice_changes_nothing(
    engine: Engine, imported_plan: PlanRecord, dossier: PlanDossier
) -> None:
    before = read_journal(engine, commune=COMMUNE)
    again = plans.import_plan(engine, dossier, actor="người khác", now=at((10, 5)))
    assert again == imported_plan
    assert read_journal(engine, commune=COMMUNE) == before


def test_a_draft_may_be_imported_anew(
    engine: Engine, imported_plan: PlanRecord, dossier: PlanDossier
) -> None:
    changed = with_text(dossier, short_name="KHCN sửa")
    renewed = plans.import_plan(engine, changed, actor="quản trị", now=at((10, 5)))
    assert renewed.dossier.plan.short_name == "KHCN sửa"
    assert renewed.sha256 != imported_plan.sha256
    assert len(plans.find_plans(engine, commune=COMMUNE)) == 1


def test_a_plan_is_not_put_in_force_while_blocking_findings_are_open_and_all_are_listed(
    engine: Engine, imported_plan: PlanRecord, dossier: PlanDossier
) -> None:
    undated = tuple(
        r.model_copy(update={"periods": ()}) if r.id == "KHCT" else r
        for r in dossier.plan.requirements
    )
    faulty = with_text(dossier, requirements=undated)
    vp = dossier.units.unit("vp").model_copy(update={"contacts": ()})
    kt = dossier.units.unit("kt").model_copy(update={"contacts": ()})
    plans.import_plan(engine, with_units(faulty, vp, kt), actor="quản trị", now=at((10, 5)))
    with pytest.raises(RefusedError) as refused:
        activate(engine, issued_on=date(2026, 4, 1))
    places = ("vp", "kt", "KHCT", "issued_on")
    assert [place for place in places if f"- {place}: " in str(refused.value)] == list(places)
    assert plans.find_plan(engine, PLAN).state is PlanState.DRAFT
    assert imported_plan.state is PlanState.DRAFT


def test_a_plan_in_force_carries_its_number_and_day(
    engine: Engine, imported_plan: PlanRecord
) -> None:
    active = activate(engine)
    assert (active.state, active.number, active.issued_on) == (PlanState.ACTIVE, 15, ISSUED_ON)
    assert (active.dossier.plan.number, active.dossier.plan.issued_on) == (15, ISSUED_ON)
    assert (active.activated_at, active.activated_by) == (at(ISSUED_ON), "quản trị")
    assert plans.find_active_plans(engine, commune=COMMUNE) == (active,)
    assert imported_plan.number is None


def test_the_same_activation_twice_is_fine(engine: Engine, imported_plan: PlanRecord) -> None:
    first = activate(engine)
    before = read_journal(engine, commune=COMMUNE)
    assert activate(engine) == first
    assert read_journal(engine, commune=COMMUNE) == before
    assert imported_plan.id == first.id


@pytest.mark.parametrize(("number", "day"), [(16, ISSUED_ON), (15, date(2026, 5, 12))])
def test_another_number_or_day_is_refused(
    engine: Engine, active_plan: PlanRecord, number: int, day: date
) -> None:
    with pytest.raises(RefusedError, match="số 15"):
        activate(engine, number, day)
    assert plans.find_plan(engine, PLAN) == active_plan


def test_the_text_of_a_plan_in_force_cannot_change(
    engine: Engine, active_plan: PlanRecord, dossier: PlanDossier
) -> None:
    with pytest.raises(RefusedError, match="đã ban hành"):
        plans.import_plan(
            engine, with_text(dossier, title="Khác"), actor="quản trị", now=at((20, 5))
        )
    assert plans.find_plan(engine, PLAN) == active_plan


def test_a_tenth_village_adds_exactly_its_own_obligations(
    engine: Engine, office: Office, dossier: PlanDossier, calendar: WorkingCalendar
) -> None:
    before = {o.id: o for o in office.obligations()}
    plans.import_plan(
        engine, with_units(dossier, tenth_village()), actor="quản trị", now=at((20, 5))
    )
    opening = open_phase(engine, PLAN, "P1", calendar=calendar, now=at((20, 5)))
    after = {o.id: o for o in office.obligations()}
    new = [o for o in after.values() if o.id not in before]
    of_a_village = {o.requirement_id for o in before.values() if o.unit_id == "thon-01"}
    assert {o.unit_id for o in new} == {"thon-10"}
    assert {o.requirement_id for o in new} == of_a_village
    assert opening.added == len(new) == len(of_a_village)
    (acknowledgement,) = [o for o in new if o.requirement_id == "XN"]
    assert acknowledgement.due_at == at((25, 5), "17:00")  # three working days from joining
    assert {key: after[key] for key in before} == before
    assert plans.find_plan(engine, PLAN).number == NUMBER


def test_a_corrected_address_is_used_and_its_flag_forgotten(
    engine: Engine, active_plan: PlanRecord, dossier: PlanDossier
) -> None:
    c = tables.contacts.c
    with transaction(engine) as connection:
        dead = c.id.in_(["vp.contact", "kt.contact"])
        connection.execute(
            update(tables.contacts).where(dead).values(flagged_at=at((12, 5)), flag_reason="550")
        )
    vp = dossier.units.unit("vp")
    mended = vp.contacts[0].model_copy(update={"email": "vanphong@batmot.example"})
    renamed = dossier.units.unit("kt")
    titled = renamed.contacts[0].model_copy(update={"title": "Chuyên viên"})
    changed = with_units(
        dossier,
        vp.model_copy(update={"contacts": (mended, *vp.contacts[1:])}),
        renamed.model_copy(update={"contacts": (titled, *renamed.contacts[1:])}),
    )
    plans.import_plan(engine, changed, actor="quản trị", now=at((13, 5)))
    with transaction(engine) as connection:
        known = {x.id: x for x in read_contacts(connection, commune=active_plan.commune)}
    assert known["vp.contact"].email == "vanphong@batmot.example"
    assert known["vp.contact"].flagged_at is None
    assert known["kt.contact"].title == "Chuyên viên"
    assert known["kt.contact"].flagged_at == at((12, 5))


def test_a_contact_who_left_the_register_is_written_to_no_more(
    engine: Engine, active_plan: PlanRecord, dossier: PlanDossier
) -> None:
    vp = dossier.units.unit("vp")
    head = tuple(c for c in vp.contacts if c.role is ContactRole.HEAD)
    without = with_units(dossier, vp.model_copy(update={"contacts": head}))
    plans.import_plan(engine, without, actor="quản trị", now=at((13, 5)))
    with transaction(engine) as connection:
        known = read_contacts(connection, commune=active_plan.commune)
    gone = next(c for c in known if c.id == "vp.contact")
    assert (gone.flagged_at, gone.flag_reason) == (at((13, 5)), plans.NO_LONGER_LISTED)
    reached = first_reachable(known, "vp", ContactRole.CONTACT)
    assert reached is not None
    assert reached.id == "vp.head"


def test_plans_of_two_communes_do_not_see_each_other(
    engine: Engine, office: Office, other_dossier: PlanDossier, calendar: WorkingCalendar
) -> None:
    ours = office.obligations()
    board = office.board(at((20, 5)))
    plans.import_plan(engine, other_dossier, actor="khác", now=at((12, 5)))
    other = plans.activate_plan(
        engine, OTHER, number=7, issued_on=other_dossier.plan.issued_on or date(2026, 5, 12),
        actor="khác", now=at((12, 5)), day=date(2026, 5, 12),
    )  # fmt: skip
    phase = other.dossier.plan.phases[0].id
    assert open_phase(engine, OTHER, phase, calendar=calendar, now=at((12, 5))).added
    assert office.obligations() == ours
    assert office.board(at((20, 5))) == board
    theirs = office.obligations(OTHER, OTHER_COMMUNE)
    assert theirs
    assert {o.plan_id for o in theirs} == {OTHER}
    seen = read_board(engine, OTHER, calendar=calendar, as_of=at((20, 5)))
    assert {row.obligation_id for row in seen.rows} == {o.id for o in theirs}
    with transaction(engine) as connection:
        assert read_obligations(connection, commune=OTHER_COMMUNE, plan_id=PLAN) == ()
    assert [p.id for p in plans.find_plans(engine, commune=COMMUNE)] == [PLAN]
    assert [p.id for p in plans.find_plans(engine, commune=OTHER_COMMUNE)] == [OTHER]
    assert {e.actor for e in read_journal(engine, commune=OTHER_COMMUNE)} == {"khác", "dondoc"}


def test_a_closed_plan_is_closed_once(engine: Engine, active_plan: PlanRecord) -> None:
    with transaction(engine) as connection:
        assert plans.close_plan(connection, active_plan, actor="văn thư", now=at((30, 6)))
        assert not plans.close_plan(connection, active_plan, actor="văn thư", now=at((30, 6)))
    assert plans.find_plan(engine, PLAN).state is PlanState.CLOSED
    assert plans.find_active_plans(engine, commune=COMMUNE) == ()
    entries = read_journal(engine, commune=COMMUNE)
    assert [e.action for e in entries].count("plan.closed") == 1


def test_a_plan_is_named_by_id_or_because_it_is_the_only_one(
    engine: Engine, active_plan: PlanRecord
) -> None:
    name = active_plan.dossier.plan.short_name
    assert plans.name_plans(engine, commune=COMMUNE, plan_id=PLAN) == name
    assert plans.name_plans(engine, commune=COMMUNE, plan_id=None) == name
    assert plans.name_plans(engine, commune="xa-khac", plan_id=None) == "0 kế hoạch"


def test_an_unknown_plan_is_named_in_the_error(engine: Engine) -> None:
    with pytest.raises(UsageError, match="kh-khong-co"):
        plans.find_plan(engine, "kh-khong-co")
