"""The corpus of mails: each is taken for what it is, by the reader and the ledger together."""

import pytest
from sqlalchemy import Engine, insert, update

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.incoming_mail import read_mail
from adapters.ledger import PlanRecord
from adapters.reply_tokens import token_sha256
from models.incoming_classes import Judgement, classify
from models.letters import LetterKind, LetterState
from services.inbox_facts import Intake, read_known
from tests.incoming_corpus import CORPUS, Sample
from tests.incoming_mails import (
    AUTHSERV,
    LETTER_ID,
    OLD_TOKEN,
    REPLY_TO,
    SENDER,
    TOKEN,
    UNIT_ADDRESS,
)
from tests.services.letter_rows import insert_letter
from tests.services.stage import COMMUNE, ISSUED_ON, PLAN, at

INTAKE = Intake(commune=COMMUNE, addresses=(REPLY_TO, SENDER), authserv_id=AUTHSERV)


@pytest.fixture
def ledger(engine: Engine, active_plan: PlanRecord) -> Engine:
    """A letter to the office with its token, and another of a plan that has ended."""
    old = {"id": "kh-cu", "state": "closed"}
    letters = (
        (1, active_plan.id, TOKEN, LETTER_ID),
        (2, "kh-cu", OLD_TOKEN, "<old@batmot.example>"),
    )
    with transaction(engine) as connection:
        row = connection.execute(tables.plans.select()).mappings().one()
        connection.execute(insert(tables.plans).values(dict(row) | old))
        for number, plan_id, token, message_id in letters:
            insert_letter(
                connection, id=number, dedupe_key=f"giao/{number}", commune=COMMUNE,
                plan_id=plan_id, kind=LetterKind.ASSIGNMENT, unit_id="vp", attempt=1,
                contact_id="vp.contact", address=UNIT_ADDRESS, not_before=at(ISSUED_ON),
                state=LetterState.ACCEPTED, message_id=message_id,
                token_sha256=token_sha256(token), created_at=at(ISSUED_ON),
            )  # fmt: skip
    assert active_plan.id == PLAN
    return engine


def judge(engine: Engine, blobs: BlobStore, raw: bytes) -> Judgement:
    mail = read_mail(raw, reading=INTAKE.reading(blobs))
    with transaction(engine) as connection:
        return classify(mail, read_known(connection, mail, intake=INTAKE, blobs=blobs))


def expected(sample: Sample) -> tuple[object, ...]:
    return sample.mail_class, sample.state, sample.gravity


@pytest.mark.slow
def test_every_mail_of_the_corpus_is_taken_for_what_it_is(ledger: Engine, blobs: BlobStore) -> None:
    judged = {sample.name: judge(ledger, blobs, sample.raw) for sample in CORPUS}
    assert len(judged) == len(CORPUS) >= 60
    found = {name: (j.mail_class, j.state, j.gravity) for name, j in judged.items()}
    assert found == {sample.name: expected(sample) for sample in CORPUS}
    wrong = [s.name for s in CORPUS if not judged[s.name].reason.startswith(s.reason)]
    assert wrong == []


def test_a_reply_names_the_unit_and_the_person_who_wrote(ledger: Engine, blobs: BlobStore) -> None:
    judged = {s.name: judge(ledger, blobs, s.raw) for s in CORPUS if s.name == "the head answers"}
    answer = judged["the head answers"]
    assert answer.letter is not None
    assert answer.contact is not None
    assert (answer.letter.id, answer.contact.contact_id) == (1, "vp.head")


def test_a_letter_that_was_never_sent_is_nobodys_own_mail(ledger: Engine, blobs: BlobStore) -> None:
    with transaction(ledger) as connection:
        connection.execute(update(tables.frozen_letters).values(message_id=None))
    raw = b"From: ai@do.example\r\nTo: vhxh@batmot.example\r\n\r\nKhong co ma thu.\r\n"
    assert judge(ledger, blobs, raw).mail_class == "unmatched"
