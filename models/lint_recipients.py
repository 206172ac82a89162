"""Lint of who is reached: Nơi nhận, names and addresses of the register."""

import re
from collections.abc import Iterator
from datetime import date

from models.lint_findings import Findings, LintFinding, LintRule
from models.plans import PlanDossier
from models.units import Unit
from models.vietnamese import nfc

UNCONFIRMED_CODE = "L51"

_CHAIR_WITHOUT_LEVEL = re.compile(r"Chủ tịch UBND$")


def holders_not_among_recipients(dossier: PlanDossier, _day: date) -> Findings:
    """Yield duty holders whom no line of Nơi nhận reaches."""
    plan = dossier.plan
    reached = {name for recipient in plan.recipients for name in recipient.units}
    for holder in plan.duty_holders:
        if not reached & {holder.id, holder.unit}:
            yield LintFinding(
                code="L31",
                title="Có nhiệm vụ nhưng không ở Nơi nhận",
                where=holder.id,
                message=f"“{holder.name}” được giao nhiệm vụ nhưng không có trong Nơi nhận.",
                default="hệ thống vẫn gửi: danh sách gửi gồm Nơi nhận và mọi đơn vị có nhiệm vụ",
            )


def unclear_recipients(dossier: PlanDossier, _day: date) -> Findings:
    """Yield the superior left out of Nơi nhận, and a chair whose level is not said."""
    plan = dossier.plan
    reached = {name for recipient in plan.recipients for name in recipient.units}
    if plan.parent.id not in reached:
        yield LintFinding(
            code="L32",
            title="Nơi nhận không có cơ quan cấp trên",
            where="recipients",
            message=f"Không có {plan.parent.name} trong Nơi nhận.",
            default="không tự thêm; báo cáo kết quả vẫn gửi theo tuyến báo cáo",
        )
    for recipient in plan.recipients:
        if _CHAIR_WITHOUT_LEVEL.search(recipient.name.strip()):
            yield LintFinding(
                code="L32",
                title="Nơi nhận không rõ cấp",
                where=recipient.id,
                message=f"“{recipient.name}” không nói cấp nào.",
                default=f"hiểu là của {plan.agency.name}",
            )


def names_that_differ(dossier: PlanDossier, _day: date) -> Findings:
    """Yield units that the plan calls otherwise than the register does."""
    names = {unit.id: unit.name for unit in dossier.units.units}
    for holder in dossier.plan.duty_holders:
        official = names.get(holder.unit or "")
        if official is not None and nfc(official) != nfc(holder.name):
            yield LintFinding(
                code="L19",
                title="Tên trong kế hoạch khác tên trong danh bạ",
                where=holder.id,
                message=f"Kế hoạch ghi “{holder.name}”, danh bạ ghi “{official}”.",
                default="văn bản dùng tên trong danh bạ; lấy theo quyết định thành lập",
            )


def owing_units_without_address(dossier: PlanDossier, day: date) -> Findings:
    """Yield units that owe something and cannot be written to."""
    for unit in _owing_units(dossier, day):
        if not unit.contacts:
            yield LintFinding(
                code="L52",
                title="Đơn vị phải nộp nhưng không có địa chỉ",
                where=unit.id,
                message=f"“{unit.name}” phải nộp sản phẩm nhưng danh bạ không có địa chỉ thư nào.",
                blocking=True,
                default="không gửi được thư; bổ sung địa chỉ trước khi đưa vào thực hiện",
            )


def unconfirmed_addresses(dossier: PlanDossier, day: date) -> Findings:
    """Yield one loud finding that lists the owing units with an address nobody confirmed."""
    units = [
        unit
        for unit in _owing_units(dossier, day)
        if any(not contact.confirmed for contact in unit.contacts)
    ]
    if units:
        count = sum(not contact.confirmed for unit in units for contact in unit.contacts)
        yield LintFinding(
            code=UNCONFIRMED_CODE,
            title="ĐỊA CHỈ THƯ CHƯA XÁC NHẬN",
            where=dossier.plan.register_file,
            message=(
                f"{count} địa chỉ của {len(units)} đơn vị phải nộp chưa được xác nhận: "
                f"{', '.join(unit.short_name for unit in units)}."
            ),
            default="vẫn gửi; gọi điện xác nhận từng địa chỉ rồi đặt confirmed: true",
        )


def _owing_units(dossier: PlanDossier, day: date) -> Iterator[Unit]:
    """Units behind the requirements on that day, each once."""
    seen: set[str] = set()
    for requirement in dossier.plan.requirements:
        for holder in requirement.holders:
            for unit in dossier.members(holder, day):
                if unit.id not in seen:
                    seen.add(unit.id)
                    yield unit


RECIPIENT_RULES: tuple[LintRule, ...] = (
    holders_not_among_recipients,
    unclear_recipients,
    names_that_differ,
    owing_units_without_address,
    unconfirmed_addresses,
)
