"""Registration: code owns entrypoint, limit, tags; the administrator schedules, pause, parameters.

Prefect's own ``apply``, ``deploy`` and ``serve`` reset what the administrator changed in the pages
(prefect.md 3), so an existing deployment is only ever PATCHed with the fields the code owns.
"""

import hashlib
import inspect
import shlex
import signal
import sys
from collections.abc import Sequence
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import (
    DeploymentScheduleCreate,
    DeploymentUpdate,
    WorkPoolCreate,
)
from prefect.client.schemas.objects import (
    ConcurrencyLimitConfig,
    ConcurrencyLimitStrategy,
    ConcurrencyOptions,
)
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.types.entrypoint import EntrypointType

from deployments.catalogue import POOL, DeploymentSpec, load_flow
from deployments.children import bound_to
from deployments.forms import label_parameters
from deployments.schedules import TIMEZONE, PhaseWindow, schedules_for

PLAN_TAG = "ke-hoach:"
# A worker that is killed leaves its flow runs working on beside those of the next worker
# (prefect.md 6); bound to the worker they end with it.
_ENGINE = shlex.join((*bound_to(0, signal.SIGKILL), sys.executable, "-m", "prefect.engine"))
_ONE_AT_A_TIME = ConcurrencyLimitConfig(
    limit=1,
    # After an outage the overdue runs start together: one is enough, it reads what stands now.
    collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW,
    grace_period_seconds=60,
)


async def register(
    client: PrefectClient,
    specs: Sequence[DeploymentSpec],
    windows: Sequence[PhaseWindow] = (),
) -> list[str]:
    """Create or update each deployment and return one line per deployment, in order of specs.

    A second time, all are ``unchanged``. A plan's default schedules are added once, when its
    windows are first seen; a tag remembers it, so schedules deleted by hand stay deleted.
    """
    await _ensure_pool(client)
    return [await _register_one(client, spec, windows) for spec in specs]


async def _ensure_pool(client: PrefectClient) -> None:
    try:
        await client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))
    except ObjectAlreadyExists:
        return


async def _register_one(
    client: PrefectClient, spec: DeploymentSpec, windows: Sequence[PhaseWindow]
) -> str:
    wanted = await _wanted(spec)
    name = f"{wanted.flow_name}/{spec.name}"
    try:
        old = await client.read_deployment_by_name(name)
    except ObjectNotFound:
        created = await wanted.aapply()
        await _schedule_once(client, created, crons=spec.crons)
        await _add_plans(client, spec, await client.read_deployment(created), windows)
        return f"{name}: created"
    updated = await _update(client, wanted, old)
    added = await _add_plans(client, spec, await client.read_deployment(old.id), windows)
    return f"{name}: {'updated' if updated or added else 'unchanged'}"


async def _wanted(spec: DeploymentSpec) -> RunnerDeployment:
    flow = load_flow(spec)
    label_parameters(flow)
    return await flow.ato_deployment(
        spec.name,
        work_pool_name=POOL,
        entrypoint_type=EntrypointType.MODULE_PATH,
        concurrency_limit=_ONE_AT_A_TIME if spec.runs_alone else None,
        tags=list(spec.labels),
        version=_version(spec),
        description=spec.text,
        job_variables={"command": _ENGINE},
    )


def _version(spec: DeploymentSpec) -> str:
    flow = load_flow(spec)
    source = inspect.getsource(inspect.getmodule(flow.fn) or flow.fn)
    form = flow.parameters.model_dump_json()
    content = source + form + spec.model_dump_json() + _ENGINE
    return hashlib.sha256(content.encode()).hexdigest()[:12]


async def _update(client: PrefectClient, wanted: RunnerDeployment, old: DeploymentResponse) -> bool:
    as_wanted = (wanted.version, wanted.entrypoint, POOL)
    if (old.version, old.entrypoint, old.work_pool_name) == as_wanted:
        return False
    plan_tags = [tag for tag in old.tags if tag.startswith(PLAN_TAG)]
    options = ConcurrencyOptions(
        collision_strategy=_ONE_AT_A_TIME.collision_strategy,
        grace_period_seconds=_ONE_AT_A_TIME.grace_period_seconds,
    )
    # Only fields named here are sent: never `schedules`, `paused` or `parameters`.
    await client.update_deployment(
        old.id,
        DeploymentUpdate(
            version=wanted.version,
            entrypoint=wanted.entrypoint,
            description=wanted.description,
            tags=[*wanted.tags, *plan_tags],
            work_pool_name=POOL,
            job_variables={"command": _ENGINE},
            parameter_openapi_schema=_schema(wanted),
            concurrency_limit=wanted.concurrency_limit,
            concurrency_options=options if wanted.concurrency_limit else None,
        ),
    )
    return True


def _schema(wanted: RunnerDeployment) -> dict[str, object]:
    schema = wanted._parameter_openapi_schema  # noqa: SLF001 - Prefect gives it no public name
    return schema.model_dump(exclude_unset=True)


async def _add_plans(
    client: PrefectClient,
    spec: DeploymentSpec,
    old: DeploymentResponse,
    windows: Sequence[PhaseWindow],
) -> bool:
    plans = {w.plan for w in windows if w.flow == spec.phase}
    new = sorted(plan for plan in plans if PLAN_TAG + plan not in old.tags)
    for plan in new:
        days = [w.days for w in windows if w.flow == spec.phase and w.plan == plan]
        crons = [
            cron
            for clock in spec.clocks
            for cron in schedules_for(days, clock=clock, weekdays=spec.weekdays)
        ]
        await _schedule_once(client, old.id, crons=crons, slug=plan)
    if new:
        tags = [*old.tags, *(PLAN_TAG + plan for plan in new)]
        await client.update_deployment(old.id, DeploymentUpdate(tags=tags))
    return bool(new)


async def _schedule_once(
    client: PrefectClient,
    deployment: UUID,
    *,
    crons: Sequence[str],
    slug: str = "mac-dinh",
) -> None:
    if not crons:
        return
    schedules = [
        DeploymentScheduleCreate(
            schedule=CronSchedule(cron=cron, timezone=TIMEZONE, day_or=False),
            slug=f"{slug}-{number}",
        )
        for number, cron in enumerate(crons, start=1)
    ]
    await client.create_deployment_schedules(deployment, schedules)
