"""Spreadsheet forms that come back by mail: read by cell, stored whole or told back by cell."""

from io import BytesIO

import pytest
from openpyxl import Workbook

from models.incoming import InboxState
from models.letters import LetterKind
from models.obligations import ObligationState
from services.mail_answers import Taken
from tests.services.mail_stage import PDF, Correspondence, filled_form
from tests.services.stage import Office, at, owed_by

SHEET_OF = owed_by("thon-01")
VALUES: dict[str, int | str] = {"TT01": 3, "TT02": "30 phút", "TT10": 2, "TT12": 80}


def strange_workbook() -> bytes:
    book, saved = Workbook(), BytesIO()
    book.worksheets[0]["A1"] = "danh sách của thôn"
    book.save(saved)
    return saved.getvalue()


def test_a_filled_form_becomes_the_answer_with_its_files(mails: Correspondence) -> None:
    to = mails.write("thon-01")  # the form says itself what it answers
    files = {"biểu đã điền.xlsx": filled_form(mails.clerk, SHEET_OF, VALUES), "bản ký.pdf": PDF}
    assert mails.arrive(mails.reply("thon-01", "Gửi báo cáo.", to=to, files=files)) == Taken(
        answered=1
    )
    (version,) = mails.versions(SHEET_OF)
    assert version.answer.values == {"TT01": 3, "TT02": 30, "TT10": 2, "TT12": 80}
    assert [a.name for a in version.answer.attachments] == list(files)
    assert len(mails.letters(LetterKind.RECEIPT)) == 1


def test_errors_are_told_by_cell_and_nothing_is_stored(mails: Correspondence) -> None:
    to = mails.write("thon-01", SHEET_OF)
    form = filled_form(mails.clerk, SHEET_OF, VALUES | {"TT01": "12 buổi (3 thôn)", "TT08": "5-6"})
    mails.arrive(mails.reply("thon-01", "Gửi báo cáo.", to=to, files={"bieu.xlsx": form}))
    assert (mails.versions(), mails.state()) == ([], InboxState.ASKED)
    (letter,) = mails.letters(LetterKind.UNCLEAR_REPLY)
    told = str(letter.context["remarks"])
    assert "D6" in told
    assert "D9" in told
    assert "(TT01)" in told
    assert mails.obligation(SHEET_OF).state is ObligationState.OWED


def test_figures_in_the_words_must_not_contradict_the_form(mails: Correspondence) -> None:
    to = mails.write("thon-01", SHEET_OF)
    files = {"bieu.xlsx": filled_form(mails.clerk, SHEET_OF, VALUES)}
    mails.arrive(mails.reply("thon-01", "TT01: 4", to=to, files=files))
    assert (mails.versions(), mails.state()) == ([], InboxState.ASKED)
    mails.arrive(mails.reply("thon-01", "TT01: 3", to=to, files=files))
    assert len(mails.versions()) == 1


@pytest.mark.slow
def test_another_units_form_is_never_taken(mails: Correspondence) -> None:
    to = mails.write("thon-01", SHEET_OF)
    files = {"bieu.xlsx": filled_form(mails.clerk, owed_by("thon-02"), VALUES)}
    mails.arrive(mails.reply("thon-01", "Gửi báo cáo.", to=to, files=files))
    assert (mails.versions(), mails.state()) == ([], InboxState.ASKED)
    (letter,) = mails.letters(LetterKind.UNCLEAR_REPLY)
    assert letter.address == mails.address("thon-01")
    assert "thon-02" not in str(letter.context)


def test_a_spreadsheet_that_is_no_form_is_a_document_only_where_no_form_is_asked(
    mails: Correspondence,
) -> None:
    files = {"danh sách.xlsx": strange_workbook()}
    plan = owed_by("dt-mttq", "KHCT")
    mails.arrive(mails.reply("dt-mttq", "Gửi.", to=mails.write("dt-mttq", plan), files=files))
    assert [a.name for a in mails.versions(plan)[0].answer.attachments] == list(files)
    to = mails.write("thon-01", SHEET_OF)
    mails.arrive(mails.reply("thon-01", "Gửi báo cáo.", to=to, files=files))
    assert (mails.versions(SHEET_OF), mails.state()) == ([], InboxState.ASKED)


@pytest.mark.slow
def test_a_corrected_form_is_the_next_version_until_the_first_is_accepted(
    mails: Correspondence, office: Office
) -> None:
    to = mails.write("thon-01", SHEET_OF)
    forms = [filled_form(mails.clerk, SHEET_OF, VALUES | {"TT12": n}) for n in (80, 81, 82)]
    for number, form in enumerate(forms):
        if number == 2:
            office.accept(SHEET_OF, now=at((12, 5), "10:00"))
        mails.arrive(mails.reply("thon-01", "Gửi.", to=to, files={"bieu.xlsx": form}))
    assert [v.answer.values["TT12"] for v in mails.versions(SHEET_OF)] == [80, 81]
    assert (mails.state(), mails.mail().reason[:9]) == (InboxState.PERSON, "E-IN-DONE")


def test_two_forms_of_one_obligation_are_for_a_person(mails: Correspondence) -> None:
    to = mails.write("thon-01", SHEET_OF)
    files = {
        f"{n}.xlsx": filled_form(mails.clerk, SHEET_OF, VALUES | {"TT12": n}) for n in (80, 81)
    }
    mails.arrive(mails.reply("thon-01", "Gửi.", to=to, files=files))
    assert (mails.versions(), mails.state()) == ([], InboxState.PERSON)
