"""Lint of a plan's timetable: deadlines that are missing, assumed, exclusive or already gone."""

from collections.abc import Iterator
from datetime import date, timedelta

from models.deadline_days import last_fixed_day
from models.deadlines import Deadline, DeadlineKind, Origin
from models.lint_findings import Findings, LintFinding, LintRule
from models.plans import PlanDossier, RequirementKind
from models.vietnamese import format_day, weekday_name

_FIRST_WEEKEND_DAY = 5
_UNSAID_DEADLINE = "thời hạn quy định"
_PERIODIC = "định kỳ"


def exclusive_deadlines(dossier: PlanDossier, _day: date) -> Findings:
    """Yield each "trước ngày D", with the last day it really leaves."""
    seen: set[str] = set()
    for where, deadline in _deadlines(dossier):
        last = _last_working_weekday(deadline)
        is_exclusive = deadline.kind is DeadlineKind.BEFORE and deadline.wording not in seen
        if not is_exclusive or deadline.day is None or last is None:
            continue
        seen.add(deadline.wording)
        yield LintFinding(
            code="L05",
            title="Thời hạn không gồm ngày được nêu",
            where=where,
            message=f"“{deadline.wording}”: gửi ngày {format_day(deadline.day)} đã là quá hạn.",
            default=f"ngày hợp lệ cuối cùng là {weekday_name(last)}, ngày {format_day(last)}",
        )


def unsaid_deadline(dossier: PlanDossier, _day: date) -> Findings:
    """Yield texts that refer to a prescribed deadline without saying which."""
    for name, text in dossier.plan.verbatim.items():
        if _UNSAID_DEADLINE in text.casefold():
            yield LintFinding(
                code="L06",
                title="Dẫn chiếu thời hạn không nêu ngày",
                where=name,
                message=f"“{_UNSAID_DEADLINE}” không nói ngày nào; cấp trên có thể đòi sớm hơn.",
                default=f"dùng thời hạn “{dossier.plan.report_deadline.wording}” của kế hoạch",
            )


def missing_deadline(dossier: PlanDossier, _day: date) -> Findings:
    """Yield each requirement for which no deadline stands anywhere."""
    for requirement in dossier.plan.requirements:
        if not requirement.periods:
            yield LintFinding(
                code="L53",
                title="Sản phẩm không có thời hạn",
                where=requirement.id,
                message=f"“{requirement.name}” chưa có thời hạn nên không thể đôn đốc.",
                blocking=True,
                default="chờ người quản trị đặt thời hạn",
            )


def assumed_deadlines(dossier: PlanDossier, _day: date) -> Findings:
    """Yield each internal deadline that the plan does not give and nobody has confirmed."""
    for requirement in dossier.plan.requirements:
        code = "L08" if requirement.kind is RequirementKind.DETAILED_PLAN else "L07"
        for period in requirement.periods:
            deadline = period.deadline
            if deadline.origin is Origin.DEFAULT and deadline.confirmed_by is None:
                yield LintFinding(
                    code=code,
                    title="Thời hạn nội bộ do hệ thống đặt",
                    where=f"{requirement.id}/{period.id}",
                    message=f"Kế hoạch không nêu thời hạn của “{requirement.name}”.",
                    default=deadline.wording,
                )


def unnamed_periods(dossier: PlanDossier, _day: date) -> Findings:
    """Yield duties to report periodically for which the plan names no period."""
    periodic = [r for r in dossier.plan.requirements if r.kind is RequirementKind.PERIODIC_REPORT]
    periods = [period for requirement in periodic for period in requirement.periods]
    if any(period.deadline.origin is not Origin.DEFAULT for period in periods):
        return
    named = "; ".join(period.name or period.deadline.wording for period in periods)
    for holder in dossier.plan.duty_holders:
        for duty in holder.duties:
            if _PERIODIC in duty.text.casefold():
                yield LintFinding(
                    code="L09",
                    title="Báo cáo định kỳ không nêu kỳ",
                    where=duty.id,
                    message=f"{holder.name} phải báo cáo định kỳ nhưng kế hoạch không nêu kỳ nào.",
                    default=named or "không mở kỳ báo cáo nào",
                )


def overlapping_phases(dossier: PlanDossier, _day: date) -> Findings:
    """Yield phases that start before the one listed above them has ended."""
    for earlier, later in zip(dossier.plan.phases, dossier.plan.phases[1:], strict=False):
        if later.starts_on is not None and later.starts_on <= earlier.ends_on:
            yield LintFinding(
                code="L39",
                title="Hai giai đoạn chồng nhau",
                where=later.id,
                message=f"“{later.name}” bắt đầu khi “{earlier.name}” chưa kết thúc.",
                default="chạy song song; hoạt động sau ngày chốt số liệu ghi “đang thực hiện”",
            )


def the_day_itself(dossier: PlanDossier, _day: date) -> Findings:
    """Yield a campaign whose day is unknown, or is not in the plan's text."""
    day = dossier.plan.event_date
    if day is None:
        message = "Kế hoạch không có ngày của sự kiện được hưởng ứng."
    elif any(f"{day.day}/{day.month}" in text for text in dossier.plan.verbatim.values()):
        return
    else:
        message = f"Nguyên văn không nhắc ngày {format_day(day)}; có thể ban hành sau ngày đó."
    yield LintFinding(
        code="L29",
        title="Ngày của sự kiện",
        where="event_date",
        message=message,
        default="không nhiệm vụ nào tính theo ngày này",
    )


def deadlines_already_gone(dossier: PlanDossier, day: date) -> Findings:
    """Yield deadlines that passed before the day asked about."""
    for where, deadline in _deadlines(dossier):
        last = last_fixed_day(deadline)
        if last is not None and last < day:
            yield LintFinding(
                code="L54",
                title="Thời hạn đã qua",
                where=where,
                message=f"“{deadline.wording}” đã qua vào ngày {format_day(day)}.",
                default="không gửi nhắc cho ngày đã qua; đề nghị đặt lại thời hạn",
            )


def _deadlines(dossier: PlanDossier) -> Iterator[tuple[str, Deadline]]:
    yield "report_deadline", dossier.plan.report_deadline
    for requirement in dossier.plan.requirements:
        for period in requirement.periods:
            yield f"{requirement.id}/{period.id}", period.deadline


def _last_working_weekday(deadline: Deadline) -> date | None:
    """The last valid Monday to Friday; a "before" limit only ever moves earlier (domain.md 5.5)."""
    day = last_fixed_day(deadline)
    while day is not None and day.weekday() >= _FIRST_WEEKEND_DAY:
        day -= timedelta(days=1)
    return day


TIMETABLE_RULES: tuple[LintRule, ...] = (
    exclusive_deadlines,
    unsaid_deadline,
    missing_deadline,
    assumed_deadlines,
    unnamed_periods,
    overlapping_phases,
    the_day_itself,
    deadlines_already_gone,
)
