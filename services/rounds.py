"""Rounds: when each flow that must run again and again last succeeded, and whether one is due."""

from datetime import datetime

from sqlalchemy import Connection, Engine, func, select, update

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanState, insert_new
from models.calendars import WorkingCalendar
from models.rounds import MAIL_ROUND_WITHIN, MORNING_ENDS_AT, MORNING_STARTS_AT, Pulse

MORNING_ROUND = "chase"
MAIL_ROUND = "mailroom"


def record_round(connection: Connection, flow: str, *, commune: str, now: datetime) -> None:
    """Record that a round of the flow has succeeded now."""
    r = tables.rounds.c
    row = {"commune": commune, "flow": flow, "succeeded_at": now}
    if not insert_new(connection, tables.rounds, [row]):
        # A round played for an earlier instant does not take back a later one.
        newer = (r.commune == commune, r.flow == flow, r.succeeded_at < now)
        connection.execute(update(tables.rounds).where(*newer).values(succeeded_at=now))


def read_rounds(connection: Connection, *, commune: str) -> dict[str, datetime]:
    """The instant of the newest successful round of each flow; a flow without one is missing."""
    r = tables.rounds.c
    rows = connection.execute(select(r.flow, r.succeeded_at).where(r.commune == commune))
    return {row.flow: row.succeeded_at for row in rows}


def read_pulse(engine: Engine, *, commune: str, calendar: WorkingCalendar, now: datetime) -> Pulse:
    """When the rounds last came and whether one is missing now."""
    a = tables.alarms.c
    still_open = (a.commune == commune, a.settled_at.is_(None))
    counted = select(func.count()).select_from(tables.alarms).where(*still_open)
    with transaction(engine) as connection:
        rounds = read_rounds(connection, commune=commune)
        return Pulse(
            morning_round_at=rounds.get(MORNING_ROUND),
            mail_round_at=rounds.get(MAIL_ROUND),
            open_alarms=connection.execute(counted).scalar_one(),
            has_work=_has_plan(connection, commune, since=now - MAIL_ROUND_WITHIN),
            morning_is_missing=morning_is_missing(
                connection, rounds.get(MORNING_ROUND), commune=commune, calendar=calendar, now=now
            ),
            now=now,
        )


def morning_is_missing(
    connection: Connection,
    last: datetime | None,
    *,
    commune: str,
    calendar: WorkingCalendar,
    now: datetime,
) -> bool:
    """Whether it is past nine of a working day on which no round has succeeded yet."""
    day = calendar.day_of(now)
    if not calendar.is_working_day(day) or now < calendar.at(day, MORNING_ENDS_AT):
        return False
    if last is not None and calendar.day_of(last) >= day:
        return False
    # A plan put in force this morning had no round to miss.
    return _has_plan(connection, commune, since=calendar.at(day, MORNING_STARTS_AT))


def _has_plan(connection: Connection, commune: str, *, since: datetime) -> bool:
    p = tables.plans.c
    in_force = (p.commune == commune, p.state == PlanState.ACTIVE, p.activated_at < since)
    return connection.execute(select(p.id).where(*in_force).limit(1)).first() is not None
