"""What a reply is judged by, and what it is worth."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from enum import StrEnum

from models.indicators import Indicator
from models.letter_rows import RemarkRow
from models.mail_intents import Intent
from models.submissions import Answer, Attachment, Finding
from models.values import Value
from models.vietnamese import sentence_case
from services.held_uploads import Held
from services.portal_views import Task
from services.questions import Question


class FoundForm(Value):
    """A filled form that came with a mail: whose answer it is, and what is wrong in it."""

    file: Attachment
    obligation_id: str
    answer: Answer
    findings: tuple[Finding, ...] = ()


class Reply(Value):
    """A reply as it is judged: its words, its files, and what of its unit it may answer.

    ``tasks`` are what the letter it answers is about; ``of_unit`` everything of the unit, which a
    form names by itself. ``faults`` are files or words that cannot be read at all.
    """

    intent: Intent
    forms: tuple[FoundForm, ...] = ()
    files: tuple[Attachment, ...] = ()  # documents, without the forms
    faults: tuple[RemarkRow, ...] = ()
    refusal: str = ""  # nothing more is to be sent for one of the forms
    held: tuple[Held, ...] = ()  # a person must look at them before anybody opens them
    tasks: tuple[Task, ...] = ()
    of_unit: tuple[Task, ...] = ()
    question: Question | None = None  # what the letter it answers asks
    text: str = ""  # its words, without what it quotes
    arrived_at: datetime

    def without(self, obligation_ids: AbstractSet[str]) -> "Reply":
        """The reply without the forms of what it has answered already."""
        left = tuple(form for form in self.forms if form.obligation_id not in obligation_ids)
        return self.model_copy(update={"forms": left})


class VerdictKind(StrEnum):
    """What is to be done about a reply."""

    SEND = "send"
    MEND = "mend"  # the unit is told what to mend
    ENTER = "enter"  # documents without figures: a person enters them, the unit is told
    SAY = "say"  # its words answer the question of the office
    PERSON = "person"  # a person reads it
    COURTESY = "courtesy"  # nothing follows


class ReadyAnswer(Value):
    """One answer to one obligation."""

    obligation_id: str
    answer: Answer


class Verdict(Value):
    """What a reply is worth, why, and about which task when that is known."""

    kind: VerdictKind
    reason: str = ""
    task: Task | None = None
    answers: tuple[ReadyAnswer, ...] = ()
    remarks: tuple[RemarkRow, ...] = ()
    question: Question | None = None  # what its words answer


def to_mend(remarks: Sequence[RemarkRow], task: Task | None) -> Verdict:
    """The verdict that the unit is told those remarks, about that task when it is known."""
    reason = "; ".join(f"{row.field}: {row.message}" for row in remarks)
    return Verdict(
        kind=VerdictKind.MEND, reason=f"E-IN-MEND: {reason}", remarks=tuple(remarks), task=task
    )


def remark_on(finding: Finding, asked: Sequence[Indicator]) -> RemarkRow:
    """A remark on a field in the words the unit knows the field by."""
    named = next((one for one in asked if one.id == finding.field), None)
    if named is None:
        return RemarkRow(field="Nội dung gửi", message=finding.message)
    message = finding.message.removeprefix(f"{named.id} - {named.name}: ")
    return RemarkRow(field=f"{named.name} ({named.id})", message=sentence_case(message))


def for_person(reason: str) -> Verdict:
    """The verdict that a person reads the reply, and why."""
    return Verdict(kind=VerdictKind.PERSON, reason=reason)
