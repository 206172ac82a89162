"""Questions of the office answered by mail: the words are kept, the version stays as it is."""

from adapters.database import transaction
from models.incoming import InboxState
from models.submissions import Channel
from services.mail_moves import ANSWERED, FOR_PERSON, move, tell_waiting
from services.mail_replies import Clerk, MailRow
from services.mail_rulings import Reply
from services.questions import LONGEST, Question, answer_question_on

SAID = "Đã ghi câu trả lời cho câu hỏi của xã."
SAID_WITH_FILES = (
    "E-IN-FILES: đã ghi lời thư thành câu trả lời cho câu hỏi của xã; thư còn tệp kèm theo, cần "
    "người xem."
)
OVERTAKEN = "E-IN-ASKED: câu hỏi này vừa được trả lời bằng đường khác; cần người đọc."
CUT = "… (xem đủ ở thư đến số {})"


def answer_by_mail(clerk: Clerk, row: MailRow, asked: Question, *, reply: Reply) -> str | None:
    """Keep the words as the answer to the question; files that came with them wait for a person.

    An answer that was given meanwhile stands, and a person reads the mail. None when somebody
    else has moved the mail.
    """
    state, reason = (
        (InboxState.PERSON, SAID_WITH_FILES) if reply.files else (InboxState.SETTLED, SAID)
    )
    with transaction(clerk.engine) as connection:
        is_new = answer_question_on(
            connection, asked.id, commune=clerk.commune, unit_id=str(row.unit_id),
            text=_said(row, reply.text), by=str(row.contact_id or row.sender),
            channel=Channel.MAIL, now=clerk.now,
        )  # fmt: skip
        if not is_new:
            state, reason = InboxState.PERSON, OVERTAKEN
        if not move(connection, clerk, row, state, reason=reason):
            connection.rollback()
            return None
        if state is InboxState.PERSON:
            tell_waiting(connection, row, reason, now=clerk.now)
    return FOR_PERSON if state is InboxState.PERSON else ANSWERED


def _said(row: MailRow, text: str) -> str:
    """The words of a mail, cut where the answer to a question ends, with where to read on."""
    end = CUT.format(row.id)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - len(end)]}{end}"
