"""The relay's breaker: while it fails nothing is tried and no letter loses an attempt."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, Update, select, update

from adapters import tables
from adapters.ledger import insert_new
from adapters.smtp_verdicts import MAX_TEXT, TLS_FAULT, Fault, Phase
from models.alarms import RELAY_FAILS_AFTER, AlarmKind
from services.alarms import raise_alarm, settle
from services.journal import note, record

BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 5, 15))
RELAY = "máy chủ thư"
PERMANENT = 500


def is_closed(connection: Connection, name: str, *, now: datetime) -> bool:
    """Whether the breaker lets letters through now."""
    row = _read(connection, name)
    return row is None or row.open_until is None or bool(now >= row.open_until)


def note_failure(
    connection: Connection, name: str, fault: Fault, *, commune: str, now: datetime
) -> None:
    """Open the breaker, for longer with each failure in a row.

    What waiting does not mend, such as a refused login, is told at once; the rest when it lasts.
    """
    insert_new(connection, tables.relays, [{"name": name, "failures": 0}])
    row = _read(connection, name)
    assert row is not None
    text = f"{fault.code or ''} {fault.text}".strip()[:MAX_TEXT]
    values = {
        "failures": row.failures + 1,
        "failing_since": row.failing_since or now,
        "open_until": now + BACK_OFF[min(row.failures, len(BACK_OFF) - 1)],
        "last_text": text,
    }
    connection.execute(_of(name).values(values))
    notes = [note("relay.failed", name, phase=fault.phase, code=fault.code, text=text)]
    record(connection, notes, commune=commune, actor=RELAY, at=now)
    if _is_lasting(fault):
        _raise(connection, name, values["failing_since"], text=text, commune=commune, now=now)


def watch_relay(connection: Connection, name: str, *, commune: str, now: datetime) -> None:
    """Raise that the relay fails, once, when it has failed for so long that somebody should look.

    The first letter that it takes settles the alarm.
    """
    row = _read(connection, name)
    if row is None or row.failing_since is None or now - row.failing_since < RELAY_FAILS_AFTER:
        return
    text = row.last_text or "không có lời đáp"
    _raise(connection, name, row.failing_since, text=text, commune=commune, now=now)


def note_success(connection: Connection, name: str, *, commune: str, now: datetime) -> None:
    """Close the breaker: the relay takes letters; changes nothing when it never failed."""
    row = _read(connection, name)
    if row is None or row.failing_since is None:
        return
    connection.execute(_of(name).values(failures=0, failing_since=None, open_until=None))
    record(connection, [note("relay.healed", name)], commune=commune, actor=RELAY, at=now)
    key = _alarm_key(name, commune, row.failing_since)
    settle(connection, [key], commune=commune, by=RELAY, now=now)


def _raise(
    connection: Connection, name: str, since: datetime, *, text: str, commune: str, now: datetime
) -> None:
    told = f"Máy chủ thư {name} không nhận thư: {text}. Thư được giữ lại, chưa thư nào mất."
    key = _alarm_key(name, commune, since)
    raise_alarm(connection, key, AlarmKind.RELAY_FAILING, text=told, commune=commune, now=now)


def _of(name: str) -> Update:
    return update(tables.relays).where(tables.relays.c.name == name)


def _read(connection: Connection, name: str) -> Row[tuple[object, ...]] | None:
    chosen = select(tables.relays).where(tables.relays.c.name == name)
    return connection.execute(chosen.with_for_update()).first()


def _is_lasting(fault: Fault) -> bool:
    # Waiting mends neither a wrong password nor a wrong certificate.
    is_refused = fault.code is not None and fault.code >= PERMANENT
    return fault.phase is Phase.AUTH or is_refused or fault.text.startswith(TLS_FAULT)


def _alarm_key(name: str, commune: str, since: datetime) -> str:
    return f"relay/{name}/{commune}/{since.isoformat()}"
