"""Letting go: a restored copy is first compared with what had been sent after it was taken."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select

from adapters import tables
from adapters.database import transaction
from models.letter_holds import HoldReason
from models.letters import LetterKind, LetterState
from models.values import Value
from services import archives, brakes
from services.desk import Desk
from services.epochs import Reconciled, reconcile_restored
from services.reminders import plan_reminders

DAY = timedelta(days=1)
LONGEST_GAP = timedelta(days=60)  # an older copy is no restore of a campaign


class Released(Value):
    """Holds let go; ``reconciled`` when a restored copy was compared with the archive."""

    holds: int
    reconciled: Reconciled | None = None


def let_go(desk: Desk, *, by: str) -> Released:
    """Let letters leave again; what the archive holds, where one is kept, is not sent anew.

    Raises:
        RefusedError: the kill file still lies in the home folder.
    """
    brakes.refuse_kill_file(desk.settings.home)
    reconciled = _reconcile(desk) if archives.is_kept(desk) else None
    count = brakes.release(
        desk.engine, commune=desk.commune, by=by, now=desk.now, home=desk.settings.home
    )
    return Released(holds=count, reconciled=reconciled)


def compare_late(desk: Desk) -> Reconciled | None:
    """Settle what was planned anew since a restore and is in the archive; None if there was none.

    Each round asks it before it sends: a restored plan may be issued again long after the release.
    """
    if not archives.is_kept(desk):
        return None
    c = tables.holds.c
    recent = (
        c.commune == desk.commune,
        c.reason == HoldReason.RESTORED,
        c.released_at > desk.now - LONGEST_GAP,
    )
    with transaction(desk.engine) as connection:
        if connection.execute(select(c.id).where(*recent).limit(1)).first() is None:
            return None
    return _compare(desk)


def _reconcile(desk: Desk) -> Reconciled | None:
    with transaction(desk.engine) as connection:
        if not brakes.stands(connection, commune=desk.commune, reason=HoldReason.RESTORED):
            return None
    known = _compare(desk).accepted
    with transaction(desk.engine) as connection:
        # Rounds went on planning under the hold: what was due in the gap, under today's keys.
        _unplan(connection, desk.commune)
        since = _last_accepted(connection, desk.commune)
    for at in _slots(desk, since):
        plan_reminders(
            desk.engine, commune=desk.commune, policy=desk.policy, calendar=desk.calendar, now=at
        )
        known += _compare(desk).accepted
        with transaction(desk.engine) as connection:
            _unplan(connection, desk.commune)
    found = _compare(desk)
    return found.model_copy(update={"accepted": found.accepted + known})


def _compare(desk: Desk) -> Reconciled:
    with archives.opened(desk) as oracle:
        return reconcile_restored(
            desk.engine, commune=desk.commune, letterhead=desk.letterhead, oracle=oracle,
            now=desk.now,
        )  # fmt: skip


def _last_accepted(connection: Connection, commune: str) -> datetime | None:
    """When the copy last saw a letter leave; alarms leave under a hold too and tell nothing."""
    c = tables.outbox.c
    known = (c.commune == commune, c.state == LetterState.ACCEPTED, c.kind != LetterKind.ALARM)
    found: datetime | None = connection.execute(
        select(func.max(c.settled_at)).where(*known)
    ).scalar_one()
    return found


def _slots(desk: Desk, since: datetime | None) -> Iterator[datetime]:
    """The planner's instants of the days that the copy does not know of, in order."""
    if since is None:
        return
    after = max(since, desk.now - LONGEST_GAP)
    day, last = desk.calendar.day_of(after), desk.calendar.day_of(desk.now)
    while day < last:
        for hour in sorted(desk.policy.slots.values()):
            at = desk.calendar.at(day, hour)
            if desk.calendar.is_working_day(day) and at > after:
                yield at
        day += DAY


def _unplan(connection: Connection, commune: str) -> None:
    """Take back reminders that were planned and never written: their rungs are free again."""
    o, items = tables.outbox.c, tables.outbox_items
    unwritten = select(o.id).select_from(tables.letters).where(
        o.commune == commune, o.state == LetterState.READY, o.day.is_not(None),
        tables.frozen_letters.c.message_id.is_(None), o.attempt == 0,
    )  # fmt: skip
    letters = connection.execute(unwritten).scalars().all()
    connection.execute(delete(items).where(items.c.outbox_id.in_(letters)))
    connection.execute(delete(tables.outbox).where(o.id.in_(letters)))
