"""The tables of letters that leave: the outbox, its items and attempts, and what holds them."""

from sqlalchemy import (
    JSON,
    Column,
    Date,
    Float,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
)

from adapters.schema import Instant, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("dedupe_key", Text, nullable=False, unique=True),
    Column("commune", Text, nullable=False),
    Column("plan_id", Text, nullable=False),  # the plan whose frame the letter wears
    Column("kind", Text, nullable=False),
    Column("unit_id", Text, nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("day", Date),  # of a reminder: at most one a day for one contact
    Column("address", Text, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("not_after", Instant),
    Column("state", Text, nullable=False),
    Column("phase", Text),  # pre | dot, while sending
    Column("owner", Text),
    Column("attempt", Integer, nullable=False, default=0),
    Column("context", JSON),  # what a decision letter says; reminders are composed at the claim
    Column("parts", JSON),  # attached files, by content hash
    Column(
        "copies", Integer, nullable=False, server_default="0"
    ),  # how often its last dot was written
    # How often its sender died with it before the dot; such a letter is sent alone from then on.
    Column("crashes", Integer, nullable=False, server_default="0"),
    Column("last_code", Integer),
    Column("last_text", Text),
    Column("created_at", Instant, nullable=False),
    Column("settled_at", Instant),
    UniqueConstraint("contact_id", "day", "commune"),
)

_UNSETTLED = ("sending", "unknown", "needs_human", "poisoned")
# Few letters are ever waiting or in doubt: these stay small while the outbox grows.
Index(
    "ix_outbox_ready",
    outbox.c.commune,
    outbox.c.not_before,
    outbox.c.id,
    sqlite_where=outbox.c.state == "ready",
    postgresql_where=outbox.c.state == "ready",
)
Index(
    "ix_outbox_unsettled",
    outbox.c.commune,
    outbox.c.state,
    sqlite_where=outbox.c.state.in_(_UNSETTLED),
    postgresql_where=outbox.c.state.in_(_UNSETTLED),
)
# As the index says it: only then is it used.
is_unsettled = outbox.c.state.in_(
    bindparam("unsettled", _UNSETTLED, expanding=True, literal_execute=True)
)

# What is written once stands apart: a row of the outbox changes thrice, and each time SQLite would
# write all of it anew, and PostgreSQL an entry in each of its indexes.
frozen_letters = Table(
    "frozen_letters",
    metadata,
    Column("outbox_id", Integer, primary_key=True, autoincrement=False),
    Column("subject", Text),
    Column("message_id", Text, unique=True, index=True),  # derived when the bytes are frozen
    Column("envelope_from", Text),  # carries the letter's token, so that a bounce names its letter
    Column("token_sha256", Text, unique=True, index=True),  # of that in envelope and Reply-To
    Column("content", LargeBinary, nullable=False),  # empty: redacted, or known by its id alone
    Column("sha256", Text),  # of what stood there, once it is redacted
)

# Every letter, with what was written for it where it was.
letters = outbox.outerjoin(frozen_letters, frozen_letters.c.outbox_id == outbox.c.id)

outbox_items = Table(
    "outbox_items",
    metadata,
    Column("dedupe_key", Text, primary_key=True),  # obligation/rung/audience
    Column("outbox_id", Integer, index=True),  # None: superseded without a letter
    Column("obligation_id", Text, nullable=False, index=True),
    Column("rung", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", Instant, nullable=False),
)

outbox_attempts = Table(
    "outbox_attempts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("outbox_id", Integer, nullable=False, index=True),
    Column("attempt", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("code", Integer),
    Column("text", Text),
)

unknown_watches = Table(
    "unknown_watches",
    metadata,
    Column("outbox_id", Integer, primary_key=True, autoincrement=False),
    Column("boot_id", Text, primary_key=True),  # monotonic seconds compare within one boot only
    Column("since_seconds", Float, nullable=False),
)

holds = Table(
    "holds",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("commune", Text, nullable=False),
    Column("reason", Text, nullable=False),  # models.letter_holds.HoldReason
    Column("detail", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("released_at", Instant),
    Column("released_by", Text),
    Index("ix_holds_commune_released_at", "commune", "released_at"),
)

relays = Table(
    "relays",
    metadata,
    Column("name", Text, primary_key=True),  # host:port
    Column("failures", Integer, nullable=False, default=0),  # in a row
    Column("failing_since", Instant),
    Column("open_until", Instant),  # the breaker: nothing is tried before
    Column("last_text", Text),
)

epochs = Table(
    "epochs",
    metadata,
    Column("commune", Text, primary_key=True),
    Column("instance_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),  # letters accepted; a witness file holds it too
)

clock_marks = Table(
    "clock_marks",
    metadata,
    Column("commune", Text, primary_key=True),
    Column("high_water", Instant, nullable=False),
    Column("boot_id", Text, nullable=False),
    Column("monotonic_seconds", Float, nullable=False),
)
