"""One letter over a line, as a sender does it: offered, marked, ended."""

import asyncio

from adapters.smtp import Envelope, RelayLine
from adapters.smtp_verdicts import Fault
from models.letters import Verdict
from tests.adapters.smtp_modes import LETTER

ENVELOPE = Envelope(sender="a@x.vn", recipient="b@x.vn")
FOLLOWING = Envelope(sender="a+2@x.vn", recipient="c@x.vn")
LAST = Envelope(sender="a+3@x.vn", recipient="d@x.vn")
NOTHING_SENT = frozenset(
    {Verdict.NOT_SENT, Verdict.REFUSED_TEMPORARILY, Verdict.REFUSED_PERMANENTLY}
)


async def send(
    line: RelayLine,
    envelope: Envelope = ENVELOPE,
    *,
    message: bytes = LETTER,
    mark_seconds: float = 0,
    announce: Envelope | None = None,
) -> Fault:
    refused = await line.offer(envelope, message)
    if refused is not None:
        assert refused.verdict in NOTHING_SENT
        return refused
    await asyncio.sleep(mark_seconds)
    return await line.dot(announce)
