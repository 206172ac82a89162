"""The whole way on a real Postfix and a real Dovecot: letters, a bounce, replies, receipts."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Row

from adapters import tables
from adapters.blobs import BlobStore
from models.letters import LetterKind, LetterState
from models.plans import PlanDossier
from services.assignments import issue_assignments
from services.inbox_facts import Intake
from services.mail_answers import Taken, take_answers
from services.mail_replies import Clerk
from tests.mail_servers import (
    AUTHSERV,
    Dovecot,
    Postfix,
    missing_programs,
    running_dovecot,
    running_postfix,
)
from tests.services.inbox_stage import Postbox
from tests.services.mail_stage import filled_form
from tests.services.mailroom import FEW, Mailroom, with_units
from tests.services.stage import COMMUNE, ISSUED_ON, PLAN, Office, at, owed_by

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


def test_letters_arrive_a_bounce_moves_to_the_next_contact_and_replies_become_answers(
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
            wait_for(partial(has_arrived, postbox.dovecot, row))
    follow_bounce(mailroom, postbox)
    remind_the_next(mailroom, postbox, postfix)
    village = next(row for row in rows if row.unit_id == "thon-01")
    see_reply(postbox, postfix, village)
    clerk = Clerk(
        engine=mailroom.engine, blobs=postbox.blobs, calendar=office.calendar,
        letterhead=mailroom.composer.letterhead, intake=postbox.intake, now=MONDAY,
    )  # fmt: skip
    confirm(clerk, mailroom, postbox, postfix)
    send_form(replace(clerk, now=MONDAY + timedelta(hours=2)), mailroom, postbox, postfix)


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


def confirm(clerk: Clerk, mailroom: Mailroom, postbox: Postbox, postfix: Postfix) -> None:
    """The confirmation becomes the acknowledgement, and its receipt comes back."""
    assert take_answers(clerk) == Taken(answered=1)
    (version,) = postbox.rows(tables.submissions)
    assert (version.obligation_id, version.channel) == (owed_by("thon-01", "XN"), "mail")
    receive(mailroom, postbox, postfix, clerk.now)


def send_form(clerk: Clerk, mailroom: Mailroom, postbox: Postbox, postfix: Postfix) -> None:
    """A reply with the filled form becomes the village's sheet, and its receipt comes back."""
    village = mailroom.rows(LetterKind.ASSIGNMENT, contact="thon-01.head")[0]
    answer = message_from_bytes(reply_to(postbox.dovecot, village.address), policy=policy.SMTP)
    assert isinstance(answer, EmailMessage)
    answer.replace_header("Message-ID", "<tra-loi-2@may-cua-thon.example>")
    answer.set_content("Thôn gửi phiếu số liệu.")
    form = filled_form(
        clerk, owed_by("thon-01"), {"TT01": 3, "TT02": 30, "TT10": 2, "TT12": 80}, now=clerk.now
    )
    answer.add_attachment(
        form, maintype="application", subtype="octet-stream", filename="Phiếu số liệu thôn.xlsx"
    )
    postfix.submit(answer.as_bytes(), sender=village.address, recipient=str(answer["To"]))
    wait_for(lambda: any(b"tra-loi-2@" in raw for raw in postbox.waiting()))
    assert postbox.fetch(clerk.now).kept == 1
    assert take_answers(clerk) == Taken(answered=1)
    sheet = next(
        v for v in postbox.rows(tables.submissions) if v.obligation_id == owed_by("thon-01")
    )
    assert sheet.answer["values"] == {"TT01": 3, "TT02": 30, "TT10": 2, "TT12": 80}
    assert [file["name"] for file in sheet.answer["attachments"]] == ["Phiếu số liệu thôn.xlsx"]
    receive(mailroom, postbox, postfix, clerk.now)


def receive(mailroom: Mailroom, postbox: Postbox, postfix: Postfix, now: datetime) -> None:
    """The newest receipt leaves, arrives in its reader's mailbox, and can start no loop."""
    receipt = mailroom.rows(LetterKind.RECEIPT)[-1]
    mailroom.send(now, port=postfix.port)
    receipt = next(row for row in mailroom.rows(LetterKind.RECEIPT) if row.id == receipt.id)
    wait_for(lambda: receipt.message_id in ids(postbox.dovecot, receipt.address))
    raws = postbox.dovecot.letters(receipt.address)
    found = next(raw for raw in raws if str(receipt.message_id).encode() in raw)
    assert b"Auto-Submitted: auto-replied" in found
    assert b"Return-Path: <>" in found


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


def has_arrived(dovecot: Dovecot, row: Row[Any]) -> bool:
    """Whether the letter of a row lies in the mailbox of its address."""
    return row.message_id in ids(dovecot, row.address)


def wait_for(is_so: Callable[[], bool]) -> None:
    """Wait until something has happened on the way of the mail."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < end, "the mail did not arrive"
        time.sleep(0.1)
