"""The performance: steps played on an open stage, with progress kept and shown."""

from collections.abc import Sequence
from time import monotonic

from cli.rehearsal.home import Progress, save_progress
from cli.rehearsal.outputs import write_outputs
from cli.rehearsal.play import Play
from cli.rehearsal.player import play_steps
from cli.rehearsal.progress_line import ProgressLine, Tally, say
from cli.rehearsal.stage import Stage, mail_on
from models.castings import Casting
from models.letters import LetterState
from models.obligations import DONE_STATES
from models.plans import PlanDossier
from models.rehearsal_summary import Summary
from models.rehearsal_turns import Step, StepKind
from services.desk import open_desk
from services.mailing import resolve_stranded
from services.outbox import count_letters


async def perform(
    stage: Stage,
    dossier: PlanDossier,
    casting: Casting,
    steps: Sequence[Step],
    *,
    progress: Progress,
) -> Summary:
    """Play what is left of the steps, write the outputs and note that all is finished."""
    place = min(progress.done, len(steps) - 1)
    with mail_on(stage, casting), open_desk(stage.settings, now=steps[place].instant) as desk:
        play = Play(stage, desk, dossier, casting)
        play.move_to(steps[place].instant)
        if progress.done:
            say(f"Tiếp tục từ bước {progress.done + 1}/{len(steps)}.")
            resolve_stranded(desk)
        bookmark = Bookmark(play, progress)
        with ProgressLine(len(steps), done=progress.done) as line:

            def noted(done: int, step: Step) -> None:
                bookmark.put(done)
                line.advance()
                if step.kind is StepKind.MAILROOM:
                    line.tell(tally(play))

            await play_steps(play, steps, done=progress.done, noted=noted)
        summary = write_outputs(play, bookmark.progress)
    save_progress(stage.out, bookmark.progress.model_copy(update={"is_finished": True}))
    return summary


class Bookmark:
    """Where the rehearsal is, kept on disk after each step."""

    def __init__(self, play: Play, progress: Progress) -> None:
        """Begin where an earlier attempt stopped."""
        self._play = play
        self._before = progress
        self._since = monotonic()
        self.progress = progress

    def put(self, done: int) -> None:
        """Note that so many steps are played."""
        self.progress = self._before.model_copy(
            update={
                "done": done,
                "seconds": self._before.seconds + monotonic() - self._since,
                "flow_runs": self._before.flow_runs + self._play.flow_runs,
            }
        )
        save_progress(self._play.stage.out, self.progress)


def tally(play: Play) -> Tally:
    """Count what has happened by now."""
    letters = count_letters(play.engine, commune=play.desk.commune)
    obligations = play.obligations().values()
    done = sum(obligation.state in DONE_STATES for obligation in obligations)
    return Tally(
        day=play.today,
        letters=letters.get(LetterState.ACCEPTED, 0),
        submissions=sum(obligation.version for obligation in obligations),
        percent_done=100 * done // max(1, len(obligations)),
    )
