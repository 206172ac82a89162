"""Alarms about letters: what a person must be told of one that did not simply arrive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from models.alarms import AlarmKind
from models.letters import UNSTOPPABLE, LetterKind
from services.alarms import raise_all
from services.outbox_rows import OutboxRow


@dataclass(frozen=True, slots=True)
class LetterAlarm:
    """One letter a person must hear of, and why; ``is_final`` when its state will not pass."""

    kind: AlarmKind
    letter: OutboxRow
    why: str
    is_final: bool = False


def raise_alarms(connection: Connection, alarms: Sequence[LetterAlarm], *, now: datetime) -> None:
    """Put the alarms on the administrator's desk; the same letter is told once for each kind.

    A letter of alarms raises none itself: it would tell of itself without end.
    """
    told = [a for a in alarms if LetterKind(a.letter.kind) not in UNSTOPPABLE]
    if told:
        texts = {_key(a, now): (a.kind, alarm_text(a)) for a in told}
        raise_all(connection, texts, commune=told[0].letter.commune, now=now)


def _key(alarm: LetterAlarm, now: datetime) -> str:
    letter = alarm.letter
    if alarm.is_final:
        return f"letter/{letter.commune}/{alarm.kind}/{letter.id}"
    # The watch of the ledger knows what lasts by this key, and settles it when it is over.
    return f"watch/{letter.commune}/{alarm.kind}/{letter.id}@{now.isoformat()}"


def alarm_text(alarm: LetterAlarm) -> str:
    """What the administrator reads."""
    letter = alarm.letter
    name = f"Thư {letter.kind} số {letter.id} gửi đơn vị “{letter.unit_id}” ({letter.dedupe_key})"
    return f"{name}: {alarm.why.rstrip('.')}."
