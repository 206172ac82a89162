"""Báo cáo tổng kết: the final report as an official document, every figure of it traceable."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import chain

from models.coverage import Coverage
from models.documents import Annex, Block, OfficialDocument
from models.figure_books import COVERAGE, FigureBook
from models.plans import LegalBasis, Plan, PlanDossier
from models.report_annexes import (
    annex_note,
    coverage_table,
    events_table,
    numbered_annexes,
    totals_table,
)
from models.report_edits import find_unconfirmed, unconfirmed_doubts
from models.report_events import events_of
from models.report_figures import Figure, Placed, check_figures, filled
from models.report_layout import body, note
from models.report_outline import ReportOutline
from models.report_prose import Material, Passage, compose_prose, gather, joined
from models.report_quotes import Quote
from models.report_wording import (
    abbreviation_of,
    in_full,
    numbered,
    reference_line,
    shortened,
    written_day,
)
from models.total_values import AcceptedReport, Totals
from models.values import Value
from models.vietnamese import format_short_instant, format_written_day, local, mid_sentence

DRAFT = "DỰ THẢO"
NOTE_PLACE = "note"
_CLOSING = "kính báo cáo"


class FinalReport(Value):
    """The document with the figures and quotations in it, and the coverage it rests on.

    ``free_texts`` are paragraphs whose numbers are no totals (quotations, plans ahead);
    ``unfilled`` are keys of outline parts that nobody has said anything for; ``unconfirmed`` are
    headings whose text is the office's, while what it was made from has changed since.
    """

    document: OfficialDocument
    figures: tuple[Figure, ...]
    quotes: tuple[Quote, ...]
    coverage: Coverage
    free_texts: tuple[str, ...] = ()
    unfilled: tuple[str, ...] = ()
    unconfirmed: tuple[str, ...] = ()


def build_final_report(
    dossier: PlanDossier,
    totals: Totals,
    coverage: Coverage,
    *,
    number: int | None,
    issued_on: date | None,
    as_of: datetime,
    partial: bool,
    edits: Mapping[str, str],
    outline: ReportOutline | None = None,
    reports: Sequence[AcceptedReport] = (),
    include_internal: bool = False,
    drafts: Mapping[str, str] | None = None,
) -> FinalReport:
    """Return the report of domain.md 3.4; without an outline, a plain list of the totals.

    ``edits`` replace the text of outline parts by key, and may hold figures as ``{TT01}``;
    ``drafts`` are what the engine wrote there when they were made or last confirmed.
    ``partial`` prints what the draft rests on; ``include_internal`` adds who reported when.

    Raises:
        UsageError: the outline names an indicator that the totals lack.
    """
    material = gather(dossier, totals, coverage, edits=edits, outline=outline, reports=reports)
    prose = compose_prose(material)
    annexes, figures = _annexes(dossier, material, include_internal=include_internal)
    remark = _partial_note(coverage, as_of) if partial else Passage()
    document = _document(
        dossier,
        blocks=_body(dossier.plan, prose, annexes, remark.paragraphs),
        annexes=annexes,
        number=number,
        issued_on=issued_on,
        as_of=as_of,
    )
    told = joined((remark, prose, Passage(figures=figures)))
    return _traceable(document, told, dossier.plan, material, drafts=drafts or {})


def _traceable(
    document: OfficialDocument,
    told: Passage,
    plan: Plan,
    material: Material,
    *,
    drafts: Mapping[str, str],
) -> FinalReport:
    return FinalReport(
        document=document,
        figures=told.figures,
        quotes=told.quotes,
        coverage=material.coverage,
        free_texts=(*told.free_texts, _introduction(plan), _closing(plan)),
        unfilled=told.unfilled,
        unconfirmed=find_unconfirmed(material, drafts),
    )


def reconcile(report: FinalReport, totals: Totals) -> tuple[str, ...]:
    """Return where prose, annexes, totals and their sources disagree; empty before a dispatch."""
    book = FigureBook(totals=totals, coverage=report.coverage, quotes=report.quotes)
    found = check_figures(report.document, report.figures, book, exempt=report.free_texts)
    return (*found, *unconfirmed_doubts(report.unconfirmed))


def _annexes(
    dossier: PlanDossier,
    material: Material,
    *,
    include_internal: bool,
) -> tuple[tuple[Annex, ...], tuple[Figure, ...]]:
    catalogue = dossier.catalogue
    events = events_of(catalogue, material.totals)
    first = totals_table(catalogue, material)
    second = events_table(catalogue, events, material.unit_names)
    titled: list[tuple[str, tuple[Block, ...]]] = [
        ("Tổng hợp kết quả theo chỉ tiêu", (first.block,)),
        ("Danh sách hoạt động", (second.block,)),
    ]
    if include_internal:
        status = coverage_table(dossier, material.coverage)
        titled.append(("Tình hình gửi báo cáo của các đơn vị", (status,)))
    reference = reference_line("Báo cáo", _symbol(dossier.plan), dossier.plan.agency.name)
    return numbered_annexes(titled, reference=reference), (*first.figures, *second.figures)


def _body(
    plan: Plan,
    prose: Passage,
    annexes: Sequence[Annex],
    remark: Sequence[Block],
) -> tuple[Block, ...]:
    return tuple(
        chain(
            (body(_introduction(plan)),),
            remark,
            prose.paragraphs,
            annex_note(annexes),
            (body(_closing(plan)),),
        ),
    )


def _introduction(plan: Plan) -> str:
    carried_out = "; ".join(cited(basis) for basis in plan.legal_basis)
    hint = _month_of_issue(plan)
    issued = (
        f"{plan.agency.name} đã ban hành {plan.type_name} số {numbered(plan.number, plan.symbol)} "
        f"{written_day(plan.issued_on, hint)} và tổ chức thực hiện."
    )
    opening = f"Thực hiện {carried_out}; {issued}" if carried_out else issued
    return f"{opening} Kết quả cụ thể như sau:"


def _month_of_issue(plan: Plan) -> tuple[int, int]:
    day = plan.issue_window[0] if plan.issue_window else plan.phases[0].ends_on
    return day.month, day.year


def cited(basis: LegalBasis) -> str:
    """Return a document as cited the first time: type, number, day, agency, subject (F-39)."""
    day = f" {format_written_day(basis.issued_on)}" if basis.issued_on else ""
    subject = basis.subject or ""
    head, about, rest = subject.partition("về việc ")
    said = f" {head}{about}{mid_sentence(rest)}" if about else f" {subject}" if subject else ""
    return f"{basis.type_name} số {basis.number}{day} của {in_full(basis.agency)}{said}"


def _closing(plan: Plan) -> str:
    return (
        f"Trên đây là báo cáo {mid_sentence(_subject(plan))}, {plan.agency.name} {_CLOSING} "
        f"{plan.parent.name} (qua {plan.channel.name}) theo dõi, tổng hợp./."
    )


def _subject(plan: Plan) -> str:
    year = plan.phases[-1].ends_on.year
    dated = plan.campaign if str(year) in plan.campaign else f"{plan.campaign} năm {year}"
    return f"Kết quả tổ chức các {dated}"


def _symbol(plan: Plan) -> str:
    return f"BC-{plan.agency.symbol}"


def _partial_note(coverage: Coverage, as_of: datetime) -> Passage:
    reported, owing = f"{COVERAGE}reported", f"{COVERAGE}owing"
    counts = {reported: len(coverage.reported), owing: len(coverage.owing)}
    told = filled(
        f"tổng hợp từ báo cáo của {{{reported}}}/{{{owing}}} đơn vị",
        {key: Placed(value=count, shown=str(count)) for key, count in counts.items()},
        place=NOTE_PLACE,
    )
    text = f"(Số liệu tính đến {format_short_instant(as_of)}, {told.text})"
    return Passage(paragraphs=(note(text),), figures=told.figures)


def _document(
    dossier: PlanDossier,
    *,
    blocks: tuple[Block, ...],
    annexes: tuple[Annex, ...],
    number: int | None,
    issued_on: date | None,
    as_of: datetime,
) -> OfficialDocument:
    plan = dossier.plan
    coordinator = abbreviation_of(dossier.units.unit(plan.coordinator))
    return OfficialDocument(
        agency_lines=plan.agency.header_lines,
        number=number,
        symbol=_symbol(plan),
        place=plan.place,
        issued_on=issued_on,
        month_hint=(local(as_of).month, local(as_of).year),
        type_name="BÁO CÁO",
        subject=_subject(plan),
        addressees=(plan.parent.name,),
        addressee_via=f"(qua {plan.channel.name})",
        body=blocks,
        recipients=(
            "Như trên",
            plan.channel.name,
            f"Chủ tịch, các Phó Chủ tịch {shortened(plan.agency.name)}",
            f"Lưu: VT, {coordinator}",
        ),
        authority_lines=plan.signer.authority_lines,
        signer_name=plan.signer.full_name,
        annexes=annexes,
        draft_mark=DRAFT if number is None else None,
    )
