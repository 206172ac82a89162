"""Báo cáo kết quả của đơn vị and Phiếu số liệu of a village (domain.md 3.2), blank or filled."""

import re
from collections.abc import Iterator, Mapping, Sequence

from pydantic import Field

from models.answer_forms import narrative_titles
from models.documents import Annex, Block, OfficialDocument, Paragraph, ParagraphStyle, Run
from models.indicators import Indicator, IndicatorType
from models.obligations import Obligation
from models.plans import Plan, PlanDossier, RequirementKind
from models.report_annexes import annex_note, numbered_annexes
from models.report_layout import body, clause, note, point, section
from models.report_wording import abbreviation_of, numbered, reference_line, shortened, written_day
from models.submissions import Answer
from models.unit_outline import UnitOutline, UnitPart, unit_outline_from_catalogue
from models.unit_tables import figure_of, figures_table, printed, unit_annexes
from models.units import ContactRole, Unit, UnitKind
from models.validation import asked_indicators
from models.values import Value
from models.vietnamese import local

KINDS = frozenset({RequirementKind.UNIT_REPORT, RequirementKind.VILLAGE_SHEET})
# MTTQ, hội, đoàn and sectors are not under the People's Committee: no agency stands above theirs.
_UNDER = frozenset({UnitKind.OFFICE, UnitKind.CENTRE, UnitKind.SCHOOL, UnitKind.VILLAGE})
_NUMBER = re.compile(r"\s*(\d{1,6})\s*/\s*(BC-[A-ZĐ][A-Za-zĐđ&.-]*)\s*")
_LONG_NAME = 16  # letters that fit on a line beside Quốc hiệu
_LONGEST = 40_000  # characters of a paragraph: the writers refuse more than 50,000
_UNCOUNTED = frozenset({IndicatorType.BOOL, IndicatorType.MAP_INT, IndicatorType.ENUM_LIST})
_PIECE = re.compile(rf".{{1,{_LONGEST}}}(?:\s|$)|.{{1,{_LONGEST}}}", re.DOTALL)


class UnitCase(Value):
    """What a unit's document is made of; without ``answer`` it is a blank form."""

    dossier: PlanDossier
    obligation: Obligation
    outline: UnitOutline
    labels: dict[str, str] = Field(default_factory=dict)
    answer: Answer | None = None

    @property
    def plan(self) -> Plan:
        """The plan reported on."""
        return self.dossier.plan

    @property
    def unit(self) -> Unit:
        """The unit that reports."""
        return self.dossier.units.unit(self.obligation.unit_id)

    @property
    def is_sheet(self) -> bool:
        """Whether it is the one-page sheet of a village."""
        return self.obligation.kind is RequirementKind.VILLAGE_SHEET

    @property
    def asked(self) -> tuple[Indicator, ...]:
        """The indicators asked of the unit."""
        requirement = self.plan.requirement(self.obligation.requirement_id)
        return asked_indicators(self.dossier, requirement, self.unit)


def unit_case(
    dossier: PlanDossier,
    obligation: Obligation,
    *,
    outline: UnitOutline | None,
    labels: Mapping[str, str],
    answer: Answer | None = None,
) -> UnitCase:
    """Return what the document is made of; without an outline, a plain one of the catalogue."""
    texts = tuple(narrative_titles(obligation.kind))
    chosen = outline or unit_outline_from_catalogue(dossier.catalogue, texts)
    return UnitCase(
        dossier=dossier, obligation=obligation, outline=chosen, labels=dict(labels), answer=answer
    )


def build_unit_document(case: UnitCase) -> OfficialDocument:
    """Return the unit's report with its annexes, or a village's sheet on one page."""
    title, name = _signer(case.unit)
    number, symbol = _numbering(case, is_named=bool(name))
    annexes = () if case.is_sheet else _annexes(case, symbol)
    due = local(case.obligation.due_at)
    return OfficialDocument(
        parent_line=_parent(case),
        agency_lines=_agency_lines(case),
        number=number,
        symbol=symbol,
        place=case.plan.place,
        issued_on=case.answer.document_date if case.answer and number is not None else None,
        month_hint=(due.month, due.year),
        type_name="PHIẾU SỐ LIỆU" if case.is_sheet else "BÁO CÁO",
        subject=f"Kết quả thực hiện {case.plan.type_name} tổ chức các {case.plan.campaign}",
        addressees=(case.plan.agency.name,),
        addressee_via=_via(case),
        body=tuple(_sheet(case) if case.is_sheet else _report(case, annexes)),
        recipients=() if case.is_sheet else ("Như trên", f"Lưu: VT, {abbreviation_of(case.unit)}"),
        authority_lines=(title.upper(),),
        signer_name=name,
        annexes=annexes,
    )


def _numbering(case: UnitCase, *, is_named: bool) -> tuple[int | None, str]:
    """Return number and symbol as the unit gave them; a village has neither, being no agency.

    A document without the name of who signs it is still to be completed: its number stays blank.
    """
    if case.is_sheet:
        return None, ""
    given = _NUMBER.fullmatch(printed((case.answer and case.answer.document_number) or ""))
    is_dated = case.answer is not None and case.answer.document_date is not None
    if given is None or not is_dated or not is_named:
        return None, f"BC-{abbreviation_of(case.unit)}"
    return int(given[1]), given[2]


def _parent(case: UnitCase) -> str | None:
    if case.unit.parent:
        return case.unit.parent.upper()
    return shortened(case.plan.agency.name).upper() if case.unit.kind in _UNDER else None


def _agency_lines(case: UnitCase) -> tuple[str, ...]:
    """Return the name in capitals; in a long one the name of the place has a line of its own."""
    name, place = case.unit.name, case.plan.place
    head, commune, rest = name.rpartition(" xã ")
    if not commune:
        head, rest = name.removesuffix(f" {place}"), place
    lines = (head, f"{commune.strip()} {rest}".strip())
    is_long = len(name) > _LONG_NAME and name.endswith(rest)
    return tuple(line.upper() for line in (lines if is_long else (name,)))


def _via(case: UnitCase) -> str | None:
    coordinator = case.plan.coordinator
    if case.unit.id == coordinator:
        return None
    return f"(qua {case.dossier.units.unit(coordinator).name})"


def _signer(unit: Unit) -> tuple[str, str]:
    heads = unit.contacts_for(ContactRole.HEAD)
    return (heads[0].title, heads[0].full_name or "") if heads else ("Thủ trưởng đơn vị", "")


def _annexes(case: UnitCase, symbol: str) -> tuple[Annex, ...]:
    titled = unit_annexes(case.dossier.catalogue, case.asked, case.answer, labels=case.labels)
    reference = reference_line("Báo cáo", symbol, case.unit.name)
    return numbered_annexes(titled, reference=reference)


def _report(case: UnitCase, annexes: Sequence[Annex]) -> Iterator[Block]:
    plan = case.plan
    yield body(f"Thực hiện {_cited(plan)}, {case.unit.name} báo cáo kết quả như sau:")
    if case.answer is not None and case.answer.nil_reason is not None:
        yield from _nil(case.answer)
    else:
        yield from _sections(case)
        yield from annex_note(annexes)
    yield body(
        f"Trên đây là báo cáo kết quả thực hiện {plan.type_name} tổ chức các {plan.campaign}; "
        f"{case.unit.name} kính báo cáo {plan.agency.name} tổng hợp./."
    )


def _cited(plan: Plan) -> str:
    hint = plan.issue_window[0] if plan.issue_window else plan.phases[0].ends_on
    issued = written_day(plan.issued_on, (hint.month, hint.year))
    return (
        f"{plan.type_name} số {numbered(plan.number, plan.symbol)} {issued} của "
        f"{plan.agency.name} về tổ chức các {plan.campaign}"
    )


def _nil(answer: Answer) -> Iterator[Block]:
    yield body("Trong kỳ báo cáo, đơn vị không phát sinh nội dung phải báo cáo. Lý do:")
    yield from paragraphs_of(answer.nil_reason or "")


def _sections(case: UnitCase) -> Iterator[Block]:
    number = 0
    for outlined in case.outline.sections:
        told = [(part, blocks) for part in outlined.parts if (blocks := tuple(_part(case, part)))]
        if not told:
            continue
        number += 1
        yield section(number, outlined.heading)
        for place, (part, blocks) in enumerate(told, start=1):
            if part.heading:
                yield clause(place, part.heading)
            yield from blocks


def _part(case: UnitCase, part: UnitPart) -> Iterator[Block]:
    asked = {one.id: one for one in case.asked}
    mine = [asked[id_] for id_ in part.indicators if id_ in asked]
    if case.answer is None:
        if mine and part.hint:
            yield note(f"({part.hint})")
        return
    for one in mine:
        yield from _told(case, case.answer, one)
    for key in part.texts:
        yield from paragraphs_of(case.answer.narrative.get(key, ""))


def _told(case: UnitCase, answer: Answer, one: Indicator) -> Iterator[Block]:
    value = answer.values.get(one.id)
    if value is None:
        return
    if _is_text(one):
        yield from paragraphs_of(str(value))
        return
    shown = figure_of(value, labels=case.labels)
    measure = "" if one.type in _UNCOUNTED else one.unit_of_measure
    remark = printed(answer.notes.get(one.id, "")).rstrip(" .;")
    said = f"{one.name}: {shown} {measure}".strip()
    yield point(f"{said} ({remark})." if remark else f"{said}.")


def paragraphs_of(text: str) -> Iterator[Paragraph]:
    """Return a unit's text whole, a paragraph a line; a very long line goes on in the next."""
    for line in text.splitlines():
        for piece in _PIECE.findall(printed(line)):
            if piece.strip():
                yield Paragraph(style=ParagraphStyle.BODY, runs=(Run(text=piece.strip()),))


def _sheet(case: UnitCase) -> Iterator[Block]:
    """Yield a village's figures and opinions, short enough for one page."""
    catalogue, labels = case.dossier.catalogue, case.labels
    if case.answer is not None and case.answer.nil_reason is not None:
        yield from _nil(case.answer)
    else:
        yield figures_table(catalogue, case.asked, case.answer, labels=labels, is_sheet=True)
        yield from _opinions(case)
    yield body(f"{case.unit.name} kính gửi {case.plan.agency.name} tổng hợp./.")


def _opinions(case: UnitCase) -> Iterator[Block]:
    given = case.answer or Answer()
    titles = narrative_titles(case.obligation.kind)
    said = {one.name: str(given.values.get(one.id, "")) for one in case.asked if _is_text(one)}
    said |= {title: given.narrative.get(key, "") for key, title in titles.items()}
    shown = [(title, text) for title, text in said.items() if text.strip() or case.answer is None]
    for title, text in shown:
        yield from paragraphs_of(f"- {title}: {' '.join(text.split())}")


def _is_text(one: Indicator) -> bool:
    return one.type is IndicatorType.TEXT
