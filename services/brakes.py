"""Brakes: what keeps every letter of a commune from leaving until a person lets go."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, bindparam, func, select

from adapters import tables
from adapters.among import is_among
from adapters.database import transaction
from adapters.disk import free_megabytes
from adapters.letter_tables import is_unsettled
from models.clocks import MonotonicReading
from models.errors import RefusedError
from models.letter_holds import HoldReason
from models.letters import REMINDER_KINDS, LetterKind, LetterState
from models.reminder_policy import MAILS_PER_DAY
from services import clock_marks, epochs
from services.epochs import note_accepted
from services.holds import held_reason, hold_of, let_go, set_hold, stands
from services.journal import lock_chain
from services.outbox_rows import OutboxRow

__all__ = [
    "check_storm",
    "engage",
    "held_reason",
    "hold",
    "hold_of",
    "note_accepted",
    "over_limit",
    "refuse_kill_file",
    "release",
    "rest",
    "stands",
]

ENGINE = "hệ thống"
KILL_FILE = "HOLD"
DETAIL_LENGTH = 300
STORM_FLOOR = 20  # fewer letters are no storm, whatever the proportions
STORM_SHARE = 1.2  # letters for each reachable recipient (reliability.md 2.9)
STORM_GROWTH = 2  # times the largest round ever
DAY = timedelta(hours=24)
PASSING = (HoldReason.KILL_FILE, HoldReason.DISK)  # end by themselves
# Asked of the engine, not answers to what the recipient did.
COUNTED = REMINDER_KINDS | {LetterKind.ASSIGNMENT, LetterKind.BULLETIN, LetterKind.FOR_DECISION}
# The leader's decision has a deadline of the province: it counts, but never waits for a limit.
LIMITED = COUNTED - {LetterKind.FOR_DECISION}
_c, _f = tables.outbox.c, tables.frozen_letters
_RECENT = (
    select(_c.contact_id, _c.settled_at)
    .where(
        _c.commune == bindparam("of"),
        is_among(_c.contact_id, "ids"),
        _c.settled_at > bindparam("since", type_=_c.settled_at.type),
        _c.state.in_((LetterState.ACCEPTED, LetterState.UNKNOWN, LetterState.BOUNCED)),
        _c.kind.in_(sorted(COUNTED)),
    )
    .order_by(_c.settled_at)
)
# What a sender is about to write has no bytes yet, as a rule: it is not even looked at.
_IN_HAND = (
    select(_c.id, _c.contact_id)
    .join_from(tables.outbox, _f, _f.c.outbox_id == _c.id)
    .where(
        _c.commune == bindparam("of"),
        is_unsettled,
        _c.state == LetterState.SENDING,
        _c.owner == bindparam("owner"),
        _c.kind.in_(sorted(COUNTED)),
    )
)


def hold(
    engine: Engine, *, commune: str, reason: HoldReason, detail: str, by: str, now: datetime
) -> bool:
    """Let no letter of the commune leave; False when that hold stands already."""
    with transaction(engine) as connection:
        return set_hold(connection, commune, reason, detail=detail, by=by, now=now)


def refuse_kill_file(home: Path) -> None:
    """Let nobody release while the kill file lies in the home folder.

    Raises:
        RefusedError: it lies there, and would hold again at the next round.
    """
    if (home / KILL_FILE).exists():
        raise RefusedError(f"Còn tệp '{home / KILL_FILE}'; hãy xóa tệp này rồi cho gửi tiếp.")


def release(engine: Engine, *, commune: str, by: str, now: datetime, home: Path) -> int:
    """Let go of every standing hold, adopting clock and database as they are; returns how many.

    Raises:
        RefusedError: the kill file still lies in the home folder.
    """
    refuse_kill_file(home)
    c = tables.holds.c
    standing = (c.commune == commune, c.released_at.is_(None))
    with transaction(engine) as connection:
        lock_chain(connection, commune)
        reasons = connection.execute(select(c.reason).where(*standing).order_by(c.id)).scalars()
        found = [HoldReason(reason) for reason in reasons]
        let_go(connection, commune, found, by=by, now=now)
        if HoldReason.CLOCK in found:
            clock_marks.forget(connection, commune=commune)
    if HoldReason.RESTORED in found:
        epochs.adopt(engine, commune=commune, home=home)
    return len(found)


def check_storm(
    connection: Connection, *, commune: str, planned: int, recipients: int, now: datetime
) -> None:
    """Hold all letters when a round of ``planned`` ones is larger than any that makes sense.

    ``recipients`` are distinct reachable contacts. The round's own letters are those of ``now``.
    """
    if planned <= STORM_FLOOR:
        return
    if planned > STORM_SHARE * recipients:
        detail = f"lượt này có {planned} thư cho {recipients} người nhận"
    elif 0 < STORM_GROWTH * (largest := _largest_round(connection, commune, now)) < planned:
        detail = f"lượt này có {planned} thư, lượt lớn nhất trước đây có {largest} thư"
    else:
        return
    set_hold(connection, commune, HoldReason.STORM, detail=detail, by=ENGINE, now=now)


def _largest_round(connection: Connection, commune: str, now: datetime) -> int:
    """The letters of the largest earlier round; 0 when none was large enough to compare with."""
    c = tables.outbox.c
    rounds = (
        select(func.count().label("letters"))
        .where(c.commune == commune, c.created_at < now)
        .group_by(c.created_at)
        .having(func.count() >= STORM_FLOOR)
        .subquery()
    )
    return connection.execute(select(func.max(rounds.c.letters))).scalar_one() or 0


def engage(
    engine: Engine,
    *,
    commune: str,
    home: Path,
    now: datetime,
    monotonic: MonotonicReading,
    min_free_mb: int = 0,
) -> str | None:
    """Try every brake at the start of a round; tells why nothing may leave, None when all may.

    The kill file holds as long as it lies in the home folder, a full disk until there is room; the
    other holds wait for a person.
    """
    doubt = epochs.find_doubt(engine, commune=commune, home=home)
    with transaction(engine) as connection:
        found = {
            HoldReason.KILL_FILE: _kill_order(home),
            HoldReason.DISK: _shortage(home, min_free_mb),
            HoldReason.RESTORED: doubt,
            HoldReason.CLOCK: clock_marks.find_jump(
                connection, commune=commune, reading=monotonic, now=now
            ),
        }
        for reason, detail in found.items():
            if detail is not None:
                set_hold(connection, commune, reason, detail=detail, by=ENGINE, now=now)
        over = [reason for reason in PASSING if found[reason] is None]
        let_go(connection, commune, over, by=ENGINE, now=now)
        return held_reason(connection, commune=commune)


def rest(engine: Engine, *, commune: str, home: Path) -> None:
    """Write down outside the database how many letters were accepted; ends a round."""
    epochs.find_doubt(engine, commune=commune, home=home)  # a doubtful witness stays as it is


def over_limit(
    connection: Connection,
    rows: Sequence[OutboxRow],
    *,
    now: datetime,
    limit: int = MAILS_PER_DAY,
    owner: str = "",
) -> Mapping[int, datetime]:
    """Rows of the outbox, of one commune, whose recipient had enough mail, and when they may go.

    Earlier rows go first; what else the ``owner`` has in hand counts as sent. An empty mapping for
    no rows.
    """
    asked = [row for row in rows if row.kind in LIMITED]
    if not asked:
        return {}
    sent = _recent(connection, asked, now=now)
    for contact_id in _others_in_hand(connection, rows, owner):
        sent.setdefault(contact_id, []).append(now)
    held: dict[int, datetime] = {}
    for row in asked:
        mine = sent.setdefault(row.contact_id, [])
        if len(mine) < limit:
            mine.append(now)
        else:
            held[row.id] = mine[-limit] + DAY
    return held


def _recent(
    connection: Connection, rows: Sequence[OutboxRow], *, now: datetime
) -> dict[str, list[datetime]]:
    """When each contact was written to within a day, oldest first."""
    asked = {
        "of": rows[0].commune, "since": now - DAY, "ids": [row.contact_id for row in rows],
    }  # fmt: skip
    sent: dict[str, list[datetime]] = {}
    for contact_id, settled_at in connection.execute(_RECENT, asked).all():
        sent.setdefault(contact_id, []).append(settled_at)
    return sent


def _others_in_hand(connection: Connection, rows: Sequence[OutboxRow], owner: str) -> list[str]:
    """The contact of each letter that the owner has written and not sent, besides the rows."""
    if not owner:
        return []
    asked = {"of": rows[0].commune, "owner": owner}
    found, own = connection.execute(_IN_HAND, asked).all(), {row.id for row in rows}
    return [contact_id for letter_id, contact_id in found if letter_id not in own]


def _kill_order(home: Path) -> str | None:
    file = home / KILL_FILE
    try:
        words = " ".join(file.read_text(encoding="utf-8", errors="replace").split())
    except FileNotFoundError:
        return None
    return words[:DETAIL_LENGTH] or f"xóa tệp {file} để gửi tiếp"


def _shortage(home: Path, min_free_mb: int) -> str | None:
    """Tell that an outcome might soon find no room to be written down (reliability.md 2.10)."""
    free = free_megabytes(home)
    if free >= min_free_mb:
        return None
    return f"còn trống {free} MB, cần ít nhất {min_free_mb} MB"
