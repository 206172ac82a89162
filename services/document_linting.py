"""Documents judged by the rules of form: from a file alone, and a report beside its register."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, Engine, select

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.document_reading import read_document
from adapters.ledger import PlanRecord, read_plan
from models.document_rules import Breach, FormVerdict, Medium, RuleSet, Unseen
from models.errors import PermanentError
from models.final_report import reconcile
from models.nd30_lint import limited, lint
from models.nd30_register import IssuedNumber, RegisterFacts, register_breaches
from models.submissions import Attachment
from models.vietnamese import local_day
from services.reports import ReportRecord, content_hash, read_files, read_report

REPORT = "BC"


def lint_file(content: bytes, *, name: str, rules: RuleSet, kind: str | None = None) -> FormVerdict:
    """Return what a DOCX or PDF breaks; what a file cannot show is listed as unseen.

    Raises:
        PermanentError: the file is damaged, unsafe, too large or of another kind.
    """
    return lint(read_document(content, name=name), rules, kind=kind)


def lint_report(
    engine: Engine,
    plan_id: str,
    *,
    rules: RuleSet,
    blobs: BlobStore,
    version: int | None = None,
) -> FormVerdict:
    """Return what a version of the final report breaks: in its files and beside the register.

    Points that one of the two files shows are judged; nothing about a report stays unseen but
    what its state has not reached yet (signatures before it is signed).

    Raises:
        UsageError: there is no such version.
    """
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        report = read_report(connection, plan_id, version=version)
        role = "draft" if report.number is None else "issued"
        files = read_files(connection, report.id, role=role)
        others = _other_numbers(connection, plan, report)
        numbered_on = _numbered_on(connection, report)
    intact, altered = _stored(files, blobs)
    read = [read_document(content, name=name) for name, content in intact]
    verdicts = [lint(one, rules) for one in read]
    facts = RegisterFacts(
        others=others,
        numbered_on=numbered_on,
        breaks=reconcile(report.content.report, report.content.totals),
        altered=(*altered, *_altered_content(report)),
        page_amount=max((one.package.page_count or 0 for one in read), default=0) or None,
        signer=report.signer,
    )
    registered = tuple(register_breaches(report.document, plan.dossier.plan, facts, rules))
    return _joined(verdicts, registered, rules)


def _joined(
    verdicts: Sequence[FormVerdict], registered: Sequence[Breach], rules: RuleSet
) -> FormVerdict:
    found = [breach for verdict in verdicts for breach in verdict.breaches]
    return FormVerdict(
        rule_set=rules.id,
        kind=REPORT,
        medium=Medium.REGISTER,
        breaches=limited([*found, *registered], most=rules.most_findings),
        unseen=_unseen_by_all(verdicts, rules),
    )


def _unseen_by_all(verdicts: Sequence[FormVerdict], rules: RuleSet) -> tuple[Unseen, ...]:
    """Return the points that neither a file nor the register has shown."""
    unseen = [one for verdict in verdicts for one in verdict.unseen]
    counts = Counter(one.point for one in unseen)
    return tuple(
        {one.point: one for one in unseen if counts[one.point] == len(verdicts)
         and Medium.REGISTER not in rules.point(one.point).seen_in}.values()
    )  # fmt: skip


def _other_numbers(
    connection: Connection, plan: PlanRecord, report: ReportRecord
) -> tuple[IssuedNumber, ...]:
    if report.issued_on is None:
        return ()
    c = tables.reports.c
    rows = connection.execute(
        select(c.id, c.number, c.issued_on)
        .where(c.commune == plan.commune, c.issued_year == report.issued_on.year, c.id != report.id)
        .order_by(c.number)
    )
    return tuple(
        IssuedNumber(owner=row.id, number=row.number, issued_on=row.issued_on) for row in rows
    )


def _numbered_on(connection: Connection, report: ReportRecord) -> date | None:
    c = tables.reports.c
    found = connection.execute(select(c.numbered_at).where(c.id == report.id)).scalar()
    return None if found is None else local_day(found)


def _stored(
    files: tuple[Attachment, ...], blobs: BlobStore
) -> tuple[list[tuple[str, bytes]], list[str]]:
    """Return the files that are as they were stored, and the names of the others."""
    intact, altered = [], []
    for file in files:
        try:
            intact.append((file.name, blobs.get(file.sha256)))
        except PermanentError:
            altered.append(file.name)
    return intact, altered


def _altered_content(report: ReportRecord) -> tuple[str, ...]:
    same = content_hash(report.content, report.version) == report.sha256
    return () if same else (f"Nội dung bản {report.version}",)
