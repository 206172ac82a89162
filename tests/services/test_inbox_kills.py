"""The reader of the mailbox killed at its system calls: every mail is stored and acted on once."""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import open_engine
from adapters.ledger import PlanRecord
from models.incoming import InboxState
from models.letters import LetterKind, LetterState
from services.mail_answers import take_answers
from tests.faults.injection import KILLED, Act, Point, Zygote, points_of
from tests.incoming_mails import PASSED, dsn, mail
from tests.mail_servers import Dovecot, missing_programs, running_dovecot
from tests.services.inbox_stage import Postbox, clerk_of

MISSING = missing_programs() or (None if shutil.which("strace") else "not installed: strace")
CALLS = ("fsync", "fdatasync", "rename", "sendto")  # blob and commit on disk, words to the server
MOST_KILLS = 40
FIRST_ANSWER = MOST_KILLS + 1  # mailboxes from here on hold a reply instead of a bounce
LAST_COMMITS = 8  # of the taking in; what the reading may lose is proved by the bounce
pytestmark = [pytest.mark.slow, pytest.mark.skipif(MISSING is not None, reason=str(MISSING))]
RAW = dsn()
ANSWER = mail("Đã nhận được kế hoạch.", headers={"Authentication-Results": PASSED})


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot(
        [f"hop-thu-{n}@batmot.example" for n in range(2 * FIRST_ANSWER)]
    ) as server:
        yield server


@pytest.fixture(params=["sqlite"])
def backend(request: pytest.FixtureRequest) -> str:
    """SQLite only: its files are written by the process that dies."""
    return str(request.param)


@pytest.fixture
def prepared(engine: Engine, active_plan: PlanRecord, blobs: BlobStore, dovecot: Dovecot) -> Path:
    """A ledger with the plan in force and one letter sent; the file to copy."""
    assert active_plan
    Postbox(engine, blobs, dovecot, "").write_letter()
    assert engine.url.database is not None
    engine.dispose()
    return Path(engine.url.database)


def test_wherever_the_reader_is_killed_a_bounce_is_stored_and_followed_once(
    prepared: Path, dovecot: Dovecot, zygote: Zygote, tmp_path: Path
) -> None:
    counted = _count_calls(zygote, _fresh(prepared, dovecot, tmp_path, 0))
    kills = [Point(call, n) for call in CALLS for n in range(1, counted[call] + 1)]
    assert 12 <= len(kills) <= MOST_KILLS
    for number, point in enumerate(kills, 1):
        postbox = _fresh(prepared, dovecot, tmp_path, number)
        assert _run(zygote, postbox, point.killing()) == KILLED, point
        postbox.fetch()
        postbox.fetch()
        _check(postbox, point)
        postbox.engine.dispose()


def test_wherever_the_round_is_killed_a_reply_becomes_one_answer_with_one_receipt(
    prepared: Path, dovecot: Dovecot, zygote: Zygote, tmp_path: Path
) -> None:
    counted = _count_calls(zygote, _fresh(prepared, dovecot, tmp_path, FIRST_ANSWER))
    last = counted["fdatasync"]
    kills = [Point("fdatasync", n) for n in range(last - LAST_COMMITS + 1, last + 1)]
    assert last > LAST_COMMITS
    for number, point in enumerate(kills, FIRST_ANSWER + 1):
        postbox = _fresh(prepared, dovecot, tmp_path, number)
        assert _run(zygote, postbox, point.killing()) == KILLED, point
        for _ in range(2):
            postbox.fetch()
            take_answers(clerk_of(postbox.engine, postbox.blobs))
        _check_answer(postbox, point)
        postbox.engine.dispose()


def _check_answer(postbox: Postbox, killed_at: Point) -> None:
    assert (postbox.waiting(), postbox.done()) == ([], [ANSWER]), killed_at
    assert postbox.row().state == InboxState.SETTLED, killed_at
    (version,) = postbox.rows(tables.submissions)
    assert version.obligation_id.endswith("/XN/vp/1"), killed_at
    kinds = [row.kind for row in postbox.rows(tables.outbox)]
    assert kinds == [LetterKind.CLOSING, LetterKind.RECEIPT], killed_at
    assert postbox.journal("submission.") == ["submission.received"], killed_at
    assert postbox.journal("mail.") == ["mail.answer", "mail.settled"], killed_at


def _check(postbox: Postbox, killed_at: Point) -> None:
    assert (postbox.waiting(), postbox.done()) == ([], [RAW]), killed_at
    assert postbox.blobs.get(postbox.row().sha256) == RAW, killed_at
    states = [row.state for row in postbox.rows(tables.outbox)]
    assert states == [LetterState.BOUNCED, LetterState.READY], killed_at
    assert len(postbox.alarms()) == 1, killed_at
    assert postbox.journal("mail.") == ["mail.bounce_permanent"], killed_at
    assert postbox.journal("letter.") == ["letter.bounced"], killed_at


def _fresh(prepared: Path, dovecot: Dovecot, folder: Path, number: int) -> Postbox:
    file = shutil.copy(prepared, folder / f"{number}.sqlite3")
    postbox = Postbox(
        open_engine(f"sqlite:///{file}"), BlobStore(folder / f"blobs-{number}"), dovecot,
        f"hop-thu-{number}@batmot.example",
    )  # fmt: skip
    postbox.arrive(RAW if number < FIRST_ANSWER else ANSWER)
    return postbox


def _count_calls(zygote: Zygote, postbox: Postbox) -> Counter[str]:
    assert _run(zygote, postbox) == 0
    return Counter(point.call for point in points_of(_log_of(postbox)))


def _run(zygote: Zygote, postbox: Postbox, *injections: str) -> int:
    is_bounce = int(postbox.address.partition("@")[0].rpartition("-")[2]) < FIRST_ANSWER
    name = "fetch_once" if is_bounce else "answer_once"
    act = Act(
        f"tests.services.{name}", name,
        {
            "database": postbox.engine.url.render_as_string(),
            "blobs": str(postbox.blobs._folder),
            "port": postbox.dovecot.imap_port,
            "address": postbox.address,
        },
    )  # fmt: skip
    traced = f"trace={','.join(CALLS)}"
    return zygote.traced(act, traced, *injections, log=_log_of(postbox))


def _log_of(postbox: Postbox) -> Path:
    return postbox.blobs._folder.with_suffix(".log")
