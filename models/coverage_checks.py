"""Gaps of a plan that would leave work without anybody, or anybody without work."""

from models.faults import Fault, Faults, Path
from models.indicators import Aggregation, Indicator
from models.plans import DutyRole, PlanDossier, Requirement
from models.reference_checks import EVERYONE


def find_coverage_faults(dossier: PlanDossier) -> Faults:
    """Yield holders, duties, requirements and indicators behind which nobody stands."""
    yield from _empty_holders(dossier)
    yield from _support_without_lead(dossier)
    yield from _requirements_without_holder(dossier)
    yield from _unreported_indicators(dossier)


def _empty_holders(dossier: PlanDossier) -> Faults:
    for i, holder in enumerate(dossier.plan.duty_holders):
        path: Path = ("plan", "duty_holders", i)
        if holder.unit is not None and holder.member_kinds:
            message = (
                f"“{holder.name}” vừa là một đơn vị vừa là một nhóm; chỉ ghi unit hoặc member_kinds"
            )
            yield Fault(path=(*path, "member_kinds"), message=message)
        elif holder.is_group and not _units_of(dossier, holder.id):
            message = (
                f"nhóm “{holder.name}” không có đơn vị nào trong danh bạ "
                f"{dossier.plan.register_file}; bổ sung đơn vị hoặc sửa member_kinds"
            )
            yield Fault(path=(*path, "member_kinds"), message=message)


def _support_without_lead(dossier: PlanDossier) -> Faults:
    for i, holder in enumerate(dossier.plan.duty_holders):
        for j, duty in enumerate(holder.duties):
            if duty.role is DutyRole.SUPPORT and not duty.lead:
                message = f"nhiệm vụ phối hợp “{duty.id}” không nêu đơn vị chủ trì; bổ sung lead"
                yield Fault(path=("plan", "duty_holders", i, "duties", j, "lead"), message=message)


def _requirements_without_holder(dossier: PlanDossier) -> Faults:
    for i, requirement in enumerate(dossier.plan.requirements):
        if not requirement.holders:
            message = f"“{requirement.name}” không giao cho đơn vị nào; bổ sung holders"
            yield Fault(path=("plan", "requirements", i, "holders"), message=message)


def _unreported_indicators(dossier: PlanDossier) -> Faults:
    for i, indicator in enumerate(dossier.catalogue.indicators):
        if indicator.aggregation is Aggregation.COMPUTED:
            continue
        if not any(_asks(dossier, r, indicator) for r in dossier.plan.requirements):
            message = (
                f"không đơn vị nào phải báo cáo chỉ tiêu “{indicator.id}”; "
                "sửa by, hoặc giao một báo cáo có asks_indicators cho đơn vị đó"
            )
            yield Fault(path=("catalogue", "indicators", i, "by"), message=message)


def _asks(dossier: PlanDossier, requirement: Requirement, indicator: Indicator) -> bool:
    if not requirement.asks_indicators:
        return False
    if requirement.indicators:
        return indicator.id in requirement.indicators
    if EVERYONE in indicator.by:
        return bool(requirement.holders)
    owing = {unit for name in requirement.holders for unit in _units_of(dossier, name)}
    return any(_units_of(dossier, name) & owing for name in indicator.by)


def _units_of(dossier: PlanDossier, name: str) -> set[str]:
    """Ids behind a holder or unit at any time; validity dates do not matter here."""
    for holder in dossier.plan.duty_holders:
        if holder.id == name and holder.is_group:
            return {u.id for u in dossier.units.units if u.kind in holder.member_kinds}
        if holder.id == name and holder.unit is not None:
            return {holder.unit}
    return {name}
