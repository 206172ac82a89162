"""Replies by mail: what becomes an answer, what is asked back, what a person decides."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import update

from adapters import tables
from adapters.database import transaction
from models.incoming import InboxState
from models.letters import LetterKind
from models.obligations import ObligationState
from models.submissions import Channel
from services.inbox_decisions import accept_mail
from services.mail_answers import Taken, take_answers
from services.mail_questions import answer_by_mail
from services.mail_replies import read_reply, read_stored_mail
from services.mail_verdicts import judge_reply
from services.questions import Question, answer_question, ask, read_questions
from tests.services.mail_stage import NOW, PDF, Correspondence
from tests.services.stage import COMMUNE, DETAILED_PLAN, SHEET, Office, at, owed_by

SHEET_OF = owed_by("thon-01")
ACKNOWLEDGED = owed_by("thon-01", "XN")
LATER = at((12, 5), "11:00")


def test_figures_under_their_codes_become_the_answer(mails: Correspondence) -> None:
    to = mails.write("thon-01", SHEET_OF)
    text = "Kính gửi UBND xã,\nTT01: 3 buổi\nTT02: 30; TT10 = 2\n\nTrân trọng\nTrưởng thôn"
    assert mails.arrive(mails.reply("thon-01", text, to=to)) == Taken(answered=1)
    (version,) = mails.versions()
    assert version.answer.values == {"TT01": 3, "TT02": 30, "TT10": 2}
    assert (version.channel, version.sent_by) == (Channel.MAIL, "thon-01.head")
    (receipt,) = mails.letters(LetterKind.RECEIPT)
    assert receipt.address == mails.address("thon-01")
    assert mails.obligation(SHEET_OF).state is ObligationState.SUBMITTED
    assert mails.state() is InboxState.SETTLED


DOUBTFUL = (
    ("Thôn tổ chức 12 buổi, 300 lượt người.", InboxState.PERSON, "E-IN-WORDS"),
    ("TT01 12 buổi", InboxState.PERSON, "E-IN-WORDS"),
    ("TT01: 12 buổi (3 thôn)", InboxState.ASKED, "12 buổi (3 thôn)"),
    ("TT01: 50-60", InboxState.ASKED, "50-60"),
    ("TT01: 1,500", InboxState.ASKED, "1,500"),
    ("TT01: 3\nTT01: 4", InboxState.ASKED, "hai số khác nhau"),
    ("TT01: 3\nvà TT02 khoảng 30 người", InboxState.ASKED, "TT02"),
    ("DG02: đường xa", InboxState.ASKED, "DG02"),
    ("Không phát sinh", InboxState.ASKED, "phải nêu lý do"),
    ("Đã gửi.", InboxState.ASKED, "không kèm tệp nào"),
    ("", InboxState.ASKED, "không kèm tệp nào"),
    ("Th«n ®· nhËn ®­îc kÕ ho¹ch, xin göi sè liÖu", InboxState.ASKED, "TCVN3"),
    ("Thoân ñaõ nhaän ñöôïc keá hoaïch, xin göûi soá lieäu", InboxState.ASKED, "VNI"),
    ("Cho hỏi hạn nộp là ngày nào?", InboxState.PERSON, "E-IN-WORDS"),
    ("Đã nhận thư nhắc.", InboxState.SETTLED, "không có việc nào chờ xác nhận"),
)


@pytest.mark.slow
def test_what_is_not_beyond_doubt_is_no_answer(mails: Correspondence) -> None:
    to = mails.write("thon-01", SHEET_OF)
    found = {}
    for text, _, said in DOUBTFUL:
        mails.clerk = replace(mails.clerk, now=mails.clerk.now + timedelta(hours=2))
        mails.arrive(mails.reply("thon-01", text, to=to))
        found[text] = (mails.state(), said if said in mails.mail().reason else mails.mail().reason)
    assert found == {text: (state, said) for text, state, said in DOUBTFUL}
    assert mails.versions() == []
    assert mails.obligation(SHEET_OF).state is ObligationState.OWED
    assert len(mails.rows(tables.alarms)) <= 2  # one a day for a unit, whatever it writes


def test_the_unit_is_told_what_to_write_instead(mails: Correspondence) -> None:
    to = mails.write("thon-01", SHEET_OF)
    mails.arrive(mails.reply("thon-01", "TT01: 12 buổi (3 thôn)", to=to))
    (letter,) = mails.letters(LetterKind.UNCLEAR_REPLY)
    assert letter.address == mails.address("thon-01")
    (remark,) = letter.context["remarks"]
    assert "(TT01)" in remark["field"]
    assert "12 buổi (3 thôn)" in remark["message"]
    assert "TT01: 12" in remark["hint"]


def test_a_confirmation_acknowledges_and_nothing_else(mails: Correspondence) -> None:
    to = mails.write("thon-01")
    mails.arrive(mails.reply("thon-01", "Đã nhận được kế hoạch.", to=to))
    assert [version.obligation_id for version in mails.versions()] == [ACKNOWLEDGED]
    assert mails.obligation(ACKNOWLEDGED).state is ObligationState.ACCEPTED
    assert mails.obligation(SHEET_OF).state is ObligationState.OWED
    mails.arrive(mails.reply("thon-01", "Đã nhận.", to=to))
    assert (len(mails.versions()), mails.state()) == (1, InboxState.SETTLED)


def test_nothing_to_report_needs_its_reason_and_keeps_it(mails: Correspondence) -> None:
    to = mails.write("thon-01", SHEET_OF)
    text = "Không phát sinh: thôn không tổ chức hoạt động nào."
    mails.arrive(mails.reply("thon-01", text, to=to))
    (version,) = mails.versions()
    assert version.answer.nil_reason == "thôn không tổ chức hoạt động nào."
    assert mails.obligation(SHEET_OF).state is ObligationState.NIL


def test_a_signed_plan_is_the_answer_where_no_figures_are_asked(mails: Correspondence) -> None:
    plan = owed_by("dt-mttq", "KHCT")
    to = mails.write("dt-mttq", plan)
    first = mails.reply("dt-mttq", "Gửi kế hoạch.", to=to, files={"KH số 05.pdf": PDF})
    second = mails.reply("dt-mttq", "Gửi lại.", to=to, files={"KH số 05 (sửa).pdf": PDF + b"2"})
    mails.arrive(first)
    mails.arrive(second)
    one, two = mails.versions(plan)
    assert [a.name for a in one.answer.attachments] == ["KH số 05.pdf"]
    assert [a.name for a in two.answer.attachments] == ["KH số 05 (sửa).pdf"]
    assert (one.version, two.version) == (1, 2)


def test_two_replies_are_two_versions_and_after_acceptance_a_person_decides(
    mails: Correspondence, office: Office
) -> None:
    plan = owed_by("dt-mttq", "KHCT")
    to = mails.write("dt-mttq", plan)
    for number in range(3):
        files = {f"ban {number}.pdf": PDF + bytes([number])}
        mails.arrive(mails.reply("dt-mttq", "Gửi kế hoạch.", to=to, files=files))
        if number == 1:
            assert len(mails.versions(plan)) == 2
            office.accept(plan, now=LATER)
    assert len(mails.versions(plan)) == 2
    assert mails.state() is InboxState.PERSON
    assert mails.obligation(plan).state is ObligationState.ACCEPTED


def test_the_same_content_again_is_no_new_version(mails: Correspondence) -> None:
    to = mails.write("dt-mttq", owed_by("dt-mttq", "KHCT"))
    for _ in range(2):
        raw = mails.reply("dt-mttq", "Gửi kế hoạch.", to=to, files={"KH.pdf": PDF})
        mails.arrive(raw)
    assert (len(mails.versions()), mails.state()) == (1, InboxState.SETTLED)


def test_documents_without_figures_wait_for_a_person_and_the_unit_is_told_honestly(
    mails: Correspondence,
) -> None:
    to = mails.write("thon-01", SHEET_OF)
    mails.arrive(
        mails.reply("thon-01", "Gửi báo cáo.", to=to, files={"phiếu.jpg": b"\xff\xd8\xff"})
    )
    assert (mails.versions(), mails.state()) == ([], InboxState.PERSON)
    assert mails.mail().obligation_id == SHEET_OF
    (letter,) = mails.letters(LetterKind.UNCLEAR_REPLY)
    assert letter.context["is_being_entered"] is True
    assert letter.context["files"] == ["phiếu.jpg"]
    assert mails.obligation(SHEET_OF).state is ObligationState.OWED


def test_a_scan_after_the_figures_is_added_to_them(mails: Correspondence, office: Office) -> None:
    office.submit(SHEET_OF, SHEET, now=at((12, 5), "08:00"))
    to = mails.write("thon-01", SHEET_OF)
    mails.arrive(mails.reply("thon-01", "Gửi bản ký.", to=to, files={"ky.pdf": PDF}))
    first, second = mails.versions(SHEET_OF)
    assert second.answer.values == first.answer.values
    assert [a.name for a in second.answer.attachments] == ["ky.pdf"]


def test_figures_in_words_never_replace_what_was_sent(
    mails: Correspondence, office: Office
) -> None:
    office.submit(SHEET_OF, SHEET, now=at((12, 5), "08:00"))
    to = mails.write("thon-01", SHEET_OF)
    mails.arrive(mails.reply("thon-01", "TT01: 99", to=to))
    assert (len(mails.versions()), mails.state()) == (1, InboxState.PERSON)


def test_after_a_return_only_what_was_remarked_on_changes(
    mails: Correspondence, office: Office
) -> None:
    office.submit(SHEET_OF, SHEET, now=at((11, 5), "09:00"))
    office.give_back(SHEET_OF, due=at((14, 5), "17:00"), now=at((11, 5), "10:00"))
    to = mails.write("thon-01", key=f"returned/{SHEET_OF}@1", kind=LetterKind.RETURNED)
    mails.arrive(mails.reply("thon-01", "TT12: 85\nTT01: 4", to=to))
    assert (len(mails.versions()), mails.state()) == (1, InboxState.ASKED)
    mails.arrive(mails.reply("thon-01", "TT12: 85", to=to))
    assert mails.versions()[-1].answer.values == dict(SHEET.values) | {"TT12": 85}


def test_where_two_things_are_open_a_person_says_which(mails: Correspondence) -> None:
    to = mails.write("dt-mttq")
    mails.arrive(mails.reply("dt-mttq", "Xin gửi.", to=to, files={"KH.pdf": PDF}))
    assert (mails.versions(), mails.state()) == ([], InboxState.PERSON)
    assert mails.mail().reason.startswith("E-IN-WHICH")


REFUSED = (
    ("báo cáo.rar", b"Rar!", "Không nhận loại tệp này"),
    ("báo cáo.xlsm", b"PK\x03\x04", "Tệp có macro"),
    ("báo cáo.pdf.exe", b"MZ", "Không nhận loại tệp này"),
    ("báo cáo.pdf", b"<html>", "Không nhận loại tệp này"),
    ("báo cáo.pdf", b"", "Tệp rỗng"),
    ("winmail.dat", b"\x78\x9f\x3e\x22", "winmail.dat"),
)


def test_a_file_that_is_not_taken_is_named_and_kept(mails: Correspondence) -> None:
    to = mails.write("dt-mttq", owed_by("dt-mttq", "KHCT"))
    for name, content, said in REFUSED:
        files = {"KH.pdf": PDF, name: content}
        mails.arrive(mails.reply("dt-mttq", "Xin gửi.", to=to, files=files))
        assert name in mails.mail().reason
        assert said in mails.mail().reason
        assert mails.clerk.blobs.get(sha256(content).hexdigest()) == content
    assert mails.versions() == []
    (letter, *_) = mails.letters(LetterKind.UNCLEAR_REPLY)
    assert set(letter.context["files"]) == {"KH.pdf", REFUSED[0][0]}


@pytest.mark.slow
def test_an_answer_counts_from_its_arrival_and_not_from_its_reading(mails: Correspondence) -> None:
    to = mails.write("thon-01", SHEET_OF)
    came = at((12, 5), "07:10")
    mails.arrive(mails.reply("thon-01", "TT01: 3", to=to), arrived_at=came)
    assert mails.versions()[0].received_at == came
    assert mails.obligation(SHEET_OF).first_received_at == came


def test_a_mailbox_whose_clock_is_wrong_is_not_believed(mails: Correspondence) -> None:
    to = mails.write("dt-mttq", owed_by("dt-mttq", "KHCT"))
    for wrong in (at((12, 5), "09:30"), at((1, 5), "09:00")):
        files = {"KH.pdf": PDF + wrong.isoformat().encode()}
        mails.arrive(mails.reply("dt-mttq", "Gửi.", to=to, files=files), arrived_at=wrong)
    assert [version.received_at for version in mails.versions()] == [NOW, NOW]


def test_a_mail_that_came_before_the_newest_version_replaces_nothing(
    mails: Correspondence, office: Office
) -> None:
    plan = owed_by("dt-mttq", "KHCT")
    office.submit(plan, DETAILED_PLAN, now=at((12, 5), "08:30"))
    to = mails.write("dt-mttq", plan)
    raw = mails.reply("dt-mttq", "Gửi.", to=to, files={"KH.pdf": PDF})
    mails.arrive(raw, arrived_at=at((12, 5), "08:00"))
    assert (len(mails.versions()), mails.state()) == (1, InboxState.PERSON)
    assert mails.mail().reason.startswith("E-IN-OLDER")


def test_receipts_to_an_address_are_an_hour_apart_and_never_a_flood(mails: Correspondence) -> None:
    plan = owed_by("dt-mttq", "KHCT")
    to = mails.write("dt-mttq", plan)
    for number in range(6):
        files = {"KH.pdf": PDF + bytes([number])}
        mails.arrive(mails.reply("dt-mttq", "Gửi.", to=to, files=files))
    assert len(mails.versions(plan)) == 6
    leaves = [letter.not_before for letter in mails.letters(LetterKind.RECEIPT)]
    assert leaves == [at((12, 5), f"{hour:02d}:00") for hour in (9, 10, 11, 12)]


def test_a_poison_mail_stops_only_itself(mails: Correspondence) -> None:
    to = mails.write("thon-01", SHEET_OF)
    mails.store(mails.reply("thon-01", "TT01: 1", to=to))
    with transaction(mails.clerk.engine) as connection:
        connection.execute(update(tables.inbox).values(sha256="0" * 64))
    mails.store(mails.reply("thon-01", "TT01: 3", to=to))
    assert take_answers(mails.clerk) == Taken(answered=1, for_person=1)
    first, second = mails.rows()
    assert (first.state, second.state) == (InboxState.PERSON, InboxState.SETTLED)
    assert first.reason.startswith("E-IN-POISON")


def test_a_mail_that_ends_the_process_three_times_is_put_before_a_person(
    mails: Correspondence,
) -> None:
    to = mails.write("thon-01", SHEET_OF)
    mails.store(mails.reply("thon-01", "TT01: 3", to=to))
    with transaction(mails.clerk.engine) as connection:
        connection.execute(update(tables.inbox).values(tries=3))
    assert take_answers(mails.clerk) == Taken(for_person=1)
    assert mails.versions() == []


def test_a_round_that_died_after_the_submission_ends_what_it_began(mails: Correspondence) -> None:
    to = mails.write("dt-mttq")
    mails.store(mails.reply("dt-mttq", "Gửi.", to=to, files={"KH.pdf": PDF}))
    with transaction(mails.clerk.engine) as connection:
        connection.execute(update(tables.inbox).values(obligation_id=owed_by("dt-mttq", "KHCT")))
    take_answers(mails.clerk)
    with transaction(mails.clerk.engine) as connection:  # as if the note had not been written
        connection.execute(update(tables.inbox).values(state="kept", obligation_id=None))
    assert take_answers(mails.clerk) == Taken(answered=1)
    assert (len(mails.versions()), mails.state()) == (1, InboxState.SETTLED)


def test_a_second_round_does_nothing(mails: Correspondence) -> None:
    to = mails.write("thon-01", SHEET_OF)
    mails.arrive(mails.reply("thon-01", "TT01: 3", to=to))
    later = replace(mails.clerk, now=LATER)
    assert take_answers(later) == Taken()
    assert len(mails.versions()) == 1


def asked(mails: Correspondence, text: str = "Vì sao số lượt người thấp hơn danh sách?") -> str:
    """A question about what the village sent; gives the address to answer to."""
    office = Office(mails.clerk.engine, mails.clerk.calendar)
    if not mails.versions(SHEET_OF):
        office.submit(SHEET_OF, now=NOW)
    number = ask(mails.clerk.engine, SHEET_OF, text=text, by="vp", now=NOW)
    return mails.write("thon-01", kind=LetterKind.QUESTION, key=f"question/{number}")


def the_question(mails: Correspondence) -> Question:
    with transaction(mails.clerk.engine) as connection:
        return read_questions(connection, SHEET_OF, commune=COMMUNE)[-1]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Danh sách ghi cả trẻ em.\nThôn xin giải trình.", None),
        ("TT02: 30 là đúng, danh sách thừa 02 người", None),
        ("Không phát sinh: buổi thứ hai bị hoãn do mưa", None),
        ("Dài. " * 600, f"{('Dài. ' * 600)[: 2_000 - 30]}"),
    ],
)
def test_words_in_reply_to_a_question_answer_it_and_change_no_figure(
    mails: Correspondence, text: str, answer: str | None
) -> None:
    assert mails.arrive(mails.reply("thon-01", text, to=asked(mails))) == Taken(answered=1)
    found = the_question(mails)
    assert (found.channel, found.answered_by) == (Channel.MAIL, "thon-01.head")
    assert found.answer is not None
    assert found.answer.startswith(answer or text)
    assert len(found.answer) <= 2_000
    if answer is not None:
        assert found.answer.endswith("(xem đủ ở thư đến số 1)")
    assert [version.version for version in mails.versions(SHEET_OF)] == [1]
    assert mails.obligation(SHEET_OF).state is ObligationState.SUBMITTED
    assert mails.state() is InboxState.SETTLED


def test_files_in_reply_to_a_question_wait_for_a_person_beside_the_answer(
    mails: Correspondence,
) -> None:
    raw = mails.reply("thon-01", "Gửi danh sách đã sửa.", to=asked(mails), files={"ds.pdf": PDF})
    assert mails.arrive(raw) == Taken(for_person=1)
    assert the_question(mails).answer == "Gửi danh sách đã sửa."
    assert (mails.state(), "E-IN-FILES" in str(mails.mail().reason)) == (InboxState.PERSON, True)


def test_received_leaves_the_question_open_and_a_second_answer_goes_to_a_person(
    mails: Correspondence,
) -> None:
    to = asked(mails)
    mails.arrive(mails.reply("thon-01", "Đã nhận thư.", to=to))
    assert the_question(mails).is_open
    mails.arrive(mails.reply("thon-01", "Danh sách ghi thừa.", to=to))
    assert mails.arrive(mails.reply("thon-01", "Xin sửa lại ý.", to=to)) == Taken(for_person=1)
    assert the_question(mails).answer == "Danh sách ghi thừa."
    assert "E-IN-ASKED" in str(mails.mail().reason)


def test_an_answer_to_a_question_that_nothing_proves_is_asked_about_first(
    mails: Correspondence,
) -> None:
    raw = mails.reply("thon-01", "Danh sách ghi thừa.", to=asked(mails), passed=False)
    assert mails.arrive(raw) == Taken(asked=1)
    assert the_question(mails).is_open
    assert accept_mail(mails.clerk, mails.mail().id, by="vp", reason="Đã gọi.") == "answered"
    assert the_question(mails).answer == "Danh sách ghi thừa."


def test_a_mail_that_a_person_puts_to_something_else_answers_no_question(
    mails: Correspondence,
) -> None:
    raw = mails.reply("thon-01", "Thôn đã nhận kế hoạch.", to=asked(mails), passed=False)
    mails.arrive(raw)
    about = {"by": "vp", "reason": "Đã gọi.", "obligation_id": ACKNOWLEDGED}
    accept_mail(mails.clerk, mails.mail().id, **about)
    assert the_question(mails).is_open


def test_an_answer_given_on_the_page_meanwhile_stands(mails: Correspondence) -> None:
    mails.store(mails.reply("thon-01", "Danh sách ghi thừa.", to=asked(mails)))
    clerk, row = mails.clerk, mails.mail()
    reply = read_reply(clerk, row, read_stored_mail(clerk, str(row.sha256)))
    answer_question(
        clerk.engine, the_question(mails).id, commune=COMMUNE, unit_id="thon-01", text="Trên trang",
        by="thon-01.head", channel=Channel.PORTAL, now=NOW,
    )  # fmt: skip
    said = judge_reply(reply)
    assert said.question is not None
    assert answer_by_mail(clerk, row, said.question, reply=reply) == "for_person"
    assert answer_by_mail(clerk, row, said.question, reply=reply) is None
    assert the_question(mails).answer == "Trên trang"
