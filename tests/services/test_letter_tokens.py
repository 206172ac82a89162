"""Every letter can be answered, bounced and threaded: its token, envelope and references."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import Engine, Row, event

from adapters import dossiers, tables
from adapters.blobs import BlobStore
from adapters.calendars import read_calendar
from adapters.database import transaction
from adapters.letter_templates import LetterRenderer
from adapters.links import read_file_token
from adapters.reply_tokens import token_in_address, token_sha256
from models.letters import LetterKind, LetterState
from models.plans import PlanDossier
from models.submissions import Attachment
from services.composing import Composer, Draft
from services.letterheads import Letterhead
from services.outbox import enqueue
from tests.services.mailroom import FEW, WITH_BYTES, Mailroom, body_of, with_units
from tests.services.stage import COMMUNE, PLAN, Office, at, owed_by
from tests.services.test_outbox import letter as outbox_letter

EARLY = at((15, 6), "07:30")


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


def rows_of(engine: Engine) -> list[Row[tuple[object, ...]]]:
    with transaction(engine) as connection:
        return list(connection.execute(WITH_BYTES.order_by(tables.outbox.c.id)))


def draft_all(engine: Engine, composer: Composer) -> dict[str, Draft]:
    """The drafts of all that waits, by dedupe key."""
    rows = rows_of(engine)
    with transaction(engine) as connection:
        drafts = composer.draft(connection, rows, now=EARLY)
    return {row.dedupe_key: draft for row, draft in zip(rows, drafts, strict=True)}


@pytest.mark.usefixtures("active_plan")
def test_a_reminder_carries_its_token_in_reply_and_envelope_addresses(
    mailroom: Mailroom, composer: Composer
) -> None:
    mailroom.plan(EARLY)
    head = composer.letterhead
    tokens = set()
    for draft in draft_all(mailroom.engine, composer).values():
        (letter,) = parsed(draft)
        token = token_in_address(str(letter["Reply-To"]), head.reply_to)
        assert token
        assert draft.envelope_from == f"don-doc+{token}@batmot.example"
        assert draft.token_sha256 == token_sha256(token)
        assert draft.frozen is not None
        assert token.encode() not in draft.frozen.replace(b"+" + token.encode(), b"")
        assert letter["Auto-Submitted"] == "auto-generated"
        tokens.add(token)
    assert len(tokens) == len(rows_of(mailroom.engine)) > 5


def parsed(*drafts: Draft) -> list[EmailMessage]:
    found = [message_from_bytes(draft.frozen or b"", policy=policy.default) for draft in drafts]
    assert all(isinstance(letter, EmailMessage) for letter in found)
    return found


def test_a_receipt_answers_a_message_and_can_start_no_loop(
    mailroom: Mailroom, office: Office, composer: Composer
) -> None:
    office.submit(owed_by("thon-01"), now=at((15, 6), "07:00"))
    (draft,) = draft_all(mailroom.engine, composer).values()
    (letter,) = parsed(draft)
    assert draft.kind is LetterKind.RECEIPT
    assert draft.envelope_from == ""
    assert draft.token_sha256
    assert letter["Auto-Submitted"] == "auto-replied"
    assert letter["X-Auto-Response-Suppress"] == "All"


def test_one_thread_per_unit_and_plan(
    mailroom: Mailroom, office: Office, composer: Composer
) -> None:
    office.submit(owed_by("thon-01"), now=at((15, 6), "07:00"))
    mailroom.plan(EARLY)
    threads: dict[str, set[str]] = {}
    rows = {row.dedupe_key: row for row in rows_of(mailroom.engine)}
    for key, draft in draft_all(mailroom.engine, composer).items():
        (letter,) = parsed(draft)
        assert letter["References"] == letter["In-Reply-To"]
        assert letter["References"] != letter["Message-ID"]
        threads.setdefault(rows[key].unit_id, set()).add(letter["References"])
    assert all(
        ids == {composer.letterhead.thread_id(PLAN, unit_id)} for unit_id, ids in threads.items()
    )
    assert len(threads) > 5


@pytest.mark.usefixtures("active_plan")
def test_a_frozen_letter_keeps_its_envelope_and_token(
    mailroom: Mailroom, composer: Composer
) -> None:
    mailroom.plan(EARLY)
    row = rows_of(mailroom.engine)[0]
    frozen = {"frozen": b"x", "envelope_from": "a+b@x.vn", "token_sha256": "c" * 64}
    mailroom.alter(row.id, **frozen, subject="s", message_id="<m@x.vn>")
    draft = draft_all(mailroom.engine, composer)[row.dedupe_key]
    assert (draft.frozen, draft.envelope_from, draft.token_sha256) == tuple(frozen.values())


@pytest.mark.slow
@pytest.mark.usefixtures("active_plan")
def test_without_plus_addressing_addresses_are_plain(
    mailroom: Mailroom, letterhead: Letterhead, blobs: BlobStore
) -> None:
    mailroom.plan(EARLY)
    plain = Composer(
        letterhead=letterhead.model_copy(update={"plus_addressing": False}),
        renderer=LetterRenderer(), calendar=read_calendar(), blobs=blobs,
    )  # fmt: skip
    for draft in draft_all(mailroom.engine, plain).values():
        (letter,) = parsed(draft)
        assert letter["Reply-To"] == "vhxh@batmot.example"
        assert draft.envelope_from == "don-doc@batmot.example"
        assert draft.token_sha256


@pytest.mark.usefixtures("active_plan")
def test_files_over_ten_megabytes_together_are_linked_and_not_attached(
    mailroom: Mailroom, composer: Composer
) -> None:
    large = [Attachment(sha256=c * 64, name=f"{c}.pdf", size=6 * 2**20) for c in "ab"]
    facts = receipt_facts()
    letters = [
        outbox_letter("large", kind=LetterKind.RECEIPT, facts=facts, parts=tuple(large)),
        outbox_letter("missing", kind=LetterKind.RECEIPT, facts=facts, parts=(large[0],)),
    ]
    with transaction(mailroom.engine) as connection:
        enqueue(connection, letters, commune=COMMUNE, now=EARLY)
    drafts = draft_all(mailroom.engine, composer)
    assert drafts["missing"].state is LetterState.POISONED  # small enough to be looked for
    (letter,) = parsed(drafts["large"])
    assert not list(letter.iter_attachments())
    words = body_of(letter)
    assert "vượt quá 10 MB nên không đính kèm được vào thư này" in words
    assert words.count("(6 MB)") == 2
    token = words.split("/tep/")[1].split(">")[0]
    scope = read_file_token(composer.letterhead.key, token, now=EARLY)
    assert (scope.sha256, scope.name) == ("a" * 64, "a.pdf")


def receipt_facts() -> dict[str, object]:
    return {
        "product": "phiếu số liệu", "short_name": "phiếu", "due_at": EARLY.isoformat(),
        "received_at": EARLY.isoformat(), "on_time": True, "receipt_code": "BM-1",
    }  # fmt: skip


@pytest.mark.usefixtures("active_plan")
def test_a_contacts_name_cannot_turn_about_or_hide_the_address(
    mailroom: Mailroom, composer: Composer
) -> None:
    names = {
        "thon-01.head": "\u202eelpmaxe.live\u2066", "thon-02.head": '"UBND tỉnh" <x@evil.example>',
        "kt.contact": "Vi Thi\u0323 Lan", "vp.contact": "Lan\r\nBcc: x@evil.example",
    }  # fmt: skip
    c = tables.contacts
    with transaction(mailroom.engine) as connection:
        for contact_id, name in names.items():
            connection.execute(c.update().where(c.c.id == contact_id).values(full_name=name))
    mailroom.plan(EARLY)
    rows = {row.dedupe_key: row.contact_id for row in rows_of(mailroom.engine)}
    drafts = {rows[key]: d for key, d in draft_all(mailroom.engine, composer).items()}
    assert drafts.pop("vp.contact").state is LetterState.POISONED
    told = {
        contact: parsed(drafts[contact])[0]["To"].addresses
        for contact in names
        if contact in drafts
    }
    assert {len(addresses) for addresses in told.values()} == {1}
    assert all(a.addr_spec.endswith("@batmot.example") for (a,) in told.values())
    assert told["thon-01.head"][0].display_name == "elpmaxe.live"
    assert told["thon-02.head"][0].display_name == names["thon-02.head"]
    assert told["kt.contact"][0].display_name == "Vi Thị Lan"


@pytest.mark.usefixtures("active_plan")
def test_a_batch_reads_only_what_it_speaks_of_and_each_dossier_once(
    mailroom: Mailroom, composer: Composer
) -> None:
    mailroom.plan(EARLY)
    rows = [row for row in rows_of(mailroom.engine) if row.unit_id.startswith("thon-")]
    asked: list[str] = []
    event.listen(mailroom.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    dossiers._place.cache_clear()  # as in a process that has just begun
    with transaction(mailroom.engine) as connection:
        for _ in range(3):
            composer.draft(connection, rows, now=EARLY)
    assert sum("plans.dossier" in statement for statement in asked) == 1
    of_obligations = [s for s in asked if "FROM obligations" in s or "JOIN obligations" in s]
    assert of_obligations
    by_letters = ("outbox_id IN", "outbox_id = ANY")  # SQLite, PostgreSQL: adapters/among.py
    assert all(any(by in statement for by in by_letters) for statement in of_obligations)
