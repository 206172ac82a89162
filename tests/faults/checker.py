"""The independent checker: reads a sink's log and a dump of the outbox, and shares no code with the product."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ENDED_UNSENT = {"refused", "superseded", "expired", "poisoned", "needs_human"}
WITH_A_PERSON = {"poisoned", "needs_human"}
STILL_WAITING = {"ready", "sending"}
MAY_COME_TWICE = {"E01", "E11", "E12", "E13", "E15", "E16", "E17", "E18", "E22", "E23"}


@dataclass(frozen=True)
class Accepted:
    """One line of the sink's log."""

    message_id: str
    recipient: str
    sha256: str
    at: float


@dataclass(frozen=True)
class Row:
    """One row of the dumped outbox."""

    id: int
    kind: str
    state: str
    address: str
    message_id: str | None
    frozen: bytes | None
    unit_id: str
    has_alarm: bool


@dataclass
class Findings:
    """What is wrong; a good run has none of it (Jepsen's total-queue, reliability.md 4.0)."""

    doubled: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    unresolved: list[str] = field(default_factory=list)
    unneeded: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return not any(vars(self).values())

    def __str__(self) -> str:
        return ", ".join(f"{name} {len(found)}" for name, found in vars(self).items())


def read_log(log: Path) -> list[Accepted]:
    """Every letter the sink took, in order; a line cut short by a kill was never answered."""
    letters = []
    for line in log.read_text().splitlines() if log.exists() else ():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        letters.append(
            Accepted(entry["message_id"], entry["recipient"], entry["sha256"], entry["at"])
        )
    return letters


def check(
    rows: Sequence[Row],
    accepted: Iterable[Accepted],
    *,
    is_over: bool,
    closed_at: Mapping[str, float] | None = None,
) -> Findings:
    """Compare what was meant, what is recorded and what arrived.

    ``is_over`` says that the faults have stopped and everything had its time: nothing may wait or
    be in doubt then. ``closed_at`` is when units stopped owing, on the sink's clock.
    """
    arrived = list(accepted)
    findings = Findings()
    known = {row.message_id: row for row in rows if row.message_id is not None}
    counts = Counter(letter.message_id for letter in arrived)
    for row in rows:
        _check_row(row, counts.get(row.message_id or "", 0), findings, is_over=is_over)
    for letter in arrived:
        _check_letter(letter, known.get(letter.message_id), findings, closed_at or {})
    return findings


def _check_row(row: Row, copies: int, findings: Findings, *, is_over: bool) -> None:
    name = f"{row.id} {row.kind} {row.state} x{copies}"
    if copies > (2 if row.kind in MAY_COME_TWICE else 1):
        findings.doubled.append(name)
    if copies == 0 and row.state == "accepted":
        findings.lost.append(name)
    if copies == 0 and row.state in WITH_A_PERSON and not row.has_alarm:
        findings.lost.append(f"{name} without an alarm")
    # Sent but not recorded so: it would be sent again, or nobody would know.
    if copies and row.state in {*ENDED_UNSENT - WITH_A_PERSON, *(STILL_WAITING if is_over else ())}:
        findings.unresolved.append(name)
    if is_over and (row.state == "unknown" or (copies == 0 and row.state in STILL_WAITING)):
        findings.unresolved.append(name)


def _check_letter(
    letter: Accepted, row: Row | None, findings: Findings, closed_at: Mapping[str, float]
) -> None:
    if row is None or row.frozen is None:
        findings.unexpected.append(f"{letter.message_id} is in no row")
        return
    content = hashlib.sha256(row.frozen).hexdigest()
    if letter.recipient != row.address or letter.sha256 != content:
        findings.unexpected.append(f"{row.id} arrived with other bytes or elsewhere")
    if letter.at > closed_at.get(row.unit_id, float("inf")):
        findings.unneeded.append(f"{row.id} to {row.unit_id}, which owed nothing any more")
