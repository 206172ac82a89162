"""Letters put straight into the outbox, for tests of what happens to them there."""

from datetime import datetime

from sqlalchemy import Engine, select, update

from adapters import tables
from adapters.database import transaction
from adapters.ledger import RegisteredContact
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
        if values:
            o = tables.outbox
            connection.execute(update(o).where(o.c.id == letter_id).values(values))
    return letter_id


def state_of(engine: Engine, letter_id: int) -> LetterState:
    """The state a letter stands in."""
    c = tables.outbox.c
    with transaction(engine) as connection:
        found = connection.execute(select(c.state).where(c.id == letter_id)).scalar_one()
    return LetterState(found)
