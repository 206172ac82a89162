"""A commune of many villages with letters of every common kind waiting in its outbox."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Engine, Row, insert

from adapters import tables
from adapters.blobs import BlobStore
from adapters.calendars import read_calendar
from adapters.database import migrate, open_engine, transaction
from adapters.ledger import RegisteredContact, read_contacts
from adapters.letter_templates import LetterRenderer
from adapters.plan_files import read_dossier
from config.settings import CONFIG_FOLDER
from models.addresses import Mailbox
from models.letter_contexts import AcceptedContext, ReceiptContext
from models.letters import LetterKind
from models.plans import PlanDossier
from models.units import Unit
from services import phases, plans
from services.composing import Composer
from services.letterheads import Letterhead
from services.notices import as_facts
from services.outbox import NewLetter, enqueue, ids_by_key
from tests.services.mailroom import WITH_BYTES

VILLAGE = "thon-01"
SHEET = "PSL"  # what every village owes
ISSUED_ON = date(2026, 5, 11)
DUE = datetime.fromisoformat("2026-06-22T17:00:00+07:00")
EARLIER = datetime.fromisoformat("2026-05-11T08:00:00+07:00")
REMINDERS = {
    LetterKind.REMIND_EARLY: "T-7",
    LetterKind.REMIND_SOON: "T-3",
    LetterKind.REMIND_TOMORROW: "T-1",
    LetterKind.REMIND_TODAY: "T",
    LetterKind.OVERDUE_FIRST: "T+1",
    LetterKind.OVERDUE_AGAIN: "T+2",
}


def open_commune(folder: Path, villages: int) -> tuple[Engine, Composer]:
    """Make the commune's ledger in the folder, and a composer for it."""
    url = f"sqlite:///{folder / 'letters.sqlite3'}"
    migrate(url)
    engine, calendar = open_engine(url), read_calendar()
    dossier = read_dossier(CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml")
    plan = plans.import_plan(engine, _grown(dossier, villages), actor="benchmark", now=EARLIER)
    plans.activate_plan(
        engine, plan.id, number=15, issued_on=ISSUED_ON, actor="benchmark", now=EARLIER,
        day=ISSUED_ON,
    )  # fmt: skip
    phases.open_phase(engine, plan.id, "P1", calendar=calendar, now=EARLIER)
    letterhead = Letterhead(
        sender=Mailbox(address="don-doc@batmot.example", name="UBND xã Bát Mọt"),
        reply_to="vhxh@batmot.example", officer_name="Lang Thị Hoa", officer_phone="0237 000 000",
        portal_url="https://dondoc.batmot.example", key=b"k" * 32,
    )  # fmt: skip
    composer = Composer(
        letterhead=letterhead, renderer=LetterRenderer(), calendar=calendar, blobs=BlobStore(folder)
    )
    return engine, composer


def wait_in_outbox(engine: Engine, kind: LetterKind) -> Sequence[Row[tuple[object, ...]]]:
    """Put one letter of the kind to every village in the outbox; returns its rows."""
    c = tables.outbox.c
    commune = "bat-mot"
    with transaction(engine) as connection:
        contacts = [
            contact
            for contact in read_contacts(connection, commune=commune)
            if contact.unit_id.startswith(f"{VILLAGE}-")
        ]
        letters = [_letter(kind, contact) for contact in contacts]
        enqueue(connection, letters, commune=commune, now=EARLIER)
        if kind in REMINDERS:
            ids = ids_by_key(connection, [letter.dedupe_key for letter in letters])
            items = [_item(kind, letter, ids[letter.dedupe_key]) for letter in letters]
            connection.execute(insert(tables.outbox_items), items)
        rows = connection.execute(WITH_BYTES.where(c.kind == kind).order_by(c.id))
        return rows.all()


def _grown(dossier: PlanDossier, villages: int) -> PlanDossier:
    pattern = dossier.units.unit(VILLAGE)
    units = (*dossier.units.units, *(_village(pattern, number) for number in range(villages)))
    return dossier.model_copy(update={"units": dossier.units.model_copy(update={"units": units})})


def _village(pattern: Unit, number: int) -> Unit:
    unit_id = f"{VILLAGE}-{number:04d}"
    head = pattern.contacts[0].model_copy(
        update={
            "id": f"{unit_id}.head", "email": f"{unit_id}@batmot.example",
            "full_name": f"Lang Văn Số {number}",
        }
    )  # fmt: skip
    names = {"id": unit_id, "name": f"Thôn Số {number}", "abbreviation": f"T{number}"}
    return pattern.model_copy(update=names | {"order": 1_000 + number, "contacts": (head,)})


def _letter(kind: LetterKind, contact: RegisteredContact) -> NewLetter:
    return NewLetter(
        dedupe_key=f"benchmark/{kind}/{contact.id}", kind=kind, plan_id="kh-khcn-2026",
        unit_id=contact.unit_id, contact=contact, not_before=EARLIER, facts=_facts(kind, contact),
    )  # fmt: skip


def _facts(kind: LetterKind, contact: RegisteredContact) -> dict[str, object] | None:
    if kind in REMINDERS:
        return None
    number = int(contact.unit_id[-4:])
    facts: dict[str, object] = {
        "product": "phiếu số liệu của thôn", "short_name": "phiếu số liệu", "due_at": DUE,
        "received_at": DUE.replace(day=18, minute=number % 60), "on_time": True,
        "receipt_code": f"BM-{number:04d}",
    }  # fmt: skip
    if kind is LetterKind.RECEIPT:
        return as_facts(ReceiptContext, facts | {"files": (f"phiếu {number}.xlsx",)})
    return as_facts(AcceptedContext, facts)


def _item(kind: LetterKind, letter: NewLetter, outbox_id: int) -> dict[str, object]:
    obligation = f"{letter.plan_id}/{SHEET}/{letter.unit_id}/1"
    return {
        "dedupe_key": f"{obligation}/{REMINDERS[kind]}/contact", "outbox_id": outbox_id,
        "obligation_id": obligation, "rung": REMINDERS[kind], "audience": "contact", "kind": kind,
        "number": 0, "at": EARLIER,
    }  # fmt: skip
