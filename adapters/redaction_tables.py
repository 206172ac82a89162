"""The tables of redactions: files still to be removed, and addresses that must not come back."""

from sqlalchemy import Boolean, Column, Table, Text

from adapters.schema import metadata

# Written with the rows that named the files; a file goes after the commit, its row after the file.
files_to_remove = Table(
    "files_to_remove",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("is_mail", Boolean, nullable=False),  # a raw mail: what came in it goes before it
)

# Whoever held a post and was redacted: only a digest that is slow to guess (scrypt).
retired_addresses = Table(
    "retired_addresses",
    metadata,
    Column("commune", Text, primary_key=True),
    Column("contact_id", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
)
