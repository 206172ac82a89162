"""Whatever is asked of the portal, by whomever, it answers: no route of its schema fails (5xx).

Schemathesis makes the requests from the schema that the application has of itself; their paths and
forms hold real ids, field names and tokens of forms among invented ones, to come past the door.
"""

import re
import shutil
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation
from schemathesis.core.result import Ok
from schemathesis.schemas import BaseSchema
from starlette.testclient import TestClient

from config.settings import Settings
from models.accounts import Role
from models.submissions import Answer
from portal.app import make_app
from portal.csrf import CSRF_FIELD
from portal.pages import TEMPLATE_FOLDER
from tests.portal.conftest import COOKIE, JUNE, PLAN, Site
from tests.portal.test_decisions_page import draft

pytestmark = pytest.mark.slow
EXAMPLES = 4  # of each operation by each visitor
UNIT, OBLIGATION = "thon-01", f"{PLAN}/PSL/thon-01/1"
KNOWN = {
    "plan_id": PLAN, "unit_id": UNIT, "who": f"{UNIT}.head", "obligation_id": OBLIGATION,
    "version": "1", "letter_id": "1", "mail_id": "1", "number": "1",
}  # fmt: skip
PATHS = ("unit_id", "who", "obligation_id", "version", "letter_id", "mail_id", "number")
MAY_FAIL = frozenset({"/suc-khoe/nhip"})  # 503 is its answer while no round of letters has passed
HUGE = str(2**70)
TEXTS = st.one_of(
    st.sampled_from(
        (
            "",
            "1",
            "co",
            "1,5",
            "approved",
            "2026-06-22",
            "22/6/2026",
            "0/0/0",
            HUGE,
            "\x00",
            "'\"<>",
        )
    ),
    st.text(max_size=40),
)


@pytest.fixture(scope="module")
def attacked(portal_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A portal with letters, an answer and a draft of the report, without signing in."""
    home = tmp_path_factory.mktemp("schema") / "home"
    shutil.copytree(portal_template, home)
    made = Settings(home=home, clock_file=home / "clock")
    with TestClient(
        make_app(made), base_url="http://127.0.0.1:4280", raise_server_exceptions=False,
        follow_redirects=False,
    ) as client:  # fmt: skip
        site = Site(settings=made, client=client)
        site.submit(OBLIGATION, Answer(values={"TT01": 12}), nonce="n", now=JUNE)
        draft(site, "thon-02")
        yield site


@cache
def field_names() -> tuple[str, ...]:
    """Every name that a field of a page of ours has."""
    pages = (path.read_text() for path in sorted((TEMPLATE_FOLDER / "portal").glob("*.j2")))
    found = {name for page in pages for name in re.findall(r'name="([\w.-]+)"', page)}
    return tuple(sorted(found | {"v.TT01", "v.TT02", "t.thuyet_minh", "n.TT01"}))


def schema_of(site: Site) -> BaseSchema:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GET and HEAD of one route have one operation id
        raw = site.client.app.openapi()  # type: ignore[attr-defined] # a FastAPI application
    return schemathesis.openapi.from_dict(raw)


def nobody(site: Site) -> dict[str, str]:
    site.client.cookies.clear()
    return {}


def unit(site: Site) -> dict[str, str]:
    site.client.cookies.clear()
    return site.hidden(site.client.get(site.open(UNIT)).text)


def administrator(site: Site) -> dict[str, str]:
    site.client.cookies.clear()
    site.client.cookies.set(COOKIE, site.session(Role.ADMINISTRATOR))
    return site.hidden(site.client.get("/tai-khoan").text)


Request = tuple[Any, dict[str, str]]  # a case, and the form it sends


@pytest.fixture(scope="module")
def invented(attacked: Site) -> list[Request]:
    """The same requests in every run, for every visitor: inventing them costs more than sending.

    A HEAD is a GET whose body nobody sends, so it is left out.
    """
    results = list(schema_of(attacked).get_all_operations())
    operations = [result.ok() for result in results if isinstance(result, Ok)]
    assert len(operations) == len(results) > 50
    asked = [o for o in operations if o.method.upper() != "HEAD" and o.path not in MAY_FAIL]
    return [request for operation in asked for request in requests_of(operation)]


@pytest.mark.parametrize("visitor", [nobody, unit, administrator])
def test_no_request_makes_the_portal_fail(
    attacked: Site, invented: list[Request], visitor: Callable[[Site], dict[str, str]]
) -> None:
    tokens = visitor(attacked)
    cookies = dict(attacked.client.cookies)
    failed = {}
    for case, form in invented:
        token = {CSRF_FIELD: tokens[CSRF_FIELD]} if case.method == "POST" and tokens else {}
        attacked.client.cookies = cookies
        sent = case.as_transport_kwargs()
        answer = attacked.client.request(
            case.method, sent["url"], params=sent.get("params"), data=(form | token) or None
        )
        if answer.status_code >= 500:
            failed[f"{case.method} {case.operation.path}"] = (sent["url"], form)
    assert failed == {}


def requests_of(operation: "APIOperation[Any, Any, Any, Any]") -> list[Request]:
    """The same invented requests of an operation in every run, the forms of POST with them."""
    found: list[Request] = []
    forms = st.dictionaries(st.sampled_from(field_names()), TEXTS, max_size=8)

    @settings(
        max_examples=EXAMPLES, derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(), form=forms, invented=st.sets(st.sampled_from(PATHS)))
    def keep(case: Any, form: dict[str, str], invented: set[str]) -> None:
        for name in set(case.path_parameters) & set(KNOWN) - invented:
            case.path_parameters[name] = KNOWN[name]
        found.append((case, dict(form) if case.method == "POST" else {}))

    keep()
    return found
