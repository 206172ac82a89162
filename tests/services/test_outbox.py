"""The outbox: one row for each reason to write."""

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError

from adapters import tables
from adapters.database import transaction
from adapters.ledger import RegisteredContact
from models.letters import LetterKind, LetterState
from models.submissions import Attachment
from models.units import ContactRole
from services.outbox import NewLetter, count_letters, enqueue, ids_by_key, set_state
from tests.services.stage import COMMUNE, PLAN, at

NOW = at((15, 6))
CONTACT = RegisteredContact(
    id="vp.contact", role=ContactRole.CONTACT, title="Công chức đầu mối", email="vp@x.example",
    unit_id="vp",
)  # fmt: skip


def letter(key: str, **values: object) -> NewLetter:
    plain = NewLetter(
        dedupe_key=key, kind=LetterKind.RECEIPT, plan_id=PLAN, unit_id="vp", contact=CONTACT,
        not_before=NOW, facts={"a": 1},
    )  # fmt: skip
    return plain.model_copy(update=values)


def reminder(key: str, **values: object) -> NewLetter:
    reminding = letter(key, kind=LetterKind.REMIND_SOON, day=NOW.date(), facts=None)
    return reminding.model_copy(update=values)


def put(engine: Engine, *letters: NewLetter, commune: str = COMMUNE) -> int:
    with transaction(engine) as connection:
        return enqueue(connection, letters, commune=commune, now=NOW)


def test_a_reason_to_write_exists_once_and_its_first_words_stand(engine: Engine) -> None:
    assert put(engine, letter("receipt/1")) == 1
    assert put(engine, letter("receipt/1", facts={"a": 2}), letter("receipt/2")) == 1
    with transaction(engine) as connection:
        row = connection.execute(
            select(tables.outbox).where(tables.outbox.c.dedupe_key == "receipt/1")
        ).one()
    assert (row.context, row.state, row.attempt) == ({"a": 1}, LetterState.READY, 0)
    assert (row.address, row.contact_id) == ("vp@x.example", "vp.contact")


def test_nothing_to_write_is_no_error(engine: Engine) -> None:
    assert put(engine) == 0


def test_a_contact_has_at_most_one_reminder_a_day_whoever_writes_it(engine: Engine) -> None:
    assert put(engine, reminder("a")) == 1
    assert put(engine, reminder("b")) == 0
    again = {
        "dedupe_key": "c", "commune": COMMUNE, "plan_id": PLAN, "kind": "E03", "unit_id": "vp",
        "contact_id": CONTACT.id, "day": NOW.date(), "address": CONTACT.email, "not_before": NOW,
        "state": "ready", "attempt": 0, "created_at": NOW,
    }  # fmt: skip
    with transaction(engine) as connection, pytest.raises(IntegrityError):
        connection.execute(insert(tables.outbox).values(again))


def test_another_day_another_contact_or_another_commune_is_another_reminder(engine: Engine) -> None:
    other = CONTACT.model_copy(update={"id": "kt.contact"})
    put(engine, reminder("a"))
    assert put(engine, reminder("b", day=at((16, 6)).date()), reminder("c", contact=other)) == 2
    assert put(engine, reminder("d"), commune="dong-hoa") == 1


def test_decision_letters_are_not_counted_as_reminders(engine: Engine) -> None:
    assert put(engine, reminder("a"), letter("b"), letter("c")) == 3


def test_rows_are_found_by_key_moved_and_counted(engine: Engine) -> None:
    file = Attachment(sha256="0" * 64, name="a.pdf", size=3)
    put(engine, letter("a", parts=(file,)), letter("b"), letter("c"))
    with transaction(engine) as connection:
        ids = ids_by_key(connection, ["a", "b", "nobody"])
        set_state(connection, ids["a"], LetterState.ACCEPTED, settled_at=NOW)
        row = connection.execute(select(tables.outbox).where(tables.outbox.c.id == ids["a"])).one()
    assert sorted(ids) == ["a", "b"]
    assert (row.settled_at, row.parts) == (NOW, [file.model_dump()])
    assert count_letters(engine, commune=COMMUNE) == {
        LetterState.ACCEPTED: 1, LetterState.READY: 2,
    }  # fmt: skip
    assert count_letters(engine, commune="dong-hoa") == {}
