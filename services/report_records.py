"""Versions of the final report as the ledger holds them."""

import hashlib
from datetime import date, datetime

from sqlalchemy import Connection, Engine, func, select

from adapters import tables
from adapters.database import transaction
from models.agencies import Signer
from models.coverage import Coverage
from models.documents import OfficialDocument
from models.errors import RefusedError, UsageError
from models.final_report import FinalReport, reconcile
from models.totals import Totals
from models.values import Value
from models.vietnamese import mid_sentence

FINAL = "final"
_OFFICE = frozenset({"commune", "kind", "numbered_by", "numbered_at", "series", "issued_year"})


class ReportContent(Value):
    """What a version of the report consists of; frozen, hashed and shown to the leader."""

    report: FinalReport
    totals: Totals
    coverage: Coverage
    doubts: tuple[str, ...] = ()  # what the cross-checks ask about, in Vietnamese


class ReportRecord(Value):
    """One version of the final report as the ledger holds it."""

    id: str
    plan_id: str
    version: int
    created_at: datetime
    as_of: datetime
    partial: bool
    content: ReportContent
    sha256: str
    number: int | None = None
    issued_on: date | None = None
    verdict: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    comment: str | None = None
    in_stead_of: str | None = None  # whom a substitute decided for
    basis: str | None = None  # the paper that let the substitute decide
    signer: Signer | None = None  # who signs in the place of the plan's signer
    passed_on_by: str | None = None
    passed_on_at: datetime | None = None
    passed_on_comment: str | None = None

    @property
    def name(self) -> str:
        """The report as within a sentence: type and subject."""
        return f"Báo cáo {mid_sentence(self.content.report.document.subject)}"

    @property
    def is_passed_on(self) -> bool:
        """Whether the version was put before the Chairman."""
        return self.passed_on_at is not None

    @property
    def document(self) -> OfficialDocument:
        """The document as it goes out: signed by who decided, numbered and dated once known."""
        document = self.content.report.document
        if self.signer is not None:
            document = document.model_copy(
                update={
                    "authority_lines": self.signer.authority_lines,
                    "signer_name": self.signer.full_name,
                }
            )
        if self.number is None:
            return document
        return document.model_copy(
            update={"number": self.number, "issued_on": self.issued_on, "draft_mark": None}
        )


def content_hash(content: ReportContent, version: int) -> str:
    """The hash that a decision names: of the content without number and day, and its version."""
    # A later version may say again what an earlier one said; a decision names one of them.
    return hashlib.sha256(f"{version}\n{content.model_dump_json()}".encode()).hexdigest()


def read_report(
    connection: Connection, plan_id: str, *, version: int | None = None
) -> ReportRecord:
    """A version of the plan's report, the newest by default.

    Raises:
        UsageError: there is no such version.
    """
    found = latest_report(connection, plan_id, version=version)
    if found is None:
        raise UsageError(
            f"Kế hoạch '{plan_id}' chưa có dự thảo báo cáo; hãy chạy `dondoc report assemble`."
        )
    return found


def find_report(engine: Engine, plan_id: str, *, version: int | None = None) -> ReportRecord | None:
    """A version of the plan's report, the newest by default; None when there is none."""
    with transaction(engine) as connection:
        return latest_report(connection, plan_id, version=version)


def latest_report(
    connection: Connection, plan_id: str, *, version: int | None = None
) -> ReportRecord | None:
    """A version of the plan's report within a transaction, the newest by default."""
    r, d, p = tables.reports.c, tables.decisions.c, tables.passings.c
    newest = select(func.max(r.version)).where(r.plan_id == plan_id, r.kind == FINAL)
    statement = (
        select(
            *[c for c in r if c.name not in _OFFICE],
            d.verdict, d.by.label("decided_by"), d.at.label("decided_at"), d.comment,
            d.in_stead_of, d.basis, d.signer, p.by.label("passed_on_by"),
            p.at.label("passed_on_at"), p.comment.label("passed_on_comment"),
        )
        .join_from(tables.reports, tables.decisions, d.report_id == r.id, isouter=True)
        .outerjoin(tables.passings, p.report_id == r.id)
        .where(r.plan_id == plan_id, r.kind == FINAL)
        .where(r.version == (newest.scalar_subquery() if version is None else version))
    )  # fmt: skip
    row = connection.execute(statement).mappings().first()
    return None if row is None else ReportRecord.model_validate(dict(row))


def refuse_disagreeing(report: ReportRecord) -> None:
    """Let pass only a version whose prose, annexes and totals agree, with no edit unconfirmed.

    Raises:
        RefusedError: a figure disagrees, or an edited part waits to be confirmed.
    """
    breaks = reconcile(report.content.report, report.content.totals)
    if breaks:
        lines = "\n".join(f"- {line}" for line in breaks)
        raise RefusedError(f"Số liệu trong báo cáo chưa khớp với dữ liệu gốc:\n{lines}")
