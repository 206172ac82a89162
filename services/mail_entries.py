"""Entering on behalf from a mail: its words beside the form, its files in it, its instant kept."""

from datetime import datetime

from adapters.database import transaction
from models.errors import RefusedError
from models.submissions import Answer, Attachment, Channel
from models.values import Value
from services.held_uploads import Held, hold_files
from services.inbox_decisions import note_entered
from services.inbox_desk import MailDetail, find_row, read_detail
from services.mail_replies import Clerk, arrival_of, read_reply, read_stored_mail
from services.submissions import Receipt, submit_on


class MailEntry(Value):
    """A mail whose content a person enters for its unit."""

    detail: MailDetail
    files: tuple[Attachment, ...]  # its documents and filled forms, as files of the answer
    filled: Answer | None  # what a form in the mail says of the obligation, where one was read
    held: tuple[Held, ...]
    sent_by: str
    arrived_at: datetime

    @property
    def id(self) -> int:
        """The number of the mail."""
        return self.detail.line.id


def read_mail_entry(clerk: Clerk, mail_id: int, *, obligation_id: str, unit_id: str) -> MailEntry:
    """Return a mail that waits for a person, as it is entered for an obligation of that unit.

    Raises:
        UsageError: no such mail.
        RefusedError: it is settled, of another unit, or nobody said yet that it is genuine.
    """
    detail = read_detail(clerk, mail_id)
    _refuse_unfit(detail, unit_id)
    with transaction(clerk.engine) as connection:
        row = find_row(connection, clerk, mail_id)
    reply = read_reply(clerk, row, read_stored_mail(clerk, str(row.sha256)))
    forms = [form for form in reply.forms if form.obligation_id == obligation_id]
    return MailEntry(
        detail=detail,
        files=tuple(dict.fromkeys((*(form.file for form in forms), *reply.files))),
        filled=forms[0].answer if len(forms) == 1 else None,
        held=reply.held,
        sent_by=str(row.contact_id or row.sender),
        arrived_at=arrival_of(row, reply.of_unit),
    )


def _refuse_unfit(detail: MailDetail, unit_id: str) -> None:
    line = detail.line
    if not line.is_decided_by_people or not detail.has_content:
        raise RefusedError(f"Thư số {line.id} đã được xử lý; hãy mở lại mục Thư đến.")
    if not detail.is_proved:
        raise RefusedError(
            f"Chưa xác nhận thư số {line.id} là của đơn vị; ở trang của thư, hãy bấm “Đúng là thư "
            "của đơn vị, ghi nhận” và ghi căn cứ trước khi nhập thay."
        )
    if line.unit_id != unit_id:
        raise RefusedError(f"Thư số {line.id} là của đơn vị khác; hãy chọn đúng việc để nhập thay.")


def enter_mail(
    clerk: Clerk, mail: MailEntry, answer: Answer, *, obligation_id: str, by: str, nonce: str
) -> Receipt:
    """Store what was entered, received when the mail arrived, and close the mail with it.

    The same nonce again gives the first receipt.

    Raises:
        RefusedError: somebody else closed the mail, or the obligation is closed; nothing is stored.
        SubmissionInvalidError: a field breaks its indicator's rule; nothing is stored.
    """
    with transaction(clerk.engine) as connection:
        receipt = submit_on(
            connection, obligation_id, answer, channel=Channel.ENTERED, sent_by=mail.sent_by,
            nonce=nonce, calendar=clerk.calendar, now=clerk.now, entered_by=by,
            arrived_at=mail.arrived_at,
        )  # fmt: skip
        version = receipt.submission.id
        is_closed = note_entered(connection, clerk, mail.id, submission_id=version, by=by)
        if receipt.is_new and not is_closed:
            raise RefusedError(f"Thư số {mail.id} vừa được người khác xử lý; chưa ghi bản nào.")
    hold_files(
        clerk.engine, mail.held, commune=clerk.commune, unit_id=str(mail.detail.line.unit_id),
        obligation_id=obligation_id, contact_id=mail.sent_by, now=clerk.now,
    )  # fmt: skip
    return receipt
