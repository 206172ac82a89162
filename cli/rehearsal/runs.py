"""Flow runs of a rehearsal: the production flows, awaited here against the rehearsal's server."""

from importlib import import_module

from cli.rehearsal.play import Play
from models.letters import LetterState
from models.rehearsal_turns import Step
from services.outbox import count_letters


async def run_flow(play: Play, name: str, **parameters: object) -> None:
    """Run the flow of that name once, as the server's scheduler or a form would."""
    flow = getattr(import_module(f"flows.{name}"), name)
    await flow(**parameters)
    play.flow_runs += 1


async def chase(play: Play, _step: Step) -> None:
    """Play a round of reminders."""
    if play.is_running():
        await run_flow(play, "chase")


async def sort_mail(play: Play, _step: Step) -> None:
    """Play the mailroom; a plan that has ended needs it until its last letter has left."""
    if play.is_running() or _letters_wait(play):
        await run_flow(play, "mailroom")


def _letters_wait(play: Play) -> bool:
    counts = count_letters(play.engine, commune=play.desk.commune)
    return counts.get(LetterState.READY, 0) > 0
