"""The tables of what units leave on their pages beside their answers."""

from sqlalchemy import JSON, Boolean, Column, Index, Integer, Table, Text, UniqueConstraint

from adapters.schema import Instant, metadata

# What a contact has typed and not sent; it counts for nothing.
drafts = Table(
    "drafts",
    metadata,
    Column("obligation_id", Text, primary_key=True),
    Column("contact_id", Text, primary_key=True),
    Column("fields", JSON, nullable=False),  # name of the field -> texts
    Column("attachments", JSON, nullable=False),
    Column("started_from", Integer, nullable=False),  # version of the answer it goes on from
    Column("nonce", Text, nullable=False),
    Column("saved_at", Instant, nullable=False),
)

contact_changes = Table(
    "contact_changes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("commune", Text, nullable=False),
    Column("unit_id", Text, nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("old_name", Text),
    Column("old_email", Text, nullable=False),
    Column("old_phone", Text),
    Column("full_name", Text),
    Column("email", Text, nullable=False),
    Column("phone", Text),
    Column("reason", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("state", Text, nullable=False),  # asked | applied | refused
    Column("decided_at", Instant),
    Column("decided_by", Text),
    Column("refusal", Text),
    Index("ix_contact_changes_commune_state", "commune", "state"),
)

# Files that a person must look at before anybody opens them; their octets are blobs.
held_uploads = Table(
    "held_uploads",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("commune", Text, nullable=False),
    Column("unit_id", Text, nullable=False),
    Column("obligation_id", Text, nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("is_refused", Boolean, nullable=False),  # the unit was told to send it otherwise
    Column("received_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("settled_by", Text),
    UniqueConstraint("obligation_id", "sha256"),
    Index("ix_held_uploads_commune_settled_at", "commune", "settled_at"),
)
