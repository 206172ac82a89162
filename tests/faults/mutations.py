"""Safeguards switched off, each by one patch of the child process that performs an act; never in the product."""

import asyncio
import itertools
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, update
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from adapters import database, owners, tables
from adapters.among import is_among
from adapters.direct import Direct
from adapters.smtp import Envelope, RelayLine
from adapters.smtp_verdicts import Fault
from models.clocks import MonotonicReading
from services import claims, claims_ahead, claims_apart, composing, resolving, sending
from services.batches import Batch
from services.claims import Claimed
from services.composing import Composer, Draft
from services.outbox_rows import OutboxRow, Taken
from services.recording import Recorder
from services.resolving import Resolver

Patch = Callable[[], None]
BUSY_MS = 100
HASTY_SECONDS = 0.2


def no_dot_mark() -> None:
    """The last dot is written without a word to the database."""

    async def unmarked(_self: Recorder, _letter: Claimed) -> bool:
        return True

    Recorder.mark = unmarked  # type: ignore[method-assign,assignment]


def no_owner_lock() -> None:
    """Every owner counts as dead."""

    def is_dead(*_arguments: object) -> bool:
        return False

    owners.is_alive = is_dead  # type: ignore[assignment]


def quiet_by_the_wall_clock() -> None:
    """The quiet period is counted on a clock that jumps."""
    settle = resolving._settle_doubts

    def by_wall_clock(resolver: Resolver) -> int:
        reading = MonotonicReading(boot_id="wall", seconds=resolver.now.timestamp())
        return settle(replace(resolver, monotonic=reading))

    resolving._settle_doubts = by_wall_clock


def no_quiet() -> None:
    """A letter in doubt is believed to be lost at once."""
    settle = resolving._settle_doubts

    def hasty(resolver: Resolver) -> int:
        return settle(replace(resolver, quiet=timedelta()))

    resolving._settle_doubts = hasty


def no_hearing() -> None:
    """A no counts though the relay has not read what dead senders left."""
    settle = resolving._settle_doubts

    def deaf(resolver: Resolver) -> int:
        return settle(replace(resolver, is_reading=lambda: False))

    resolving._settle_doubts = deaf


def no_skip_locked() -> None:
    """Senders choose the same letters and wait for each other."""
    lock = Select.with_for_update

    def unlocked(
        self: Select[tuple[object, ...]], *, skip_locked: bool = False, **rest: object
    ) -> object:
        return self if skip_locked else lock(self, skip_locked=skip_locked, **rest)  # type: ignore[arg-type]

    Select.with_for_update = unlocked  # type: ignore[method-assign,assignment]


def no_outer_state() -> None:
    """A letter is taken even if it is no longer ready."""
    c = tables.outbox.c
    claims._TAKE = Direct(
        update(tables.outbox)
        .where(is_among(c.id, "ids"))
        .values(state="sending", phase="pre", owner=bindparam("by"), attempt=c.attempt + 1)
        .returning(c.id),
        "ids", "by",
    )  # fmt: skip


def no_full_sync() -> None:
    """SQLite leaves it to the system when a commit reaches the disk."""
    prepare = database._prepare_sqlite

    def hasty(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        prepare(connection, record)
        connection.cursor().execute("PRAGMA synchronous=OFF")

    database._prepare_sqlite = hasty  # type: ignore[assignment]


def no_freeze() -> None:
    """Every try of a letter is written anew."""
    write = Composer._draft

    def anew(self: Composer, row: OutboxRow, batch: Batch) -> Draft:
        assert isinstance(row, Taken)
        return write(self, row._replace(frozen=None), batch)

    composing.Composer._draft = anew  # type: ignore[method-assign]


def impatient() -> None:
    """SQLite waits a tenth of a second for a lock, so that a short outage is an outage."""
    database.BUSY_TIMEOUT_MS = BUSY_MS


def stop_after_claim() -> None:
    """Not a safeguard: the process stops itself within the transaction that takes letters."""
    take, count = claims._take, itertools.count(1)

    def stopping(*arguments: object) -> list[Taken]:
        rows = take(*arguments)  # type: ignore[arg-type]
        if next(count) == 1:
            os.kill(os.getpid(), signal.SIGSTOP)
        return rows

    claims._take = stopping  # type: ignore[assignment]


def stop_before_taking() -> None:
    """Not a safeguard: the process stops itself between choosing letters and taking them."""

    count = itertools.count(1)
    read = Direct.read

    def stopping(
        self: Direct, connection: Connection, *values: object
    ) -> Sequence[tuple[Any, ...]]:
        if self is claims._TAKE and next(count) == 1:
            os.kill(os.getpid(), signal.SIGSTOP)
        return read(self, connection, *values)

    Direct.read = stopping  # type: ignore[method-assign]


def copy_for_few() -> None:
    """Not a safeguard: a sender has a copy of itself claim even a few letters."""
    for module in (claims_ahead, claims_apart):
        module.APART_FROM = 1  # type: ignore[attr-defined]


def stopping_before_dot(ordinal: int) -> Patch:
    """Not a safeguard: the process stops itself between the n-th mark's commit and its dot."""

    def patch() -> None:
        count = itertools.count(1)
        end = RelayLine.dot

        async def stopping(self: RelayLine, following: Envelope | None = None) -> Fault:
            if next(count) == ordinal:
                os.kill(os.getpid(), signal.SIGSTOP)
            return await end(self, following)

        RelayLine.dot = stopping  # type: ignore[method-assign]

    return patch


def no_dot_deadline() -> None:
    """A dot is written however long ago its mark was asked for."""
    sending.LONGEST_TO_DOT_SECONDS = float("inf")


def hasty_dot() -> None:
    """A dot must follow its mark within a fifth of a second, so that a short pause is a long one."""
    sending.LONGEST_TO_DOT_SECONDS = HASTY_SECONDS


def stop_after_mark() -> None:
    """Not a safeguard: the process stops itself when the first mark is committed."""
    mark, count = Recorder.mark, itertools.count(1)

    async def stopping(self: Recorder, letter: Claimed) -> bool:
        is_marked = await mark(self, letter)
        if next(count) == 1:
            os.kill(os.getpid(), signal.SIGSTOP)
        return is_marked

    Recorder.mark = stopping  # type: ignore[method-assign]


def die_after_dot() -> None:
    """Not a safeguard: the process dies when it has the first verdict, before that is recorded."""
    end = RelayLine.dot

    async def dying(self: RelayLine, following: Envelope | None = None) -> Fault:
        verdict = await end(self, following)
        os.kill(os.getpid(), signal.SIGKILL)
        return verdict

    RelayLine.dot = dying  # type: ignore[method-assign]


def die_with_dot() -> None:
    """Not a safeguard: the process stops itself before the first dot; woken, it writes it and dies."""
    end = RelayLine.dot

    async def dying(self: RelayLine, following: Envelope | None = None) -> Fault:
        os.kill(os.getpid(), signal.SIGSTOP)
        verdict = asyncio.ensure_future(end(self, following))
        await asyncio.sleep(0)  # the dot is written before anything is waited for
        os.kill(os.getpid(), signal.SIGKILL)
        return await verdict

    RelayLine.dot = dying  # type: ignore[method-assign]


MOST_DOTS = 40
MUTATIONS: dict[str, Patch] = {
    "dot mark": no_dot_mark,
    "owner lock": no_owner_lock,
    "monotonic quiet": quiet_by_the_wall_clock,
    "quiet": no_quiet,
    "hearing": no_hearing,
    "skip locked": no_skip_locked,
    "outer state": no_outer_state,
    "full sync": no_full_sync,
    "freeze": no_freeze,
    "impatient": impatient,
    "hasty dot": hasty_dot,
    "dot deadline": no_dot_deadline,
    "stop after mark": stop_after_mark,
    "die after dot": die_after_dot,
    "die with dot": die_with_dot,
    "stop after claim": stop_after_claim,
    "stop before taking": stop_before_taking,
    "copy for few": copy_for_few,
    **{f"stop before dot {n}": stopping_before_dot(n) for n in range(1, MOST_DOTS + 1)},
}
