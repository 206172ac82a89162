"""Registration keeps what the administrator did in the Prefect pages."""

import asyncio
from collections.abc import Mapping
from datetime import date

import pytest
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, DeploymentUpdate
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule

from deployments.canary import NAME, see_a_scheduled_run
from deployments.catalogue import DeploymentSpec, phase_flow
from deployments.register import register
from deployments.schedules import PhaseWindow
from tests.deployments.sample_flow import sample

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_server")]

MAY = PhaseWindow(
    plan="ke-hoach-1", flow="preparation", starts_on=date(2026, 5, 1), ends_on=date(2026, 5, 31)
)
JUNE = MAY.model_copy(
    update={"plan": "ke-hoach-2", "starts_on": date(2026, 6, 1), "ends_on": date(2026, 6, 9)}
)


def spec(name: str) -> DeploymentSpec:
    described = phase_flow("preparation", "Giai đoạn chuẩn bị", "Gửi kế hoạch.")
    entrypoint = "tests.deployments.sample_flow.sample"
    return described.model_copy(update={"entrypoint": entrypoint, "name": name})


async def read(client: PrefectClient, name: str) -> DeploymentResponse:
    return await client.read_deployment_by_name(f"sample/{name}")


def crons(deployment: DeploymentResponse) -> list[str]:
    schedules = [s.schedule for s in deployment.schedules]
    return sorted(s.cron for s in schedules if isinstance(s, CronSchedule))


def test_a_new_deployment_gets_the_schedules_of_its_phase_and_a_limit_of_one() -> None:
    async def scenario() -> None:
        async with get_client() as client:
            lines = await register(client, [spec("new")], [MAY])
            made = await read(client, "new")
        assert lines == ["sample/new: created"]
        assert crons(made) == ["35 7 * 5 1-6"]
        assert made.entrypoint == "tests.deployments.sample_flow.sample"
        assert made.global_concurrency_limit is not None
        assert made.global_concurrency_limit.limit == 1

    asyncio.run(scenario())


def test_the_second_time_everything_is_unchanged() -> None:
    async def scenario() -> None:
        async with get_client() as client:
            await register(client, [spec("twice")], [MAY])
            assert await register(client, [spec("twice")], [MAY]) == ["sample/twice: unchanged"]

    asyncio.run(scenario())


def test_schedules_pause_and_parameters_of_the_administrator_stay() -> None:
    async def scenario() -> None:
        async with get_client() as client:
            await register(client, [spec("mine")], [MAY])
            old = await read(client, "mine")
            hand = CronSchedule(cron="0 9 * 5 1", timezone="Asia/Ho_Chi_Minh")
            await client.create_deployment_schedules(
                old.id, [DeploymentScheduleCreate(schedule=hand)]
            )
            await client.delete_deployment_schedule(old.id, old.schedules[0].id)
            hers = DeploymentUpdate(paused=True, parameters={"number": 5})
            await client.update_deployment(old.id, hers)
            changed = spec("mine").model_copy(update={"description": "Lời mới."})
            assert await register(client, [changed], [MAY]) == ["sample/mine: updated"]
            now = await read(client, "mine")
        assert now.id == old.id
        assert now.description is not None
        assert now.description.endswith("Lời mới.")
        assert crons(now) == ["0 9 * 5 1"]
        assert now.paused
        assert now.parameters == {"number": 5}

    asyncio.run(scenario())


def test_a_second_plan_adds_its_schedules_once() -> None:
    async def scenario() -> None:
        async with get_client() as client:
            await register(client, [spec("plans")], [MAY])
            assert await register(client, [spec("plans")], [MAY, JUNE]) == ["sample/plans: updated"]
            assert await register(client, [spec("plans")], [MAY, JUNE]) == [
                "sample/plans: unchanged"
            ]
            assert crons(await read(client, "plans")) == ["35 7 * 5 1-6", "35 7 1-9 6 1-6"]

    asyncio.run(scenario())


def test_an_action_flow_has_no_schedule_and_no_limit() -> None:
    async def scenario() -> None:
        async with get_client() as client:
            action = spec("action").model_copy(
                update={"phase": None, "clocks": (), "runs_alone": False}
            )
            await register(client, [action])
            made = await read(client, "action")
        assert made.schedules == []
        assert made.global_concurrency_limit is None

    asyncio.run(scenario())


def test_a_scheduled_deployment_really_gets_runs(prefect_server: Mapping[str, str]) -> None:
    async def scenario() -> None:
        async with get_client() as client:
            await see_a_scheduled_run(client)
            assert NAME not in [d.name for d in await client.read_deployments()]

    assert prefect_server["PREFECT_API_URL"]
    asyncio.run(scenario())


def test_a_flow_played_in_this_process_is_recorded_by_the_server() -> None:
    async def scenario() -> None:
        assert await sample(4) == 8
        async with get_client() as client:
            runs = await client.read_flow_runs()
        assert any(run.state is not None and run.state.is_completed() for run in runs)

    asyncio.run(scenario())
