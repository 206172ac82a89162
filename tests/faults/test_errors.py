"""Writes that fail instead of processes that die, and disks that are full, at every step of sending."""

import os
import random
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from adapters import tables
from adapters.database import open_engine, transaction
from adapters.disk import free_megabytes
from tests.faults.bench import Place, Shelf, Sink, recover, sending
from tests.faults.checker import read_log
from tests.faults.injection import KILLED, Point, Zygote, points_of

SEED = 20261124
VILLAGES = 3
SAMPLE = 6
ERRORS = ("ENOSPC", "EIO")
WRITING = ("pwrite64", "fdatasync", "fsync", "write")
DISK_MB = 12
FULL_SECONDS = 1.0

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3_600)]


@pytest.mark.usefixtures("strace")
def test_a_write_that_fails_at_sampled_calls_doubles_and_loses_nothing(
    tmp_path: Path, zygote: Zygote, sink: Sink
) -> None:
    _fail_at(tmp_path, zygote, sink, sample=SAMPLE)


@pytest.mark.faults
@pytest.mark.usefixtures("strace")
def test_a_write_that_fails_at_every_call_doubles_and_loses_nothing(
    tmp_path: Path, zygote: Zygote, sink: Sink
) -> None:
    _fail_at(tmp_path, zygote, sink, sample=None)


def _fail_at(folder: Path, zygote: Zygote, sink: Sink, *, sample: int | None) -> None:
    shelf, log = Shelf(folder, villages=VILLAGES), folder / "strace.log"
    trace = f"trace={','.join(WRITING)}"
    shelf.set_back(sink.log)
    assert zygote.traced(sending(shelf.place, sink.port), trace, log=log) == 0
    points = [(point, error) for point in points_of(log) for error in ERRORS]
    chosen = points if sample is None else random.Random(SEED).sample(points, sample)
    struck = felt = 0
    for point, error in chosen:
        shelf.set_back(sink.log)
        code = zygote.traced(
            sending(shelf.place, sink.port), f"trace={point.call}", point.failing(error), log=log
        )
        assert code != KILLED
        struck, felt = struck + _was_struck(log), felt + (code != 0)
        findings = recover(shelf.place, zygote, sink)
        assert findings.is_clean, f"{error} at {point}: {vars(findings)}"
    print(f"seed {SEED}: {struck} of {len(points)} writes failed, {felt} rounds gave up, all clean")
    assert struck >= 0.6 * len(chosen), f"only {struck} of {len(chosen)} calls failed"


def _was_struck(log: Path) -> bool:
    return "(INJECTED)" in log.read_text(errors="replace")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own that is soon full."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)]
    if (
        mount is None
        or subprocess.run([mount, *options], capture_output=True, check=False).returncode
    ):
        pytest.skip("no disk may be mounted here; the failing writes say what a full one does")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_doubles_and_loses_nothing(
    small_disk: Path, tmp_path: Path, zygote: Zygote, sink: Sink
) -> None:
    _fill_at(small_disk, tmp_path, zygote, sink, kilobytes=(0, 8, 40, 160))


@pytest.mark.faults
def test_a_disk_filled_at_every_step_doubles_and_loses_nothing(
    small_disk: Path, tmp_path: Path, zygote: Zygote, sink: Sink
) -> None:
    _fill_at(small_disk, tmp_path, zygote, sink, kilobytes=tuple(range(0, 480, 8)))


def _fill_at(
    disk: Path, folder: Path, zygote: Zygote, sink: Sink, *, kilobytes: tuple[int, ...]
) -> None:
    """Leave so much room each time, send, make room again, and look at the end."""
    pattern = Shelf(folder, villages=VILLAGES)
    place = Place(disk / "home", f"sqlite:///{disk / 'home' / 'dondoc.sqlite3'}")
    failed = 0
    for left in kilobytes:
        os.truncate(sink.log, 0)
        pattern.copy_to(place.home)
        ballast = disk / "ballast"
        _fill(ballast, left)
        # What the relay has said is recorded until there is room: so there must be, some day.
        room = threading.Timer(FULL_SECONDS, ballast.unlink)
        room.start()
        failed += zygote.run(sending(place, sink.port)) != 0
        room.join()
        findings = recover(place, zygote, sink)
        assert findings.is_clean, f"{left} KiB left: {vars(findings)}"
        assert len(read_log(sink.log)) == VILLAGES
    print(f"disk full at {len(kilobytes)} points, {failed} rounds gave up, all clean")
    assert failed, "the disk was never full"


def _fill(ballast: Path, kilobytes_left: int) -> None:
    found = shutil.disk_usage(ballast.parent)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(found.free - kilobytes_left * 1024, 1))


def test_no_letter_leaves_while_the_disk_has_too_little_room(
    tmp_path: Path, zygote: Zygote, sink: Sink
) -> None:
    shelf = Shelf(tmp_path, villages=VILLAGES)
    more_than_there_is = 2 * free_megabytes(tmp_path) + 1
    act = sending(shelf.place, sink.port, min_free_mb=more_than_there_is)
    assert zygote.run(act) == 0
    assert read_log(sink.log) == []
    assert _holds(shelf.place) == [("disk", True)]
    assert zygote.run(sending(shelf.place, sink.port, min_free_mb=1)) == 0
    assert len(read_log(sink.log)) == VILLAGES
    assert _holds(shelf.place) == [("disk", False)]


def _holds(place: Place) -> list[tuple[str, bool]]:
    """Each hold of the commune, and whether it stands."""
    engine, c = open_engine(place.url), tables.holds.c
    with transaction(engine) as connection:
        rows = connection.execute(select(c.reason, c.released_at)).all()
    engine.dispose()
    return [(row.reason, row.released_at is None) for row in rows]


def test_a_struck_call_is_told_from_one_that_went_well(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("1 fsync(3) = -1 EIO (Input/output error) (INJECTED)\n")
    assert _was_struck(log)
    assert points_of(log) == [Point("fsync", 1)]
