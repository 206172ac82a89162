"""What the letters about a reply by mail say: is it yours (E22), it is no answer yet (E23)."""

import re
from datetime import datetime
from typing import ClassVar

from models.addressees import Line, Product, WebLink
from models.letter_frames import LetterContext
from models.letter_rows import RemarkRow
from models.vietnamese import clean_text

_MOST_SUBJECT = 80
_ADDRESSES = re.compile(r"(?i)\b(?:[a-z][a-z0-9+.-]*://|www\.)\S*|\S+\.(?:com|net|org|vn)\b\S*")


def quoted_subject(subject: str) -> str:
    """A stranger's subject as our letter may quote it: one short line that leads nowhere."""
    plain = _ADDRESSES.sub("…", clean_text(subject))
    return plain if len(plain) <= _MOST_SUBJECT else f"{plain[:_MOST_SUBJECT].rstrip()}…"


class AskSenderContext(LetterContext):
    """E22: a mail in the unit's name that nothing proves; the unit says whether it wrote it."""

    OPEN: ClassVar[tuple[str, ...]] = (
        "arrived_at", "written_by", "mail_subject", "files", "confirm_url", "valid_until",
    )  # fmt: skip

    arrived_at: datetime
    written_by: Line = ""
    mail_subject: Line
    files: tuple[Line, ...] = ()
    confirm_url: WebLink
    valid_until: datetime


class UnclearReplyContext(LetterContext):
    """E23: a reply that is no answer yet: what to mend, or that a person will enter it.

    ``product`` is absent while nobody knows which obligation the reply is about.
    """

    OPEN: ClassVar[tuple[str, ...]] = ("arrived_at", "mail_subject", "files", "due_at")

    arrived_at: datetime
    mail_subject: Line
    product: Product | None = None
    short_name: Line = ""
    due_at: datetime | None = None
    files: tuple[Line, ...] = ()
    remarks: tuple[RemarkRow, ...] = ()
    is_being_entered: bool = False
