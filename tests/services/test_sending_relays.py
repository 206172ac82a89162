"""Lines to a relay: spared when it fails, never faster than allowed, marks in groups."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import event, select

from adapters import tables
from adapters.database import transaction
from models.alarms import AlarmKind
from models.letters import LetterState
from models.plans import PlanDossier
from services import sending
from services.delivery import Delivery, Traffic
from services.journal import read_journal
from tests.adapters.faulty_relay import Answer, FaultyRelay, Script
from tests.services.mailroom import FEW, Mailroom, with_units
from tests.services.stage import COMMUNE, NIL, Office, at, owed_by

NOW = at((17, 6), "07:30")
FOUR = Traffic(connections=4)


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture
def queue(office: Office, mailroom: Mailroom) -> int:
    """Forty receipts in the outbox; gives their number."""
    office.submit(owed_by("thon-01"), NIL, now=NOW)
    return mailroom.multiply(40)


def relay_says(
    mailroom: Mailroom,
    answers: Script,
    *,
    traffic: Traffic = FOUR,
) -> tuple[Delivery, FaultyRelay]:
    async def talk() -> tuple[Delivery, FaultyRelay]:
        async with FaultyRelay(answers) as relay:
            return await mailroom.deliver(NOW, relay.port, traffic=traffic), relay

    return asyncio.run(talk())


def test_marks_and_outcomes_of_several_lines_share_a_commit(mailroom: Mailroom, queue: int) -> None:
    commits: list[int] = []
    event.listen(mailroom.engine, "commit", lambda _: commits.append(1))
    done, _relay = relay_says(mailroom, {}, traffic=Traffic(connections=8))
    assert done.accepted == queue
    assert len(commits) < queue  # alone, each letter would cost two


def relay_row(mailroom: Mailroom) -> tuple[int, datetime | None]:
    r = tables.relays.c
    with transaction(mailroom.engine) as connection:
        row = connection.execute(select(r.failures, r.open_until)).one()
    return row.failures, row.open_until


@pytest.mark.slow
@pytest.mark.usefixtures("queue")
def test_the_breaker_opens_for_longer_each_time_and_closes_when_a_letter_is_taken(
    mailroom: Mailroom, free_port: int
) -> None:
    now = NOW
    for n, minutes in enumerate((1, 5, 15, 15), start=1):
        assert mailroom.send(now, port=free_port) == Delivery(relay_failed=True)
        assert relay_row(mailroom) == (n, now + timedelta(minutes=minutes))
        before = now + timedelta(minutes=minutes, seconds=-1)
        assert mailroom.send(before, port=free_port) == Delivery(relay_failed=True)
        assert relay_row(mailroom)[0] == n  # nothing was tried
        now += timedelta(minutes=minutes)
    assert {(row.state, row.attempt) for row in mailroom.rows()} == {(LetterState.READY, 0)}
    assert mailroom.alarms() == {}  # the watch tells of what lasts

    async def recover() -> Delivery:
        server = await asyncio.start_server(partial(forward, mailroom), "127.0.0.1", free_port)
        async with server:
            return await mailroom.deliver(now, free_port)

    assert asyncio.run(recover()).accepted == 40
    assert relay_row(mailroom) == (0, None)
    told = [e.action for e in read_journal(mailroom.engine, commune=COMMUNE)]
    assert (told.count("relay.failed"), told.count("relay.healed")) == (4, 1)


async def forward(
    mailroom: Mailroom, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Join a connection to the catcher."""

    async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while octets := await source.read(65536):
            target.write(octets)
        target.close()

    there, back = await asyncio.open_connection("127.0.0.1", mailroom.catcher.port)
    await asyncio.gather(copy(reader, back), copy(there, writer))


@pytest.mark.usefixtures("queue")
def test_a_relay_that_refuses_us_is_told_at_once_and_settled_when_it_takes_letters(
    mailroom: Mailroom,
) -> None:
    done, relay = relay_says(mailroom, {"MAIL": "530 5.7.0 authentication required"})
    assert (done.relay_failed, done.accepted, relay.letters) == (True, 0, [])
    assert "530" in mailroom.alarms()[AlarmKind.RELAY_FAILING]
    assert {row.attempt for row in mailroom.rows()} == {0}


@pytest.mark.usefixtures("queue")
def test_one_line_tries_the_relay_before_the_others_follow(mailroom: Mailroom) -> None:
    _done, relay = relay_says(mailroom, {"greeting": "421 4.3.2 closing"})
    assert relay.connections == 1


def test_a_relay_that_allows_fewer_connections_is_used_with_fewer(
    mailroom: Mailroom, queue: int
) -> None:
    class Narrow(FaultyRelay):
        async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.answers["greeting"] = "220 hi" if self.connections == 0 else "421 4.7.0 too many"
            await super()._talk(reader, writer)

    async def talk() -> Delivery:
        async with Narrow() as relay:
            return await mailroom.deliver(NOW, relay.port, traffic=FOUR)

    assert asyncio.run(talk()) == Delivery(accepted=queue)


def test_a_relay_that_closes_in_the_middle_keeps_what_it_took(
    mailroom: Mailroom, queue: int
) -> None:
    answers: Script = {"DOT": [*["250 ok"] * 5, "421 4.7.0 slow down"]}
    done, relay = relay_says(mailroom, answers, traffic=Traffic(connections=1))
    assert (done.accepted, done.retried, done.relay_failed) == (5, 0, True)
    assert Counter(row.state for row in mailroom.rows()) == {
        LetterState.ACCEPTED: 5, LetterState.READY: queue - 5,
    }  # fmt: skip
    ready = mailroom.rows(state=LetterState.READY)
    assert {(row.attempt, row.copies) for row in ready} == {(0, 0)}
    assert len(relay.letters) == 5


@pytest.mark.usefixtures("queue")
def test_the_rate_is_kept_within_a_round_and_across_rounds(
    mailroom: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "MINUTE_SECONDS", 0.8)
    moments: list[float] = []

    class Timed(FaultyRelay):
        def _answer(self, key: str, default: str) -> Answer:
            if key == "DOT":
                moments.append(asyncio.get_running_loop().time())
            return super()._answer(key, default)

    async def talk() -> Delivery:
        async with Timed() as relay:
            return await mailroom.deliver(
                NOW, relay.port, traffic=Traffic(connections=4, rate_per_minute=15)
            )

    assert asyncio.run(talk()).accepted == 40
    for first, sixteenth in zip(moments, moments[15:], strict=False):
        assert sixteenth - first > 0.4  # the turns are 0.8 apart, the dots nearly so


def test_earlier_tries_count_for_the_rate() -> None:
    async def wait() -> float:
        pace = sending.Pace(2, tried_seconds_ago=[59.9, 10])
        begin = asyncio.get_running_loop().time()
        await pace.turn()
        return asyncio.get_running_loop().time() - begin

    assert 0.05 < asyncio.run(wait()) < 5
