"""Rows of the tables in letters: duties, tasks owed, units that are late, remarks."""

from datetime import date, datetime
from typing import Self

from models.addressees import Line, Product, WebLink
from models.plans import RequirementKind
from models.values import Value
from models.vietnamese import format_remaining, sentence_case

# Products whose short name is already something to do, not something to send.
_DEEDS = frozenset({RequirementKind.ACKNOWLEDGEMENT, RequirementKind.SYNTHESIS})


class DutyRow(Value):
    """One duty of the plan, as assigned in E01."""

    code: Line
    text: Line
    role: Line = ""  # chủ trì, phối hợp …
    product: Line = ""
    due_at: datetime | None = None
    due_wording: Line = ""  # where the plan gives a period instead of an instant


class TaskRow(Value):
    """One obligation in a letter.

    ``product`` is the requirement's name as within a sentence, ``short_name`` as in a subject.
    ``working_days`` are left when positive, 0 on the due day, overdue when negative.
    ``overdue_times`` is the n of "QUÁ HẠN LẦN n" this letter stands for.
    """

    obligation_id: Line = ""  # named where a calendar entry follows; no letter prints it
    code: Line = ""
    kind: RequirementKind
    duty_text: Line = ""
    role: Line = ""
    product: Product
    short_name: Line
    due_at: datetime
    working_days: int
    is_returned: bool = False
    overdue_times: int = 0
    reminded_on: tuple[date, ...] = ()
    reason: Line = ""  # what the unit gave as its reason
    plan_code: Line = ""  # printed where a digest spans plans

    def named(self, obligation_id: str) -> Self:
        """The row with its obligation; with "" as it is printed, whichever it tells of."""
        if obligation_id == self.obligation_id:
            return self
        return self.model_copy(update={"obligation_id": obligation_id})

    @property
    def times_reminded(self) -> int:
        """How many letters it has had."""
        return len(self.reminded_on)

    @property
    def asked_product(self) -> str:
        """What is waited for now: the product, or its completed version after a return."""
        return f"bản bổ sung {self.product}" if self.is_returned else self.product

    @property
    def subject_name(self) -> str:
        """The short name as a deed for a subject: "Gửi báo cáo kết quả"."""
        is_deed = self.kind in _DEEDS or self.short_name.casefold().startswith("gửi ")
        return sentence_case(self.short_name) if is_deed else f"Gửi {self.short_name}"

    @property
    def work(self) -> str:
        """What is to be done, as after "được giao:"."""
        return self.duty_text or f"gửi {self.asked_product}"

    @property
    def standing_text(self) -> str:
        """How it stands: "còn 03 ngày làm việc", with what came before."""
        return format_remaining(self.working_days) + (
            " (đã trả lại để bổ sung)" if self.is_returned else ""
        )


class LateUnitRow(Value):
    """One unit of the leader's list."""

    unit_name: Line
    head_name: Line = ""
    working_days_late: int
    times_reminded: int
    reason: Line = ""


class UnitTaskRow(Value):
    """One unit's obligation in the weekly bulletin."""

    unit_name: Line
    product: Product
    due_at: datetime
    working_days: int

    @property
    def standing_text(self) -> str:
        """How it stands on the bulletin's day."""
        return format_remaining(self.working_days)


class RemarkRow(Value):
    """One thing to add or mend: the field's name, what, and a hint."""

    field: Line
    message: Line
    hint: Line = ""


class OverduePlanRow(Value):
    """A detailed plan that waits for its compliance review beyond the term."""

    unit_name: Line
    product: Product
    due_at: datetime
    working_days_late: int


class LinkedFile(Value):
    """A file of a letter that is too large to travel with it."""

    name: Line
    megabytes: Line
    url: WebLink
