"""The picture of a campaign as one page that needs nothing else."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.boards import Board
from models.calendars import WorkingCalendar
from models.plans import PlanDossier
from models.timeline_marks import SIGNS, draw_picture
from models.timelines import TimelineRow
from models.vietnamese import format_day, format_instant

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "rehearsal"


def draw_timeline(
    dossier: PlanDossier,
    board: Board,
    timeline: Sequence[TimelineRow],
    *,
    calendar: WorkingCalendar,
) -> str:
    """Return the page: units down, days across, a legend, readable on paper of size A3."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = format_day
    return environment.get_template("timeline.html.j2").render(
        plan=dossier.plan,
        picture=draw_picture(dossier, board, timeline, calendar=calendar),
        signs=[(mark.value, sign, words) for mark, (sign, words) in SIGNS.items()],
        board=board,
        as_of=format_instant(board.as_of),
    )
