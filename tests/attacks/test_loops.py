"""Two engines that write to each other stop at once, and no duty can be switched off (rows 46-48)."""

import pytest
from sqlalchemy import update

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.incoming_mail import read_mail
from models.incoming import AUTOMATIC_CLASSES
from models.incoming_classes import classify
from services.auto_replies import may_answer
from services.inbox_facts import Intake, read_known
from tests.services.mailroom import Mailroom
from tests.services.stage import COMMUNE, NIL, Office, at, owed_by

NOW = at((17, 6), "07:30")
OTHER = Intake(commune=COMMUNE, addresses=("vp@batmot.example",), authserv_id="mx.other.example")


@pytest.fixture
def sent(office: Office, mailroom: Mailroom) -> list[bytes]:
    """What one engine sends of itself: a receipt, reminders, letters about lateness."""
    office.submit(owed_by("thon-01"), NIL, now=NOW)
    mailroom.plan(NOW)
    mailroom.send(NOW)
    return mailroom.contents()


@pytest.mark.slow
def test_another_engine_answers_none_of_our_letters(
    sent: list[bytes], mailroom: Mailroom, blobs: BlobStore
) -> None:
    assert len(sent) > 10
    stranger = update(tables.frozen_letters).values(message_id=None, token_sha256=None)
    with transaction(mailroom.engine) as connection:
        connection.execute(stranger)  # the other engine knows neither letters nor tokens
    for raw in sent:
        mail = read_mail(raw, reading=OTHER.reading(blobs))
        with transaction(mailroom.engine) as connection:
            known = read_known(connection, mail, intake=OTHER, blobs=blobs)
            judged = classify(mail, known).mail_class
            assert judged in AUTOMATIC_CLASSES, mail.subject
            assert not may_answer(judged)


@pytest.mark.slow
def test_every_letter_says_that_a_machine_wrote_it_and_none_asks_for_an_answer(
    sent: list[bytes], mailroom: Mailroom
) -> None:
    assert sent
    for letter in mailroom.letters():
        assert str(letter["Auto-Submitted"]) in {"auto-generated", "auto-replied"}
        assert letter["X-Auto-Response-Suppress"] == "All"
        for asking in ("Disposition-Notification-To", "Return-Receipt-To", "Precedence"):
            assert letter[asking] is None


@pytest.mark.slow
def test_a_duty_has_no_unsubscribe_link(sent: list[bytes], mailroom: Mailroom) -> None:
    """RFC 8058 is for optional copies; the engine sends none, so nothing offers to stop."""
    assert sent
    for letter in mailroom.letters():
        assert letter["List-Unsubscribe"] is None
        assert letter["List-Unsubscribe-Post"] is None
