"""The outbox: every reason to write exists once, by its key."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, Engine, func, select, update

from adapters import tables
from adapters.database import transaction
from adapters.ledger import RegisteredContact, insert_new
from models.letters import LetterKind, LetterState
from models.redactions import REDACTED_ADDRESS
from models.submissions import Attachment
from models.values import Value


class NewLetter(Value):
    """A letter to be written; ``day`` is set for reminders only, one a day for one contact.

    ``facts`` is what a decision letter says; a reminder says what is owed when it is claimed.
    """

    dedupe_key: str
    kind: LetterKind
    plan_id: str
    unit_id: str
    contact: RegisteredContact
    not_before: datetime
    not_after: datetime | None = None
    day: date | None = None
    facts: dict[str, object] | None = None
    parts: tuple[Attachment, ...] = ()


def enqueue(
    connection: Connection, letters: Sequence[NewLetter], *, commune: str, now: datetime
) -> int:
    """Put the letters in the outbox; those whose key is there already are left alone.

    Nothing is ever written to a contact whose data were redacted.
    """
    known = [letter for letter in letters if letter.contact.email != REDACTED_ADDRESS]
    return insert_new(connection, tables.outbox, [_row(x, commune, now) for x in known])


def _row(letter: NewLetter, commune: str, now: datetime) -> Mapping[str, object]:
    return {
        "dedupe_key": letter.dedupe_key,
        "commune": commune,
        "plan_id": letter.plan_id,
        "kind": letter.kind,
        "unit_id": letter.unit_id,
        "contact_id": letter.contact.id,
        "day": letter.day,
        "address": letter.contact.email,
        "not_before": letter.not_before,
        "not_after": letter.not_after,
        "state": LetterState.READY,
        "attempt": 0,
        "context": letter.facts,
        "parts": [part.model_dump() for part in letter.parts],
        "created_at": now,
    }


def ids_by_key(connection: Connection, keys: Sequence[str]) -> dict[str, int]:
    """The outbox ids of those dedupe keys that exist."""
    c = tables.outbox.c
    rows = connection.execute(select(c.dedupe_key, c.id).where(c.dedupe_key.in_(keys)))
    return {row.dedupe_key: row.id for row in rows}


def read_created(connection: Connection, key: str) -> datetime | None:
    """When the letter of that dedupe key was put in the outbox; None when there is none."""
    c = tables.outbox.c
    return connection.execute(select(c.created_at).where(c.dedupe_key == key)).scalar()


def count_letters(engine: Engine, *, commune: str) -> dict[LetterState, int]:
    """How many letters stand in each state."""
    c = tables.outbox.c
    statement = select(c.state, func.count()).where(c.commune == commune).group_by(c.state)
    with transaction(engine) as connection:
        return {LetterState(state): count for state, count in connection.execute(statement)}


def set_state(connection: Connection, letter_id: int, state: LetterState, **values: object) -> None:
    """Move one letter to a state, with what is known of it."""
    connection.execute(
        update(tables.outbox).where(tables.outbox.c.id == letter_id).values(state=state, **values)
    )
