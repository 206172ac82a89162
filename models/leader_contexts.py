"""What letters to the leader, from the leader and to the province say (E09, E14-E17)."""

from datetime import date, datetime
from enum import StrEnum

from models.addressees import Line, Product
from models.letter_frames import LetterContext
from models.letter_rows import LateUnitRow, UnitTaskRow


class LeaderReportContext(LetterContext):
    """E09: one consolidated letter about every unit that has not sent one product.

    ``working_days_left`` is counted to the province's deadline.
    """

    product: Product
    at: datetime
    sent_on_time: int
    sent_late: int
    missing: tuple[LateUnitRow, ...]
    impact: Line
    working_days_left: int
    formal_letter_attached: bool = False
    blockers: tuple[Line, ...] = ()  # what still keeps the report to the province from leaving

    @property
    def sent(self) -> int:
        """Units that have sent it."""
        return self.sent_on_time + self.sent_late

    @property
    def total(self) -> int:
        """Units that owe or owed it."""
        return self.sent + len(self.missing)


class BulletinContext(LetterContext):
    """E14: one screen for the leader; counts close: total = done + running + waiting + waived."""

    week: int
    from_day: date
    to_day: date
    done_on_time: int
    done_late: int
    running_in_time: int
    running_overdue: int
    waiting: int
    due_soon: int
    waived: int = 0
    asks: tuple[Line, ...] = ()  # at most three
    overdue: tuple[UnitTaskRow, ...] = ()
    soon: tuple[UnitTaskRow, ...] = ()
    highlights: tuple[Line, ...] = ()
    forecast: Line
    forecast_reason: Line
    blockers: tuple[Line, ...] = ()  # what still keeps the report to the province from leaving

    @property
    def done(self) -> int:
        """Obligations done, on time or late."""
        return self.done_on_time + self.done_late

    @property
    def running(self) -> int:
        """Obligations not answered yet."""
        return self.running_in_time + self.running_overdue

    @property
    def total(self) -> int:
        """All obligations."""
        return self.done + self.running + self.waiting + self.waived


class ForDecisionContext(LetterContext):
    """E15: the draft report, put before the leader; ``frame.page_url`` is the decision page."""

    report_name: Line  # "Báo cáo kết quả tổ chức …"
    short_name: Line
    version: int
    sent: int
    total: int
    missing_units: tuple[Line, ...] = ()
    checker_name: Line = ""
    checked_on: date | None = None
    check_result: Line = ""
    notes: tuple[Line, ...] = ()
    issue_by: datetime
    decide_by: datetime | None = None  # the last hour that leaves number and dispatch their time
    reminder: int = 0  # working days since the first letter; 0 is the first
    is_urgent: bool = False
    passed_on_by: Line = ""  # the leader who asks the Chairman


class DecisionWord(StrEnum):
    """What the leader decided, as the letter says it."""

    APPROVED = "phê duyệt"
    RETURNED = "trả lại"
    FORWARDED = "chuyển xin ý kiến Chủ tịch"


class DecisionContext(LetterContext):
    """E16: the leader's decision, told to the coordinator."""

    report_name: Line
    short_name: Line
    version: int
    leader_title: Line
    leader_name: Line
    decision: DecisionWord
    decided_at: datetime
    opinion: Line = ""
    next_step: Line
    next_step_by: datetime


class DispatchContext(LetterContext):
    """E17: the courtesy letter with the issued report; ``to`` is the first of ``recipients``.

    ``basis`` is the document that asked for the report, with number, day and agency.
    ``report_matter`` follows "về", ``short_matter`` is its short form for the subject.
    """

    recipients: tuple[Line, ...]
    basis: Line
    report_number: Line
    report_day: date
    report_matter: Line
    short_matter: Line
    issued_at: datetime
    reminder: int = 0  # which request for a receipt this is; 0 carries the report itself
