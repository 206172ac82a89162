"""Phụ lục phân công: who does what, with what product and by when (duty UBND-2 of the plan)."""

from collections.abc import Iterator, Sequence
from datetime import date

from models.documents import Annex, ColumnAlign, OfficialDocument, Table, TableRow
from models.plans import Duty, DutyHolder, DutyRole, Plan, PlanDossier
from models.report_annexes import numbered_annexes
from models.report_layout import body, column, table
from models.report_wording import abbreviation_of, numbered, reference_line, written_day
from models.vietnamese import format_day

ROLE_NAMES = {
    DutyRole.DIRECT: "Chỉ đạo",
    DutyRole.INSPECT: "Kiểm tra, rà soát",
    DutyRole.ADVISE: "Tham mưu",
    DutyRole.LEAD: "Chủ trì",
    DutyRole.LEAD_BY_DEFAULT: "Chủ trì (mặc định, chờ xác nhận)",
    DutyRole.SUPPORT: "Phối hợp",
    DutyRole.OWN_INITIATIVE: "Chủ động thực hiện",
    DutyRole.TAKE_PART: "Tham gia",
    DutyRole.REPORT: "Báo cáo",
    DutyRole.CARRY_OUT: "Triển khai",
}
_CENTER = ColumnAlign.CENTER


def build_assignment_annex(
    dossier: PlanDossier,
    *,
    number: int | None = None,
    issued_on: date | None = None,
) -> OfficialDocument:
    """Return a Thông báo with the two tables: duties of the plan, and products with deadlines."""
    plan = dossier.plan
    hint = _hint(plan)
    symbol = f"TB-{plan.agency.symbol}"
    reference = reference_line("Thông báo", symbol, plan.agency.name)
    annexes = numbered_annexes(
        [
            ("Phân công nhiệm vụ", (_duties(dossier),)),
            ("Sản phẩm và thời hạn", (_products(dossier),)),
        ],
        reference=reference,
    )
    drafter = abbreviation_of(dossier.units.unit(plan.coordinator))
    return OfficialDocument(
        agency_lines=plan.agency.header_lines,
        number=number,
        symbol=symbol,
        place=plan.place,
        issued_on=issued_on,
        month_hint=hint,
        type_name="THÔNG BÁO",
        subject=f"Phân công nhiệm vụ tổ chức các {plan.campaign}",
        body=(body(_text(plan, annexes)),),
        recipients=(*(holder.name for holder in plan.duty_holders), f"Lưu: VT, {drafter}"),
        authority_lines=plan.signer.authority_lines,
        signer_name=plan.signer.full_name,
        annexes=annexes,
        draft_mark="DỰ THẢO" if number is None else None,
    )


def _hint(plan: Plan) -> tuple[int, int]:
    day = plan.issue_window[0] if plan.issue_window else plan.phases[0].ends_on
    return day.month, day.year


def _text(plan: Plan, annexes: Sequence[Annex]) -> str:
    names = " và ".join(f"Phụ lục {a.number}" if a.number else "Phụ lục" for a in annexes)
    return (
        f"Thực hiện {plan.type_name} số {numbered(plan.number, plan.symbol)} "
        f"{written_day(plan.issued_on, _hint(plan))} của {plan.agency.name} về tổ chức các "
        f"{plan.campaign}, {plan.agency.name} thông báo phân công nhiệm vụ, sản phẩm và thời hạn "
        f"của các cơ quan, đơn vị tại {names} kèm theo./."
    )


def _duties(dossier: PlanDossier) -> Table:
    rows: list[TableRow] = []
    for holder in dossier.plan.duty_holders:
        rows.append(TableRow(cells=(f"{holder.number}. {holder.name}", *[""] * 6), heading=True))
        rows += _holder_rows(dossier, holder)
    columns = (
        column("STT", 0.5, _CENTER),
        column("Nhiệm vụ", 4.0),
        column("Trách nhiệm", 1.3),
        column("Phối hợp với", 1.5),
        column("Sản phẩm", 2.0),
        column("Thời gian hoàn thành", 1.4, _CENTER),
        column("Báo cáo về", 1.4),
    )
    return table(columns, rows)


def _holder_rows(dossier: PlanDossier, holder: DutyHolder) -> Iterator[TableRow]:
    names = {one.id: one.name for one in dossier.plan.duty_holders}
    for place, duty in enumerate(holder.duties, start=1):
        yield TableRow(
            cells=(
                str(place),
                duty.text,
                ROLE_NAMES[duty.role],
                names.get(duty.lead or "", ""),
                duty.deliverable,
                f"Đến {format_day(_ends_on(dossier.plan, duty))}",
                names.get(duty.to or dossier.plan.authority, ""),
            ),
        )


def _ends_on(plan: Plan, duty: Duty) -> date:
    mine = [phase.ends_on for phase in plan.phases if phase.id in duty.phases]
    return max(mine or [phase.ends_on for phase in plan.phases])


def _products(dossier: PlanDossier) -> Table:
    """Return every product owed, in the plan's order, with its deadline as worded."""
    names = {one.id: one.name for one in dossier.plan.duty_holders}
    names |= {unit.id: unit.name for unit in dossier.units.units if unit.id not in names}
    rows: list[TableRow] = []
    for requirement in dossier.plan.requirements:
        for period in requirement.periods:
            product = f"{requirement.name} {period.name}".strip()
            rows.append(
                TableRow(
                    cells=(
                        str(len(rows) + 1),
                        product[:1].upper() + product[1:],
                        "; ".join(names[holder] for holder in requirement.holders),
                        period.deadline.wording,
                        names.get(requirement.reviewed_by or "", ""),
                    ),
                ),
            )
    columns = (
        column("STT", 0.5, _CENTER),
        column("Sản phẩm", 3.0),
        column("Đơn vị thực hiện", 3.0),
        column("Thời hạn", 2.4),
        column("Đơn vị rà soát", 1.6),
    )
    return table(columns, rows)
