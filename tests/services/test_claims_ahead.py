"""Letters written apart while others are sent: the same bytes, and the same safeguards."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, text, update

from adapters import tables
from adapters.database import transaction
from adapters.owners import is_alive, living_owner
from models.letters import LetterKind, LetterState
from models.plans import PlanDossier
from services import claims_ahead, claims_apart
from services.batches import Facts, is_alike
from services.claims import Claimant, Claimed, write
from services.claims_ahead import ClaimsAhead, Drafts, Rows
from services.claims_apart import ClaimsApart, claims_for
from tests.postgresql_cluster import OTHERS
from tests.services.letter_rows import put_letter
from tests.services.mailroom import FEW, SENDER, Mailroom, with_units
from tests.services.stage import at

DUE = at((23, 6), "07:30")  # T+1 of the reports: everybody is reminded
Write = Callable[[Claimant, Rows, Drafts], tuple[Claimed, ...]]
MOST = 8  # so the first batch has one letter
END = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid = :pid"

pytestmark = [pytest.mark.usefixtures("office", "planned"), pytest.mark.cover_both]
on_sqlite = pytest.mark.parametrize("backend", ["sqlite"])
on_postgresql = pytest.mark.parametrize(
    "backend", [pytest.param("postgresql", marks=pytest.mark.slow)]
)


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture
def planned(mailroom: Mailroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """The morning's reminders wait, and even one of them is worth a copy."""
    mailroom.plan(DUE)
    for module in (claims_ahead, claims_apart):
        monkeypatch.setattr(module, "APART_FROM", 1)


@contextmanager
def ahead_of(mailroom: Mailroom) -> Iterator[ClaimsAhead | ClaimsApart]:
    """Claims as a sender has them on that database."""
    with living_owner(mailroom.engine, mailroom.folder, SENDER) as connection:
        ahead = claims_for(mailroom.claimant(connection, DUE), most=MOST)
        try:
            yield ahead
        finally:
            ahead.end()


@contextmanager
def written_ahead(mailroom: Mailroom) -> Iterator[ClaimsAhead]:
    with ahead_of(mailroom) as ahead:
        assert isinstance(ahead, ClaimsAhead)
        yield ahead


@contextmanager
def claimed_apart(mailroom: Mailroom) -> Iterator[ClaimsApart]:
    with ahead_of(mailroom) as ahead:
        assert isinstance(ahead, ClaimsApart)
        yield ahead


def process_of(ahead: ClaimsAhead | ClaimsApart) -> int:
    assert ahead._copy is not None
    return ahead._copy._process


def sessions(engine: Engine) -> set[int]:
    """The sessions of the database besides the one that asks."""
    with transaction(engine) as connection:
        return set(connection.execute(text(f"SELECT pid {OTHERS}")).scalars())


def end_sessions(engine: Engine, pids: set[int]) -> None:
    assert pids
    with transaction(engine) as connection:
        for pid in pids:
            connection.execute(text(END), {"pid": pid})


def all_of(ahead: ClaimsAhead | ClaimsApart) -> list[Claimed]:
    return [letter for letters in iter(ahead.claim, ()) for letter in letters]


def put_back(mailroom: Mailroom) -> None:
    with transaction(mailroom.engine) as connection:
        connection.execute(delete(tables.frozen_letters))
        connection.execute(
            update(tables.outbox).values(state="ready", phase=None, owner=None, attempt=0)
        )


def assert_all_are_claimed_once(mailroom: Mailroom, claimed: list[Claimed]) -> None:
    rows = mailroom.rows()
    assert sorted(letter.id for letter in claimed) == [row.id for row in rows]
    assert {(row.state, row.attempt, row.owner) for row in rows} == {("sending", 1, SENDER)}
    assert {letter.id: letter.frozen for letter in claimed} == {row.id: row.frozen for row in rows}


def test_letters_written_apart_are_those_written_at_the_claim(mailroom: Mailroom) -> None:
    with ahead_of(mailroom) as ahead:
        claimed = all_of(ahead)
        assert process_of(ahead)
    assert_all_are_claimed_once(mailroom, claimed)
    stored = mailroom.rows()
    put_back(mailroom)
    assert sorted(mailroom.claim(DUE)) == sorted(claimed)
    assert mailroom.rows() == stored


def test_the_first_batches_are_small_and_grow(mailroom: Mailroom) -> None:
    with ahead_of(mailroom) as ahead:
        batches = list(iter(ahead.claim, ()))
    assert [len(letters) for letters in batches[:4]] == [1, 2, 4, MOST]


def test_a_copy_that_dies_costs_no_letter(mailroom: Mailroom) -> None:
    with ahead_of(mailroom) as ahead:
        first = ahead.claim()
        os.kill(process_of(ahead), signal.SIGKILL)
        claimed = [*first, *all_of(ahead)]
    assert_all_are_claimed_once(mailroom, claimed)


def test_without_a_process_to_be_had_letters_are_claimed_here(
    mailroom: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_work: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(claims_ahead, "Forked", refused)
    monkeypatch.setattr(claims_apart, "Forked", refused)
    with ahead_of(mailroom) as ahead:
        claimed = all_of(ahead)
        assert ahead._copy is None
    assert_all_are_claimed_once(mailroom, claimed)


def test_what_lost_its_reason_while_it_was_written_is_not_sent(mailroom: Mailroom) -> None:
    with ahead_of(mailroom) as ahead:
        first = ahead.claim()
        in_hand, items = {letter.id for letter in first}, mailroom.items()
        kept = {i.obligation_id for i in items if i.outbox_id in in_hand}
        reminded = {i.outbox_id for i in items if i.obligation_id in kept}
        waiting = {row.id for row in mailroom.rows()} - in_hand - reminded
        owed = [i.obligation_id for i in items if i.outbox_id in waiting]
        with transaction(mailroom.engine) as connection:
            obligations = tables.obligations
            theirs = update(obligations).where(obligations.c.id.in_(owed))
            connection.execute(theirs.values(state="accepted"))
        claimed = [*first, *all_of(ahead)]
    marked = mailroom.mark(claimed, DUE)
    assert waiting
    assert marked
    assert not marked & waiting
    lost = {row.id for row in mailroom.rows(state=LetterState.SUPERSEDED)}
    assert lost >= waiting
    assert not lost & marked


@on_sqlite
def test_the_copy_writes_all_that_it_can(
    mailroom: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart: set[int] = set()

    def noting(claimant: Claimant, rows: Rows, drafts: Drafts) -> tuple[Claimed, ...]:
        assert drafts.keys() == {row.id for row in rows if is_alike(row)}
        apart.update(drafts)
        return write(claimant, rows, drafts)

    with written_ahead(mailroom) as ahead:
        ahead.claim()
        monkeypatch.setattr(claims_ahead, "write", noting)
        all_of(ahead)
    assert len(apart) >= MOST


@on_sqlite
def test_a_plan_the_copy_has_not_seen_is_written_here_and_known_by_the_next(
    mailroom: Mailroom,
) -> None:
    with written_ahead(mailroom) as ahead:
        first = ahead.claim()
        ignorant = ahead._copy
        assert ignorant is not None
        ignorant.fetch(30)
        with transaction(mailroom.engine) as connection:  # the plan's row is another one now
            connection.execute(update(tables.plans).values(activated_at=DUE))
        ahead._ask(*_asked(mailroom, ahead))
        claimed = [*first, *all_of(ahead)]
        assert ahead._copy is not ignorant
    assert_all_are_claimed_once(mailroom, claimed)


def _asked(mailroom: Mailroom, ahead: ClaimsAhead) -> tuple[Rows, Facts]:
    with transaction(mailroom.engine) as connection:
        return ahead._taken, mailroom.composer.find(connection, ahead._taken, now=DUE)


@on_postgresql
def test_a_copy_that_loses_its_session_costs_no_letter(mailroom: Mailroom) -> None:
    with claimed_apart(mailroom) as ahead:
        before = sessions(mailroom.engine)
        claimed = [*ahead.claim(), *ahead.claim()]
        first = process_of(ahead)
        end_sessions(mailroom.engine, sessions(mailroom.engine) - before)
        claimed += all_of(ahead)
        assert process_of(ahead) != first
    assert_all_are_claimed_once(mailroom, claimed)


@on_postgresql
def test_a_copy_that_hangs_is_not_waited_for_and_commits_nothing_more(
    mailroom: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims_apart, "APART_SECONDS", 0.2)
    with claimed_apart(mailroom) as ahead:
        claimed = [*ahead.claim(), *ahead.claim()]
        first = process_of(ahead)
        os.kill(first, signal.SIGSTOP)
        claimed += all_of(ahead)
        assert process_of(ahead) != first
    assert_all_are_claimed_once(mailroom, claimed)


@on_postgresql
def test_what_the_copy_has_taken_is_its_owners_as_long_as_it_lives(
    mailroom: Mailroom, tmp_path: Path
) -> None:
    engine = mailroom.engine
    with transaction(engine) as connection:
        before = sessions(engine) | {
            connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        }
    with claimed_apart(mailroom) as ahead:
        (own,) = sessions(engine) - before
        ahead.claim()
        ahead.claim()
        end_sessions(engine, {own})
        assert is_alive(engine, tmp_path, SENDER)
    assert not is_alive(engine, tmp_path, SENDER)


@on_postgresql
def test_what_needs_more_than_its_batchs_facts_is_written_here(mailroom: Mailroom) -> None:
    own = put_letter(mailroom.engine, "giao", now=DUE, kind=LetterKind.ASSIGNMENT)
    with claimed_apart(mailroom) as ahead:
        claimed = all_of(ahead)
    rows = mailroom.rows()
    assert [row.state for row in rows if row.id == own] == [LetterState.POISONED]  # it says nothing
    assert sorted(letter.id for letter in claimed) == [row.id for row in rows if row.id != own]
