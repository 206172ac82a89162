"""Kills and errors at a chosen system call, by strace; the kill is always checked to have happened."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from os import kill
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Self

ROOT = Path(__file__).resolve().parents[2]
END_SECONDS = 60  # a busy machine takes its time to end a process
KILLED = -signal.SIGKILL
_CALL = re.compile(r"^(?:\d+ +)?(\w+)\(")


@dataclass(frozen=True)
class Act:
    """A function of an importable module, with arguments that JSON can carry."""

    module: str
    function: str
    arguments: Mapping[str, object]
    mutations: tuple[str, ...] = ()  # safeguards switched off, by their names

    def without(self, *mutations: str) -> Self:
        """The same act with those safeguards switched off."""
        return replace(self, mutations=mutations)


@dataclass(frozen=True)
class Point:
    """The n-th call of one system call within an act, counted from 1."""

    call: str
    ordinal: int

    def killing(self) -> str:
        """The injection that kills the process when it enters the call."""
        return f"inject={self.call}:signal=KILL:when={self.ordinal}"

    def failing(self, error: str) -> str:
        """The injection that makes the call fail with an errno such as ``ENOSPC``."""
        return f"inject={self.call}:error={error}:when={self.ordinal}"

    def sooner(self, by: int) -> "Point":
        """The same call, so many times sooner; the first at the earliest."""
        return replace(self, ordinal=max(self.ordinal - by, 1))


class Zygote:
    """Starts acts in forked children, traced or not."""

    def __init__(self, commands: IO[str], answers: IO[str]) -> None:
        """Talk over these pipes to a process that is there."""
        self._commands, self._answers = commands, answers

    @contextmanager
    def twin(self) -> Iterator["Zygote"]:
        """One more of them for the block, warm from the beginning."""
        with TemporaryDirectory() as folder:
            pipes = [Path(folder, name) for name in ("commands", "answers")]
            for pipe in pipes:
                os.mkfifo(pipe)
            print(json.dumps({"twin": [str(p) for p in pipes]}), file=self._commands, flush=True)
            with pipes[0].open("w") as commands, pipes[1].open() as answers:
                yield Zygote(commands, answers)
                commands.close()
                answers.read()  # until it has ended

    def run(self, act: Act) -> int:
        """Perform the act; returns its exit code, negative for a signal."""
        kill(self.start(act), signal.SIGCONT)
        return self.outcome()

    def start(self, act: Act) -> int:
        """Fork a child that waits, stopped, for SIGCONT; returns its pid."""
        command = {
            "module": act.module, "function": act.function, "arguments": act.arguments,
            "mutations": act.mutations,
        }  # fmt: skip
        print(json.dumps(command), file=self._commands, flush=True)
        return int(self._answers.readline())

    def outcome(self) -> int:
        """Wait for the child that was started; returns its exit code, negative for a signal."""
        return int(self._answers.readline())

    def traced(self, act: Act, *expressions: str, log: Path) -> int:
        """Perform the act under strace with those ``-e`` expressions; the log names each call."""
        pid = self.start(act)
        options = [part for expression in expressions for part in ("-e", expression)]
        tracer = subprocess.Popen(
            ["strace", "-f", "-o", str(log), *options, "-p", str(pid)],
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert tracer.stderr is not None
        attached = tracer.stderr.readline()
        if "attached" not in attached:
            kill(pid, signal.SIGKILL)
            self.outcome()
            raise RuntimeError(f"strace: {attached}{tracer.stderr.read()}")
        kill(pid, signal.SIGCONT)
        code = self.outcome()
        tracer.stderr.read()
        tracer.wait(timeout=END_SECONDS)
        tracer.stderr.close()
        return code

    def stop(self, act: Act) -> int:
        """Start an act that stops itself on its way, and wait until it has; returns its pid."""
        pid = self.start(act)
        kill(pid, signal.SIGCONT)
        await_stop(pid)
        return pid


@contextmanager
def warm_zygote(environment: Mapping[str, str]) -> Iterator[Zygote]:
    """Run such a process for the block."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.zygote"], cwd=ROOT, env=dict(environment),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        yield Zygote(process.stdin, process.stdout)
        process.stdin.close()
        process.wait(timeout=END_SECONDS)


def await_stop(pid: int) -> None:
    """Wait until the process has stopped itself.

    Raises:
        RuntimeError: it ended instead.
    """
    while (state := _state_of(pid)) != "T":
        if state == "Z":
            raise RuntimeError(f"{pid} ended before it stopped")
        time.sleep(0.005)


def _state_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "Z"


def points_of(log: Path) -> list[Point]:
    """Every system call of a traced act, in order; calls that end a process are left out."""
    counted: Counter[str] = Counter()
    points = []
    for line in log.read_text(errors="replace").splitlines():
        match = _CALL.match(line)
        if match and match[1] not in {"exit", "exit_group"}:
            counted[match[1]] += 1
            points.append(Point(match[1], counted[match[1]]))
    return points
