"""No page of the office is reached without its role: a matrix made from the routes themselves."""

import re
from collections.abc import Iterator

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from config.settings import Settings
from models.accounts import Role
from portal.app import make_app
from portal.officers import Gate
from tests.portal.conftest import COOKIE, PLAN, Site

# Pages of units and their ways in, files of letters, the health, the way in of the office, and
# what every page is made of: no account, or not yet one.
FREE = (
    "/d/", "/l/", "/dv/", "/lien-ket-moi", "/tep/", "/suc-khoe", "/dang-nhap", "/vao/", "/tinh/",
    "/xac-nhan-thu/", "/dau-moi/", "/doi-dau-moi/",
)  # fmt: skip
VALUES = {
    "plan_id": PLAN, "unit_id": "thon-01", "obligation_id": f"{PLAN}/PSL/thon-01/1",
    "version": "1", "letter_id": "1", "mail_id": "1", "number": "1", "name": "x", "sha256": "x",
    "reference": "TT01", "token": "x", "link": "x",
}  # fmt: skip


def gates(dependant: Dependant) -> Iterator[Gate]:
    for one in dependant.dependencies:
        if isinstance(one.call, Gate):
            yield one.call
        yield from gates(one)


def routes() -> list[tuple[str, str, frozenset[Role]]]:
    """Method, path and roles of every route that needs an account."""
    app = make_app(Settings())
    included = [getattr(one, "original_router", one) for one in app.routes]
    found = []
    for route in [r for one in included for r in getattr(one, "routes", [one])]:
        if isinstance(route, APIRoute) and not route.path.startswith(FREE):
            assert route.methods
            roles = [gate.roles for gate in gates(route.dependant)]
            allowed = frozenset(Role).intersection(*roles) if roles else frozenset()
            found += [(method, route.path, allowed) for method in sorted(route.methods)]
    return found


ROUTES = routes()
assert len(ROUTES) > 20  # the framework gave its routes, not wrappers around them


def filled(path: str) -> str:
    return re.sub(r"{(\w+)(:path)?}", lambda m: VALUES.get(m[1], "1"), path)


@pytest.mark.parametrize(
    ("method", "path", "roles"),
    ROUTES,
    ids=lambda one: one if isinstance(one, str) else "-".join(sorted(one)),
)
def test_every_route_names_its_roles_and_no_viewer_sends_anything(
    method: str, path: str, roles: frozenset[Role]
) -> None:
    assert Role.ADMINISTRATOR in roles, f"{path} asks for no account"
    if method == "POST" and path not in {"/dang-xuat", "/tai-khoan"}:
        assert Role.VIEWER not in roles
    if path.startswith("/hop-thu"):
        assert roles == {Role.ADMINISTRATOR}


@pytest.mark.slow
def test_nobody_gets_in_without_signing_in(site: Site) -> None:
    site.sign_out()
    before = site.row_counts()
    for cookie in (None, "x", "a" * 43):
        if cookie:
            site.client.cookies.set(COOKIE, cookie)
        for method, path, _ in ROUTES:
            answer = site.client.request(method, filled(path), follow_redirects=False)
            if method == "GET":
                assert answer.status_code == 303, path
                assert answer.headers["location"].startswith("/dang-nhap?tiep=/"), path
            else:
                assert answer.status_code == 401, path
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert site.row_counts() == before


@pytest.mark.slow
@pytest.mark.parametrize("role", Role)
def test_each_role_reaches_what_is_its_own_and_nothing_else(site: Site, role: Role) -> None:
    site.sign_in(role)
    before = site.row_counts()
    for method, path, roles in ROUTES:
        answer = site.client.request(method, filled(path), follow_redirects=False)
        if role not in roles:
            assert answer.status_code == 403, (method, path)
            assert "không được làm việc này" in answer.text, (method, path)
        elif method == "POST":
            # The role fits; without the token of the form nothing happens all the same.
            assert answer.status_code in {403, 422}, (method, path)
            assert "không được làm việc này" not in answer.text, (method, path)
        else:
            assert answer.status_code not in {401, 403, 500}, (method, path)
            assert "/dang-nhap" not in answer.headers.get("location", ""), (method, path)
    assert site.row_counts() == before


@pytest.mark.slow
def test_a_personal_link_opens_no_page_of_the_office(site: Site) -> None:
    site.sign_out()
    link = site.token("ubnd")
    for cookies in ({COOKIE: link}, {"__Host-dondoc": link}):
        site.client.cookies.update(cookies)
        for method, path, _ in ROUTES:
            answer = site.client.request(
                method, filled(path), params={"link": link}, follow_redirects=False
            )
            assert answer.status_code in {303, 401}, path


def test_an_officer_s_session_opens_no_page_of_a_unit(site: Site) -> None:
    token = site.client.cookies[COOKIE]
    for path in ("", f"/nop/{PLAN}/PSL/thon-01/1", f"/bao-cao/{PLAN}"):
        assert site.client.get(f"/d/{token}{path}").status_code == 404
