"""Doubtful mail: asked about at the registered address, decided by people, never lost."""

import re
from datetime import datetime

import pytest

from adapters import tables
from adapters.database import transaction
from adapters.mail_links import MailScope, make_mail_token, read_mail_token
from models.errors import RefusedError, UsageError
from models.incoming import InboxState, MailClass
from models.letters import LetterKind
from models.submissions import Answer
from services.held_uploads import find_held
from services.inbox_decisions import (
    accept_mail,
    ask_unit,
    confirm_by_unit,
    deny_by_unit,
    dismiss_mail,
    note_entered,
)
from services.inbox_desk import count_mails, list_mails, read_detail, read_file, read_octets
from services.mail_answers import Taken, take_answers
from services.mail_entries import MailEntry, enter_mail, read_mail_entry
from services.submissions import Receipt
from tests.incoming_mails import REPLY_TO, mail
from tests.services.mail_stage import KEY, NOW, PDF, Correspondence, filled_form
from tests.services.stage import COMMUNE, at, owed_by

SHEET_OF = owed_by("thon-01")
CAME = at((12, 5), "07:30")
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cu"
WHY = "Đã gọi điện cho trưởng thôn."


def doubtful(mails: Correspondence, *, sender: str | None = None) -> bytes:
    """A reply with the token, which no server vouches for."""
    to = mails.write("thon-01", SHEET_OF)
    raw = mails.reply("thon-01", "TT01: 3", to=to, passed=False, sender=sender)
    assert mails.arrive(raw, arrived_at=CAME) == Taken(asked=1)
    return raw


def scope_of(mails: Correspondence) -> MailScope:
    """What the link in the newest letter E22 is for."""
    letter = mails.letters(LetterKind.ASK_SENDER)[-1]
    token = str(letter.context["confirm_url"]).rpartition("/")[2]
    return read_mail_token(KEY, token, now=NOW)


def test_a_mail_that_nothing_proves_counts_after_the_registered_address_says_so(
    mails: Correspondence,
) -> None:
    doubtful(mails, sender="ai-do@gmail.example")
    assert (mails.versions(), mails.state()) == ([], InboxState.ASKED)
    (letter,) = mails.letters(LetterKind.ASK_SENDER)
    assert letter.address == mails.address("thon-01") != "ai-do@gmail.example"
    scope = scope_of(mails)
    assert confirm_by_unit(mails.clerk, scope) == "answered"
    (version,) = mails.versions(SHEET_OF)
    assert version.received_at == CAME
    assert confirm_by_unit(mails.clerk, scope) is None
    assert deny_by_unit(mails.clerk, scope) is False
    assert len(mails.versions()) == 1
    assert mails.mail().confirmed_by == "thon-01.head"


def test_a_mail_that_the_unit_denies_is_for_a_person_and_its_link_is_spent(
    mails: Correspondence,
) -> None:
    doubtful(mails)
    scope = scope_of(mails)
    assert deny_by_unit(mails.clerk, scope) is True
    assert deny_by_unit(mails.clerk, scope) is False
    assert (mails.state(), mails.versions()) == (InboxState.QUARANTINED, [])
    assert read_detail(mails.clerk, scope.mail_id).is_denied


@pytest.mark.parametrize("text", ["Cho hỏi hạn nộp?", "Đã gửi."])
def test_doubtful_words_that_would_change_nothing_are_not_asked_about(
    mails: Correspondence, text: str
) -> None:
    to = mails.write("thon-01", SHEET_OF)
    mails.arrive(mails.reply("thon-01", text, to=to, passed=False))
    assert (mails.state(), mails.letters(LetterKind.ASK_SENDER)) == (InboxState.PERSON, [])


def test_a_flood_of_doubtful_mail_is_not_answered_letter_by_letter(mails: Correspondence) -> None:
    to = mails.write("thon-01", SHEET_OF)
    for number in range(8):
        mails.store(mails.reply("thon-01", f"TT01: {number}", to=to, passed=False))
    assert take_answers(mails.clerk) == Taken(asked=4, for_person=4)
    letters = mails.letters(LetterKind.ASK_SENDER)
    assert len(letters) == len({letter.not_before for letter in letters}) == 4


def test_a_stranger_gets_no_answer_until_a_person_vouches_for_him(mails: Correspondence) -> None:
    raw = mail("TT01: 3", sender="ai@do.example", to=REPLY_TO, subject="Báo cáo của thôn")
    assert mails.arrive(raw) == Taken()
    assert mails.rows(tables.outbox) == []
    number = mails.mail().id
    with pytest.raises(RefusedError, match="chọn việc"):
        accept_mail(mails.clerk, number, by="van.phong", reason=WHY)
    with pytest.raises(RefusedError, match="lý do"):
        accept_mail(mails.clerk, number, by="van.phong", reason=" ", obligation_id=SHEET_OF)
    with pytest.raises(UsageError):
        accept_mail(mails.clerk, number, by="van.phong", reason=WHY, obligation_id="x/y/z/1")
    fate = accept_mail(mails.clerk, number, by="van.phong", reason=WHY, obligation_id=SHEET_OF)
    assert fate == "answered"
    (version,) = mails.versions(SHEET_OF)
    assert version.sent_by == "ai@do.example"
    assert mails.journal("mail.") == ["mail.unmatched", "mail.confirmed", "mail.settled"]
    again = accept_mail(mails.clerk, number, by="van.phong", reason=WHY, obligation_id=SHEET_OF)
    assert again is None
    told = [row for row in mails.rows(tables.alarms) if row.settled_at is None]
    assert told == []


def test_a_person_may_ask_the_unit_about_a_mail_without_token(mails: Correspondence) -> None:
    mails.arrive(mail("TT01: 3", sender="ai@do.example", to=REPLY_TO, subject="Báo cáo"))
    number = mails.mail().id
    with pytest.raises(RefusedError):
        ask_unit(mails.clerk, number, by="van.phong")
    assert ask_unit(mails.clerk, number, by="van.phong", obligation_id=SHEET_OF) is True
    assert ask_unit(mails.clerk, number, by="van.phong", obligation_id=SHEET_OF) is False
    assert mails.letters(LetterKind.ASK_SENDER)[0].address == mails.address("thon-01")
    assert confirm_by_unit(mails.clerk, scope_of(mails)) == "answered"


def test_a_mail_is_dismissed_with_a_reason_and_stays_readable(mails: Correspondence) -> None:
    raw = mail("Quảng cáo", sender="ai@do.example", to=REPLY_TO, subject="Khuyến mại")
    mails.arrive(raw)
    number = mails.mail().id
    with pytest.raises(RefusedError):
        dismiss_mail(mails.clerk, number, by="van.phong", reason="")
    assert dismiss_mail(mails.clerk, number, by="van.phong", reason="Thư quảng cáo.") is True
    assert dismiss_mail(mails.clerk, number, by="van.phong", reason="Thư quảng cáo.") is False
    assert read_octets(mails.clerk, number) == raw
    entry = read_detail(mails.clerk, number).journal[-1]
    assert (entry.actor, entry.action, entry.reason) == (
        "van.phong", "mail.dismissed", "Thư quảng cáo.",
    )  # fmt: skip


def test_what_a_person_entered_closes_its_mail(mails: Correspondence) -> None:
    to = mails.write("thon-01", SHEET_OF)
    mails.arrive(mails.reply("thon-01", "Gửi báo cáo.", to=to, files={"phiếu.pdf": PDF}))
    number = mails.mail().id
    for expected in (True, False):
        with transaction(mails.clerk.engine) as connection:
            closed = note_entered(
                connection, mails.clerk, number, submission_id=f"{SHEET_OF}@1", by="van.phong"
            )
        assert closed is expected
    assert mails.state() is InboxState.SETTLED


def waiting(mails: Correspondence, unit_id: str = "thon-01", *, arrived_at: datetime = CAME) -> int:
    """A mail with a document only, which waits to be entered."""
    to = mails.write(unit_id, owed_by(unit_id))
    files = {"phiếu.pdf": PDF, "cu.doc": OLD_WORD}
    raw = mails.reply(unit_id, "Gửi báo cáo.", to=to, files=files)
    mails.arrive(raw, arrived_at=arrived_at)
    return int(mails.rows()[-1].id)


def entry(mails: Correspondence, number: int, unit_id: str = "thon-01") -> MailEntry:
    return read_mail_entry(mails.clerk, number, obligation_id=owed_by(unit_id), unit_id=unit_id)


def enter(mails: Correspondence, read: MailEntry, nonce: str, figure: int = 3) -> Receipt:
    answer = Answer(values={"TT01": figure, "TT02": 30}, attachments=read.files)
    return enter_mail(
        mails.clerk, read, answer, obligation_id=SHEET_OF, by="van.phong", nonce=nonce
    )


def test_what_is_entered_from_a_mail_counts_from_when_it_came_and_closes_it(
    mails: Correspondence,
) -> None:
    read = entry(mails, waiting(mails))
    assert [file.name for file in read.files] == ["phiếu.pdf", "cu.doc"]
    first, again = enter(mails, read, "1"), enter(mails, read, "1")
    assert (first.is_new, again.is_new) == (True, False)
    (sent,) = mails.versions(SHEET_OF)
    assert (sent.received_at, sent.channel, sent.entered_by) == (CAME, "entered", "van.phong")
    assert sent.sent_by == "thon-01.head"
    assert mails.state() is InboxState.SETTLED
    last = read_detail(mails.clerk, read.id).journal[-1]
    assert (last.actor, last.action) == ("van.phong", "mail.entered")
    assert f"{SHEET_OF}@1" in last.reason
    held = find_held(mails.clerk.engine, commune=COMMUNE)
    assert [(one.name, one.contact_id) for one in held] == [("cu.doc", "thon-01.head")]


def test_a_mail_closed_while_it_was_typed_takes_the_version_back(mails: Correspondence) -> None:
    read = entry(mails, waiting(mails))
    dismiss_mail(mails.clerk, read.id, by="ql", reason="Trùng.")
    with pytest.raises(RefusedError, match="vừa được người khác xử lý"):
        enter(mails, read, "1")
    assert mails.versions() == []
    with pytest.raises(RefusedError, match="đã được xử lý"):
        entry(mails, read.id)


def test_nothing_is_entered_from_a_doubtful_mail_or_for_another_unit(
    mails: Correspondence,
) -> None:
    doubtful(mails)
    with pytest.raises(RefusedError, match="Chưa xác nhận"):
        entry(mails, mails.mail().id)
    number = waiting(mails, "thon-02")
    with pytest.raises(RefusedError, match="đơn vị khác"):
        entry(mails, number)
    assert entry(mails, number, "thon-02").sent_by == "thon-02.head"
    with pytest.raises(UsageError):
        entry(mails, 99)


def test_a_form_in_the_mail_fills_in_the_page(mails: Correspondence) -> None:
    to = mails.write("thon-01", SHEET_OF)
    book = filled_form(mails.clerk, SHEET_OF, {"TT01": 4})
    mails.arrive(mails.reply("thon-01", "TT01: 9", to=to, files={"bieu.xlsx": book}))
    read = entry(mails, mails.mail().id)
    assert read.filled is not None
    assert read.filled.values["TT01"] == 4
    assert [file.name for file in read.files] == ["bieu.xlsx"]


def test_a_mail_is_shown_whole_with_its_files_and_what_it_may_answer(mails: Correspondence) -> None:
    to = mails.write("thon-01", SHEET_OF)
    mails.arrive(mails.reply("thon-01", "Gửi báo cáo.", to=to, files={"phiếu.pdf": PDF}))
    (line,) = list_mails(mails.clerk.engine, commune=COMMUNE, state=InboxState.PERSON)
    assert (line.mail_class, line.obligation_id) == (MailClass.ANSWER, SHEET_OF)
    assert count_mails(mails.clerk.engine, commune=COMMUNE)[InboxState.PERSON] == 1
    detail = read_detail(mails.clerk, line.id)
    assert (detail.text, [f.name for f in detail.files]) == ("Gửi báo cáo.", ["phiếu.pdf"])
    assert SHEET_OF in {task.obligation.id for task in detail.tasks}
    assert read_file(mails.clerk, line.id, 0).content == PDF
    for wrong in (lambda: read_file(mails.clerk, line.id, 7), lambda: read_detail(mails.clerk, 99)):
        with pytest.raises(UsageError):
            wrong()


def test_a_link_that_confirms_a_mail_is_signed_and_expires() -> None:
    scope = MailScope(commune=COMMUNE, mail_id=7, contact_id="x", expires_at=at((26, 5)))
    token = make_mail_token(KEY, scope)
    assert read_mail_token(KEY, token, now=NOW) == scope
    with pytest.raises(RefusedError, match="hết hạn"):
        read_mail_token(KEY, token, now=at((27, 5)))
    for wrong in (token[:-1], token.swapcase(), "x", re.sub("^.", "A", token)):
        with pytest.raises(RefusedError):
            read_mail_token(KEY, wrong, now=NOW)
