"""A portal over the real plan of Bát Mọt, on a clock that tests move."""

import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from sqlalchemy import func, select
from starlette.testclient import TestClient

from adapters import tables
from adapters.database import open_engine, transaction
from adapters.install_key import read_install_key
from adapters.links import LinkScope, make_link_token
from adapters.plan_files import read_dossier
from config.clock import read_now, set_simulated_now
from config.settings import CONFIG_FOLDER, Settings
from models.accounts import LinkPurpose, Role
from models.errors import RefusedError
from models.submissions import Answer, Channel
from portal import pages
from portal.app import make_app
from portal.limits import Limits
from services.accounts import add_account
from services.desk import Desk
from services.phases import open_phase
from services.plans import activate_plan, import_plan
from services.sign_in_links import make_sign_in_link, use_sign_in_link
from services.submissions import submit
from tests.services.conftest import read_once

__all__ = ["read_once"]  # a fixture

PLAN = "kh-khcn-2026"
ISSUED = date(2026, 5, 8)
START = datetime(2026, 5, 8, 3, 0, tzinfo=UTC)
COOKIE = "dondoc"
JUNE = datetime(2026, 6, 18, 2, 0, tzinfo=UTC)


@dataclass
class Site:
    settings: Settings
    client: TestClient

    @property
    def clock(self) -> Path:
        assert self.settings.clock_file is not None
        return self.settings.clock_file

    def move_to(self, now: datetime) -> None:
        """Move the clock; whoever was signed in signs in again if too long has passed."""
        set_simulated_now(self.clock, now)
        if (
            self.client.cookies.get(COOKIE)
            and self.client.get("/tai-khoan").url.path != "/tai-khoan"
        ):
            self.sign_in()

    def token(
        self, unit_id: str, role: str = "head", *, expires: datetime | None = None, serial: int = 0
    ) -> str:
        """The token of the link in a letter."""
        scope = LinkScope(
            commune="bat-mot",
            unit_id=unit_id,
            contact_id=f"{unit_id}.{role}",
            expires_at=expires or datetime(2026, 9, 1, tzinfo=UTC),
            plan_id=PLAN,
            serial=serial,
        )
        return make_link_token(read_install_key(self.settings.home), scope)

    def session(self, role: Role = Role.ADMINISTRATOR, **more: str) -> str:
        """Open a session of an account of that role, made if need be; its id is the cookie."""
        name = f"t-{role}"
        engine, now = open_engine(self.settings.engine_url), read_now(self.settings)
        with suppress(RefusedError):
            add_account(
                engine, name, commune=self.settings.commune, full_name=f"Cán bộ {role}", role=role, by="t",
                now=now, **more,
            )  # fmt: skip
        token = make_sign_in_link(
            engine,
            name,
            commune=self.settings.commune,
            purpose=LinkPurpose.SIGN_IN,
            by="t",
            now=now,
        )
        found = use_sign_in_link(engine, token, commune=self.settings.commune, now=now)
        engine.dispose()
        return found

    def sign_in(self, role: Role = Role.ADMINISTRATOR, **more: str) -> None:
        """Make the client that of an account of that role."""
        self.client.cookies.set(COOKIE, self.session(role, **more))

    def sign_out(self) -> None:
        self.client.cookies.delete(COOKIE)

    def open(self, unit_id: str, role: str = "head") -> str:
        """Follow the link of a letter; returns the clean path it leads to."""
        return self.page_of(self.token(unit_id, role))

    def page_of(self, link: str) -> str:
        """The clean path of a page, given as that or as a letter's token."""
        if link.startswith("/"):
            return link
        answer = self.client.get(f"/l/{link}", follow_redirects=False)
        return str(answer.headers["location"])

    def desk(self, now: datetime) -> Desk:
        return Desk(self.settings, open_engine(self.settings.engine_url), now=now)

    def row_counts(self) -> dict[str, int]:
        engine = open_engine(self.settings.engine_url)
        with transaction(engine) as connection:
            found = {
                t.name: connection.execute(select(func.count()).select_from(t)).scalar_one()
                for t in tables.plans.metadata.sorted_tables
            }
        engine.dispose()
        return found

    def submit(self, obligation_id: str, answer: Answer, *, nonce: str, now: datetime) -> None:
        desk = self.desk(now)
        submit(
            desk.engine, obligation_id, answer, channel=Channel.PORTAL, sent_by="x", nonce=nonce,
            calendar=desk.calendar, now=now,
        )  # fmt: skip
        desk.engine.dispose()

    def hidden(self, page: str) -> dict[str, str]:
        found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
        return {name: unescape(value) for name, value in found}

    def form(self, page: str, obligation_id: str) -> dict[str, Any]:
        response = self.client.get(f"{self.page_of(page)}/nop/{obligation_id}")
        assert response.status_code == 200, response.text
        return dict(self.hidden(response.text))

    def send(self, page: str, obligation_id: str, fields: dict[str, Any], **more: Any) -> Any:
        path = f"{self.page_of(page)}/nop/{obligation_id}"
        return self.client.post(path, data=fields, follow_redirects=False, **more)


class Compiled(BytecodeCache):
    """Templates as they were compiled for an earlier portal of the session."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was kept, if anything."""
        if kept := self._kept.get(bucket.key):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """Compile a template once, not for the portal of each test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "Environment", partial(Environment, bytecode_cache=Compiled()))
        yield


@pytest.fixture(scope="session")
def portal_template(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of an installation in which the plan is in force and opened."""
    home = tmp_path_factory.mktemp("portal")
    shutil.copy(migrated_sqlite, home / "dondoc.sqlite3")
    set_simulated_now(home / "clock", START)
    desk = Desk(Settings(home=home), open_engine(f"sqlite:///{home / 'dondoc.sqlite3'}"), now=START)
    dossier = read_dossier(CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml")
    import_plan(desk.engine, dossier, actor="t", now=START)
    activate_plan(desk.engine, PLAN, number=15, issued_on=ISSUED, actor="t", now=START, day=ISSUED)
    open_phase(desk.engine, PLAN, "P1", calendar=desk.calendar, now=START)
    desk.engine.dispose()
    set_simulated_now(home / "clock", JUNE)
    made = Site(Settings(home=home, clock_file=home / "clock"), TestClient(FastAPI()))
    (home / "session").write_text(made.session())
    return home


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The portal of a home that each test fills anew: its routes take long to make."""
    home = tmp_path_factory.mktemp("portal") / "home"
    return make_app(Settings(home=home, clock_file=home / "clock"))


def _made_new(portal: FastAPI) -> None:
    """Leave nothing in it of what an earlier test did."""
    portal.state.engine = open_engine(portal.state.settings.engine_url)
    portal.state.limits = Limits()
    portal.middleware_stack = None


@pytest.fixture
def site(portal_template: Path, portal: FastAPI) -> Iterator[Site]:
    """The portal in June, a copy of its own; its client is signed in as an administrator."""
    settings: Settings = portal.state.settings
    shutil.rmtree(settings.home, ignore_errors=True)
    shutil.copytree(portal_template, settings.home)
    _made_new(portal)
    base = "http://127.0.0.1:4280"
    with TestClient(portal, base_url=base, raise_server_exceptions=False) as client:
        made = Site(settings=settings, client=client)
        client.cookies.set(COOKIE, (settings.home / "session").read_text())
        yield made
    portal.state.engine.dispose()
