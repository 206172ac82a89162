"""Random communes for the reminder planner: everything that may decide a letter, in any mixture."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy import Engine, RowMapping, delete, insert, select, update

from adapters import tables
from adapters.database import transaction
from models.calendars import WorkingCalendar
from models.obligations import Obligation, ObligationState
from models.plans import PlanDossier
from models.reminder_items import PlannedReminder, ReminderItem
from models.reminder_policy import Audience, ReminderPolicy
from models.reminder_rungs import rung_prefix
from models.reminders import due_letters
from services.chases import read_chase
from tests.services.stage import COMMUNE

Rows = dict[str, dict[str, object]]

UNITS = ("thon-01", "vp", "vhxh", "ubnd")  # the last two are chased and told of others
RUNGS = ("T-7", "T-3", "T-1", "T", "T+1", "T+1pm", "T+2", "T+3", *(f"T+{n}" for n in range(4, 15)))
STATES = (*[ObligationState.OWED] * 5, *[ObligationState.RETURNED] * 3, *ObligationState)
STARTS = date(2026, 5, 25)  # holidays lie before, weekends all over
EMPTIED = (
    tables.outbox_items, tables.outbox, tables.pauses, tables.reviews, tables.contacts,
    tables.obligations, tables.holds, tables.alarms,
)  # fmt: skip


class World:
    """One random commune with the plans given, at one random instant."""

    def __init__(
        self, chance: Random, calendar: WorkingCalendar, dossiers: tuple[PlanDossier, ...]
    ) -> None:
        self.chance = chance
        self.calendar = calendar
        self.dossiers = dossiers
        self.now = self.instant(STARTS + timedelta(days=chance.randrange(35)))
        self.rows: dict[str, list[dict[str, object]]] = {table.name: [] for table in EMPTIED}

    def instant(self, day: date) -> datetime:
        """An instant of that day: a slot, an edge of a window, or any minute."""
        edges = (time(7, 30), time(11), time(13, 45), time(14), time(16, 30), time(17))
        odd = time(self.chance.randrange(24), self.chance.randrange(60))
        return self.calendar.at(day, self.chance.choice((*edges, odd)))

    def near(self, before: int, after: int) -> datetime:
        """An instant up to so many days before or after now."""
        days = self.chance.randint(-before, after)
        return self.instant(self.calendar.day_of(self.now) + timedelta(days=days))

    def often(self, share: float) -> bool:
        """Whether something that happens so often happens now."""
        return self.chance.random() < share

    def build(self) -> None:
        """Make everything up."""
        for unit in UNITS:
            self.add_contacts(unit)
        # Few instants, so that obligations share deadlines.
        self.dues = [self.near(12, 10) for _ in range(4)]
        self.begins = [self.near(30, 0) for _ in range(3)]
        for dossier in self.dossiers:
            for requirement in dossier.plan.requirements:
                for unit in filter(lambda _: self.often(0.5), UNITS):
                    self.add_obligation(dossier, requirement.id, unit)
        for _ in range(self.chance.randrange(4)):
            self.add_pause()
        for contact in self.rows["contacts"]:
            if self.often(0.3):
                self.add_reminder(str(contact["id"]))

    def add_contacts(self, unit: str) -> None:
        """Let up to two people of each role work there, some with a dead address."""
        for role in ("contact", "head"):
            for n in range(self.chance.randrange(3)):
                flagged = self.now if self.often(0.2) else None
                self.rows["contacts"].append({
                    "commune": COMMUNE, "id": f"{unit}.{role}{n}", "unit_id": unit, "role": role,
                    "rank": self.chance.randint(1, 2), "title": "Cán bộ", "salutation": "comrade",
                    "email": f"{unit}.{role}{n}@x.example", "confirmed": True,
                    "flagged_at": flagged,
                })  # fmt: skip

    def add_obligation(self, dossier: PlanDossier, requirement_id: str, unit: str) -> None:
        """Let a unit owe a product, at any point of its history."""
        requirement = dossier.plan.requirement(requirement_id)
        owed = Obligation(
            id=f"{dossier.plan.id}/{requirement_id}/{unit}/1", plan_id=dossier.plan.id,
            requirement_id=requirement_id, kind=requirement.kind, unit_id=unit, period="1",
            phase_id=requirement.phase, state=self.chance.choice(STATES),
            opened_at=self.chance.choice(self.begins), due_at=self.chance.choice(self.dues),
        ).model_copy(update=self.history())  # fmt: skip
        self.rows["obligations"].append(owed.model_dump() | {"commune": COMMUNE})
        for _ in range(owed.returns):
            self.rows["reviews"].append({
                "obligation_id": owed.id, "version": len(self.rows["reviews"]),
                "verdict": "returned", "reviewer": "vhxh", "at": self.chance.choice(self.begins),
                "remarks": {}, "is_formal_defect": False,
            })  # fmt: skip
        self.add_consumed(owed)

    def history(self) -> dict[str, object]:
        """What may have happened to an obligation."""
        found: dict[str, object] = {}
        if self.often(0.3):
            found |= {"extended_to": self.near(8, 9), "extended_at": self.near(12, 0)}
        if self.often(0.3):
            found |= {"returns": self.chance.randint(1, 2), "return_due_at": self.near(8, 6)}
        return found

    def add_consumed(self, owed: Obligation) -> None:
        """Use up rungs: all up to one, or some at random as after a bounce."""
        prefix = rung_prefix(owed, self.calendar)
        told_to = self.chance.choice((0, 0, self.chance.randrange(len(RUNGS))))
        strays = self.chance.choice((0.0, 0.1, 0.5))
        for place, rung in enumerate(RUNGS):
            for audience in Audience:
                if (place < told_to) != self.often(strays):
                    key = f"{owed.id}/{prefix}{rung}/{audience}"
                    self.rows["outbox_items"].append({
                        "dedupe_key": key, "outbox_id": None, "obligation_id": owed.id,
                        "rung": prefix + rung, "audience": audience, "kind": "E02", "number": 0,
                        "at": self.now - timedelta(days=1),
                    })  # fmt: skip

    def add_pause(self) -> None:
        """Rest a unit or one of its obligations for a while."""
        owed = [row for row in self.rows["obligations"] if self.often(0.3)]
        self.rows["pauses"] += [
            {
                "commune": COMMUNE, "unit_id": row["unit_id"], "kind": "call", "reason": "hẹn",
                "obligation_id": row["id"] if self.often(0.7) else None, "by": "vhxh",
                "from_at": self.near(3, 1), "until_at": self.near(1, 4),
            }
            for row in owed[:1]
        ]  # fmt: skip

    def add_reminder(self, contact_id: str) -> None:
        """Let a contact have a reminder, sent or queued, on a day close by."""
        days = {self.calendar.day_of(self.near(1, 4)) for _ in range(self.chance.randint(1, 3))}
        self.rows["outbox"] += [
            {
                "dedupe_key": f"reminder/{COMMUNE}/{contact_id}/{day}", "commune": COMMUNE,
                "plan_id": "p", "kind": "E02", "unit_id": "u", "contact_id": contact_id,
                "day": day, "address": "x@x.example", "not_before": self.now, "state": "ready",
                "created_at": self.now - timedelta(days=1),
            }
            for day in sorted(days)
        ]  # fmt: skip

    def store(self, engine: Engine) -> None:
        """Replace what the database holds by this world; a plan may have ended."""
        with transaction(engine) as connection:
            for table in EMPTIED:
                connection.execute(delete(table))
            for table in EMPTIED:
                if self.rows[table.name]:
                    connection.execute(insert(table), self.rows[table.name])
            for dossier in self.dossiers:
                state = "closed" if self.often(0.1) else "active"
                ours = tables.plans.c.id == dossier.plan.id
                connection.execute(update(tables.plans).where(ours).values(state=state))


def expected_rows(
    engine: Engine, *, policy: ReminderPolicy, calendar: WorkingCalendar, now: datetime
) -> tuple[Rows, Rows]:
    """The letters and items that the pure machine decides, as rows by key."""
    with transaction(engine) as connection:
        chase = read_chase(connection, commune=COMMUNE, now=now)
    letters: Rows = {}
    items: Rows = {}
    for planned in due_letters(
        chase.items, policy=policy, calendar=calendar, now=now, reminded=chase.reminded
    ):
        key = f"reminder/{COMMUNE}/{planned.recipient}/{planned.day.isoformat()}"
        contact = chase.contacts[planned.recipient]
        letters[key] = _letter_row(planned, now) | {
            "unit_id": contact.unit_id,
            "address": contact.email,
            "not_after": calendar.close_of(planned.day),
        }
        items |= dict(_item_row(item, key, now) for item in planned.items)
        items |= dict(_item_row(item, None, now) for item in planned.superseded)
    return letters, items


def _letter_row(planned: PlannedReminder, now: datetime) -> dict[str, object]:
    return {
        "commune": COMMUNE, "plan_id": planned.items[0].obligation_id.split("/")[0],
        "kind": planned.kind, "contact_id": planned.recipient, "day": planned.day,
        "not_before": planned.send_at, "state": "ready", "attempt": 0, "created_at": now,
    }  # fmt: skip


def _item_row(
    item: ReminderItem, letter: str | None, now: datetime
) -> tuple[str, dict[str, object]]:
    return f"{item.obligation_id}/{item.key}", {
        "letter": letter, "obligation_id": item.obligation_id, "rung": item.rung,
        "audience": item.audience, "kind": item.kind, "number": item.number, "at": now,
    }  # fmt: skip


def stored_rows(engine: Engine, *, now: datetime) -> tuple[Rows, Rows]:
    """The letters and items that were written at that instant, by key."""
    letter, item = tables.outbox.c, tables.outbox_items.c
    columns = (
        letter.dedupe_key, letter.commune, letter.plan_id, letter.kind, letter.contact_id,
        letter.day, letter.not_before, letter.state, letter.attempt, letter.created_at,
        letter.unit_id, letter.address, letter.not_after,
    )  # fmt: skip
    rest = [column for column in item if column.name not in {"dedupe_key", "outbox_id"}]
    told = select(item.dedupe_key, letter.dedupe_key.label("letter"), *rest)
    joined = tables.outbox_items.outerjoin(tables.outbox, letter.id == item.outbox_id)
    with transaction(engine) as connection:
        letters = connection.execute(select(*columns).where(letter.created_at == now)).mappings()
        items = connection.execute(told.select_from(joined).where(item.at == now)).mappings()
        return _by_key(letters), _by_key(items)


def _by_key(rows: Iterable[RowMapping]) -> Rows:
    found = ({str(name): value for name, value in row.items()} for row in rows)
    return {str(row.pop("dedupe_key")): row for row in found}
