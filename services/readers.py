"""Readers: the contacts that a batch of letters is for, and the others of their units."""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, select

from adapters import tables
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
            select(_c.unit_id).where(
                _c.commune == bindparam("of_commune"), _c.id.in_(bindparam("ids", expanding=True))
            )
        ),
    )
    .order_by(_c.unit_id, _c.role, _c.rank, _c.id)
)


def read_readers(
    connection: Connection, contact_ids: Collection[str], *, commune: str
) -> tuple[dict[str, RegisteredContact], dict[str, tuple[RegisteredContact, ...]]]:
    """The contacts of those ids by id, and all contacts of their units by unit."""
    asked = {"of_commune": commune, "ids": sorted(contact_ids)}
    contacts = [
        RegisteredContact.model_validate(dict(zip(_NAMES, row, strict=True)))
        for row in connection.execute(_OF_UNITS, asked).all()
    ]
    return {contact.id: contact for contact in contacts}, group_by_unit(contacts)
