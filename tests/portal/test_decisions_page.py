"""The leader decides on exactly the text that was shown, and nobody else decides."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from adapters.rule_sets import read_rule_set
from models.accounts import Role
from models.submissions import Answer
from services.desk import Desk
from services.reports import ReportRecord, assemble, find_report
from services.reviews import accept
from services.sign_offs import sign_off_content, sign_off_form
from tests.portal.conftest import JUNE, PLAN, Site


def draft(site: Site, village: str, *, is_signed_off: bool = True) -> None:
    sheet = f"{PLAN}/PSL/{village}/1"
    site.submit(sheet, Answer(values={"TT01": 12}), nonce=village, now=JUNE)
    desk = site.desk(JUNE)
    accept(desk.engine, sheet, reviewer="vhxh", now=JUNE)
    now = JUNE + timedelta(hours=1)
    made = assemble(desk.engine, PLAN, outline=None, blobs=desk.blobs, actor="t", now=now)
    if is_signed_off:
        answer_for(desk, made, now)
    desk.engine.dispose()


def answer_for(desk: Desk, made: ReportRecord, now: datetime) -> None:
    seen: Any = {"version": made.version, "sha256_prefix": made.sha256}
    sign_off_content(desk.engine, PLAN, **seen, by="Trưởng phòng", now=now)
    sign_off_form(
        desk.engine, PLAN, **seen, by="Chánh Văn phòng", now=now, rules=read_rule_set(),
        blobs=desk.blobs, note="đạt",
    )  # fmt: skip


def verdict_of(site: Site) -> tuple[str | None, str | None, str | None]:
    desk = site.desk(JUNE)
    report = find_report(desk.engine, PLAN)
    desk.engine.dispose()
    assert report is not None
    return report.verdict, report.decided_by, report.comment


@pytest.fixture
def leader(site: Site) -> str:
    draft(site, "thon-01")
    return site.open("ubnd")


def decide(site: Site, leader: str, fields: dict[str, str]) -> Any:
    return site.client.post(f"{leader}/bao-cao/{PLAN}", data=fields)


@pytest.mark.slow
def test_the_leader_sees_what_waits_and_approves_it(site: Site, leader: str) -> None:
    page = site.client.get(leader).text
    assert "Chờ tôi" in page
    assert "1/26 đơn vị" in page
    fields = site.hidden(site.client.get(f"{leader}/bao-cao/{PLAN}").text)
    for _ in range(2):
        answer = decide(site, leader, fields | {"quyet_dinh": "approved"})
        assert "Lãnh đạo phê duyệt lúc" in answer.text
    assert verdict_of(site) == ("approved", "Lê Văn Công", None)
    assert site.row_counts()["decisions"] == 1
    assert "Xem lại" in site.client.get(leader).text


@pytest.mark.slow
def test_a_return_needs_an_opinion(site: Site, leader: str) -> None:
    fields = site.hidden(site.client.get(f"{leader}/bao-cao/{PLAN}").text)
    refused = decide(site, leader, fields | {"quyet_dinh": "returned", "y_kien": " "})
    assert refused.status_code == 409
    assert "ghi ý kiến" in refused.text
    opinion = "Bổ sung số liệu <b>thôn</b>"
    decided = decide(site, leader, fields | {"quyet_dinh": "returned", "y_kien": opinion})
    assert verdict_of(site) == ("returned", "Lê Văn Công", opinion)
    assert "<b>thôn</b>" not in decided.text
    assert decide(site, leader, fields | {"quyet_dinh": "approved"}).status_code == 409


@pytest.mark.slow
def test_a_draft_that_changed_meanwhile_is_not_decided(site: Site, leader: str) -> None:
    fields = site.hidden(site.client.get(f"{leader}/bao-cao/{PLAN}").text)
    draft(site, "thon-02")
    answer = decide(site, leader, fields | {"quyet_dinh": "approved"})
    assert answer.status_code == 409
    assert "Nội dung đã thay đổi" in answer.text
    assert verdict_of(site)[0] is None


@pytest.mark.slow
@pytest.mark.parametrize(
    "wrong",
    [
        {"quyet_dinh": "x"},
        {"quyet_dinh": "approved", "lan": "một"},
        {"quyet_dinh": "approved", "ma_noi_dung": "abc"},
        {"quyet_dinh": "approved", "ma_bieu_mau": "x"},
    ],
)
def test_a_decision_that_names_nothing_decides_nothing(
    site: Site, leader: str, wrong: dict[str, str]
) -> None:
    fields = site.hidden(site.client.get(f"{leader}/bao-cao/{PLAN}").text)
    assert decide(site, leader, fields | wrong).status_code in {403, 409}
    assert verdict_of(site)[0] is None


@pytest.mark.slow
@pytest.mark.parametrize(("unit", "role"), [("ubnd", "contact"), ("kt", "head")])
def test_for_anyone_else_the_page_does_not_exist(
    site: Site, leader: str, unit: str, role: str
) -> None:
    other = site.open(unit, role)
    fields = site.hidden(site.client.get(f"{leader}/bao-cao/{PLAN}").text)
    assert "Chờ tôi" not in site.client.get(other).text
    assert site.client.get(f"{other}/bao-cao/{PLAN}").status_code == 404
    own = site.hidden(site.client.get(other).text).get("ma_bieu_mau", "")
    answer = decide(site, other, fields | {"ma_bieu_mau": own, "quyet_dinh": "approved"})
    assert answer.status_code in {403, 404}
    assert verdict_of(site)[0] is None


@pytest.mark.slow
def test_the_leader_downloads_the_draft(site: Site, leader: str) -> None:
    page = site.client.get(f"{leader}/bao-cao/{PLAN}").text
    path = next(part for part in page.split('"') if part.endswith(".docx"))
    assert site.client.get(path).content.startswith(b"PK")


@pytest.mark.slow
def test_the_leader_passes_on_and_only_the_chairman_decides_then(site: Site, leader: str) -> None:
    fields = site.hidden(site.client.get(f"{leader}/bao-cao/{PLAN}").text)
    passed = decide(site, leader, fields | {"quyet_dinh": "passed_on", "y_kien": "Xin ý kiến"})
    assert "Đã chuyển xin ý kiến Chủ tịch" in passed.text
    assert decide(site, leader, fields | {"quyet_dinh": "approved"}).status_code == 409
    chair = site.open("ubnd", "chair")
    page = site.client.get(f"{chair}/bao-cao/{PLAN}").text
    assert "Xin ý kiến" in page
    assert 'value="passed_on"' not in page
    decided = decide(site, chair, site.hidden(page) | {"quyet_dinh": "approved"})
    assert decided.status_code == 200
    assert verdict_of(site) == ("approved", "Chủ tịch", None)


@pytest.mark.slow
def test_a_second_approval_is_a_page_that_says_when(site: Site, leader: str) -> None:
    fields = site.hidden(site.client.get(f"{leader}/bao-cao/{PLAN}").text)
    answers = [
        site.client.post(
            f"{leader}/bao-cao/{PLAN}", data=fields | {"quyet_dinh": "approved"},
            follow_redirects=False,
        )
        for _ in range(2)
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [303, 200]
    assert "phê duyệt lúc" in answers[1].text


@pytest.mark.slow
def test_the_heads_of_the_two_units_sign_off_on_their_own_pages(site: Site) -> None:
    draft(site, "thon-01", is_signed_off=False)
    for unit, matter in (("vhxh", "content"), ("vp", "form")):
        own = site.open(unit)
        page = site.client.get(f"{own}/bao-cao/{PLAN}").text
        assert f'value="{matter}"' in page
        fields = site.hidden(page) | {"y_kien": "đạt"}
        assert decide(site, own, fields | {"quyet_dinh": "approved"}).status_code == 409
        other = "form" if matter == "content" else "content"
        assert decide(site, own, fields | {"quyet_dinh": other}).status_code == 404
        assert "Đã xác nhận" in decide(site, own, fields | {"quyet_dinh": matter}).text
    assert site.row_counts()["sign_offs"] == 2
    assert verdict_of(site)[0] is None


@pytest.mark.slow
def test_a_scanner_that_fetches_what_the_leader_may_open_decides_nothing(
    site: Site, leader: str
) -> None:
    before = site.row_counts()
    for path in (
        leader,
        f"{leader}/bao-cao/{PLAN}",
        f"{leader}/bao-cao/{PLAN}?quyet_dinh=approved",
    ):
        for _ in range(20):
            site.client.get(path)
            site.client.head(path)
    assert site.row_counts() == before
    assert verdict_of(site) == (None, None, None)
    fields = site.hidden(site.client.get(f"{leader}/bao-cao/{PLAN}").text)
    answer = decide(site, leader, fields | {"quyet_dinh": "approved"})
    assert "Lãnh đạo phê duyệt lúc" in answer.text


@pytest.mark.slow
def test_the_board_counts_down_and_names_what_still_blocks(site: Site, leader: str) -> None:
    board = f"/ke-hoach/{PLAN}"
    waiting = site.client.get(board).text
    assert "Báo cáo gửi tỉnh: hạn" in waiting
    for blocker in ("chưa gửi báo cáo", "Lãnh đạo chưa phê duyệt dự thảo", "Văn thư chưa cấp số"):
        assert blocker in waiting
    fields = site.hidden(site.client.get(f"{leader}/bao-cao/{PLAN}").text)
    assert decide(site, leader, fields | {"quyet_dinh": "approved"}).status_code == 200
    decided = site.client.get(board).text
    assert "chưa phê duyệt dự thảo" not in decided
    assert "Văn thư chưa cấp số" in decided


REPORT = f"/ke-hoach/{PLAN}/bao-cao"


def at_login(site: Site, verdict: str, **more: str) -> Any:
    fields = site.hidden(site.client.get(f"{REPORT}/1").text)
    return site.client.post(f"{REPORT}/quyet-dinh", data=fields | {"quyet_dinh": verdict} | more)


@pytest.mark.slow
def test_a_leader_who_signed_in_returns_then_approves_the_text_that_was_shown(site: Site) -> None:
    draft(site, "thon-01")
    site.sign_in(Role.LEADER, contact_id="ubnd.head")
    assert "Ý kiến của lãnh đạo" in site.client.get(f"{REPORT}/1").text
    assert at_login(site, "returned").status_code == 409
    assert at_login(site, "x").status_code == 409
    assert at_login(site, "approved", ma_noi_dung="0" * 64).status_code == 409
    assert at_login(site, "approved", ma_bieu_mau="x").status_code == 403
    assert verdict_of(site) == (None, None, None)
    done = at_login(site, "returned", y_kien="Bổ sung mục II")
    assert done.url.path == f"{REPORT}/1"
    assert verdict_of(site)[::2] == ("returned", "Bổ sung mục II")
    assert 'name="quyet_dinh"' not in done.text
    draft(site, "thon-02")
    newest = site.hidden(site.client.get(f"{REPORT}/2").text)
    assert 'name="quyet_dinh"' not in site.client.get(f"{REPORT}/1").text
    post = site.client.post(f"{REPORT}/quyet-dinh", data=newest | {"quyet_dinh": "approved"})
    assert post.status_code == 200
    assert verdict_of(site)[0] == "approved"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "contact", "said"),
    [
        (Role.LEADER, None, "chưa gắn với đầu mối"),
        (Role.LEADER, "thon-01.head", "không có thẩm quyền quyết định"),
        (Role.ADMINISTRATOR, None, None),
        (Role.OFFICE, "ubnd.head", None),
    ],
)
def test_nobody_else_who_signed_in_decides(
    site: Site, role: Role, contact: str | None, said: str | None
) -> None:
    draft(site, "thon-01")
    site.sign_in(role, **({"contact_id": contact} if contact else {}))
    page = site.client.get(f"{REPORT}/1").text
    assert 'name="quyet_dinh"' not in page
    if said:
        assert said in page
    desk = site.desk(JUNE)
    report = find_report(desk.engine, PLAN)
    desk.engine.dispose()
    assert report is not None
    fields = site.hidden(page) | {"lan": "1", "ma_noi_dung": report.sha256}
    refused = site.client.post(f"{REPORT}/quyet-dinh", data=fields | {"quyet_dinh": "approved"})
    assert refused.status_code in {403, 409}
    assert verdict_of(site) == (None, None, None)
