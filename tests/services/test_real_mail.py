"""The whole way on a real Postfix and a real Dovecot: letters, a bounce, a reply."""

import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import Row

from adapters import tables
from adapters.blobs import BlobStore
from models.letters import LetterKind, LetterState
from models.plans import PlanDossier
from services.assignments import issue_assignments
from services.inbox_facts import Intake
from tests.mail_servers import (
    AUTHSERV,
    Dovecot,
    Postfix,
    missing_programs,
    running_dovecot,
    running_postfix,
)
from tests.services.inbox_stage import Postbox
from tests.services.mailroom import FEW, Mailroom, with_units
from tests.services.stage import COMMUNE, ISSUED_ON, PLAN, Office, at

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(missing_programs() is not None, reason=str(missing_programs())),
]
DOMAIN = "batmot.example"
DEAD = "vp@batmot.example"
REPLIES = "tra-loi@batmot.example"
MORNING = at(ISSUED_ON, "08:30")
MONDAY = at((25, 5), "08:00")
PATIENCE_SECONDS = 30


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture(scope="module")
def dovecot(dossier: PlanDossier) -> Iterator[Dovecot]:
    """A mailbox for every contact whose address still exists, and one for the replies."""
    contacts = [c.email for unit in dossier.units.units for c in unit.contacts]
    with running_dovecot([a for a in dict.fromkeys(contacts) if a != DEAD] + [REPLIES]) as server:
        yield server


@pytest.fixture(scope="module")
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    aliases = {"don-doc@batmot.example": REPLIES, "vhxh@batmot.example": REPLIES}
    with running_postfix(dovecot.lmtp_port, DOMAIN, aliases=aliases) as server:
        yield server


@pytest.fixture(params=["sqlite"])
def backend(request: pytest.FixtureRequest) -> str:
    """One database is enough: what the ledger does is tested on both elsewhere."""
    return str(request.param)


@pytest.fixture
def postbox(mailroom: Mailroom, blobs: BlobStore, dovecot: Dovecot) -> Postbox:
    """The mailbox that replies and bounces come to."""
    head = mailroom.composer.letterhead
    bases = (head.reply_to, head.sender.address)
    intake = Intake(commune=COMMUNE, addresses=bases, authserv_id=AUTHSERV)
    return Postbox(mailroom.engine, blobs, dovecot, REPLIES, intake)


def test_letters_arrive_a_bounce_moves_to_the_next_contact_and_a_reply_is_seen(
    mailroom: Mailroom, office: Office, postbox: Postbox, postfix: Postfix
) -> None:
    issue_assignments(
        office.engine, PLAN, blobs=postbox.blobs, calendar=office.calendar, now=MORNING
    )
    sent = mailroom.send(MORNING, port=postfix.port)
    rows = mailroom.rows(LetterKind.ASSIGNMENT)
    assert sent.accepted == len(rows) > 10
    for row in rows:
        if row.address not in {DEAD, "vhxh@batmot.example"}:
            wait_for(lambda row=row: row.message_id in ids(postbox.dovecot, row.address))
    follow_bounce(mailroom, postbox)
    remind_the_next(mailroom, postbox, postfix)
    village = next(row for row in rows if row.unit_id == "thon-01")
    see_reply(postbox, postfix, village)


def follow_bounce(mailroom: Mailroom, postbox: Postbox) -> None:
    """The bounce of the dead address comes back, flags the contact and is told."""
    wait_for(lambda: any(b"Undelivered Mail" in raw for raw in postbox.waiting()))
    postbox.fetch(MORNING)
    (dead,) = [row for row in mailroom.rows() if row.address == DEAD]
    assert dead.state == LetterState.BOUNCED
    flagged = [c.id for c in postbox.rows(tables.contacts) if c.flagged_at is not None]
    assert flagged == ["vp.contact"]
    (told,) = postbox.alarms()
    assert DEAD in told


def remind_the_next(mailroom: Mailroom, postbox: Postbox, postfix: Postfix) -> None:
    """What the unit owes is asked of its head from now on."""
    mailroom.plan(MONDAY)
    mailroom.send(MONDAY, port=postfix.port)
    reminder = next(row for row in mailroom.rows() if row.day and row.unit_id == "vp")
    assert reminder.contact_id == "vp.head"
    wait_for(lambda: reminder.message_id in ids(postbox.dovecot, reminder.address))


def see_reply(postbox: Postbox, postfix: Postfix, village: Row[tuple[object, ...]]) -> None:
    """A reply to the address in the letter is stored with its unit, contact and letter."""
    to = received(postbox.dovecot, village.address)["Reply-To"]
    postfix.submit(reply_to(postbox.dovecot, village.address), sender=village.address, recipient=to)
    wait_for(lambda: any("Đã nhận kế hoạch".encode() in raw for raw in postbox.waiting()))
    assert postbox.fetch(MONDAY).kept == 1
    answer = next(row for row in postbox.rows() if row.state == "kept")
    assert (answer.mail_class, answer.unit_id) == ("answer", "thon-01")
    assert (answer.contact_id, answer.outbox_id) == (village.contact_id, village.id)
    assert postbox.waiting() == []


def ids(dovecot: Dovecot, address: str) -> list[str]:
    """The Message-IDs in the mailbox of an address."""
    found = (message_from_bytes(raw, policy=policy.default) for raw in dovecot.letters(address))
    return [str(message["Message-ID"]) for message in found]


def received(dovecot: Dovecot, address: str) -> EmailMessage:
    """The first letter in the mailbox of an address, as a mail program reads it."""
    message = message_from_bytes(dovecot.letters(address)[0], policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def reply_to(dovecot: Dovecot, address: str) -> bytes:
    """What the reader's mail program writes when the reader answers."""
    letter, answer = received(dovecot, address), EmailMessage(policy=policy.SMTP)
    answer["From"] = f"Trưởng thôn <{address}>"
    answer["To"] = letter["Reply-To"]
    answer["Subject"] = f"Re: {letter['Subject']}"
    answer["Message-ID"] = "<tra-loi-1@may-cua-thon.example>"
    answer["In-Reply-To"] = letter["Message-ID"]
    answer["References"] = f"{letter['References'] or ''} {letter['Message-ID']}".strip()
    answer.set_content("Đã nhận kế hoạch.\n\nVào Th 2, UBND xã đã viết:\n> Kính gửi")
    return answer.as_bytes()


def wait_for(is_so: Callable[[], bool]) -> None:
    """Wait until something has happened on the way of the mail."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < end, "the mail did not arrive"
        time.sleep(0.1)
