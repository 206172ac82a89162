"""The canary: sees that a scheduled deployment really gets runs.

With SQLAlchemy 2.1 or a FastAPI of 0.155 and later, Prefect's server looks healthy and schedules
nothing (prefect.md 0); only a schedule that is watched shows it.
"""

import asyncio
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.schedules import CronSchedule
from prefect.flows import Flow

from deployments.schedules import TIMEZONE
from models.errors import TransientError

NAME = "canary"
# No worker looks for runs of a deployment without a pool, so nothing is ever run.
_DAILY = DeploymentScheduleCreate(
    schedule=CronSchedule(cron="0 3 * * *", timezone=TIMEZONE), slug=NAME
)
_SCHEDULED = FlowRunFilter(
    state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED]))
)


async def see_a_scheduled_run(client: PrefectClient, *, timeout_seconds: float = 30.0) -> None:
    """Make a scheduled deployment, see its runs appear, and remove it.

    Raises:
        TransientError: the server scheduled nothing in that time.
    """
    flow_id = await client.create_flow(Flow(_nothing, name=NAME))
    deployment_id = await client.create_deployment(flow_id, NAME, schedules=[_DAILY])
    try:
        await asyncio.wait_for(_until_scheduled(client, deployment_id), timeout_seconds)
    except TimeoutError as error:
        raise TransientError(
            f"Máy chủ Prefect không lập lịch: sau {timeout_seconds:.0f} giây vẫn chưa có lượt chạy "
            "nào. Cài lại đúng phiên bản trong requirements.lock (make setup) rồi khởi động lại."
        ) from error
    finally:
        await client.delete_deployment(deployment_id)
        await client.delete_flow(flow_id)


async def _until_scheduled(client: PrefectClient, deployment_id: UUID) -> None:
    ours = DeploymentFilter(id=DeploymentFilterId(any_=[deployment_id]))
    while not await client.read_flow_runs(  # noqa: ASYNC110 - another process makes the runs
        deployment_filter=ours, flow_run_filter=_SCHEDULED, limit=1
    ):
        await asyncio.sleep(0.5)


def _nothing() -> None:
    """Stand for a flow; it is never called."""
