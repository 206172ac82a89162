"""The office reviews: queue, differences, acts, versions that changed, and no self-approval."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from adapters import tables
from adapters.database import open_engine, transaction
from adapters.ledger import read_obligation
from models.accounts import Role
from models.obligations import Obligation, ObligationState
from models.submissions import Answer, Attachment
from services.extensions import request_extension
from services.journal import verify
from tests.portal.conftest import JUNE, PLAN, Site

SHEET, OTHER = f"{PLAN}/PSL/thon-01/1", f"{PLAN}/PSL/thon-02/1"
KHCT = f"{PLAN}/KHCT/dt-hnd/1"
GOOD = Answer(values={"TT01": 3, "TT02": 30, "TT10": 2, "TT12": 80})
HOSTILE = "<script>alert('x')</script>"
SOON = (JUNE + timedelta(days=4)).date().isoformat()


def obligation(site: Site, id_: str = SHEET) -> Obligation:
    engine = open_engine(site.settings.engine_url)
    with transaction(engine) as connection:
        found = read_obligation(connection, id_)
    engine.dispose()
    return found


def rows(site: Site, table: Any) -> list[Any]:
    engine = open_engine(site.settings.engine_url)
    with transaction(engine) as connection:
        found = list(connection.execute(select(table)).mappings())
    engine.dispose()
    return found


def send(site: Site, id_: str = SHEET, answer: Answer = GOOD, nonce: str = "1") -> None:
    site.submit(id_, answer, nonce=f"{id_} {nonce}", now=JUNE)


def act(site: Site, path: str, **fields: Any) -> Any:
    token = site.hidden(site.client.get("/tai-khoan").text)
    return site.client.post(f"/tham-dinh/{path}", data=token | fields, follow_redirects=False)


def test_the_queue_is_oldest_first_and_narrowed(site: Site) -> None:
    site.submit(OTHER, GOOD, nonce="a", now=JUNE - timedelta(days=6))
    send(site)
    page = site.client.get("/tham-dinh").text
    assert page.index("thon-02") < page.index("thon-01")
    assert "Quá hạn thẩm định" in page
    only = site.client.get("/tham-dinh?don_vi=thon-01").text
    assert "1/2 bản" in only
    assert f"/tham-dinh/viec/{OTHER}" not in only
    assert "Không có bản nào khớp" in site.client.get("/tham-dinh?giai_doan=P9").text


def test_a_version_stands_beside_the_one_before_with_what_changed(site: Site) -> None:
    first = GOOD.model_copy(update={"narrative": {"thuyet_minh": f"Đã phát tờ rơi {HOSTILE}"}})
    second = first.model_copy(update={
        "values": dict(GOOD.values) | {"TT02": 45},
        "narrative": {"thuyet_minh": f"Đã phát nhiều tờ rơi {HOSTILE}"},
    })  # fmt: skip
    send(site, answer=first)
    send(site, answer=second, nonce="2")
    page = site.client.get(f"/tham-dinh/viec/{SHEET}").text
    assert "Bản 2 so với bản 1" in page
    assert page.count("Thay đổi</span>") == 2
    assert "<ins>" in page
    assert "nhiều" in page
    assert HOSTILE not in page
    send(site, answer=first, nonce="3")
    assert "Bản 3 so với bản 1" in site.client.get(f"/tham-dinh/viec/{SHEET}?so_voi=1").text


@pytest.mark.slow
def test_accepting_is_for_the_version_seen(site: Site) -> None:
    send(site)
    send(site, answer=GOOD.model_copy(update={"values": {"TT01": 9}}), nonce="2")
    stale = act(site, f"viec/chap-nhan/{SHEET}", ban_da_xem="1")
    assert stale.status_code == 409
    assert "đơn vị đã gửi bản 2" in stale.text
    assert "Bản 2 so với bản 1" in stale.text
    assert act(site, f"viec/chap-nhan/{SHEET}").status_code == 409
    assert obligation(site).state is ObligationState.SUBMITTED
    for _ in range(2):  # pressed twice, accepted once
        done = act(site, f"viec/chap-nhan/{SHEET}", ban_da_xem="2")
        assert done.status_code == 303
    assert "Đã chấp nhận" in site.client.get(done.headers["location"]).text
    assert len(rows(site, tables.reviews)) == 1
    assert obligation(site).state is ObligationState.ACCEPTED


def test_returning_names_fields_and_a_day_and_keeps_what_was_typed(site: Site) -> None:
    send(site)
    fields = {"ban_da_xem": "1", "nx.TT12": "Chưa khớp danh sách.", "ngay": SOON}
    for wrong in ({"ngay": ""}, {"ngay": "2026-06-01"}, {"nx.TT12": " "}, {"ngay": "30/2/2026"}):
        refused = act(site, f"viec/tra-lai/{SHEET}", **(fields | wrong))
        assert refused.status_code == 409, wrong
    assert (
        "Chưa khớp danh sách." in act(site, f"viec/tra-lai/{SHEET}", **(fields | {"ngay": ""})).text
    )
    assert act(site, f"viec/tra-lai/{SHEET}", **fields, loi_hinh_thuc="co").status_code == 303
    found = obligation(site)
    assert found.state is ObligationState.RETURNED
    assert found.first_received_at is None  # a formal defect: nothing valid came in
    (review,) = rows(site, tables.reviews)
    assert review["remarks"] == {"TT12": "Chưa khớp danh sách."}
    assert review["reviewer"] == "t-administrator"


@pytest.mark.slow
def test_a_question_leaves_the_state_and_shows_its_answer(site: Site) -> None:
    send(site)
    assert act(site, f"viec/hoi/{SHEET}", cau_hoi=" ").status_code == 409
    for _ in range(2):
        assert act(site, f"viec/hoi/{SHEET}", cau_hoi=HOSTILE).status_code == 303
    assert obligation(site).state is ObligationState.SUBMITTED
    kinds = [row["kind"] for row in rows(site, tables.outbox)]
    assert kinds.count("E24") == 1
    assert "Đang chờ trả lời" in site.client.get("/tham-dinh").text
    link = site.open("thon-01")
    page = site.client.get(link).text
    assert "Cần trả lời" in page
    assert HOSTILE not in page
    fields = site.hidden(page.split('id="tra-loi"')[1])
    foreign = site.client.get(site.open("thon-02")).text
    assert "Cần trả lời" not in foreign
    wrong = {"ma_bieu_mau": site.hidden(foreign)["ma_bieu_mau"], "tra_loi": "x"}
    assert site.client.post(f"{site.open('thon-02')}/tra-loi/1", data=wrong).status_code == 404
    told = site.client.post(f"{link}/tra-loi/1", data=fields | {"tra_loi": "Đã gồm học sinh."})
    assert "Đã ghi nhận câu trả lời" in told.text
    site.client.post(f"{link}/tra-loi/1", data=fields | {"tra_loi": "đổi ý"})
    assert "Đã gồm học sinh." in site.client.get(f"/tham-dinh/viec/{SHEET}").text
    (question,) = rows(site, tables.questions)
    assert (question["answer"], question["channel"]) == ("Đã gồm học sinh.", "portal")


def test_more_time_is_granted_refused_and_queued(site: Site) -> None:
    desk = site.desk(JUNE)
    for id_ in (SHEET, OTHER):
        request_extension(desk.engine, id_, reason=HOSTILE, proposed_due_at=None,
                          requested_by="thon-01.contact", now=JUNE)  # fmt: skip
    desk.engine.dispose()
    queue = site.client.get("/gia-han").text
    assert "2 đề nghị" in queue
    assert HOSTILE not in queue
    site.sign_in(Role.LEADER)
    assert act(site, f"quyet-dinh/khong-gia-han/{OTHER}", ly_do="").status_code == 409
    assert act(site, f"quyet-dinh/khong-gia-han/{OTHER}", ly_do="Sát hạn tỉnh").status_code == 303
    assert act(site, f"quyet-dinh/gia-han/{SHEET}", ngay="2026-06-01").status_code == 409
    assert act(site, f"quyet-dinh/gia-han/{SHEET}", ngay="2026-06-26").status_code == 303
    assert "Không có đề nghị nào" in site.client.get("/gia-han").text
    assert obligation(site).extended_to is not None
    letters = [row for row in rows(site, tables.outbox) if row["kind"] == "E18"]
    assert {row["context"]["decided_by"] for row in letters} == {"Cán bộ leader"}


def test_a_call_a_silence_and_a_waiver_are_noted(site: Site) -> None:
    assert act(site, f"viec/goi-dien/{SHEET}", ly_do="Hẹn thứ Hai", ngay=SOON).status_code == 303
    fields = {"ly_do": "Lũ lụt", "ngay": SOON, "ca_don_vi": "co"}
    assert act(site, f"viec/tam-dung/{SHEET}", **fields).status_code == 303
    assert act(site, f"quyet-dinh/mien/{SHEET}", ly_do="").status_code == 409
    assert act(site, f"quyet-dinh/mien/{SHEET}", ly_do="Thôn sáp nhập").status_code == 303
    kept = [(row["kind"], row["obligation_id"]) for row in rows(site, tables.pauses)]
    assert kept == [("call", SHEET), ("silence", None)]
    assert obligation(site).state is ObligationState.WAIVED
    page = site.client.get(f"/nhat-ky/viec/{SHEET}?kiem_tra=co").text
    assert "Chuỗi nhật ký nguyên vẹn" in page
    assert "Thôn sáp nhập" in page
    assert "Miễn" in page
    assert "Tạm dừng nhắc" in site.client.get("/nhat-ky/don-vi/thon-01").text


def test_acts_of_one_kind_are_not_taken_by_the_door_of_the_other(site: Site) -> None:
    send(site)
    for path in (f"viec/mien/{SHEET}", f"quyet-dinh/chap-nhan/{SHEET}", f"viec/x/{SHEET}"):
        assert act(site, path, ban_da_xem="1", ly_do="x").status_code == 404
    assert act(site, f"viec/chap-nhan/{PLAN}/PSL/thon-99/1", ban_da_xem="1").status_code == 404


def test_plain_ones_are_accepted_together_after_a_look(site: Site) -> None:
    send(site)
    send(site, OTHER)
    before = site.row_counts()
    keys = [f"{SHEET}@1", f"{OTHER}@1", f"{PLAN}/x@1"]
    preview = site.client.get("/tham-dinh/nhieu", params={"chon": keys})
    assert "Kiểm tra 2 bản" in preview.text
    assert site.row_counts() == before
    assert act(site, "nhieu").status_code == 422
    send(site, OTHER, nonce="2", answer=GOOD.model_copy(update={"values": {"TT01": 5}}))
    refused = act(site, "nhieu", chon=keys)
    assert refused.status_code == 409
    assert "2 bản chưa được chấp nhận" in refused.text
    assert obligation(site).state is ObligationState.ACCEPTED
    assert obligation(site, OTHER).state is ObligationState.SUBMITTED
    assert act(site, "nhieu", chon=[f"{OTHER}@2"]).status_code == 303


def test_a_file_is_fetched_by_the_version_that_holds_it(site: Site) -> None:
    desk = site.desk(JUNE)
    desk.engine.dispose()
    sha256 = desk.blobs.put(b"%PDF-1.4 x")
    file = Attachment(sha256=sha256, name="ảnh <b>.pdf", size=10, media_type="application/pdf")
    send(site, answer=GOOD.model_copy(update={"attachments": (file,)}))
    path = f"/tham-dinh/tep/1/{sha256}"
    got = site.client.get(f"{path}/{SHEET}")
    assert got.content == b"%PDF-1.4 x"
    assert got.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in got.headers["content-security-policy"]
    assert site.client.get(f"{path}/{OTHER}").status_code == 404
    assert site.client.get(f"/tham-dinh/tep/2/{sha256}/{SHEET}").status_code == 404


@pytest.mark.slow
def test_nobody_accepts_what_they_entered_or_what_their_unit_sent(site: Site) -> None:
    site.sign_in(Role.OFFICE, unit_id="thon-02")
    page = site.client.get(f"/tham-dinh/nhap-thay/{SHEET}")
    fields = site.hidden(page.text) | {"v.TT01": "3", "v.TT02": "1,5", "qua": "dien-thoai"}
    wrong = site.client.post(f"/tham-dinh/nhap-thay/{SHEET}", data=fields)
    assert wrong.status_code == 422
    assert "1,5" in wrong.text
    fields |= {"v.TT02": "30", "v.TT10": "2", "v.TT12": "80"}
    for _ in range(2):
        entered = site.client.post(f"/tham-dinh/nhap-thay/{SHEET}", data=fields)
    assert entered.status_code in {200, 409}
    (sent,) = rows(site, tables.submissions)
    assert (sent["channel"], sent["entered_by"]) == ("entered", "t-office")
    assert "điện thoại" in sent["sent_by"]
    assert (
        "không tự duyệt"
        in (own := act(site, f"viec/chap-nhan/{SHEET}", ban_da_xem="1")).text.lower()
    )
    assert own.status_code == 409
    send(site, OTHER)
    assert act(site, f"viec/chap-nhan/{OTHER}", ban_da_xem="1").status_code == 409
    assert act(site, "nhieu", chon=[f"{OTHER}@1"]).status_code == 409
    site.sign_in(Role.ADMINISTRATOR)
    for id_ in (SHEET, OTHER):
        assert act(site, f"viec/chap-nhan/{id_}", ban_da_xem="1").status_code == 303


def with_plan(site: Site, text: str, nonce: str = "1") -> None:
    answer = Answer(
        document_number="05/KH-HND", document_date=date(2026, 5, 20), narrative={"noi_dung": text}
    )
    send(site, KHCT, answer, nonce)


def marks(page: str, site: Site, result: str, **more: str) -> dict[str, str]:
    every = {f"tc.{number}": "pass" for number in range(1, 13)}
    return site.hidden(page) | every | {"ket_luan": result} | more


@pytest.mark.slow
def test_a_detailed_plan_is_judged_on_its_form_only(site: Site) -> None:
    with_plan(
        site, "Tuyên truyền ngày 22/6/2026; báo cáo ngày 22/6; phụ trách: ông A, 0912 345 678"
    )
    assert act(site, f"viec/chap-nhan/{KHCT}", ban_da_xem="1").status_code == 409
    assert act(site, f"viec/tra-lai/{KHCT}", ban_da_xem="1", ngay=SOON).status_code == 409
    assert f'value="{KHCT}@1"' not in site.client.get("/tham-dinh").text
    path = f"/tham-dinh/ra-soat/{KHCT}"
    page = site.client.get(path).text
    assert "Kiểm tra tự động: <strong>Đạt</strong>" in page
    assert "chỉ kiểm tra nội dung" in page  # a mass organisation
    refusals = {
        "12 tiêu chí": {"tc.5": ""},
        "lý do đánh giá khác": {},
        "ít nhất một tiêu chí": {"ket_luan": "return", "nx.3": "đã xem"},
        "yêu cầu chỉnh sửa": {"tc.5": "fail", "nx.3": "đã xem"},
        "kết luận": {"ket_luan": "x", "nx.3": "đã xem"},
        "phải ghi rõ": {"ket_luan": "pass_with_remarks", "tc.3": "not_applicable"},
    }
    for words, fields in refusals.items():
        answer = site.client.post(path, data=marks(page, site, "pass") | fields)
        assert answer.status_code == 409, words
        assert words in answer.text
    assert rows(site, tables.compliance_forms) == []
    good = marks(page, site, "pass", **{"tc.3": "not_applicable"})
    assert "Đã ký phiếu rà soát" in site.client.post(path, data=good).text
    assert site.client.post(path, data=good).status_code == 409
    assert obligation(site, KHCT).state is ObligationState.ACCEPTED
    duty = next(r for r in rows(site, tables.obligations) if r["kind"] == "compliance_review")
    assert duty["state"] == "accepted"
    engine = open_engine(site.settings.engine_url)
    assert verify(engine, commune="bat-mot") == ()
    engine.dispose()


@pytest.mark.slow
def test_a_returned_plan_is_told_row_numbers_and_corrections(site: Site) -> None:
    with_plan(site, "Tuyên truyền ngày 5/7/2026")
    path = f"/tham-dinh/ra-soat/{KHCT}"
    page = site.client.get(path).text
    assert "Ngày ngoài khoảng" in page
    assert "Không tìm thấy: chế độ báo cáo" in page
    said = {"tc.2": "fail", "nx.2": "Chuyển trước ngày 29/6", "tc.12": "fail", "nx.12": "Ghi người phụ trách",
            "tc.3": "not_applicable", "ngay": SOON}  # fmt: skip
    fields = marks(page, site, "return", **said)
    assert site.client.post(path, data=fields | {"ngay": ""}).status_code == 409
    assert site.client.post(path, data=fields).status_code == 200
    (review,) = rows(site, tables.reviews)
    told = "Tiêu chí 2: Chuyển trước ngày 29/6; Tiêu chí 12: Ghi người phụ trách"
    assert review["remarks"] == {"Phiếu rà soát": told}
    assert told in site.client.get(f"{site.open('dt-hnd')}/nop/{KHCT}").text
    with_plan(site, "Tuyên truyền ngày 22/6/2026", nonce="2")
    stale = site.client.post(path, data=fields)
    assert stale.status_code == 409
    page = site.client.get(path).text
    said = {"tc.3": "not_applicable", "tc.12": "fail", "nx.12": "Thêm số điện thoại"}
    fields = marks(page, site, "pass_with_remarks", **said)
    assert site.client.post(path, data=fields).status_code == 200
    assert obligation(site, KHCT).state is ObligationState.ACCEPTED
    (question,) = rows(site, tables.questions)
    assert "Tiêu chí 12: Thêm số điện thoại" in question["text"]
    forms = rows(site, tables.compliance_forms)
    assert [(form["version"], form["result"]) for form in forms] == [
        (1, "return"), (2, "pass_with_remarks")
    ]  # fmt: skip


def test_another_commune_s_answers_are_not_found(site: Site) -> None:
    send(site)
    engine = open_engine(site.settings.engine_url)
    with transaction(engine) as connection:
        connection.execute(tables.plans.update().values(commune="dong-hoa"))
    engine.dispose()
    for path in (
        f"/tham-dinh/viec/{SHEET}",
        f"/nhat-ky/viec/{SHEET}",
        f"/tham-dinh/nhap-thay/{SHEET}",
    ):
        assert site.client.get(path).status_code == 404
    assert act(site, f"viec/chap-nhan/{SHEET}", ban_da_xem="1").status_code == 404
    assert act(site, "nhieu", chon=[f"{SHEET}@1"]).status_code == 409
    assert obligation(site).state is ObligationState.SUBMITTED
