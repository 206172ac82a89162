"""The tables of what comes in by mail, and of what a person must be told."""

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint

from adapters.schema import Instant, metadata

mailboxes = Table(
    "mailboxes",
    metadata,
    Column("account", Text, primary_key=True),
    Column("folder", Text, primary_key=True),
    Column("uid_validity", Integer, nullable=False),
    Column("last_uid", Integer, nullable=False),
    Column("read_at", Instant, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("commune", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("folder", Text, nullable=False),
    Column("uid_validity", Integer, nullable=False),
    Column("uid", Integer, nullable=False),
    Column("sha256", Text, nullable=False),  # of the raw message, kept as a blob
    Column("size", Integer, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("mail_class", Text, nullable=False),
    Column("state", Text, nullable=False),  # kept | settled | quarantined
    Column("reason", Text, nullable=False),
    Column("sender", Text),
    Column("subject", Text),
    Column("message_id", Text),
    Column("outbox_id", Integer, index=True),  # the letter it answers or bounces
    Column("unit_id", Text),
    Column("contact_id", Text),
    Column("settled_at", Instant),
    Column("settled_by", Text),
    UniqueConstraint("account", "folder", "uid_validity", "uid"),
    UniqueConstraint("commune", "sha256"),
    Index("ix_inbox_commune_state", "commune", "state"),
)

alarms = Table(
    "alarms",
    metadata,
    Column("dedupe_key", Text, primary_key=True),
    Column("commune", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("told_at", Instant),
    Column("settled_at", Instant),
    Column("settled_by", Text),
    Index("ix_alarms_commune_settled_at", "commune", "settled_at"),
)
