"""Claims ahead: while a batch of letters is sent, a copy of the process writes the next one."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache

from adapters.collector import resting_collector
from adapters.database import is_forkable, open_engine, snapshot, transaction_on
from adapters.direct import Values
from adapters.forked import Forked
from services.batches import Facts, is_alike
from services.claims import Claimant, Claimed, take, write
from services.composing import Draft
from services.outbox_rows import Taken

# Nobody is sending yet while the first batch is written, and few while the copy is made and writes
# the second: each may be twice the one before.
FIRST_SHARE, GROWTH = 4, 2
APART_FROM = 64  # letters: fewer are written as soon as they are handed over
APART_SECONDS = 10.0  # a copy that takes longer is not waited for
Rows = Sequence[Taken]
Drafts = Mapping[int, Draft]
# Rows and drafts travel as plain tuples, which are packed and unpacked in a third of the time.
Asked = tuple[Sequence[Values], Facts | None]  # no facts: the copy reads them itself
Told = Mapping[int, Values]
_NOTHING: Drafts = {}


class ClaimsAhead:
    """Takes letters one batch ahead of those that are sent.

    A letter's facts are read in the transaction that takes it, or by the copy once it is taken; it
    is written apart, and frozen in the next transaction; what the copy did not write, and every
    letter that has lost its reason, is read and settled there as without a copy. Its mark asks once
    more whether it is owed.
    """

    def __init__(self, claimant: Claimant, *, most: int) -> None:
        """Keep who claims; nothing is taken."""
        self._claimant = claimant
        self._most = most
        self._next = max(most // FIRST_SHARE, 1)  # letters of the next batch
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
        most, self._next = self._next, min(self._next * GROWTH, self._most)
        return take(self._claimant, most=most)

    def _write(self, rows: Rows, drafts: Drafts) -> tuple[Claimed, ...]:
        claimant, composer = self._claimant, self._claimant.composer
        with transaction_on(claimant.connection):
            claimed = write(claimant, rows, drafts)
            taken = self._take()
            alike = [row for row in taken if is_alike(row)]
            is_apart = len(alike) >= APART_FROM
            facts = None
            if is_apart and not is_forkable(claimant.connection):  # else the copy reads
                facts = composer.find(claimant.connection, alike, now=claimant.now)
        self._taken = taken
        if is_apart:
            self._ask(alike, facts)
        return claimed

    def _ask(self, rows: Rows, facts: Facts | None) -> None:
        with suppress(OSError):  # no process to be had: the letters are written here
            self._copy = self._copy or Forked(_writing_with(self._claimant))
            self._copy.ask((list(map(tuple, rows)), facts))
            self._is_asked = True

    def _fetch(self) -> Drafts:
        is_asked, self._is_asked = self._is_asked, False
        if self._copy is None or not is_asked:
            return _NOTHING
        told = self._copy.fetch(APART_SECONDS)
        if told is None:  # a plan it did not know, or worse: the next one knows what we know
            self.end()
            return _NOTHING
        return {letter: Draft._make(values) for letter, values in told.items()}


def _writing_with(claimant: Claimant) -> Callable[[Asked], Told]:
    """The copy's work; what it reads, it reads over a connection of its own, made when needed."""
    composer, now, url = claimant.composer, claimant.now, claimant.connection.engine.url
    read_over = cache(lambda: open_engine(url.render_as_string(hide_password=False)))

    def find(rows: Rows) -> Facts:
        with snapshot(read_over()) as connection:
            return composer.find(connection, rows, now=now)

    def write_asked(asked: Asked) -> Told:
        rows = list(map(Taken._make, asked[0]))
        drafts = composer.write_alike(rows, asked[1] or find(rows))
        return {letter: tuple(draft) for letter, draft in drafts.items()}

    return write_asked
