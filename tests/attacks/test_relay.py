"""Attacks on the line to the relay, along the whole path (rows 1, 5, 7, 14)."""

import asyncio
import re
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from adapters import tables
from adapters.database import transaction
from models.alarms import RELAY_FAILS_AFTER, AlarmKind
from models.letters import LetterState
from services import watches
from services.watches import Watched
from tests.adapters.faulty_relay import HANG, FaultyRelay, Script
from tests.services.mailroom import Mailroom
from tests.services.stage import COMMUNE, NIL, Office, at, owed_by

NOW = at((17, 6), "07:30")
SMUGGLED = "MAIL FROM:<ubnd@tinh.example>\r\nRCPT TO:<a@b.example>\r\nDATA\r\nSubject: gia\r\n\r\nx"
ENDS = ["\n.\n", "\r.\r", "\n.\r\n", "\r\n.\r", "\r\n.\n", "\r\n.\r\n", "\r\n\0.\r\n"]


@pytest.fixture
def receipt(office: Office) -> str:
    """One receipt in the outbox, and nothing else."""
    office.submit(owed_by("thon-01"), NIL, now=NOW)
    return "receipt"


def talk(mailroom: Mailroom, answers: Script) -> tuple[FaultyRelay, float]:
    """Send to a relay of that script; gives it and how long the round took."""

    async def send() -> FaultyRelay:
        async with FaultyRelay(answers) as relay:
            await mailroom.deliver(NOW, relay.port)
            return relay

    since = time.monotonic()
    return asyncio.run(send()), time.monotonic() - since


@pytest.mark.usefixtures("receipt")
def test_a_relay_that_is_away_for_ten_minutes_is_told_and_settled_when_it_is_back(
    mailroom: Mailroom, free_port: int
) -> None:
    name = f"127.0.0.1:{free_port}"
    watched = Watched(
        commune=COMMUNE, relay=name, policy=mailroom.policy, calendar=mailroom.calendar
    )
    assert mailroom.send(NOW, port=free_port).relay_failed
    for minutes, told in ((0, False), (9, False), (10, True), (20, True)):
        watches.check(mailroom.engine, watched, now=NOW + timedelta(minutes=minutes))
        assert (AlarmKind.RELAY_FAILING in mailroom.alarms()) is told
    assert timedelta(minutes=10) == RELAY_FAILS_AFTER
    assert mailroom.row().attempt == 0
    a = tables.alarms.c
    with transaction(mailroom.engine) as connection:
        found = connection.execute(select(a.dedupe_key).where(a.kind == AlarmKind.RELAY_FAILING))
        assert len(found.all()) == 1


@pytest.mark.usefixtures("receipt")
def test_a_relay_that_keeps_silent_after_its_yes_keeps_nobody_waiting(mailroom: Mailroom) -> None:
    relay, seconds = talk(mailroom, {"QUIT": HANG})
    assert len(relay.letters) == 1
    assert mailroom.row().state == LetterState.ACCEPTED
    assert seconds < 5


@pytest.mark.slow
@pytest.mark.usefixtures("office")
def test_every_letter_has_exactly_one_recipient(mailroom: Mailroom) -> None:
    mailroom.plan(NOW)
    mailroom.send(NOW)
    sent = mailroom.letters()
    assert len(sent) > 10
    for octets in mailroom.folder.glob("*.eml"):
        head = octets.read_bytes().split(b"\r\n\r\n")[0].decode()
        (envelope,) = re.findall(r"^X-Envelope-To: (.*)$", head, re.MULTILINE)
        assert envelope.count("@") == 1
        assert not re.search(r"^(Cc|Bcc):", head, re.MULTILINE | re.IGNORECASE)


@pytest.mark.parametrize("end", ENDS, ids=[repr(e) for e in ENDS])
@pytest.mark.usefixtures("receipt")
def test_no_text_ends_its_letter_or_begins_another(mailroom: Mailroom, end: str) -> None:
    mailroom.claim(NOW)
    row = mailroom.row()
    hostile = row.frozen + b"\r\n" + f"x{end}{SMUGGLED}{end}".encode()
    with transaction(mailroom.engine) as connection:
        f = tables.frozen_letters
        connection.execute(f.update().where(f.c.outbox_id == row.id).values(content=hostile))
    mailroom.alter(row.id, state=LetterState.READY, owner=None, phase=None)
    relay, _ = talk(mailroom, {})
    assert len(relay.letters) == 1
    mailroom.alter(row.id, state=LetterState.READY, owner=None, phase=None)
    mailroom.send(NOW)
    assert len(mailroom.contents()) == 1
