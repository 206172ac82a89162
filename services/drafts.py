"""Drafts: one for each contact and obligation, kept until the answer is sent or thrown away."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select

from adapters import tables
from adapters.database import snapshot, transaction
from models.drafts import MOST_CHARACTERS, Draft
from models.errors import RefusedError

_ONE = (
    tables.drafts.c.obligation_id == bindparam("obligation_id"),
    tables.drafts.c.contact_id == bindparam("contact_id"),
)
_DRAFT, _DROP = select(tables.drafts).where(*_ONE), delete(tables.drafts).where(*_ONE)


def save_draft(engine: Engine, draft: Draft) -> None:
    """Keep the draft in place of the contact's earlier one of that obligation.

    Raises:
        RefusedError: it is longer than any form.
    """
    if sum(len(text) for texts in draft.fields.values() for text in texts) > MOST_CHARACTERS:
        raise RefusedError("Bản nháp quá dài; hãy rút gọn hoặc gửi tệp kèm theo.")
    with transaction(engine) as connection:
        drop_draft(connection, draft.obligation_id, draft.contact_id)
        stored = draft.model_dump(mode="json", include={"fields", "attachments"})
        row = draft.model_dump(exclude={"fields", "attachments"}) | stored
        connection.execute(insert(tables.drafts).values(row))


def find_draft(engine: Engine, obligation_id: str, contact_id: str) -> Draft | None:
    """The contact's draft of the obligation; None when there is none."""
    asked = {"obligation_id": obligation_id, "contact_id": contact_id}
    with snapshot(engine) as connection:
        row = connection.execute(_DRAFT, asked).mappings().first()
    return Draft.model_validate(dict(row)) if row else None


def find_saved(
    engine: Engine, obligation_ids: Sequence[str], contact_id: str
) -> dict[str, datetime]:
    """When the contact's drafts of those obligations were saved, by obligation id."""
    c = tables.drafts.c
    statement = select(c.obligation_id, c.saved_at).where(
        c.contact_id == contact_id, c.obligation_id.in_(obligation_ids)
    )
    with snapshot(engine) as connection:
        return {row.obligation_id: row.saved_at for row in connection.execute(statement)}


def throw_away(engine: Engine, obligation_id: str, contact_id: str) -> None:
    """Forget the contact's draft of the obligation; none is as good."""
    with transaction(engine) as connection:
        drop_draft(connection, obligation_id, contact_id)


def drop_draft(connection: Connection, obligation_id: str, contact_id: str) -> None:
    """Forget the draft in this transaction."""
    connection.execute(_DROP, {"obligation_id": obligation_id, "contact_id": contact_id})
