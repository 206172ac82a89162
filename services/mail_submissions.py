"""The answers of a reply become versions, all or none, each once whatever dies in between."""

from collections.abc import Sequence

from sqlalchemy import select

from adapters import tables
from adapters.database import transaction
from models.letter_rows import RemarkRow
from models.submissions import Channel
from services.mail_replies import Clerk, MailRow
from services.mail_rulings import ReadyAnswer, Reply, remark_on
from services.portal_views import Task, find_findings
from services.submissions import answer_hash, submit


def read_submitted(clerk: Clerk, row: MailRow) -> list[str]:
    """The versions that the mail has become already, in order of their ids."""
    c = tables.submissions.c
    mine = c.nonce.startswith(_nonce(row, ""), autoescape=True)
    with transaction(clerk.engine) as connection:
        return list(connection.execute(select(c.id).where(mine).order_by(c.id)).scalars())


def find_faults(answers: Sequence[ReadyAnswer], reply: Reply) -> list[RemarkRow]:
    """What breaks the rules of the form in any of the answers, in the words of its fields."""
    tasks = {task.obligation.id: task for task in reply.of_unit}
    return [row for one in answers for row in _faults(one, tasks[one.obligation_id])]


def _faults(one: ReadyAnswer, task: Task) -> list[RemarkRow]:
    return [
        remark_on(found, task.asked) for found in find_findings(task, one.answer) if found.is_error
    ]


def is_known(one: ReadyAnswer, reply: Reply) -> bool:
    """Whether the latest version says the very same already."""
    latest = next(t.previous for t in reply.of_unit if t.obligation.id == one.obligation_id)
    return latest is not None and latest.sha256 == answer_hash(one.answer)


def submit_answer(clerk: Clerk, row: MailRow, one: ReadyAnswer, *, reply: Reply) -> str:
    """Store one answer as the next version, received when the mail arrived; gives its id.

    Raises:
        RefusedError: the obligation was closed meanwhile, or the answer breaks a rule.
    """
    receipt = submit(
        clerk.engine,
        one.obligation_id,
        one.answer,
        channel=Channel.MAIL,
        sent_by=str(row.contact_id or row.sender),
        nonce=_nonce(row, one.obligation_id),
        calendar=clerk.calendar,
        now=clerk.now,
        arrived_at=reply.arrived_at,
    )
    return receipt.submission.id


def _nonce(row: MailRow, obligation_id: str) -> str:
    return f"mail/{row.sha256}/{obligation_id}"
