"""Epochs: a restored or copied database is recognised, and reconciled with what was sent."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, Engine, Row, bindparam, select, update

from adapters import tables
from adapters.database import transaction
from adapters.direct import Direct
from adapters.ledger import insert_new
from adapters.mime import message_id_for
from adapters.witness import read_machine_id, read_witness, write_witness
from models.fences import Epoch, Witness, doubt_about
from models.letters import REMINDER_KINDS, LetterState
from models.oracles import Oracle
from models.values import Value
from services.journal import note, record
from services.letterheads import Letterhead
from services.outbox import set_state

RECONCILER = "đối soát bản khôi phục"


class Reconciled(Value):
    """Ready letters compared with the archive; ``silent`` are those it knew nothing of."""

    accepted: int = 0
    absent: int = 0
    silent: int = 0


COUNTING = (
    update(tables.epochs)
    .where(tables.epochs.c.commune == bindparam("of_commune"))
    .values(seq=tables.epochs.c.seq + bindparam("more"))
)
_COUNT = Direct(COUNTING, "of_commune", "more")


def note_accepted(connection: Connection, *, commune: str, count: int) -> None:
    """Count letters that the relay accepted, in the transaction that records them."""
    if count == 0:
        return
    if _COUNT.execute(connection, commune, count) == 0:
        _register(connection, commune)
        _COUNT.execute(connection, commune, count)


def find_doubt(engine: Engine, *, commune: str, home: Path) -> str | None:
    """Tell in Vietnamese why this may be a copy; else None, and the witness is brought up to it."""
    epoch, found = _read_epoch(engine, commune), read_witness(home, commune)
    machine_id = read_machine_id()
    doubt = doubt_about(epoch, found, machine_id=machine_id)
    if doubt is None and (found is None or found.epoch != epoch):
        write_witness(home, commune, Witness(epoch=epoch, machine_id=machine_id))
    return doubt


def adopt(engine: Engine, *, commune: str, home: Path) -> None:
    """Take the database as it is for the one of this home and this machine."""
    known = Witness(epoch=_read_epoch(engine, commune), machine_id=read_machine_id())
    write_witness(home, commune, known)


def reconcile_restored(
    engine: Engine, *, commune: str, letterhead: Letterhead, oracle: Oracle, now: datetime
) -> Reconciled:
    """Settle as accepted the ready letters whose Message-ID the archive holds.

    A letter planned anew after a restore has the Message-ID it had, for the id derives from its
    reason. ``oracle`` answers None when it does not know.
    """
    c = tables.outbox.c
    written = tables.frozen_letters
    ready = select(c.id, c.dedupe_key, c.kind, written.c.message_id).select_from(tables.letters)
    ready = ready.where(c.commune == commune, c.state == LetterState.READY)
    with transaction(engine) as connection:
        rows = connection.execute(ready.order_by(c.id)).all()
    answers = {row: _ask(oracle, _message_ids(letterhead, row)) for row in rows}
    held = {row: found for row, (found, _) in answers.items() if found is not None}
    with transaction(engine) as connection:
        for row in held:
            set_state(
                connection, row.id, LetterState.ACCEPTED, settled_at=now, owner=None, phase=None
            )
        # What was not written yet is known by its id alone.
        by_id = [{"outbox_id": x.id, "message_id": m, "content": b""} for x, m in held.items()]
        insert_new(connection, written, by_id)
        notes = [note("letter.reconciled", row.dedupe_key, message_id=m) for row, m in held.items()]
        record(connection, notes, commune=commune, actor=RECONCILER, at=now)
        note_accepted(connection, commune=commune, count=len(held))
    silent = sum(1 for found, is_sure in answers.values() if found is None and not is_sure)
    return Reconciled(accepted=len(held), absent=len(answers) - len(held) - silent, silent=silent)


def _ask(oracle: Oracle, message_ids: Iterator[str]) -> tuple[str | None, bool]:
    """The id that the archive holds, and whether it was sure of every other one."""
    is_sure = True
    for message_id in message_ids:
        answer = oracle(message_id)
        if answer:
            return message_id, True
        is_sure = is_sure and answer is not None
    return None, is_sure


def _message_ids(letterhead: Letterhead, row: Row[tuple[object, ...]]) -> Iterator[str]:
    """The ids the letter may have worn: a reminder's kind is settled when it is written."""
    if row.message_id is not None:
        yield row.message_id
        return
    kinds = sorted(REMINDER_KINDS) if row.kind in REMINDER_KINDS else [row.kind]
    for kind in kinds:
        yield message_id_for(letterhead.key, row.dedupe_key, kind, letterhead.domain)


def _read_epoch(engine: Engine, commune: str) -> Epoch:
    c = tables.epochs.c
    statement = select(c.instance_id, c.seq).where(c.commune == commune)
    with transaction(engine) as connection:
        row = connection.execute(statement).mappings().first()
        if row is None:
            _register(connection, commune)
            row = connection.execute(statement).mappings().one()
    return Epoch.model_validate(dict(row))


def _register(connection: Connection, commune: str) -> None:
    first = {"commune": commune, "instance_id": str(uuid4()), "seq": 0}
    insert_new(connection, tables.epochs, [first])
