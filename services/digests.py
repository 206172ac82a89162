"""Digests: what one reminder says, read afresh at the instant it is claimed."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from adapters import tables
from adapters.among import is_among
from adapters.ledger import RegisteredContact, first_reachable
from models.addressees import Addressee
from models.calendars import WorkingCalendar
from models.letter_contexts import ReminderContext
from models.letter_frames import LetterFrame
from models.letter_rows import TaskRow
from models.letters import LetterKind
from models.obligations import Obligation
from models.reminder_items import URGENCY_RANK
from models.reminder_rungs import rung_prefix
from models.standings import working_days_left
from models.units import ContactRole
from services.pauses import read_pauses
from services.plan_shelf import ShelvedPlan

# What tells of the earlier letters, by day or by number.
RECALLING = frozenset({LetterKind.OVERDUE_AGAIN, LetterKind.HEAD_INFORMED})
# What brings its deadlines as calendar entries, each named by its obligation.
INVITED = frozenset({LetterKind.ASSIGNMENT, LetterKind.REMIND_EARLY})

_i, _o = tables.outbox_items.c, tables.obligations.c
_OWN = ("id", "unit_id")  # of an obligation: what one unit's differs in from another's
_SHARED = [column.name for column in _o if column.name not in {"commune", *_OWN}]
# Built once: building a statement costs as much as running it for a batch.
_ITEMS = (
    select(
        _i.outbox_id, *[_o[n] for n in _OWN],
        _i.rung, _i.kind.label("item_kind"), _i.number, *[_o[n] for n in _SHARED],
    )
    .join_from(tables.outbox_items, tables.obligations, _o.id == _i.obligation_id)
    .where(is_among(_i.outbox_id, "ids"))
)  # fmt: skip
_NAMES = [column.name for column in _ITEMS.selected_columns]
_LETTER, _KIND, _PLAN = map(_NAMES.index, ("outbox_id", "item_kind", "plan_id"))


@dataclass(frozen=True, slots=True, eq=False)
class Position:
    """One rung of an obligation as it is now, whoever owes it: one for all units that share it."""

    owed: Obligation  # without its id and its unit
    kind: LetterKind
    number: int
    is_open: bool  # the unit still owes it, and climbs the ladder of that rung


class DigestItem(NamedTuple):
    """One rung in a letter, and whose obligation it is of."""

    obligation_id: str
    unit_id: str
    position: Position


@dataclass(frozen=True)
class Digests:
    """What a batch of reminders is written from: open items by letter, and what is known of them.

    ``items`` holds only what is still owed and not paused, the first due first.
    """

    items: Mapping[int, tuple[DigestItem, ...]]
    plans: Mapping[str, ShelvedPlan]
    reminded_on: Mapping[str, tuple[date, ...]]  # of what the letters of ``RECALLING`` are about
    calendar: WorkingCalendar
    now: datetime
    _rows: dict[tuple[object, ...], TaskRow] = field(default_factory=dict)

    def open_items(self, letter_id: int) -> tuple[DigestItem, ...]:
        """Items whose unit still owes something, the most overdue first."""
        return self.items.get(letter_id, ())

    def kind_of(self, letter_id: int) -> LetterKind:
        """The kind of the most urgent item that is left: no letter says late of what is not."""
        kinds = [item.position.kind for item in self.open_items(letter_id)]
        return kinds[0] if len(kinds) == 1 else max(kinds, key=URGENCY_RANK.__getitem__)

    def position(self, letter_id: int) -> tuple[object, ...]:
        """What a letter tells but its reader: units in one position are told the same."""
        return tuple([self._stands(item) for item in self.open_items(letter_id)])

    def _stands(self, item: DigestItem) -> tuple[object, ...]:
        return item.position, self.reminded_on.get(item.obligation_id, ())

    def ordered(self, letter_id: int, kind: LetterKind) -> tuple[DigestItem, ...]:
        """The letter's open items, what it is about first."""
        items = self.open_items(letter_id)
        if len(items) == 1:
            return items
        lead = max(items, key=lambda i: (i.position.kind is kind, i.position.number))
        return (lead, *(i for i in items if i is not lead))

    def row(self, item: DigestItem) -> TaskRow:
        """One obligation as a letter's row, without its name; units in one position share it."""
        stands = self._stands(item)
        row = self._rows.get(stands)
        if row is None:
            row = self._rows[stands] = self._write_row(item)
        return row

    def _write_row(self, item: DigestItem) -> TaskRow:
        owed = item.position.owed
        plan = self.plans[owed.plan_id]
        product, short_name = plan.products(owed)
        due = owed.effective_due_at
        return TaskRow(
            code=owed.requirement_id,
            kind=owed.kind,
            product=product,
            short_name=short_name,
            due_at=due,
            working_days=working_days_left(due, calendar=self.calendar, now=self.now),
            is_returned=owed.returns > 0,
            overdue_times=item.position.number,
            reminded_on=self.reminded_on.get(item.obligation_id, ()),
            plan_code=plan.dossier.plan.code,
        )


class DigestFacts(NamedTuple):
    """What all reminders of a batch are written from, as the database has it."""

    items: Sequence[tuple[Any, ...]]  # as ``_ITEMS`` has them
    plan_ids: Collection[str]
    paused: Collection[str]  # units and obligations
    reminded_on: Mapping[str, tuple[date, ...]]


def find_digests(
    connection: Connection, letter_ids: Sequence[int], *, commune: str, now: datetime
) -> DigestFacts:
    """Read once what the letters speak of, however much the commune owes."""
    if not letter_ids:
        return DigestFacts((), (), (), {})
    items = list(map(tuple, connection.execute(_ITEMS, {"ids": letter_ids}).all()))
    paused = read_pauses(connection, commune=commune, now=now)
    recalling = sorted({item[_LETTER] for item in items if item[_KIND] in RECALLING})
    return DigestFacts(
        items=items,
        plan_ids={item[_PLAN] for item in items},
        paused=tuple(paused),
        reminded_on=_recall(connection, recalling),
    )


def know_digests(
    facts: DigestFacts,
    plans: Mapping[str, ShelvedPlan],
    *,
    calendar: WorkingCalendar,
    now: datetime,
) -> Digests:
    """The digests of what was found.

    Items of an earlier ladder, before a return or an extension, and paused ones are left out.
    """
    found: dict[int, list[DigestItem]] = defaultdict(list)
    for letter_id, item in _items(facts.items, calendar):
        rests = item.unit_id in facts.paused or item.obligation_id in facts.paused
        if item.position.is_open and not rests:
            found[letter_id].append(item)
    return Digests(
        items={key: tuple(sorted(mine, key=_urgency)) for key, mine in found.items()},
        plans=plans,
        reminded_on=facts.reminded_on,
        calendar=calendar,
        now=now,
    )


def _recall(connection: Connection, letter_ids: Collection[int]) -> dict[str, tuple[date, ...]]:
    if not letter_ids:
        return {}
    items = tables.outbox_items.c
    spoken_of = select(items.obligation_id).where(items.outbox_id.in_(letter_ids))
    return read_reminded_on(connection, items.obligation_id.in_(spoken_of))


def _urgency(item: DigestItem) -> tuple[datetime, str]:
    return (item.position.owed.effective_due_at, item.obligation_id)


def _items(
    rows: Sequence[tuple[Any, ...]], calendar: WorkingCalendar
) -> Iterator[tuple[int, DigestItem]]:
    positions: dict[tuple[object, ...], Position] = {}
    for row in rows:
        (letter_id, obligation_id, unit_id), shared = row[:3], row[3:]
        position = positions.get(shared)
        if position is None:
            position = positions[shared] = _position(*shared, calendar=calendar)
        yield letter_id, DigestItem(obligation_id, unit_id, position)


def _position(
    rung: str, kind: str, number: int, *shared: object, calendar: WorkingCalendar
) -> Position:
    values = dict(zip(_SHARED, shared, strict=True)) | dict.fromkeys(_OWN, "")
    owed = Obligation.model_validate(values)
    is_current = rung[: rung.rfind(":") + 1] == rung_prefix(owed, calendar)
    return Position(owed, LetterKind(kind), number, is_open=owed.is_open and is_current)


def read_reminded_on(
    connection: Connection, which: ColumnElement[bool]
) -> dict[str, tuple[date, ...]]:
    """The days on which letters about those obligations were accepted, in order, by obligation."""
    items, outbox = tables.outbox_items.c, tables.outbox.c
    rows = connection.execute(
        select(items.obligation_id, outbox.day)
        .join_from(tables.outbox_items, tables.outbox, outbox.id == items.outbox_id)
        .where(which, outbox.state == "accepted", outbox.day.is_not(None))
    )
    found: dict[str, set[date]] = defaultdict(set)
    for obligation_id, day in rows:
        found[obligation_id].add(day)
    return {key: tuple(sorted(days)) for key, days in found.items()}


def compose_digest(
    digests: Digests,
    letter_id: int,
    *,
    kind: LetterKind,
    frame: LetterFrame,
    to: Addressee,
    contacts: Sequence[RegisteredContact],
) -> ReminderContext:
    """Write what a unit's contact owes; ``contacts`` are the unit's, for the one who was silent."""
    ordered = digests.ordered(letter_id, kind)
    lead = ordered[0]
    calendar = digests.calendar
    today = calendar.day_of(digests.now)
    silent = None
    if kind is LetterKind.HEAD_INFORMED:  # the only one that names the contact
        silent = first_reachable(contacts, lead.unit_id, ContactRole.CONTACT)
    return ReminderContext(
        frame=frame,
        to=to,
        items=tuple(
            digests.row(item).named(item.obligation_id if kind in INVITED else "")
            for item in ordered
        ),
        at=digests.now,
        respond_by=calendar.close_of(calendar.next_working_day(today)),
        extension_by=calendar.previous_working_day(
            calendar.day_of(lead.position.owed.effective_due_at)
        ),
        contact_name=(silent.full_name or silent.title) if silent else None,
    )
