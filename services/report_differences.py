"""What a version of the report changed against the one before it."""

from sqlalchemy import Connection, Engine

from adapters.database import transaction
from adapters.ledger import PlanRecord, read_plan
from models.report_differences import Compared, ReportDifference, difference
from services.report_records import ReportRecord, latest_report, read_report


def read_difference(
    connection: Connection, plan: PlanRecord, report: ReportRecord
) -> ReportDifference | None:
    """What changed since the version before; None for the first."""
    before = latest_report(connection, plan.id, version=report.version - 1)
    if before is None:
        return None
    return difference(_side(before), _side(report), catalogue=plan.dossier.catalogue)


def find_difference(
    engine: Engine, plan_id: str, *, version: int | None = None
) -> ReportDifference | None:
    """What a version, the newest by default, changed since the one before; None for the first.

    Raises:
        UsageError: there is no such version.
    """
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        return read_difference(connection, plan, read_report(connection, plan_id, version=version))


def _side(report: ReportRecord) -> Compared:
    return Compared(
        version=report.version, document=report.content.report.document,
        totals=report.content.totals, coverage=report.content.coverage,
    )  # fmt: skip
