"""Ports and health: what must be free before a start, and what must answer after it."""

import asyncio
import socket
from collections.abc import Iterable

import httpx

from deployments.children import Child, ChildSpec
from models.errors import UsageError

HEALTHY = 200


def ensure_ports_free(specs: Iterable[ChildSpec]) -> None:
    """Check, before anything is started, that each child can listen on its port.

    Raises:
        UsageError: a port is taken; the text names the setting to change.
    """
    for spec in specs:
        if spec.port is not None and not _is_free(spec.host, spec.port):
            raise UsageError(
                f"Cổng {spec.port} ({spec.name}) đang được dùng. Đặt {spec.port_setting} sang "
                f"một cổng khác, ví dụ {spec.port_setting}={spec.port + 1}, hoặc dừng chương "
                "trình đang giữ cổng này."
            )


async def wait_healthy(child: Child, *, timeout_seconds: float = 120.0) -> bool:
    """Wait until the child answers; False when it ended or the time is over."""
    if child.spec.health_url is None:
        return True
    loop = asyncio.get_running_loop()
    end = loop.time() + timeout_seconds
    # Without the proxy of the environment: the child is on this machine.
    async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
        while loop.time() < end and child.exit_code is None:
            if await _answers(client, child.spec.health_url):
                return True
            await asyncio.sleep(0.1)
    return False


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).status_code == HEALTHY
    except httpx.HTTPError:
        return False


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
