"""Deadlines: instants that keep the sentence they came from."""

from datetime import date, time
from enum import StrEnum

from models.values import Value


class DeadlineKind(StrEnum):
    """How the wording binds the day (domain.md 5.5)."""

    BEFORE = "before"  # trước ngày D: exclusive
    BY_END_OF = "by_end_of"  # chậm nhất / đến hết / trong ngày D: inclusive
    IN_MONTH = "in_month"  # trong tháng M
    WITHIN = "within"  # trong thời hạn n ngày (làm việc)


class Anchor(StrEnum):
    """The event a period of days is counted from; that first day is not counted."""

    ISSUED = "issued"  # kể từ ngày ban hành kế hoạch
    OPENED = "opened"  # kể từ ngày giao
    RECEIVED = "received"  # kể từ ngày nhận được sản phẩm cần xử lý


class Origin(StrEnum):
    """Who said so."""

    SOURCE = "source"  # in the plan's own text
    DEFAULT = "default"  # mặc định of the engine, the plan is silent
    CONFIRMED = "confirmed"  # a person confirmed it


class Deadline(Value):
    """A deadline as worded; the rule fields are what the wording means.

    ``day`` is D for ``BEFORE`` and ``BY_END_OF`` and the first of the month for ``IN_MONTH``;
    ``days`` and ``anchor`` belong to ``WITHIN``. ``at`` is the hour on the last valid day;
    None means the end of office hours (17:00).
    """

    wording: str
    kind: DeadlineKind
    day: date | None = None
    at: time | None = None
    days: int | None = None
    working_days: bool = False
    anchor: Anchor | None = None
    origin: Origin = Origin.DEFAULT
    basis: str | None = None
    confirmed_by: str | None = None
