"""The letter page: waiting letters with reason and time, three buttons, the hold banner."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine

from adapters.database import open_engine
from models.accounts import Role
from models.letter_holds import HoldReason
from models.letters import LetterKind, LetterState
from services import brakes
from services.letter_desk import count_desk
from tests.portal.conftest import JUNE, PLAN, Site
from tests.services.letter_rows import put_letter, state_of

HOSTILE = "<script>alert('x')</script>"
COMMUNE = "bat-mot"


@pytest.fixture
def engine(site: Site) -> Iterator[Engine]:
    """The ledger of the portal."""
    found = open_engine(site.settings.engine_url)
    yield found
    found.dispose()


def doubtful(engine: Engine, **values: Any) -> int:
    plain: dict[str, Any] = {
        "state": LetterState.UNKNOWN, "copies": 1, "last_text": HOSTILE, "settled_at": JUNE,
    }  # fmt: skip
    return put_letter(
        engine, "x/1", now=JUNE, kind=LetterKind.DISPATCH, contact="thon-01.head", **plain | values
    )


def send(site: Site, path: str, **fields: str) -> int:
    token = site.hidden(site.client.get("/thu").text)
    answer = site.client.post(path, data=token | fields, follow_redirects=False)
    return answer.status_code


def doubt_shown(site: Site, engine: Engine) -> int:
    letter = doubtful(engine)
    assert "Chưa rõ kết quả" in site.client.get("/thu").text
    return letter


def test_the_page_tells_why_each_letter_waits_and_when_it_goes(site: Site, engine: Engine) -> None:
    put_letter(engine, "a", now=JUNE, contact="thon-01.head", attempt=2, last_text=HOSTILE,
               not_before=JUNE.replace(hour=3))  # fmt: skip
    page = site.client.get("/thu").text
    assert "đã thử 2 lần" in page
    assert "10 giờ 00 thứ Năm, ngày 18/6/2026" in page
    assert "Thôn" in page
    assert HOSTILE not in page


def test_the_board_counts_letters_and_links_to_them(site: Site, engine: Engine) -> None:
    doubtful(engine)
    waiting, _ = count_desk(engine, commune=COMMUNE)
    page = site.client.get(f"/ke-hoach/{PLAN}").text
    assert f'<a href="/thu">Thư đang chờ: {waiting}; cần người xử lý: 1</a>' in page


@pytest.mark.parametrize(
    ("act", "after"),
    [
        ("arrived", LetterState.ACCEPTED),
        ("resend", LetterState.READY),
        ("drop", LetterState.SUPERSEDED),
    ],
)
def test_three_buttons_settle_a_doubtful_letter(
    site: Site, engine: Engine, act: str, after: LetterState
) -> None:
    letter = doubt_shown(site, engine)
    for _ in range(2):  # a double click
        assert send(site, f"/thu/{letter}", viec=act, ly_do="đã gọi điện") == 303
    assert state_of(engine, letter) == after
    life = site.client.get(f"/thu/{letter}").text
    assert "đã gọi điện" in life
    assert f'href="/ke-hoach/{PLAN}/bao-cao"' in life  # the same files, to send by other means
    assert HOSTILE not in life


def test_a_settling_without_reason_or_choice_is_refused(site: Site, engine: Engine) -> None:
    letter = doubt_shown(site, engine)
    assert send(site, f"/thu/{letter}", viec="arrived", ly_do=" ") == 422
    assert send(site, f"/thu/{letter}", viec="xóa", ly_do="x") == 422
    assert state_of(engine, letter) == LetterState.UNKNOWN


def test_a_third_copy_needs_the_box(site: Site, engine: Engine) -> None:
    letter = doubtful(engine, copies=2)
    assert send(site, f"/thu/{letter}", viec="resend", ly_do="x") == 409
    assert send(site, f"/thu/{letter}", viec="resend", ly_do="x", xac_nhan="1") == 303


def test_letters_are_held_and_let_go_from_the_page(site: Site) -> None:
    assert send(site, "/thu/tam-dung", ly_do="kiểm tra số liệu") == 303
    page = site.client.get("/thu").text
    assert "Đang tạm dừng gửi thư" in page
    assert "kiểm tra số liệu" in page
    assert "Cho gửi tiếp" in page
    assert send(site, "/thu/gui-tiep") == 303
    assert "Đang tạm dừng gửi thư" not in site.client.get("/thu").text
    assert send(site, "/thu/tam-dung", ly_do=" ") == 422


def test_alarms_and_the_relays_state_are_shown(site: Site, engine: Engine) -> None:
    brakes.hold(
        engine, commune=COMMUNE, reason=HoldReason.CLOCK, detail="nhảy 1 ngày", by="x", now=JUNE
    )
    page = site.client.get("/thu").text
    assert "Cảnh báo" in page
    assert "nhảy 1 ngày" in page
    assert "Máy chủ thư" in page


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "cross-site"}])
def test_a_form_of_another_site_is_refused(
    site: Site, engine: Engine, headers: dict[str, str]
) -> None:
    letter = doubt_shown(site, engine)
    fields = {"viec": "drop", "ly_do": "x"}
    if headers:
        fields |= site.hidden(site.client.get("/thu").text)
    for path in (f"/thu/{letter}", "/thu/tam-dung", "/thu/gui-tiep"):
        assert site.client.post(path, data=fields, headers=headers).status_code == 403
    assert state_of(engine, letter) == LetterState.UNKNOWN


@pytest.mark.parametrize("role", [Role.OFFICE, Role.LEADER, Role.VIEWER])
def test_only_an_administrator_settles_letters(site: Site, engine: Engine, role: Role) -> None:
    letter = doubtful(engine)
    site.sign_in(role)
    page = site.client.get("/thu").text
    fields = site.hidden(page) | {"viec": "drop", "ly_do": "x"}
    assert site.client.post(f"/thu/{letter}", data=fields).status_code == 403
    assert 'action="/thu' not in page
    assert f"dondoc mail settle {letter}" in page
    assert "thon-01.head@x.example" not in page


def test_reading_the_page_changes_nothing(site: Site, engine: Engine) -> None:
    letter = doubtful(engine)
    brakes.hold(engine, commune=COMMUNE, reason=HoldReason.PERSON, detail="x", by="x", now=JUNE)
    before = site.row_counts()
    for path in ("/thu", f"/thu/{letter}"):
        assert site.client.get(path).status_code == 200
    assert site.client.get("/thu/tam-dung").status_code == 422
    assert site.client.get("/thu/999999").status_code == 404
    assert site.row_counts() == before
    assert state_of(engine, letter) == LetterState.UNKNOWN
