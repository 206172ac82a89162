"""Changes of contacts as values: who a contact is to be, and what became of the proposal."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Self

from models.units import Contact
from models.values import Value

DECIDED_WITHIN = timedelta(days=14)


class Reach(NamedTuple):
    """Who a contact is and how it is reached."""

    full_name: str | None
    email: str
    phone: str | None

    @classmethod
    def of(cls, contact: Contact) -> Self:
        """That of a contact."""
        return cls(contact.full_name, contact.email, contact.phone)


class ChangeState(StrEnum):
    """The life of a proposed change."""

    ASKED = "asked"
    APPLIED = "applied"
    REFUSED = "refused"


class ContactChange(Value):
    """A proposed change as it stands; ``old_*`` is what was registered when it was proposed."""

    id: int
    commune: str
    unit_id: str
    contact_id: str
    old_name: str | None
    old_email: str
    old_phone: str | None
    full_name: str | None
    email: str
    phone: str | None
    reason: str
    asked_at: datetime
    asked_by: str
    state: ChangeState
    decided_at: datetime | None
    decided_by: str | None
    refusal: str | None

    @property
    def decide_by(self) -> datetime:
        """Until when the old address may answer."""
        return self.asked_at + DECIDED_WITHIN

    @property
    def wanted(self) -> Reach:
        """Who the contact is to be."""
        return Reach(self.full_name, self.email, self.phone)
