"""Traces: every figure of the report beside its submissions, and the report beside the ledger."""

from collections.abc import Iterator, Sequence

from pydantic import Field
from sqlalchemy import Connection, Engine, select

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanRecord, read_contacts, read_plan
from models.errors import RefusedError
from models.figure_books import COVERAGE, RATE, UNITS, FigureBook
from models.figure_traces import (
    FigureTrace,
    TracedSource,
    formula_of,
    sources_behind,
    told,
    units_behind,
)
from models.final_report import reconcile
from models.obligations import Obligation, ObligationState
from models.report_outline import measure_of
from models.submissions import Answer, Submission
from models.total_values import AcceptedReport, Source, Totals
from models.totals import compute_totals
from models.values import Value
from services.report_records import ReportRecord, read_report
from services.reports import read_counted

REPLACED = "đã thay bằng bản {version}"
AFTERWARDS = "nhận sau khi lập dự thảo này"
NOT_ACCEPTED = "đang rà soát, chưa được chấp nhận"
GIVEN_BACK = "đã trả lại để bổ sung"
NIL = "không phát sinh: {reason}"


class _Ledger(Value):
    """What the ledger holds of the answers that a report counts."""

    obligations: dict[str, Obligation]
    submissions: dict[str, Submission]
    people: dict[str, str] = Field(default_factory=dict)


def trace_figure(
    engine: Engine, plan_id: str, reference: str, *, version: int | None = None
) -> FigureTrace:
    """Where a figure of the report comes from, the sum made anew from the ledger.

    Raises:
        UsageError: there is no such version, or it has no such figure.
    """
    with transaction(engine) as connection:
        plan = read_plan(connection, plan_id)
        report = read_report(connection, plan_id, version=version)
        ledger = _read_ledger(connection, plan)
    content = report.content
    book = FigureBook(
        totals=content.totals, coverage=content.coverage, quotes=content.report.quotes
    )
    counted = [_traced(s, plan, ledger) for s in sources_behind(reference, book)]
    again = FigureBook(
        totals=_recomputed(plan, content.totals, ledger), coverage=content.coverage,
        quotes=content.report.quotes,
    )  # fmt: skip
    formula, inputs = formula_of(reference, book)
    name, measure = _named(plan, reference)
    return FigureTrace(
        reference=reference, name=name, measure=measure, value=book.value(reference),
        recomputed=again.value(reference),
        formula=formula, inputs=inputs,
        units=units_behind(reference, content.coverage) if reference.startswith(COVERAGE) else (),
        sources=(*counted, *_left_out(reference, plan, report, ledger)),
        statements=tuple(
            dict.fromkeys(f.text for f in content.report.figures if f.indicator_id == reference)
        ),
    )  # fmt: skip


def reconcile_report(
    connection: Connection, plan: PlanRecord, report: ReportRecord
) -> tuple[str, ...]:
    """Where prose, annexes and ledger disagree in a version; empty when all agree.

    It looks at the stored answers themselves: a version replaced meanwhile, or a total that the
    answers do not yield, is told.
    """
    ledger = _read_ledger(connection, plan)
    totals = report.content.totals
    return (
        *reconcile(report.content.report, totals),
        *_replaced(totals, ledger),
        *_differing(totals, _recomputed(plan, totals, ledger)),
    )


def refuse_unreconciled(connection: Connection, plan: PlanRecord, report: ReportRecord) -> None:
    """Let a version pass whose figures all agree with the ledger.

    Raises:
        RefusedError: a figure does not, or an edited part waits to be confirmed.
    """
    breaks = reconcile_report(connection, plan, report)
    if breaks:
        lines = "\n".join(f"- {line}" for line in breaks)
        raise RefusedError(f"Số liệu trong báo cáo chưa khớp với dữ liệu gốc:\n{lines}")


def _read_ledger(connection: Connection, plan: PlanRecord) -> _Ledger:
    obligations = {o.id: o for o in read_counted(connection, plan)}
    c = tables.submissions.c
    columns = [c[name] for name in Submission.model_fields]
    rows = connection.execute(
        select(*columns)
        .where(c.obligation_id.startswith(f"{plan.id}/"))
        .order_by(c.obligation_id, c.version)
    ).mappings()
    people = read_contacts(connection, commune=plan.commune)
    return _Ledger(
        obligations=obligations,
        submissions={
            row["id"]: Submission.model_validate(dict(row))
            for row in rows
            if row["obligation_id"] in obligations
        },
        people={person.id: person.full_name or person.title for person in people},
    )


def _recomputed(plan: PlanRecord, totals: Totals, ledger: _Ledger) -> Totals:
    """The totals made anew from the stored answers of the submissions that they name."""
    named = {s.submission_id for total in totals.totals for s in total.sources}
    reports = [
        AcceptedReport(
            unit_id=ledger.obligations[one.obligation_id].unit_id, submission_id=one.id,
            obligation_id=one.obligation_id, answer=one.answer,
        )
        for one in _one_each(ledger, named)
    ]  # fmt: skip
    return compute_totals(plan.dossier.catalogue, reports, constants=totals.constants)


def _one_each(ledger: _Ledger, named: set[str]) -> Sequence[Submission]:
    """The newest named submission of each obligation: two answers never both count."""
    found = {s.obligation_id: s for s in ledger.submissions.values() if s.id in named}
    return tuple(found.values())


def _replaced(totals: Totals, ledger: _Ledger) -> Iterator[str]:
    counted = dict.fromkeys(s.submission_id for total in totals.totals for s in total.counted)
    for id_ in counted:
        one = ledger.submissions.get(id_)
        if one is None:
            yield f"Bản nộp {id_} được cộng nhưng không có trong cơ sở dữ liệu; đề nghị kiểm tra."
            continue
        obligation = ledger.obligations[one.obligation_id]
        if (obligation.state, obligation.version) != (ObligationState.ACCEPTED, one.version):
            yield (
                f"Bản nộp {id_} được cộng nhưng không còn là bản được chấp nhận; "
                "đề nghị tổng hợp lại báo cáo."
            )


def _differing(totals: Totals, again: Totals) -> Iterator[str]:
    for total, other in zip(totals.totals, again.totals, strict=False):
        if total.value != other.value:
            yield (
                f"Chỉ tiêu {total.indicator_id}: báo cáo ghi {total.value}, tính lại từ các bản "
                f"nộp là {other.value}; đề nghị tổng hợp lại báo cáo."
            )


def _traced(source: Source, plan: PlanRecord, ledger: _Ledger) -> TracedSource:
    one = ledger.submissions.get(source.submission_id)
    return TracedSource(
        unit_name=plan.dossier.units.unit(source.unit_id).name,
        submission_id=source.submission_id,
        version=one.version if one else 0,
        field=source.field,
        value=told(source.value),
        counted=source.counted,
        why=source.why,
        sent_by=ledger.people.get(one.sent_by, one.sent_by) if one else "",
        entered_by=(one.entered_by or "") if one else "",
        received_at=one.received_at if one else None,
        channel=one.channel if one else None,
    )


def _left_out(
    reference: str, plan: PlanRecord, report: ReportRecord, ledger: _Ledger
) -> Iterator[TracedSource]:
    """Yield what other submissions say of the indicator, and why it is not added up."""
    id_ = reference.removeprefix(UNITS).removeprefix(RATE).partition(".")[0]
    totals = report.content.totals
    known = {total.indicator_id for total in totals.totals}
    named = {s.submission_id for total in totals.totals for s in total.sources}
    for one in ledger.submissions.values():
        says = id_ in one.answer.values or one.answer.nil_reason is not None
        if id_ in known and says and one.id not in named:
            obligation = ledger.obligations[one.obligation_id]
            yield _traced(
                Source(
                    submission_id=one.id, unit_id=obligation.unit_id, field=id_, counted=False,
                    value=_said(one.answer, id_), why=_why(one, obligation, report),
                ),
                plan,
                ledger,
            )  # fmt: skip


def _said(answer: Answer, id_: str) -> str:
    value = answer.values.get(id_, "")
    if isinstance(value, tuple):
        return "; ".join(told(row) for row in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {told(number)}" for key, number in value.items())
    return told(value)


def _why(one: Submission, obligation: Obligation, report: ReportRecord) -> str:
    if one.received_at > report.created_at:
        return AFTERWARDS
    if one.version < obligation.version:
        return REPLACED.format(version=obligation.version)
    if one.answer.nil_reason is not None:
        return NIL.format(reason=one.answer.nil_reason)
    return GIVEN_BACK if obligation.state is ObligationState.RETURNED else NOT_ACCEPTED


def _named(plan: PlanRecord, reference: str) -> tuple[str, str]:
    prefixes = {
        UNITS: ("Số đơn vị có số liệu: ", "đơn vị"),
        RATE: ("Tỷ lệ: ", "%"),
        "people.": ("Số người dự, hoạt động thuộc chỉ tiêu: ", "lượt người"),
    }
    for prefix, (lead, measure) in prefixes.items():
        if reference.startswith(prefix):
            id_ = reference.removeprefix(prefix).partition(".")[0]
            return f"{lead}{plan.dossier.catalogue.indicator(id_).name}", measure
    if reference.startswith((COVERAGE, "quotes.")):
        return _COUNTS.get(reference, "Số đơn vị khác cùng ý kiến"), "đơn vị"
    id_, _, key = reference.partition(".")
    indicator = plan.dossier.catalogue.indicator(id_)
    return f"{indicator.name} ({key})" if key else indicator.name, measure_of(indicator)


_COUNTS = {
    "coverage.sent": "Số đơn vị đã gửi báo cáo",
    "coverage.owing": "Số đơn vị phải báo cáo",
    "coverage.reported": "Số đơn vị có báo cáo được tổng hợp",
    "coverage.missing": "Số đơn vị chưa gửi báo cáo",
    "coverage.waiting": "Số đơn vị đã gửi, đang được rà soát",
    "coverage.nil": "Số đơn vị báo cáo không phát sinh",
    "coverage.waived": "Số đơn vị được miễn báo cáo",
}
