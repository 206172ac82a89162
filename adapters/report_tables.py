"""The tables of reports: versions, files, edits, decisions and dispatches."""

from sqlalchemy import JSON, Boolean, Column, Date, Index, Integer, Table, Text, UniqueConstraint

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
    Column("series", Text),  # of the register the number is from; set with the number
    Column("issued_year", Integer),
    UniqueConstraint("plan_id", "kind", "version"),
    UniqueConstraint("plan_id", "kind", "sha256"),
    # Điều 15 of NĐ 30/2020: a number is given once a year; unnumbered rows do not meet.
    Index("reports_number", "commune", "issued_year", "series", "number", unique=True),
)

report_files = Table(
    "report_files",
    metadata,
    Column("report_id", Text, primary_key=True),
    Column("role", Text, primary_key=True),  # draft | issued | signed | annex
    Column("media_type", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
)

report_edits = Table(
    "report_edits",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("plan_id", Text, nullable=False, index=True),
    Column("place", Text, nullable=False),  # a part of the outline
    Column("text", Text, nullable=False),  # empty: back to what the engine writes
    Column("draft", Text),  # what the engine wrote there when this version was made
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
    Column("in_stead_of", Text),  # whom a substitute decided for
    Column("basis", Text),  # the document that lets the substitute decide
    Column("signer", JSON),  # Signer; None where the plan's own signs
)

# A version put before the Chairman by the leader it was put before; its decision follows.
passings = Table(
    "passings",
    metadata,
    Column("report_id", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("comment", Text),
)

sign_offs = Table(
    "sign_offs",
    metadata,
    Column("report_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),  # content | form
    Column("sha256", Text, nullable=False),
    Column("unit_id", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("note", Text, nullable=False),
    Column("attachment", Text),  # SHA-256 of what was found of the form
)

delegations = Table(
    "delegations",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("commune", Text, nullable=False, index=True),
    Column("delegator", Text, nullable=False),  # contact ids
    Column("delegate", Text, nullable=False),
    Column("form", Text, nullable=False),  # KT | TL | TUQ
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    Column("basis", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

signed_files = Table(
    "signed_files",
    metadata,
    Column("report_id", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("signatures", JSON, nullable=False),
    Column("warnings", JSON, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

report_packages = Table(
    "report_packages",
    metadata,
    Column("report_id", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
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
