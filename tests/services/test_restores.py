"""After a restore nothing goes out twice: the gap is planned again and compared with the archive."""

import asyncio
import re
import smtplib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select, update

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanRecord
from adapters.mail_catcher import MailCatcher
from config.clock import set_simulated_now
from config.settings import Settings
from models.errors import RefusedError
from models.letter_holds import HoldReason
from models.letters import LetterState
from models.plans import PlanDossier
from services import brakes, reminders
from services.desk import Desk, open_desk
from services.epochs import Reconciled
from services.mailing import send_due
from services.restores import Released, compare_late, let_go
from tests.services.letter_rows import put_letter, state_of
from tests.services.mailroom import FEW, with_units
from tests.services.stage import COMMUNE, at

BEFORE = at((21, 5), "08:00")
FRIDAY = at((22, 5), "07:30")  # T-7 of the detailed plans
MONDAY = at((25, 5), "08:00")


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture
def settings(
    database_url: str, tmp_path: Path, catcher: MailCatcher, active_plan: PlanRecord
) -> Settings:
    assert active_plan.commune == COMMUNE
    clock = tmp_path / "clock"
    return Settings(
        home=tmp_path, database_url=database_url, mail_port=catcher.port, clock_file=clock
    )


@contextmanager
def desk_at(settings: Settings, now: datetime) -> Iterator[Desk]:
    assert settings.clock_file is not None
    set_simulated_now(settings.clock_file, now)
    with open_desk(settings, now=now) as desk:
        yield desk


def round_at(settings: Settings, now: datetime) -> int:
    """Plan and send as the morning round does; returns how many were accepted."""
    with desk_at(settings, now) as desk:
        reminders.plan_reminders(
            desk.engine, commune=COMMUNE, policy=desk.policy, calendar=desk.calendar, now=now
        )
        return asyncio.run(send_due(desk)).accepted


def rungs_of(engine: Engine) -> set[tuple[str, str, str]]:
    """The rungs that letters carried: obligation, rung and audience."""
    i = tables.outbox_items.c
    carried = select(i.obligation_id, i.rung, i.audience).where(i.outbox_id.is_not(None))
    with transaction(engine) as connection:
        return {(row[0], row[1], row[2]) for row in connection.execute(carried)}


def contents(home: Path) -> list[bytes]:
    return [file.read_bytes() for file in (home / "mail").glob("*.eml")]


def let_go_at(settings: Settings, now: datetime) -> Released:
    with desk_at(settings, now) as desk:
        return let_go(desk, by="vp")


def put_back(engine: Engine, since: datetime, *, accepted: int) -> None:
    """Forget what was written since then, as a backup of that time does."""
    o, items = tables.outbox, tables.outbox_items
    with transaction(engine) as connection:
        connection.execute(delete(items).where(items.c.at >= since))
        forgotten = select(o.c.id).where(o.c.created_at >= since)
        written = tables.frozen_letters
        connection.execute(delete(written).where(written.c.outbox_id.in_(forgotten)))
        connection.execute(delete(o).where(o.c.created_at >= since))
        connection.execute(update(tables.epochs).values(seq=accepted))


@pytest.mark.slow
def test_a_restored_database_sends_no_reminder_a_second_time(
    settings: Settings, engine: Engine, tmp_path: Path
) -> None:
    put_letter(engine, "a", now=BEFORE, state=LetterState.ACCEPTED, settled_at=BEFORE)
    with desk_at(settings, BEFORE) as desk:
        asyncio.run(send_due(desk))  # the home knows its database
    sent = round_at(settings, FRIDAY)
    arrived = len(list((tmp_path / "mail").glob("*.eml")))
    assert sent == arrived > 0
    friday = rungs_of(engine)
    put_back(engine, FRIDAY, accepted=0)
    assert round_at(settings, MONDAY) == 0  # held, though planned under Monday's keys
    released = let_go_at(settings, MONDAY)
    assert released.holds == 1
    assert released.reconciled is not None
    assert released.reconciled.accepted == sent
    assert friday == rungs_of(engine)  # every rung of Friday is known again, once
    round_at(settings, MONDAY)
    assert friday <= rungs_of(engine)
    ids = Counter(re.findall(rb"(?m)^Message-ID: (.*?)\r?$", b"".join(contents(tmp_path))))
    assert set(ids.values()) == {1}


@pytest.mark.slow
def test_what_was_not_sent_in_the_gap_goes_out_after_the_release(
    settings: Settings, engine: Engine, tmp_path: Path
) -> None:
    put_letter(engine, "a", now=BEFORE, state=LetterState.ACCEPTED, settled_at=BEFORE)
    with desk_at(settings, BEFORE) as desk:
        asyncio.run(send_due(desk))
    brakes.hold(engine, commune=COMMUNE, reason=HoldReason.RESTORED, detail="x", by="x", now=BEFORE)
    released = let_go_at(settings, MONDAY)
    assert released.reconciled is not None
    assert released.reconciled.accepted == 0
    assert round_at(settings, MONDAY) > 0  # the rungs of the gap are free for today
    assert len(list((tmp_path / "mail").glob("*.eml"))) > 0


def test_other_holds_are_let_go_without_comparing(settings: Settings, engine: Engine) -> None:
    brakes.hold(engine, commune=COMMUNE, reason=HoldReason.PERSON, detail="x", by="x", now=MONDAY)
    assert let_go_at(settings, MONDAY) == Released(holds=1)
    assert let_go_at(settings, MONDAY) == Released(holds=0)


def test_a_database_that_never_planned_has_no_gap(settings: Settings, engine: Engine) -> None:
    brakes.hold(engine, commune=COMMUNE, reason=HoldReason.RESTORED, detail="x", by="x", now=MONDAY)
    assert let_go_at(settings, MONDAY) == Released(holds=1, reconciled=Reconciled())


def test_a_real_relay_has_no_archive_to_ask(settings: Settings, engine: Engine) -> None:
    put_letter(engine, "a", now=BEFORE)
    brakes.hold(engine, commune=COMMUNE, reason=HoldReason.RESTORED, detail="x", by="x", now=MONDAY)
    remote = settings.model_copy(update={"smtp_host": "relay.example"})
    assert let_go_at(remote, MONDAY) == Released(holds=1)


def test_nothing_is_compared_while_the_kill_file_lies_there(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "HOLD").touch()
    with pytest.raises(RefusedError, match="HOLD"):
        let_go_at(settings, MONDAY)


def keep_in_archive(settings: Settings, message_id: str) -> None:
    letter = EmailMessage()
    letter["Message-ID"] = message_id
    letter["Subject"] = "đã gửi"
    with smtplib.SMTP("127.0.0.1", settings.mail_port) as relay:
        relay.send_message(letter, from_addr="a@x.example", to_addrs=["b@x.example"])


def compared_at(settings: Settings, now: datetime) -> Reconciled | None:
    with desk_at(settings, now) as desk:
        return compare_late(desk)


def test_what_is_planned_again_long_after_a_restore_is_still_compared(
    settings: Settings, engine: Engine
) -> None:
    letter = put_letter(engine, "a", now=MONDAY, message_id="<a.E01@x.example>")
    keep_in_archive(settings, "<a.E01@x.example>")
    assert compared_at(settings, MONDAY) is None  # no restore, no comparing
    brakes.hold(engine, commune=COMMUNE, reason=HoldReason.RESTORED, detail="x", by="x", now=MONDAY)
    brakes.release(engine, commune=COMMUNE, by="vp", now=MONDAY, home=settings.home)
    remote = settings.model_copy(update={"smtp_host": "relay.example"})
    assert compared_at(remote, at((5, 6))) is None
    assert compared_at(settings, at((5, 6))) == Reconciled(accepted=1)
    assert state_of(engine, letter) == LetterState.ACCEPTED
    assert compared_at(settings, at((5, 9))) is None


def test_a_round_settles_what_had_left_before_the_restore_and_sends_only_the_rest(
    settings: Settings, engine: Engine, tmp_path: Path
) -> None:
    brakes.hold(engine, commune=COMMUNE, reason=HoldReason.RESTORED, detail="x", by="x", now=MONDAY)
    brakes.release(engine, commune=COMMUNE, by="vp", now=MONDAY, home=settings.home)
    known = put_letter(engine, "a", now=MONDAY, message_id="<a.E01@x.example>")
    new = put_letter(engine, "b", now=MONDAY)
    keep_in_archive(settings, "<a.E01@x.example>")
    with desk_at(settings, MONDAY) as desk:
        asyncio.run(send_due(desk))
    assert state_of(engine, known) == LetterState.ACCEPTED
    ids = Counter(re.findall(rb"(?m)^Message-ID: (.*?)\r?$", b"".join(contents(tmp_path))))
    assert ids[b"<a.E01@x.example>"] == 1
    assert state_of(engine, new) != LetterState.READY
