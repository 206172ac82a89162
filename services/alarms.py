"""Alarms: raised once by key, told in one letter, open until somebody settles them."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Row, select, update

from adapters import tables
from adapters.database import transaction
from adapters.ledger import RegisteredContact, insert_new
from models.alarms import (
    ADMINISTRATOR,
    GIVEN_UP_FOR,
    LISTED,
    SYSTEM,
    TOLD_EVERY,
    Alarm,
    AlarmContext,
    AlarmKind,
    AlarmRow,
)
from models.errors import UsageError
from models.letters import LetterKind, LetterState
from models.units import ContactRole
from services.journal import lock_chain, note, record
from services.notices import as_facts
from services.outbox import NewLetter, enqueue

SAME_FLOW_AGAIN = timedelta(hours=4)  # a flow that fails all day is told a few times, not each time
STATE_WORDS = {"Failed": "báo lỗi", "Crashed": "dừng đột ngột", "TimedOut": "quá thời gian chạy"}
_REFUSED = frozenset({LetterState.REFUSED, LetterState.BOUNCED})


def raise_alarm(
    connection: Connection, key: str, kind: AlarmKind, *, text: str, commune: str, now: datetime
) -> bool:
    """Raise an alarm; a key raised before, settled or not, changes nothing and gives False."""
    return raise_all(connection, {key: (kind, text)}, commune=commune, now=now) == 1


def raise_all(
    connection: Connection,
    alarms: dict[str, tuple[AlarmKind, str]],
    *,
    commune: str,
    now: datetime,
) -> int:
    """Raise alarms by key; returns how many keys were new."""
    keys = tables.alarms.c.dedupe_key
    known = set(connection.execute(select(keys).where(keys.in_(list(alarms)))).scalars())
    new = {key: alarm for key, alarm in alarms.items() if key not in known}
    rows = [
        {"dedupe_key": key, "commune": commune, "kind": kind, "text": text, "raised_at": now}
        for key, (kind, text) in new.items()
    ]
    notes = [note("alarm.raised", key, kind=kind, text=text) for key, (kind, text) in new.items()]
    record(connection, notes, commune=commune, actor=SYSTEM, at=now)
    return insert_new(connection, tables.alarms, rows)


def read_alarms(engine: Engine, *, commune: str) -> tuple[Alarm, ...]:
    """The open alarms, the urgent first, then the oldest."""
    with transaction(engine) as connection:
        return _open(connection, commune)


def settle_alarm(engine: Engine, key: str, *, commune: str, by: str, now: datetime) -> bool:
    """Close an alarm by hand; the second time changes nothing and gives False.

    Raises:
        UsageError: there is no such alarm.
    """
    a = tables.alarms.c
    with transaction(engine) as connection:
        mine = (a.commune == commune, a.dedupe_key == key)
        if connection.execute(select(a.kind).where(*mine)).first() is None:
            raise UsageError(f"Không có cảnh báo '{key}'; xem mã trong `dondoc alarms list`.")
        return settle(connection, [key], commune=commune, by=by, now=now) == 1


def settle(
    connection: Connection, keys: Sequence[str], *, commune: str, by: str, now: datetime
) -> int:
    """Close those of the alarms that are open; returns how many there were."""
    a = tables.alarms.c
    mine = (a.commune == commune, a.dedupe_key.in_(keys), a.settled_at.is_(None))
    still_open = connection.execute(select(a.dedupe_key).where(*mine)).scalars().all()
    if not still_open:
        return 0
    closed = update(tables.alarms).where(a.dedupe_key.in_(still_open))
    connection.execute(closed.values(settled_at=now, settled_by=by))
    notes = [note("alarm.settled", key) for key in still_open]
    record(connection, notes, commune=commune, actor=by, at=now)
    return len(still_open)


def raise_failed_run(
    engine: Engine,
    *,
    flow: str,
    run: str,
    run_id: str,
    state: str,
    commune: str,
    now: datetime,
) -> bool:
    """Raise that a flow run failed, unless the same flow's failure was raised within hours."""
    a = tables.alarms.c
    with transaction(engine) as connection:
        lock_chain(connection, commune)
        recent = (
            a.dedupe_key.startswith(_runs_of(flow, commune), autoescape=True),
            a.settled_at.is_(None),
            a.raised_at > now - SAME_FLOW_AGAIN,
        )
        if connection.execute(select(a.dedupe_key).where(*recent).limit(1)).first():
            return False
        key = _runs_of(flow, commune) + run_id
        text = failed_run_text(flow, run, state)
        return raise_alarm(
            connection, key, AlarmKind.RUN_FAILED, text=text, commune=commune, now=now
        )


def failed_run_text(flow: str, run: str, state: str) -> str:
    """Which run ended how, in a sentence."""
    return f"Luồng “{flow}”, lượt chạy “{run}” {STATE_WORDS.get(state, state)}."


def open_keys(connection: Connection, prefix: str) -> list[str]:
    """The keys with that beginning of alarms that nobody has settled."""
    a = tables.alarms.c
    still_open = (a.dedupe_key.startswith(prefix, autoescape=True), a.settled_at.is_(None))
    return list(connection.execute(select(a.dedupe_key).where(*still_open)).scalars())


def settle_failed_runs(connection: Connection, flow: str, *, commune: str, now: datetime) -> int:
    """Close the alarms about runs of a flow that has succeeded since; returns how many."""
    keys = open_keys(connection, _runs_of(flow, commune))
    return settle(connection, keys, commune=commune, by=SYSTEM, now=now)


def _runs_of(flow: str, commune: str) -> str:
    return f"run/{commune}/{flow}/"


def tell(engine: Engine, *, commune: str, address: str, now: datetime) -> int:
    """Put what nobody was told yet into one letter (E20); returns how many alarms it takes.

    What is not urgent waits until a while after the last such letter. An administrator whose own
    server refuses the letters is left alone for a day: each refusal would raise another alarm.
    """
    with transaction(engine) as connection:
        lock_chain(connection, commune)  # of two rounds at once only one tells
        untold = [alarm for alarm in _open(connection, commune) if alarm.told_at is None]
        last = read_last_letter(connection, commune)
        if not _worth_a_letter(untold, last, address=address, now=now):
            return 0
        letter = _letter(untold, commune=commune, address=address, now=now)
        enqueue(connection, [letter], commune=commune, now=now)
        keys = [alarm.dedupe_key for alarm in untold]
        told = update(tables.alarms).where(tables.alarms.c.dedupe_key.in_(keys))
        connection.execute(told.values(told_at=now))
    return len(untold)


def read_last_letter(connection: Connection, commune: str) -> Row[tuple[object, ...]] | None:
    """The outbox row of the newest letter of alarms; None before the first."""
    c = tables.outbox.c
    of_alarms = (c.commune == commune, c.contact_id == ADMINISTRATOR, c.kind == LetterKind.ALARM)
    newest = select(tables.outbox).where(*of_alarms).order_by(c.id.desc()).limit(1)
    return connection.execute(newest).first()


def _worth_a_letter(
    untold: Sequence[Alarm],
    last: Row[tuple[object, ...]] | None,
    *,
    address: str,
    now: datetime,
) -> bool:
    if all(alarm.kind is AlarmKind.ADMINISTRATOR_UNREACHABLE for alarm in untold):
        return False
    if last is None:
        return True
    age: timedelta = now - last.created_at
    if last.state in _REFUSED and last.address == address and age < GIVEN_UP_FOR:
        return False
    return age >= TOLD_EVERY or any(alarm.kind.is_urgent for alarm in untold)


def _letter(untold: Sequence[Alarm], *, commune: str, address: str, now: datetime) -> NewLetter:
    rows = tuple(
        AlarmRow(title=a.kind.heading, text=a.text, since=a.raised_at, advice=a.kind.advice)
        for a in untold[:LISTED]
    )
    # An alarm is told once, so the alarms of a letter tell it from every other.
    keys = "\n".join(sorted(a.dedupe_key for a in untold))
    digest = hashlib.sha256(keys.encode()).hexdigest()[:16]
    facts: dict[str, object] = {"alarms": rows, "others": len(untold) - len(rows)}
    return NewLetter(
        dedupe_key=f"alarm/{commune}/{digest}",
        kind=LetterKind.ALARM,
        plan_id="",  # of no plan: services/alarm_letters.py gives it a frame
        unit_id=ADMINISTRATOR,
        contact=administrator_at(address),
        not_before=now,
        facts=as_facts(AlarmContext, facts),
    )


def administrator_at(address: str) -> RegisteredContact:
    """The administrator as the reader of a letter; in no plan's register."""
    return RegisteredContact(
        id=ADMINISTRATOR, role=ContactRole.CONTACT, title="Người quản trị hệ thống",
        email=address, unit_id=ADMINISTRATOR,
    )  # fmt: skip


def _open(connection: Connection, commune: str) -> tuple[Alarm, ...]:
    a = tables.alarms.c
    statement = (
        select(a.dedupe_key, a.kind, a.text, a.raised_at, a.told_at, a.settled_at, a.settled_by)
        .where(a.commune == commune, a.settled_at.is_(None))
        .order_by(a.raised_at, a.dedupe_key)
    )
    rows = connection.execute(statement).mappings()
    found = (Alarm.model_validate(dict(row)) for row in rows)
    return tuple(sorted(found, key=lambda alarm: not alarm.kind.is_urgent))
