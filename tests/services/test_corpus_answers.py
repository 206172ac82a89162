"""The corpus of mails taken in: exactly what should becomes an answer, and nothing is lost."""

import pytest
from sqlalchemy import delete, update

from adapters import tables
from adapters.database import transaction
from adapters.reply_tokens import token_sha256
from models.incoming import InboxState, MailClass
from models.letters import LetterKind
from models.obligations import ObligationState
from services.mail_answers import take_answers
from tests.incoming_corpus import BECOMES, CORPUS
from tests.incoming_mails import LETTER_ID, TOKEN
from tests.services.mail_stage import Correspondence


@pytest.fixture(params=["sqlite"])
def backend(request: pytest.FixtureRequest) -> str:
    """One database is enough: the services are tested on both elsewhere."""
    return str(request.param)


def begin_anew(mails: Correspondence) -> None:
    """The office has its letter and has answered nothing."""
    untouched = {
        "state": ObligationState.OWED, "version": 0, "first_received_at": None, "closed_at": None,
    }  # fmt: skip
    with transaction(mails.clerk.engine) as connection:
        for table in (
            tables.submissions,
            tables.inbox,
            tables.outbox,
            tables.frozen_letters,
            tables.alarms,
        ):
            connection.execute(delete(table))
        connection.execute(update(tables.obligations).values(untouched))
        connection.execute(update(tables.contacts).values(flagged_at=None))
    mails.write("vp")
    known = {"token_sha256": token_sha256(TOKEN), "message_id": LETTER_ID}
    with transaction(mails.clerk.engine) as connection:
        connection.execute(update(tables.outbox).values(id=1))
        connection.execute(update(tables.frozen_letters).values(outbox_id=1, **known))


@pytest.mark.slow
def test_every_mail_of_the_corpus_becomes_what_it_should_and_none_is_lost(
    mails: Correspondence,
) -> None:
    became: dict[str, str] = {}
    answered: dict[str, list[str]] = {}
    for sample in CORPUS:
        begin_anew(mails)
        mails.store(sample.raw)
        take_answers(mails.clerk)
        (row,) = mails.rows()
        assert mails.clerk.blobs.get(row.sha256) == sample.raw
        assert row.state != InboxState.KEPT, sample.name
        assert not row.reason.startswith("E-IN-POISON"), sample.name
        for version in mails.versions():
            became[sample.name] = version.obligation_id.split("/")[1]
        answered[sample.name] = [str(x.kind) for x in mails.rows(tables.outbox)[1:]]
        if row.mail_class in {MailClass.SPOOFED, MailClass.UNMATCHED, MailClass.AUTO_REPLY}:
            assert mails.versions() == [], sample.name
            assert answered[sample.name] == [], sample.name
    assert became == BECOMES
    assert {n for n, kinds in answered.items() if LetterKind.RECEIPT in kinds} == set(BECOMES)
    assert answered["a confirmation that nothing proves"] == [LetterKind.ASK_SENDER]
    assert answered["approval by mail"] == []


def test_the_files_of_old_and_odd_programs_keep_their_names(mails: Correspondence) -> None:
    names = {}
    for sample in CORPUS:
        if sample.name.startswith("a name in"):
            begin_anew(mails)
            mails.store(sample.raw)
            take_answers(mails.clerk)
            (letter,) = mails.letters(LetterKind.UNCLEAR_REPLY)
            names[sample.name] = letter.context["files"]
    assert list(names.values()) == [["Kế hoạch.pdf"]] * 3
