"""The append-only journal: written inside the transaction of what it tells."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from adapters.bulk import Bulk
from adapters.database import transaction
from adapters.direct import Direct
from adapters.ledger import insert_new
from adapters.tables import journal, journal_heads
from models.journal import GENESIS, Chain, JournalEntry, find_breaks
from models.redactions import without_addresses

PAGE = 1_000
MESSAGE_ID = "message_id"  # the detail that looks like an address and is none
_HEAD = Direct(
    select(journal_heads.c.seq, journal_heads.c.hash)
    .where(journal_heads.c.commune == bindparam("of"))
    .with_for_update(),
    "of",
)
_MOVE_HEAD = Direct(
    update(journal_heads)
    .where(
        journal_heads.c.commune == bindparam("of"),
        journal_heads.c.seq == bindparam("from_seq"),
        journal_heads.c.hash == bindparam("from_hash"),
    )
    .values(seq=bindparam("seq"), hash=bindparam("hash")),
    "of", "from_seq", "from_hash", "seq", "hash",
)  # fmt: skip
_HEAD_KNOWN = "head of the journal"  # as this connection left it, by commune
_APPEND = Bulk(
    insert(journal), "action", "subject", "detail", "seq", "previous", "hash",
    shared=("commune", "actor", "at"),
)  # fmt: skip


class Note(NamedTuple):
    """What the journal is to say: an action, its subject and details."""

    action: str
    subject: str
    detail: dict[str, str | int | bool | list[str] | None]


def record(
    connection: Connection, notes: Sequence[Note], *, commune: str, actor: str, at: datetime
) -> None:
    """Append the notes in order to the commune's chain; nothing for an empty sequence.

    The chain is taken to end where this connection left it: moving its end locks it, and fails when
    somebody else has moved it since, or what was written here was rolled back.
    """
    if not notes:
        return
    known: dict[str, tuple[int, str]] = connection.info.setdefault(_HEAD_KNOWN, {})
    end = known.pop(commune, None) or lock_chain(connection, commune)
    while True:
        chain = Chain(*end, commune=commune, actor=actor, at=at)
        rows = [(*told, *chain.append(*told)) for told in notes]
        if _MOVE_HEAD.execute(connection, commune, *end, chain.seq, chain.last) == 1:
            break
        end = lock_chain(connection, commune)
    _APPEND.execute(connection, rows, commune=commune, actor=actor, at=at)
    known[commune] = chain.seq, chain.last


def note(action: str, subject: str, **detail: str | int | bool | list[str] | None) -> Note:
    """Say one thing for the journal; mail addresses are masked, for no entry can be redacted."""
    for name, told in detail.items():
        if isinstance(told, str) and "@" in told and name != MESSAGE_ID:
            detail[name] = without_addresses(told)
    return Note(action=action, subject=subject, detail=detail)


def lock_chain(connection: Connection, commune: str) -> tuple[int, str]:
    """Hold the commune's chain to the end of the transaction; returns its last number and hash."""
    rows = _HEAD.read(connection, commune)
    if not rows:
        insert_new(connection, journal_heads, [{"commune": commune, "seq": 0, "hash": GENESIS}])
        rows = _HEAD.read(connection, commune)
    ((seq, last),) = rows
    return seq, last


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
