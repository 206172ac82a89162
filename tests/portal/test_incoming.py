"""The pages of incoming mail: what waits, one mail as people read it, who may decide."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import cast

import pytest

from models.incoming import InboxState
from models.letters import LetterKind
from services.desk import Desk
from tests.incoming_mails import REPLY_TO, mail
from tests.portal.conftest import JUNE, PLAN, Site
from tests.services.mail_stage import PDF, Correspondence

SHEET_OF = f"{PLAN}/PSL/thon-01/1"
HOSTILE = "<script>alert('x')</script>{{7*7}}"


@pytest.fixture
def desk(site: Site) -> Iterator[Desk]:
    """The desk of the portal's ledger."""
    desk = site.desk(JUNE)
    yield desk
    desk.engine.dispose()


@pytest.fixture
def mails(desk: Desk) -> Correspondence:
    """Letters of the portal's commune, and what comes back."""
    return Correspondence(desk.clerk)


def asked_about(mails: Correspondence) -> str:
    """The path of the link in the letter about a mail that nothing proves."""
    to = mails.write("thon-01", SHEET_OF)
    mails.arrive(mails.reply("thon-01", "TT01: 3", to=to, passed=False), now=JUNE)
    (letter,) = mails.letters(LetterKind.ASK_SENDER)
    return re.sub(
        r"^https?://[^/]+", "", str(cast("dict[str, object]", letter.context)["confirm_url"])
    )


def test_a_hostile_mail_is_shown_as_text_and_its_files_as_downloads(
    site: Site, mails: Correspondence
) -> None:
    raw = mails.reply(
        "thon-01", HOSTILE, to=REPLY_TO, passed=False, subject=HOSTILE,
        sender="ai@do.example", files={"..\\..\\a\u202efdp.exe": PDF, "báo cáo.pdf": PDF},
    )  # fmt: skip
    mails.arrive(raw, now=JUNE)
    listed = site.client.get("/thu-den").text
    page = site.client.get("/thu-den/1").text
    for text in (listed, page):
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text
        assert "{{7*7}}" in text
    assert "E-IN-STRANGER" in page
    assert "\u202e" not in page
    assert "loại tệp không nhận" in page
    file = site.client.get("/thu-den/1/tep/1")
    assert (file.content, file.headers["content-type"]) == (PDF, "application/octet-stream")
    assert file.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in file.headers["content-security-policy"]
    assert site.client.get("/thu-den/1/thu.eml").content == raw
    assert site.client.get("/thu-den/1/tep/9").status_code == 404
    assert site.client.get("/thu-den/99").status_code == 404


def test_the_office_takes_a_mail_for_genuine_with_a_reason(
    site: Site, mails: Correspondence
) -> None:
    mails.arrive(mail("TT01: 3", sender="ai@do.example", to=REPLY_TO, subject="Báo cáo"), now=JUNE)
    page = site.client.get("/thu-den/1?don_vi=thon-01").text
    assert SHEET_OF in page
    fields = site.hidden(page) | {"viec": "nhan", "nghia_vu": SHEET_OF}
    assert site.client.post("/thu-den/1", data=fields).status_code == 422
    assert site.client.post("/thu-den/1", data={"viec": "nhan", "ly_do": "x"}).status_code == 403
    fields["ly_do"] = "Đã gọi điện."
    done = site.client.post("/thu-den/1", data=fields)
    assert "Đã ghi nhận thành câu trả lời" in done.text
    assert f"{SHEET_OF}@1" in done.text
    assert "xác nhận là thư thật" in done.text
    assert [v.obligation_id for v in mails.versions()] == [SHEET_OF]
    assert site.client.get("/thu-den?trang-thai=settled").text.count("/thu-den/1") == 1


def test_the_office_asks_the_unit_or_closes_a_mail(site: Site, mails: Correspondence) -> None:
    for number in (1, 2):
        raw = mail(f"TT01: {number}", sender="ai@do.example", to=REPLY_TO, subject=f"Thư {number}")
        mails.arrive(raw, now=JUNE)
    fields = site.hidden(site.client.get("/thu-den/1?don_vi=thon-01").text)
    about = {"viec": "hoi", "nghia_vu": SHEET_OF}
    asked = site.client.post("/thu-den/1", data=fields | about)
    assert "Đã gửi thư hỏi lại đơn vị" in asked.text
    closed = site.client.post("/thu-den/2", data=fields | {"viec": "bo", "ly_do": "Quảng cáo."})
    assert "Đã đóng thư này" in closed.text
    again = site.client.post("/thu-den/2", data=fields | {"viec": "bo", "ly_do": "Quảng cáo."})
    assert "đã được xử lý từ trước" in again.text
    assert site.client.post("/thu-den/1", data=fields | {"viec": "x"}).status_code == 422
    states = [row.state for row in mails.rows()]
    assert states == [InboxState.ASKED, InboxState.SETTLED]


@pytest.mark.slow
def test_documents_waiting_for_a_person_are_entered_beside_the_mail(
    site: Site, mails: Correspondence
) -> None:
    to = mails.write("thon-01", SHEET_OF)
    text = f"Kính gửi xã, thôn có 3 buổi. {HOSTILE}"
    raw = mails.reply("thon-01", text, to=to, files={"phiếu.pdf": PDF})
    mails.arrive(raw, now=JUNE, arrived_at=JUNE - timedelta(hours=5))
    path = f"/tham-dinh/nhap-thay/{SHEET_OF}?thu=1"
    assert path in site.client.get("/thu-den/1").text
    page = site.client.get(path).text
    assert "thôn có 3 buổi" in page
    assert "<script>alert" not in page
    assert 'href="/thu-den/1/tep/0"' in page
    reference = re.findall(r'name="tep_da_gui" value="([^"]+)"', page)
    fields = site.hidden(page) | {"tep_da_gui": reference, "v.TT01": "3", "v.TT02": "1,5"}
    wrong = site.client.post(path, data=fields)
    assert wrong.status_code == 422
    assert "thôn có 3 buổi" in wrong.text
    fields |= {"v.TT02": "30"}
    assert "Đã nhập thay đơn vị" in site.client.post(path, data=fields).text
    (sent,) = mails.versions(SHEET_OF)
    assert (sent.sent_by, sent.entered_by) == ("thon-01.head", "t-administrator")
    assert sent.received_at == JUNE - timedelta(hours=5)
    assert [file.name for file in sent.answer.attachments] == ["phiếu.pdf"]
    assert mails.state() is InboxState.SETTLED
    assert "đã nhập thay" in site.client.get("/thu-den/1").text
    late = site.client.get(path)
    assert late.status_code == 409
    assert "đã được xử lý" in late.text
    own = site.client.post(
        f"/tham-dinh/viec/chap-nhan/{SHEET_OF}",
        data=site.hidden(site.client.get(f"/tham-dinh/viec/{SHEET_OF}").text) | {"ban_da_xem": "1"},
    )
    assert "không tự duyệt" in own.text.lower()


@pytest.mark.slow
def test_a_doubtful_mail_offers_no_form_before_somebody_said_it_is_genuine(
    site: Site, mails: Correspondence
) -> None:
    asked_about(mails)
    assert "nhap-thay" not in site.client.get("/thu-den/1").text
    refused = site.client.get(f"/tham-dinh/nhap-thay/{SHEET_OF}?thu=1")
    assert refused.status_code == 409
    assert "Chưa xác nhận" in refused.text
    assert site.client.get(f"/tham-dinh/nhap-thay/{SHEET_OF}?thu=9").status_code == 404


@pytest.mark.slow
def test_looking_at_a_confirmation_changes_nothing_however_often(
    site: Site, mails: Correspondence
) -> None:
    path = asked_about(mails)
    site.sign_out()
    before = site.row_counts()
    for _ in range(20):
        for method in ("HEAD", "GET"):
            assert site.client.request(method, path).status_code == 200
    assert site.row_counts() == before
    assert mails.state() is InboxState.ASKED
    assert mails.versions() == []


def test_the_unit_confirms_with_one_press_and_the_second_finds_it_done(
    site: Site, mails: Correspondence
) -> None:
    path = asked_about(mails)
    site.sign_out()
    fields = site.hidden(site.client.get(path).text) | {"viec": "dung"}
    assert site.client.post(path, data={"viec": "dung"}).status_code == 403
    assert site.client.post(path, data=fields | {"viec": ""}).status_code == 422
    done = site.client.post(path, data=fields)
    assert "Câu trả lời đã được ghi nhận" in done.text
    assert site.client.post(path, data=fields).status_code == 200
    assert len(mails.versions(SHEET_OF)) == 1


def test_the_unit_denies_a_mail_and_cannot_take_that_back(
    site: Site, mails: Correspondence
) -> None:
    path = asked_about(mails)
    fields = site.hidden(site.client.get(path).text)
    denied = site.client.post(path, data=fields | {"viec": "khong-phai"})
    assert "đã báo không gửi thư này" in denied.text
    site.client.post(path, data=fields | {"viec": "dung"})
    assert (mails.versions(), mails.state()) == ([], InboxState.QUARANTINED)


def test_a_confirmation_link_is_not_guessed_and_expires(site: Site, mails: Correspondence) -> None:
    path = asked_about(mails)
    assert site.client.get(f"{path}x").status_code == 404
    assert site.client.get("/xac-nhan-thu/x").status_code == 404
    site.move_to(JUNE.replace(month=8))
    assert site.client.get(path).status_code == 410
