"""The tables of accounts: people, their open sessions, one-time links, and tries that failed."""

from sqlalchemy import Column, Index, Integer, Table, Text

from adapters.schema import Instant, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("commune", Text, primary_key=True),
    Column("id", Text, primary_key=True),  # the name typed to sign in
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("unit_id", Text),
    Column("contact_id", Text),  # who the person is in the register of contacts
    Column("password", Text),  # argon2id; None until one is set
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
)

# Only digests: whoever reads the database cannot sign in with what stands there.
web_sessions = Table(
    "web_sessions",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("commune", Text, nullable=False),
    Column("account_id", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Index("ix_web_sessions_commune_account_id", "commune", "account_id"),
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("commune", Text, nullable=False),
    Column("account_id", Text, nullable=False),
    Column("purpose", Text, nullable=False),  # set_password | sign_in
    Column("expires_at", Instant, nullable=False),
    Index("ix_sign_in_links_commune_account_id", "commune", "account_id"),
)

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("commune", Text, primary_key=True),
    Column("subject", Text, primary_key=True),  # digest of an account's name, or of an address
    Column("failures", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
)
