"""Replies by mail become answers: by the rules of the portal, exactly once, never by guess."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from adapters import tables
from adapters.database import transaction
from models.errors import RefusedError, TransientError
from models.incoming import InboxState, IncomingMail, MailClass
from models.mail_intents import IntentKind
from models.values import Value
from services.held_uploads import hold_files
from services.mail_letters import ask_sender, tell_unclear
from services.mail_moves import (
    ASKED,
    FOR_PERSON,
    hand_over,
    move,
    put_before_person,
    settle_mail,
    tell_waiting,
)
from services.mail_questions import answer_by_mail
from services.mail_replies import Clerk, MailRow, read_reply, read_stored_mail
from services.mail_rulings import Reply, Verdict, VerdictKind, to_mend
from services.mail_submissions import find_faults, is_known, read_submitted, submit_answer
from services.mail_verdicts import judge_reply

MOST_TAKEN = 300  # in one round
MOST_TRIES = 3  # a mail that ends the process so often is put before a person
ANSWER_TAKEN = "Đã ghi nhận câu trả lời."
REPEATED = "Nội dung giống bản đã nhận; không tạo bản mới."
WORTH_ASKING = frozenset({VerdictKind.SEND, VerdictKind.SAY})
POISONED = "E-IN-POISON: không xử lý được thư này ({}); cần người xem."


class Taken(Value):
    """What a round made of the replies that waited."""

    answered: int = 0  # mails that became submissions, or answers to questions
    asked: int = 0  # the unit is to confirm, or to send again
    for_person: int = 0
    settled: int = 0  # nothing follows from them

    def plus(self, fate: str | None) -> "Taken":
        """The round with one more mail."""
        return self.model_copy(update={fate: getattr(self, fate) + 1}) if fate else self


@dataclass(frozen=True, kw_only=True)
class Case:
    """One reply in the clerk's hands."""

    clerk: Clerk
    row: MailRow
    mail: IncomingMail
    reply: Reply
    done: list[str]  # versions it became in a round that died after them

    @property
    def is_proved(self) -> bool:
        """Whether it is the unit's own: by its server's word, or by the unit's or a person's."""
        return self.row.mail_class == MailClass.ANSWER or self.row.confirmed_at is not None

    def plan_id(self, verdict: Verdict) -> str:
        """The plan whose frame a letter about the reply wears."""
        task = verdict.task or next(iter((*self.reply.tasks, *self.reply.of_unit)))
        return task.plan_id


def take_answers(clerk: Clerk) -> Taken:
    """Take in every reply that waits, oldest first; a mail that fails hinders no other.

    Raises:
        TransientError: the ledger went away; what is left waits for the next round.
    """
    c = tables.inbox.c
    waiting = select(c.id).where(c.commune == clerk.commune, c.state == InboxState.KEPT)
    with transaction(clerk.engine) as connection:
        ids = connection.execute(waiting.order_by(c.id).limit(MOST_TAKEN)).scalars().all()
    taken = Taken()
    for mail_id in ids:
        taken = taken.plus(take_answer(clerk, mail_id))
    return taken


def take_answer(clerk: Clerk, mail_id: int) -> str | None:
    """Take in one reply; gives the field of `Taken` it counts in, None when it waits no more."""
    row = _begin(clerk, mail_id)
    if row is None:
        return None
    if row.tries > MOST_TRIES:
        return put_before_person(clerk, row, POISONED.format(f"{MOST_TRIES} lần"))
    try:
        return _take(clerk, row)
    except (TransientError, OperationalError):
        raise  # the ledger is away: nothing is wrong with this mail
    # Whatever else a stranger's mail makes the code raise, the others are taken in.
    except Exception as error:  # noqa: BLE001 - see above
        return put_before_person(clerk, row, POISONED.format(type(error).__name__))


def _begin(clerk: Clerk, mail_id: int) -> MailRow | None:
    c = tables.inbox.c
    mine = (c.id == mail_id, c.commune == clerk.commune, c.state == InboxState.KEPT)
    with transaction(clerk.engine) as connection:
        connection.execute(update(tables.inbox).where(*mine).values(tries=c.tries + 1))
        return connection.execute(select(tables.inbox).where(*mine)).first()


def _take(clerk: Clerk, row: MailRow) -> str | None:
    mail = read_stored_mail(clerk, str(row.sha256))
    done = read_submitted(clerk, row)
    reply = read_reply(clerk, row, mail).without({one.rpartition("@")[0] for one in done})
    # Judged anew, documents might be taken for the answer to what is open now.
    if done and not reply.forms and reply.intent.kind is not IntentKind.CONFIRMS:
        return settle_mail(clerk, row, ANSWER_TAKEN, submissions=done)
    case = Case(clerk=clerk, row=row, mail=mail, reply=reply, done=done)
    verdict = judge_reply(reply)
    return _act(case, verdict) if case.is_proved else _ask_for_proof(case, verdict)


def _act(case: Case, verdict: Verdict) -> str | None:
    if verdict.task is not None:
        hold_files(
            case.clerk.engine, case.reply.held, commune=case.clerk.commune,
            unit_id=str(case.row.unit_id), obligation_id=verdict.task.obligation.id,
            contact_id=str(case.row.contact_id or case.row.sender), now=case.clerk.now,
        )  # fmt: skip
    match verdict.kind:
        case VerdictKind.SEND:
            return _send(case, verdict)
        case VerdictKind.MEND:
            return _ask_to_mend(case, verdict)
        case VerdictKind.ENTER:
            return _let_enter(case, verdict)
        case VerdictKind.SAY:
            assert verdict.question is not None
            return answer_by_mail(case.clerk, case.row, verdict.question, reply=case.reply)
        case VerdictKind.PERSON:
            return put_before_person(case.clerk, case.row, verdict.reason)
        case VerdictKind.COURTESY:
            reason = ANSWER_TAKEN if case.done else verdict.reason
            return settle_mail(case.clerk, case.row, reason, submissions=case.done)


def _send(case: Case, verdict: Verdict) -> str | None:
    new = [one for one in verdict.answers if not is_known(one, case.reply)]
    faults = find_faults(new, case.reply)
    if faults:
        return _ask_to_mend(case, to_mend(faults, verdict.task))
    try:
        sent = [submit_answer(case.clerk, case.row, one, reply=case.reply) for one in new]
    except RefusedError as error:
        return put_before_person(case.clerk, case.row, f"E-IN-REFUSED: {error}")
    reason = ANSWER_TAKEN if sent or case.done else REPEATED
    return settle_mail(case.clerk, case.row, reason, submissions=[*case.done, *sent])


def _ask_for_proof(case: Case, verdict: Verdict) -> str | None:
    """Ask the registered address, where anything would follow from the mail (2.12, second row)."""
    clerk, row = case.clerk, case.row
    if verdict.kind is VerdictKind.COURTESY:
        return settle_mail(clerk, row, verdict.reason)
    is_worth_asking = case.reply.forms or case.reply.files or verdict.kind in WORTH_ASKING
    if not is_worth_asking:
        return put_before_person(clerk, row, f"{row.reason} {verdict.reason}")
    with transaction(clerk.engine) as connection:
        if not move(connection, clerk, row, InboxState.ASKED, reason=str(row.reason)):
            return None
        is_asked = ask_sender(
            connection, clerk, row, mail=case.mail, at=case.reply.arrived_at,
            plan_id=case.plan_id(verdict),
        )  # fmt: skip
        if not is_asked:
            why = f"{row.reason} Không hỏi được đơn vị qua thư; cần người xác nhận."
            hand_over(connection, clerk, row, why)
    return ASKED if is_asked else FOR_PERSON


def _ask_to_mend(case: Case, verdict: Verdict) -> str | None:
    if not case.reply.of_unit:  # the unit has nothing to answer in any plan in force
        return put_before_person(case.clerk, case.row, verdict.reason)
    with transaction(case.clerk.engine) as connection:
        if not move(connection, case.clerk, case.row, InboxState.ASKED, reason=verdict.reason):
            return None
        is_told = tell_unclear(
            connection, case.clerk, case.row, mail=case.mail, at=case.reply.arrived_at,
            verdict=verdict, plan_id=case.plan_id(verdict),
        )  # fmt: skip
        if not is_told:
            why = f"{verdict.reason} Không báo được cho đơn vị qua thư."
            hand_over(connection, case.clerk, case.row, why)
    return ASKED if is_told else FOR_PERSON


def _let_enter(case: Case, verdict: Verdict) -> str | None:
    assert verdict.task is not None
    chosen = {"obligation_id": verdict.task.obligation.id}
    with transaction(case.clerk.engine) as connection:
        if not move(connection, case.clerk, case.row, InboxState.PERSON, reason=verdict.reason):
            return None
        mine = tables.inbox.c.id == case.row.id
        connection.execute(update(tables.inbox).where(mine).values(chosen))
        tell_unclear(
            connection, case.clerk, case.row, mail=case.mail, at=case.reply.arrived_at,
            verdict=verdict, plan_id=case.plan_id(verdict),
        )  # fmt: skip
        tell_waiting(connection, case.row, verdict.reason, now=case.clerk.now)
    return FOR_PERSON
