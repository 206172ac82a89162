"""The tables of the office's review: questions to a unit, and forms of compliance review."""

from sqlalchemy import JSON, Column, Index, Integer, Table, Text

from adapters.schema import Instant, metadata

questions = Table(
    "questions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("commune", Text, nullable=False),
    Column("obligation_id", Text, nullable=False),
    Column("version", Integer, nullable=False),  # of the answer that was read
    Column("text", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("answer", Text),
    Column("answered_by", Text),
    Column("answered_at", Instant),
    Column("channel", Text),  # by which the answer came
    Index("ix_questions_commune_obligation_id", "commune", "obligation_id"),
)

# One form is one sitting over one version of a unit's plan; a later form never changes it.
compliance_forms = Table(
    "compliance_forms",
    metadata,
    Column("commune", Text, primary_key=True),
    Column("obligation_id", Text, primary_key=True),  # the detailed plan
    Column("version", Integer, primary_key=True, autoincrement=False),  # of the detailed plan
    Column("edition", Integer, primary_key=True, autoincrement=False),  # of the form
    Column("rows", JSON, nullable=False),  # ComplianceRow, one for each point
    Column("result", Text, nullable=False),  # pass | pass_with_remarks | return
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
