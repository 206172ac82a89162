"""The morning plan of the ladder: every rung once, one letter a day, whoever plans."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, text

from adapters.database import transaction
from adapters.ledger import PlanRecord
from models.calendars import WorkingCalendar
from models.errors import UsageError
from models.letters import LetterKind
from models.plans import PlanDossier
from models.reminder_explain import RungStanding, RungStatus
from models.reminder_policy import Audience, ReminderPolicy
from services import phases, plans, reminders
from services.bounces import flag_contact
from services.pauses import PauseKind, pause
from services.reminders import Planning
from tests.services.mailroom import FEW, Mailroom, with_units
from tests.services.stage import COMMUNE, ISSUED_ON, NUMBER, PLAN, Office, at, owed_by

EARLY = at((15, 6), "07:30")  # T-7 of the reports due on 22/6
LATE = at((24, 6), "07:30")  # T+2


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.mark.usefixtures("active_plan")
def test_planning_twice_adds_nothing(mailroom: Mailroom) -> None:
    first = mailroom.plan(EARLY)
    assert first.letters == len(mailroom.rows()) > 0
    before = mailroom.items()
    assert mailroom.plan(EARLY) == Planning(letters=0, superseded=0)
    assert mailroom.items() == before


@pytest.mark.usefixtures("active_plan")
@pytest.mark.parametrize("backend", [pytest.param("postgresql", marks=pytest.mark.slow)])
def test_the_planner_lets_the_server_look_at_tables_it_knows_nothing_of(
    mailroom: Mailroom,
) -> None:
    """Without statistics PostgreSQL joins thousands of units one by one: minutes, not seconds."""
    known = text("SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = 'public'")
    mailroom.plan(EARLY)
    with transaction(mailroom.engine) as connection:
        assert {"obligations", "contacts"} <= set(connection.execute(known).scalars())


@pytest.mark.usefixtures("active_plan")
def test_two_planners_at_once_write_each_reminder_once(mailroom: Mailroom) -> None:
    start = Barrier(2)

    def plan(_: int) -> Planning:
        start.wait()
        return mailroom.plan(EARLY)

    with ThreadPoolExecutor(2) as planners:
        done = list(planners.map(plan, range(2)))
    rows = mailroom.rows()
    assert sum(one.letters for one in done) == len(rows) > 0
    assert {i.outbox_id for i in mailroom.items()} - {None} == {row.id for row in rows}


@pytest.mark.slow
@pytest.mark.usefixtures("active_plan")
def test_nobody_is_reminded_twice_a_day_and_each_rung_is_used_once(mailroom: Mailroom) -> None:
    letters = superseded = 0
    for n in range(12):
        day = date(2026, 6, 15) + timedelta(days=n)
        for hour in ("07:30", "09:00", "14:00", "18:00"):
            made = mailroom.plan(at(day, hour))
            letters, superseded = letters + made.letters, superseded + made.superseded
    rows, items = mailroom.rows(), mailroom.items()
    assert len(rows) == letters
    assert max(Counter((row.contact_id, row.day) for row in rows).values()) == 1
    assert sum(item.outbox_id is None for item in items) == superseded
    assert len({item.dedupe_key for item in items}) == len(items)
    assert {row.day for row in rows if row.day.weekday() > 4} == set()


def test_communes_with_the_same_contact_ids_do_not_take_each_others_letters(
    mailroom: Mailroom, active_plan: PlanRecord, calendar: WorkingCalendar
) -> None:
    mine = active_plan.dossier
    theirs = mine.model_copy(
        update={
            "plan": mine.plan.model_copy(update={"id": "kh-xa-khac", "commune": "xa-khac"}),
            "units": mine.units.model_copy(update={"commune": "xa-khac"}),
        }
    )
    engine = mailroom.engine
    plans.import_plan(engine, theirs, actor="quản trị", now=at(ISSUED_ON))
    plans.activate_plan(
        engine, "kh-xa-khac", number=NUMBER, issued_on=ISSUED_ON, actor="quản trị",
        now=at(ISSUED_ON), day=ISSUED_ON,
    )  # fmt: skip
    phases.open_phase(engine, "kh-xa-khac", "P1", calendar=calendar, now=at(ISSUED_ON))
    assert mailroom.plan(EARLY) == mailroom.plan(EARLY, commune="xa-khac")
    communes = {row.id: row.commune for row in mailroom.rows()}
    for item in mailroom.items():
        owner = COMMUNE if item.obligation_id.startswith(f"{PLAN}/") else "xa-khac"
        assert item.outbox_id is None or communes[item.outbox_id] == owner


def test_a_unit_that_has_reported_is_left_alone(mailroom: Mailroom, office: Office) -> None:
    office.submit(owed_by("thon-01"), now=at((12, 6)))
    mailroom.plan(EARLY)
    reminded = {item.obligation_id for item in mailroom.items()}
    assert owed_by("thon-01") not in reminded
    assert owed_by("thon-02") in reminded


@pytest.mark.usefixtures("active_plan")
def test_only_the_latest_rung_is_sent_after_a_gap(mailroom: Mailroom) -> None:
    mailroom.plan(at((22, 6), "07:30"))  # nobody planned on 15/6, 17/6 and 19/6
    mine = {i.rung: i.outbox_id for i in mailroom.items() if i.obligation_id == owed_by("thon-01")}
    assert {rung for rung, letter in mine.items() if letter is None} == {"T-7", "T-3", "T-1"}
    assert mine["T"] is not None
    assert mailroom.plan(at((22, 6), "08:00")) == Planning(letters=0, superseded=0)


@pytest.mark.usefixtures("active_plan")
def test_paused_units_and_obligations_rest_until_the_latest_date(mailroom: Mailroom) -> None:
    def rest(unit_id: str, until: int, obligation_id: str | None = None) -> None:
        pause(
            mailroom.engine, commune=COMMUNE, unit_id=unit_id, kind=PauseKind.CALL, reason="hẹn",
            by="vhxh", until=at((until, 6)), now=at((12, 6)), obligation_id=obligation_id,
        )  # fmt: skip

    rest("thon-01", 18)
    rest("thon-01", 16)
    rest("dt-mttq", 18, owed_by("dt-mttq", "BC"))
    mailroom.plan(EARLY)
    reminded = {item.obligation_id for item in mailroom.items()}
    assert not {owed_by("thon-01"), owed_by("thon-01", "XN")} & reminded
    assert owed_by("dt-mttq", "BC") not in reminded
    assert owed_by("dt-mttq", "XN") in reminded
    mailroom.plan(at((17, 6), "07:30"))
    assert owed_by("thon-01") not in {item.obligation_id for item in mailroom.items()}
    mailroom.plan(at((18, 6), "08:00"))
    assert owed_by("thon-01") in {item.obligation_id for item in mailroom.items()}


def test_a_returned_answer_climbs_a_ladder_of_its_own(mailroom: Mailroom, office: Office) -> None:
    report = owed_by("thon-01")
    office.submit(report, now=at((12, 6)))
    office.give_back(report, due=at((18, 6), "17:00"), now=at((15, 6), "08:00"))
    mailroom.plan(at((17, 6), "07:30"))
    assert [i.rung for i in mailroom.items() if i.obligation_id == report] == [
        "r1:x2026-06-18:T-1"
    ]  # T-7 and T-3 lay before the return and never existed


@pytest.mark.usefixtures("active_plan")
def test_a_dead_address_passes_the_reminder_to_the_next_one(mailroom: Mailroom) -> None:
    with transaction(mailroom.engine) as connection:
        flag_contact(connection, "vp.contact", commune=COMMUNE, why="550", now=at((12, 6)))
    mailroom.plan(EARLY)
    assert not mailroom.rows(contact="vp.contact")
    assert mailroom.row(contact="vp.head").address == "lanhdao.vp@batmot.example"


def test_a_unit_without_any_address_is_shown_unreachable(
    mailroom: Mailroom, office: Office, policy: ReminderPolicy, calendar: WorkingCalendar
) -> None:
    with transaction(mailroom.engine) as connection:
        flag_contact(connection, "thon-01.head", commune=COMMUNE, why="550", now=at((12, 6)))
    mailroom.plan(LATE)
    assert not [row for row in mailroom.rows() if row.unit_id == "thon-01"]
    assert all(r.unreachable == (r.unit_id == "thon-01") for r in office.board(LATE).owing())
    told = explain(mailroom.engine, "thon-01", policy=policy, calendar=calendar)
    assert {s.status for s in told if s.audience is Audience.CONTACT} == {RungStatus.UNREACHABLE}


def explain(
    engine: Engine, unit_id: str, *, policy: ReminderPolicy, calendar: WorkingCalendar
) -> tuple[RungStanding, ...]:
    standings = reminders.explain_unit(
        engine, commune=COMMUNE, unit_id=unit_id, policy=policy, calendar=calendar, now=LATE
    )
    assert set(standings) == {owed_by(unit_id), owed_by(unit_id, "XN")}
    return standings[owed_by(unit_id)]


@pytest.mark.usefixtures("active_plan")
def test_every_rung_is_explained_in_vietnamese(
    mailroom: Mailroom, policy: ReminderPolicy, calendar: WorkingCalendar
) -> None:
    mailroom.plan(at((19, 6), "07:30"))
    mailroom.plan(LATE)
    told = explain(mailroom.engine, "thon-01", policy=policy, calendar=calendar)
    assert len(told) == sum(
        len(rung.audiences) for rung in policy.ladder("default").rungs if not rung.repeats
    )
    statuses = {(s.rung, s.audience): s.status for s in told}
    assert statuses["T-1", Audience.CONTACT] is RungStatus.SENT
    assert statuses["T-3", Audience.CONTACT] is RungStatus.SUPERSEDED
    assert statuses["T+2", Audience.HEAD] is RungStatus.SENT
    assert statuses["T+3", Audience.LEADER] is RungStatus.FUTURE
    assert all(not s.reason.isascii() and "ngày" in s.reason for s in told)


@pytest.mark.usefixtures("active_plan")
def test_an_unknown_unit_is_not_explained(
    engine: Engine, policy: ReminderPolicy, calendar: WorkingCalendar
) -> None:
    with pytest.raises(UsageError, match="thon-99"):
        explain(engine, "thon-99", policy=policy, calendar=calendar)


@pytest.mark.usefixtures("imported_plan")
def test_a_plan_that_is_not_in_force_reminds_nobody(mailroom: Mailroom) -> None:
    assert mailroom.plan(EARLY) == Planning(letters=0, superseded=0)


@pytest.mark.usefixtures("active_plan")
def test_a_person_who_is_contact_and_head_gets_one_letter(mailroom: Mailroom) -> None:
    mailroom.plan(LATE)
    row = mailroom.row(contact="thon-01.head")
    assert row.kind == LetterKind.OVERDUE_AGAIN
    assert row.not_after == at((24, 6), "17:00")
