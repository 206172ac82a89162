"""What a unit does by mail: it replies to a letter, and confirms that the reply is its own."""

import hashlib
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import format_datetime

import aiosmtplib

from adapters.mail_contents import read_letter, read_source
from adapters.mail_store import StoredLetter, list_letters, parse
from cli.rehearsal.play import Play
from cli.rehearsal.runs import run_flow
from cli.rehearsal.visits import CONFIRMATION_LINK, newest_link, visiting
from models.errors import PermanentError
from models.letters import LetterKind
from models.obligations import Obligation
from models.plans import RequirementKind
from models.submissions import Answer
from services.portal_views import Task, read_tasks
from services.timelines import read_timeline

RECEIVED = "Đơn vị đã nhận nhiệm vụ."
CLOSING = "Trân trọng,"
ACT, OURS = "viec", "dung"


def find_letter(play: Play, obligation: Obligation, answer: Answer) -> StoredLetter | None:
    """Return the newest letter to which a reply says that answer and no other; None without one."""
    is_confirmation = _is_confirmation(play, obligation)
    if answer.nil_reason is None and not is_confirmation:
        return None
    mine = {task.obligation.id: task for task in _tasks(play, obligation.unit_id)}
    for letter, spoken in _letters_of(play, obligation.unit_id):
        if is_confirmation and (letter.kind == LetterKind.ASSIGNMENT or obligation.id in spoken):
            return letter
        asked = {id_ for id_ in spoken if id_ in mine and _is_asked(mine[id_])}
        if not is_confirmation and asked == {obligation.id}:
            return letter
    return None


async def send_answer(
    play: Play, obligation: Obligation, answer: Answer, *, letter: StoredLetter
) -> None:
    """Reply to the letter, let the mailroom read it, and press the link that it asks for.

    The catcher of this machine proves no sender, so every reply is confirmed.

    Raises:
        PermanentError: the reply did not become an answer.
    """
    settings = play.stage.settings
    mail = _reply(play, obligation, answer, letter=letter)
    await aiosmtplib.send(mail, hostname="127.0.0.1", port=settings.mail_port, start_tls=False)
    await run_flow(play, "mailroom")
    link = newest_link(
        settings.mail_folder, _addresses(play, obligation.unit_id), CONFIRMATION_LINK
    )
    async with visiting(settings.portal_url) as visit:
        await visit.open(link)
        form = visit.form("/xac-nhan-thu/")
        await visit.send(form, form.filled({}) | {ACT: (OURS,)})
    if play.obligations()[obligation.id].version == obligation.version:
        raise PermanentError(f"Thư trả lời của {obligation.id} không thành bản gửi.")


def _reply(
    play: Play, obligation: Obligation, answer: Answer, *, letter: StoredLetter
) -> EmailMessage:
    folder = play.stage.settings.mail_folder
    detail = read_letter(folder, letter.id)
    answered = str(parse(read_source(folder, letter.id))["Message-ID"])
    said = RECEIVED if answer.nil_reason is None else f"Không phát sinh: {answer.nil_reason}"
    unit = play.dossier.units.unit(obligation.unit_id)
    mail = EmailMessage()
    mail["From"], mail["To"] = letter.address, detail.reply_to
    mail["Subject"] = f"Re: {letter.subject}"
    mail["Message-ID"] = _message_id(obligation)
    mail["In-Reply-To"] = mail["References"] = answered
    mail["Date"] = format_datetime(play.now)
    mail.set_content(f"{said}\n\n{CLOSING}\n{unit.name}\n")
    return mail


def _message_id(obligation: Obligation) -> str:
    # Always the same for a version: played again after an interruption, it is a duplicate.
    digest = hashlib.sha256(f"{obligation.id}@{obligation.version}".encode()).hexdigest()
    return f"<{digest[:32]}@don-vi.example>"


def _is_confirmation(play: Play, obligation: Obligation) -> bool:
    kind = play.dossier.plan.requirement(obligation.requirement_id).kind
    return kind is RequirementKind.ACKNOWLEDGEMENT


def _is_asked(task: Task) -> bool:
    return task.obligation.is_open and bool(task.asked)


def _tasks(play: Play, unit_id: str) -> tuple[Task, ...]:
    return read_tasks(
        play.engine, commune=play.desk.commune, unit_id=unit_id, calendar=play.calendar,
        now=play.now,
    )  # fmt: skip


def _letters_of(play: Play, unit_id: str) -> Iterator[tuple[StoredLetter, set[str]]]:
    """The letters that the unit got, newest first, each with the obligations it reminds of."""
    rows = read_timeline(play.engine, play.plan_id, calendar=play.calendar)
    spoken = {
        (row.instant, row.recipient, row.what): {item.split()[0] for item in row.items}
        for row in rows
        if row.state == "accepted" and row.unit == unit_id
    }
    for letter in list_letters(play.stage.settings.mail_folder):
        key = (letter.received_at, letter.address, letter.kind)
        if key in spoken:
            yield letter, spoken[key]


def _addresses(play: Play, unit_id: str) -> list[str]:
    return [contact.email for contact in play.dossier.units.unit(unit_id).contacts]
