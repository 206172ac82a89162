"""Bounces: what a report means for the address, and reports that are written in plain words."""

import re
from enum import StrEnum

from models.incoming import DeliveryAction, DeliveryReport
from models.incoming_senders import addresses_in


class Gravity(StrEnum):
    """What a report means for us."""

    DEAD_ADDRESS = "dead_address"  # the contact is suspect, the next is written to
    LETTER_REFUSED = "letter_refused"  # this letter, not the address: size, content, policy
    MAILBOX_FULL = "mailbox_full"  # not a dead address
    DELAYED = "delayed"  # the server goes on trying, or gave up on a passing fault
    DELIVERED = "delivered"


_FULL = re.compile(
    r"(?:mail ?box|inbox|user|account|recipient).{0,40}\bfull\b|\bquota\b|insufficient (?:system )?"
    r"storage|out of storage|hộp thư.{0,40}đầy|đầy hộp thư|hết dung lượng|vượt (?:quá )?dung lượng",
    re.IGNORECASE | re.DOTALL,
)
_CONTENT = re.compile(
    r"\bspam|\bblocked\b|black ?list|reputation|\bdmarc\b|\bspf\b|\bvirus|content reject|"
    r"message (?:content|size)|too (?:large|big)|policy (?:reason|violation)|thư rác|quá lớn",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"delivery .{0,40}delayed|has not (?:yet )?been delivered|not (?:yet )?delivered .{0,40}will|"
    r"could not send message for past|will (?:continue to try|be retried|retry|keep trying)|"
    r"still trying|delivery delay|tạm thời chưa gửi được|chưa gửi được|sẽ tiếp tục thử|"
    r"đang chờ gửi lại",
    re.IGNORECASE | re.DOTALL,
)
_FAILED = re.compile(
    r"could ?n[o']t be delivered|could not be delivered|was ?n[o']t delivered|not delivered|"
    r"wasn.t found|not found|undeliver|delivery (?:.{0,20})fail|failed permanently|"
    r"permanent(?:ly)? (?:error|fail)|returned to sender|unable to deliver|does ?n[o']t exist|"
    r"no such user|user unknown|unknown user|address rejected|"
    r"không (?:thể )?(?:gửi|chuyển|phát) được|không thể gửi|không gửi được|không tồn tại|"
    r"bị trả lại|gửi thư thất bại",
    re.IGNORECASE | re.DOTALL,
)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45])\d\d(?=[ -])")
_MESSAGE_ID = re.compile(r"^[ \t>]*message-id:\s*(<[^<>\s]{3,250}>)", re.IGNORECASE | re.MULTILINE)
_RECIPIENT_CLASSES = re.compile(r"5\.(?:1\.(?!7$|8$)\d+|2\.[01]|4\.\d+|0\.\d+|7\.1)")
_MOST_TEXT = 20_000


def gravity(report: DeliveryReport) -> Gravity:
    """What the report means (reliability.md 2.8); a full mailbox is never a dead address."""
    if report.action in {DeliveryAction.DELIVERED, DeliveryAction.RELAYED, DeliveryAction.EXPANDED}:
        return Gravity.DELIVERED
    status = report.status
    if status in {"5.2.2", "4.2.2"} or _is_full(report):
        return Gravity.MAILBOX_FULL
    if report.action is DeliveryAction.DELAYED or status.startswith("4"):
        return Gravity.DELAYED
    if status and not _RECIPIENT_CLASSES.fullmatch(status):
        return Gravity.LETTER_REFUSED
    is_content = not status.startswith("5.1.") and _CONTENT.search(report.diagnostic)
    return Gravity.LETTER_REFUSED if is_content else Gravity.DEAD_ADDRESS


def _is_full(report: DeliveryReport) -> bool:
    # Servers call a full mailbox 5.2.2, 5.7.1, 552 or nothing at all; 5.1.x names no such mailbox.
    return not report.status.startswith("5.1.") and _FULL.search(report.diagnostic) is not None


def report_in_words(text: str, *, subject: str) -> DeliveryReport | None:
    """Read a bounce that carries no machine-readable report; None when it is no bounce.

    Only for mail that a mail system wrote: people quote bounces, too.
    """
    words = f"{subject}\n{text[:_MOST_TEXT]}"
    is_delayed = _DELAYED.search(words) is not None
    if not is_delayed and _FAILED.search(words) is None and _FULL.search(words) is None:
        return None
    own, _, returned = words.partition("\n--- ")
    quoted = _MESSAGE_ID.search(returned or words)
    return DeliveryReport(
        recipient=next(iter(addresses_in(own)), ""),
        action=DeliveryAction.DELAYED if is_delayed else DeliveryAction.FAILED,
        status=_status_in(own),
        diagnostic=" ".join(own.split())[:500],
        message_id=quoted[1] if quoted else None,
    )


def _status_in(words: str) -> str:
    status = _STATUS.search(words)
    if status is not None:
        return status[1]
    reply = _REPLY.search(words)
    return f"{reply[1]}.0.0" if reply else ""
