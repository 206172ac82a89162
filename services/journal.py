"""The append-only journal: written inside the transaction of what it tells."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select, update

from adapters.database import transaction
from adapters.ledger import insert_new
from adapters.tables import journal, journal_heads
from models.journal import GENESIS, JournalEntry, chain_hash, find_breaks
from models.values import Value

PAGE = 1_000


class Note(Value):
    """What the journal is to say: an action, its subject and details."""

    action: str
    subject: str
    detail: dict[str, str | int | bool | list[str] | None]


def record(
    connection: Connection, notes: Sequence[Note], *, commune: str, actor: str, at: datetime
) -> None:
    """Append the notes in order to the commune's chain; nothing for an empty sequence."""
    if not notes:
        return
    seq, previous = lock_chain(connection, commune)
    rows = []
    for note in notes:
        seq += 1
        entry = JournalEntry(
            commune=commune,
            seq=seq,
            at=at,
            actor=actor,
            action=note.action,
            subject=note.subject,
            detail=note.detail,
            previous=previous,
            hash="",
        )
        previous = chain_hash(entry)
        rows.append(entry.model_dump() | {"hash": previous})
    connection.execute(insert(journal), rows)
    connection.execute(
        update(journal_heads)
        .where(journal_heads.c.commune == commune)
        .values(seq=seq, hash=previous)
    )


def note(action: str, subject: str, **detail: str | int | bool | list[str] | None) -> Note:
    """Say one thing for the journal."""
    return Note(action=action, subject=subject, detail=detail)


def lock_chain(connection: Connection, commune: str) -> tuple[int, str]:
    """Hold the commune's chain to the end of the transaction; returns its last number and hash."""
    head = select(journal_heads).where(journal_heads.c.commune == commune).with_for_update()
    row = connection.execute(head).first()
    if row is None:
        insert_new(connection, journal_heads, [{"commune": commune, "seq": 0, "hash": GENESIS}])
        row = connection.execute(head).one()
    return row.seq, row.hash


def verify(engine: Engine, *, commune: str) -> tuple[str, ...]:
    """Every break of the commune's chain, in Vietnamese; empty when it is whole."""
    with transaction(engine) as connection:
        breaks = list(find_breaks(_read(connection, commune)))
        head = connection.execute(
            select(journal_heads).where(journal_heads.c.commune == commune)
        ).first()
        last = connection.execute(
            select(journal.c.seq, journal.c.hash)
            .where(journal.c.commune == commune)
            .order_by(journal.c.seq.desc())
            .limit(1)
        ).first()
    if head is None and last is not None:
        breaks.append(f"Mất dòng ghi số bản ghi; không rõ sau bản ghi {last.seq} còn bản ghi nào.")
    if head is not None and (last is None or (head.seq, head.hash) != (last.seq, last.hash)):
        breaks.append(f"Cuối nhật ký đã bị cắt: phải có {head.seq} bản ghi.")
    return tuple(breaks)


def read_journal(
    engine: Engine, *, commune: str, subject_prefix: str = "", limit: int = PAGE
) -> tuple[JournalEntry, ...]:
    """The newest entries about subjects that begin so, oldest of them first."""
    statement = (
        select(journal)
        .where(
            journal.c.commune == commune,
            journal.c.subject.startswith(subject_prefix, autoescape=True),
        )
        .order_by(journal.c.seq.desc())
        .limit(limit)
    )
    with transaction(engine) as connection:
        rows = connection.execute(statement).mappings().all()
    return tuple(JournalEntry.model_validate(dict(row)) for row in reversed(rows))


def _read(connection: Connection, commune: str) -> Iterator[JournalEntry]:
    statement = select(journal).where(journal.c.commune == commune).order_by(journal.c.seq)
    for row in connection.execution_options(yield_per=PAGE).execute(statement).mappings():
        yield JournalEntry.model_validate(dict(row))
