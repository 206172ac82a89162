"""Reads the working calendar: the holidays package under the official overlay."""

from datetime import date, time
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import holidays
import yaml
from pydantic import ValidationError

from config.settings import CONFIG_FOLDER
from models.calendars import OfficeSeason, WorkingCalendar
from models.errors import UsageError
from models.values import Value

DEFAULT_OVERLAY = CONFIG_FOLDER / "calendars" / "vn.yaml"
DEFAULT_YEARS = range(2025, 2031)


class OverlayKind(StrEnum):
    """What an overlay row makes of its day."""

    OFF = "off"
    WORK = "work"


class OverlayDay(Value):
    """One official exception with the document that made it."""

    date: date
    kind: OverlayKind
    name: str
    basis: str

    @property
    def reason(self) -> str:
        """The row in words."""
        return f"{self.name} ({self.basis})"


class Overlay(Value):
    """The overlay file, whole."""

    zone: str
    closes_at: time
    verified_years: dict[int, str]
    days: tuple[OverlayDay, ...]
    office_hours: tuple[OfficeSeason, ...]

    def reasons(self, kind: OverlayKind) -> dict[date, str]:
        """The rows of one kind, by day."""
        return {row.date: row.reason for row in self.days if row.kind is kind}


def read_calendar(path: Path | None = None, *, years: range = DEFAULT_YEARS) -> WorkingCalendar:
    """Build the calendar of those years from the package and the overlay, which wins.

    Raises:
        UsageError: the overlay is missing or does not read.
    """
    found = path or DEFAULT_OVERLAY
    try:
        text = found.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"Không đọc được lịch làm việc {found}: hãy kiểm tra tệp.") from error
    return _build(text, str(found), years)


@lru_cache(maxsize=4)
def _build(text: str, name: str, years: range) -> WorkingCalendar:
    # Every task of a run opens the calendar; the same text gives the same one.
    overlay = _read_overlay(text, name)
    package = holidays.country_holidays("VN", years=years, language="vi")
    off = {day: name for day, name in package.items() if day.year in years}
    work = {day: "ngày làm bù" for day in package.weekend_workdays if day.year in years}
    off_rows, work_rows = overlay.reasons(OverlayKind.OFF), overlay.reasons(OverlayKind.WORK)
    return WorkingCalendar(
        zone_name=overlay.zone,
        off_days={d: n for d, n in (off | off_rows).items() if d not in work_rows},
        work_days={d: n for d, n in (work | work_rows).items() if d not in off_rows},
        verified_years=overlay.verified_years,
        seasons=overlay.office_hours,
        closes_at=overlay.closes_at,
    )


def _read_overlay(text: str, name: str) -> Overlay:
    try:
        return Overlay.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise UsageError(f"Lịch làm việc {name} sai cấu trúc: {error}") from error
