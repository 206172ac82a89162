"""Prefect keeps no secret and listens on this machine only (rows 99-101)."""

import asyncio
import re
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from prefect.client.orchestration import get_client
from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker
from sqlalchemy import select

from adapters import tables
from adapters.database import transaction
from adapters.install_key import read_install_key
from config.prefect_environment import prefect_environment
from config.settings import Settings
from flows.chase import chase
from flows.mailroom import mailroom
from flows.preparation import preparation
from tests.flows.conftest import PLAN, Commune, anyio_backend, commune

__all__ = ["anyio_backend", "commune"]  # fixtures

LINK = re.compile(rb"/(?:d|tep)/([\w.-]{40,})")


def files_of(home: Path) -> bytes:
    """Everything that Prefect wrote, its pages left out."""
    found = [p for p in home.rglob("*") if p.is_file() and "ui" not in p.relative_to(home).parts]
    assert any(path.suffix == ".sqlite3" for path in found)
    return b"".join(path.read_bytes() for path in found)


async def campaign(at_work: Commune) -> None:
    """Assign, remind and send, as the flows do it."""
    await preparation(plan=PLAN)
    for day in ("19/5/2026", "22/5/2026", "1/6/2026"):
        at_work.go_to(day)
        await chase()
        await mailroom()


@pytest.mark.slow
def test_after_a_campaign_prefect_knows_no_address_and_no_link(
    commune: Commune, prefect_server: Mapping[str, str]
) -> None:
    asyncio.run(campaign(commune))
    APILogWorker.drain_all(timeout=5)
    EventsWorker.drain_all(timeout=5)
    letters = b"".join(p.read_bytes() for p in commune.settings.mail_folder.glob("*.eml"))
    desk = commune.desk()
    with transaction(desk.engine) as connection:
        addresses = set(connection.execute(select(tables.contacts.c.email)).scalars())
        tokens = set(connection.execute(select(tables.frozen_letters.c.envelope_from)).scalars())
    desk.engine.dispose()
    known = files_of(Path(prefect_server["PREFECT_HOME"]))
    assert len(letters) > 10_000
    assert PLAN.encode() in known
    told = {a for a in addresses if a and a.encode() in known}
    assert told == set()
    assert {t for t in tokens if t and t.encode() in known} == set()
    assert LINK.findall(known) == []


@pytest.mark.slow
@pytest.mark.anyio
async def test_prefect_holds_no_block_with_a_secret(prefect_server: Mapping[str, str]) -> None:
    assert prefect_server
    async with get_client() as client:
        blocks = await client.read_block_documents(include_secrets=True)
    assert [block.name for block in blocks if "password" in str(block.data).lower()] == []


def test_prefect_listens_on_this_machine_unless_somebody_says_otherwise(tmp_path: Path) -> None:
    host = Settings(home=tmp_path).host
    variables = prefect_environment(tmp_path, host, 4200)
    assert variables["PREFECT_SERVER_API_HOST"] == "127.0.0.1"


def test_no_secret_stands_in_prefects_environment(tmp_path: Path) -> None:
    variables = prefect_environment(tmp_path, "127.0.0.1", 4200)
    assert not [name for name in variables if re.search("PASSWORD|SECRET|KEY|AUTH", name)]


def test_every_file_with_a_secret_is_its_owners_alone(tmp_path: Path) -> None:
    read_install_key(tmp_path)
    (key,) = [p for p in tmp_path.iterdir() if p.is_file()]
    assert key.stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_a_page_of_another_site_starts_no_run(prefect_server: Mapping[str, str]) -> None:
    forged = {"Content-Type": "application/json", "Origin": "https://evil.example"}
    for path in ("flows/", "flow_runs/", "deployments/", "admin/database/clear"):
        request = Request(f"{prefect_server['PREFECT_API_URL']}/{path}", b"{}", forged)
        with pytest.raises(HTTPError) as refused:
            urlopen(request, timeout=10)
        assert refused.value.code == HTTPStatus.FORBIDDEN
        refused.value.close()
