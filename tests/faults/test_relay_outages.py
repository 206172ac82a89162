"""A relay that dies between accepting and answering, is away for hours, or asks for patience."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from adapters import tables
from adapters.database import open_engine, transaction
from adapters.smtp import RelaySettings
from models.letters import LetterKind
from services import mailing, watches
from services.watches import Watched
from tests.adapters.faulty_relay import Answer, FaultyRelay
from tests.faults.acts import Stand, at_desk
from tests.faults.bench import Place, Shelf, Sink, recover, resolving, running_sink, sending
from tests.faults.injection import Zygote
from tests.faults.world import MORNING
from tests.postgresql_cluster import find_free_port

SEED = 20261124
VILLAGES = 8
SHORT, LONG = 4, 60
MINUTE = timedelta(minutes=1)
THREE = (LetterKind.FOR_DECISION, LetterKind.DISPATCH)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3_600)]


def test_a_relay_killed_before_it_answers_doubles_and_loses_nothing(
    tmp_path: Path, zygote: Zygote
) -> None:
    _kill_relay(tmp_path, zygote, times=SHORT)


@pytest.mark.faults
def test_a_relay_killed_many_times_doubles_and_loses_nothing(
    tmp_path: Path, zygote: Zygote
) -> None:
    _kill_relay(tmp_path, zygote, times=LONG)


def _kill_relay(folder: Path, zygote: Zygote, *, times: int) -> None:
    """Let the relay die after it took its n-th letter; then a sound one at the same port."""
    chance, log = random.Random(SEED), folder / "sink.log"
    shelf = Shelf(folder, villages=VILLAGES)
    died = 0
    for _ in range(times):
        shelf.set_back(log)
        port, lives = find_free_port(), chance.randint(1, VILLAGES)
        with running_sink(log, port=port, die_after=lives) as sink:
            assert zygote.run(sending(shelf.place, port, chance.choice((1, 4)))) == 0
            sink.process.wait(timeout=30)
            died += 1
        with running_sink(log, port=port) as sink:
            findings = recover(shelf.place, zygote, sink)
        assert findings.is_clean, f"died after {lives}: {vars(findings)}"
    print(f"seed {SEED}: {died} relays died between accepting and answering, all clean")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Letters of three kinds on SQLite."""
    folder = tmp_path_factory.mktemp("relays")
    return Shelf(folder, villages=VILLAGES, kinds=THREE, not_after=MORNING + timedelta(days=2))


def _send(place: Place, port: int, now: datetime) -> Stand:
    """One round of the mailroom at that instant, its watch included."""
    with at_desk(place.home, place.url, now=now) as desk:
        desk.chosen_relay = RelaySettings(host="127.0.0.1", port=port, tls="none")
        mailing.resolve_stranded(desk)
        asyncio.run(mailing.send_due(desk))
        watched = Watched(
            commune=desk.commune, relay=desk.relay.name, policy=desk.policy, calendar=desk.calendar
        )
        watches.check(desk.engine, watched, now=now)
        return desk


def _rounds(
    place: Place, port: int, *, first: timedelta, last: timedelta, every: timedelta
) -> None:
    later = first
    while later <= last:
        _send(place, port, MORNING + later)
        later += every


def _read(place: Place, *columns: object) -> Sequence[tuple[object, ...]]:
    engine = open_engine(place.url)
    with transaction(engine) as connection:
        rows = connection.execute(select(*columns)).all()  # type: ignore[call-overload]
    engine.dispose()
    return [tuple(row) for row in rows]


def _states(place: Place) -> Counter[object]:
    return Counter(state for (state,) in _read(place, tables.outbox.c.state))


def test_letters_wait_for_a_relay_that_is_away_for_hours_and_all_arrive(
    shelf: Shelf, tmp_path: Path
) -> None:
    place, port = shelf.copy_to(tmp_path / "home"), find_free_port()
    _rounds(place, port, first=MINUTE * 0, last=MINUTE * 120, every=MINUTE * 5)
    ((failures, since),) = _read(place, tables.relays.c.failures, tables.relays.c.failing_since)
    assert since == MORNING
    assert failures == 10, "tried at once, after 1, 5 and then every 15 minutes"
    assert _states(place) == {"ready": VILLAGES + len(THREE)}
    assert _read(place, tables.outbox_attempts.c.id) == [], "no letter lost an attempt"
    kinds = {kind for (kind,) in _read(place, tables.alarms.c.kind)}
    assert kinds >= {"letters_wait", "relay_failing"}
    with running_sink(tmp_path / "sink.log", port=port):
        _rounds(place, port, first=MINUTE * 135, last=MINUTE * 150, every=MINUTE * 15)
    assert _states(place) == {"accepted": VILLAGES + len(THREE)}
    a = tables.alarms.c
    open_still = {kind for kind, at in _read(place, a.kind, a.settled_at) if at is None}
    assert open_still <= {"no_morning_round"}, "no flow runs here"
    ((failures, open_until),) = _read(place, tables.relays.c.failures, tables.relays.c.open_until)
    assert (failures, open_until) == (0, None)


def test_letters_that_a_relay_was_away_for_too_long_expire_and_a_person_is_told(
    shelf: Shelf, tmp_path: Path
) -> None:
    place, port = shelf.copy_to(tmp_path / "home"), find_free_port()
    _rounds(place, port, first=MINUTE * 0, last=timedelta(days=3), every=timedelta(hours=3))
    with running_sink(tmp_path / "sink.log", port=port) as sink:
        _rounds(
            place, port, first=timedelta(days=3, hours=1), last=timedelta(days=3, hours=2),
            every=timedelta(hours=1),
        )  # fmt: skip
        assert not sink.log.exists() or sink.log.read_text() == ""
    assert _states(place) == {"expired": VILLAGES + len(THREE)}
    told = [key for key, kind in _read(place, tables.alarms.c.dedupe_key, tables.alarms.c.kind)
            if kind == "letter.needs_human"]  # fmt: skip
    assert len(told) == len(THREE), "what nothing covers is on a person's desk"
    held = {letter for (letter,) in _read(place, tables.outbox_items.c.outbox_id)}
    assert held <= {None}, "a reminder gives its rung back"


class Stingy(FaultyRelay):
    """A relay that takes so many letters a minute of the simulated time, and asks to wait."""

    def __init__(self, most: int, refusal: str) -> None:
        super().__init__(extensions=("PIPELINING",))
        self.most, self.refusal = most, refusal
        self.minute_begins()

    def minute_begins(self) -> None:
        """Take letters again."""
        self._before = len(self.letters)

    def _answer(self, key: str, default: str) -> Answer:
        is_full = len(self.letters) - self._before >= self.most
        return self.refusal if key == "RCPT" and is_full else super()._answer(key, default)


class Greylisting(FaultyRelay):
    """A relay that takes a letter for a recipient only on the second try, five minutes later."""

    def __init__(self) -> None:
        super().__init__(extensions=("PIPELINING",))
        self.now = MORNING
        self.refused = 0
        self._first: dict[str, datetime] = {}

    def _answer(self, key: str, default: str) -> Answer:
        if key != "RCPT":
            return super()._answer(key, default)
        seen = self._first.setdefault(self.lines[-1], self.now)
        if self.now - seen >= 5 * MINUTE:
            return default
        self.refused += 1
        return "451 4.7.1 greylisted, try again in 5 minutes"


async def _send_through(place: Place, relay: FaultyRelay, now: datetime) -> None:
    with at_desk(place.home, place.url, now=now) as desk:
        desk.chosen_relay = RelaySettings(host="127.0.0.1", port=relay.port, tls="none")
        mailing.resolve_stranded(desk)
        await mailing.send_due(desk)


@pytest.mark.parametrize(
    "refusal", ["450 4.7.1 rate limit exceeded", "421 4.7.0 too many messages", "451 4.7.650 slow"]
)
def test_a_relay_that_limits_the_rate_gets_everything_in_the_end(
    shelf: Shelf, tmp_path: Path, refusal: str
) -> None:
    place = shelf.copy_to(tmp_path / "home")

    async def pass_hours() -> list[bytes]:
        async with Stingy(2, refusal) as relay:
            for minutes in range(0, 170, 6):
                relay.minute_begins()
                await _send_through(place, relay, MORNING + minutes * MINUTE)
            return relay.letters

    letters = asyncio.run(pass_hours())
    assert len(letters) == len(set(letters)) == VILLAGES + len(THREE)
    assert _states(place) == {"accepted": VILLAGES + len(THREE)}


def test_a_relay_that_greylists_gets_everything_on_the_second_try(
    shelf: Shelf, tmp_path: Path
) -> None:
    place = shelf.copy_to(tmp_path / "home")

    async def pass_hours() -> Greylisting:
        async with Greylisting() as relay:
            for minutes in (0, 1, 3, 6, 10, 15):
                relay.now = MORNING + minutes * MINUTE
                await _send_through(place, relay, relay.now)
            return relay

    relay = asyncio.run(pass_hours())
    assert len(relay.letters) == len(set(relay.letters)) == VILLAGES + len(THREE)
    assert relay.refused <= 2 * (VILLAGES + len(THREE)), "at most one try in five minutes or so"
    assert _states(place) == {"accepted": VILLAGES + len(THREE)}


def test_a_sink_that_lives_says_so(
    sink: Sink, zygote: Zygote, shelf: Shelf, tmp_path: Path
) -> None:
    place = shelf.copy_to(tmp_path / "home")
    assert zygote.run(resolving(place, None)) == 0
    assert zygote.run(sending(place, sink.port)) == 0
    assert _states(place) == {"accepted": VILLAGES + len(THREE)}
