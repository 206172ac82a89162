"""Delivery: one round of sending, from the claim to the record of what the relay said."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from adapters.database import transaction, transaction_on
from adapters.smtp import RelaySettings
from adapters.smtp_settings import require_encryption
from models.letters import ANSWERS, UNSTOPPABLE, LetterKind
from models.reminder_policy import ReminderPolicy
from models.values import Value
from services import relays
from services.brakes import held_reason
from services.claims import Claimant, Claimed, claim, claim_suspect, read_recent, release
from services.claims_apart import claims_for
from services.composing import Composer
from services.marks import Sending
from services.recording import Recorder
from services.sending import MINUTE_SECONDS, Feed, Lines, Pace

# What an answer waits for leaves at any hour, with the policy's urgent kinds.
ALWAYS = ANSWERS | {LetterKind.LINK}
LETTERS_PER_LINE = 25  # claimed ahead
ROUND_SECONDS = 300.0  # a longer queue is the next round's: hours and holds are looked at again


class Traffic(Value):
    """How many connections a relay gets, and how many letters a minute; None: as many as go."""

    connections: int = 4
    rate_per_minute: int | None = None


class Delivery(Value):
    """What one round of sending did."""

    accepted: int = 0
    refused: int = 0
    retried: int = 0
    unknown: int = 0
    withdrawn: int = 0  # lost their reason, or were held, right before the end
    relay_failed: bool = False
    hold: str | None = None  # why nothing was to leave


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends: its own connection, which lives as long as its owner's lock, and how."""

    connection: Connection
    engine: Engine
    commune: str
    owner: str
    composer: Composer
    policy: ReminderPolicy
    relay: RelaySettings
    traffic: Traffic


def kinds_at(policy: ReminderPolicy, *, is_open: bool) -> frozenset[LetterKind]:
    """The kinds of letters that may leave, inside the send windows or outside."""
    return frozenset(LetterKind) if is_open else ALWAYS | UNSTOPPABLE | policy.urgent_kinds


async def deliver(sender: Sender, *, now: datetime) -> Delivery:
    """Send everything whose time has come, until the outbox is empty or the relay fails.

    Outside the policy's send windows only receipts and urgent kinds go; while a hold stands or the
    relay's breaker is open, only what tells a person that something is wrong.

    Raises:
        TransientError: the database went away; what the relay had said is recorded.
        PermanentError: ``E-SMTP-TLS``: the relay is not on this machine and is not encrypted.
    """
    require_encryption(sender.relay)
    connection = sender.connection
    with transaction_on(connection):
        hold = held_reason(connection, commune=sender.commune)
        is_closed = relays.is_closed(connection, sender.relay.name, now=now)
    kinds = kinds_at(sender.policy, is_open=sender.composer.is_open(sender.policy, now))
    if hold is not None or not is_closed:
        kinds &= UNSTOPPABLE
    done = await _Round(sender, kinds, now).run()
    return done.model_copy(
        update={"hold": hold, "relay_failed": done.relay_failed or not is_closed}
    )


class _Round:
    """One round: what its parts share, and how it ends."""

    def __init__(self, sender: Sender, kinds: frozenset[LetterKind], now: datetime) -> None:
        self._sender = sender
        self._now = now
        of = Sending(sender.commune, sender.owner, now)
        self._recorder = Recorder(sender.connection, sender.engine, of=of)
        self._claimant = Claimant(
            connection=sender.connection, commune=sender.commune, composer=sender.composer,
            owner=sender.owner, kinds=kinds, mails_per_day=sender.policy.mails_per_day, now=now,
        )  # fmt: skip
        self._ahead = claims_for(self._claimant, most=self._most)
        self._lines: list[Lines] = []
        self._feeds: list[Feed] = []

    async def run(self) -> Delivery:
        """Send, then record and put back whatever is left, however sending ended."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._recorder.run())
                await self._send()
                self._recorder.close()
        finally:
            self._ahead.end()
            self._recorder.flush()
            self._leave()
        failures = [self._recorder.failure, *(feed.failure for feed in self._feeds)]
        for failure in failures:
            if failure is not None:
                raise failure
        is_failed = any(lines.fault is not None for lines in self._lines)
        return Delivery(**self._recorder.counts, relay_failed=is_failed)

    async def _send(self) -> None:
        until = asyncio.get_running_loop().time() + ROUND_SECONDS
        pace = self._pace()
        # What is refused may be written to the next contact: claimed once more when recorded.
        while await self._run(self._claim, pace, until=until):
            pass
        # A letter that a sender died with is sent alone, after all others.
        await self._run(lambda: claim_suspect(self._claimant), pace, until=until, is_alone=True)

    @property
    def _most(self) -> int:
        traffic = self._sender.traffic
        most = LETTERS_PER_LINE * traffic.connections
        return min(most, traffic.rate_per_minute or most)

    def _claim(self) -> tuple[Claimed, ...]:
        if self._sender.traffic.rate_per_minute is None:
            return self._ahead.claim()
        return claim(self._claimant, most=self._most)  # writing is not what a slow relay waits for

    async def _run(
        self,
        claiming: Callable[[], tuple[Claimed, ...]],
        pace: Pace,
        *,
        until: float,
        is_alone: bool = False,
    ) -> bool:
        """Send until nothing is left to claim; tells whether there may be more by now."""
        if self._recorder.failure or any(lines.fault for lines in self._lines):
            return False
        feed = Feed(claiming, until=until)
        lines = Lines(
            self._sender.relay,
            count=1 if is_alone else self._sender.traffic.connections,
            feed=feed,
            recorder=self._recorder,
            pace=pace,
            is_pipelined=not is_alone,
        )
        self._feeds.append(feed)
        self._lines.append(lines)
        await lines.run()
        await self._recorder.drain()
        return feed.has_given and not self._recorder.is_held

    def _pace(self) -> Pace:
        rate = self._sender.traffic.rate_per_minute
        if rate is None:
            return Pace(None, tried_seconds_ago=())
        since = self._now - timedelta(seconds=MINUTE_SECONDS)
        with transaction_on(self._sender.connection):
            tried = read_recent(self._sender.connection, commune=self._sender.commune, since=since)
        return Pace(rate, tried_seconds_ago=[(self._now - at).total_seconds() for at in tried])

    def _leave(self) -> None:
        """Put back what was claimed and not sent, and say how the relay behaved."""
        sender = self._sender
        name, commune = sender.relay.name, sender.commune
        fault = next((lines.fault for lines in self._lines if lines.fault is not None), None)
        with transaction(sender.engine) as connection:
            release(connection, owner=sender.owner)
            if fault is not None:
                relays.note_failure(connection, name, fault, commune=commune, now=self._now)
            elif any(lines.has_stood for lines in self._lines):
                relays.note_success(connection, name, commune=commune, now=self._now)
