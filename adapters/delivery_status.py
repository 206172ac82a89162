"""Delivery status notifications (RFC 3464): what a mail server says of a letter it had."""

import re
from collections.abc import Callable
from email.message import Message
from email.parser import HeaderParser

from adapters.incoming_mail_headers import Fields, ids_in, raw_fields
from adapters.incoming_mail_parts import leaves, nested_messages, text_of, written_text
from models.incoming import DeliveryAction, DeliveryReport
from models.incoming_bounces import report_in_words
from models.incoming_senders import addresses_in

_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED_TYPES = frozenset({"message/rfc822", "message/global"})
_HEADER_TYPES = frozenset({"text/rfc822-headers", "message/global-headers"})
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_OURS = ("return-path", "reply-to", "from", "x-postfix-sender", "errors-to")

Tokens = Callable[[str], tuple[str, ...]]  # the tokens in a text


def find_report(
    message: Message, fields: Fields, *, subject: str, is_from_mailer: bool, tokens_in: Tokens
) -> DeliveryReport | None:
    """What the message reports of a letter; None when it is no report."""
    returned = _returned_fields(message)
    report = _standard_report(message) or _marked_report(message, fields, subject)
    if report is None and is_from_mailer:
        report = report_in_words(written_text(message), subject=subject)
    if report is None:
        return None
    texts = [value for name in _OURS for value in returned.get(name, [])]
    ids = ids_in(returned.get("message-id", []))
    return report.model_copy(
        update={
            "message_id": ids[0] if ids else report.message_id,
            "tokens": tokens_in("\n".join(texts) if returned else written_text(message)),
        }
    )


def _standard_report(message: Message) -> DeliveryReport | None:
    blocks = [
        raw_fields(block)
        for part in leaves(message)
        if part.get_content_type() in _STATUS_TYPES
        for block in nested_messages(part)
    ]
    reports = [report for block in blocks if (report := _recipient_report(block)) is not None]
    failed = [report for report in reports if report.action is DeliveryAction.FAILED]
    return next(iter(failed or reports), None)


def _recipient_report(block: Fields) -> DeliveryReport | None:
    action = _first(block, "action").partition(" ")[0].lower()
    if action not in set(DeliveryAction):
        return None
    named = _first(block, "original-recipient") or _first(block, "final-recipient")
    status = _STATUS.search(_first(block, "status"))
    return DeliveryReport(
        recipient=next(iter(addresses_in(named)), ""),
        action=DeliveryAction(action),
        status=status[1] if status else "",
        diagnostic=_first(block, "diagnostic-code")[:500],
    )


def _marked_report(message: Message, fields: Fields, subject: str) -> DeliveryReport | None:
    """Exim's and Gmail's way: a plain letter with the failed addresses in a header."""
    failed = addresses_in("\n".join(fields.get("x-failed-recipients", [])))
    if not failed:
        return None
    told = report_in_words(written_text(message), subject=subject) or DeliveryReport()
    return told.model_copy(update={"recipient": failed[0]})


def _returned_fields(message: Message) -> Fields:
    for part in leaves(message):
        kind = part.get_content_type()
        if kind in _RETURNED_TYPES and (inner := nested_messages(part)):
            return raw_fields(inner[0])
        if kind in _HEADER_TYPES:
            return raw_fields(HeaderParser().parsestr(text_of(part)))
    return {}


def _first(block: Fields, name: str) -> str:
    return next(iter(block.get(name, [])), "")
