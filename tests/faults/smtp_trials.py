"""One trial: one letter of a kind goes the whole way to a relay that fails once; what became of it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from adapters import tables
from adapters.database import transaction
from adapters.smtp import Envelope, RelayLine, RelaySettings
from adapters.smtp_verdicts import Fault
from models.letters import LetterKind
from services import mailing
from tests.adapters.faulty_relay import FaultyRelay
from tests.adapters.smtp_modes import LETTER, FaultMode
from tests.faults.acts import Stand, at_desk
from tests.faults.bench import Place
from tests.faults.world import MORNING
from tests.postgresql_cluster import find_free_port

AT_ONCE = 8  # trials in one event loop
SHORT_SECONDS = 4.0  # where silence is waited out; a machine that is busy answers late too
MINUTES = (7, 25, 95)  # of the rounds that follow, as many as are needed; the last near the end
END = MORNING + timedelta(minutes=180)  # of the final report's time
_PAUSE: ContextVar[float] = ContextVar("pause", default=0)


@dataclass
class Trial:
    """One mode, one kind, and what became of the letter."""

    name: str
    kind: LetterKind
    at_once: str = ""
    attempt: int = 0
    in_the_end: str = ""
    copies: Counter[bytes] = field(default_factory=Counter)  # by content
    actions: set[str] = field(default_factory=set)
    alarms: set[str] = field(default_factory=set)
    others: list[str] = field(default_factory=list)  # states of letters written again


def with_pauses(patch: pytest.MonkeyPatch) -> None:
    """Let a relay that speaks early be heard before the dot, as on a network it is."""
    end = RelayLine.dot

    async def slowly(self: RelayLine, following: Envelope | None = None) -> Fault:
        await asyncio.sleep(_PAUSE.get())
        return await end(self, following)

    patch.setattr(RelayLine, "dot", slowly)


@asynccontextmanager
async def listening(
    mode: FaultMode, *, is_pipelining: bool
) -> AsyncIterator[tuple[FaultyRelay, RelaySettings]]:
    """The mode's relay and how to reach it; a relay that does not listen is sound, elsewhere."""
    async with mode.relay(is_pipelining=is_pipelining or mode.needs_pipelining) as relay:
        settings = mode.settings(relay.port if mode.is_listening else find_free_port())
        if mode.short:
            seconds = {f"{mode.short}_seconds": SHORT_SECONDS}
            timeouts = settings.timeouts.model_copy(update=seconds)
            settings = settings.model_copy(update={"timeouts": timeouts})
        yield relay, settings


async def attempt(
    trial: Trial, place: Place, relay: FaultyRelay, settings: RelaySettings, mode: FaultMode | None
) -> None:
    """Send through the fault, then let rounds pass with a relay that is sound by now."""
    with at_desk(place.home, place.url) as desk:
        if mode is not None:
            _PAUSE.set(mode.mark_seconds)
            if mode.letter is not LETTER:
                _fatten(desk, mode.letter)
        desk.chosen_relay = settings
        await mailing.send_due(desk)
        row = _letter(desk)
        trial.at_once, trial.attempt = row.state, row.attempt
        _PAUSE.set(0)
    await _afterwards(trial, place, relay)


async def _afterwards(trial: Trial, place: Place, relay: FaultyRelay) -> None:
    sound = FaultyRelay(extensions=("PIPELINING",))
    async with sound:
        of_sound = RelaySettings(host="127.0.0.1", port=sound.port, tls="none")
        for minutes in MINUTES:
            now = MORNING + timedelta(minutes=minutes)
            with at_desk(place.home, place.url, now=now) as desk:
                desk.chosen_relay = of_sound
                mailing.resolve_stranded(desk)
                await mailing.send_due(desk)
                if _is_over(desk):
                    break
    trial.copies = Counter([*relay.letters, *sound.letters])
    with at_desk(place.home, place.url) as desk:
        _look(trial, desk)


def _look(trial: Trial, desk: Stand) -> None:
    trial.in_the_end = _letter(desk).state
    with transaction(desk.engine) as connection:
        trial.actions = set(connection.execute(select(tables.journal.c.action)).scalars())
        trial.alarms = set(connection.execute(select(tables.alarms.c.kind)).scalars())
        states = select(tables.outbox.c.state).order_by(tables.outbox.c.id).offset(1)
        trial.others = list(connection.execute(states).scalars())


def _is_over(desk: Stand) -> bool:
    c = tables.outbox.c
    with transaction(desk.engine) as connection:
        waiting = select(c.id).where(c.state.not_in(["accepted", "refused"]))
        return connection.execute(waiting).first() is None


def _letter(desk: Stand) -> Any:
    with transaction(desk.engine) as connection:
        chosen = select(tables.outbox).order_by(tables.outbox.c.id).limit(1)
        return connection.execute(chosen).one()


def _fatten(desk: Stand, content: bytes) -> None:
    """Make the letter larger than what the kernel takes at once."""
    named = {"message_id": "<big@x.vn>", "envelope_from": "a@dondoc.example"}
    with transaction(desk.engine) as connection:
        (letter,) = connection.execute(select(tables.outbox.c.id)).scalars()
        frozen = {"outbox_id": letter, "content": content}
        connection.execute(insert(tables.frozen_letters).values(frozen | named))


async def all_of(trials: Iterable[Callable[[], Awaitable[None]]]) -> None:
    """Perform the trials, some at a time."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(trial: Callable[[], Awaitable[None]]) -> None:
        async with places:
            await trial()

    async with asyncio.TaskGroup() as group:
        for trial in trials:
            group.create_task(one(trial))
