"""Công văn đôn đốc: the formal letter to units whose product is overdue (domain.md 4.4)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from models.documents import Block, OfficialDocument
from models.plans import Plan, PlanDossier, Requirement
from models.report_layout import body, point
from models.report_wording import abbreviation_of, counted_units, numbered, shortened, written_day
from models.units import Unit
from models.vietnamese import format_day, format_short_instant, local


def split_for_urging(units: Sequence[Unit]) -> tuple[tuple[Unit, ...], ...]:
    """Return the units in one letter each: those UBND may order, then those it may only ask.

    MTTQ, hội, đoàn and sectors are not subordinate, so their letter has no item on responsibility.
    """
    ordered = sorted(units, key=lambda unit: unit.order)
    groups = (
        tuple(unit for unit in ordered if unit.may_be_ordered),
        tuple(unit for unit in ordered if not unit.may_be_ordered),
    )
    return tuple(group for group in groups if group)


def build_urging_letters(
    dossier: PlanDossier,
    *,
    requirement: Requirement,
    units: Sequence[Unit],
    new_due: datetime,
    as_of: datetime,
    period: str | None = None,
) -> tuple[OfficialDocument, ...]:
    """Return the drafts, unnumbered and unsigned: one letter for each kind of relation."""
    return tuple(
        build_urging_letter(
            dossier,
            requirement=requirement,
            units=group,
            new_due=new_due,
            as_of=as_of,
            period=period,
        )
        for group in split_for_urging(units)
    )


def build_urging_letter(
    dossier: PlanDossier,
    *,
    requirement: Requirement,
    units: Sequence[Unit],
    new_due: datetime,
    as_of: datetime,
    period: str | None = None,
    number: int | None = None,
    issued_on: date | None = None,
) -> OfficialDocument:
    """Return one letter to all those units; with any that may only be asked, item 2 is left out."""
    plan = dossier.plan
    day = local(as_of)
    drafter = abbreviation_of(dossier.units.unit(plan.coordinator))
    plan_number = numbered(plan.number, plan.symbol)
    return OfficialDocument(
        agency_lines=plan.agency.header_lines,
        number=number,
        symbol=f"{plan.agency.symbol}-{drafter}",
        place=plan.place,
        issued_on=issued_on,
        month_hint=(day.month, day.year),
        type_name=None,
        subject=f"đôn đốc gửi {requirement.name} (Kế hoạch số {plan_number})",
        addressees=tuple(unit.name for unit in units),
        body=tuple(_body(dossier, requirement, units, period, new_due=new_due, as_of=day)),
        recipients=(
            "Như trên",
            f"Chủ tịch, các Phó Chủ tịch {shortened(plan.agency.name)}",
            f"Lưu: VT, {drafter}",
        ),
        authority_lines=plan.signer.authority_lines,
        signer_name=plan.signer.full_name,
        draft_mark="DỰ THẢO" if number is None else None,
    )


def _body(
    dossier: PlanDossier,
    requirement: Requirement,
    units: Sequence[Unit],
    period: str | None,
    *,
    new_due: datetime,
    as_of: datetime,
) -> Iterator[Block]:
    plan = dossier.plan
    coordinator = dossier.units.unit(plan.coordinator).name
    may_be_ordered = all(unit.may_be_ordered for unit in units)
    yield body(
        f"{_issued(plan)}, {plan.agency.name} ban hành {plan.type_name} số "
        f"{numbered(plan.number, plan.symbol)} về tổ chức các {plan.campaign}; trong đó giao các "
        f"đơn vị gửi {requirement.name} về {plan.agency.name} (qua {coordinator}), thời hạn: "
        f"{_wording(requirement, period)}.",
    )
    yield body(
        f"Đến ngày {format_day(as_of)}, còn {counted_units(len(units))} chưa gửi. Để bảo đảm tiến "
        f"độ tổng hợp, báo cáo {plan.parent.name}, {plan.agency.name} "
        f"{'đề nghị' if may_be_ordered else 'trân trọng đề nghị'} các đơn vị:",
    )
    yield from _asked(requirement, format_short_instant(new_due), may_be_ordered=may_be_ordered)
    yield body(
        f"Giao {coordinator} theo dõi, đôn đốc, tổng hợp báo cáo Chủ tịch {plan.agency.name}.",
    )
    yield body(f"{plan.agency.name} đề nghị các đơn vị quan tâm, thực hiện./.")


def _issued(plan: Plan) -> str:
    hint = plan.issue_window[0] if plan.issue_window else plan.phases[0].ends_on
    day = written_day(plan.issued_on, (hint.month, hint.year))
    return day[:1].upper() + day[1:]


def _wording(requirement: Requirement, period: str | None) -> str:
    named = [one for one in requirement.periods if period in {None, one.id}]
    return (named or requirement.periods)[0].deadline.wording


def _asked(requirement: Requirement, due: str, *, may_be_ordered: bool) -> Iterator[Block]:
    """Yield what is asked; a single item has no number."""
    hurried = f"Khẩn trương hoàn thành và gửi {requirement.name} trước {due}."
    if not may_be_ordered:
        yield point(hurried)
        return
    yield body(f"1. {hurried}")
    yield body(
        "2. Người đứng đầu đơn vị chịu trách nhiệm về tiến độ và tính chính xác của số liệu."
    )
