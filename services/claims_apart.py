"""Claims apart: while a batch of letters is sent, a copy of the process claims the next one."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache

from sqlalchemy import select

from adapters import tables
from adapters.advisory_locks import wait_alone
from adapters.collector import resting_collector
from adapters.database import is_forkable, open_engine, transaction_on
from adapters.direct import Values
from adapters.forked import Forked
from adapters.owners import join_owner
from adapters.smtp import Envelope
from models.errors import TransientError
from models.letters import LetterKind
from services.batches import is_alike
from services.claims import IN_HAND, Claimant, Claimed, claim, release, take, write
from services.claims_ahead import APART_FROM, APART_SECONDS, ClaimsAhead, batch_sizes
from services.outbox_rows import Taken

# Letters with their bytes, and rows that were only taken. Both travel as plain tuples, which are
# packed and unpacked in a third of the time.
Packed = tuple[int, str, str, int, bool, str, str, bytes]
Told = tuple[Sequence[Packed], Sequence[Values]]


class ClaimsApart:
    """Has letters claimed by a copy of the process, over a connection of the copy's own.

    That connection holds the owner's lock, too: what the copy has taken stays the owner's as long
    as either of the two lives. The copy writes what it can write from the batch's facts; the
    others, whose files may want threads, are written here. What a copy had in hand that failed is
    put back.
    """

    def __init__(self, claimant: Claimant, *, most: int) -> None:
        """Keep who claims; nothing is taken."""
        self._claimant = claimant
        self._sizes = batch_sizes(most)
        self._given: set[int] = set()
        self._copy: Forked[int, Told] | None = None
        self._is_asked = False

    def claim(self) -> tuple[Claimed, ...]:
        """The next letters, their bytes frozen; empty only when nothing is due."""
        with resting_collector():
            letters = self._receive() or claim(self._claimant, most=next(self._sizes))
        self._given.update([letter.id for letter in letters])
        if len(letters) >= APART_FROM:
            self._ask()
        return letters

    def end(self) -> None:
        """End the copy; what it claimed last is for its owner to put back."""
        if self._copy is not None:
            with suppress(TransientError), transaction_on(self._claimant.connection):
                self._end_copy()

    def _ask(self) -> None:
        with suppress(OSError):  # no process to be had: the letters are claimed here
            self._copy = self._copy or Forked(_claiming_for(self._claimant))
            self._copy.ask(next(self._sizes))
            self._is_asked = True

    def _receive(self) -> tuple[Claimed, ...]:
        is_asked, self._is_asked = self._is_asked, False
        if self._copy is None or not is_asked:
            return ()
        told = self._copy.fetch(APART_SECONDS)
        if told is None:
            self._give_up()
            return ()
        written, taken = told
        letters = tuple(map(_unpacked, written))
        if taken:
            with transaction_on(self._claimant.connection):
                letters += write(self._claimant, list(map(Taken._make, taken)))
        return letters

    def _give_up(self) -> None:
        connection, owner = self._claimant.connection, self._claimant.owner
        with transaction_on(connection):
            self._end_copy()
            c = tables.outbox.c
            in_hand = connection.execute(select(c.id).where(c.owner == owner, IN_HAND)).scalars()
            lost = [letter for letter in in_hand if letter not in self._given]
            release(connection, owner=owner, letters=lost)

    def _end_copy(self) -> None:
        """End it, and wait for the end of its session: nothing more is committed over that."""
        assert self._copy is not None
        self._copy.end()
        self._copy = None
        wait_alone(self._claimant.connection, self._claimant.owner)


def _claiming_for(claimant: Claimant) -> Callable[[int], Told]:
    """The copy's work: claim at most so many letters, over a connection of its own."""
    url = claimant.connection.engine.url.render_as_string(hide_password=False)

    @cache
    def of_copy() -> Claimant:
        return replace(claimant, connection=join_owner(open_engine(url), claimant.owner))

    def claim_apart(most: int) -> Told:
        mine = of_copy()
        with transaction_on(mine.connection):
            rows = take(mine, most=most)
        alike = [row for row in rows if is_alike(row)]
        with transaction_on(mine.connection):
            letters = write(mine, alike) if alike else ()
        others = [tuple(row) for row in rows if not is_alike(row)]
        return list(map(_packed, letters)), others

    return claim_apart


def _packed(letter: Claimed) -> Packed:
    letter_id, key, kind, attempt, is_reminder, envelope, frozen = letter
    return letter_id, key, kind.value, attempt, is_reminder, *envelope, frozen


def _unpacked(packed: Packed) -> Claimed:
    letter_id, key, kind, attempt, is_reminder, sender, recipient, frozen = packed
    to = Envelope(sender, recipient)
    return Claimed(letter_id, key, LetterKind(kind), attempt, is_reminder, to, frozen)


def claims_for(claimant: Claimant, *, most: int) -> ClaimsAhead | ClaimsApart:
    """How a sender claims on its database, at most so many letters at a time.

    SQLite knows its files by the process: there a copy may write letters, but not claim them.
    """
    kind = ClaimsApart if is_forkable(claimant.connection) else ClaimsAhead
    return kind(claimant, most=most)
