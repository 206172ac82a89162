"""Automations: registered once by name, what the administrator switched off stays off."""

import asyncio
from uuid import uuid4

import pytest
from prefect.client.orchestration import PrefectClient, get_client
from prefect.events.schemas.automations import Automation, AutomationCore

from deployments.automations import Windows, automations, own_automations, register_automations
from deployments.catalogue import ALARM, CHASE, MAILROOM, SPECS, TAG, WATCHED
from deployments.register import register

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_server")]


def described() -> tuple[AutomationCore, ...]:
    return automations(uuid4(), chase=uuid4(), mailroom=uuid4())


def renamed(wanted: AutomationCore, name: str) -> AutomationCore:
    return wanted.model_copy(update={"name": name})


def related_to(wanted: AutomationCore) -> str:
    """What the runs of the trigger must be related to."""
    return str(wanted.model_dump()["trigger"]["match_related"]["prefect.resource.id"])


async def read(client: PrefectClient, name: str) -> Automation:
    (found,) = await client.read_automations_by_name(name)
    return found


def test_each_automation_is_there_once_however_often_it_is_registered() -> None:
    async def scenario() -> None:
        async with get_client() as client:
            await register(client, [ALARM, CHASE, MAILROOM])
            wanted = await own_automations(client)
            first = await register_automations(client, wanted)
            again = await register_automations(client, await own_automations(client))
            assert [line.rpartition(": ")[2] for line in first] == ["created"] * 4
            assert [line.rpartition(": ")[2] for line in again] == ["unchanged"] * 4
            for one in wanted:
                found = await read(client, one.name)
                assert found.enabled
                assert TAG in found.tags

    asyncio.run(scenario())


def test_what_the_administrator_switched_off_stays_off_when_the_code_changes() -> None:
    async def scenario() -> None:
        async with get_client() as client:
            mine = renamed(described()[1], "của tôi")
            await register_automations(client, [mine])
            old = await read(client, "của tôi")
            await client.pause_automation(old.id)
            changed = renamed(described()[2], "của tôi")
            assert await register_automations(client, [changed]) == ["của tôi: updated"]
            now = await read(client, "của tôi")
        assert now.id == old.id
        assert not now.enabled
        assert now.trigger == changed.trigger

    asyncio.run(scenario())


def test_the_failure_of_the_alarm_flow_itself_starts_no_alarm() -> None:
    failed, *_, gone = described()
    assert related_to(failed) == f"prefect.tag.{WATCHED}"
    assert WATCHED not in ALARM.labels
    assert all(WATCHED in spec.labels for spec in SPECS if spec != ALARM)
    # A hanging alarm is ended all the same.
    assert related_to(gone) == f"prefect.tag.{TAG}"


def test_nothing_that_names_a_person_or_a_secret_is_given_to_prefect() -> None:
    text = "".join(one.model_dump_json() for one in described())
    assert "@" not in text
    assert "password" not in text


def test_windows_can_be_narrowed() -> None:
    seconds = Windows.model_validate({"morning_round": 10, "mail_round": 10, "heartbeat": 60})
    spans = [
        one.trigger.within.total_seconds()  # type: ignore[union-attr]
        for one in automations(uuid4(), chase=uuid4(), mailroom=uuid4(), windows=seconds)
    ]
    assert spans == [0, 10, 10, 60]
