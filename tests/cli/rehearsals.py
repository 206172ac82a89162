"""Rehearsals as a user plays them: the command in a process of its own, whole or killed."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass
from email import message_from_bytes
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

import pytest

from config.prefect_environment import rehearsal_environment
from config.settings import CONFIG_FOLDER, inherited_environment

ROOT = CONFIG_FOLDER.parent
LIMIT_SECONDS = 900  # a rehearsal takes 100; a starved machine takes its time
# For tests whose fixtures play one or two rehearsals.
PLAYS = pytest.mark.timeout(2 * LIMIT_SECONDS)
# The second plan, its two months pressed into thirteen working days.
SHORTER = (
    ("issued_on: 2026-07-06", "issued_on: 2026-09-14"),
    ("issue_window: [2026-07-01, 2026-07-15]", "issue_window: [2026-09-14, 2026-09-16]"),
    ("ngày 06 tháng 7 năm 2026", "ngày 14 tháng 9 năm 2026"),
    ("ends_on: 2026-08-31", "ends_on: 2026-09-18"),
    ("starts_on: 2026-09-01", "starts_on: 2026-09-21"),
    ("trong tháng 8/2026", "chậm nhất ngày 17/9/2026"),
    ("chậm nhất ngày 18/9/2026, origin", "chậm nhất ngày 22/9/2026, origin"),
    ("supplement_until: 2026-09-22T17", "supplement_until: 2026-09-24T17"),
)


@dataclass(frozen=True)
class Rehearsal:
    """A rehearsal that was played to its end."""

    out: Path
    summary: dict[str, Any]
    seconds: float

    @property
    def timeline(self) -> list[dict[str, Any]]:
        """The rows of the timeline, in order."""
        lines = (self.out / "timeline.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]

    @property
    def issued(self) -> dict[str, bytes]:
        """The issued report's files, by the ending of their names."""
        return {Path(n).suffix: (self.out / n).read_bytes() for n in self.summary["files"][-2:]}

    @property
    def channels(self) -> Counter[str]:
        """How many answers came by which channel."""
        with closing(sqlite3.connect(self.out / "dondoc.sqlite3")) as ledger:
            return Counter(row[0] for row in ledger.execute("SELECT channel FROM submissions"))

    def letters(self, *kinds: str) -> list[dict[str, Any]]:
        """The accepted letters, of those kinds if any are named."""
        rows = (r for r in self.timeline if r["kind"] == "letter" and r["state"] == "accepted")
        return [r for r in rows if not kinds or r["what"] in kinds]


def lay_tables(tables: Path, out: Path) -> None:
    """Save a rehearsal in that folder the five seconds in which its Prefect makes its tables."""
    environment = rehearsal_environment(out / "prefect", "127.0.0.1", 0)
    database = Path(environment["PREFECT_SERVER_DATABASE_CONNECTION_URL"].partition(":///")[2])
    database.parent.mkdir(parents=True)
    shutil.copy(tables, database)


def command(plan: str | Path, out: Path, scenario: str, through: str = "") -> list[str]:
    program = "from cli.main import main; main()"
    options = ["--scenario", scenario, "--out", str(out), "--json"]
    options += ["--through", through] * bool(through)
    return [sys.executable, "-c", program, "rehearse", str(plan), *options]


def play(plan: str | Path, out: Path, *, scenario: str = "typical", through: str = "") -> Rehearsal:
    """Play a rehearsal to its end."""
    since = time.monotonic()
    done = subprocess.run(
        command(plan, out, scenario, through), cwd=ROOT, env=surroundings(), capture_output=True,
        text=True, timeout=LIMIT_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return Rehearsal(out=out, summary=json.loads(done.stdout), seconds=time.monotonic() - since)


def played_once(folder: Path, name: str) -> Rehearsal:
    """Play a plan's typical rehearsal in that folder, unless another process did; read it only."""
    folder.mkdir(exist_ok=True)
    kept = folder / f"{name}.json"
    with (folder / f"{name}.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not kept.exists():
            made = play(name, folder / name)
            kept.write_text(json.dumps({"summary": made.summary, "seconds": made.seconds}))
    return Rehearsal(out=folder / name, **json.loads(kept.read_text()))


def play_until(plan: str | Path, out: Path, *, done: int, then_seconds: float) -> int:
    """Play until so many steps are noted and a moment more, kill -9; returns the steps noted."""
    with subprocess.Popen(
        command(plan, out, "typical"), cwd=ROOT, env=surroundings(),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    ) as process:  # fmt: skip
        end = time.monotonic() + LIMIT_SECONDS
        while steps_noted(out) < done and process.poll() is None and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(then_seconds)
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
    return steps_noted(out)


def steps_noted(out: Path) -> int:
    try:
        return int(json.loads((out / "rehearsal.json").read_text())["done"])
    except FileNotFoundError:
        return 0


def surroundings() -> dict[str, str]:
    """The caller's environment, with a database and a relay that must never be touched."""
    return {
        **inherited_environment(),
        "PYTHONPATH": str(ROOT),
        "DONDOC_DATABASE_URL": "postgresql://127.0.0.1:1/real",
        "DONDOC_SMTP_HOST": "relay.invalid",
    }


def shorter_plan(folder: Path) -> Path:
    """Write the shortened second plan beside its register and catalogue."""
    text = (CONFIG_FOLDER / "plans" / "dong-hoa-2026.yaml").read_text()
    for old, new in SHORTER:
        assert old in text, old
        text = text.replace(old, new)
    plans = folder / "plans"
    plans.mkdir(parents=True)
    for name in ("units", "indicators"):
        (folder / name).symlink_to(CONFIG_FOLDER / name)
    path = plans / "ngan.yaml"
    path.write_text(re.sub(r"\bkh-cds-2026\b", "kh-ngan-2026", text))
    return path


def message_ids(out: Path) -> Counter[str]:
    """How often each Message-ID was kept by the mail catcher."""
    files = (out / "mail").glob("*.eml")
    return Counter(str(message_from_bytes(f.read_bytes())["Message-ID"]) for f in files)
