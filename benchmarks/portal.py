"""Portal: the form page and the sending of a form, against a bare page on the same server."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from statistics import median
from subprocess import Popen
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from adapters.database import migrate
from adapters.install_key import read_install_key
from adapters.links import LinkScope, make_link_token
from adapters.plan_files import read_dossier
from benchmarks.portal_load import Load, MakeRequest, load
from cli.rehearsal.visits import Visit, visiting
from config.clock import set_simulated_now
from config.settings import CONFIG_FOLDER, Settings, inherited_environment
from models.submissions import Answer
from portal.answers import write_form
from services.desk import open_desk
from services.phases import open_phase
from services.plans import activate_plan, import_plan
from tests.postgresql_cluster import find_free_port, programs, running_cluster

PLAN, UNIT, PRODUCT = "kh-khcn-2026", "thon-01", "PSL/thon-01/1"
ISSUED = date(2026, 5, 8)
START = datetime(2026, 5, 8, 3, tzinfo=UTC)
NOW = datetime(2026, 6, 18, 2, tzinfo=UTC)
EXPIRES = datetime(2026, 9, 1, tzinfo=UTC)
PAGES, SENDINGS, ROUNDS = 600, 200, 5
BARE_TIMES = 4  # a bare page is so much quicker: more of them, for as long a load
ANSWER = Answer(values={"TT01": 12, "TT02": 180, "TT03": 2, "TT04": 4})
LAST_VERSION = "99999"  # replaces whatever was sent before


class Target(NamedTuple):
    """What a signed-in browser sends to see the form, and to send it."""

    page: bytes
    path: str
    cookies: str
    fields: dict[str, str]

    def sending(self, number: int) -> bytes:
        """The form, filled in, each time as a new sending."""
        fields = self.fields | {"ma_gui": f"do-{os.getpid()}-{number}", "ban_goc": LAST_VERSION}
        body = urlencode(fields).encode()
        return _request("POST", self.path, self.cookies, body)


def run() -> Iterator[str]:
    """Load the form of a village on each database."""
    with tempfile.TemporaryDirectory() as folder, _served(("bare",), Path(folder)) as bare:
        home = Path(folder)
        yield from _measured("SQLite", f"sqlite:///{home}/dondoc.sqlite3", home / "a", bare)
        binaries = programs()
        if binaries is None:
            yield "PostgreSQL: skipped, it is not installed"
            return
        with running_cluster(binaries, find_free_port()) as cluster:
            yield from _measured("PostgreSQL", cluster.url(cluster.create()), home / "b", bare)


class Served(NamedTuple):
    """A server process that answers on its port."""

    port: int
    pid: int


def _measured(database: str, url: str, home: Path, bare: Served) -> Iterator[str]:
    home.mkdir()
    port = find_free_port()
    settings = Settings(
        home=home,
        database_url=url,
        clock_file=home / "clock",
        portal_port=port,
        smtp_host="x.example",
    )
    furnish(settings)
    environment = {
        "DONDOC_HOME": str(home), "DONDOC_DATABASE_URL": url, "DONDOC_PORTAL_PORT": str(port),
        "DONDOC_CLOCK_FILE": str(home / "clock"), "DONDOC_SMTP_HOST": "x.example",
    }  # fmt: skip
    with _served(("-m", "portal.serve"), home, environment, port=port) as ours:
        target = asyncio.run(_target(settings))
        page = Act(lambda _: target.page, status=200, requests=PAGES)
        yield f"{database}, form page: {_compared(ours, page, bare)}"
        sending = Act(target.sending, status=303, requests=SENDINGS)
        yield f"{database}, sending: {_compared(ours, sending, bare)}"


class Act(NamedTuple):
    """What one load does: the request of each number, the answer it gets, how many there are."""

    make: MakeRequest
    status: int
    requests: int


def _compared(ours: Served, act: Act, bare: Served) -> str:
    hello = _request("GET", "/", "")
    pairs: list[tuple[Load, Load]] = []
    numbers = count()
    for turn in range(ROUNDS + 1):
        mine = load(
            ours.port, lambda _: act.make(next(numbers)), requests=act.requests,
            status=act.status, pids=[ours.pid],
        )  # fmt: skip
        other = load(
            bare.port, lambda _: hello, requests=BARE_TIMES * act.requests, status=200,
            pids=[bare.pid],
        )  # fmt: skip
        pairs += [(mine, other)] * bool(turn)  # the first warms up
    return _line(pairs)


def _line(pairs: list[tuple[Load, Load]]) -> str:
    ratios = sorted(mine.per_cpu_second / other.per_cpu_second for mine, other in pairs)
    times = sorted(mine.per_second / other.per_second for mine, other in pairs)
    return (
        f"{median(ratios):.3f} [{ratios[0]:.3f} .. {ratios[-1]:.3f}] of the bare page by the CPU "
        f"time of the server, {median(times):.3f} by the clock "
        f"({median(m.per_second for m, _ in pairs):.0f} requests/s, "
        f"p99 {median(m.p99_ms for m, _ in pairs):.0f} ms; bare "
        f"{median(o.per_second for _, o in pairs):.0f} requests/s, "
        f"p99 {median(o.p99_ms for _, o in pairs):.0f} ms)"
    )


def furnish(settings: Settings) -> None:
    """Bring the plan of Bát Mọt into force in June."""
    migrate(settings.engine_url)
    assert settings.clock_file is not None
    set_simulated_now(settings.clock_file, NOW)
    with open_desk(settings, now=START) as desk:
        dossier = read_dossier(CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml")
        import_plan(desk.engine, dossier, actor="benchmark", now=START)
        activate_plan(
            desk.engine, PLAN, number=15, issued_on=ISSUED, actor="benchmark", now=START, day=ISSUED
        )
        open_phase(desk.engine, PLAN, "P1", calendar=desk.calendar, now=START)


async def _target(settings: Settings) -> Target:
    scope = LinkScope("bat-mot", UNIT, f"{UNIT}.head", EXPIRES)
    token = make_link_token(read_install_key(settings.home), scope)
    async with visiting(settings.portal_url) as visit:
        await visit.open(f"{settings.portal_url}/l/{token}")
        await visit.press_link("/nop/", PRODUCT)
        form = visit.form("/nop/", PRODUCT)
        answered = form.filled(write_form(ANSWER).fields)
        path, action = (urlsplit(str(httpx.URL(visit.url).join(p))).path for p in ("", form.action))
        cookies = _cookies(visit)
    fields = {name: texts[0] for name, texts in answered.items() if texts}
    return Target(_request("GET", path, cookies), action, cookies, fields)


def _cookies(visit: Visit) -> str:
    return "; ".join(f"{name}={text}" for name, text in visit.cookies.items())


def _request(method: str, path: str, cookies: str, body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Sec-Fetch-Site: same-origin"]
    lines += [f"Cookie: {cookies}"] * bool(cookies)
    if method == "POST":
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


@contextmanager
def _served(
    command: tuple[str, ...],
    home: Path,
    environment: dict[str, str] | None = None,
    *,
    port: int | None = None,
) -> Iterator[Served]:
    """Run a server for the block: the portal, or with ``bare`` the bare page."""
    chosen = port or find_free_port()
    words = ("-m", "benchmarks.portal", str(chosen)) if command == ("bare",) else command
    given = {**inherited_environment(), **(environment or {})}
    with (home / "server.log").open("w") as log, Popen(
        [sys.executable, *words], env=given, stdout=log, stderr=log
    ) as process:  # fmt: skip
        try:
            _wait_for(chosen, process)
            yield Served(chosen, process.pid)
        finally:
            process.terminate()


def _wait_for(port: int, process: "Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            httpx.get(f"http://127.0.0.1:{port}/suc-khoe", timeout=5)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the server ended")


def serve_bare(port: int) -> None:
    """Serve one bare page as the portal is served."""

    async def hello(_: Request) -> PlainTextResponse:
        return PlainTextResponse("Xin chào")

    app = Starlette(routes=[Route("/", hello)])
    uvicorn.run(
        app, host="127.0.0.1", port=port, access_log=False, log_level="warning", server_header=False
    )


if __name__ == "__main__":
    serve_bare(int(sys.argv[1]))
