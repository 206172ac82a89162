"""Each safeguard switched off in turn must make a check red; switched on, the same scene is clean."""

import hashlib
import os
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from adapters.blobs import BlobStore
from adapters.database import open_engine, transaction
from models.letters import LetterKind
from models.submissions import Attachment
from tests.faults.bench import Place, Shelf, Sink, recover, resolving, running_sink, sending
from tests.faults.checker import Findings, check, read_log
from tests.faults.dump import dump
from tests.faults.injection import KILLED, Zygote, await_stop
from tests.faults.world import put_letters
from tests.postgresql_cluster import Cluster

QUIET_ROUNDS = (1, 20, 40)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def second(zygote: Zygote) -> Iterator[Zygote]:
    """Who works while a sender is stopped."""
    with zygote.twin() as warm:
        yield warm


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Two letters on SQLite."""
    return Shelf(tmp_path_factory.mktemp("few"), villages=2)


@pytest.mark.parametrize("off", [(), ("dot mark",)])
def test_the_mark_before_the_dot_keeps_a_dead_sender_from_doubling(
    few: Shelf, zygote: Zygote, sink: Sink, off: tuple[str, ...]
) -> None:
    few.set_back(sink.log)
    act = sending(few.place, sink.port, connections=1).without("die after dot", *off)
    assert zygote.run(act) == KILLED
    findings = recover(few.place, zygote, sink)
    assert bool(findings.doubled) == bool(off), str(findings)


@pytest.mark.parametrize("off", [(), ("owner lock",)])
def test_the_owner_lock_keeps_a_stopped_sender_from_doubling(
    few: Shelf, zygote: Zygote, second: Zygote, sink: Sink, off: tuple[str, ...]
) -> None:
    few.set_back(sink.log)
    pid = zygote.stop(sending(few.place, sink.port, connections=1).without("stop before dot 1"))
    for minutes in QUIET_ROUNDS:
        few.place.set_clock(timedelta(minutes=minutes))
        assert second.run(resolving(few.place, sink.log).without(*off)) == 0
        assert second.run(sending(few.place, sink.port)) == 0
    os.kill(pid, signal.SIGCONT)
    zygote.outcome()
    findings = recover(few.place, zygote, sink)
    assert bool(findings.doubled) == bool(off), str(findings)


@pytest.mark.parametrize("off", [(), ("monotonic quiet",), ("quiet",)])
def test_the_quiet_period_on_a_steady_clock_keeps_a_slow_relay_from_doubling(
    few: Shelf, zygote: Zygote, tmp_path: Path, off: tuple[str, ...]
) -> None:
    """The relay holds the letter while its sender dies and the wall clock jumps, as far as no brake sees."""
    log, gate = tmp_path / "sink.log", tmp_path / "gate"
    few.set_back(log)
    with running_sink(log, gate=gate) as slow, running_sink(log) as quick:
        pid = zygote.start(sending(few.place, slow.port, connections=1))
        os.kill(pid, signal.SIGCONT)
        slow.await_letter()
        os.kill(pid, signal.SIGKILL)
        assert zygote.outcome() == KILLED
        for jump, seconds in ((timedelta(), 100.0), (timedelta(minutes=15, seconds=30), 160.0)):
            few.place.set_clock(jump)
            settle = resolving(few.place, log, steady_seconds=seconds).without(*off)
            assert zygote.run(settle) == 0
            assert zygote.run(sending(few.place, quick.port, steady_seconds=seconds)) == 0
        before = _letters_of(log)
        gate.touch()
        slow.await_log(least=before + 1)
    findings = check(dump(few.place.url), read_log(log), is_over=False)
    assert bool(findings.doubled) == bool(off), str(findings)


@pytest.mark.parametrize("off", [(), ("hearing",)])
def test_a_dot_that_a_starved_relay_has_not_read_keeps_a_no_from_counting(
    few: Shelf, zygote: Zygote, tmp_path: Path, off: tuple[str, ...]
) -> None:
    """The sender dies with its dot in the socket of a relay that is stopped for many quiet periods."""
    log = tmp_path / "sink.log"
    few.set_back(log)
    with running_sink(log) as starved, running_sink(log) as quick:
        pid = zygote.stop(sending(few.place, starved.port, connections=1).without("die with dot"))
        starved.process.send_signal(signal.SIGSTOP)
        await_stop(starved.process.pid)
        os.kill(pid, signal.SIGCONT)
        assert zygote.outcome() == KILLED
        for minutes in QUIET_ROUNDS:
            seconds = 60.0 * minutes
            few.place.set_clock(timedelta(minutes=minutes))
            settle = resolving(few.place, log, steady_seconds=seconds, port=starved.port)
            assert zygote.run(settle.without(*off)) == 0
            assert zygote.run(sending(few.place, quick.port, steady_seconds=seconds)) == 0
        before = _letters_of(log)
        starved.process.send_signal(signal.SIGCONT)
        starved.await_log(least=before + 1)
        findings = recover(few.place, zygote, quick)
    assert bool(findings.doubled) == bool(off), str(findings)
    assert not findings.lost
    assert not findings.unresolved


def _letters_of(log: Path) -> int:
    return len(read_log(log))


@pytest.fixture(scope="module")
def server_shelf(tmp_path_factory: pytest.TempPathFactory, postgresql: Cluster) -> Shelf:
    """Two letters on PostgreSQL."""
    return Shelf(tmp_path_factory.mktemp("server"), villages=2, cluster=postgresql)


@pytest.mark.parametrize("off", [(), ("skip locked",)])
def test_skip_locked_lets_a_second_sender_pass_by_the_first(
    server_shelf: Shelf, zygote: Zygote, second: Zygote, sink: Sink, off: tuple[str, ...]
) -> None:
    """The first stands within its claim: the second must find nothing to do, and not wait."""
    server_shelf.set_back(sink.log)
    place = server_shelf.place
    pid = zygote.stop(sending(place, sink.port).without("stop after claim"))
    other = second.start(sending(place, sink.port).without(*off))
    os.kill(other, signal.SIGCONT)
    is_waiting = _ends_or_waits(place, other)
    os.kill(pid, signal.SIGCONT)
    zygote.outcome()
    second.outcome()
    assert is_waiting == bool(off)
    assert recover(place, zygote, sink).is_clean


def _ends_or_waits(place: Place, pid: int) -> bool:
    """Wait until the process has ended, or its session waits for a lock; tells which."""
    engine = open_engine(place.url)
    asked = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND wait_event_type = 'Lock'"
    )
    try:
        while Path(f"/proc/{pid}").exists():
            with transaction(engine) as connection:
                if connection.execute(asked).scalar_one():
                    return True
        return False
    finally:
        engine.dispose()


@pytest.mark.parametrize("off", [(), ("outer state",)])
def test_the_state_asked_once_more_keeps_two_senders_from_one_letter(
    server_shelf: Shelf, zygote: Zygote, second: Zygote, sink: Sink, off: tuple[str, ...]
) -> None:
    """The first has chosen letters without locking them; the second takes and marks them."""
    server_shelf.set_back(sink.log)
    place = server_shelf.place
    first = sending(place, sink.port, 1).without("skip locked", "stop before taking", *off)
    pid = zygote.stop(first)
    assert second.run(sending(place, sink.port).without("skip locked")) == 0
    os.kill(pid, signal.SIGCONT)
    zygote.outcome()
    findings = recover(place, zygote, sink)
    assert bool(findings.doubled) == bool(off), str(findings)


@pytest.mark.parametrize("is_off", [False, True])
def test_the_unique_key_keeps_one_reason_from_two_letters(
    server_shelf: Shelf, zygote: Zygote, sink: Sink, is_off: bool
) -> None:
    server_shelf.set_back(sink.log)
    place = server_shelf.place
    engine = open_engine(place.url)
    if is_off:
        _drop_keys(place)
    for _ in range(2):
        put_letters(engine, LetterKind.DISPATCH)
    engine.dispose()
    findings = recover(place, zygote, sink)
    copies = Counter(letter.message_id for letter in read_log(sink.log))
    assert findings.is_clean or is_off
    assert max(copies.values()) == (2 if is_off else 1)


def _drop_keys(place: Place) -> None:
    engine = open_engine(place.url)
    with transaction(engine) as connection:
        connection.execute(text("ALTER TABLE outbox DROP CONSTRAINT uq_outbox_dedupe_key"))
        for column in ("message_id", "token_sha256"):
            connection.execute(text(f"DROP INDEX ix_frozen_letters_{column}"))
    engine.dispose()


@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize("off", [(), ("full sync",)])
def test_a_commit_reaches_the_disk_before_the_dot(
    few: Shelf, zygote: Zygote, sink: Sink, tmp_path: Path, off: tuple[str, ...]
) -> None:
    few.set_back(sink.log)
    log = tmp_path / "strace.log"
    act = sending(few.place, sink.port).without(*off)
    assert zygote.traced(act, "trace=fdatasync,pwrite64", log=log) == 0
    calls = Counter(line.partition("(")[0].split()[-1] for line in log.read_text().splitlines())
    assert calls["pwrite64"] > 0
    assert (calls["fdatasync"] > 0) != bool(off), calls


def test_the_pragma_says_full_and_every_commit_on_a_server_is_durable(
    few: Shelf, server_shelf: Shelf
) -> None:
    engines = [open_engine(shelf.place.url) for shelf in (few, server_shelf)]
    questions = ("PRAGMA synchronous", "SHOW synchronous_commit")
    answers = []
    for engine, question in zip(engines, questions, strict=True):
        with transaction(engine) as connection:
            answers.append(connection.execute(text(question)).scalar_one())
        engine.dispose()
    assert answers == [2, "on"]


@pytest.mark.parametrize("is_off", [False, True])
def test_a_file_that_was_not_there_before_its_letter_stops_that_letter(
    few: Shelf, zygote: Zygote, sink: Sink, is_off: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    few.set_back(sink.log)
    place = few.place
    if is_off:
        monkeypatch.setattr(BlobStore, "put", _forget)
    content = b"%PDF-1.7 bao cao"
    sha256 = BlobStore(place.home / "blobs").put(content)
    file = Attachment(
        name="bao-cao.pdf", media_type="application/pdf", size=len(content), sha256=sha256
    )
    engine = open_engine(place.url)
    put_letters(engine, LetterKind.DISPATCH, parts=(file,))
    engine.dispose()
    findings = recover(place, zygote, sink)
    assert findings.is_clean, vars(findings)
    states = {row.kind: row.state for row in dump(place.url)}
    assert states["E17"] == ("poisoned" if is_off else "accepted")
    assert len(read_log(sink.log)) == (2 if is_off else 3)


def _forget(_self: BlobStore, content: bytes) -> str:
    """The row is written, and a crash comes before the file is."""
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("off", [(), ("freeze",)])
def test_a_letter_that_is_tried_again_has_the_same_bytes(
    few: Shelf, zygote: Zygote, sink: Sink, off: tuple[str, ...]
) -> None:
    """The sender dies after the letters are written, before the first dot."""
    few.set_back(sink.log)
    pid = zygote.stop(sending(few.place, sink.port, connections=1).without("stop before dot 1"))
    few_marked = check(dump(few.place.url), read_log(sink.log), is_over=False)
    assert few_marked.is_clean
    os.kill(pid, signal.SIGKILL)
    assert zygote.outcome() == KILLED
    findings: Findings = recover(few.place, zygote, sink, *off)
    assert bool(findings.unexpected) == bool(off), str(findings)
