"""Readers: the contacts that a batch of letters is for, and the others of their units."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, bindparam, select

from adapters import tables
from adapters.among import is_among
from adapters.ledger import RegisteredContact, group_by_unit

_c = tables.contacts.c
_COLUMNS = [column for column in _c if column.name != "commune"]
_NAMES = [column.name for column in _COLUMNS]
# Built once: building a statement costs as much as running it for a batch.
_OF_UNITS = (
    select(*_COLUMNS)
    .where(
        _c.commune == bindparam("of_commune"),
        _c.unit_id.in_(
            select(_c.unit_id).where(_c.commune == bindparam("of_commune"), is_among(_c.id, "ids"))
        ),
    )
    .order_by(_c.unit_id, _c.role, _c.rank, _c.id)
)


def find_readers(
    connection: Connection, contact_ids: Collection[str], *, commune: str
) -> Sequence[tuple[object, ...]]:
    """The rows of those contacts and of all others of their units."""
    asked = {"of_commune": commune, "ids": sorted(contact_ids)}
    return list(map(tuple, connection.execute(_OF_UNITS, asked).all()))


def know_readers(
    rows: Sequence[tuple[object, ...]],
) -> tuple[dict[str, RegisteredContact], dict[str, tuple[RegisteredContact, ...]]]:
    """The contacts found by id, and by unit."""
    contacts = [
        RegisteredContact.model_validate(dict(zip(_NAMES, row, strict=True))) for row in rows
    ]
    return {contact.id: contact for contact in contacts}, group_by_unit(contacts)
