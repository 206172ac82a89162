"""Forms as spreadsheets: built from the ledger, sent with letters, and read only for their unit."""

import unicodedata
from io import BytesIO

import openpyxl
import pytest

from adapters.workbook_identity import WorkbookIdentity, sign_identity
from adapters.workbooks import write_workbook
from models.answer_sheets import lay_out
from models.answer_workbooks import WorkbookAnswer, WorkbookFile
from models.errors import RefusedError, UsageError, WorkbookUnreadableError
from models.plans import PlanDossier
from models.submissions import Answer, Attachment
from services.answer_workbooks import (
    answer_form,
    build_answer_workbook,
    read_answer_workbook,
)
from tests.services.mailroom import FEW, Mailroom, attachments_of, body_of, with_units
from tests.services.stage import SHEET, Office, at, owed_by
from tests.workbook_filling import filled

KEY = b"k" * 32
OWED = owed_by("thon-01")
NOW = at((19, 6))
FILE = Attachment(sha256="0" * 64, name="anh.jpg", size=3)


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


def build(office: Office, obligation_id: str = OWED, unit_id: str = "thon-01") -> WorkbookFile:
    return build_answer_workbook(
        office.engine, obligation_id, unit_id=unit_id, key=KEY, calendar=office.calendar, now=NOW
    )


def read(office: Office, octets: bytes, unit_id: str = "thon-01") -> WorkbookAnswer:
    return read_answer_workbook(
        office.engine, octets, unit_id=unit_id, key=KEY, calendar=office.calendar, now=NOW
    )


def decomposed(text: str) -> str:
    """The text as machines of Apple write it."""
    return unicodedata.normalize("NFD", text)


def test_a_filled_form_is_the_answer_and_can_be_sent(office: Office) -> None:
    form = build(office)
    assert form.name == "bieu-mau-psl-thon-vin.xlsx"
    assert form.content == build(office).content
    sheet = filled(
        form.content, {"TT01": "3", "TT02": 30, "TT10": "02 buổi", "TT12": "80 lượt người"}
    )
    read_back = read(office, sheet)
    assert read_back.errors == ()
    assert (read_back.obligation_id, read_back.started_from) == (OWED, 0)
    assert read_back.answer == SHEET
    assert office.submit(OWED, read_back.answer, now=NOW).is_new


def test_what_breaks_a_rule_is_named_by_its_cell(office: Office) -> None:
    sheet = filled(build(office).content, {"TT01": 9_999, "TT10": "hai buổi", "TT12": 80})
    told = {f.field: f.message for f in read(office, sheet).errors}
    assert told["TT01"].startswith("Ô D")
    assert "ngoài khoảng từ 0 đến 400" in told["TT01"]
    assert told["TT10"].startswith("Ô D")
    assert "không đọc được" in told["TT10"]
    assert "TT12" not in told


def test_the_form_after_a_version_holds_it_and_keeps_its_files(office: Office) -> None:
    office.submit(OWED, SHEET.model_copy(update={"attachments": (FILE,)}), now=NOW)
    read_back = read(office, build(office).content)
    assert read_back.started_from == 1
    assert read_back.answer == SHEET.model_copy(update={"attachments": (FILE,)})


def test_a_returned_form_opens_only_the_remarked_field_and_says_why(office: Office) -> None:
    office.submit(OWED, now=NOW)
    office.give_back(OWED, due=at((24, 6)), now=NOW)
    form = build(office).content
    book = openpyxl.load_workbook(BytesIO(form))
    cells = {c.value for row in book["Số liệu"].iter_rows() for c in row}
    assert "Số lượt người chưa khớp danh sách." in cells
    read_back = read(office, filled(form, {"TT12": 90, "TT01": 7}))
    assert read_back.answer.values == SHEET.values | {"TT12": 90}
    assert any("không mở để sửa" in f.message for f in read_back.findings)
    assert read_back.errors == ()


def test_a_form_is_only_its_own_units_and_only_as_we_signed_it(office: Office) -> None:
    form = build(office).content
    with pytest.raises(WorkbookUnreadableError, match="không phải của đơn vị"):
        read(office, form, unit_id="thon-02")
    book = openpyxl.load_workbook(BytesIO(form))
    signed = book["dondoc"]["A2"].value
    for forged in (
        None,
        str(signed)[:-1] + "_",
        sign_identity(b"x" * 32, WorkbookIdentity(OWED, 0)),
    ):
        book["dondoc"]["A2"] = forged
        saved = BytesIO()
        book.save(saved)
        with pytest.raises(WorkbookUnreadableError, match="tải lại biểu mẫu"):
            read(office, saved.getvalue())
    book["dondoc"]["A2"] = sign_identity(KEY, WorkbookIdentity(owed_by("thon-02"), 0))
    saved = BytesIO()
    book.save(saved)
    with pytest.raises(WorkbookUnreadableError, match="không phải của đơn vị"):
        read(office, saved.getvalue())


def test_there_is_no_form_for_what_needs_none_or_is_done(office: Office) -> None:
    with pytest.raises(RefusedError, match="không gửi bằng biểu mẫu"):
        build(office, owed_by("thon-01", "XN"))
    with pytest.raises(UsageError):
        build(office, OWED, unit_id="thon-02")
    form = build(office).content
    office.submit(OWED, now=NOW)
    office.accept(OWED, now=NOW)
    for act in (lambda: build(office), lambda: read(office, form)):
        with pytest.raises(RefusedError, match="không còn phải gửi"):
            act()


def test_texts_typed_before_unicode_or_decomposed_never_enter(office: Office) -> None:
    form = build(office).content
    garbled = read(office, filled(form, {"TT01": 3, "DG02": "Céng hoµ x· héi chñ nghÜa"}))
    assert any("TCVN3" in f.message and f.message.startswith("Ô C") for f in garbled.errors)
    nfd = read(
        office, filled(form, {"TT01": decomposed("3 lượt phát"), "DG02": decomposed("Tồn tại")})
    )
    assert nfd.answer.values["DG02"] == "Tồn tại"


@pytest.mark.slow
def test_the_first_request_and_a_return_bring_the_form_and_reminders_do_not(
    mailroom: Mailroom, office: Office
) -> None:
    office.submit(OWED, now=NOW)
    office.give_back(OWED, due=at((24, 6)), now=NOW)
    mailroom.send(at((19, 6), "09:00"))
    (returned,) = [x for x in mailroom.letters("<thon-01@") if x["X-Dondoc-Kind"] == "E12"]
    (form,) = [c for n, c in attachments_of(returned).items() if n.endswith(".xlsx")]
    assert "Kèm theo thư này là biểu mẫu" in body_of(returned)
    read_back = read(office, filled(form, {"TT12": 90}))
    assert read_back.answer.values["TT12"] == 90
    assert read_back.errors == ()
    mailroom.plan(at((22, 6), "07:30"))
    mailroom.send(at((22, 6), "07:45"))
    kinds = {f"E0{number}" for number in range(2, 9)}
    letters = mailroom.letters("<dt-mttq@")
    reminders = [letter for letter in letters if letter["X-Dondoc-Kind"] in kinds]
    assert reminders
    assert all(".xlsx" not in name for x in reminders for name in attachments_of(x))


def test_a_plan_without_figures_has_a_form_of_texts(office: Office, dossier: PlanDossier) -> None:
    owed = owed_by("dt-mttq", "KHCT")
    obligation = office.obligation(owed)
    form = answer_form(dossier, obligation, previous=None, remarks={}, key=KEY)
    assert not form.asked
    octets = filled(
        write_workbook(lay_out(form)), {"VB.so": "05/KH", "TM.noi_dung": "Tổ chức tọa đàm."}
    )
    read_back = read(office, octets, unit_id="dt-mttq")
    assert read_back.answer == Answer(
        document_number="05/KH", narrative={"noi_dung": "Tổ chức tọa đàm."}
    )
