"""What the administrator is told of, from a desk: through the outbox, or past a ledger in need."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from adapters.letter_templates import LetterRenderer
from adapters.smtp import Envelope, RelayLine
from models.alarms import AlarmKind, AlarmRow
from models.errors import PermanentError, TransientError
from models.letters import Verdict
from services import alarms, mailing, watches
from services.alarm_letters import write_alarm
from services.desk import Desk
from services.watches import Watched

PAST_LEDGER = "told-past-ledger"
PAST_LEDGER_AGAIN = timedelta(hours=1)


async def look_and_tell(desk: Desk, *, round_of: str | None = None) -> int:
    """Look for what is wrong and write of it to the administrator; returns of how many alarms.

    ``round_of`` names the flow whose round has just succeeded.
    """
    watched = Watched(
        commune=desk.commune, relay=desk.relay.name, policy=desk.policy, calendar=desk.calendar
    )
    watches.check(desk.engine, watched, round_of=round_of, now=desk.now)
    address = desk.settings.alarm_address
    told = alarms.tell(desk.engine, commune=desk.commune, address=address, now=desk.now)
    if told:
        await mailing.send_due(desk)
    return told


async def report_failed_run(desk: Desk, *, flow: str, run: str, run_id: str, state: str) -> bool:
    """Raise that a flow run failed; when the ledger is out, write past it. False: told lately."""
    try:
        return alarms.raise_failed_run(
            desk.engine, flow=flow, run=run, run_id=run_id, state=state, commune=desk.commune,
            now=desk.now,
        )  # fmt: skip
    except (TransientError, PermanentError, SQLAlchemyError) as error:
        why = alarms.failed_run_text(flow, run, state)
        cause = str(error).splitlines()[0]  # the rest may quote a statement with its values
        return await _tell_past_ledger(desk, f"{why} Không ghi được vào sổ: {cause}")


async def _tell_past_ledger(desk: Desk, text: str) -> bool:
    # Without a ledger nothing counts what was told: a file does, lest each run writes a letter.
    witness = desk.settings.home / PAST_LEDGER
    if _told_lately(witness, desk.now):
        return False
    kind = AlarmKind.RUN_FAILED
    row = AlarmRow(title=kind.heading, text=text, since=desk.now, advice=kind.advice)
    address = desk.settings.alarm_address
    written = write_alarm(
        {"alarms": (row,)}, f"past-ledger/{desk.commune}/{desk.now.isoformat()}", address,
        letterhead=desk.letterhead, renderer=LetterRenderer(), commune=desk.commune, plan=None,
        at=desk.now.astimezone(desk.calendar.zone),
    )  # fmt: skip
    envelope = Envelope(sender=desk.letterhead.sender.address, recipient=address)
    is_sent = await _send(RelayLine(desk.relay), envelope, written.frozen)
    if is_sent:
        witness.write_text(desk.now.isoformat(), encoding="utf-8")
    return is_sent


def _told_lately(witness: Path, now: datetime) -> bool:
    try:
        told_at = datetime.fromisoformat(witness.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return timedelta() <= now - told_at < PAST_LEDGER_AGAIN


async def _send(line: RelayLine, envelope: Envelope, message: bytes) -> bool:
    try:
        outcome = await line.offer(envelope, message) or await line.dot()
    finally:
        await line.close()
    return outcome.verdict is Verdict.ACCEPTED
