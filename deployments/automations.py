"""Prefect's automations as code: what happens when a run fails, hangs, or does not come.

They only start the alarm flow: what is wrong is decided from our ledger, and no address or
password stands in Prefect. What the administrator has switched off in the pages stays off.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState, RunDeployment
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

from deployments.catalogue import ALARM, CHASE, MAILROOM, TAG, WATCHED
from models.values import Value

COMPLETED = "prefect.flow-run.Completed"
HEARTBEAT = "prefect.flow-run.heartbeat"
BAD_ENDS = frozenset(f"prefect.flow-run.{end}" for end in ("Failed", "Crashed", "TimedOut"))
ENDS = BAD_ENDS | {COMPLETED, "prefect.flow-run.Cancelled", "prefect.flow-run.Suspended"}
VERSION_TAG = "ban:"
_RUNS = ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"})


class Windows(Value):
    """How long nothing may come before an automation acts."""

    morning_round: timedelta = timedelta(hours=1)
    mail_round: timedelta = timedelta(hours=1)
    heartbeat: timedelta = timedelta(seconds=90)  # a run beats every 30 seconds


EVERY = Windows()


async def own_automations(
    client: PrefectClient, windows: Windows = EVERY
) -> tuple[AutomationCore, ...]:
    """Describe this project's automations, for the deployments that are registered.

    Raises:
        ObjectNotFound: a deployment is missing.
    """
    ids = [
        (await client.read_deployment_by_name(spec.full_name)).id
        for spec in (ALARM, CHASE, MAILROOM)
    ]
    return automations(ids[0], chase=ids[1], mailroom=ids[2], windows=windows)


def automations(
    alarm: UUID, *, chase: UUID, mailroom: UUID, windows: Windows = EVERY
) -> tuple[AutomationCore, ...]:
    """Describe the automations that start the deployment ``alarm``, and the one that ends zombies.

    Prefect knows no working days: a round that is missing on a day off starts the alarm flow too,
    which then finds nothing wrong in the ledger.
    """
    return (
        AutomationCore(
            name="Đôn Đốc: lượt chạy bị lỗi",
            description="Lượt chạy báo lỗi, dừng đột ngột hoặc quá giờ: báo người quản trị.",
            trigger=EventTrigger(
                expect=set(BAD_ENDS),
                match=_RUNS,
                match_related=_tagged(WATCHED),
                for_each={"prefect.resource.id"},
                posture=Posture.Reactive,
            ),
            actions=[_start(alarm, _FAILED_RUN)],
        ),
        _no_round(
            "Đôn Đốc: chưa có lượt đôn đốc buổi sáng", alarm, of=chase, within=windows.morning_round
        ),
        _no_round("Đôn Đốc: phòng thư không chạy", alarm, of=mailroom, within=windows.mail_round),
        AutomationCore(
            name="Đôn Đốc: lượt chạy mất liên lạc",
            description="Lượt chạy không còn báo hiệu: ghi là dừng đột ngột để lượt sau chạy được.",
            trigger=EventTrigger(
                after={HEARTBEAT},
                expect={HEARTBEAT, *ENDS},
                match=_RUNS,
                match_related=_tagged(TAG),
                for_each={"prefect.resource.id"},
                posture=Posture.Proactive,
                within=windows.heartbeat,
            ),
            actions=[ChangeFlowRunState(state=StateType.CRASHED, message="Mất liên lạc.")],
        ),
    )


_FAILED_RUN = {
    "failed_flow": "{{ flow.name }}",
    "run": "{{ flow_run.name }}",
    "run_id": "{{ flow_run.id }}",
    "state": "{{ flow_run.state.name }}",
}


def _no_round(name: str, alarm: UUID, *, of: UUID, within: timedelta) -> AutomationCore:
    return AutomationCore(
        name=name,
        description="Hết thời gian mà không có lượt nào hoàn thành: kiểm tra sổ theo ngày làm "
        "việc, báo người quản trị nếu thật sự thiếu lượt hoặc có thư ứ đọng.",
        trigger=EventTrigger(
            expect={COMPLETED},
            match=_RUNS,
            match_related=_related(f"prefect.deployment.{of}", role="deployment"),
            posture=Posture.Proactive,
            within=within,
        ),
        actions=[_start(alarm, {})],
    )


def _start(deployment: UUID, templates: dict[str, str]) -> RunDeployment:
    return RunDeployment(
        source="selected",
        deployment_id=deployment,
        parameters={
            name: {"__prefect_kind": "jinja", "template": template}
            for name, template in templates.items()
        },
    )


def _tagged(tag: str) -> ResourceSpecification:
    return _related(f"prefect.tag.{tag}", role="tag")


def _related(resource: str, *, role: str) -> ResourceSpecification:
    return ResourceSpecification({"prefect.resource.id": resource, "prefect.resource.role": role})


async def register_automations(
    client: PrefectClient, wanted: Sequence[AutomationCore]
) -> list[str]:
    """Create or update each automation by name and return one line for each, in order.

    A second time, all are ``unchanged``.
    """
    return [await _register_one(client, _versioned(one)) for one in wanted]


async def _register_one(client: PrefectClient, wanted: AutomationCore) -> str:
    found = await client.read_automations_by_name(wanted.name)
    if not found:
        await client.create_automation(wanted)
        return f"{wanted.name}: created"
    old = found[0]
    if set(old.tags) >= set(wanted.tags):
        return f"{wanted.name}: unchanged"
    kept = wanted.model_copy(update={"enabled": old.enabled})
    await client.update_automation(old.id, kept)
    return f"{wanted.name}: updated"


def _versioned(wanted: AutomationCore) -> AutomationCore:
    # The server fills in fields of its own; what was wanted is compared by its hash.
    content = wanted.model_dump_json(exclude={"tags"})
    version = hashlib.sha256(content.encode()).hexdigest()[:12]
    return wanted.model_copy(update={"tags": [TAG, VERSION_TAG + version]})


async def _main() -> None:
    async with get_client() as client:
        for line in await register_automations(client, await own_automations(client)):
            print(line)  # noqa: T201 - a program that tells what it did


if __name__ == "__main__":
    asyncio.run(_main())
