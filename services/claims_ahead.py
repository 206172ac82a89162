"""Claims ahead: while a batch of letters is sent, a copy of the process writes the next one."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import repeat

from adapters.collector import resting_collector
from adapters.database import transaction_on
from adapters.direct import Values
from adapters.forked import Forked
from services.batches import Facts, is_alike
from services.claims import Claimant, Claimed, take, write
from services.composing import Draft
from services.outbox_rows import Taken

# Nobody is sending yet while the first batch is written, and few while the copy is made and writes
# the second: each may be twice the one before.
FIRST_SHARE, GROWTH = 8, 2
APART_FROM = 64  # letters: fewer are written as soon as they are handed over
APART_SECONDS = 10.0  # a copy that takes longer is not waited for
Rows = Sequence[Taken]
Drafts = Mapping[int, Draft]
# Rows and drafts travel as plain tuples, which are packed and unpacked in a third of the time.
Asked = tuple[Sequence[Values], Facts]
Told = Mapping[int, Values]
_NOTHING: Drafts = {}


def batch_sizes(most: int) -> Iterator[int]:
    """How many letters to take at a time, for ever."""
    size = max(most // FIRST_SHARE, 1)
    while size < most:
        yield size
        size *= GROWTH
    yield from repeat(most)


class ClaimsAhead:
    """Takes letters one batch ahead of those that are sent.

    A letter's facts are read in the transaction that takes it; it is written apart, and frozen in
    the next transaction; what the copy did not write, and every letter that has lost its reason, is
    read and settled there as without a copy. Its mark asks once more whether it is owed.
    """

    def __init__(self, claimant: Claimant, *, most: int) -> None:
        """Keep who claims; nothing is taken."""
        self._claimant = claimant
        self._sizes = batch_sizes(most)
        self._taken: Rows = ()
        self._is_asked = False
        self._copy: Forked[Asked, Told] | None = None

    def claim(self) -> tuple[Claimed, ...]:
        """The next letters, their bytes frozen; empty only when nothing is due."""
        while True:
            rows, drafts = self._taken, self._fetch()
            self._taken = ()  # if this fails, they are put back with the sender's end
            if not rows:
                rows = self._take_first()
            if not rows:
                return ()
            with resting_collector():
                claimed = self._write(rows, drafts)
            if claimed:
                return claimed

    def end(self) -> None:
        """End the copy; what it wrote last is not sent."""
        if self._copy is not None:
            self._copy.end()
        self._copy = None

    def _take_first(self) -> Rows:
        with transaction_on(self._claimant.connection):
            return self._take()

    def _take(self) -> Rows:
        return take(self._claimant, most=next(self._sizes))

    def _write(self, rows: Rows, drafts: Drafts) -> tuple[Claimed, ...]:
        claimant, composer = self._claimant, self._claimant.composer
        connection = claimant.connection
        with transaction_on(connection):
            claimed = write(claimant, rows, drafts)
            taken = self._take()
            alike = [row for row in taken if is_alike(row)]
            is_apart = len(alike) >= APART_FROM
            facts = composer.find(connection, alike, now=claimant.now) if is_apart else None
        self._taken = taken
        if facts is not None:
            self._ask(alike, facts)
        return claimed

    def _ask(self, rows: Rows, facts: Facts) -> None:
        with suppress(OSError):  # no process to be had: the letters are written here
            self._copy = self._copy or Forked(self._write_asked)
            self._copy.ask((list(map(tuple, rows)), facts))
            self._is_asked = True

    def _write_asked(self, asked: Asked) -> Told:
        """The copy's work."""
        rows, facts = asked
        drafts = self._claimant.composer.write_alike(list(map(Taken._make, rows)), facts)
        return {letter: tuple(draft) for letter, draft in drafts.items()}

    def _fetch(self) -> Drafts:
        is_asked, self._is_asked = self._is_asked, False
        if self._copy is None or not is_asked:
            return _NOTHING
        told = self._copy.fetch(APART_SECONDS)
        if told is None:  # a plan it did not know, or worse: the next one knows what we know
            self.end()
            return _NOTHING
        return {letter: Draft._make(values) for letter, values in told.items()}
