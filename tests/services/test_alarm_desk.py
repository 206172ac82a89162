"""From the desk the administrator is written to, even when the ledger cannot be opened."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters.database import migrate
from adapters.mail_catcher import MailCatcher
from adapters.mail_store import list_letters
from config.settings import Settings
from services import alarm_desk, alarms
from services.alarm_desk import PAST_LEDGER
from services.desk import Desk, open_desk
from tests.services.stage import at

NOW = at((15, 6), "08:00")
FAILED = {"flow": "chase", "run": "Đôn đốc · 15/6/2026", "run_id": "1", "state": "Failed"}


@pytest.fixture
def settings(catcher: MailCatcher, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, mail_port=catcher.port, admin_address="quan-tri@x.example")


@pytest.fixture
def desk(settings: Settings) -> Iterator[Desk]:
    migrate(settings.engine_url)
    with open_desk(settings, now=NOW) as desk:
        yield desk


@pytest.fixture
def broken(settings: Settings) -> Settings:
    Path(settings.engine_url.removeprefix("sqlite:///")).write_bytes(b"not a database" * 100)
    return settings


def report(settings: Settings, now: datetime = NOW) -> bool:
    with open_desk(settings, now=now) as desk:
        return asyncio.run(alarm_desk.report_failed_run(desk, **FAILED))


def subjects(settings: Settings) -> list[str]:
    letters = list_letters(settings.mail_folder)
    return [x.subject for x in letters if "quan-tri@x.example" in x.recipient]


@pytest.mark.slow
def test_a_failed_run_is_raised_told_and_sent(desk: Desk) -> None:
    assert asyncio.run(alarm_desk.report_failed_run(desk, **FAILED))
    assert asyncio.run(alarm_desk.look_and_tell(desk)) == 1
    assert asyncio.run(alarm_desk.look_and_tell(desk)) == 0
    assert subjects(desk.settings) == [
        "[BATMOT][DONDOC] CẢNH BÁO: 1 việc cần xử lý - Lượt chạy bị lỗi"
    ]


def test_the_next_round_that_succeeds_closes_the_alarm(desk: Desk) -> None:
    asyncio.run(alarm_desk.report_failed_run(desk, **FAILED))
    assert asyncio.run(alarm_desk.look_and_tell(desk, round_of="chase")) == 0
    assert alarms.read_alarms(desk.engine, commune=desk.commune) == ()
    assert subjects(desk.settings) == []


def test_without_an_administrator_the_reader_of_replies_is_told(settings: Settings) -> None:
    nobody = settings.model_copy(update={"admin_address": None})
    assert nobody.alarm_address == nobody.reply_address


def test_a_broken_ledger_is_told_past_it_once_an_hour(broken: Settings) -> None:
    assert report(broken)
    assert not report(broken, NOW + timedelta(minutes=59))
    assert len(subjects(broken)) == 1
    assert report(broken, NOW + timedelta(minutes=60))
    assert len(subjects(broken)) == 2


def test_an_unreadable_witness_stops_no_letter(broken: Settings) -> None:
    (broken.home / PAST_LEDGER).write_text("hôm qua", encoding="utf-8")
    assert report(broken)


def test_what_no_relay_took_is_tried_again_the_next_time(broken: Settings, free_port: int) -> None:
    assert not report(broken.model_copy(update={"mail_port": free_port}))
    assert report(broken)
