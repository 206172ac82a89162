"""Automatic answers: none to machines, at most one an hour to an address."""

import pytest
from sqlalchemy import Engine, insert

from adapters import tables
from adapters.database import transaction
from models.incoming import AUTOMATIC_CLASSES, MailClass
from models.letters import LetterKind, LetterState
from services.auto_replies import may_answer
from tests.services.stage import COMMUNE, PLAN, at

ADDRESS = "vp@batmot.example"
NOW = at((12, 5), "09:00")


def asked(engine: Engine, mail_class: MailClass = MailClass.ANSWER, hour: str = "09:00") -> bool:
    with transaction(engine) as connection:
        return may_answer(
            connection, ADDRESS, commune=COMMUNE, mail_class=mail_class, now=at((12, 5), hour)
        )


@pytest.mark.parametrize("mail_class", sorted(MailClass))
def test_only_a_person_is_answered(engine: Engine, mail_class: MailClass) -> None:
    answered = {MailClass.ANSWER, MailClass.UNVERIFIED}
    assert asked(engine, mail_class) is (mail_class in answered)
    assert not AUTOMATIC_CLASSES & answered


def test_an_address_gets_one_automatic_answer_an_hour(engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.execute(
            insert(tables.outbox).values(
                dedupe_key="receipt/1", commune=COMMUNE, plan_id=PLAN, kind=LetterKind.RECEIPT,
                unit_id="vp", contact_id="vp.contact", address=ADDRESS.upper(), not_before=NOW,
                state=LetterState.READY, attempt=0, created_at=NOW,
            )
        )  # fmt: skip
    assert not asked(engine, hour="09:59")
    assert asked(engine, hour="10:01")
