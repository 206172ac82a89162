"""Forms as spreadsheets: written and read they are the same answer, whatever people did to them."""

import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date, datetime
from datetime import time as dt_time
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from adapters.plan_files import read_dossier
from adapters.workbook_reading import read_workbook
from adapters.workbooks import write_workbook
from config.settings import CONFIG_FOLDER
from models.answer_fields import AnswerForm
from models.answer_forms import row_fields
from models.answer_reading import FormReading, locate, read_form
from models.answer_sheets import lay_out
from models.indicators import Aggregation, Indicator, IndicatorType
from models.submissions import Answer, FieldValue, Finding, Row
from models.workbooks import LONGEST_CELL

CATALOGUE = read_dossier(CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml").catalogue
PERCENT = Indicator(
    id="PC01", name="Tỷ lệ hộ tham gia", unit_of_measure="%", type=IndicatorType.PCT,
    aggregation=Aggregation.MAX, by=("all",), section="A",
)  # fmt: skip
ASKED = (
    *(one for one in CATALOGUE.indicators if one.aggregation is not Aggregation.COMPUTED), PERCENT,
)  # fmt: skip
IDS = frozenset(one.id for one in ASKED)
FIELDS = IDS | {"thuyet_minh", "document_number"}
# Letters, marks of formulas, of XML and of the format's own escapes; no control characters.
LINE = st.text("aăđêủ ỹ;,.<>&\"'=+-@_x00D1/\\", min_size=1, max_size=20).map(
    lambda text: " ".join(text.split()) or "x"
)
LINES = st.lists(LINE, min_size=1, max_size=3).map("\n".join)
COUNTS = st.integers(0, 10**15)
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


def form_of(previous: Answer = Answer(), *, opened: frozenset[str] = FIELDS) -> AnswerForm:  # noqa: B008 - frozen
    """The form of a unit that is asked everything."""
    return AnswerForm(
        unit_name="Trường THCS Bát Mọt", plan_name="Kế hoạch hưởng ứng Ngày KHCN&ĐMST",
        product="báo cáo kết quả", due_text="17 giờ 00 ngày 22/6/2026", asked=ASKED,
        sections=CATALOGUE.sections, labels={"khac": "khác", "zalo": "Zalo", "cds": "CNTT, CĐS"},
        narratives={"thuyet_minh": "Thuyết minh thêm"}, asks_document=True, opened=opened,
        is_return=opened != FIELDS, previous=previous, identity="id",
    )  # fmt: skip


def value_of(one: Indicator) -> st.SearchStrategy[FieldValue]:
    """Any value that fits the type of an indicator."""
    if one.type is IndicatorType.BOOL:
        return st.booleans()
    if one.type is IndicatorType.TEXT:
        return LINES
    if one.type is IndicatorType.MAP_INT:
        return st.dictionaries(st.sampled_from(one.keys), COUNTS, min_size=1)
    if one.type is IndicatorType.ENUM_LIST:
        chosen = st.sets(st.sampled_from(one.keys), min_size=1)
        return chosen.map(lambda keys: "; ".join(k for k in one.keys if k in keys))
    if one.type is IndicatorType.LIST:
        return st.lists(row_of(one), max_size=4).map(tuple)
    return COUNTS


def row_of(one: Indicator) -> st.SearchStrategy[Row]:
    """A row with some of its cells."""
    kinds: dict[str, st.SearchStrategy[str | int | bool]] = {
        "participants": COUNTS,
        "date": DAYS.map(date.isoformat),
        "type": st.sampled_from(one.keys) if one.keys else LINE,
    }
    cells = {field: kinds.get(field, LINE) for field in row_fields(one)}
    first, *others = cells
    return st.fixed_dictionaries({first: cells[first]}, optional={f: cells[f] for f in others})


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """An answer to the form."""
    chosen = draw(st.lists(st.sampled_from(ASKED), unique_by=lambda one: one.id, max_size=8))
    return Answer(
        values={one.id: draw(value_of(one)) for one in chosen},
        notes=draw(st.dictionaries(st.sampled_from(sorted(IDS)), LINES, max_size=3)),
        narrative=draw(st.dictionaries(st.just("thuyet_minh"), LINES)),
        document_number=draw(st.none() | LINE),
        document_date=draw(st.none() | DAYS),
        nil_reason=draw(st.none() | st.just("") | LINE),
    )


def reading_of(octets: bytes, form: AnswerForm) -> FormReading:
    """What a file says as that form."""
    return read_form(form, read_workbook(octets).sheets, year=2026)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(answers())
def test_an_answer_written_into_a_form_reads_back_the_same(answer: Answer) -> None:
    reading = reading_of(write_workbook(lay_out(form_of(answer))), form_of())
    assert reading.findings == ()
    assert reading.answer == answer


@pytest.mark.parametrize("one", ASKED, ids=lambda one: one.id)
@settings(max_examples=2, deadline=None)
@given(drawn=st.data())
def test_each_indicator_comes_back_as_it_was_given(one: Indicator, drawn: st.DataObject) -> None:
    answer = Answer(values={one.id: drawn.draw(value_of(one))})
    reading = reading_of(write_workbook(lay_out(form_of(answer))), form_of())
    assert (reading.answer, reading.findings) == (answer, ())


EVENT: Row = {
    "event_id": "TD-01", "title": "Tọa đàm khoa học", "date": "2026-06-05", "place": "Thôn Vịn",
    "participants": 45, "role": "chủ trì", "topic": "nông nghiệp",
}  # fmt: skip
FULL = Answer(
    values={
        "TT01": 1500, "TT02": 30, "TT04": {"facebook": 12, "zalo": 3}, "CD02": True,
        "HD01": (EVENT, {**EVENT, "event_id": "TD-02", "date": "2026-06-20"}), "HD02": (),
        "HD04": "nong_nghiep; khac", "KP01": 1_500_000, "DG01": "Tốt.\nKịp thời.",
        "UD01": ({"household": "Vi Văn A", "village": "Vịn"},),
    },
    notes={"AT01": "Không có vụ việc."},
    narrative={"thuyet_minh": "Đã triển khai."},
    document_number="12/BC-THCS",
    document_date=date(2026, 6, 20),
)  # fmt: skip


def edited(edit: Callable[[Workbook], None], answer: Answer = FULL) -> bytes:
    """A form with an answer in it, changed and saved by another program."""
    book = openpyxl.load_workbook(BytesIO(write_workbook(lay_out(form_of(answer)))))
    edit(book)
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def cell_of(sheet: Worksheet, code: str, column: int = 4) -> str:
    """The reference of a cell in the row of a code."""
    row = next(r for r in range(1, sheet.max_row + 1) if sheet.cell(r, 1).value == code)
    return f"{sheet.cell(row, column).coordinate}"


def _nothing(_: Workbook) -> None:
    """Only saved."""


def _sort_rows(book: Workbook) -> None:
    sheet = book["Số liệu"]
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=5, max_col=6)]
    rows.sort(key=lambda row: str(row[3] or "") + str(row[0]), reverse=True)
    for number, row in enumerate(rows, start=5):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value


def _move_columns(book: Workbook) -> None:
    for sheet in (book["Số liệu"], book["Hoạt động"]):
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_cols(2, 2)
        sheet.insert_cols(1)


def _insert_rows(book: Workbook) -> None:
    for name in ("Số liệu", "Hoạt động", "Thuyết minh"):
        sheet = book[name]
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_rows(1, 3)
        sheet.insert_rows(12, 2)


def _as_text(book: Workbook) -> None:
    sheet = book["Số liệu"]
    sheet[cell_of(sheet, "TT01")] = " 1.500 "
    sheet[cell_of(sheet, "KP01")] = "1,5 triệu đồng"
    sheet[cell_of(sheet, "TT02")] = "３０ phút"


def _as_number(book: Workbook) -> None:
    sheet = book["Số liệu"]
    for code, number in (("TT01", 1500), ("KP01", 1.5e6), ("TT02", 30.000000000000004)):
        sheet[cell_of(sheet, code)] = number
        sheet[cell_of(sheet, code)].number_format = "#,##0"


def _days(book: Workbook) -> None:
    sheet = book["Hoạt động"]
    rows = [r for r in range(1, 30) if sheet.cell(r, 3).value in {"TD-01", "TD-02"}]
    sheet.cell(rows[0], 5).value = "5/6"
    sheet.cell(rows[1], 5).value = datetime(2026, 6, 20)  # noqa: DTZ001 - a cell has no zone
    sheet.cell(rows[1], 5).number_format = "dd/mm/yyyy"
    texts = book["Thuyết minh"]
    texts[cell_of(texts, "VB.ngay", 3)] = "ngày 20 tháng 6 năm 2026"


def _other_sheets(book: Workbook) -> None:
    extra = book.create_sheet("Nháp", 0)
    extra["A1"], extra["B2"] = "Tổng", 12
    book.move_sheet("Thuyết minh", -4)


def _codes_gone(book: Workbook) -> None:
    sheet = book["Số liệu"]
    for code in ("TT01", "KP01"):
        sheet[cell_of(sheet, code, 1)] = None


def _merged(book: Workbook) -> None:
    sheet = book["Số liệu"]
    row = sheet[cell_of(sheet, "TT01")].row
    sheet.merge_cells(start_row=row, end_row=row, start_column=4, end_column=5)


EDITS = (
    _nothing, _sort_rows, _move_columns, _insert_rows, _as_text, _as_number, _days, _other_sheets,
    _codes_gone, _merged,
)  # fmt: skip


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__.strip("_"))
def test_what_people_and_programs_do_to_a_form_changes_no_answer(
    edit: Callable[[Workbook], None],
) -> None:
    reading = reading_of(edited(edit), form_of())
    assert reading.answer == FULL
    assert reading.findings == ()


def _put(
    code: str, value: object, number_format: str = "General", *, sheet: str = "Số liệu"
) -> Callable[[Workbook], None]:
    def put(book: Workbook) -> None:
        page = book[sheet]
        cell = page[cell_of(page, code, 4 if sheet == "Số liệu" else 3)]
        cell.value = value
        cell.number_format = number_format

    return put


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (_put("TT01", "12 buổi (3 thôn)"), "nhiều hơn một số"),
        (_put("TT01", "50-60"), "khoảng"),
        (_put("TT01", "1,500"), "hiểu nhiều cách"),
        (_put("TT01", 1.5), "số lẻ"),
        (_put("TT01", "NaN"), "không đọc được"),
        (_put("TT01", "1e309"), "đề nghị ghi lại"),
        (_put("TT01", 1, "0.000"), "hiển thị số khác"),
        (_put("TT01", 0.5, "0%"), "số lẻ"),
        (_put("TT01", 50, "0%"), "hiển thị số khác"),
        (_put("KP01", 5, '#,##0" triệu"'), "hiển thị số khác"),
        (_put("TT01", datetime(2026, 6, 5), "dd/mm/yyyy"), "ngày, giờ"),  # noqa: DTZ001
        (_put("TT01", "=1+1"), "Công thức chưa có kết quả"),
        (_put("TT01", True), "Có hoặc Không, không phải là số"),  # noqa: FBT003 - a cell
        (_put("CD02", "có lẽ"), "Có hoặc Không"),
        (_put("HD04", "nông nghiệp"), "ghi x ở từng dòng"),
        (_put("VB.ngay", 20, sheet="Thuyết minh"), "ngày có thật"),
        (_put("HD04.khac", "một ít"), "không rõ"),
        (_put("TT04", 99), "Số chung khác tổng"),
        (_put("HD01", 5), "danh sách có 2 dòng"),
        (_put("KPS.lydo", "không tổ chức"), "chưa chọn"),
        (_put("VB.ngay", "31/02/2026", sheet="Thuyết minh"), "ngày có thật"),
    ],
)
def test_a_doubtful_cell_is_named_and_nothing_is_guessed(
    edit: Callable[[Workbook], None], told: str
) -> None:
    (finding,) = reading_of(edited(edit), form_of()).findings
    assert finding.is_error
    assert re.match(r"Ô [A-Z]+\d+ trang “(Số liệu|Thuyết minh)”: ", finding.message)
    assert told in finding.message


def _stray_code(book: Workbook) -> None:
    sheet = book["Số liệu"]
    sheet[cell_of(sheet, "TT07", 1)] = "XX99"
    sheet[cell_of(sheet, "XX99")] = 5


def _total_line(book: Workbook) -> None:
    sheet = book["Số liệu"]
    sheet.cell(sheet.max_row + 1, 4).value = "Cộng: 45"


def _twice(book: Workbook) -> None:
    copy = book.copy_worksheet(book["Số liệu"])
    copy[cell_of(copy, "TT01")] = 7


def _deleted(book: Workbook) -> None:
    sheet = book["Số liệu"]
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    sheet.delete_rows(sheet[cell_of(sheet, "TT07")].row)


def _uncoded_row(book: Workbook) -> None:
    sheet = book["Hoạt động"]
    sheet.cell(sheet.max_row, 4).value = "Một hoạt động"


def _misplaced(book: Workbook) -> None:
    sheet = book["Hoạt động"]
    row = next(r for r in range(1, 30) if sheet.cell(r, 3).value == "TD-01")
    last = next(
        c
        for c in range(1, 20)
        if sheet.cell(4, c).value == "Loại" or sheet.cell(3, c).value == "Loại"
    )
    sheet.cell(row, last).value = "khcn"


def _turned_day(book: Workbook) -> None:
    sheet = book["Hoạt động"]
    row = next(r for r in range(1, 30) if sheet.cell(r, 3).value == "TD-01")
    sheet.cell(row, 5).value = datetime(2026, 6, 5)  # noqa: DTZ001 - a cell has no zone
    sheet.cell(row, 5).number_format = "mm-dd-yy"


@pytest.mark.parametrize(
    ("edit", "told", "is_error"),
    [
        (_stray_code, "Mã “XX99” không có trong biểu mẫu", True),
        (_total_line, "Dòng không có mã", False),
        (_twice, "đã ghi khác ở ô D", True),
        (_deleted, "Không thấy dòng mã TT07", False),
        (_uncoded_row, "Chưa chọn mã chỉ tiêu", True),
        (_misplaced, "không hỏi mục này", False),
        (_turned_day, "ngày và tháng không bị đảo", False),
    ],
    ids=lambda one: one.__name__ if callable(one) else None,
)
def test_what_stands_where_the_form_has_nothing_is_told(
    edit: Callable[[Workbook], None], told: str, *, is_error: bool
) -> None:
    findings = reading_of(edited(edit), form_of()).findings
    assert any(told in f.message and f.is_error is is_error for f in findings)


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (12, "General", "12"),
        (1.5, "General", "1,5"),
        (True, "General", "Có"),
        (datetime(2026, 6, 5), "dd/mm/yyyy", "05/6/2026"),  # noqa: DTZ001 - a cell has no zone
        (dt_time(8, 30), "h:mm", "08:30:00"),
    ],
)
def test_a_number_or_day_in_a_cell_of_text_is_the_text_people_see(
    value: object, number_format: str, text: str
) -> None:
    reading = reading_of(edited(_put("DG01", value, number_format, sheet="Thuyết minh")), form_of())
    assert reading.findings == ()
    assert reading.answer.values["DG01"] == text


@pytest.mark.slow
def test_a_mark_may_be_a_tick_a_word_or_true() -> None:
    for mark in ("✓", "Có", "X", True):
        assert reading_of(edited(_put("HD04.khac", mark)), form_of()).answer == FULL
    without = reading_of(edited(_put("HD04.khac", "không")), form_of()).answer
    assert without.values["HD04"] == "nong_nghiep"


def test_no_may_be_said_and_nil_is_an_answer_with_its_reason() -> None:
    def say(book: Workbook) -> None:
        sheet = book["Số liệu"]
        sheet[cell_of(sheet, "CD02")] = "Không"
        sheet[cell_of(sheet, "KPS")] = "Có"
        sheet[cell_of(sheet, "KPS.lydo")] = "Không tổ chức."

    answer = reading_of(edited(say), form_of()).answer
    assert answer.values["CD02"] is False
    assert answer.nil_reason == "Không tổ chức."


def test_a_list_that_is_closed_keeps_its_rows_and_tells_of_others() -> None:
    form = form_of(FULL, opened=frozenset({"TT01"}))
    book = openpyxl.load_workbook(BytesIO(write_workbook(lay_out(form))))
    sheet = book["Hoạt động"]
    row = next(r for r in range(1, 30) if sheet.cell(r, 3).value == "TD-01")
    sheet.cell(row, 7).value = 99
    saved = BytesIO()
    book.save(saved)
    reading = reading_of(saved.getvalue(), form)
    assert reading.answer == FULL
    (finding,) = reading.findings
    assert "Danh sách này không mở để sửa" in finding.message


def test_what_lies_beyond_the_cells_that_are_read_is_told() -> None:
    def far(book: Workbook) -> None:
        book["Số liệu"].cell(6_000, 1).value = "TT99"

    (finding,) = reading_of(edited(far), form_of()).findings
    assert "ngoài 5.000 dòng" in finding.message
    assert not finding.is_error


def test_a_remark_of_the_rules_on_a_row_names_the_row_of_the_sheet() -> None:
    reading = reading_of(edited(_nothing), form_of())
    rule = Finding(field="HD01", message="HD01 - Số cuộc: dòng 2: thiếu ngày.", is_error=True)
    other = Finding(field="answer", message="Chưa có nội dung.", is_error=True)
    located, untouched = locate(reading, [rule, other])
    assert re.match(r"Dòng \d+ trang “Hoạt động”: HD01 - Số cuộc: thiếu ngày", located.message)
    assert untouched == other


def test_a_formula_counts_for_its_result_and_is_told() -> None:
    octets = edited(_put("TT01", "=1000+500"))
    with ZipFile(BytesIO(octets)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = parts["xl/worksheets/sheet1.xml"].replace(b"<v></v>", b"<v>1500</v>").replace(
        b"<v />", b"<v>1500</v>").replace(b"<v/>", b"<v>1500</v>")  # fmt: skip
    saved = BytesIO()
    with ZipFile(saved, "w") as archive:
        for name, content in (parts | {"xl/worksheets/sheet1.xml": part}).items():
            archive.writestr(name, content)
    reading = reading_of(saved.getvalue(), form_of())
    assert reading.answer == FULL
    (finding,) = reading.findings
    assert not finding.is_error
    assert "đã lấy kết quả “1.500”" in finding.message


def test_in_a_returned_form_only_what_was_remarked_on_changes() -> None:
    opened = frozenset({"TT01", "DG01"})
    form = form_of(FULL, opened=opened)
    book = openpyxl.load_workbook(BytesIO(write_workbook(lay_out(form))))
    sheet = book["Số liệu"]
    sheet[cell_of(sheet, "TT01")], sheet[cell_of(sheet, "TT02")] = "1.600", 99
    assert not sheet[cell_of(sheet, "TT01")].protection.locked
    assert sheet[cell_of(sheet, "TT02")].protection.locked
    saved = BytesIO()
    book.save(saved)
    reading = reading_of(saved.getvalue(), form)
    assert reading.answer == FULL.model_copy(update={"values": FULL.values | {"TT01": 1600}})
    (finding,) = reading.findings
    assert "không mở để sửa" in finding.message
    assert not finding.is_error


def test_a_text_that_no_cell_holds_stays_as_it_was_sent() -> None:
    long = Answer(values={"DG01": "d" * (LONGEST_CELL + 1)})
    reading = reading_of(write_workbook(lay_out(form_of(long))), form_of(long))
    assert reading.answer == long
    assert reading.findings == ()


def test_equal_answers_give_equal_bytes_and_no_cell_is_a_formula() -> None:
    hostile = Answer(
        values={"DG01": '=HYPERLINK("http://x","y")', "TT01": 7},
        notes={"TT01": "+cmd|' /C calc'!A0", "KP01": "-1+1", "TT02": "@SUM(A1)"},
        narrative={"thuyet_minh": "\t=1+1"},
    )
    octets = write_workbook(lay_out(form_of(hostile)))
    assert octets == write_workbook(lay_out(form_of(hostile)))
    book = openpyxl.load_workbook(BytesIO(octets))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert '=HYPERLINK("http://x","y")' in [cell.value for cell in cells]
    with ZipFile(BytesIO(octets)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())


def test_the_form_is_protected_but_for_its_cells_and_prints_on_a4() -> None:
    book = openpyxl.load_workbook(BytesIO(write_workbook(lay_out(form_of()))))
    assert [s.title for s in book if s.sheet_state == "visible"] == [
        "Số liệu", "Hoạt động", "Danh sách", "Thuyết minh", "Hướng dẫn",
    ]  # fmt: skip
    for sheet in book:
        assert sheet.protection.sheet
        assert sheet.protection.password is None
    sheet = book["Số liệu"]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.freeze_panes == "A5"
    assert sheet["A5"].font.name == "Times New Roman"
    prompts = {str(one.sqref): one for one in sheet.data_validations.dataValidation}
    asked = prompts[cell_of(sheet, "TT01")]
    assert "từ 0 đến 400" in str(asked.prompt)
    assert asked.errorStyle == "warning"
    assert "<=400" in str(asked.formula1)


OFFICE = Path(shutil.which("soffice") or "/").resolve()
HAS_CALC = (OFFICE.parent / "libsclo.so").exists()


@pytest.mark.slow
@pytest.mark.skipif(not HAS_CALC, reason="not installed: libreoffice-calc-nogui")
def test_a_form_saved_by_libreoffice_gives_the_same_answer(tmp_path: Path) -> None:
    source = tmp_path / "in" / "mau.xlsx"
    source.parent.mkdir()
    source.write_bytes(write_workbook(lay_out(form_of(FULL))))
    subprocess.run(
        [str(OFFICE), "--headless", f"-env:UserInstallation=file://{tmp_path}/lo", "--convert-to",
         "xlsx", "--outdir", str(tmp_path), str(source)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    octets = (tmp_path / "mau.xlsx").read_bytes()
    assert read_workbook(octets).identity == "id"
    assert reading_of(octets, form_of()).answer == FULL


def test_a_workbook_without_the_form_is_refused_with_what_to_do() -> None:
    book = Workbook()
    saved = BytesIO()
    book.save(saved)
    with pytest.raises(Exception, match="tải lại biểu mẫu"):
        reading_of(saved.getvalue(), form_of())
