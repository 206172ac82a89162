"""Calls of a round: what each open obligation has to say to each recipient, and when."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    Exists,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
)

from adapters import tables
from adapters.round_tables import (
    gather_statistics,
    round_calls,
    round_classes,
    round_steps,
    round_waiting,
)
from models.reminder_policy import Audience, ReminderPolicy
from models.units import ContactRole
from services.reminder_classes import BIT, SHARED, Round, lay_classes, owed, speaks_for

HEAD, CONTACT = tables.contacts.alias("head"), tables.contacts.alias("contact")
NULLABLE = frozenset({"extended_to", "extended_at", "return_due_at"})
Voices = Mapping[Audience, ColumnElement[str]]


def call_recipients(
    morning: Round, *, policy: ReminderPolicy, now: datetime
) -> tuple[datetime, ...]:
    """Note whom to tell what; returns the instants at which letters are to leave, in order.

    Whoever cannot be written to now waits for the first turn on a day without a reminder, and
    is told what holds then.
    """
    calendar = morning.timetable.calendar
    instants = [policy.send_at(now, calendar=calendar, taken=frozenset())]
    _add_calls(morning, at=now, now=now, turn=0)
    if instants[0] == now:
        _put_off(morning, reminded(round_calls.c.contact_id, morning, calendar.day_of(now)))
    else:
        _put_off(morning, literal(value=True))
        instants = []
    while _is_anyone_waiting(morning):
        taken = frozenset(calendar.day_of(instant) for instant in instants)
        send_at = policy.send_at(now, calendar=calendar, taken=taken)
        _call_waiting(morning, send_at, now=now, turn=len(instants))
        instants.append(send_at)
    return tuple(instants)


def _put_off(morning: Round, waits: ColumnElement[bool]) -> None:
    calls, waiting = round_calls.c.contact_id, round_waiting.c.contact_id
    late = select(calls).where(waits).distinct()
    morning.connection.execute(insert(round_waiting).from_select(["contact_id"], late))
    if _is_anyone_waiting(morning):
        morning.connection.execute(delete(round_calls).where(calls.in_(select(waiting))))


def _is_anyone_waiting(morning: Round) -> bool:
    return morning.connection.execute(select(round_waiting).limit(1)).first() is not None


def _call_waiting(morning: Round, send_at: datetime, *, now: datetime, turn: int) -> None:
    """Note what holds at that instant for those who can be written to on its day."""
    contact_id = round_waiting.c.contact_id
    waits_on = reminded(contact_id, morning, morning.timetable.calendar.day_of(send_at))
    free = select(contact_id).where(~waits_on)
    _add_calls(morning, at=send_at, now=now, turn=turn, only=free)
    morning.connection.execute(delete(round_waiting).where(~waits_on))


def reminded(contact_id: ColumnElement[str], morning: Round, day: date) -> Exists:
    """Whether a contact was reminded that day or has a reminder queued for it."""
    outbox = tables.outbox
    c = outbox.c
    return (
        exists(c.contact_id)
        .where(c.contact_id == contact_id, c.day == day, c.commune == morning.commune)
        .correlate_except(outbox)
    )


def _add_calls(
    morning: Round,
    *,
    at: datetime,
    now: datetime,
    turn: int,
    only: Select[tuple[str]] | None = None,
) -> None:
    lay_classes(morning, at=at)
    found = _calls(morning, at=at, now=now, turn=turn)
    wanted = select(found) if only is None else select(found).where(found.c.contact_id.in_(only))
    names = [column.name for column in found.c]
    morning.connection.execute(insert(round_calls).from_select(names, wanted))
    c = round_calls.c
    gather_statistics(morning.connection, c.class_id, c.place, c.turn)


def _calls(morning: Round, *, at: datetime, now: datetime, turn: int) -> Subquery:
    """What each open obligation has to say to each recipient: the last step, if nobody was told."""
    o, k, s = owed(morning.commune), round_classes.c, round_steps.c
    voice: Voices = {
        # Without a contact the head stands in for it.
        Audience.CONTACT: func.coalesce(CONTACT.c.id, HEAD.c.id),
        Audience.HEAD: HEAD.c.id,
        Audience.LEADER: k.leader_id,
        Audience.COORDINATOR_HEAD: k.coordinator_id,
    }
    recipient = case(*((s.bit == BIT[audience], voice[audience]) for audience in Audience))
    is_head, is_contact = (
        and_(one.c.unit_id == o.c.unit_id, speaks_for(one, role, morning.commune))
        for one, role in ((HEAD, ContactRole.HEAD), (CONTACT, ContactRole.CONTACT))
    )
    found = select(
        recipient.label("contact_id"), o.c.id.label("obligation_id"), o.c.plan_id, k.class_id,
        s.place, _bits(voice, recipient).label("audiences"), s.kind, s.rank,
        literal(turn).label("turn"),
    )  # fmt: skip
    return (
        found.select_from(_climbing(o).outerjoin(HEAD, is_head).outerjoin(CONTACT, is_contact))
        .where(
            s.is_last,
            recipient.is_not(None),
            _outranks(voice, recipient),
            *_unpaused(morning, o, at=at, now=now),
            ~consumed(o.c.id + s.suffix),
        )
        .subquery("calls")
    )


def _climbing(o: Subquery) -> FromClause:
    """Obligations with their class and its steps."""
    k = round_classes.c
    same = [
        _agree(o.c[name], k[name]) if name in NULLABLE else o.c[name] == k[name] for name in SHARED
    ]
    returned = or_(o.c.returns == 0, _agree(o.c.since, k.since))
    of_class = round_steps.c.class_id == k.class_id
    return o.join(round_classes, and_(*same, returned)).join(round_steps, of_class)


def _agree(left: ColumnElement[datetime], right: ColumnElement[datetime]) -> ColumnElement[bool]:
    # Of IS NOT DISTINCT FROM over empty columns PostgreSQL expects one row, and loops.
    return or_(left == right, and_(left.is_(None), right.is_(None)))


def _bits(voice: Voices, recipient: ColumnElement[str]) -> ColumnElement[int]:
    """All audiences that a recipient stands for, as far as the class has steps for them."""
    own = [case((voice[a] == recipient, BIT[a]), else_=0) for a in Audience]
    every = own[0] + own[1] + own[2] + own[3]
    return case((round_classes.c.is_for_one, round_steps.c.bit), else_=every)


def _outranks(voice: Voices, recipient: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether no audience that the same person stands for has come to a later step."""
    k, place = round_classes.c, round_steps.c.place
    last = {
        Audience.CONTACT: k.contact_place,
        Audience.HEAD: k.head_place,
        Audience.LEADER: k.leader_place,
        Audience.COORDINATOR_HEAD: k.coordinator_place,
    }
    alone = (or_(voice[a].is_distinct_from(recipient), last[a] <= place) for a in Audience)
    return or_(k.is_for_one, and_(*alone))


def _unpaused(
    morning: Round, o: Subquery, *, at: datetime, now: datetime
) -> tuple[ColumnElement[bool], ...]:
    """That no pause in force now lasts until then, of the unit or of the obligation."""
    p = tables.pauses.c
    rests = (p.commune == morning.commune, p.from_at <= now, p.until_at > at, p.until_at > now)
    if morning.connection.execute(select(p.id).where(*rests).limit(1)).first() is None:
        return ()
    units = select(p.unit_id).where(*rests, p.obligation_id.is_(None))
    ones = select(p.obligation_id).where(*rests, p.obligation_id.is_not(None))
    return o.c.unit_id.not_in(units), o.c.id.not_in(ones)


def consumed(key: ColumnElement[str]) -> Exists:
    """Whether the rung of that key is used up."""
    items = tables.outbox_items
    return exists(items.c.dedupe_key).where(items.c.dedupe_key == key).correlate_except(items)
