"""A warm process that forks one child for each act: killing it at any system call costs no import."""

import importlib
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TextIO

from tests.faults import acts
from tests.faults.mutations import MUTATIONS


def main(commands: TextIO, answers: TextIO) -> None:
    """For each line ``{"module", "function", "arguments"}``: fork, tell the pid, tell how it ended.

    The child stops itself before the act, so that a tracer can be attached; SIGCONT starts it.
    A line ``{"twin": [commands, answers]}`` forks one more of these, which talks over those pipes.
    """
    for line in commands:
        command = json.loads(line)
        if twin := command.get("twin"):
            if os.fork() == 0:
                with open(twin[0]) as orders, open(twin[1], "w") as words:  # noqa: PTH123 - pipes
                    main(orders, words)
                os._exit(0)
            continue
        # Imported before the fork: the act's own system calls are what is counted and killed.
        act = getattr(importlib.import_module(command["module"]), command["function"])
        child = os.fork()
        if child == 0:
            _perform(act, command["arguments"], command["mutations"])
        os.waitpid(child, os.WUNTRACED)  # it has stopped: a SIGCONT from now on is not lost
        print(child, file=answers, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)


def _perform(
    act: Callable[..., None], arguments: Mapping[str, object], mutations: Sequence[str]
) -> None:
    for name in mutations:
        MUTATIONS[name]()
    os.kill(os.getpid(), signal.SIGSTOP)
    try:
        act(**arguments)
    except BaseException as error:  # noqa: BLE001 - the parent must see an exit code, not a second zygote
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    acts.warm()
    main(sys.stdin, sys.stdout)
