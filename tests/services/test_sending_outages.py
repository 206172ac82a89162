"""A database that goes away and a sender that is stopped lose nothing the relay said."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import closing

import pytest
from sqlalchemy import Engine, event, text

from adapters import owners
from models.errors import TransientError
from models.letters import LetterState
from models.plans import PlanDossier
from services import recording
from services.delivery import Traffic
from tests.adapters.faulty_relay import Answer, FaultyRelay, Script
from tests.postgresql_cluster import END_OTHERS
from tests.services.mailroom import FEW, Mailroom, with_units
from tests.services.stage import NIL, Office, at, owed_by

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


class Interrupted(FaultyRelay):
    """A relay that does something as it answers the first final dot."""

    def __init__(self, happening: Callable[[], object], *, key: str = "DOT") -> None:
        super().__init__()
        self.happening = happening
        self.key = key
        self.has_happened = False

    def _answer(self, key: str, default: str) -> Answer:
        if key == self.key and not self.has_happened:
            self.has_happened = True
            self.happening()
        return super()._answer(key, default)


@pytest.mark.slow
@pytest.mark.parametrize("key", ["DATA", "DOT"])
def test_a_database_that_goes_away_loses_no_outcome_and_stops_the_marks(
    mailroom: Mailroom, queue: int, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "RETRY_SECONDS", 0.05)
    engine = mailroom.engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda c, _: c.execute("PRAGMA busy_timeout=20"))
        engine.dispose()
    with closing(Outage(engine)) as outage:

        async def talk() -> list[bytes]:
            async with Interrupted(outage.begin, key=key) as relay:
                with pytest.raises(TransientError):
                    await mailroom.deliver(NOW, relay.port, traffic=FOUR)
                return relay.letters

        taken = len(asyncio.run(talk()))
    states = Counter(row.state for row in mailroom.rows())
    assert states == Counter({LetterState.ACCEPTED: taken, LetterState.READY: queue - taken})
    assert all(len(mailroom.attempts(row.id)) <= 1 for row in mailroom.rows())
    assert {row.attempt for row in mailroom.rows(state=LetterState.READY)} <= {0}
    asyncio.run(mailroom.deliver(NOW, mailroom.catcher.port))
    assert {(row.state, row.copies) for row in mailroom.rows()} == {(LetterState.ACCEPTED, 1)}


class Outage:
    """A database that refuses everybody for a third of a second."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.timer = threading.Timer(0.3, self.end)
        self.blocker = engine.connect()

    def begin(self) -> None:
        """Lock the file, or cut every other session."""
        if self.engine.dialect.name == "sqlite":
            self.blocker.begin()
            self.timer.start()
            return
        with self.blocker.begin():
            self.blocker.execute(text(END_OTHERS))

    def end(self) -> None:
        """Let go."""
        self.blocker.rollback()

    def close(self) -> None:
        """Let go at the end of the test."""
        self.timer.cancel()
        self.blocker.close()


class Hanging(FaultyRelay):
    """A relay that tells when it hangs."""

    def __init__(self, answers: Script) -> None:
        super().__init__(answers)
        self.hanging = asyncio.Event()

    def _answer(self, key: str, default: str) -> Answer:
        answer = super()._answer(key, default)
        if answer == "hang":
            self.hanging.set()
        return answer


@pytest.mark.slow
def test_a_sender_that_is_cancelled_puts_back_what_it_did_not_send(
    mailroom: Mailroom, queue: int
) -> None:
    async def talk() -> None:
        async with Hanging({"DOT": [*["250 ok"] * 3, "hang"]}) as relay:
            sender = asyncio.create_task(
                mailroom.deliver(NOW, relay.port, traffic=Traffic(connections=1))
            )
            await asyncio.wait_for(relay.hanging.wait(), 10)
            sender.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sender

    asyncio.run(talk())
    assert Counter(row.state for row in mailroom.rows()) == {
        LetterState.ACCEPTED: 3, LetterState.SENDING: 1, LetterState.READY: queue - 4,
    }  # fmt: skip
    (hanging,) = mailroom.rows(state=LetterState.SENDING)
    assert hanging.phase == "dot"
    assert not owners.is_alive(mailroom.engine, mailroom.locks, hanging.owner)
