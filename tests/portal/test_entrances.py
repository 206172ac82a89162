"""Ways in: a link opens one page for one contact, changes nothing, and ends when it must."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from adapters import tables
from adapters.database import transaction
from models.letters import LetterKind
from portal.app import make_app
from services.personal_links import revoke_links
from tests.portal.conftest import JUNE, PLAN, Site

SHEET = f"{PLAN}/PSL/thon-01/1"
WEB = {"public_url": "https://dondoc.example", "smtp_host": "relay.example"}


@pytest.fixture
def web(site: Site) -> Iterator[TestClient]:
    """The same portal behind its public address."""
    app = make_app(site.settings.model_copy(update=WEB))
    with TestClient(app, base_url="https://dondoc.example") as client:
        yield client


def address_of(site: Site, contact: str) -> str:
    desk = site.desk(JUNE)
    c = tables.contacts.c
    with transaction(desk.engine) as connection:
        found = connection.execute(select(c.email).where(c.id == contact)).scalar_one()
    desk.engine.dispose()
    return str(found)


def links_sent(site: Site) -> list[str]:
    desk = site.desk(JUNE)
    c = tables.outbox.c
    with transaction(desk.engine) as connection:
        rows = connection.execute(select(c.address).where(c.kind == LetterKind.LINK)).scalars()
        found = list(rows)
    desk.engine.dispose()
    return found


def ask(site: Site, address: str) -> tuple[int, str]:
    fields = site.hidden(site.client.get("/lien-ket-moi").text) | {"dia_chi": address}
    answer = site.client.post("/lien-ket-moi", data=fields)
    return answer.status_code, answer.text


@pytest.mark.slow
def test_fifty_prefetches_change_no_row_and_the_link_stays_good(site: Site) -> None:
    token = site.token("thon-01")
    before = site.row_counts()
    for number in range(50):
        method = ("GET", "HEAD")[number % 2]
        follows = number % 10 == 0
        answer = site.client.request(method, f"/l/{token}", follow_redirects=follows)
        assert answer.status_code == (200 if follows else 303)
    assert site.row_counts() == before
    assert site.client.get(f"/l/{token}").status_code == 200


def test_a_link_leads_to_a_clean_page_that_carries_no_token(site: Site) -> None:
    token = site.token("thon-01")
    entered = site.client.get(f"/l/{token}", follow_redirects=False)
    assert entered.headers["location"] == "/dv/thon-01.head"
    for path in ("", f"/nop/{SHEET}"):
        page = site.client.get(f"/dv/thon-01.head{path}")
        assert page.status_code == 200
        assert token not in page.text
        assert token[:20] not in page.text
        assert "/l/" not in page.text
    old = site.client.get(f"/d/{token}/nop/{SHEET}", follow_redirects=False)
    assert old.headers["location"] == f"/dv/thon-01.head/nop/{SHEET}"
    assert old.headers["referrer-policy"] == "no-referrer"
    assert old.headers["cache-control"] == "no-store"


def test_the_cookie_is_the_browsers_own_and_new_at_every_entry(site: Site, web: TestClient) -> None:
    local = site.client.get(f"/l/{site.token('thon-01')}", follow_redirects=False)
    assert re.match(r"dv-[0-9a-f]{16}=", local.headers["set-cookie"])
    assert "Secure" not in local.headers["set-cookie"]
    first, second = (
        web.get(f"/l/{site.token('thon-01')}", follow_redirects=False).headers["set-cookie"]
        for _ in range(2)
    )
    assert re.match(r"__Host-dv-[0-9a-f]{16}=", first)
    for word in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert word in first
    assert "Domain" not in first
    assert first.split(";")[0] != second.split(";")[0]
    page = web.get("/dv/thon-01.head")
    assert page.status_code == 200
    assert page.headers["strict-transport-security"].startswith("max-age=31536000")


def test_two_units_in_one_browser_do_not_mix(site: Site) -> None:
    first, second = site.open("thon-01"), site.open("thon-02")
    assert "Trưởng thôn Vịn" in site.client.get(first).text
    assert "Trưởng thôn Vịn" not in site.client.get(second).text
    assert site.client.get(f"{second}/nop/{SHEET}").status_code == 404
    assert site.client.get(f"{first}/nop/{SHEET}").status_code == 200


def test_a_cookie_under_another_name_opens_nothing(site: Site) -> None:
    site.sign_out()
    page = site.open("thon-01")
    other = site.open("thon-02")
    site.client.get(other)
    name, sealed = next((c.name, c.value) for c in site.client.cookies.jar if c.value)
    victim = next(c.name for c in site.client.cookies.jar if c.name != name)
    assert sealed
    site.client.cookies.clear()
    site.client.cookies.set(victim, sealed)
    assert {site.client.get(p).status_code for p in (page, other)} == {404}
    site.client.cookies.set(victim, f"{sealed[:-2]}xx")
    assert {site.client.get(p).status_code for p in (page, other)} == {404}


def test_leaving_forgets_the_session_of_that_unit_only(site: Site) -> None:
    first, second = site.open("thon-01"), site.open("thon-02")
    fields = site.hidden(site.client.get(first).text)
    left = site.client.post(f"{first}/thoat", data=fields)
    assert "Đã thoát" in left.text
    assert site.client.get(first).status_code == 404
    assert site.client.get(second).status_code == 200


def test_revoking_ends_links_and_sessions_at_once(site: Site) -> None:
    page, token = site.open("thon-01"), site.token("thon-01")
    fields = site.form(page, SHEET) | {"v.TT01": "1"}
    desk = site.desk(JUNE)
    number = revoke_links(desk.engine, commune="bat-mot", contact_id="thon-01.head",
                          reason="gửi nhầm", by="vp", now=JUNE)  # fmt: skip
    desk.engine.dispose()
    before = site.row_counts()
    assert site.client.get(page).status_code == 410
    assert site.send(page, SHEET, fields).status_code == 410
    gone = site.client.get(f"/l/{token}")
    assert gone.status_code == 410
    assert "không còn hiệu lực" in gone.text
    assert address_of(site, "thon-01.head") not in gone.text
    assert token not in gone.text
    assert site.row_counts() == before
    assert site.client.get(f"/l/{site.token('thon-01', serial=number)}").status_code == 200


def test_a_session_ends_after_a_week(site: Site) -> None:
    page = site.open("thon-01")
    site.move_to(JUNE + timedelta(days=6))
    assert site.client.get(page).status_code == 200
    site.move_to(JUNE + timedelta(days=7, seconds=1))
    answer = site.client.get(page)
    assert answer.status_code in {404, 410}  # the browser forgets it too


def test_an_ended_link_sends_a_new_one_to_the_registered_address_only(site: Site) -> None:
    old = site.client.get(f"/l/{site.token('thon-01', expires=datetime(2026, 6, 1, tzinfo=UTC))}")
    fields = site.hidden(old.text) | {"dia_chi": "ke-gian@evil.example"}
    assert links_sent(site) == []
    for _ in range(2):
        answer = site.client.post("/lien-ket-moi", data=fields)
        assert answer.status_code == 200
    assert links_sent(site) == [address_of(site, "thon-01.head")]
    forged = fields | {"cho": fields["cho"][:-3] + "abc"}
    assert site.client.post("/lien-ket-moi", data=forged).status_code == 403


def test_a_known_and_an_unknown_address_get_the_same_answer(site: Site) -> None:
    known = address_of(site, "thon-01.head")
    first, second = ask(site, "la@khong-co.example"), ask(site, f" {known.upper()} ")
    assert first == second
    assert known not in second[1]
    assert links_sent(site) == [known]
    assert site.client.post("/lien-ket-moi", data={"dia_chi": known}).status_code == 403


def test_new_links_are_asked_for_five_times_and_not_more(site: Site) -> None:
    assert [ask(site, f"{n}@x.example")[0] for n in range(6)] == [200] * 5 + [429]
    site.move_to(JUNE + timedelta(minutes=11))
    assert ask(site, "a@x.example")[0] == 200


def test_guesses_get_one_answer_and_then_none(site: Site) -> None:
    token = site.token("thon-01")
    unknown = site.client.get("/dv/khong-co")
    guesses = [token[:-1], token.swapcase(), "x", "a.b", token.replace(".", ""), token[1:], "é", ",",
               f"{token}x", "0" * 4_000]  # fmt: skip
    for guess in guesses:
        answer = site.client.get(f"/l/{guess}")
        assert (answer.status_code, answer.text) == (404, unknown.text)
    stopped = site.client.get("/l/y")
    assert stopped.status_code == 429
    assert stopped.headers["retry-after"] == "60"
    assert site.client.get(f"/l/{token}").status_code == 200
    site.move_to(JUNE + timedelta(seconds=61))
    assert site.client.get("/l/y").status_code == 404


@pytest.mark.slow
def test_a_host_that_somebody_else_names_makes_no_link(site: Site, web: TestClient) -> None:
    token = site.token("thon-01")
    answer = web.get(f"/l/{token}", headers={"x-forwarded-host": "evil.example"})
    assert answer.url.host == "dondoc.example"
    assert "evil.example" not in answer.text
    assert web.get(f"/l/{token}", headers={"host": "evil.example"}).status_code == 400
