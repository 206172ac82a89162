"""The tables of reports: versions, files, edits, decisions and dispatches."""

from sqlalchemy import JSON, Boolean, Column, Date, Integer, Table, Text, UniqueConstraint

from adapters.schema import Instant, metadata

reports = Table(
    "reports",
    metadata,
    Column("id", Text, primary_key=True),  # plan/kind/version
    Column("commune", Text, nullable=False),
    Column("plan_id", Text, nullable=False),
    Column("kind", Text, nullable=False),  # final | periodic:N
    Column("version", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("partial", Boolean, nullable=False),
    Column("content", JSON, nullable=False),  # ReportContent: document, totals, coverage
    Column("sha256", Text, nullable=False),
    Column("number", Integer),
    Column("issued_on", Date),
    Column("numbered_by", Text),
    Column("numbered_at", Instant),
    UniqueConstraint("plan_id", "kind", "version"),
    UniqueConstraint("plan_id", "kind", "sha256"),
)

report_files = Table(
    "report_files",
    metadata,
    Column("report_id", Text, primary_key=True),
    Column("role", Text, primary_key=True),  # draft | issued | annex
    Column("media_type", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
)

report_edits = Table(
    "report_edits",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("plan_id", Text, nullable=False, index=True),
    Column("place", Text, nullable=False),  # a heading of the outline
    Column("text", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("report_id", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("verdict", Text, nullable=False),  # approved | returned
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("comment", Text),
)

dispatches = Table(
    "dispatches",
    metadata,
    Column("plan_id", Text, primary_key=True),
    Column("recipient", Text, primary_key=True),  # unit id of the register
    Column("report_id", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("outbox_id", Integer, nullable=False),
    Column("receipt_at", Instant),
    Column("receipt_by", Text),
)
