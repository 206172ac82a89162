"""Days and hours of a plan: they exist, follow each other and stand inside their phases."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from models.deadline_days import last_fixed_day
from models.deadlines import Anchor, Deadline, DeadlineKind
from models.faults import Fault, Faults, Path
from models.plans import Phase, Plan, PlanDossier, Requirement
from models.vietnamese import format_day

KNOWN_FLOWS = ("preparation", "activities", "reporting")


def find_timetable_faults(dossier: PlanDossier) -> Faults:
    """Yield days that contradict each other, unknown flows and an unknown time zone."""
    plan = dossier.plan
    yield from _zone_faults(plan)
    yield from _issue_faults(plan)
    for i, each in enumerate(plan.phases):
        yield from _phase_faults(each, ("plan", "phases", i))
    phases = {phase.id: phase for phase in plan.phases}
    for i, requirement in enumerate(plan.requirements):
        path: Path = ("plan", "requirements", i)
        for j, period in enumerate(requirement.periods):
            deadline_path = (*path, "periods", j, "deadline")
            yield from _anchor_faults(period.deadline, requirement, deadline_path)
            if phase := phases.get(requirement.phase):
                yield from _outside_phase(plan, phase, period.deadline, deadline_path)
            yield from _naive(period.cutoff, (*path, "periods", j, "cutoff"))
        yield from _naive(requirement.supplement_until, (*path, "supplement_until"))


def _zone_faults(plan: Plan) -> Faults:
    try:
        ZoneInfo(plan.timezone)
    except (OSError, ValueError, KeyError):  # what a wrong key raises depends on its shape
        message = f"không có múi giờ “{plan.timezone}”; ở Việt Nam ghi Asia/Ho_Chi_Minh"
        yield Fault(path=("plan", "timezone"), message=message)


def _issue_faults(plan: Plan) -> Faults:
    if (plan.number is None) != (plan.issued_on is None):
        message = "số và ngày ban hành phải cùng có hoặc cùng để trống (number, issued_on)"
        yield Fault(path=("plan", "number"), message=message)
    if plan.number is not None and plan.number < 1:
        yield Fault(path=("plan", "number"), message="số văn bản phải từ 1 trở lên")
    if plan.issue_window is None:
        return
    first, last = plan.issue_window
    span = f"{format_day(first)} - {format_day(last)}"
    if first > last:
        yield Fault(path=("plan", "issue_window"), message=f"khoảng ngày {span} bị ngược")
    elif plan.issued_on is not None and not first <= plan.issued_on <= last:
        message = f"ngày ban hành {format_day(plan.issued_on)} nằm ngoài khoảng {span}"
        yield Fault(path=("plan", "issued_on"), message=message)


def _phase_faults(phase: Phase, path: Path) -> Faults:
    if phase.flow not in KNOWN_FLOWS:
        message = f"không có luồng “{phase.flow}”; dùng một trong: {', '.join(KNOWN_FLOWS)}"
        yield Fault(path=(*path, "flow"), message=message)
    if phase.starts_on is not None and phase.starts_on > phase.ends_on:
        message = (
            f"giai đoạn “{phase.id}” kết thúc ngày {format_day(phase.ends_on)}, "
            f"trước ngày bắt đầu {format_day(phase.starts_on)}"
        )
        yield Fault(path=(*path, "ends_on"), message=message)


def _anchor_faults(deadline: Deadline, requirement: Requirement, path: Path) -> Faults:
    if deadline.kind is not DeadlineKind.WITHIN:
        return
    if deadline.anchor is None:
        message = (
            f"thời hạn “{deadline.wording}” không nói kể từ ngày nào; thêm “kể từ ngày ban hành”"
        )
        yield Fault(path=path, message=message)
    elif deadline.anchor is Anchor.RECEIVED and requirement.opens_on_receipt_of is None:
        message = "thời hạn kể từ ngày nhận được cần opens_on_receipt_of: nhận được sản phẩm nào"
        yield Fault(path=path, message=message)


def _outside_phase(plan: Plan, phase: Phase, deadline: Deadline, path: Path) -> Faults:
    day = last_fixed_day(deadline)
    first = phase.starts_on or _earliest_issue(plan)
    if day is None or ((first is None or first <= day) and day <= phase.ends_on):
        return
    start = format_day(first) if first else "ngày ban hành"
    message = (
        f"thời hạn “{deadline.wording}” nằm ngoài giai đoạn “{phase.id}” "
        f"({start} - {format_day(phase.ends_on)}); sửa thời hạn hoặc giai đoạn"
    )
    yield Fault(path=path, message=message)


def _earliest_issue(plan: Plan) -> date | None:
    return plan.issued_on or (plan.issue_window[0] if plan.issue_window else None)


def _naive(instant: datetime | None, path: Path) -> Faults:
    if instant is not None and instant.utcoffset() is None:
        yield Fault(path=path, message="giờ phải kèm múi giờ, ví dụ 2026-06-25T11:30:00+07:00")
