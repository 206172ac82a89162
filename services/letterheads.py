"""The letterhead: who writes, where answers go, which links a letter carries."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import Self

from pydantic import model_validator

from adapters.ledger import PlanRecord, RegisteredContact
from adapters.links import (
    ChangeScope,
    FileScope,
    LinkScope,
    make_change_token,
    make_file_token,
    make_link_token,
)
from adapters.mime import message_id_for
from adapters.reply_tokens import TOKEN_LENGTH, address_with_token
from models.addresses import MAX_LOCAL_LENGTH, Mailbox
from models.errors import UsageError
from models.letter_frames import LetterFrame
from models.letter_slots import Links
from models.letters import ANSWERS, LetterKind
from models.submissions import Attachment
from models.units import UnitKind
from models.values import Value
from services.outbox_rows import OutboxRow

LINK_LIFE = timedelta(days=120)
NOBODY = ""  # the null sender: an answer to a message must not be answered (RFC 3834, 3.3)


class Letterhead(Value):
    """What is the same in every letter of this installation.

    With ``plus_addressing`` the addresses that answers and bounces go to carry the letter's token
    after a plus sign; the mail server must deliver such addresses to the same mailbox.
    """

    sender: Mailbox
    reply_to: str
    officer_name: str
    officer_phone: str
    portal_url: str
    key: bytes
    orders_allowed: bool = False
    plus_addressing: bool = True

    @model_validator(mode="after")
    def _tokens_fit(self) -> Self:
        room = MAX_LOCAL_LENGTH - TOKEN_LENGTH - 1
        for address in (self.sender.address, self.reply_to):
            if self.plus_addressing and len(address.rpartition("@")[0]) > room:
                raise UsageError(
                    f"Địa chỉ {address!r} dài quá {room} ký tự trước dấu @, "
                    "không thêm được mã thư; "
                    "hãy dùng địa chỉ ngắn hơn hoặc đặt DONDOC_PLUS_ADDRESSING=false."
                )
        return self

    @cached_property
    def domain(self) -> str:
        """The domain of Message-IDs."""
        return self.sender.address.rpartition("@")[2]

    def reply_address(self, token: str) -> str:
        """Where the answer to a letter goes."""
        return address_with_token(self.reply_to, token) if self.plus_addressing else self.reply_to

    def envelope_address(self, kind: LetterKind, token: str) -> str:
        """Where the bounce of a letter goes; empty for what may cause none."""
        if kind in ANSWERS:
            return NOBODY
        sender = self.sender.address
        return address_with_token(sender, token) if self.plus_addressing else sender

    def thread_id(self, plan_id: str, unit_id: str) -> str:
        """The Message-ID that all letters of a plan to a unit refer to; no letter has it itself."""
        return message_id_for(self.key, f"thread/{plan_id}/{unit_id}", "thread", self.domain)


def plan_frame(letterhead: Letterhead, plan: PlanRecord) -> LetterFrame:
    """The frame of the plan's letters, without the links of a reader."""
    return LetterFrame.of(
        plan.dossier.plan,
        coordinator_name=plan.dossier.units.unit(plan.dossier.plan.coordinator).name,
        reply_to=letterhead.reply_to,
        officer_name=letterhead.officer_name,
        officer_phone=letterhead.officer_phone,
        orders_allowed=letterhead.orders_allowed,
    )


def with_links(frame: LetterFrame, page: str | None) -> LetterFrame:
    """The frame with the links of one reader's page; as it was for a reader who has none."""
    if page is None:
        return frame
    return frame.model_copy(update=Links.to(page)._asdict())


def page_of(
    letterhead: Letterhead, plan: PlanRecord, contact: RegisteredContact, kind: UnitKind
) -> str | None:
    """The personal page of a contact; none for those above the commune."""
    return None if kind is UnitKind.SUPERIOR else personal_url(letterhead, plan, contact)


def personal_url(letterhead: Letterhead, plan: PlanRecord, contact: RegisteredContact) -> str:
    """The personal page of a contact; the same for every letter of the plan."""
    since: datetime = plan.activated_at or plan.imported_at
    scope = LinkScope(
        commune=plan.commune, unit_id=contact.unit_id, contact_id=contact.id,
        expires_at=since + LINK_LIFE, plan_id=plan.id, serial=contact.link_serial,
    )  # fmt: skip
    return f"{letterhead.portal_url}/l/{make_link_token(letterhead.key, scope)}"


def own_links(letterhead: Letterhead, row: OutboxRow) -> dict[str, str]:
    """What only the letter's own reader may open, derived at the claim: it is stored nowhere."""
    facts: dict[str, object] = row.context or {}
    if row.kind != LetterKind.LINK or facts.get("change_number") is None:
        return {}
    scope = ChangeScope(
        commune=row.commune,
        contact_id=row.contact_id,
        number=int(str(facts["change_number"])),
        expires_at=datetime.fromisoformat(str(facts["decide_by"])),
    )
    token = make_change_token(letterhead.key, scope)
    return {"decide_url": f"{letterhead.portal_url}/dau-moi/{token}"}


def file_url(letterhead: Letterhead, file: Attachment, *, now: datetime) -> str:
    """Where a file can be fetched that is too large to be attached."""
    scope = FileScope(
        sha256=file.sha256, name=file.name, media_type=file.media_type,
        expires_at=now + LINK_LIFE,
    )  # fmt: skip
    return f"{letterhead.portal_url}/tep/{make_file_token(letterhead.key, scope)}"
