"""Runs without a process do not stay Running."""

import asyncio

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.states import Running

from deployments.catalogue import DeploymentSpec
from deployments.reconcile import reconcile
from deployments.register import register


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_a_run_whose_process_is_gone_becomes_crashed_and_others_stay() -> None:
    spec = DeploymentSpec(
        entrypoint="tests.deployments.sample_flow.sample", name="gone", title="t", description="d"
    )

    async def scenario() -> None:
        async with get_client() as client:
            await register(client, [spec])
            deployment = await client.read_deployment_by_name("sample/gone")
            gone = await client.create_flow_run_from_deployment(deployment.id, name="gone")
            waiting = await client.create_flow_run_from_deployment(deployment.id, name="waiting")
            await client.set_flow_run_state(gone.id, Running(), force=True)
            assert await reconcile(client, "mất tiến trình") == ["gone"]
            assert await reconcile(client, "mất tiến trình") == []
            states = [(await client.read_flow_run(run.id)).state for run in (gone, waiting)]
        assert [state and state.type for state in states] == [
            StateType.CRASHED,
            StateType.SCHEDULED,
        ]

    asyncio.run(scenario())
