"""Internal deadlines counted back from the report's deadline (domain.md 1.5)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from models.calendars import WorkingCalendar
from models.deadlines import Anchor
from models.due_dates import due_at
from models.plans import Buffers, Phase, Plan
from models.values import Value
from models.vietnamese import format_count, format_day, format_instant, format_long_day

SUPPLEMENTS_CLOSE_AT = time(11, 30)  # the afternoon is left to those who check the form


class Milestone(StrEnum):
    """The steps a final report passes, from the units to the province."""

    UNITS = "units"
    SUPPLEMENT = "supplement"
    SYNTHESIS = "synthesis"
    DRAFT = "draft"
    FORM_CHECK = "form_check"
    ISSUE = "issue"
    PROVINCE = "province"


MILESTONE_NAMES = {
    Milestone.UNITS: "hạn đơn vị gửi báo cáo",
    Milestone.SUPPLEMENT: "hạn bổ sung số liệu",
    Milestone.SYNTHESIS: "hạn tổng hợp, trình dự thảo",
    Milestone.DRAFT: "ngày hệ thống tự lập dự thảo",
    Milestone.FORM_CHECK: "hạn rà soát thể thức, pháp lý",
    Milestone.ISSUE: "hạn ký, cấp số, phát hành",
    Milestone.PROVINCE: "thời điểm hợp lệ cuối cùng gửi cấp trên",
}


class ProposedDeadline(Value):
    """One internal deadline and why it falls there, in Vietnamese."""

    milestone: Milestone
    name: str
    day: date
    due_at: datetime
    reason: str


class Collision(Value):
    """Something a proposed deadline runs into, in Vietnamese."""

    milestone: Milestone
    text: str


class BackSchedule(Value):
    """Proposals from the units' deadline to the province's, and what they run into."""

    proposals: tuple[ProposedDeadline, ...]
    collisions: tuple[Collision, ...]

    def due_at(self, milestone: Milestone) -> datetime:
        """The instant proposed for a milestone."""
        return next(p.due_at for p in self.proposals if p.milestone is milestone)


def back_schedule(plan: Plan, *, calendar: WorkingCalendar, now: datetime) -> BackSchedule:
    """Propose the internal deadlines that keep the plan's buffers before the report's deadline.

    Raises:
        RefusedError: the report's deadline counts from a day that is not known yet.
    """
    anchors = {Anchor.ISSUED: plan.issued_on} if plan.issued_on else {}
    last = due_at(plan.report_deadline, calendar=calendar, anchors=anchors)
    proposals = _proposals(plan, calendar, last)
    found = (
        *_past(proposals, now),
        *_outside_phases(plan, proposals),
        *_thin_reserve(proposals, calendar),
        *_unverified(proposals, calendar),
    )
    return BackSchedule(proposals=tuple(proposals.values()), collisions=found)


def _proposals(
    plan: Plan, calendar: WorkingCalendar, last: datetime
) -> Mapping[Milestone, ProposedDeadline]:
    days = _days(plan.buffers, calendar, calendar.day_of(last))
    reasons = _reasons(plan, days, last)
    instants = {m: calendar.close_of(day) for m, day in days.items()} | {Milestone.PROVINCE: last}
    if days[Milestone.SUPPLEMENT] != days[Milestone.UNITS]:
        closes = calendar.at(days[Milestone.SUPPLEMENT], SUPPLEMENTS_CLOSE_AT)
        instants[Milestone.SUPPLEMENT] = closes
    return {
        m: ProposedDeadline(
            milestone=m, name=MILESTONE_NAMES[m], day=days[m], due_at=instants[m], reason=reasons[m]
        )
        for m in Milestone
    }


def _days(kept: Buffers, calendar: WorkingCalendar, final: date) -> dict[Milestone, date]:
    issue = calendar.add_working_days(final, -kept.issue_reserve_days)
    form = calendar.add_working_days(issue, -kept.signing_days)
    synthesis = calendar.add_working_days(form, -kept.form_check_days)
    units = calendar.add_working_days(synthesis, -kept.synthesis_days)
    return {
        Milestone.UNITS: units,
        Milestone.SUPPLEMENT: min(calendar.add_working_days(units, kept.supplement_days), form),
        Milestone.SYNTHESIS: synthesis,
        Milestone.DRAFT: calendar.add_working_days(final, -kept.draft_days_before),
        Milestone.FORM_CHECK: form,
        Milestone.ISSUE: issue,
        Milestone.PROVINCE: final,
    }


def _reasons(plan: Plan, days: Mapping[Milestone, date], last: datetime) -> dict[Milestone, str]:
    kept = plan.buffers
    synthesis, form = days[Milestone.SYNTHESIS], days[Milestone.FORM_CHECK]
    issue, final = days[Milestone.ISSUE], days[Milestone.PROVINCE]
    next_day_rule = (
        "; văn thư phát hành chậm nhất ngày làm việc tiếp theo ngày ký "
        "(Nghị định 30/2020/NĐ-CP, Điều 18)"
    )
    return {
        Milestone.UNITS: _before(kept.synthesis_days, synthesis, "tổng hợp, trình dự thảo"),
        Milestone.SUPPLEMENT: (
            f"nhận bổ sung thêm {format_count(kept.supplement_days)} ngày làm việc sau hạn đơn vị, "
            "không muộn hơn ngày rà soát thể thức"
        ),
        Milestone.SYNTHESIS: _before(kept.form_check_days, form, "rà soát thể thức, pháp lý"),
        Milestone.DRAFT: _before(kept.draft_days_before, final, "gửi cấp trên")
        + ", dù số liệu chưa đủ",
        Milestone.FORM_CHECK: _before(kept.signing_days, issue, "ký, phát hành"),
        Milestone.ISSUE: _before(kept.issue_reserve_days, final, "gửi cấp trên") + next_day_rule,
        Milestone.PROVINCE: (
            f"“{plan.report_deadline.wording}”: thời điểm hợp lệ cuối cùng là "
            f"{format_instant(last)}"
        ),
    }


def _before(days: int, day: date, what: str) -> str:
    if days == 0:
        return f"cùng ngày {what} ({format_long_day(day)})"
    return f"{format_count(days)} ngày làm việc trước ngày {what} ({format_long_day(day)})"


def _past(proposals: Mapping[Milestone, ProposedDeadline], now: datetime) -> Iterable[Collision]:
    for milestone, proposed in proposals.items():
        if proposed.due_at < now:
            text = f"{proposed.name} {format_instant(proposed.due_at)} đã qua."
            yield Collision(milestone=milestone, text=text)


def _outside_phases(
    plan: Plan, proposals: Mapping[Milestone, ProposedDeadline]
) -> Iterable[Collision]:
    units = proposals[Milestone.UNITS].day
    for phase in plan.phases:
        if phase.flow == "reporting":
            yield from _before_phase(phase, plan, proposals)
        elif phase.flow == "activities" and units < phase.ends_on:
            yield Collision(
                milestone=Milestone.UNITS,
                text=f"Hạn đơn vị {format_day(units)} trước ngày kết thúc {phase.short_name} "
                f"({format_day(phase.ends_on)}): số liệu chốt đến {format_day(units)}, hoạt động "
                "sau ngày này ghi “đang thực hiện”.",
            )


def _before_phase(
    phase: Phase,
    plan: Plan,
    proposals: Mapping[Milestone, ProposedDeadline],
) -> Iterable[Collision]:
    starts = phase.starts_on or plan.issued_on
    if starts is None:
        return
    for milestone, proposed in proposals.items():
        if proposed.day < starts:
            yield Collision(
                milestone=milestone,
                text=f"{proposed.name} {format_instant(proposed.due_at)} trước ngày bắt đầu "
                f"{phase.short_name} ({format_day(starts)}).",
            )


def _thin_reserve(
    proposals: Mapping[Milestone, ProposedDeadline], calendar: WorkingCalendar
) -> Iterable[Collision]:
    issue = proposals[Milestone.ISSUE].day
    final = proposals[Milestone.PROVINCE].day
    left = calendar.working_days_between(issue, final)
    if left < 1:
        text = (
            "Không còn ngày dự phòng: văn bản ký ngày cuối có thể phát hành ngày hôm sau, đã muộn."
        )
        yield Collision(milestone=Milestone.ISSUE, text=text)
    elif final - issue > left * timedelta(days=1):
        text = (
            f"Giữa {format_day(issue)} và {format_day(final)} có ngày nghỉ: lỗi phát hiện cuối "
            f"ngày {format_day(issue)} chỉ còn {format_count(left)} ngày làm việc để khắc phục."
        )
        yield Collision(milestone=Milestone.ISSUE, text=text)


def _unverified(
    proposals: Mapping[Milestone, ProposedDeadline], calendar: WorkingCalendar
) -> Iterable[Collision]:
    for year in sorted({p.day.year for p in proposals.values()}):
        if not calendar.is_verified(year):
            text = f"Lịch nghỉ năm {year} chưa đối chiếu thông báo chính thức."
            yield Collision(milestone=Milestone.PROVINCE, text=text)
