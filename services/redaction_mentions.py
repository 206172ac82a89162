"""Letters to others that name a person: their copy goes, whom they went to stays."""

from sqlalchemy import ColumnElement, Connection, bindparam, select, update

from adapters import tables
from adapters.mail_store import readers_of, words_of
from models.redactions import Traces
from services.redaction_rows import SETTLED_LETTER, empty_bytes

_AT_A_TIME = 200  # letters' bytes in memory
_o, _f = tables.outbox.c, tables.frozen_letters.c


def read_names(connection: Connection, letters: ColumnElement[bool]) -> set[str]:
    """The names that letters were addressed by, the titles of posts among them."""
    chosen = select(_f.content).select_from(tables.letters).where(letters, _f.content != b"")
    rows = connection.execute(chosen.execution_options(yield_per=_AT_A_TIME))
    return {name for content in rows.scalars() for name in readers_of(content)}


def find_mentions(
    connection: Connection, commune: str, traces: Traces, *, but: ColumnElement[bool]
) -> tuple[int, ...]:
    """The settled letters of the commune, but those, whose words name the person, by id.

    Each letter is read: do this before the transaction that writes.
    """
    chosen = (
        select(_o.id, _f.subject, _o.context, _f.content)
        .select_from(tables.letters)
        .where(_o.commune == commune, SETTLED_LETTER, ~but)
        .order_by(_o.id)
    )
    rows = connection.execute(chosen.execution_options(yield_per=_AT_A_TIME))
    return tuple(
        row.id
        for row in rows
        if traces.are_in(row.subject or "")
        or traces.mask_all(row.context) != row.context
        or (row.content and traces.are_in(words_of(row.content)))
    )


def redact_mentions(
    connection: Connection, letter_ids: tuple[int, ...], traces: Traces
) -> tuple[str, ...]:
    """Empty the copies of those letters and mask what they are about; as ``empty_bytes``."""
    mine = _o.id.in_(letter_ids) & SETTLED_LETTER
    chosen = select(_o.id, _f.subject, _o.context).select_from(tables.letters).where(mine)
    rows = connection.execute(chosen).all()
    if not rows:
        return ()
    sealed = empty_bytes(connection, mine)
    connection.execute(
        update(tables.outbox).where(_o.id == bindparam("of_id")).values(context=bindparam("said")),
        [{"of_id": row.id, "said": traces.mask_all(row.context)} for row in rows],
    )
    connection.execute(
        update(tables.frozen_letters)
        .where(_f.outbox_id == bindparam("of_id"))
        .values(subject=bindparam("said")),
        [{"of_id": row.id, "said": traces.mask(row.subject or "") or None} for row in rows],
    )
    return sealed
