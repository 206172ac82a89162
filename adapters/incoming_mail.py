"""A raw message read defensively: limits first, then each header and part on its own."""

from collections.abc import Callable
from email import policy
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser

from adapters.delivery_status import find_report
from adapters.incoming_mail_headers import Fields, decoded, ids_in, raw_fields, recipient_text
from adapters.incoming_mail_parts import files_of, written_text
from adapters.incoming_mail_scan import fault_of
from models.incoming import IncomingMail
from models.incoming_markers import automatic_marks, is_forward, is_from_mailer
from models.incoming_quotes import split_quoted
from models.incoming_senders import addresses_in, is_authenticated, plain_sender
from models.values import Value

NOT_PARSED = "E-IN-PARSE"
MOST_HEAD_READ = 64 * 1024
MOST_REFERENCES = 100


class Reading(Value):
    """How to read: which addresses carry our tokens, whose verdict counts, where files are kept."""

    find_token: Callable[[str], str | None]
    keep: Callable[[bytes], str]
    authserv_id: str | None = None

    def tokens_in(self, text: str) -> tuple[str, ...]:
        """The tokens of the addresses in a text, each once."""
        found = (self.find_token(address) for address in addresses_in(text))
        return tuple(dict.fromkeys(token for token in found if token is not None))


def read_mail(raw: bytes, *, reading: Reading) -> IncomingMail:
    """The message as a value; one that cannot be read safely has its ``fault`` and its head."""
    fault = fault_of(raw)
    if fault is not None:
        return read_head(raw, reading=reading, fault=fault)
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(raw)
        return _read_whole(message, reading)
    # Whatever a stranger's message makes the parser raise, the mail is kept and the next one read
    # (cpython #117849: RecursionError, IndexError and others on plain header access).
    except Exception as error:  # noqa: BLE001 - see above
        code = "E-IN-DEPTH" if isinstance(error, RecursionError) else NOT_PARSED
        return read_head(raw, reading=reading, fault=code)


def read_head(raw: bytes, *, reading: Reading, fault: str) -> IncomingMail:
    """Who wrote, about what and to which token, of a mail whose rest is not read."""
    try:
        head = BytesHeaderParser(policy=policy.compat32).parsebytes(raw[:MOST_HEAD_READ])
        return _read_head(raw_fields(head), reading).model_copy(update={"fault": fault})
    except Exception:  # noqa: BLE001 - as above
        return IncomingMail(fault=fault)


def _read_head(fields: Fields, reading: Reading) -> IncomingMail:
    sender = plain_sender(tuple(fields.get("from", [])))
    results = tuple(fields.get("authentication-results", []))
    references = ids_in(fields.get("in-reply-to", []) + fields.get("references", []))
    return IncomingMail(
        message_id=next(iter(ids_in(fields.get("message-id", []))), None),
        references=references[:MOST_REFERENCES],
        sender=sender,
        sender_text=decoded(next(iter(fields.get("from", [])), ""))[:300],
        is_authenticated=sender is not None
        and is_authenticated(results, authserv_id=reading.authserv_id, sender=sender),
        tokens=reading.tokens_in(recipient_text(fields)),
        subject=decoded(next(iter(fields.get("subject", [])), ""))[:500],
    )


def _read_whole(message: Message, reading: Reading) -> IncomingMail:
    fields = raw_fields(message)
    head = _read_head(fields, reading)
    files = files_of(message, keep=reading.keep)
    own, quoted = split_quoted(written_text(message))
    report = find_report(
        message,
        fields,
        subject=head.subject,
        is_from_mailer=is_from_mailer(fields, head.sender),
        tokens_in=reading.tokens_in,
    )
    marks = automatic_marks(fields, subject=head.subject, has_files=bool(files))
    return head.model_copy(
        update={
            "automatic": (*marks, *_notification_marks(message)),
            "is_forward": is_forward(fields, subject=head.subject),
            "text": own,
            "quoted": quoted,
            "attachments": files,
            "report": report,
        }
    )


def _notification_marks(message: Message) -> tuple[str, ...]:
    # A reading receipt (RFC 8098) is written by a program, whoever pressed the button.
    is_receipt = message.get_param("report-type") == "disposition-notification"
    return ("report-type: disposition-notification",) if is_receipt else ()
