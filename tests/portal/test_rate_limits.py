"""Limits: a sliding span for each key, bounded memory, and room for everybody else."""

import asyncio
from datetime import timedelta

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from portal import posted
from portal.rate_limits import AtOnce, RateLimit, client_key
from services.journal import read_journal
from tests.portal.conftest import JUNE, PLAN, Site

MINUTE = timedelta(minutes=1)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 200)), max_size=60))
def test_no_span_of_a_minute_holds_more_than_the_limit(acts: list[tuple[str, float]]) -> None:
    limit = RateLimit(3, MINUTE)
    passed = [(key, at) for key, at in sorted(acts, key=lambda a: a[1]) if limit.allows(key, at=at)]
    for key, end in passed:
        assert sum(end - 60 < at <= end for other, at in passed if other == key) <= 3


def test_memory_is_bounded_and_the_longest_idle_are_forgotten() -> None:
    limit = RateLimit(1, MINUTE, keys=100)
    for number in range(1_000):
        assert limit.allows(str(number), at=0)
    assert not limit.allows("999", at=1)
    assert limit.allows("0", at=1)


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("2001:db8::1", "2001:db8::"),
        ("2001:db8:0:0:ffff::9", "2001:db8::"),
        ("testclient", "?"),
        (None, "?"),
    ],
)
def test_an_address_stands_for_its_subscriber(host: str | None, key: str) -> None:
    assert client_key(host) == key


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def test_slow_requests_of_one_address_shut_out_nobody_else() -> None:
    async def play() -> None:
        gate = asyncio.Event()

        async def slow(_scope: Scope, _receive: Receive, send: Send) -> None:
            await gate.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})

        app, codes = AtOnce(slow, most=20), []

        async def ask(host: str) -> None:
            async def send(message: Message) -> None:
                if message["type"] == "http.response.start":
                    codes.append((host, message["status"]))

            await app({"type": "http", "client": (host, 1)}, _nothing, send)

        crowd = [asyncio.create_task(ask("10.0.0.1")) for _ in range(25)]
        other = asyncio.create_task(ask("10.0.0.2"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert codes == [("10.0.0.1", 429)] * 5
        gate.set()
        await asyncio.gather(*crowd, other)
        assert codes.count(("10.0.0.1", 200)) == 20
        assert ("10.0.0.2", 200) in codes
        await ask("10.0.0.1")
        assert codes[-1] == ("10.0.0.1", 200)

    asyncio.run(play())


def test_a_body_that_stops_coming_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posted, "STALLED_SECONDS", 0.05)
    page = site.open("thon-01")
    cookie = "; ".join(f"{c.name}={c.value}" for c in site.client.cookies.jar)
    app = site.client.app
    assert isinstance(app, FastAPI)
    codes: list[int] = []
    path = f"{page}/xac-nhan/{PLAN}/XN/thon-01/1"
    kind = (b"content-type", b"multipart/form-data; boundary=b")

    async def play() -> None:
        async def stalled() -> Message:
            await asyncio.sleep(5)
            return await _nothing()

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                codes.append(message["status"])

        headers = [(b"host", b"127.0.0.1"), (b"cookie", cookie.encode()), kind]
        scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(),
                 "query_string": b"", "headers": headers, "client": ("10.0.0.9", 1),
                 "server": ("127.0.0.1", 80), "scheme": "http", "http_version": "1.1",
                 "root_path": ""}  # fmt: skip
        await app(scope, stalled, send)

    asyncio.run(play())
    assert codes == [408]
    assert isinstance(site.client, TestClient)


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("203.113.130.77", "203.113.130.0/24"),
        ("2001:ee0:4141:1234::9", "2001:ee0:4141::/48"),
        ("testclient", "?"),
    ],
)
def test_the_journal_names_the_network_an_answer_came_from_and_no_single_address(
    site: Site, host: str, network: str
) -> None:
    client = TestClient(site.client.app, base_url="http://127.0.0.1:4280", client=(host, 1))
    other = Site(settings=site.settings, client=client)
    own, sheet = other.open("thon-01"), f"{PLAN}/PSL/thon-01/1"
    fields = other.form(own, sheet) | {"v.TT01": "3", "v.TT02": "30"}
    assert other.send(own, sheet, fields).status_code == 303
    desk = site.desk(JUNE)
    entries = read_journal(desk.engine, commune="bat-mot")
    desk.engine.dispose()
    (told,) = [e for e in entries if e.action == "submission.received"]
    assert told.detail["origin"] == network
    assert host not in str(told) or network == "?"
