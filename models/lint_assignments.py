"""Lint of a plan's assignments: work without a lead, duties without a report or a form."""

import re
from datetime import date

from models.deadlines import Origin
from models.lint_findings import Findings, LintFinding, LintRule
from models.plans import ContentGroup, DutyHolder, DutyRole, PlanDossier

_TARGET = re.compile(
    r"\b\d+\s*(?:%|(?:lượt|lớp|cuộc|buổi|hộ|người|mô hình|tin|video|sản phẩm|thôn|tổ)\b)"
)
_SAFETY = re.compile(r"an ninh|an toàn|dịch bệnh", re.IGNORECASE)
_ASSIGN = re.compile(r"phân công", re.IGNORECASE)


def holders_without_reporting_duty(dossier: PlanDossier, _day: date) -> Findings:
    """Yield holders that have work to do but nothing to report, by the plan's own text."""
    plan = dossier.plan
    lines = {sender: line for line in plan.reporting_lines for sender in line.senders}
    for holder in plan.duty_holders:
        line = lines.get(holder.id)
        if _reports_by_source(holder) or (line and line.origin is not Origin.DEFAULT):
            continue
        yield LintFinding(
            code="L10" if holder.is_group else "L11",
            title="Có nhiệm vụ nhưng không được giao báo cáo",
            where=holder.id,
            message=f"Kế hoạch không giao “{holder.name}” báo cáo kết quả.",
            default=f"{line.id}: {line.document}" if line else "không thu số liệu của đơn vị này",
        )


def groups_without_lead(dossier: PlanDossier, _day: date) -> Findings:
    """Yield content groups whose lead is the engine's assumption."""
    for group in dossier.plan.content_groups:
        if group.lead.origin is Origin.DEFAULT:
            yield LintFinding(
                code="L12" if not _led_by_a_duty(dossier, group) else "L13",
                title="Nội dung chưa giao đơn vị chủ trì",
                where=group.id,
                message=f"“{group.name}”: {group.lead.basis}.",
                default=f"chủ trì: {_name(dossier, group.lead.id)}; đề nghị lãnh đạo xác nhận",
            )


def phase_items_without_owner(dossier: PlanDossier, _day: date) -> Findings:
    """Yield items of the timetable whose owner is the engine's assumption."""
    for phase in dossier.plan.phases:
        for item in phase.items:
            if item.owner_origin is Origin.DEFAULT:
                yield LintFinding(
                    code="L12",
                    title="Việc theo tiến độ chưa giao đơn vị chủ trì",
                    where=item.id,
                    message=f"Không đơn vị nào được giao: “{item.text}”.",
                    default=f"chủ trì: {_name(dossier, item.owner)}; đề nghị lãnh đạo xác nhận",
                )


def channels_without_operator(dossier: PlanDossier, _day: date) -> Findings:
    """Yield channels of publicity that nobody is told to run."""
    for group in dossier.plan.content_groups:
        for channel in group.channels:
            if channel.operator is None:
                chosen = channel.default_operator
                yield LintFinding(
                    code="L14",
                    title="Kênh tuyên truyền chưa giao đơn vị",
                    where=channel.id,
                    message=f"Không đơn vị nào được giao “{channel.name}”.",
                    default=_name(dossier, chosen) if chosen else "không đôn đốc kênh này",
                )


def activities_without_venue(dossier: PlanDossier, _day: date) -> Findings:
    """Yield activities without a place beside others of their group that have one."""
    for group in dossier.plan.content_groups:
        if not any(activity.venue for activity in group.activities):
            continue
        for activity in group.activities:
            if not activity.venue:
                yield LintFinding(
                    code="L15",
                    title="Hoạt động không nêu địa điểm",
                    where=activity.id,
                    message=f"“{activity.text}” không có địa điểm. {activity.note or ''}".strip(),
                    default="chấp nhận mọi địa điểm đơn vị báo",
                )


def assignment_without_annex(dossier: PlanDossier, _day: date) -> Findings:
    """Yield a duty to assign work in detail, for which the plan holds no annex."""
    for holder in dossier.plan.duty_holders:
        for duty in holder.duties:
            if duty.role is DutyRole.DIRECT and _ASSIGN.search(duty.text):
                yield LintFinding(
                    code="L16",
                    title="Thiếu phụ lục phân công",
                    where=duty.id,
                    message=f"“{duty.text}” nhưng kế hoạch không kèm bảng phân công.",
                    default="hệ thống lập “Phụ lục phân công” để trình ký",
                )


def requirements_added(dossier: PlanDossier, _day: date) -> Findings:
    """Yield products the plan does not ask for and the engine adds."""
    for requirement in dossier.plan.requirements:
        if requirement.origin is Origin.DEFAULT:
            yield LintFinding(
                code="L50",
                title="Sản phẩm do hệ thống bổ sung",
                where=requirement.id,
                message=f"Kế hoạch không yêu cầu “{requirement.name}”.",
                default="vẫn đôn đốc; thiếu thì ghi “chưa có số liệu”",
            )


def optional_activities(dossier: PlanDossier, _day: date) -> Findings:
    """Yield activities the plan only encourages."""
    for group in dossier.plan.content_groups:
        for activity in group.activities:
            if activity.mode:
                yield LintFinding(
                    code="L37",
                    title="Hoạt động không bắt buộc",
                    where=activity.id,
                    message=f"“{activity.text}”: {activity.mode}.",
                    default="không tổ chức cũng không phải là chưa hoàn thành",
                )


def no_targets(dossier: PlanDossier, _day: date) -> Findings:
    """Yield a plan without one quantity to reach."""
    plan = dossier.plan
    ids = {name for group in plan.content_groups for name in (group.id, group.name)}
    texts = [text for name, text in plan.verbatim.items() if name in {*ids, *plan.demands}]
    texts += [a.text for group in plan.content_groups for a in group.activities]
    if not any(_TARGET.search(text) for text in texts):
        yield LintFinding(
            code="L34",
            title="Không có chỉ tiêu số lượng",
            where="content_groups",
            message="Không nội dung nào nêu số lượng phải đạt.",
            default="chỉ báo cáo số tuyệt đối, không tính “% hoàn thành kế hoạch”",
        )


def safety_without_duty(dossier: PlanDossier, _day: date) -> Findings:
    """Yield a demand for safety that no duty takes up."""
    plan = dossier.plan
    duties = [duty.text for holder in plan.duty_holders for duty in holder.duties]
    if any(_SAFETY.search(text) for text in duties):
        return
    for name in plan.demands:
        if _SAFETY.search(plan.verbatim.get(name, "")):
            yield LintFinding(
                code="L33",
                title="Yêu cầu an toàn chưa giao đơn vị",
                where=name,
                message="Kế hoạch yêu cầu bảo đảm an toàn nhưng không giao đơn vị nào.",
                default="mỗi kế hoạch chi tiết ghi phương án an toàn",
            )


def _reports_by_source(holder: DutyHolder) -> bool:
    return any(duty.role is DutyRole.REPORT for duty in holder.duties)


def _led_by_a_duty(dossier: PlanDossier, group: ContentGroup) -> bool:
    return any(
        group.id in duty.groups
        for holder in dossier.plan.duty_holders
        if holder.id == group.lead.id
        for duty in holder.duties
    )


def _name(dossier: PlanDossier, name: str) -> str:
    names = {unit.id: unit.name for unit in dossier.units.units}
    names |= {holder.id: holder.name for holder in dossier.plan.duty_holders}
    return names.get(name, name)


ASSIGNMENT_RULES: tuple[LintRule, ...] = (
    holders_without_reporting_duty,
    groups_without_lead,
    phase_items_without_owner,
    channels_without_operator,
    activities_without_venue,
    assignment_without_annex,
    requirements_added,
    safety_without_duty,
    no_targets,
    optional_activities,
)
