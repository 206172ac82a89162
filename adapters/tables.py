"""The ledger's tables; no column holds what can be derived."""

from sqlalchemy import JSON, Boolean, Column, Date, Index, Integer, Table, Text, UniqueConstraint

from adapters.account_tables import accounts, sign_in_failures, sign_in_links, web_sessions
from adapters.inbox_tables import alarms, inbox, inbox_copies, mailboxes, rounds
from adapters.letter_tables import (
    clock_marks,
    epochs,
    frozen_letters,
    holds,
    letters,
    outbox,
    outbox_attempts,
    outbox_items,
    relays,
    unknown_watches,
)
from adapters.portal_tables import contact_changes, drafts, held_uploads
from adapters.redaction_tables import files_to_remove, retired_addresses
from adapters.report_tables import (
    decisions,
    delegations,
    dispatches,
    passings,
    report_edits,
    report_files,
    report_packages,
    reports,
    sign_offs,
    signed_files,
)
from adapters.review_tables import compliance_forms, questions
from adapters.schema import Instant, metadata

__all__ = [
    "accounts",
    "alarms",
    "clock_marks",
    "compliance_forms",
    "contact_changes",
    "contacts",
    "decisions",
    "delegations",
    "dispatches",
    "drafts",
    "epochs",
    "extensions",
    "files_to_remove",
    "frozen_letters",
    "held_uploads",
    "holds",
    "inbox",
    "inbox_copies",
    "journal",
    "journal_heads",
    "letters",
    "mailboxes",
    "metadata",
    "obligations",
    "outbox",
    "outbox_attempts",
    "outbox_items",
    "passings",
    "pauses",
    "phase_openings",
    "plans",
    "questions",
    "relays",
    "report_edits",
    "report_files",
    "report_packages",
    "reports",
    "retired_addresses",
    "reviews",
    "rounds",
    "sign_in_failures",
    "sign_in_links",
    "sign_offs",
    "signed_files",
    "submissions",
    "unknown_watches",
    "web_sessions",
]

plans = Table(
    "plans",
    metadata,
    Column("id", Text, primary_key=True),
    Column("commune", Text, nullable=False, index=True),
    Column("sha256", Text, nullable=False),
    Column("state", Text, nullable=False),  # draft | active | closed
    Column("number", Integer),
    Column("issued_on", Date),
    Column("imported_at", Instant, nullable=False),
    Column("activated_at", Instant),
    Column("activated_by", Text),
    # PlanDossier, frozen at import. The last: SQLite reads a row up to what it looks for.
    Column("dossier", JSON, nullable=False),
)

contacts = Table(
    "contacts",
    metadata,
    Column("commune", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("unit_id", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("full_name", Text),
    Column("title", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("phone", Text),
    Column("salutation", Text, nullable=False),
    Column("confirmed", Boolean, nullable=False),
    Column("flagged_at", Instant),
    Column("flag_reason", Text),
    # Links of a lower number open nothing any more: revoking and rotating is counting on.
    Column("link_serial", Integer, nullable=False, server_default="0"),
)

# Whom to write to for a unit: never a flagged contact.
Index(
    "ix_contacts_reachable",
    contacts.c.commune,
    contacts.c.unit_id,
    contacts.c.role,
    contacts.c.rank,
    contacts.c.id,
    sqlite_where=contacts.c.flagged_at.is_(None),
    postgresql_where=contacts.c.flagged_at.is_(None),
)

phase_openings = Table(
    "phase_openings",
    metadata,
    Column("plan_id", Text, primary_key=True),
    Column("phase_id", Text, primary_key=True),
    Column("opened_at", Instant, nullable=False),
)

obligations = Table(
    "obligations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("commune", Text, nullable=False),
    Column("plan_id", Text, nullable=False),
    Column("requirement_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("unit_id", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("phase_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("extended_to", Instant),
    Column("extended_at", Instant),
    Column("extended_since", Instant),
    Column("return_due_at", Instant),
    Column("first_received_at", Instant),
    Column("closed_at", Instant),
    Column("version", Integer, nullable=False, default=0),
    Column("returns", Integer, nullable=False, default=0),
    UniqueConstraint("plan_id", "requirement_id", "unit_id", "period"),
    Index("ix_obligations_commune_state", "commune", "state"),
)

submissions = Table(
    "submissions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("obligation_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("channel", Text, nullable=False),
    Column("sent_by", Text, nullable=False),
    Column("entered_by", Text),
    Column("answer", JSON, nullable=False),
    Column("receipt_code", Text, nullable=False, unique=True),
    Column("sha256", Text, nullable=False),
    Column("nonce", Text, nullable=False, unique=True),
    UniqueConstraint("obligation_id", "version"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("obligation_id", Text, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("verdict", Text, nullable=False),  # accepted | returned | waived
    Column("reviewer", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("remarks", JSON, nullable=False),  # field -> what to mend
    Column("reason", Text),
    Column("due_at", Instant),
    Column("is_formal_defect", Boolean, nullable=False, default=False),  # nothing valid received
    UniqueConstraint("obligation_id", "version", "verdict"),
)

extensions = Table(
    "extensions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("obligation_id", Text, nullable=False, index=True),
    Column("requested_at", Instant, nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("proposed_due_at", Instant),
    Column("decided_at", Instant),
    Column("decided_by", Text),
    Column("granted_until", Instant),
    Column("refusal", Text),
)

pauses = Table(
    "pauses",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("commune", Text, nullable=False),
    Column("unit_id", Text, nullable=False),
    Column("obligation_id", Text),  # None: everything the unit owes
    Column("kind", Text, nullable=False),  # silence | commitment | call
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("from_at", Instant, nullable=False),
    Column("until_at", Instant, nullable=False),
    Index("ix_pauses_commune_unit_id", "commune", "unit_id"),
)

journal = Table(
    "journal",
    metadata,
    Column("commune", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("ix_journal_commune_subject", "commune", "subject"),
)

journal_heads = Table(
    "journal_heads",
    metadata,
    Column("commune", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("hash", Text, nullable=False),
)
