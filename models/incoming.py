"""What came in by mail: frozen values of one message, its class and its state."""

from enum import StrEnum

from models.values import Value


class MailClass(StrEnum):
    """What an incoming mail is; only the first two are a person's answer."""

    ANSWER = "answer"  # token or thread, and the registered account proved
    UNVERIFIED = "unverified"  # token or thread, but nothing proves the account
    BOUNCE_PERMANENT = "bounce_permanent"
    BOUNCE_TEMPORARY = "bounce_temporary"
    AUTO_REPLY = "auto_reply"
    FORWARDED = "forwarded"
    DUPLICATE = "duplicate"
    OWN = "own"  # our own letter came back to us
    SPOOFED = "spoofed"
    UNREADABLE = "unreadable"
    UNMATCHED = "unmatched"


AUTOMATIC_CLASSES = frozenset(
    {
        MailClass.BOUNCE_PERMANENT,
        MailClass.BOUNCE_TEMPORARY,
        MailClass.AUTO_REPLY,
        MailClass.OWN,
    }
)  # written by a machine: never an answer, never answered (RFC 3834)


class InboxState(StrEnum):
    """What is still to be done about a mail."""

    KEPT = "kept"  # an answer, waiting to be taken in
    ASKED = "asked"  # the unit was asked to confirm it, or to send it again mended
    PERSON = "person"  # a person reads it, or enters what it says
    SETTLED = "settled"
    QUARANTINED = "quarantined"  # nothing proves it: a person decides


class DeliveryAction(StrEnum):
    """What a mail server says it did with a letter (RFC 3464 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


class DeliveryReport(Value):
    """What a mail server reports of one letter; ``tokens`` are those of the letter it returns."""

    recipient: str = ""
    action: DeliveryAction = DeliveryAction.FAILED
    status: str = ""  # 5.1.1; empty when the server gave none
    diagnostic: str = ""
    message_id: str | None = None
    tokens: tuple[str, ...] = ()


class IncomingAttachment(Value):
    """A file of an incoming mail, kept by its hash; the name is cleaned for people to read."""

    name: str
    media_type: str  # as the sender's program says
    sha256: str
    size: int
    head: bytes = b""  # the first octets, which tell the kind
    is_decoration: bool = False  # a small picture of the body: a logo, a signature


class IncomingMail(Value):
    """One message as read; what could not be read is absent, never guessed.

    ``sender`` is set only when exactly one plain address stands in exactly one From.
    ``is_authenticated`` is the verdict of our own mail server on that address's domain.
    ``tokens`` are those of the addresses it was sent to. ``automatic`` says, in the words of the
    headers, why a machine wrote it; empty for a person's mail. ``fault`` is an E-IN code.
    """

    message_id: str | None = None
    references: tuple[str, ...] = ()
    sender: str | None = None
    sender_text: str = ""
    is_authenticated: bool = False
    tokens: tuple[str, ...] = ()
    subject: str = ""
    automatic: tuple[str, ...] = ()
    is_forward: bool = False
    text: str = ""
    quoted: str = ""
    attachments: tuple[IncomingAttachment, ...] = ()
    report: DeliveryReport | None = None
    fault: str | None = None

    @property
    def content(self) -> tuple[str, tuple[str, ...]]:
        """What it says, for comparing two copies: words and files."""
        return self.text, tuple(part.sha256 for part in self.attachments)
