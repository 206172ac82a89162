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
from models.journal import GENESIS, Chain, Detail, JournalEntry, find_breaks
from models.redactions import without_addresses

PAGE = 1_000
MESSAGE_ID = "message_id"  # the detail that looks like an address and is none
_HEAD = Direct(
    select(journal_heads.c.seq, journal_heads.c.hash)
    .where(journal_heads.c.commune == bindparam("of"))
    .with_for_update(),
    "of",
)
MOVING = (
    update(journal_heads)
    .where(
        journal_heads.c.commune == bindparam("of_commune"),
        journal_heads.c.seq == bindparam("from_seq"),
        journal_heads.c.hash == bindparam("from_hash"),
    )
    .values(seq=bindparam("to_seq"), hash=bindparam("to_hash"))
)
_MOVE = Direct(MOVING, "of_commune", "from_seq", "from_hash", "to_seq", "to_hash")
_HEAD_KNOWN = "head of the journal"  # as this connection left it, by commune
_APPEND = Bulk(
    insert(journal), "action", "subject", "detail", "seq", "previous", "hash",
    shared=("commune", "actor", "at"),
)  # fmt: skip
End = tuple[int, str]  # of a chain: its last number and hash
# Action, subject and detail, then number, hash of the one before and its own.
Entry = tuple[str, str, Detail, int, str, str]


class Note(NamedTuple):
    """What the journal is to say: an action, its subject and details."""

    action: str
    subject: str
    detail: dict[str, str | int | bool | list[str] | None]


class Continued(NamedTuple):
    """What continues a commune's chain from one end to another."""

    entries: Sequence[Entry]
    start: End
    end: End


def record(
    connection: Connection, notes: Sequence[Note], *, commune: str, actor: str, at: datetime
) -> None:
    """Append the notes in order to the commune's chain; nothing for an empty sequence.

    Moving the chain's end locks it, and fails when somebody else has moved it since, or what was
    written here was rolled back; then it is read.
    """
    if not notes:
        return
    more = continue_chain(connection, notes, commune=commune, actor=actor, at=at)
    while _MOVE.execute(connection, commune, *more.start, *more.end) == 0:
        more = continue_chain(connection, notes, commune=commune, actor=actor, at=at)
    _APPEND.execute(connection, more.entries, commune=commune, actor=actor, at=at)
    know_end(connection, commune, more.end)


def continue_chain(
    connection: Connection, notes: Sequence[Note], *, commune: str, actor: str, at: datetime
) -> Continued:
    """Chain the notes to the end of the commune's chain; nothing is written.

    It is taken to end where this connection left it, as ``know_end`` was told, and once only.
    """
    start = _ends_known(connection).pop(commune, None) or lock_chain(connection, commune)
    chain = Chain(*start, commune=commune, actor=actor, at=at)
    entries = [(*told, *chain.append(*told)) for told in notes]
    return Continued(entries, start, (chain.seq, chain.last))


def know_end(connection: Connection, commune: str, end: End) -> None:
    """Take the chain to end there, until this connection continues it."""
    _ends_known(connection)[commune] = end


def _ends_known(connection: Connection) -> dict[str, End]:
    known: dict[str, End] = connection.info.setdefault(_HEAD_KNOWN, {})
    return known


def note(action: str, subject: str, **detail: str | int | bool | list[str] | None) -> Note:
    """Say one thing for the journal; mail addresses are masked, for no entry can be redacted."""
    for name, told in detail.items():
        if isinstance(told, str) and "@" in told and name != MESSAGE_ID:
            detail[name] = without_addresses(told)
    return Note(action=action, subject=subject, detail=detail)


def lock_chain(connection: Connection, commune: str) -> End:
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
