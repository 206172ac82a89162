"""Why a session of a phase must not act."""

from datetime import date

import pytest

from models.plans import Phase
from models.sessions import why_idle

TODAY = date(2026, 5, 20)


def phase(starts_on: date | None = None) -> Phase:
    return Phase(id="P1", name="Tháng 5 năm 2026", short_name="Chuẩn bị", starts_on=starts_on,
                 ends_on=date(2026, 5, 31), flow="preparation", items=())  # fmt: skip


@pytest.mark.parametrize(
    ("starts_on", "issued_on", "today", "why"),
    [
        (None, date(2026, 5, 11), TODAY, ""),
        (None, TODAY, TODAY, ""),
        (TODAY, None, TODAY, ""),
        (None, date(2026, 5, 11), date(2026, 5, 31), ""),
        (None, None, TODAY, "Chưa đến giai đoạn"),
        (None, date(2026, 5, 21), TODAY, "Chưa đến giai đoạn"),
        (date(2026, 5, 21), date(2026, 5, 11), TODAY, "Chưa đến giai đoạn"),
        (None, date(2026, 5, 11), date(2026, 6, 1), "đã kết thúc"),
    ],
)
def test_a_phase_acts_from_its_first_to_its_last_day(
    *, starts_on: date | None, issued_on: date | None, today: date, why: str
) -> None:
    found = why_idle(phase(starts_on), issued_on=issued_on, day=today, today=today)
    assert why in found
    assert bool(found) is bool(why)


@pytest.mark.parametrize(("day", "why"), [(19, "ngày đã qua"), (21, "Chưa tới ngày")])
def test_only_today_acts(day: int, why: str) -> None:
    found = why_idle(phase(), issued_on=date(2026, 5, 11), day=date(2026, 5, day), today=TODAY)
    assert why in found
