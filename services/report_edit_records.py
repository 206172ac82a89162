"""The office's texts as the ledger holds them: every version, by whom and when."""

from sqlalchemy import Connection, select

from adapters import tables
from models.report_edits import Edit


def read_edits(connection: Connection, plan_id: str) -> tuple[Edit, ...]:
    """All versions of the office's texts in the plan's report, oldest first."""
    c = tables.report_edits.c
    rows = connection.execute(
        select(c.id, c.place, c.text, c.draft, c.by, c.at)
        .where(c.plan_id == plan_id)
        .order_by(c.id)
    ).mappings()
    return tuple(Edit.model_validate(dict(row)) for row in rows)
