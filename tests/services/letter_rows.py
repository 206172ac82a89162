"""Letters put straight into the outbox, for tests of what happens to them there."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, insert, select, update

from adapters import tables
from adapters.database import transaction
from adapters.ledger import RegisteredContact, insert_new
from models.letters import LetterKind, LetterState
from models.units import ContactRole
from services.outbox import NewLetter, enqueue, ids_by_key
from tests.services.stage import COMMUNE, PLAN


def put_letter(
    engine: Engine,
    key: str,
    *,
    now: datetime,
    kind: LetterKind = LetterKind.ASSIGNMENT,
    contact: str = "vp.contact",
    commune: str = COMMUNE,
    **values: object,
) -> int:
    """Put one letter in the outbox and alter its row; returns its id."""
    to = RegisteredContact(
        id=contact, role=ContactRole.CONTACT, title="Công chức đầu mối",
        email=f"{contact}@x.example", unit_id=contact.partition(".")[0],
    )  # fmt: skip
    letter = NewLetter(
        dedupe_key=key, kind=kind, plan_id=PLAN, unit_id=to.unit_id, contact=to, not_before=now,
        facts={"a": 1},
    )  # fmt: skip
    with transaction(engine) as connection:
        enqueue(connection, [letter], commune=commune, now=now)
        letter_id = ids_by_key(connection, [key])[key]
        alter_letter(connection, letter_id, **values)
    return letter_id


def insert_letter(connection: Connection, **values: object) -> int:
    """Insert a letter as it stands, whatever was written for it beside its bytes; its id."""
    own, written = _apart(values)
    statement = insert(tables.outbox).values(own).returning(tables.outbox.c.id)
    letter_id = int(connection.execute(statement).scalar_one())
    alter_letter(connection, letter_id, **written)
    return letter_id


def remove_letter(connection: Connection, key: str) -> None:
    """Leave nothing of the letter of that key, if there is one."""
    o, f = tables.outbox.c, tables.frozen_letters
    mine = select(o.id).where(o.dedupe_key == key)
    connection.execute(delete(f).where(f.c.outbox_id.in_(mine)))
    connection.execute(delete(tables.outbox).where(o.dedupe_key == key))


def alter_letter(connection: Connection, letter_id: int, **values: object) -> None:
    """Alter a letter's row, and what was written for it; without bytes it has empty ones."""
    own, written = _apart(values)
    c = tables.outbox.c
    if own:
        connection.execute(update(tables.outbox).where(c.id == letter_id).values(own))
    if written:
        first = {"outbox_id": letter_id, "content": b""}
        insert_new(connection, tables.frozen_letters, [first])
        f = tables.frozen_letters
        connection.execute(update(f).where(f.c.outbox_id == letter_id).values(written))


def _apart(values: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """What belongs into the outbox, and what is written once."""
    written = tables.frozen_letters.c
    return (
        {name: value for name, value in values.items() if name not in written},
        {name: value for name, value in values.items() if name in written},
    )


def state_of(engine: Engine, letter_id: int) -> LetterState:
    """The state a letter stands in."""
    c = tables.outbox.c
    with transaction(engine) as connection:
        found = connection.execute(select(c.state).where(c.id == letter_id)).scalar_one()
    return LetterState(found)
