"""The letterhead: who writes, where answers go, which links a letter carries."""

from datetime import datetime, timedelta

from adapters.ledger import PlanRecord, RegisteredContact
from adapters.links import LinkScope, make_link_token
from models.addresses import Mailbox
from models.letter_frames import LetterFrame
from models.units import UnitKind
from models.values import Value

LINK_LIFE = timedelta(days=120)


class Letterhead(Value):
    """What is the same in every letter of this installation."""

    sender: Mailbox
    reply_to: str
    officer_name: str
    officer_phone: str
    portal_url: str
    key: bytes
    orders_allowed: bool = False

    @property
    def domain(self) -> str:
        """The domain of Message-IDs."""
        return self.sender.address.rpartition("@")[2]


def frame_for(letterhead: Letterhead, plan: PlanRecord, contact: RegisteredContact) -> LetterFrame:
    """The frame of the plan's letters for one recipient, with this recipient's own link."""
    coordinator = plan.dossier.units.unit(plan.dossier.plan.coordinator)
    is_above = plan.dossier.units.unit(contact.unit_id).kind is UnitKind.SUPERIOR
    page = None if is_above else personal_url(letterhead, plan, contact)
    frame = LetterFrame.of(
        plan.dossier.plan,
        coordinator_name=coordinator.name,
        reply_to=letterhead.reply_to,
        officer_name=letterhead.officer_name,
        officer_phone=letterhead.officer_phone,
        page_url=page,
        orders_allowed=letterhead.orders_allowed,
    )
    if page is None:
        return frame
    return frame.model_copy(update={"acknowledge_url": f"{page}#xac-nhan", "extension_url": page})


def personal_url(letterhead: Letterhead, plan: PlanRecord, contact: RegisteredContact) -> str:
    """The personal page of a contact; the same for every letter of the plan."""
    since: datetime = plan.activated_at or plan.imported_at
    scope = LinkScope(
        commune=plan.commune, unit_id=contact.unit_id, contact_id=contact.id,
        expires_at=since + LINK_LIFE,
    )  # fmt: skip
    return f"{letterhead.portal_url}/d/{make_link_token(letterhead.key, scope)}"
