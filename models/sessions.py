"""A working session of a phase: on which plan, as of when, and whether it may act."""

from datetime import date, datetime

from models.plans import Phase
from models.values import Value


class Session(Value):
    """One plan's phase in one run; without ``acts`` the run only shows what stood at ``as_of``."""

    plan_id: str
    plan_name: str
    phase_id: str
    phase_name: str
    day: date
    as_of: datetime
    acts: bool
    why: str = ""


def why_idle(phase: Phase, *, issued_on: date | None, day: date, today: date) -> str:
    """Why a run for ``day`` must not act, in Vietnamese; empty when it may."""
    starts = phase.starts_on or issued_on
    if day < today:
        return "Chạy cho một ngày đã qua: chỉ hiển thị lại tình hình của ngày đó."
    if day > today:
        return "Chưa tới ngày này: chỉ hiển thị tình hình hiện tại."
    if starts is None or day < starts:
        return f"Chưa đến giai đoạn “{phase.name}”."
    if day > phase.ends_on:
        return f"Giai đoạn “{phase.name}” đã kết thúc."
    return ""
