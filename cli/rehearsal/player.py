"""The player: one step after the other, each noted when it is done."""

from collections.abc import Awaitable, Callable, Sequence

from cli.rehearsal import office_acts, runs, unit_acts
from cli.rehearsal.play import Play
from models.rehearsal_office import FIRST_ROUND
from models.rehearsal_turns import Step, StepKind

Act = Callable[[Play, Step], Awaitable[None]]
REPORTING = "reporting"


async def open_phase(play: Play, step: Step) -> None:
    """Play a phase's session; the second of a day only when a returned draft was revised."""
    if not play.is_running():
        return
    revised = step.flow == REPORTING and office_acts.revise_returned(play)
    is_first = step.instant.astimezone(play.calendar.zone).time() == FIRST_ROUND
    if is_first or revised:
        await runs.run_flow(play, step.flow)


ACTS: dict[StepKind, Act] = {
    StepKind.IMPORT: office_acts.take_in,
    StepKind.ACTIVATE: office_acts.put_in_force,
    StepKind.PHASE: open_phase,
    StepKind.CHASE: runs.chase,
    StepKind.ASK_TIME: unit_acts.ask_time,
    StepKind.CALL: unit_acts.call_unit,
    StepKind.SUBMIT: unit_acts.send_answer,
    StepKind.GIVE_TIME: office_acts.answer_request,
    StepKind.REVIEW: office_acts.review_waiting,
    StepKind.SIGN_OFF: office_acts.sign_off,
    StepKind.LEADER: office_acts.let_leader_decide,
    StepKind.ISSUE: office_acts.issue,
    StepKind.RECEIVE: office_acts.confirm,
    StepKind.MAILROOM: runs.sort_mail,
}


async def play_steps(
    play: Play, steps: Sequence[Step], *, done: int, noted: Callable[[int, Step], None]
) -> None:
    """Play the steps after the first ``done``; ``noted`` hears of each that is finished."""
    for place, step in enumerate(steps[done:], start=done + 1):
        play.move_to(step.instant)
        await ACTS[step.kind](play, step)
        noted(place, step)
