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
    chosen = select(_f.content).join_from(
        tables.outbox, tables.frozen_letters, _f.outbox_id == _o.id
    )
    rows = connection.execute(
        chosen.where(letters, _f.sha256.is_(None)).execution_options(yield_per=_AT_A_TIME)
    )
    return {name for content in rows.scalars() for name in readers_of(content)}


def find_mentions(
    connection: Connection, commune: str, traces: Traces, *, but: ColumnElement[bool]
) -> tuple[int, ...]:
    """The settled letters of the commune, but those, whose words name the person, by id.

    Each letter is read: do this before the transaction that writes.
    """
    chosen = (
        select(_o.id, _o.subject, _o.context, _f.content)
        .join_from(tables.outbox, tables.frozen_letters, _f.outbox_id == _o.id, isouter=True)
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
    rows = connection.execute(select(_o.id, _o.subject, _o.context).where(mine)).all()
    masked = [
        {
            "of_id": row.id,
            "masked": traces.mask(row.subject or "") or None,
            "said": traces.mask_all(row.context),
        }
        for row in rows
    ]
    if not masked:
        return ()
    sealed = empty_bytes(connection, mine)
    writing = update(tables.outbox).where(_o.id == bindparam("of_id"))
    connection.execute(
        writing.values(subject=bindparam("masked"), context=bindparam("said")), masked
    )
    return sealed
