"""What to do with an incoming mail: one class, one state and one reason, from facts alone."""

from models.incoming import InboxState, IncomingMail, MailClass
from models.incoming_bounces import Gravity, gravity
from models.values import Value

QUARANTINED, KEPT, SETTLED = InboxState.QUARANTINED, InboxState.KEPT, InboxState.SETTLED
_UNREADABLE = "thư không đọc được an toàn; bản gốc được lưu trong kho."
_FAULTS = {
    "E-IN-SIZE": "thư quá lớn, không tải về; bản gốc còn trong hộp thư, đề nghị nộp qua liên kết.",
    "E-IN-DEPTH": "thư lồng quá nhiều lớp; bản gốc được lưu trong kho.",
    "E-IN-PARTS": "thư có quá nhiều phần; bản gốc được lưu trong kho.",
    "E-IN-HEADERS": "phần đầu thư quá dài; bản gốc được lưu trong kho.",
}


class KnownLetter(Value):
    """A letter of ours that the mail may belong to; ``is_current`` while its plan is in force."""

    id: int
    dedupe_key: str
    message_id: str | None
    address: str
    unit_id: str
    contact_id: str
    is_current: bool = True


class KnownContact(Value):
    """A registered contact whose address the mail bears as its sender."""

    contact_id: str
    unit_id: str


class Known(Value):
    """What the ledger knows about a mail.

    ``by_token`` has the token of an address the mail was sent to, ``by_thread`` a Message-ID it
    refers to, ``by_return`` both token and Message-ID of the letter that a bounce returns.
    """

    by_token: KnownLetter | None = None
    by_thread: KnownLetter | None = None
    by_return: KnownLetter | None = None
    contacts: tuple[KnownContact, ...] = ()
    is_own: bool = False  # the Message-ID of one of our letters
    is_from_us: bool = False  # our own address as the sender
    is_repeated: bool = False  # the same message was taken in before

    @property
    def letter(self) -> KnownLetter | None:
        """The letter it belongs to: by its token, else by its thread."""
        return self.by_token or self.by_thread


class Judgement(Value):
    """What a mail is and what is still to be done about it; the reason is for people."""

    mail_class: MailClass
    state: InboxState
    reason: str
    letter: KnownLetter | None = None
    contact: KnownContact | None = None
    gravity: Gravity | None = None


def classify(mail: IncomingMail, known: Known) -> Judgement:
    """Say what the mail is (reliability.md 2.12, 3.3, 3.4); a doubt is quarantined, never lost."""
    if mail.fault is not None:
        reason = f"{mail.fault}: {_FAULTS.get(mail.fault, _UNREADABLE)}"
        return _judge(MailClass.UNREADABLE, QUARANTINED, reason, known.letter)
    if known.is_repeated:
        return _judge(MailClass.DUPLICATE, SETTLED, "Thư này đã nhận trước đó.", known.letter)
    if mail.report is not None:
        return _judge_report(mail, known)
    if known.is_own or (known.is_from_us and not mail.is_authenticated):
        return _judge_ours(known)
    if mail.automatic:
        reason = f"Thư trả lời tự động ({mail.automatic[0]}); không tính là câu trả lời."
        return _judge(MailClass.AUTO_REPLY, SETTLED, reason, known.letter)
    return _judge_person(mail, known)


def _judge_ours(known: Known) -> Judgement:
    if known.is_own:
        return _judge(MailClass.OWN, SETTLED, "Thư của chính hệ thống quay lại.", known.letter)
    reason = "E-IN-SPOOF: mạo địa chỉ của chính hệ thống."
    return _judge(MailClass.SPOOFED, QUARANTINED, reason)


def _judge_report(mail: IncomingMail, known: Known) -> Judgement:
    assert mail.report is not None
    found = gravity(mail.report)
    if found is Gravity.DELIVERED:
        return _judge(MailClass.AUTO_REPLY, SETTLED, "Giấy báo đã phát thư.", known.letter)
    is_passing = found in {Gravity.DELAYED, Gravity.MAILBOX_FULL}
    kind = MailClass.BOUNCE_TEMPORARY if is_passing else MailClass.BOUNCE_PERMANENT
    letter = known.by_token or known.by_return
    returned = mail.report.message_id
    if letter is None or (returned is not None and returned != letter.message_id):
        reason = "E-IN-DSN: giấy báo không gửi được không ứng với thư nào đã gửi; có thể giả mạo."
        return _judge(kind, QUARANTINED, reason)
    reason = mail.report.diagnostic or mail.report.status or "Máy chủ không nêu lý do."
    judged = _judge(kind, SETTLED, reason, letter)
    return judged.model_copy(update={"gravity": found})


def _judge_person(mail: IncomingMail, known: Known) -> Judgement:
    letter = known.letter
    if letter is None:
        return _judge_stranger(mail, known)
    contact = next((c for c in known.contacts if c.unit_id == letter.unit_id), None)
    if not letter.is_current:
        reason = "E-IN-LATE: trả lời cho kế hoạch đã kết thúc."
        return _judge(MailClass.UNMATCHED, QUARANTINED, reason, letter, contact=contact)
    if contact is not None and mail.is_authenticated:
        reason = "Thư trả lời từ địa chỉ đã đăng ký, máy chủ thư xác nhận."
        return _judge(MailClass.ANSWER, KEPT, reason, letter, contact=contact)
    if mail.is_forward:
        reason = "E-IN-FORWARD: thư chuyển tiếp, không rõ ai trả lời."
        return _judge(MailClass.FORWARDED, QUARANTINED, reason, letter, contact=contact)
    why = "không có xác nhận của máy chủ thư" if contact else "không phải địa chỉ của đơn vị này"
    reason = f"E-IN-AUTH: {why}; chờ đơn vị xác nhận."
    return _judge(MailClass.UNVERIFIED, KEPT, reason, letter, contact=contact)


def _judge_stranger(mail: IncomingMail, known: Known) -> Judgement:
    contact = known.contacts[0] if known.contacts else None
    if contact is not None and not mail.is_authenticated:
        reason = "E-IN-SPOOF: mang địa chỉ của đơn vị nhưng không có gì xác nhận; không trả lời."
        return _judge(MailClass.SPOOFED, QUARANTINED, reason)
    if mail.is_forward:
        reason = "E-IN-FORWARD: thư chuyển tiếp, không rõ trả lời thư nào."
        return _judge(MailClass.FORWARDED, QUARANTINED, reason, contact=contact)
    if contact is not None:
        reason = "E-IN-THREAD: đơn vị gửi thư mới, không rõ trả lời thư nào."
        return _judge(MailClass.UNMATCHED, QUARANTINED, reason, contact=contact)
    reason = "E-IN-STRANGER: người gửi chưa đăng ký, không rõ trả lời thư nào."
    return _judge(MailClass.UNMATCHED, QUARANTINED, reason)


def _judge(
    kind: MailClass,
    state: InboxState,
    reason: str,
    letter: KnownLetter | None = None,
    *,
    contact: KnownContact | None = None,
) -> Judgement:
    return Judgement(mail_class=kind, state=state, reason=reason, letter=letter, contact=contact)
