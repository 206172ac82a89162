"""A person who asks for it goes from the ledger; what the commune must keep stays, and is proved."""

import hashlib
from datetime import date

import pytest
from sqlalchemy import Engine, update

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import compact, transaction
from adapters.ledger import read_plan
from adapters.links import LinkScope
from adapters.mail_store import EMPTIED, list_letters
from models.accounts import Role
from models.calendars import WorkingCalendar
from models.contact_changes import ChangeState, Reach
from models.errors import RefusedError, UsageError
from models.incoming_bounces import Gravity
from models.letters import LetterKind, LetterState
from models.plans import PlanDossier
from models.redactions import REDACTED, REDACTED_ADDRESS, Redacted
from services.accounts import add_account, disable_account, find_account
from services.bounces import settle_bounce
from services.contact_changes import find_changes, propose_change
from services.held_uploads import read_held, settle_held
from services.inbox_desk import read_detail, read_octets
from services.journal import read_journal, verify
from services.letter_acts import Settling, settle_letter
from services.outbox import NewLetter, enqueue
from services.personal_links import find_resident, send_link
from services.plans import close_plan, import_plan
from services.redaction_files import remove_files
from services.redaction_rows import doom
from services.redactions import redact_contact
from services.retentions import redact_ended
from tests.services.letter_rows import put_letter
from tests.services.mail_stage import Correspondence
from tests.services.mailroom import FEW, Mailroom, with_units
from tests.services.redaction_stage import (
    LATER,
    MORNING,
    NEW,
    OLD,
    ORDER,
    WHO,
    Archive,
    hold,
    settle_mails,
    with_person,
)
from tests.services.stage import COMMUNE, PLAN, Office, at

pytestmark = pytest.mark.usefixtures("active_plan")

NAMED = {
    "contacts.full_name", "contacts.email", "contacts.phone", "contacts.flag_reason", "blobs",
    "outbox.address", "outbox.context", "outbox.last_text", "frozen_letters.content", "mail",
    "outbox_attempts.text", "alarms.text", "inbox.sender", "inbox.subject", "drafts.fields",
    "drafts.attachments", "held_uploads.name", "held_uploads.reason", "contact_changes.old_name",
    "contact_changes.old_email", "contact_changes.old_phone", "contact_changes.full_name",
    "contact_changes.email", "contact_changes.phone", "contact_changes.reason", "plans.dossier",
    "submissions.answer",
}  # fmt: skip
KEPT = {"submissions.answer", "blobs"}  # what the unit said officially, and its file
STAYS = ("dedupe_key", "message_id", "token_sha256", "state", "attempt", "copies", "not_before",
         "settled_at", "created_at", "day", "contact_id")  # fmt: skip


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_person(with_units(dossier, FEW), OLD)


@pytest.fixture
def archive(engine: Engine, blobs: BlobStore, mailroom: Mailroom, dossier: PlanDossier) -> Archive:
    return Archive(engine, blobs, mailroom, dossier)


def sweep(archive: Archive) -> int:
    return remove_files(archive.engine, blobs=archive.blobs, caught=archive.mailroom.folder)


def database_files(archive: Archive, told: str) -> list[str]:
    """The files of SQLite in which the octets of a text still stand, freed or not."""
    files = archive.mailroom.folder.parent.glob("dondoc.sqlite3*")
    return sorted(file.name for file in files if told.encode() in file.read_bytes())


def redact(archive: Archive, address: str | None = None) -> Redacted:
    return redact_contact(archive.engine, WHO, order=ORDER, address=address)


def test_only_what_must_be_kept_still_names_the_person(
    archive: Archive, office: Office, mails: Correspondence
) -> None:
    archive.fill(office, mails)
    assert archive.places() == NAMED
    archive.leave()
    letters = {row.id: row for row in archive.mailroom.rows()}
    numbers = [(letter.id, letter.number) for letter in list_letters(archive.mailroom.folder)]

    assert database_files(archive, NEW.email) or archive.engine.dialect.name != "sqlite"
    done = redact(archive)  # a crash right after the commit: rows first, then files
    assert archive.places() == KEPT | {"mail"}
    assert len(archive.naming_files()) > 1
    assert redact(archive) == Redacted()
    assert sweep(archive) > 0
    assert archive.places() == KEPT
    assert [content[:5] for content in archive.naming_files()] == [b"chung"]
    assert sweep(archive) == 0
    compact(archive.engine)
    compact(archive.engine)
    assert database_files(archive, NEW.email) == []

    after = archive.mailroom.rows()
    assert [[getattr(row, name) for name in STAYS] for row in after] == [
        [getattr(letters[row.id], name) for name in STAYS] for row in after
    ]
    emptied = {row.outbox_id: row.sha256 for row in archive.rows("frozen_letters") if row.sha256}
    assert emptied == {key: hashlib.sha256(letters[key].frozen).hexdigest() for key in emptied}
    own = {key for key in emptied if letters[key].contact_id == WHO}
    order = sorted(emptied, key=lambda key: (key not in own, key))
    sealed = "".join(f"{letters[key].dedupe_key} {emptied[key]}\n" for key in order)
    assert done.letters_sha256 == hashlib.sha256(sealed.encode()).hexdigest()
    assert done.mentions == len(emptied) - len(own) > 1
    assert [(x.id, x.number) for x in list_letters(archive.mailroom.folder)] == numbers
    (told,) = [e for e in read_journal(archive.engine, commune=COMMUNE) if e.subject == WHO
               and e.action == "contact.redacted"]  # fmt: skip
    assert (told.actor, told.detail["letters"]) == ("vp", done.letters)
    assert told.detail["reason"] == "Đơn của bà [đã xóa], ĐT [đã xóa]"
    assert verify(archive.engine, commune=COMMUNE) == ()


def test_nothing_is_sent_a_second_time_or_ever_again(
    archive: Archive, mailroom: Mailroom, dossier: PlanDossier
) -> None:
    letter = put_letter(archive.engine, "giao", now=MORNING, contact=WHO)
    mailroom.alter(letter, state=LetterState.ACCEPTED)
    mailroom.plan(MORNING)
    mailroom.send(MORNING)
    archive.leave()
    before, items = len(mailroom.rows()), mailroom.items()
    link = LinkScope(COMMUNE, "vp", WHO, MORNING, PLAN, archive.contact().link_serial)
    assert find_resident(archive.engine, link) is not None
    redact(archive)
    assert find_resident(archive.engine, link) is None
    mailroom.plan(MORNING)
    assert (len(mailroom.rows()), mailroom.items()) == (before, items)
    with pytest.raises(RefusedError, match="đã được xóa"):
        send_link(archive.engine, commune=COMMUNE, contact_id=WHO, by="vp", now=LATER)
    with transaction(archive.engine) as connection:
        settle_bounce(connection, letter, gravity=Gravity.DEAD_ADDRESS,
                      why="550 <ngan.lo@vin.example>", now=LATER)  # fmt: skip
    assert len(mailroom.rows()) == before  # nothing is left to write to the next contact
    assert "@vin" not in str(archive.rows("outbox"))
    letter_to_nobody = NewLetter(dedupe_key="moi", kind=LetterKind.RECEIPT, plan_id=PLAN,
                                 unit_id="vp", contact=archive.contact(), not_before=LATER)  # fmt: skip
    with transaction(archive.engine) as connection:
        assert enqueue(connection, [letter_to_nobody], commune=COMMUNE, now=LATER) == 0
    with pytest.raises(RefusedError, match="đặt mã khác cho người mới"):
        import_plan(archive.engine, dossier, actor="t", now=LATER)
    assert archive.contact().email == REDACTED_ADDRESS


UNDER_WAY = (LetterState.READY, LetterState.SENDING, LetterState.UNKNOWN, LetterState.NEEDS_HUMAN,
             LetterState.POISONED)  # fmt: skip


def refusal(archive: Archive, address: str | None = None) -> str:
    with pytest.raises((RefusedError, UsageError)) as refused:
        redact(archive, address)
    return str(refused.value)


def flag(archive: Archive, contact_id: str, *, is_dead: bool) -> None:
    c = tables.contacts
    values = {"flagged_at": LATER if is_dead else None}
    with transaction(archive.engine) as connection:
        connection.execute(update(c).where(c.c.id == contact_id).values(values))


def test_a_contact_that_is_still_needed_is_refused_with_what_to_do(
    archive: Archive, mailroom: Mailroom, mails: Correspondence
) -> None:
    engine = archive.engine
    for order, contact_id in ((ORDER, "ai"), (ORDER.model_copy(update={"reason": " "}), WHO)):
        with pytest.raises(UsageError):
            redact_contact(engine, contact_id, order=order)
    add_account(engine, "ngan", commune=COMMUNE, full_name="Lò Thị Ngần", role=Role.OFFICE,
                by="t", now=MORNING, contact_id=WHO)  # fmt: skip
    letters = [put_letter(engine, f"x{n}", now=MORNING, contact=WHO) for n in range(12)]
    for state in UNDER_WAY:
        mailroom.alter(letters[0], state=state)
        assert "hoặc xử lý bằng `dondoc mail settle`" in refusal(archive)
    assert "còn 12 thư" in refusal(archive)
    for letter in letters:
        mailroom.alter(letter, state=LetterState.REFUSED)
    mails.store(mails.reply("vp", "Đã nhận", to=mails.write("vp")))
    assert "1 thư đến của đầu mối 'vp.contact' chưa xử lý" in refusal(archive)
    settle_mails(engine)
    hold(engine, archive.blobs.put(b"OLE"), "vp.doc")
    assert "`dondoc contacts files`" in refusal(archive)
    settle_held(engine, 1, commune=COMMUNE, by="vp", now=LATER)
    flag(archive, "vp.head", is_dead=True)
    assert "nơi duy nhất còn liên lạc được của đơn vị 'vp'" in refusal(archive)
    flag(archive, "vp.head", is_dead=False)
    assert "`dondoc account disable`" in refusal(archive)
    disable_account(engine, "ngan", commune=COMMUNE, by="t", now=LATER)
    assert "kế hoạch 'kh-khcn-2026' còn ghi đầu mối 'vp.contact'" in refusal(archive)
    assert "đang là địa chỉ đăng ký" in refusal(archive, OLD.email)
    assert "Không có thư hay thông tin nào" in refusal(archive, "la@x.example")
    assert archive.contact().full_name == OLD.full_name
    archive.leave()
    assert redact(archive).accounts == 1
    assert find_account(engine, "ngan", commune=COMMUNE).name == REDACTED
    with pytest.raises(UsageError, match="đã được xóa"):
        read_held(engine, 1, commune=COMMUNE)
    with pytest.raises(UsageError, match="đã được xóa"):
        read_octets(mails.clerk, 1)
    detail = read_detail(mails.clerk, 1)
    assert (detail.is_redacted, detail.has_content) == (True, False)


def test_a_former_holder_goes_and_the_new_one_of_the_post_stays(
    archive: Archive, mailroom: Mailroom, dossier: PlanDossier
) -> None:
    engine = archive.engine
    mailroom.plan(MORNING)
    mailroom.send(MORNING)
    propose_change(engine, archive.contact(), OLD._replace(phone="0911 222 333"), plan_id=PLAN,
                   reason="Đổi số", by=WHO, now=LATER)  # fmt: skip
    mailroom.alter(mailroom.row(LetterKind.LINK).id, state=LetterState.ACCEPTED)
    with transaction(engine) as connection:
        nameless = {"old_name": None, "full_name": None}
        connection.execute(update(tables.contact_changes).values(nameless))
    new = Reach("Hà Văn Tình", "tinh.ha@vin.example", "0909 000 111")
    import_plan(engine, with_person(dossier, new), actor="t", now=LATER)
    kept = archive.contact()
    done = redact(archive, OLD.email.upper())
    assert (done.contacts, done.letters, done.changes) == (0, 2, 1)
    assert done.mentions > 0  # by the name on his letters, which the register has forgotten
    sweep(archive)
    (change,) = find_changes(engine, commune=COMMUNE)
    assert (change.state, change.email) == (ChangeState.REFUSED, REDACTED_ADDRESS)
    propose_change(engine, kept, new._replace(phone=None), plan_id=PLAN, reason="Đổi số", by=WHO,
                   now=LATER)  # fmt: skip
    assert redact(archive, OLD.email) == Redacted()
    assert archive.places() == set()
    assert archive.contact() == kept
    assert Reach.of(kept) == new
    with pytest.raises(RefusedError, match="địa chỉ thư đã được xóa theo yêu cầu"):
        import_plan(engine, dossier, actor="t", now=LATER)
    moved = new._replace(email="tinh@vin.example")
    import_plan(engine, with_person(dossier, moved), actor="t", now=LATER)
    assert Reach.of(archive.contact()) == moved


def test_letters_of_plans_that_ended_long_ago_lose_their_content(
    archive: Archive, mailroom: Mailroom, mails: Correspondence, calendar: WorkingCalendar
) -> None:
    engine, order = archive.engine, ORDER.model_copy(update={"now": at((20, 12))})

    def end(before: date = date(2026, 12, 1), reason: str = "Hết thời hạn lưu") -> Redacted:
        asked = order.model_copy(update={"reason": reason})
        return redact_ended(engine, before=before, order=asked, calendar=calendar)

    for before, reason in ((date(2026, 12, 21), "x"), (date(2026, 12, 1), " ")):
        with pytest.raises(UsageError):
            end(before, reason)
    mailroom.plan(MORNING)
    mailroom.send(MORNING)
    mails.store(mails.reply("vp", "Đã nhận", to=mails.write("vp"), files={"a.pdf": b"%PDF-1.7"}))
    settle_mails(engine)
    hold(engine, archive.blobs.put(b"OLE"), "vp.doc")
    settle_held(engine, 1, commune=COMMUNE, by="vp", now=LATER)
    waiting = put_letter(engine, "cho", now=LATER)
    assert end() == Redacted()  # the plan has not ended
    with transaction(engine) as connection:
        close_plan(connection, read_plan(connection, PLAN), actor="t", now=at((30, 11)))
    assert end(date(2026, 11, 30)) == Redacted()  # it ended on that very day
    rows = {row.id: row.frozen for row in mailroom.rows()}
    done = end()
    assert (done.letters, done.mails, done.uploads, done.left) == (len(rows) - 1, 1, 1, 1)
    spoilt = archive.blobs.put(b"thu")
    archive.blobs.checked(spoilt).write_bytes(b"hong")
    with transaction(engine) as connection:
        doom(connection, {spoilt, "0" * 64}, is_mail=True)  # another was removed before a crash
    assert sweep(archive) > 3
    assert end() == Redacted(left=1)
    for row in archive.rows("frozen_letters"):
        was = rows[row.outbox_id]
        assert (row.content, row.sha256) == (b"", hashlib.sha256(was).hexdigest() if was else None)
    readers = {(row.id == waiting, row.address == REDACTED_ADDRESS) for row in mailroom.rows()}
    assert readers == {(True, False), (False, True)}
    assert not list((mailroom.folder.parent / "blobs").rglob("?" * 64))
    assert {letter.subject for letter in list_letters(mailroom.folder)} == {EMPTIED}
    (told,) = read_journal(engine, commune=COMMUNE, subject_prefix="retention/")
    assert (told.detail["plans"], told.detail["letters"]) == ([PLAN], done.letters)
    mailroom.alter(next(iter(rows)), state=LetterState.REFUSED)
    with pytest.raises(RefusedError, match="đã được xóa nên không gửi lại được"):
        settle_letter(engine, next(iter(rows)), commune=COMMUNE, settling=Settling.RESEND, by="vp",
                      reason="x", now=LATER)  # fmt: skip
