"""Letters written apart while others are sent: the same bytes, and the same safeguards."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, delete, text, update

from adapters import tables
from adapters.database import transaction
from adapters.forked import Forked
from models.letters import LetterState
from models.plans import PlanDossier
from services import claims_ahead
from services.batches import Facts, is_alike
from services.claims import Claimant, Claimed, write
from services.claims_ahead import Asked, ClaimsAhead, Drafts, Rows, Told
from tests.postgresql_cluster import OTHERS
from tests.services.mailroom import FEW, Mailroom, with_units
from tests.services.stage import at

DUE = at((23, 6), "07:30")  # T+1 of the reports: everybody is reminded
Write = Callable[[Claimant, Rows, Drafts], tuple[Claimed, ...]]
MOST = 4  # so the first batch has one letter

pytestmark = pytest.mark.usefixtures("office", "planned")


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture
def planned(mailroom: Mailroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """The morning's reminders wait, and even one of them is worth a copy."""
    mailroom.plan(DUE)
    monkeypatch.setattr(claims_ahead, "APART_FROM", 1)


@contextmanager
def ahead_of(mailroom: Mailroom) -> Iterator[ClaimsAhead]:
    with mailroom.engine.connect() as connection:
        ahead = ClaimsAhead(mailroom.claimant(connection, DUE), most=MOST)
        try:
            yield ahead
        finally:
            ahead.end()


def copy_of(ahead: ClaimsAhead) -> Forked[Asked, Told]:
    assert ahead._copy is not None
    return ahead._copy


def sessions(engine: Engine) -> set[int]:
    """The sessions of the database besides the one that asks; SQLite has none."""
    if engine.dialect.name == "sqlite":
        return set()
    with transaction(engine) as connection:
        return set(connection.execute(text(f"SELECT pid {OTHERS}")).scalars())


def end_sessions(engine: Engine, pids: set[int]) -> None:
    assert pids
    with transaction(engine) as connection:
        for pid in pids:
            connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})


def all_of(ahead: ClaimsAhead) -> list[Claimed]:
    return [letter for letters in iter(ahead.claim, ()) for letter in letters]


def put_back(mailroom: Mailroom) -> None:
    with transaction(mailroom.engine) as connection:
        connection.execute(delete(tables.frozen_letters))
        connection.execute(
            update(tables.outbox).values(state="ready", phase=None, owner=None, attempt=0)
        )


@pytest.mark.slow
def test_letters_written_apart_are_those_written_at_the_claim(
    mailroom: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart: set[int] = set()
    with ahead_of(mailroom) as ahead:
        first = ahead.claim()
        monkeypatch.setattr(claims_ahead, "write", _noting(apart, write))
        claimed = [*first, *all_of(ahead)]
    assert len(apart) > MOST
    stored = mailroom.rows()
    assert len(claimed) == len(stored)
    put_back(mailroom)
    assert sorted(mailroom.claim(DUE)) == sorted(claimed)
    assert mailroom.rows() == stored


def _noting(apart: set[int], write: Write) -> Write:
    def noting(claimant: Claimant, rows: Rows, drafts: Drafts) -> tuple[Claimed, ...]:
        assert drafts.keys() == {row.id for row in rows if is_alike(row)}
        apart.update(drafts)
        return write(claimant, rows, drafts)

    return noting


def test_the_first_batches_are_small_and_grow(mailroom: Mailroom) -> None:
    with ahead_of(mailroom) as ahead:
        batches = list(iter(ahead.claim, ()))
    assert [len(letters) for letters in batches[:4]] == [1, 2, MOST, MOST]


def test_a_copy_that_dies_costs_no_letter(mailroom: Mailroom) -> None:
    with ahead_of(mailroom) as ahead:
        first = ahead.claim()
        os.kill(copy_of(ahead)._process, signal.SIGKILL)
        claimed = [*first, *all_of(ahead)]
    assert {letter.id for letter in claimed} == {row.id for row in mailroom.rows()}
    assert {row.state for row in mailroom.rows()} == {LetterState.SENDING}


def test_a_copy_that_loses_its_session_costs_no_letter(mailroom: Mailroom) -> None:
    with ahead_of(mailroom) as ahead:
        before = sessions(mailroom.engine)
        claimed = [*ahead.claim(), *ahead.claim()]
        copied = copy_of(ahead)
        if mailroom.engine.dialect.name != "sqlite":
            end_sessions(mailroom.engine, sessions(mailroom.engine) - before)
        claimed += all_of(ahead)
        assert copy_of(ahead) is copied  # it has made itself another one
    assert {letter.id for letter in claimed} == {row.id for row in mailroom.rows()}


@pytest.mark.slow
def test_what_lost_its_reason_while_it_was_written_is_not_sent(
    mailroom: Mailroom,
) -> None:
    with ahead_of(mailroom) as ahead:
        first = ahead.claim()
        waiting = {row.id: row for row in ahead._taken}
        for row in waiting.values():
            owed = [i.obligation_id for i in mailroom.items() if i.outbox_id == row.id]
            with transaction(mailroom.engine) as connection:
                connection.execute(
                    update(tables.obligations)
                    .where(tables.obligations.c.id.in_(owed))
                    .values(state="accepted")
                )
        claimed = [*first, *all_of(ahead)]
    marked = mailroom.mark(claimed, DUE)
    assert waiting
    assert marked
    assert not marked & waiting.keys()
    lost = {row.id for row in mailroom.rows(state=LetterState.SUPERSEDED)}
    assert lost >= waiting.keys()
    assert not lost & marked


@pytest.mark.slow
def test_a_plan_the_copy_has_not_seen_is_written_here_and_known_by_the_next(
    mailroom: Mailroom,
) -> None:
    with ahead_of(mailroom) as ahead:
        first = ahead.claim()
        ignorant = copy_of(ahead)
        ignorant.fetch(30)
        with transaction(mailroom.engine) as connection:  # the plan's row is another one now
            connection.execute(update(tables.plans).values(activated_at=DUE))
        ahead._ask(*_asked(mailroom, ahead))
        claimed = [*first, *all_of(ahead)]
        assert copy_of(ahead) is not ignorant
    assert {letter.id for letter in claimed} == {row.id for row in mailroom.rows()}


def _asked(mailroom: Mailroom, ahead: ClaimsAhead) -> tuple[Rows, Facts]:
    with transaction(mailroom.engine) as connection:
        return ahead._taken, mailroom.composer.find(connection, ahead._taken, now=DUE)
