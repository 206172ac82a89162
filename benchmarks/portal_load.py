"""A load of sixteen connections on a page, and what a served request costs the server."""

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

LINES = 16
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
MakeRequest = Callable[[int], bytes]


class Load(NamedTuple):
    """What one load found; CPU is that of the server alone, also of its database's processes."""

    requests: int
    seconds: float
    cpu_seconds: float
    latencies: tuple[float, ...]  # sorted

    @property
    def per_second(self) -> float:
        """Requests served in a second."""
        return self.requests / self.seconds

    @property
    def per_cpu_second(self) -> float:
        """Requests that a second of one core serves, whatever else the machine did."""
        return self.requests / self.cpu_seconds

    @property
    def p99_ms(self) -> float:
        """The latency that one request in a hundred exceeds, in milliseconds."""
        return 1000 * self.latencies[int(len(self.latencies) * 0.99)]


def load(port: int, make: MakeRequest, *, requests: int, status: int, pids: Sequence[int]) -> Load:
    """Send the requests over sixteen connections that stay open; every answer must be ``status``.

    Raises:
        RuntimeError: an answer had another status.
    """
    before, start = _cpu_seconds(pids), perf_counter()
    latencies = asyncio.run(_send_all(port, make, requests, status))
    seconds = perf_counter() - start
    return Load(requests, seconds, _cpu_seconds(pids) - before, tuple(sorted(latencies)))


async def _send_all(port: int, make: MakeRequest, requests: int, status: int) -> list[float]:
    numbers = iter(range(requests))
    latencies: list[float] = []

    async def line() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            start = perf_counter()
            writer.write(make(number))
            found, body = await _answer(reader)
            latencies.append(perf_counter() - start)
            if found != status:
                raise RuntimeError(f"{found}: {body[-600:].decode(errors='replace')}")
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(line() for _ in range(LINES)))
    return latencies


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    _, _, after = head.partition(b"content-length:")
    length = int(after.partition(b"\r\n")[0] or 0)
    return int(head.split(b" ", 2)[1]), await reader.readexactly(length)


def _cpu_seconds(pids: Sequence[int]) -> float:
    """User and system time of those processes and of all their children that live."""
    return sum(_ticks(pid) for pid in pids) / TICKS_PER_SECOND


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
