"""What each kind of letter says: one frozen value per kind."""

from datetime import date, datetime
from typing import ClassVar

from models.addressees import Line, Product, RequestVerb, WebLink, request_verb
from models.alarms import AlarmContext
from models.leader_contexts import (
    BulletinContext,
    DecisionContext,
    DispatchContext,
    ForDecisionContext,
    LeaderReportContext,
)
from models.letter_frames import LetterContext
from models.letter_rows import DutyRow, OverduePlanRow, RemarkRow, TaskRow
from models.letters import LetterKind
from models.mail_contexts import AskSenderContext, UnclearReplyContext
from models.values import Value
from models.vietnamese import local_day


class AssignmentContext(LetterContext):
    """E01: the unit's duties and the products it owes, in the plan's order."""

    duties: tuple[DutyRow, ...]
    products: tuple[TaskRow, ...]
    forms_attached: bool = False


class ReminderContext(LetterContext):
    """E02-E08: one digest of what a recipient owes; the most urgent item stands first.

    ``at`` is the instant the letter speaks of, ``respond_by`` the new time asked for in overdue
    letters, ``extension_by`` the last day to ask for more time, ``contact_name`` the silent
    contact that E08 names.
    """

    items: tuple[TaskRow, ...]
    at: datetime
    respond_by: datetime | None = None
    extension_by: date | None = None
    contact_name: Line | None = None
    forms_attached: bool = False

    @property
    def lead(self) -> TaskRow:
        """The item the letter is about first."""
        return self.items[0]

    @property
    def is_single(self) -> bool:
        """Whether one item is all, so that sentences name it."""
        return len(self.items) == 1

    @property
    def calendar_days_left(self) -> int:
        """Calendar days from the letter to the lead item's due day."""
        return (local_day(self.lead.due_at) - local_day(self.at)).days

    @property
    def short_name(self) -> str:
        """The subject's middle: the lead item, and how many others."""
        others = len(self.items) - 1
        return self.lead.subject_name + (f" và {others} nội dung khác" if others else "")

    @property
    def lead_by_plan(self) -> str:
        """The lead product and the plan it comes from, without saying "Kế hoạch" twice."""
        product = self.lead.asked_product
        if product.endswith(" Kế hoạch"):
            return f"{product.removesuffix('Kế hoạch')}{self.frame.short_plan}"
        return f"{product} theo {self.frame.short_plan}"

    @property
    def late_verb(self) -> RequestVerb:
        """The verb of overdue letters; the only one that may become "yêu cầu"."""
        return request_verb(
            self.to.unit_kind,
            overdue_times=self.lead.overdue_times,
            orders_allowed=self.frame.orders_allowed,
        )


class ProductContext(LetterContext):
    """What letters about one product of one unit share; ``due_at`` is the deadline that counts."""

    product: Product
    short_name: Line
    due_at: datetime


class ReceiptContext(ProductContext):
    """E10: what was received, when, and the code that proves it."""

    OPEN: ClassVar[tuple[str, ...]] = ("received_at", "receipt_code", "files", "check_by")

    received_at: datetime
    on_time: bool
    receipt_code: Line
    files: tuple[Line, ...] = ()
    check_by: datetime | None = None


class ResendContext(ProductContext):
    """E11: a file that cannot be read; its instant of receipt still counts."""

    OPEN: ClassVar[tuple[str, ...]] = ("received_at", "file_name", "reason", "resend_by")

    received_at: datetime
    file_name: Line
    reason: Line
    resend_by: datetime


class ReturnedContext(ProductContext):
    """E12: what to add or mend, field by field, in the ``times``-th return."""

    OPEN: ClassVar[tuple[str, ...]] = ("received_at", "resend_by")

    received_at: datetime
    times: int
    remarks: tuple[RemarkRow, ...]
    resend_by: datetime


class AcceptedContext(ProductContext):
    """E13: accepted and taken into the totals."""

    OPEN: ClassVar[tuple[str, ...]] = ("received_at", "receipt_code", "correct_by")

    received_at: datetime
    on_time: bool
    receipt_code: Line
    figures_attached: bool = False
    correct_by: datetime | None = None


class ExtensionContext(ProductContext):
    """E18: the answer to a request for more time; ``due_at`` is the deadline asked about."""

    task_code: Line
    granted_until: datetime | None = None
    reason: Line = ""
    decided_by: Line


class QuestionContext(ProductContext):
    """E24: what the office asks about a version; the version stays with the office meanwhile."""

    OPEN: ClassVar[tuple[str, ...]] = ("received_at", "question")

    received_at: datetime
    question: Line


class ComplianceOverdueContext(LetterContext):
    """E25: detailed plans whose compliance review has not been made within its term."""

    plans: tuple[OverduePlanRow, ...]
    term_working_days: int


class ClosingContext(LetterContext):
    """E19: thanks and where the file is kept."""

    dispatched_on: date
    document_count: int
    kept_at: Line


class ChangeRow(Value):
    """How a contact is to be after a change; nothing of it holds before somebody agreed."""

    full_name: Line = ""
    email: Line
    phone: Line = ""
    reason: Line


class LinkContext(LetterContext):
    """E21: the link that was asked for; with ``change``, the question whether that is right.

    ``decide_url`` is where the reader says yes or no; it is known when the letter is claimed.
    """

    OPEN: ClassVar[tuple[str, ...]] = ("asked_at",)

    asked_at: datetime
    change: ChangeRow | None = None
    change_number: int | None = None
    decide_url: WebLink | None = None
    decide_by: datetime | None = None


CONTEXT_OF_KIND: dict[LetterKind, type[LetterContext]] = {
    LetterKind.ASSIGNMENT: AssignmentContext,
    LetterKind.REMIND_EARLY: ReminderContext,
    LetterKind.REMIND_SOON: ReminderContext,
    LetterKind.REMIND_TOMORROW: ReminderContext,
    LetterKind.REMIND_TODAY: ReminderContext,
    LetterKind.OVERDUE_FIRST: ReminderContext,
    LetterKind.OVERDUE_AGAIN: ReminderContext,
    LetterKind.HEAD_INFORMED: ReminderContext,
    LetterKind.LEADER_INFORMED: LeaderReportContext,
    LetterKind.RECEIPT: ReceiptContext,
    LetterKind.RESEND: ResendContext,
    LetterKind.RETURNED: ReturnedContext,
    LetterKind.ACCEPTED: AcceptedContext,
    LetterKind.BULLETIN: BulletinContext,
    LetterKind.FOR_DECISION: ForDecisionContext,
    LetterKind.DECISION: DecisionContext,
    LetterKind.DISPATCH: DispatchContext,
    LetterKind.EXTENSION: ExtensionContext,
    LetterKind.CLOSING: ClosingContext,
    LetterKind.ALARM: AlarmContext,
    LetterKind.LINK: LinkContext,
    LetterKind.ASK_SENDER: AskSenderContext,
    LetterKind.UNCLEAR_REPLY: UnclearReplyContext,
    LetterKind.QUESTION: QuestionContext,
    LetterKind.COMPLIANCE_OVERDUE: ComplianceOverdueContext,
}
