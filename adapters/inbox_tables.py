"""The tables of what comes in by mail, and of what a person must be told."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, UniqueConstraint

from adapters.schema import Instant, metadata

# UIDs and UIDVALIDITY are unsigned numbers of 32 bits (RFC 9051 2.3.1.1): more than Integer holds.
mailboxes = Table(
    "mailboxes",
    metadata,
    Column("account", Text, primary_key=True),
    Column("folder", Text, primary_key=True),
    Column("uid_validity", BigInteger, nullable=False),
    Column("last_uid", BigInteger, nullable=False),
    Column("read_at", Instant, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("commune", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("folder", Text, nullable=False),
    Column("uid_validity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("sha256", Text),  # of the raw message, kept as a blob; None: too large to download
    Column("size", Integer, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("mail_class", Text, nullable=False),
    Column("state", Text, nullable=False),  # models.incoming.InboxState
    Column("reason", Text, nullable=False),
    Column("sender", Text),
    Column("subject", Text),
    Column("message_id", Text),
    Column("outbox_id", Integer, index=True),  # the letter it answers or bounces
    Column("unit_id", Text),
    Column("contact_id", Text),
    Column("settled_at", Instant),
    Column("settled_by", Text),
    Column("arrived_at", Instant),  # in the mailbox, by its server; None: it does not say
    Column("obligation_id", Text),  # what it answers, as a person decided
    Column("confirmed_at", Instant),  # that it is the unit's own
    Column("confirmed_by", Text),
    Column("tries", Integer, nullable=False, server_default="0"),  # to take it in as an answer
    UniqueConstraint("account", "folder", "uid_validity", "uid"),
    UniqueConstraint("commune", "sha256"),
    Index("ix_inbox_commune_state", "commune", "state"),
)

# Where a message lies that was taken in from another place: the folder was numbered anew, or a
# person or a restored server laid the same octets there again.
inbox_copies = Table(
    "inbox_copies",
    metadata,
    Column("account", Text, primary_key=True),
    Column("folder", Text, primary_key=True),
    Column("uid_validity", BigInteger, primary_key=True, autoincrement=False),
    Column("uid", BigInteger, primary_key=True, autoincrement=False),
    Column("inbox_id", Integer, nullable=False),
    Column("seen_at", Instant, nullable=False),
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

rounds = Table(
    "rounds",
    metadata,
    Column("commune", Text, primary_key=True),
    Column("flow", Text, primary_key=True),  # chase | mailroom
    Column("succeeded_at", Instant, nullable=False),  # of the newest that succeeded
)
