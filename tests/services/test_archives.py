"""A relay's archive on a real Dovecot: its yes is final, its no counts only when it keeps up."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, insert, select

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanRecord
from config.clock import set_simulated_now
from config.settings import Settings
from models.errors import UsageError
from models.letter_holds import HoldReason
from models.letter_policies import QUIET_REMOTE
from models.letters import LetterKind, LetterState, Verdict
from models.plans import PlanDossier
from services import brakes
from services.desk import Desk, open_desk
from services.mailing import resolve_stranded, send_due
from services.restores import let_go
from tests.mail_servers import (
    PASSWORD,
    Dovecot,
    Postfix,
    missing_programs,
    running_dovecot,
    running_postfix,
)
from tests.services.letter_rows import put_letter, state_of
from tests.services.mailroom import FEW, Mailroom, with_units
from tests.services.stage import COMMUNE, NIL, Office, at, owed_by
from tests.services.test_real_mail import wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(missing_programs() is not None, reason=str(missing_programs())),
]
DOMAIN = "batmot.example"
ARCHIVE = "luu-thu@batmot.example"
NOW = at((17, 6), "07:30")
LATER = NOW + QUIET_REMOTE
DOUBTED, WITNESS, SECOND = "<a@x.example>", "<b@x.example>", "<c@x.example>"


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture(scope="module")
def dovecot(dossier: PlanDossier) -> Iterator[Dovecot]:
    """A mailbox for every contact, and the archive."""
    contacts = [c.email for unit in dossier.units.units for c in unit.contacts]
    with running_dovecot([*dict.fromkeys(contacts), ARCHIVE]) as server:
        yield server


@pytest.fixture(autouse=True)
def _empty(dovecot: Dovecot) -> None:
    if dovecot.letters(ARCHIVE):
        dovecot.empty(ARCHIVE)


@pytest.fixture(scope="module")
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    """A relay that leaves a copy of all it takes in the archive."""
    with running_postfix(dovecot.lmtp_port, DOMAIN, archive=ARCHIVE) as server:
        yield server


@pytest.fixture
def settings(
    database_url: str, tmp_path: Path, dovecot: Dovecot, active_plan: PlanRecord
) -> Settings:
    assert active_plan.commune == COMMUNE
    return Settings(
        home=tmp_path, database_url=database_url, clock_file=tmp_path / "clock", min_free_mb=0,
        smtp_host="127.0.0.1", smtp_port=1, smtp_tls="none", archive_folder="INBOX",
        archive_host="127.0.0.1", archive_port=dovecot.imap_port, archive_username=ARCHIVE,
        archive_password=SecretStr(PASSWORD), archive_tls="none",
    )  # fmt: skip


@contextmanager
def desk_at(settings: Settings, now: datetime) -> Iterator[Desk]:
    assert settings.clock_file is not None
    set_simulated_now(settings.clock_file, now)
    with open_desk(settings, now=now) as desk:
        yield desk


def resolve(settings: Settings, *instants: datetime) -> None:
    for now in instants:
        with desk_at(settings, now) as desk:
            resolve_stranded(desk)


def doubt(engine: Engine, kind: LetterKind = LetterKind.RECEIPT) -> int:
    """A letter whose dot was written, by a sender that died."""
    return put_letter(
        engine, "a", now=NOW, kind=kind, message_id=DOUBTED, state=LetterState.UNKNOWN,
        copies=1, settled_at=NOW,
    )  # fmt: skip


def take(engine: Engine, message_id: str, when: datetime) -> None:
    """A letter that the relay took then."""
    letter = put_letter(
        engine, message_id, now=NOW, message_id=message_id, state=LetterState.ACCEPTED,
        settled_at=when,
    )  # fmt: skip
    row = {"outbox_id": letter, "attempt": 1, "at": when, "verdict": Verdict.ACCEPTED,
           "phase": "data", "code": 250, "text": "ok"}  # fmt: skip
    with transaction(engine) as connection:
        connection.execute(insert(tables.outbox_attempts).values(row))


def lay(dovecot: Dovecot, *message_ids: str) -> None:
    for message_id in message_ids:
        dovecot.put(ARCHIVE, f"Message-ID: {message_id}\r\nSubject: x\r\n\r\nx\r\n".encode())


def open_alarms(engine: Engine) -> list[str]:
    a = tables.alarms.c
    with transaction(engine) as connection:
        return list(connection.execute(select(a.text).where(a.settled_at.is_(None))).scalars())


def test_what_the_archive_holds_has_arrived_and_is_settled_at_once(
    settings: Settings, engine: Engine, dovecot: Dovecot
) -> None:
    letter = doubt(engine, LetterKind.DISPATCH)
    lay(dovecot, DOUBTED)
    resolve(settings, NOW)
    assert state_of(engine, letter) == LetterState.ACCEPTED
    assert len(dovecot.letters(ARCHIVE)) == 1, "an archive is only searched"


def test_what_is_missing_while_later_letters_are_there_is_sent_again_after_the_quiet_period(
    settings: Settings, engine: Engine, dovecot: Dovecot
) -> None:
    letter = doubt(engine)
    take(engine, WITNESS, NOW + timedelta(minutes=2))
    lay(dovecot, WITNESS)
    resolve(settings, NOW, LATER - timedelta(seconds=1))
    assert state_of(engine, letter) == LetterState.UNKNOWN
    resolve(settings, LATER)
    assert state_of(engine, letter) == LetterState.READY


@pytest.mark.parametrize(
    ("taken", "lying"),
    [
        ({}, ()),  # nothing proves that the archive lives
        ({WITNESS: timedelta(minutes=-5)}, (WITNESS,)),  # it may have died since
        ({WITNESS: timedelta(minutes=5)}, ()),  # it did not get what came later either
        ({WITNESS: timedelta(0), SECOND: timedelta(minutes=9)}, (SECOND,)),  # it loses letters
    ],
)
def test_an_archive_that_may_be_late_or_dead_says_nothing(  # noqa: PLR0917 - fixtures by name
    settings: Settings,
    engine: Engine,
    dovecot: Dovecot,
    taken: dict[str, timedelta],
    lying: tuple[str, ...],
) -> None:
    letter = doubt(engine)
    for message_id, later in taken.items():
        take(engine, message_id, NOW + later)
    lay(dovecot, *lying)
    resolve(settings, NOW, LATER)
    assert state_of(engine, letter) == LetterState.ACCEPTED, "a receipt counts as sent"


def test_an_archive_out_of_reach_is_told_once_and_letters_follow_their_kinds(
    settings: Settings, engine: Engine, free_port: int
) -> None:
    receipt, request = doubt(engine), put_letter(
        engine, "b", now=NOW, message_id=SECOND, state=LetterState.UNKNOWN, copies=1,
        settled_at=NOW,
    )  # fmt: skip
    away = settings.model_copy(update={"archive_port": free_port})
    resolve(away, NOW, LATER)
    assert state_of(engine, receipt) == LetterState.ACCEPTED
    assert state_of(engine, request) == LetterState.READY
    (told,) = open_alarms(engine)
    assert f"Không tra được hộp thư lưu {ARCHIVE}" in told
    assert "DONDOC_ARCHIVE_" in told
    put_letter(engine, "c", now=NOW, message_id=WITNESS, state=LetterState.UNKNOWN, copies=1)
    resolve(settings, LATER)
    assert open_alarms(engine) == []


@pytest.mark.usefixtures("postfix")
def test_a_relays_own_copy_settles_what_a_dead_sender_had_sent(  # noqa: PLR0917 - as above
    settings: Settings, mailroom: Mailroom, office: Office, postfix: Postfix, dovecot: Dovecot
) -> None:
    through = settings.model_copy(update={"smtp_port": postfix.port})
    office.submit(owed_by("thon-01"), NIL, now=NOW)
    with desk_at(through, NOW) as desk:
        assert asyncio.run(send_due(desk)).accepted == 1
    row = mailroom.row()
    wait_for(lambda: len(dovecot.letters(ARCHIVE)) == 1)
    mailroom.alter(row.id, state=LetterState.SENDING, phase="dot", owner="đã chết")
    resolve(through, NOW)
    assert mailroom.row().state == LetterState.ACCEPTED
    assert row.message_id.encode() in dovecot.letters(ARCHIVE)[0]
    assert [x for x in dovecot.letters(row.address) if row.message_id.encode() in x] != []


def test_a_restored_copy_is_compared_with_the_relays_archive(
    settings: Settings, engine: Engine, dovecot: Dovecot
) -> None:
    sent = put_letter(engine, "a", now=NOW, message_id=DOUBTED)
    unsent = put_letter(engine, "b", now=NOW, message_id=SECOND)
    lay(dovecot, DOUBTED)
    brakes.hold(engine, commune=COMMUNE, reason=HoldReason.RESTORED, detail="x", by="x", now=NOW)
    with desk_at(settings, NOW) as desk:
        released = let_go(desk, by="vp")
    assert released.reconciled is not None
    assert released.reconciled.accepted == 1
    assert state_of(engine, sent) == LetterState.ACCEPTED
    assert state_of(engine, unsent) == LetterState.READY


def test_an_archive_without_a_server_is_a_mistake_of_the_settings(settings: Settings) -> None:
    bare = settings.model_copy(update={"archive_host": None})
    with desk_at(bare, NOW) as desk, pytest.raises(UsageError, match="DONDOC_ARCHIVE_HOST"):
        assert desk.archive


def test_what_is_not_set_is_as_for_reading_mail(settings: Settings) -> None:
    shared = settings.model_copy(
        update={
            "archive_folder": "Sent", "archive_host": None, "archive_username": None,
            "archive_password": None, "archive_port": None, "archive_tls": None,
            "imap_host": "imap.example", "imap_username": "vp", "imap_password": SecretStr("p"),
        }
    )  # fmt: skip
    with desk_at(shared, NOW) as desk:
        archive = desk.archive
    assert archive is not None
    assert (archive.account, archive.port, archive.folder) == ("vp@imap.example", 993, "Sent")
