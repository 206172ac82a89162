"""What every letter shares: the sender, the plan, the links of its recipient."""

from datetime import date
from typing import ClassVar, Self

from models.addressees import Addressee, Line, WebLink
from models.deadlines import Deadline, DeadlineKind
from models.letter_rows import LinkedFile
from models.plans import Plan
from models.values import Value
from models.vietnamese import format_day, mid_sentence


class LetterFrame(Value):
    """The plan and the sender as every letter of it names them.

    ``campaign_short`` is what follows "Kế hoạch" in a subject ("hưởng ứng Ngày KHCN&ĐMST"),
    ``plan_number`` the number as printed ("15/KH-UBND", "…/KH-UBND" while blank), the links are
    this recipient's own. ``orders_allowed`` is the policy's leave to write "yêu cầu".
    """

    commune_tag: Line
    plan_code: Line
    plan_title: Line
    campaign: Line
    campaign_short: Line
    plan_number: Line
    plan_issued_on: date | None = None
    agency_name: Line
    agency_short: Line = "Ủy ban nhân dân xã"
    parent_short: Line = "Ủy ban nhân dân tỉnh"
    report_deadline: Line  # "trước ngày 30/6/2026"
    coordinator_name: Line
    officer_name: Line = ""
    officer_phone: Line = ""
    reply_to: Line
    system_name: Line = "Đôn Đốc"
    page_url: WebLink | None = None
    acknowledge_url: WebLink | None = None
    extension_url: WebLink | None = None
    orders_allowed: bool = False

    @classmethod
    def of(
        cls,
        plan: Plan,
        *,
        coordinator_name: str,
        reply_to: str,
        officer_name: str = "",
        officer_phone: str = "",
        page_url: str | None = None,
        orders_allowed: bool = False,
    ) -> Self:
        """Build the frame of a plan for one recipient."""
        return cls(
            commune_tag=plan.commune_tag,
            plan_code=plan.code,
            plan_title=plan.title,
            campaign=plan.campaign,
            campaign_short=plan.campaign_short,
            plan_number=number_phrase(plan.number, plan.symbol),
            plan_issued_on=plan.issued_on,
            agency_name=plan.agency.name,
            report_deadline=deadline_phrase(plan.report_deadline),
            coordinator_name=coordinator_name,
            officer_name=officer_name,
            officer_phone=officer_phone,
            reply_to=reply_to,
            page_url=page_url,
            orders_allowed=orders_allowed,
        )

    @property
    def tag(self) -> str:
        """The tags a subject begins with."""
        return f"[{self.commune_tag}][{self.plan_code}]"

    @property
    def short_plan(self) -> str:
        """The plan by its number alone."""
        return f"Kế hoạch số {self.plan_number}"

    @property
    def dated_plan(self) -> str:
        """The plan by number and day of issue, if it has one."""
        issued = f" ngày {format_day(self.plan_issued_on)}" if self.plan_issued_on else ""
        return f"{self.short_plan}{issued}"

    @property
    def matter(self) -> str:
        """What the plan is about, as after "về việc"."""
        words = self.plan_title
        for prefix in ("kế hoạch", "về việc"):
            if words.casefold().startswith(prefix):
                words = words[len(prefix) :].strip()
        return mid_sentence(words)

    @property
    def system(self) -> str:
        """The engine's name in a sentence."""
        return f"Hệ thống {self.system_name}"

    @property
    def officer(self) -> str:
        """Whom to ask: the officer, else the coordinating unit, with the phone if known."""
        who = f"đồng chí {self.officer_name}" if self.officer_name else self.coordinator_name
        return f"{who}, điện thoại {self.officer_phone}" if self.officer_phone else who


class LetterContext(Value):
    """The frame and the addressee, which every letter has.

    ``OPEN`` names fields that templates only print, so that letters which differ in them have the
    same shape. ``linked_files`` are too large to be attached.
    """

    OPEN: ClassVar[tuple[str, ...]] = ()

    frame: LetterFrame
    to: Addressee
    linked_files: tuple[LinkedFile, ...] = ()

    @property
    def sender(self) -> str:
        """Who speaks: the coordinator, or the system where the coordinator is the reader."""
        own = self.to.unit_name == self.frame.coordinator_name
        return self.frame.system if own else self.frame.coordinator_name


def number_phrase(number: int | None, symbol: str) -> str:
    """Print a document number, padded under 10; "…" while văn thư has not given it."""
    return f"{'…' if number is None else f'{number:02d}'}/{symbol}"


def deadline_phrase(deadline: Deadline) -> str:
    """Word a deadline for a sentence: "trước ngày 30/6/2026", else the source's own words."""
    if deadline.day is None or deadline.kind in {DeadlineKind.IN_MONTH, DeadlineKind.WITHIN}:
        return mid_sentence(deadline.wording)
    word = "trước" if deadline.kind is DeadlineKind.BEFORE else "chậm nhất"
    return f"{word} ngày {format_day(deadline.day)}"
