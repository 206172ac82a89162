"""The stage of redactions: a person all over the ledger, and whoever looks for traces of it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

from sqlalchemy import Engine, Row, insert, select, update

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.ledger import RegisteredContact, read_contacts
from models.contact_changes import Reach
from models.drafts import Draft
from models.incoming import InboxState
from models.incoming_bounces import Gravity
from models.letters import LetterKind
from models.plans import PlanDossier
from models.redactions import RedactionOrder
from models.submissions import Answer, Attachment
from services.alarms import tell
from services.bounces import settle_bounce
from services.contact_changes import decide_change, propose_change
from services.drafts import save_draft
from services.held_uploads import Held, hold_files, settle_held
from services.plans import import_plan
from tests.services.mail_stage import Correspondence
from tests.services.mailroom import Mailroom
from tests.services.stage import COMMUNE, PLAN, Office, at, owed_by

WHO = "vp.contact"
OLD = Reach("Lò Thị Ngần", "ngan.lo@vin.example", "0912 345 678")
NEW = Reach("Lò Thị Ngần", "lothingan@nha.example", "0987.654.321")
TRACES = ("Lò Thị Ngần", "ngan.lo@vin.example", "lothingan@nha.example", "0912345678", "0987654321")
MORNING = at((15, 6), "07:30")
LATER = at((15, 6), "15:00")
ORDER = RedactionOrder(
    commune=COMMUNE, reason="Đơn của bà Lò Thị Ngần, ĐT 0912345678", by="vp", now=at((16, 6))
)
REPORT = owed_by("vp", "SL")
_APART = re.compile(r"[\s.]+")


def with_person(dossier: PlanDossier, person: Reach | None, *, unit_id: str = "vp") -> PlanDossier:
    """The register with that person as the unit's contact, or with none but its head."""
    unit = dossier.units.unit(unit_id)
    first, *others = unit.contacts
    contacts = () if person is None else (first.model_copy(update=person._asdict()),)
    changed = unit.model_copy(update={"contacts": (*contacts, *others)})
    units = tuple(changed if one.id == unit_id else one for one in dossier.units.units)
    return dossier.model_copy(update={"units": dossier.units.model_copy(update={"units": units})})


def settle_mails(engine: Engine) -> None:
    """Close every mail that came in."""
    with transaction(engine) as connection:
        closed = {"state": InboxState.SETTLED, "settled_by": "vp"}
        connection.execute(update(tables.inbox).values(closed))


def hold(engine: Engine, sha256: str, name: str) -> None:
    """Hold a file that the person sent."""
    file = Attachment(sha256=sha256, name=name, size=1)
    held = Held(file=file, reason=f"Tệp {name}", is_refused=True)
    hold_files(engine, [held], commune=COMMUNE, unit_id="vp", obligation_id=REPORT, contact_id=WHO,
               now=LATER)  # fmt: skip


@dataclass(frozen=True)
class Archive:
    """Everything that is kept of the person, and where its traces stand."""

    engine: Engine
    blobs: BlobStore
    mailroom: Mailroom
    dossier: PlanDossier

    def fill(self, office: Office, mails: Correspondence) -> None:
        """Let the person stand wherever it ever may."""
        self.mailroom.plan(MORNING)
        self.mailroom.send(MORNING)
        self._use_pages(office)
        self._come_in(mails)
        self._change()
        self._bounce()
        tell(self.engine, commune=COMMUNE, address="quan-tri@batmot.example", now=LATER)
        self.mailroom.send(LATER)

    def _use_pages(self, office: Office) -> None:
        said = f"Người lập: {OLD.full_name}, {OLD.phone}, {OLD.email}"
        shared = self._file(b"chung " + said.encode(), "bao-cao.pdf")
        own = self._file(b"nhap " + said.encode(), f"{OLD.full_name}.pdf")
        office.submit(REPORT, Answer(nil_reason=said, attachments=(shared,)), now=MORNING)
        draft = Draft(obligation_id=REPORT, contact_id=WHO, fields={"TT01": (said,)},
                      attachments=(own, shared), started_from=1, nonce="n", saved_at=LATER)  # fmt: skip
        save_draft(self.engine, draft)
        hold(self.engine, self.blobs.put(b"OLE " + said.encode()), f"{OLD.full_name}.doc")
        settle_held(self.engine, 1, commune=COMMUNE, by="vp", now=LATER)

    def _file(self, content: bytes, name: str) -> Attachment:
        return Attachment(sha256=self.blobs.put(content), name=name, size=len(content))

    def _come_in(self, mails: Correspondence) -> None:
        said = f"Đã nhận. {OLD.full_name}, {OLD.phone}"
        raw = mails.reply("vp", said, to=mails.write("vp"), subject=f"{OLD.full_name} trả lời",
                          files={"nga.pdf": b"%PDF-1.7\n" + said.encode()})  # fmt: skip
        mails.store(raw)
        (self.mailroom.folder / f"09999-{'0' * 32}.eml").write_bytes(raw)
        settle_mails(self.engine)

    def _change(self) -> None:
        change = propose_change(self.engine, self.contact(), NEW, plan_id=PLAN, by=WHO, now=LATER,
                                reason=f"{OLD.full_name} đổi hộp thư")  # fmt: skip
        self.mailroom.send(LATER)
        decide_change(self.engine, change.id, commune=COMMUNE, agreed=True, by="vp", now=LATER)
        self.mailroom.send(LATER)

    def _bounce(self) -> None:
        why = f"550 5.1.1 <{OLD.email}> chuyển tới <nguoi.nha@nha.example>: không có"
        letter = self.mailroom.rows(LetterKind.RECEIPT, contact=WHO)[0]
        tried = {"outbox_id": letter.id, "attempt": 1, "at": LATER, "verdict": "refused_temporarily",
                 "phase": "rcpt", "text": f"451 <{OLD.email}> thử lại"}  # fmt: skip
        with transaction(self.engine) as connection:
            connection.execute(insert(tables.outbox_attempts).values(tried))
            settle_bounce(connection, letter.id, gravity=Gravity.DEAD_ADDRESS, why=why, now=LATER)

    def contact(self) -> RegisteredContact:
        """The person's row of the register."""
        with transaction(self.engine) as connection:
            found = read_contacts(connection, commune=COMMUNE)
        return next(one for one in found if one.id == WHO)

    def leave(self) -> None:
        """Let the unit's register go on without the person."""
        import_plan(self.engine, with_person(self.dossier, None), actor="t", now=LATER)

    def rows(self, table_name: str) -> list[Row[tuple[object, ...]]]:
        """All rows of a table."""
        table = tables.metadata.tables[table_name]
        with transaction(self.engine) as connection:
            return list(connection.execute(select(table)).all())

    def places(self) -> set[str]:
        """Every column of every table, and every kind of file, in which the person stands."""
        found = set()
        with transaction(self.engine) as connection:
            for table in tables.metadata.sorted_tables:
                for row in connection.execute(select(table)).mappings():
                    texts = {f"{table.name}.{key}": _texts_of(row[key]) for key in row}
                    found |= {place for place, told in texts.items() if _names(told)}
        files = {"blobs": _files(self.mailroom.folder.parent / "blobs"),
                 "mail": _files(self.mailroom.folder)}  # fmt: skip
        return found | {
            kind for kind, contents in files.items() if any(_names(_texts_of(c)) for c in contents)
        }

    def naming_files(self) -> list[bytes]:
        """The files of the store that name the person."""
        contents = _files(self.mailroom.folder.parent / "blobs")
        return [content for content in contents if _names(_texts_of(content))]


def _files(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def _names(texts: Iterator[str]) -> bool:
    return any(trace in text or trace in _APART.sub("", text) for text in texts for trace in TRACES)


def _texts_of(value: object) -> Iterator[str]:
    if isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
        yield from _parts_of(value)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        yield json.dumps(value, ensure_ascii=False)


def _parts_of(raw: bytes) -> Iterator[str]:
    letter = message_from_bytes(raw, policy=policy.default)
    yield from (str(value) for value in letter.values())
    for part in letter.walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield content.decode("utf-8", "replace")
            yield part.get_filename() or ""
