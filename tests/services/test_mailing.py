"""A round of mail from a desk, with the lock that tells whether its sender lives."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters import owners
from adapters.ledger import PlanRecord
from adapters.mail_catcher import MailCatcher
from config.clock import set_simulated_now
from config.settings import Settings
from models.letters import LetterState
from models.plans import PlanDossier
from services.desk import Desk, open_desk
from services.mailing import resolve_stranded, send_due
from tests.services.mailroom import FEW, SENDER, Mailroom, with_units
from tests.services.stage import NIL, Office, at, owed_by

NOW = at((17, 6), "07:30")


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture
def settings(database_url: str, tmp_path: Path, catcher: MailCatcher) -> Settings:
    return Settings(home=tmp_path, database_url=database_url, mail_port=catcher.port)


def send(settings: Settings, now: datetime) -> tuple[int, int]:
    with open_desk(settings, now=now) as desk:
        stranded = resolve_stranded(desk)
        return stranded, asyncio.run(send_due(desk)).accepted


def test_a_round_sends_what_is_due_and_leaves_no_lock(
    settings: Settings, mailroom: Mailroom, office: Office
) -> None:
    office.submit(owed_by("thon-01"), NIL, now=NOW)
    assert send(settings, NOW) == (0, 1)
    assert len(mailroom.letters()) == 1
    assert list(settings.home.glob("locks/*")) == []


def test_a_living_senders_letters_are_left_to_it(
    settings: Settings, mailroom: Mailroom, office: Office
) -> None:
    office.submit(owed_by("thon-01"), NIL, now=NOW)
    mailroom.claim(NOW)
    with owners.living_owner(mailroom.engine, settings.home / "locks", SENDER):
        assert send(settings, NOW) == (0, 0)
    assert send(settings, NOW) == (1, 1)


def test_the_catchers_folder_settles_what_a_dead_sender_had_sent(
    settings: Settings, mailroom: Mailroom, office: Office
) -> None:
    office.submit(owed_by("thon-01"), NIL, now=NOW)
    mailroom.send(NOW)
    row = mailroom.row()
    mailroom.alter(row.id, state=LetterState.SENDING, phase="dot", owner="đã chết")
    assert send(settings, NOW) == (2, 0)
    assert mailroom.row().state == LetterState.ACCEPTED
    assert len(mailroom.letters()) == 1


def test_a_real_relay_answers_no_questions(
    settings: Settings, mailroom: Mailroom, office: Office
) -> None:
    office.submit(owed_by("thon-01"), NIL, now=NOW)
    mailroom.mark(mailroom.claim(NOW), NOW)
    remote = settings.model_copy(update={"smtp_host": "relay.example"})
    with open_desk(remote, now=NOW) as desk:
        assert resolve_stranded(desk) == 1
    assert mailroom.row().state == LetterState.UNKNOWN


def test_the_catcher_says_no_only_after_a_minute(
    settings: Settings, mailroom: Mailroom, office: Office, tmp_path: Path
) -> None:
    simulated = settings.model_copy(update={"clock_file": tmp_path / "clock"})
    office.submit(owed_by("thon-01"), NIL, now=NOW)
    mailroom.mark(mailroom.claim(NOW), NOW)
    for seconds, expected in ((0, (1, 0)), (59, (0, 0)), (60, (1, 1))):
        now = NOW + timedelta(seconds=seconds)
        set_simulated_now(tmp_path / "clock", now)
        assert send(simulated, now) == expected
    assert len(mailroom.letters()) == 1


def test_nothing_leaves_while_the_kill_file_lies_there(
    settings: Settings, mailroom: Mailroom, office: Office
) -> None:
    office.submit(owed_by("thon-01"), NIL, now=NOW)
    (settings.home / "HOLD").write_text("chờ kiểm tra")
    with open_desk(settings, now=NOW) as desk:
        held = asyncio.run(send_due(desk))
    assert held.accepted == 0
    assert "chờ kiểm tra" in (held.hold or "")
    (settings.home / "HOLD").unlink()
    assert send(settings, NOW) == (0, 1)
    assert mailroom.row().state == LetterState.ACCEPTED


def test_a_desk_reads_its_plan(settings: Settings, active_plan: PlanRecord) -> None:
    with open_desk(settings, now=NOW) as desk:
        assert isinstance(desk, Desk)
        assert desk.commune == active_plan.commune
