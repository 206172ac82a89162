"""Settlements: one statement settles what several would, and nothing more."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import sleep

import pytest
from sqlalchemy import Connection, Table, delete, insert, select

from adapters import tables
from adapters.database import takes_changes_at_once, transaction, transaction_on
from adapters.smtp_verdicts import Fault, Phase
from models.letter_holds import HoldReason
from models.letters import LetterState, Verdict
from models.plans import PlanDossier
from services import settlements
from services.claims import Claimed
from services.holds import set_hold
from services.journal import note, record, verify
from services.marks import Marked, Sending
from services.outcomes import Outcome
from services.settlements import settle_and_mark
from tests.services.mailroom import FEW, SENDER, Mailroom, with_units
from tests.services.stage import COMMUNE, NIL, Office, at, owed_by

LONG_ENOUGH_SECONDS = 0.3  # to come to the journal's end and wait for it
NOW = at((17, 6), "07:30")
OURS = Sending(COMMUNE, SENDER, NOW)
pytestmark = pytest.mark.cover_both
CHANGED = (
    tables.outbox, tables.outbox_attempts, tables.journal, tables.journal_heads, tables.epochs,
)  # fmt: skip
SAID = ("2.0.0 Ok: queued as 4bXk", 'đã nhận "thư" \\ {} %s', "")


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture
def letters(mailroom: Mailroom, office: Office) -> tuple[Claimed, ...]:
    """Six letters in hand; the dot of the first three has been written."""
    office.submit(owed_by("thon-01"), NIL, now=NOW)
    mailroom.multiply(6)
    claimed = mailroom.claim(NOW)
    mailroom.mark(claimed[:3], NOW)
    with transaction(mailroom.engine) as connection:
        connection.execute(
            insert(tables.epochs), {"commune": COMMUNE, "instance_id": "bản gốc", "seq": 0}
        )
    return claimed


def accepted(letters: Sequence[Claimed]) -> list[Outcome]:
    return [
        Outcome(letter, Fault(Phase.DATA, Verdict.ACCEPTED, 250 + number, SAID[number % len(SAID)]))
        for number, letter in enumerate(letters)
    ]


def settle(mailroom: Mailroom, outcomes: Sequence[Outcome], following: Sequence[Claimed]) -> Marked:
    with mailroom.engine.connect() as connection, transaction_on(connection):
        return settle_and_mark(connection, outcomes, following, of=OURS)


def contents(connection: Connection, table: Table) -> set[str]:
    """The rows but for numbers that a sequence gives and a rollback does not take back."""
    columns = [c for c in table.c if (table.name, c.name) != ("outbox_attempts", "id")]
    return {repr(row) for row in connection.execute(select(*columns))}


def tried_out(mailroom: Mailroom, letters: Sequence[Claimed]) -> list[object]:
    """What settling the letters would change, and which may go on; then all is as it was."""
    with mailroom.engine.connect() as connection, connection.begin() as changes:
        marked = settle_and_mark(connection, accepted(letters[:3]), letters[3:], of=OURS)
        changed: list[object] = [contents(connection, table) for table in CHANGED]
        changes.rollback()
    return [marked, *changed]


def test_one_statement_settles_to_the_letter_what_several_do(
    mailroom: Mailroom, letters: tuple[Claimed, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    late = letters[-1]
    mailroom.alter(late.id, kind="E12", not_after=NOW - timedelta(seconds=1))
    at_once = tried_out(mailroom, letters)
    monkeypatch.setattr(settlements, "takes_changes_at_once", lambda _: False)
    assert tried_out(mailroom, letters) == at_once
    assert at_once[0] == Marked(frozenset([letters[3].id, letters[4].id]), is_held=False)


def test_on_postgresql_a_group_of_accepted_letters_is_one_statement(
    mailroom: Mailroom, letters: tuple[Claimed, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    one_by_one: list[object] = []
    monkeypatch.setattr(settlements, "record_outcomes", lambda *told, **_: one_by_one.append(told))
    settle(mailroom, accepted(letters[:3]), letters[3:])
    with mailroom.engine.connect() as connection:
        assert bool(one_by_one) is not takes_changes_at_once(connection)


def test_an_entry_of_somebody_else_between_two_groups_breaks_no_chain(
    mailroom: Mailroom, letters: tuple[Claimed, ...]
) -> None:
    with mailroom.engine.connect() as connection:
        with transaction_on(connection):
            settle_and_mark(connection, accepted(letters[:1]), (), of=OURS)
        with transaction(mailroom.engine) as other:
            record(other, [note("plan.seen", "kh")], commune=COMMUNE, actor="văn thư", at=NOW)
        with transaction_on(connection):
            marked = settle_and_mark(connection, accepted(letters[1:3]), letters[3:], of=OURS)
    assert marked.ids == {letter.id for letter in letters[3:]}
    assert verify(mailroom.engine, commune=COMMUNE) == ()
    taken = mailroom.rows(state=LetterState.ACCEPTED)
    assert [row.id for row in taken] == [letter.id for letter in letters[:3]]
    assert [len(mailroom.attempts(row.id)) for row in taken] == [1, 1, 1]


def test_a_hold_that_came_while_a_group_waited_keeps_its_letters(
    mailroom: Mailroom, letters: tuple[Claimed, ...]
) -> None:
    def settle_more(connection: Connection) -> Marked:
        with transaction_on(connection):
            return settle_and_mark(connection, accepted(letters[1:3]), letters[3:], of=OURS)

    with mailroom.engine.connect() as connection, ThreadPoolExecutor() as threads:
        with transaction_on(connection):
            settle_and_mark(connection, accepted(letters[:1]), (), of=OURS)
        with transaction(mailroom.engine) as other:
            set_hold(other, COMMUNE, HoldReason.PERSON, detail="chờ", by="văn thư", now=NOW)
            waiting = threads.submit(settle_more, connection)
            sleep(LONG_ENOUGH_SECONDS)
        assert waiting.result() == Marked(is_held=True)
    assert [row.id for row in mailroom.rows(state=LetterState.ACCEPTED)] == [
        letter.id for letter in letters[:3]
    ]
    assert verify(mailroom.engine, commune=COMMUNE) == ()


def test_a_database_without_an_epoch_counts_from_its_first_letters(
    mailroom: Mailroom, letters: tuple[Claimed, ...]
) -> None:
    with transaction(mailroom.engine) as connection:
        connection.execute(delete(tables.epochs))
    settle(mailroom, accepted(letters[:3]), ())
    with transaction(mailroom.engine) as connection:
        assert connection.execute(select(tables.epochs.c.seq)).scalars().all() == [3]


def test_one_refusal_among_the_accepted_is_followed_up_with_them(
    mailroom: Mailroom, letters: tuple[Claimed, ...]
) -> None:
    refusal = Fault(Phase.DATA, Verdict.REFUSED_PERMANENTLY, 554, "5.7.1 spam")
    outcomes = [*accepted(letters[:2]), Outcome(letters[2], refusal)]
    assert settle(mailroom, outcomes, letters[3:]).ids == {letter.id for letter in letters[3:]}
    assert [row.state for row in mailroom.rows()[:3]] == [
        LetterState.ACCEPTED, LetterState.ACCEPTED, LetterState.REFUSED,
    ]  # fmt: skip
