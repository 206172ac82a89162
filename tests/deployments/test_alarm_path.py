"""From a run that fails, or does not come, to the letter on the administrator's desk."""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from prefect.client.orchestration import get_client

from adapters.database import migrate, open_engine
from adapters.mail_catcher import MailCatcher
from adapters.mail_store import list_letters
from adapters.plan_files import read_dossier
from config.clock import set_simulated_now
from config.prefect_environment import prefect_environment
from config.settings import CONFIG_FOLDER
from deployments.automations import Windows, automations, register_automations
from deployments.catalogue import ALARM, CHASE, MAILROOM, DeploymentSpec
from deployments.children import Child
from deployments.engine import server_child, worker_child
from deployments.ports import wait_healthy
from deployments.register import register
from deployments.session import prefect_session
from services import plans
from tests.postgresql_cluster import find_free_port
from tests.prefect_server import put_tables

pytestmark = pytest.mark.slow

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ADMINISTRATOR = "quan-tri@batmot.example"
FAILING = DeploymentSpec(
    entrypoint="tests.deployments.sample_flow.failing", name="lỗi", title="t", description="d"
)
NEVER = timedelta(days=1)
SOON = Windows(morning_round=timedelta(seconds=10), mail_round=NEVER, heartbeat=NEVER)
LATER = SOON.model_copy(update={"morning_round": NEVER})


@dataclass
class Installation:
    """A server that watches, a worker, a plan in force and a mail catcher."""

    home: Path
    clock: Path

    def go_to(self, hour: str) -> None:
        set_simulated_now(self.clock, monday(hour))

    def subjects(self) -> list[str]:
        """What the administrator was written, oldest first."""
        letters = list_letters(self.home / "mail")
        return [x.subject for x in reversed(letters) if ADMINISTRATOR in x.recipient]


def monday(hour: str) -> datetime:
    return datetime.strptime(f"15/6/2026 {hour}", "%d/%m/%Y %H:%M").replace(tzinfo=ZONE)


@pytest.fixture(scope="module")
def installation(
    prefect_tables: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    home = tmp_path_factory.mktemp("alarm-path")
    found = Installation(home, home / "clock")
    found.go_to("07:00")
    put_plan_in_force(home)
    environment = prefect_environment(home / "prefect", "127.0.0.1", find_free_port())
    environment["PREFECT_WORKER_QUERY_SECONDS"] = "1"
    put_tables(prefect_tables, environment)
    with (
        MailCatcher(home / "mail", clock=lambda: monday("07:00")) as catcher,
        prefect_session(environment),
        asyncio.Runner() as runner,
    ):
        own = {
            "DONDOC_HOME": str(home), "DONDOC_CLOCK_FILE": str(found.clock),
            "DONDOC_MAIL_PORT": str(catcher.port), "DONDOC_ADMIN_ADDRESS": ADMINISTRATOR,
        }  # fmt: skip
        server = Child(server_child(environment))
        worker = Child(worker_child(environment | own))
        try:
            runner.run(server.start())
            assert runner.run(wait_healthy(server))
            runner.run(prepare())
            runner.run(worker.start())
            yield found
        finally:
            runner.run(worker.stop())
            runner.run(server.stop())


def put_plan_in_force(home: Path) -> None:
    url = f"sqlite:///{home / 'dondoc.sqlite3'}"
    migrate(url)
    engine = open_engine(url)
    before = monday("08:00") - timedelta(days=30)
    plan = plans.import_plan(
        engine, read_dossier(CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml"), actor="ai", now=before
    )
    plans.activate_plan(
        engine, plan.id, number=15, issued_on=before.date(), actor="ai", now=before,
        day=before.date(),
    )  # fmt: skip
    engine.dispose()


async def prepare() -> None:
    # Their own schedules would play the rounds of the simulated morning.
    without_clocks = [s.model_copy(update={"clocks": ()}) for s in (ALARM, CHASE, MAILROOM)]
    async with get_client() as client:
        await register(client, [*without_clocks, FAILING])


async def watch(windows: Windows) -> None:
    async with get_client() as client:
        ids = [
            (await client.read_deployment_by_name(spec.full_name)).id
            for spec in (ALARM, CHASE, MAILROOM)
        ]
        wanted = automations(ids[0], chase=ids[1], mailroom=ids[2], windows=windows)
        await register_automations(client, wanted)


async def run_failing() -> None:
    async with get_client() as client:
        deployment = await client.read_deployment_by_name(FAILING.full_name)
        await client.create_flow_run_from_deployment(deployment.id)


def wait_for(claim: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.2)


def test_a_run_that_fails_is_told_by_mail(installation: Installation) -> None:
    installation.go_to("08:00")
    asyncio.run(watch(LATER))
    asyncio.run(run_failing())
    wait_for(lambda: bool(installation.subjects()))
    assert installation.subjects() == [
        "[BATMOT][DONDOC] CẢNH BÁO: 1 việc cần xử lý - Lượt chạy bị lỗi"
    ]


def test_a_morning_round_that_does_not_come_is_told_by_mail(installation: Installation) -> None:
    installation.go_to("09:30")
    before = len(installation.subjects())
    asyncio.run(watch(SOON))
    wait_for(lambda: len(installation.subjects()) > before)
    asyncio.run(watch(LATER))
    (told,) = [s for s in installation.subjects() if "buổi sáng" in s]
    assert told == "[BATMOT][DONDOC] CẢNH BÁO: 1 việc cần xử lý - Chưa có lượt đôn đốc buổi sáng"
