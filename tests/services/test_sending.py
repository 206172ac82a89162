"""Several lines and several senders at once: nothing doubled, each letter recorded once."""

import asyncio
import threading
from collections import Counter

import pytest
from sqlalchemy import select

from adapters import tables
from adapters.database import transaction
from models.letters import LetterState
from models.plans import PlanDossier
from services.claims import claim
from services.delivery import Delivery, Traffic
from services.journal import read_journal, verify
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


def message_ids(mailroom: Mailroom) -> Counter[str]:
    return Counter(str(letter["Message-ID"]) for letter in mailroom.letters())


@pytest.mark.slow
def test_four_lines_send_each_letter_once_and_record_each(mailroom: Mailroom, queue: int) -> None:
    done = asyncio.run(mailroom.deliver(NOW, mailroom.catcher.port, traffic=FOUR))
    assert done == Delivery(accepted=queue)
    assert set(message_ids(mailroom).values()) == {1}
    rows = mailroom.rows()
    assert {(r.state, r.copies, r.attempt, r.owner) for r in rows} == {
        (LetterState.ACCEPTED, 1, 1, None)
    }
    assert all(len(mailroom.attempts(row.id)) == 1 for row in rows)
    told = [e.subject for e in read_journal(mailroom.engine, commune=COMMUNE)
            if e.action == "letter.accepted"]  # fmt: skip
    assert Counter(told) == Counter(row.dedupe_key for row in rows)
    assert verify(mailroom.engine, commune=COMMUNE) == ()
    with transaction(mailroom.engine) as connection:
        assert connection.execute(select(tables.epochs.c.seq)).scalar_one() == queue


def test_two_claims_at_once_share_nothing(mailroom: Mailroom, queue: int) -> None:
    taken: list[int] = []
    begin = threading.Barrier(4)

    def take(owner: str) -> None:
        with mailroom.engine.connect() as connection:
            claimant = mailroom.claimant(connection, NOW, owner=owner)
            begin.wait(10)
            while letters := claim(claimant, most=3):
                taken.extend(letter.id for letter in letters)

    threads = [threading.Thread(target=take, args=(f"o{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(taken) == sorted(row.id for row in mailroom.rows())
    assert len(taken) == queue


@pytest.mark.slow
def test_senders_at_once_double_nothing(mailroom: Mailroom, queue: int) -> None:
    done: list[Delivery] = []

    def send(owner: str) -> None:
        port = mailroom.catcher.port
        done.append(asyncio.run(mailroom.deliver(NOW, port, owner=owner, traffic=FOUR)))

    threads = [threading.Thread(target=send, args=(f"o{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sum(d.accepted for d in done) == queue
    assert sorted(message_ids(mailroom).values()) == [1] * queue
    assert {row.state for row in mailroom.rows()} == {LetterState.ACCEPTED}
    assert verify(mailroom.engine, commune=COMMUNE) == ()


def test_a_letter_that_cannot_be_written_stops_only_itself(mailroom: Mailroom, queue: int) -> None:
    broken = mailroom.rows()[7]
    mailroom.alter(broken.id, context={"không": "đúng"})
    strange = mailroom.rows()[8]
    mailroom.alter(strange.id, contact_id="không-ai")
    assert mailroom.send(NOW).accepted == queue - 2
    rows = {row.id: row for row in mailroom.rows()}
    assert rows[broken.id].state == rows[strange.id].state == LetterState.POISONED
    a = tables.alarms.c
    with transaction(mailroom.engine) as connection:
        told = " ".join(connection.execute(select(a.text)).scalars())
    assert broken.dedupe_key in told
    assert "thon-01" in told
    assert mailroom.send(NOW).accepted == 0
