"""The form of a product: nothing sent twice, nothing lost, nothing trusted."""

from datetime import timedelta

import pytest

from models.submissions import Answer
from services.portal_views import read_version
from services.reviews import accept, return_to_unit
from tests.portal.conftest import JUNE, PLAN, Site

SHEET = f"{PLAN}/PSL/thon-01/1"
REPORT = f"{PLAN}/BC/dt-hnd/1"
HOSTILE = "<img src=x onerror=alert(1)>"
PDF = b"%PDF-1.7 x"


def answer_of(site: Site, obligation_id: str, version: int = 1) -> Answer:
    desk = site.desk(JUNE)
    found = read_version(desk.engine, obligation_id, version).answer
    desk.engine.dispose()
    return found


def test_a_sheet_is_sent_and_receipted(site: Site) -> None:
    link = site.open("thon-01")
    fields = site.form(link, SHEET) | {
        "v.TT01": "12", "v.TT02": "180 phút", "v.TT09": "1.500", "t.thuyet_minh": HOSTILE,
    }  # fmt: skip
    files = [("tep", ("Ảnh họp thôn.pdf", PDF)), ("tep", ("", b""))]
    sent = site.send(link, SHEET, fields, files=files)
    assert sent.status_code == 303
    receipt = site.client.get(sent.headers["location"])
    assert "TN-" in receipt.text
    assert "1.500" in receipt.text
    assert "Ảnh họp thôn.pdf" in receipt.text
    assert HOSTILE not in receipt.text
    answer = answer_of(site, SHEET)
    assert answer.values == {"TT01": 12, "TT02": 180, "TT09": 1500}
    assert answer.narrative == {"thuyet_minh": HOSTILE}
    assert site.desk(JUNE).blobs.get(answer.attachments[0].sha256) == PDF
    assert "Giấy biên nhận" in site.client.get(link).text
    page = site.client.get(f"{link}/nop/{SHEET}").text
    assert 'value="1500"' in page
    assert HOSTILE not in page


def test_sending_twice_with_one_nonce_makes_one_version(site: Site) -> None:
    link = site.open("thon-01")
    fields = site.form(link, SHEET) | {"v.TT01": "12"}
    first, second = (site.send(link, SHEET, fields) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    assert site.row_counts()["submissions"] == 1
    assert site.send(link, SHEET, fields | {"v.TT01": "13"}).status_code == 409
    assert site.row_counts()["submissions"] == 1


def test_two_people_do_not_overwrite_each_other_unseen(site: Site) -> None:
    link = site.open("thon-01")
    mine, theirs = site.form(link, SHEET), site.form(link, SHEET)
    assert site.send(link, SHEET, theirs | {"v.TT01": "1"}).status_code == 303
    late = site.send(link, SHEET, mine | {"v.TT01": "2"})
    assert late.status_code == 409
    assert 'value="2"' in late.text
    assert "bản gửi mới (lần 1)" in late.text
    again = site.send(link, SHEET, site.hidden(late.text) | {"v.TT01": "2"})
    assert again.headers["location"].split("/bien-nhan/")[1].startswith("2/")


@pytest.mark.parametrize("number", ["1,5", "12 chục", "-1", "1e309", "NaN", "1.50"])
def test_a_doubtful_number_is_asked_about_beside_its_field(site: Site, number: str) -> None:
    link = site.open("thon-01")
    wrong = site.send(link, SHEET, site.form(link, SHEET) | {"v.TT01": number, "v.TT07": "5"})
    assert wrong.status_code == 422
    assert 'href="#f-TT01"' in wrong.text
    assert f'value="{number}"' in wrong.text
    assert 'value="5"' in wrong.text
    assert site.row_counts()["submissions"] == 0


def test_all_faults_are_told_at_once_and_an_empty_form_is_one(site: Site) -> None:
    link = site.open("thon-01")
    wrong = site.send(link, SHEET, site.form(link, SHEET) | {"v.TT01": "x", "v.TT07": "99999"})
    assert "loi-TT01-1" in wrong.text
    assert "loi-TT07-1" in wrong.text
    empty = site.send(link, SHEET, site.form(link, SHEET))
    assert empty.status_code == 422
    assert "chưa có nội dung" in empty.text


def test_nothing_to_report_needs_a_reason(site: Site) -> None:
    link = site.open("thon-01")
    fields = site.form(link, SHEET) | {"khong_phat_sinh": "co"}
    assert site.send(link, SHEET, fields).status_code == 422
    sent = site.send(link, SHEET, fields | {"ly_do": "Thôn không tổ chức"})
    assert sent.status_code == 303
    assert answer_of(site, SHEET).nil_reason == "Thôn không tổ chức"


def test_every_type_of_indicator_is_read(site: Site) -> None:
    link = site.open("dt-hnd", "contact")
    row = {
        "event_id": "TD-01", "title": "Tọa đàm", "date": "20/5/2026", "place": "Nhà văn hóa",
        "participants": "45 người", "role": "chủ trì", "topic": "Giống mới",
    }  # fmt: skip
    fields = site.form(link, REPORT) | {
        "v.CD02": "co", "n.CD02": "Kế hoạch số 5 ngày 20/5/2026", "v.TT04.facebook": "3",
        "v.TT04.zalo": "0", "v.HD04": ["nong_nghiep", "khac", "gia-mao"], "v.KP01": "1,5 triệu",
        "v.DG01": " Tốt \r\n\r\n Rất tốt", "v.HD02.khong_co": "co", "so_van_ban": "05/BC-HND",
        "ngay_van_ban": "2026-06-18", "v.HD03": "45",
    } | {f"v.HD01.0.{field}": text for field, text in row.items()}  # fmt: skip
    sent = site.send(link, REPORT, fields)
    assert sent.status_code == 303, sent.text
    answer = answer_of(site, REPORT)
    assert answer.values == {
        "CD02": True, "TT04": {"facebook": 3, "zalo": 0}, "HD02": (), "HD03": 45,
        "HD01": (row | {"date": "2026-05-20", "participants": 45},),
        "HD04": "nong_nghiep; khac", "KP01": 1_500_000, "DG01": "Tốt\n\nRất tốt",
    }  # fmt: skip
    assert answer.notes["CD02"].startswith("Kế hoạch số 5")
    assert answer.document_number == "05/BC-HND"
    page = site.client.get(f"{link}/nop/{REPORT}").text
    assert 'value="TD-01"' in page
    assert "20/5/2026" in site.client.get(sent.headers["location"]).text


def test_more_rows_keep_what_was_typed_and_what_was_attached(site: Site) -> None:
    link = site.open("dt-hnd", "contact")
    fields = site.form(link, REPORT) | {"v.HD01.0.title": "Tọa đàm", "them": "HD01"}
    more = site.send(link, REPORT, fields, files=[("tep", ("a.pdf", PDF))])
    assert more.status_code == 200
    assert 'name="v.HD01.4.title"' in more.text
    assert 'value="Tọa đàm"' in more.text
    assert "a.pdf" in more.text
    assert site.row_counts()["submissions"] == 0
    kept = more.text.split('name="tep_da_gui" value="')[1].split('"')[0]
    fields = site.hidden(more.text) | {"tep_da_gui": kept, "t.thuyet_minh": "Có"}
    assert site.send(link, REPORT, fields).status_code == 303
    assert [one.name for one in answer_of(site, REPORT).attachments] == ["a.pdf"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.exe", b"MZ"), ("a.pdf", b"<html>"), ("a.html", b"<html>"), ("a", PDF)],
)
def test_a_file_that_is_not_what_it_says_is_refused(site: Site, name: str, content: bytes) -> None:
    link = site.open("thon-01")
    fields = site.form(link, SHEET) | {"v.TT01": "1"}
    wrong = site.send(link, SHEET, fields, files=[("tep", (name, content))])
    assert wrong.status_code == 415
    assert "không nhận loại tệp này" in wrong.text
    assert site.row_counts()["submissions"] == 0


def test_a_reference_to_another_s_file_brings_nothing(site: Site) -> None:
    other = site.open("thon-02")
    foreign = f"{PLAN}/PSL/thon-02/1"
    more = site.send(
        other, foreign, site.form(other, foreign) | {"them": ""},
        files=[("tep", ("a.pdf", PDF))],
    )  # fmt: skip
    stolen = more.text.split('name="tep_da_gui" value="')[1].split('"')[0]
    link = site.open("thon-01")
    fields = site.form(link, SHEET) | {"v.TT01": "1", "tep_da_gui": [stolen, "rác"]}
    assert site.send(link, SHEET, fields).status_code == 303
    assert answer_of(site, SHEET).attachments == ()


def returned(site: Site, remarks: dict[str, str]) -> None:
    answer = Answer(values={"TT01": 12, "TT07": 2}, narrative={"thuyet_minh": "Cũ"})
    site.submit(SHEET, answer, nonce="1", now=JUNE)
    desk = site.desk(JUNE)
    return_to_unit(desk.engine, SHEET, remarks=remarks, due_at=JUNE + timedelta(days=2),
                   reviewer="vhxh", now=JUNE)  # fmt: skip
    desk.engine.dispose()


def test_a_return_opens_only_the_fields_remarked_on(site: Site) -> None:
    returned(site, {"TT07": f"Số băng rôn chưa khớp {HOSTILE}"})
    link = site.open("thon-01")
    assert "Bổ sung và gửi lại" in site.client.get(link).text
    page = site.client.get(f"{link}/nop/{SHEET}").text
    assert "Số băng rôn chưa khớp" in page
    assert HOSTILE not in page
    assert 'name="v.TT07"' in page
    assert 'name="v.TT01"' not in page
    fields = site.form(link, SHEET) | {"v.TT07": "5", "v.TT01": "999"}
    assert site.send(link, SHEET, fields).status_code == 303
    answer = answer_of(site, SHEET, 2)
    assert answer.values == {"TT01": 12, "TT07": 5}
    assert answer.narrative == {"thuyet_minh": "Cũ"}


def test_a_remark_on_the_whole_opens_every_field(site: Site) -> None:
    returned(site, {"answer": "Đề nghị xem lại toàn bộ"})
    assert 'name="v.TT01"' in site.client.get(f"{site.open('thon-01')}/nop/{SHEET}").text


def test_an_accepted_product_shows_its_receipt_instead_of_a_form(site: Site) -> None:
    site.submit(SHEET, Answer(values={"TT01": 1}), nonce="1", now=JUNE)
    link = site.open("thon-01")
    fields = site.form(link, SHEET) | {"v.TT01": "2"}
    desk = site.desk(JUNE)
    accept(desk.engine, SHEET, reviewer="vhxh", now=JUNE)
    desk.engine.dispose()
    shown = site.client.get(f"{link}/nop/{SHEET}")
    assert "/bien-nhan/1/" in shown.url.path
    assert site.send(link, SHEET, fields).status_code == 409


def test_a_body_without_end_is_cut_off(site: Site) -> None:
    link = site.open("thon-01")
    path = f"{link}/nop/{SHEET}"
    wide = {f"x{n}": "1" for n in range(3000)}
    assert site.client.post(path, data=wide).status_code == 413
    many = [("tep", (f"{n}.pdf", PDF)) for n in range(30)]
    assert site.client.post(path, data={"a": "1"}, files=many).status_code == 413
    assert site.row_counts()["submissions"] == 0
