"""How often somebody may do something, and how many things at once; memory is bounded."""

import threading
from collections import OrderedDict, deque
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from fastapi import HTTPException, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from config.clock import read_monotonic
from portal.desk import settings_of

MOST_KEYS = 10_000
TOO_OFTEN = "Đã có quá nhiều lần thử từ nơi này; hãy chờ {} rồi thử lại."
AT_ONCE = 20  # requests of one address


class RateLimit:
    """At most so many acts of one key in a sliding span; the longest idle keys are forgotten."""

    def __init__(self, most: int, per: timedelta, *, keys: int = MOST_KEYS) -> None:
        """Remember nothing yet."""
        self._most, self.per, self._keys = most, per, keys
        self._acts: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def allows(self, key: str, *, at: float) -> bool:
        """Count one act at that second, and say whether it is within the limit."""
        with self._lock:
            acts = self._acts.setdefault(key, deque())
            self._acts.move_to_end(key)
            while acts and acts[0] <= at - self.per.total_seconds():
                acts.popleft()
            if len(self._acts) > self._keys:
                self._acts.popitem(last=False)
            if len(acts) >= self._most:
                return False
            acts.append(at)
            return True


def client_key(host: str | None) -> str:
    """Return whom an address stands for: itself, or the network of an IPv6 address."""
    try:
        address = ip_address(host or "")
    except ValueError:
        return "?"
    if isinstance(address, IPv6Address):  # one subscriber has 2^64 of them
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)


def network_of(request: Request) -> str:
    """Return the network of the visitor for the journal: no single household can be told by it."""
    try:
        address = ip_address(request.client.host if request.client else "")
    except ValueError:
        return "?"
    length = 24 if address.version == 4 else 48  # noqa: PLR2004 - IPv4
    return str(ip_network(f"{address}/{length}", strict=False))


def refuse_often(request: Request, limit: RateLimit, *, key: str = "") -> None:
    """Count one act of the visitor's address, or of the key.

    Raises:
        HTTPException: 429, it was done too often.
    """
    seconds = read_monotonic(settings_of(request)).seconds
    who = key or client_key(request.client.host if request.client else None)
    if not limit.allows(who, at=seconds):
        minutes = max(1, round(limit.per.total_seconds() / 60))
        raise HTTPException(
            429,
            TOO_OFTEN.format(f"{minutes} phút"),
            headers={"Retry-After": str(int(limit.per.total_seconds()))},
        )


class AtOnce:
    """ASGI: no address holds more than some requests open, so that slow ones shut out nobody."""

    def __init__(self, app: ASGIApp, *, most: int = AT_ONCE) -> None:
        """Pass requests on to the application."""
        self._app, self._most = app, most
        self._open: dict[str, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, or answer 429 at once."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client = scope.get("client")
        who = client_key(client[0] if client else None)
        count = self._open.get(who, 0)
        if count >= self._most:
            await _too_many(send)
            return
        self._open[who] = count + 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._leave(who)

    def _leave(self, who: str) -> None:
        left = self._open[who] - 1
        if left:
            self._open[who] = left
        else:
            del self._open[who]


async def _too_many(send: Send) -> None:
    text = "Đang có quá nhiều yêu cầu từ nơi này; hãy thử lại sau ít giây.".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"retry-after", b"5")]
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": text})
