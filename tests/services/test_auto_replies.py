"""Automatic answers: none to machines, at most one an hour to an address."""

from datetime import datetime

import pytest
from sqlalchemy import Engine, insert

from adapters import tables
from adapters.database import transaction
from models.incoming import AUTOMATIC_CLASSES, MailClass
from models.letters import LetterKind, LetterState
from services.auto_replies import answer_slot, may_answer
from tests.services.stage import COMMUNE, PLAN, at

ADDRESS = "vp@batmot.example"
NOW = at((12, 5), "09:00")


@pytest.mark.parametrize("mail_class", sorted(MailClass))
def test_only_a_person_is_answered(mail_class: MailClass) -> None:
    answered = {MailClass.ANSWER, MailClass.UNVERIFIED}
    assert may_answer(mail_class) is (mail_class in answered)
    assert not AUTOMATIC_CLASSES & answered


def leave(engine: Engine, now: datetime, kind: LetterKind = LetterKind.RECEIPT) -> datetime | None:
    """Put the next automatic answer in the outbox; gives when it leaves."""
    with transaction(engine) as connection:
        slot = answer_slot(connection, ADDRESS, commune=COMMUNE, now=now)
        if slot is not None:
            connection.execute(
                insert(tables.outbox).values(
                    dedupe_key=f"{kind}/{slot}", commune=COMMUNE, plan_id=PLAN, kind=kind,
                    unit_id="vp", contact_id="vp.contact", address=ADDRESS.upper(),
                    not_before=slot, state=LetterState.READY, attempt=0, created_at=now,
                )
            )  # fmt: skip
    return slot


def test_an_address_gets_one_automatic_answer_an_hour_and_none_of_a_flood(engine: Engine) -> None:
    hours = [leave(engine, NOW) for _ in range(6)]
    assert hours == [at((12, 5), f"{hour}:00") for hour in ("09", "10", "11", "12")] + [None] * 2
    assert leave(engine, at((12, 5), "12:59")) == at((12, 5), "13:00")
    assert leave(engine, at((12, 5), "14:01")) == at((12, 5), "14:01")


def test_letters_that_answer_nothing_take_no_turn(engine: Engine) -> None:
    assert leave(engine, NOW, LetterKind.ASSIGNMENT) == NOW
    assert leave(engine, NOW) == NOW
