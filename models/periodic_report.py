"""Báo cáo định kỳ: the coordinator's report to the People's Committee of the commune."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from models.coverage import Coverage
from models.documents import Annex, Block, OfficialDocument
from models.periodic_tables import (
    Progress,
    counted_indicators,
    duties_table,
    known_indicators,
    products_table,
    results_table,
)
from models.plans import Plan, PlanDossier
from models.report_annexes import annex_note, numbered_annexes
from models.report_layout import body, note, point, section
from models.report_outline import ReportOutline
from models.report_prose import Material, coverage_passage, gather
from models.report_wording import abbreviation_of, numbered, reference_line, shortened, written_day
from models.total_values import Totals
from models.units import ContactRole, Unit
from models.vietnamese import clean_text, format_short_instant, local

_KIND = "BC-"
_OFFICE_SECTIONS = {
    "kho_khan": "Khó khăn, vướng mắc; nội dung xin ý kiến",
    "ky_toi": "Nhiệm vụ trọng tâm kỳ tới",
}


def build_periodic_report(
    dossier: PlanDossier,
    *,
    period: str,  # the turn, e.g. "kỳ 2"
    totals: Totals,
    previous: Totals | None = None,
    coverage: Coverage,
    progress: Sequence[Progress],
    cutoff: datetime,
    number: int | None = None,
    issued_on: date | None = None,
    edits: Mapping[str, str] | None = None,  # by kho_khan and ky_toi
    outline: ReportOutline | None = None,
) -> OfficialDocument:
    """Return the report of domain.md 3.3; ``totals`` are cumulative, ``previous`` those before."""
    plan = dossier.plan
    material = gather(dossier, totals, coverage, edits=edits or {}, outline=outline)
    annexes = _annexes(dossier, material, previous=previous, cutoff=cutoff)
    title, name = _signer(dossier.units.unit(plan.coordinator))
    return OfficialDocument(
        parent_line=shortened(plan.agency.name).upper(),
        agency_lines=(dossier.units.unit(plan.coordinator).name.upper(),),
        number=number,
        symbol=_symbol(dossier),
        place=plan.place,
        issued_on=issued_on,
        month_hint=(local(cutoff).month, local(cutoff).year),
        type_name="BÁO CÁO",
        subject=f"Tiến độ tổ chức các {plan.campaign}, {clean_text(period)}",
        addressees=(plan.agency.name,),
        body=(*_opening(plan, cutoff), *_sections(dossier, material, annexes, progress=progress)),
        recipients=("Như trên", f"Lưu: VT, {_symbol(dossier).removeprefix(_KIND)}"),
        authority_lines=(title.upper(),),
        signer_name=name,
        annexes=annexes,
        draft_mark="DỰ THẢO" if number is None else None,
    )


def _symbol(dossier: PlanDossier) -> str:
    return f"{_KIND}{abbreviation_of(dossier.units.unit(dossier.plan.coordinator))}"


def _annexes(
    dossier: PlanDossier, material: Material, *, previous: Totals | None, cutoff: datetime
) -> tuple[Annex, ...]:
    """Return the long tables: the text itself stays within three pages (domain.md 3.3)."""
    unit = dossier.units.unit(dossier.plan.coordinator)
    return numbered_annexes(
        [
            ("Kết quả trong kỳ và lũy kế", (results_table(dossier, material, previous),)),
            ("Tiến độ nhiệm vụ", (duties_table(dossier, local(cutoff).date()),)),
        ],
        reference=reference_line("Báo cáo", _symbol(dossier), unit.name),
    )


def _signer(unit: Unit) -> tuple[str, str]:
    heads = unit.contacts_for(ContactRole.HEAD)
    return (heads[0].title, heads[0].full_name or "") if heads else ("Trưởng phòng", "")


def _opening(plan: Plan, cutoff: datetime) -> tuple[Block, ...]:
    hint = plan.issue_window[0] if plan.issue_window else plan.phases[0].ends_on
    issued = written_day(plan.issued_on, (hint.month, hint.year))
    return (
        body(
            f"Thực hiện {plan.type_name} số {numbered(plan.number, plan.symbol)} {issued} của "
            f"{plan.agency.name} về tổ chức các {plan.campaign}, tình hình và kết quả như sau:",
        ),
        note(f"(Số liệu tính đến {format_short_instant(cutoff)})"),
    )


def _sections(
    dossier: PlanDossier,
    material: Material,
    annexes: Sequence[Annex],
    *,
    progress: Sequence[Progress],
) -> Iterator[Block]:
    yield section(1, "Tình hình triển khai trong kỳ")
    yield from coverage_passage(material.coverage, place="coverage").paragraphs
    yield section(2, "Kết quả trong kỳ và lũy kế")
    yield body(_told(dossier, material))
    yield section(3, "Tiến độ nhiệm vụ")
    yield products_table(dossier, progress)
    yield from annex_note(annexes)
    number = 3
    for key, title in _OFFICE_SECTIONS.items():
        told = tuple(_edited(material, key))
        if told:
            number += 1
            yield section(number, title)
            yield from told
    yield body(
        f"Trên đây là báo cáo tiến độ tổ chức các {dossier.plan.campaign}, "
        f"kính báo cáo {dossier.plan.agency.name} xem xét, chỉ đạo./.",
    )


def _edited(material: Material, key: str) -> Iterator[Block]:
    """Set the office's lines; without any the section is left out, for silence is no fact."""
    lines = (clean_text(line) for line in material.edits.get(key, "").splitlines())
    for line in filter(None, lines):
        yield point(line.removeprefix("- "))


def _told(dossier: PlanDossier, material: Material) -> str:
    counted, known = (
        len(counted_indicators(dossier, material)),
        len(known_indicators(dossier, material)),
    )
    if not known:
        return "Đến thời điểm chốt số liệu, chưa có chỉ tiêu nào có số liệu."
    return f"Đã có số liệu của {known}/{counted} chỉ tiêu; số liệu kỳ này và lũy kế tại Phụ lục I."
