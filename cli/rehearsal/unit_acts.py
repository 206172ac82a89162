"""What units do in a rehearsal: they answer, ask for time, and are called."""

from datetime import timedelta

from cli.rehearsal import by_mail, by_portal
from cli.rehearsal.play import OFFICER, Play
from models.answer_forms import carry_over, form_fields, only_opened, open_fields
from models.obligations import Obligation, ObligationState
from models.plans import Requirement
from models.rehearsal_answers import invent_answer
from models.rehearsal_events import Setting
from models.rehearsal_turns import ANSWERED_KINDS, Step
from models.rehearsal_ways import BY_SERVICE, Way, way_of
from models.scenarios import Reply
from models.submissions import Answer, Channel
from models.units import UnitKind
from models.validation import asked_indicators
from models.values import Value
from services.extensions import request_extension
from services.journal import read_journal
from services.pauses import PauseKind, pause
from services.portal_views import read_task
from services.submissions import submit

EVENT_DAYS = 15
FIRST_TURN = 1


async def send_answer(play: Play, step: Step) -> None:
    """Send the unit's next version, if it still has to; the same turn again changes nothing."""
    obligation = play.obligations().get(step.obligation_id)
    if obligation is None or not play.is_running() or not _is_due_now(obligation, step):
        return
    said = answer_of(play, obligation, play.casting.reply_to(obligation))
    letter = by_mail.find_letter(play, obligation, said.in_form) if play.has(Way.MAIL) else None
    possible = {Way.SERVICE, Way.PORTAL} | ({Way.MAIL} if letter is not None else set())
    way = way_of(play.casting, obligation.id, step.turn, ways=play.stage.ways, possible=possible)
    if way is Way.SERVICE:
        _submit(play, obligation, said.whole, turn=step.turn)
    elif way is Way.MAIL and letter is not None:
        await by_mail.send_answer(play, obligation, said.in_form, letter=letter)
    else:
        await by_portal.send_answer(play, obligation, said.in_form)


def _submit(play: Play, obligation: Obligation, answer: Answer, *, turn: int) -> None:
    submit(
        play.engine,
        obligation.id,
        answer,
        channel=Channel.PORTAL,
        sent_by=play.contact_of(obligation.unit_id),
        nonce=f"rehearsal/{obligation.id}/{turn}",
        calendar=play.calendar,
        now=play.now,
    )


def _is_due_now(obligation: Obligation, step: Step) -> bool:
    if step.turn == FIRST_TURN:
        return obligation.is_open and obligation.version == 0
    return obligation.state is ObligationState.RETURNED


class Said(Value):
    """An answer as it comes in, and the part of it that the unit's form asks for now."""

    whole: Answer
    in_form: Answer


def answer_of(play: Play, obligation: Obligation, reply: Reply) -> Said:
    """Invent the unit's answer, or its nil; of one that was returned only what was remarked on."""
    requirement = play.dossier.plan.requirement(obligation.requirement_id)
    unit = play.dossier.units.unit(obligation.unit_id)
    asked = asked_indicators(play.dossier, requirement, unit)
    if reply.nil_reason is not None and requirement.reviewed_by is not None and asked:
        nil = Answer(nil_reason=reply.nil_reason)
        return Said(whole=nil, in_form=nil)
    invented = invent_answer(
        unit,
        requirement,
        asked,
        seed=play.casting.scenario.seed,
        setting=_setting(play, requirement),
        version=obligation.version + 1,
    )
    if obligation.state is not ObligationState.RETURNED:
        return Said(whole=invented, in_form=invented)
    return _mended(play, obligation, invented)


def _mended(play: Play, obligation: Obligation, invented: Answer) -> Said:
    task = read_task(
        play.engine, obligation.id, unit_id=obligation.unit_id, calendar=play.calendar, now=play.now
    )
    known = form_fields(task.requirement.kind, task.asked)
    opened = open_fields(known, task.remarks)
    assert task.previous is not None
    return Said(
        whole=carry_over(invented, task.previous.answer, opened=opened),
        in_form=only_opened(invented, opened=opened),
    )


def _setting(play: Play, requirement: Requirement) -> Setting:
    # Events lie between the issue of the plan and the day before they are reported.
    until = play.calendar.previous_working_day(play.today)
    days = play.calendar.working_days_in(play.issued_on, until) or (play.issued_on,)
    joint = play.casting.joint
    villages = (u for u in play.dossier.units.units if u.kind is UnitKind.VILLAGE)
    return Setting(
        days=days[-EVENT_DAYS:],
        joint_day=play.calendar.add_working_days(play.issued_on, EVENT_DAYS),
        villages=tuple(unit.name for unit in villages),
        joint_lead=joint.lead if joint and requirement.kind in ANSWERED_KINDS else None,
        joint_support=joint.support if joint else (),
    )


async def ask_time(play: Play, step: Step) -> None:
    """Ask for more time, if the unit still owes; an undecided request is not repeated."""
    obligation = play.obligations().get(step.obligation_id)
    extension = play.casting.reply_to(obligation).extension if obligation else None
    if obligation is None or extension is None or not obligation.is_open:
        return
    day = play.calendar.add_working_days(play.calendar.day_of(obligation.due_at), extension.days)
    if play.stage.ways != BY_SERVICE:
        if not _is_asked(play, obligation):
            await by_portal.ask_time(play, obligation, reason=extension.reason, until=day)
        return
    request_extension(
        play.engine,
        obligation.id,
        reason=extension.reason,
        proposed_due_at=play.calendar.close_of(day),
        requested_by=play.contact_of(obligation.unit_id),
        now=play.now,
    )


def _is_asked(play: Play, obligation: Obligation) -> bool:
    return read_task(
        play.engine, obligation.id, unit_id=obligation.unit_id, calendar=play.calendar, now=play.now
    ).is_extension_asked


async def call_unit(play: Play, step: Step) -> None:
    """Log a telephone call: the ladder of the product rests until the promised day is over."""
    obligation = play.obligations().get(step.obligation_id)
    call = play.casting.reply_to(obligation).call if obligation else None
    if (
        obligation is None
        or call is None
        or not obligation.is_open
        or _was_called(play, obligation)
    ):
        return
    day = play.calendar.add_working_days(play.today, call.rests_for_days)
    pause(
        play.engine,
        commune=play.desk.commune,
        unit_id=obligation.unit_id,
        obligation_id=obligation.id,
        kind=PauseKind.CALL,
        reason=call.reason,
        by=OFFICER,
        until=play.calendar.close_of(day),
        now=play.now,
    )


def _was_called(play: Play, obligation: Obligation) -> bool:
    entries = read_journal(play.engine, commune=play.desk.commune, subject_prefix=obligation.id)
    just_now = timedelta(seconds=1)
    return any(e.action == "pause.call" and abs(e.at - play.now) < just_now for e in entries)
