"""Claims ahead: while a batch of letters is sent, the next one is written in a copy of the process."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Row

from adapters.collector import resting_collector
from adapters.database import transaction_on
from adapters.errands import Errand
from services.claims import Claimant, Claimed, take, write
from services.composing import Draft

FIRST_SHARE = 4  # nobody is sending yet while the first batch is written: it is a small one
APART_FROM = 64  # letters: fewer are written as soon as a copy is made
APART_SECONDS = 10.0  # a copy that takes longer is not waited for
Drafts = Mapping[int, Draft]
_NOTHING: Drafts = {}


class ClaimsAhead:
    """Takes letters one batch ahead of those that are sent.

    A letter is read in the transaction that takes it, written apart, and frozen in the next one;
    what the copy did not write, and every letter that lost its reason, is read and settled there
    as without it. Whether it is still owed is asked once more by its mark.
    """

    def __init__(self, claimant: Claimant, *, most: int) -> None:
        """Keep who claims; nothing is taken."""
        self._claimant = claimant
        self._most = most
        self._taken: Sequence[Row[tuple[object, ...]]] = ()
        self._errand: Errand[Drafts] | None = None

    def claim(self) -> tuple[Claimed, ...]:
        """The next letters, their bytes frozen; empty only when nothing is due."""
        while True:
            rows, drafts = self._taken, self._fetch()
            self._taken = ()  # whatever fails from here on: they are put back with the sender's end
            if not rows:
                rows = self._take_first()
            if not rows:
                return ()
            claimed = self._write(rows, drafts)
            if claimed:
                return claimed

    def dismiss(self) -> None:
        """End what is being written: nobody will send it."""
        if self._errand is not None:
            self._errand.dismiss()

    def _take_first(self) -> Sequence[Row[tuple[object, ...]]]:
        with transaction_on(self._claimant.connection):
            return take(self._claimant, most=max(self._most // FIRST_SHARE, 1))

    def _write(
        self, rows: Sequence[Row[tuple[object, ...]]], drafts: Drafts
    ) -> tuple[Claimed, ...]:
        claimant, composer = self._claimant, self._claimant.composer
        with resting_collector():
            with transaction_on(claimant.connection):
                claimed = write(claimant, rows, drafts)
                taken = take(claimant, most=self._most)
                alike = [row for row in taken if composer.is_alike(row)]
                is_apart = len(alike) >= APART_FROM
                if is_apart:
                    batch = composer.read(claimant.connection, alike, claimant.now)
            if is_apart:
                self._errand = Errand(lambda: composer.write_alike(alike, batch))
        self._taken = taken
        return claimed

    def _fetch(self) -> Drafts:
        errand, self._errand = self._errand, None
        return (errand and errand.fetch(APART_SECONDS)) or _NOTHING
