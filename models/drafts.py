"""Drafts: what a contact has typed and not sent; it counts for nothing."""

from datetime import datetime

from models.submissions import Attachment
from models.values import Value

MOST_CHARACTERS = 1_000_000


class Draft(Value):
    """The fields of a form by name, each with its texts, as they stood when they were saved."""

    obligation_id: str
    contact_id: str
    fields: dict[str, tuple[str, ...]]
    attachments: tuple[Attachment, ...] = ()
    started_from: int
    nonce: str
    saved_at: datetime
