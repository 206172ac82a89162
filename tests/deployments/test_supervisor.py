"""The supervisor starts, restarts and leaves nothing behind."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deployments.children import Child, ChildSpec
from deployments.supervisor import Supervisor, serve
from models.errors import TransientError, UsageError

SLEEPER = (sys.executable, "-S", "-c", "import time; time.sleep(60)")
STUBBORN = (
    *(sys.executable, "-S", "-c"),
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
)


def silent(_line: str) -> None:
    return


def is_alive(pid: int) -> bool:
    try:
        return b") Z " not in Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return False


async def until(claim: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < end, "it did not come true in time"
        await asyncio.sleep(0.02)


def test_a_taken_port_is_told_before_anything_starts(free_port: int, tmp_path: Path) -> None:
    first = ChildSpec(name="Một", argv=SLEEPER, log=tmp_path / "log")
    web = ChildSpec(
        name="Cổng đơn vị", argv=SLEEPER, port=free_port, port_setting="DONDOC_PORTAL_PORT"
    )
    told = f"Cổng {free_port}.*Đặt DONDOC_PORTAL_PORT"
    with socket.create_server(("127.0.0.1", free_port)), pytest.raises(UsageError, match=told):
        asyncio.run(serve([first, web], announce=silent))
    assert not (tmp_path / "log").exists()


def test_a_child_that_ends_at_once_is_told_with_the_last_line_of_its_log(tmp_path: Path) -> None:
    broken = ChildSpec(
        name="Hỏng",
        argv=(sys.executable, "-S", "-c", "print('thiếu tệp'); raise SystemExit(3)"),
        health_url="http://127.0.0.1:9/",
        log=tmp_path / "broken.log",
    )
    with pytest.raises(TransientError, match=r"Hỏng.*mã 3.*thiếu tệp"):
        asyncio.run(serve([broken], announce=silent))


def test_children_are_gone_when_the_block_ends() -> None:
    async def scenario() -> list[int]:
        async with Supervisor(silent) as supervisor:
            for name in ("Một", "Hai"):
                await supervisor.start(ChildSpec(name=name, argv=SLEEPER))
            pids = [child.pid for child in supervisor._children]
        return [pid for pid in pids if pid is not None]

    pids = asyncio.run(scenario())
    assert len(pids) == 2
    assert not any(is_alive(pid) for pid in pids)


def test_a_child_is_replaced_by_what_it_is_described_as_now(tmp_path: Path) -> None:
    log = tmp_path / "log"
    telling = ("import os, time; print(os.environ['WORD'], flush=True); time.sleep(60)",)

    def described(word: str) -> ChildSpec:
        argv = (sys.executable, "-S", "-c", *telling)
        return ChildSpec(name="Một", argv=argv, environment={"WORD": word}, log=log)

    async def scenario() -> list[int | None]:
        async with Supervisor(silent) as supervisor:
            await supervisor.start(described("cũ"))
            await supervisor.start(ChildSpec(name="Hai", argv=SLEEPER))
            await until(lambda: log.read_text() == "cũ\n")
            pids = [child.pid for child in supervisor._children]
            await supervisor.replace(described("mới"))
            await until(lambda: log.read_text() == "cũ\nmới\n")
            assert [child.spec.name for child in supervisor._children] == ["Hai", "Một"]
            assert supervisor._children[0].pid == pids[1]
            await asyncio.sleep(1.5)  # a keeper left behind would have started the old one again
            assert log.read_text() == "cũ\nmới\n"
        return pids

    assert not any(is_alive(pid) for pid in asyncio.run(scenario()) if pid)


def test_a_child_that_ignores_the_signal_is_killed() -> None:
    async def scenario() -> tuple[float, int | None]:
        child = Child(ChildSpec(name="Lì", argv=STUBBORN, grace_seconds=0.3))
        await child.start()
        await asyncio.sleep(0.3)
        started = time.monotonic()
        await child.stop()
        return time.monotonic() - started, child.exit_code

    seconds, code = asyncio.run(scenario())
    assert seconds < 2
    assert code == -signal.SIGKILL


def test_a_child_that_dies_is_started_again_and_it_is_announced() -> None:
    said: list[str] = []

    async def scenario() -> None:
        async with Supervisor(said.append) as supervisor:
            await supervisor.start(ChildSpec(name="Trình chạy", argv=SLEEPER))
            child = supervisor._children[0]
            first = child.pid
            assert first is not None
            os.kill(first, signal.SIGKILL)
            await until(lambda: child.pid not in {None, first})

    asyncio.run(scenario())
    assert said == ["Trình chạy đã dừng (mã -9); khởi động lại sau 1s"]


def test_the_pause_before_a_restart_doubles_up_to_a_minute() -> None:
    async def scenario() -> list[float]:
        child = Child(ChildSpec(name="Trình chạy", argv=SLEEPER))
        child._started_at = asyncio.get_running_loop().time()
        return [child.next_pause() for _ in range(8)]

    assert asyncio.run(scenario()) == [1, 2, 4, 8, 16, 32, 60, 60]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_what_is_awaited_and_the_program_goes_on(number: signal.Signals) -> None:
    async def scenario() -> bool:
        asyncio.get_running_loop().call_later(0.2, os.kill, os.getpid(), number)
        async with Supervisor(silent) as supervisor:
            await supervisor.start(ChildSpec(name="Một", argv=SLEEPER))
            await asyncio.sleep(30)
        return supervisor.was_signalled

    assert asyncio.run(scenario())


@pytest.mark.slow
def test_a_killed_supervisor_leaves_no_child() -> None:
    program = (
        "import asyncio, sys\n"
        "from deployments.supervisor import Supervisor\n"
        "from deployments.children import ChildSpec\n"
        "async def main():\n"
        "    async with Supervisor(print) as supervisor:\n"
        "        spec = ChildSpec(name='x', argv=(sys.executable, '-c', 'import time; time.sleep(60)'))\n"
        "        await supervisor.start(spec)\n"
        "        print(supervisor._children[0].pid, flush=True)\n"
        "        await supervisor.run_until_signal()\n"
        "asyncio.run(main())\n"
    )

    async def scenario() -> None:
        running = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
        )
        assert running.stdout is not None
        pid = int(await running.stdout.readline())
        assert is_alive(pid)
        running.kill()
        await running.wait()
        await until(lambda: not is_alive(pid))

    asyncio.run(scenario())
