"""Submissions: immutable versions of a unit's answer."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from models.values import Value

Row = dict[str, str | int | bool]
FieldValue = int | bool | str | dict[str, int] | tuple[Row, ...]


class Channel(StrEnum):
    """How an answer came in."""

    PORTAL = "portal"
    MAIL = "mail"
    ENTERED = "entered"  # nhập thay by the administrator


class Attachment(Value):
    """A file kept by its content hash under its original name."""

    sha256: str
    name: str
    size: int
    media_type: str = "application/octet-stream"
    # What the unit and the office should know of it; left out when empty, so that the hash of an
    # answer stored before there were notes stays what it was.
    notes: tuple[str, ...] = Field(default=(), exclude_if=lambda found: not found)


class Answer(Value):
    """What a unit says; ``values`` holds only the indicators it gave.

    Absent is not reported, 0 is zero, and ``nil_reason`` is không phát sinh: three answers.
    ``notes`` are remarks per indicator (a description, a source of money).
    """

    values: dict[str, FieldValue] = Field(default_factory=dict)
    notes: dict[str, str] = Field(default_factory=dict)
    narrative: dict[str, str] = Field(default_factory=dict)  # outline key -> text
    attachments: tuple[Attachment, ...] = ()
    document_number: str | None = None
    document_date: date | None = None
    nil_reason: str | None = None


class Submission(Value):
    """One version of an answer, never changed after it is stored; versions count from 1."""

    id: str  # obligation id + "@" + version
    obligation_id: str
    version: int
    received_at: datetime
    channel: Channel
    sent_by: str  # unit contact id, or the administrator's name
    entered_by: str | None = None
    answer: Answer
    receipt_code: str
    sha256: str


class Finding(Value):
    """One remark on one field; ``field`` is an indicator id or a narrative key."""

    field: str
    message: str
    is_error: bool
