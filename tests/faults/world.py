"""A commune of any size on the morning of a deadline: every village owes one report and will be reminded."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Engine, insert

from adapters import tables
from adapters.calendars import read_calendar
from adapters.database import migrate, open_engine, transaction
from adapters.ledger import PlanRecord, RegisteredContact, read_contacts
from adapters.plan_files import read_dossier
from adapters.policies import read_policy
from config.clock import set_simulated_now
from config.settings import CONFIG_FOLDER
from models.letters import LetterKind
from models.plans import PlanDossier
from models.submissions import Attachment
from models.units import Unit, UnitKind
from services import plans
from services.outbox import NewLetter, enqueue
from services.phases import obligation_row
from services.reminders import plan_reminders
from tests.letter_catalogue import LETTERS

COMMUNE = "bat-mot"
OPENED = datetime(2026, 5, 11, 1, tzinfo=UTC)
DUE = datetime(2026, 6, 22, 10, tzinfo=UTC)  # 17:00 in the plan's zone
MORNING = datetime(2026, 6, 22, 1, tzinfo=UTC)  # 08:00: reminders of the day may leave
REPORT = "BC"
PLAN = "kh-khcn-2026"
UNIT_OF_KIND = {
    LetterKind.ASSIGNMENT: "thon-00001",
    LetterKind.FOR_DECISION: "ubnd",
    LetterKind.DISPATCH: "so-khcn",
}


def build_world(home: Path, url: str, *, villages: int) -> PlanRecord:
    """Migrate the database, put a plan in force, and let each village owe one report due today."""
    home.mkdir(parents=True, exist_ok=True)
    set_simulated_now(home / "clock", MORNING)
    migrate(url)
    engine = open_engine(url)
    try:
        return _fill(engine, villages)
    finally:
        engine.dispose()


def _fill(engine: Engine, villages: int) -> PlanRecord:
    dossier = _with_villages(read_dossier(CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml"), villages)
    plans.import_plan(engine, dossier, actor="test", now=OPENED)
    plan = plans.activate_plan(
        engine, dossier.plan.id, number=1, issued_on=date(2026, 5, 11), actor="test", now=OPENED,
        day=date(2026, 5, 11),
    )  # fmt: skip
    requirement = dossier.plan.requirement(REPORT)
    owed = [
        obligation_row(plan, requirement, unit.id, period="1", due=DUE, now=OPENED)
        for unit in dossier.units.units
        if unit.kind is UnitKind.VILLAGE
    ]
    with transaction(engine) as connection:
        connection.execute(insert(tables.obligations), owed)
    return plan


def _with_villages(dossier: PlanDossier, count: int) -> PlanDossier:
    others = [unit for unit in dossier.units.units if unit.kind is not UnitKind.VILLAGE]
    pattern = next(unit for unit in dossier.units.units if unit.kind is UnitKind.VILLAGE)
    villages = [_village(pattern, number) for number in range(1, count + 1)]
    units = dossier.units.model_copy(update={"units": (*others, *villages)})
    return dossier.model_copy(update={"units": units})


def _village(pattern: Unit, number: int) -> Unit:
    name = f"thon-{number:05d}"
    contact = pattern.contacts[0].model_copy(
        update={"id": f"{name}.dau-moi", "email": f"{name}@thon.example"}
    )
    return pattern.model_copy(
        update={
            "id": name, "name": f"Thôn {number}", "short_name": f"Thôn {number}",
            "order": 1_000 + number, "contacts": (contact,),
        }
    )  # fmt: skip


def put_letters(
    engine: Engine,
    *kinds: LetterKind,
    not_after: datetime | None = None,
    parts: tuple[Attachment, ...] = (),
    count: int = 1,
) -> None:
    """Put so many letters of each kind in the outbox, as the services that write them do."""
    with transaction(engine) as connection:
        contacts = read_contacts(connection, commune=COMMUNE)
        letters = [
            _letter(contacts, kind, number).model_copy(
                update={"not_after": not_after, "parts": parts}
            )
            for kind in kinds
            for number in range(1, count + 1)
        ]
        enqueue(connection, letters, commune=COMMUNE, now=MORNING)


def _letter(contacts: Sequence[RegisteredContact], kind: LetterKind, number: int) -> NewLetter:
    unit = UNIT_OF_KIND[kind]
    contact = next(c for c in contacts if c.unit_id == unit)
    sample = LETTERS[kind].model_dump(mode="json", exclude={"frame", "to"})
    return NewLetter(
        dedupe_key=f"{kind}/{number}", kind=kind, plan_id=PLAN, unit_id=unit, contact=contact,
        not_before=MORNING, facts=sample,
    )  # fmt: skip


def plan_morning(engine: Engine) -> int:
    """Write the morning's reminders; returns how many are new."""
    return plan_reminders(
        engine,
        commune=COMMUNE,
        policy=read_policy("default", CONFIG_FOLDER / "policies"),
        calendar=read_calendar(),
        now=MORNING,
    ).letters
