"""The line that tells, on stderr, how far the rehearsal is."""

import sys
from datetime import date
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from models.values import Value
from models.vietnamese import format_long_day


class Tally(Value):
    """What has happened by the end of a day."""

    day: date
    letters: int
    submissions: int
    percent_done: int

    @property
    def text(self) -> str:
        """The tally as one line."""
        return (
            f"{format_long_day(self.day)}: {self.letters} thư, {self.submissions} bản nộp, "
            f"xong {self.percent_done}%"
        )


class ProgressLine:
    """A live line on a terminal, one plain line a day elsewhere; use as a ``with`` block."""

    def __init__(self, total: int, *, done: int) -> None:
        """Prepare a line over ``total`` steps of which ``done`` were played before."""
        console = Console(stderr=True, highlight=False)
        self._is_live = console.is_terminal
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(bar_width=24), TaskProgressColumn(),
            TimeElapsedColumn(), console=console, transient=False, disable=not self._is_live,
        )  # fmt: skip
        self._task = self._progress.add_task("Diễn tập", total=total, completed=done)

    def __enter__(self) -> Self:
        """Show the line."""
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the line as it stands."""
        self._progress.stop()

    def advance(self) -> None:
        """Count one step."""
        self._progress.advance(self._task)

    def tell(self, tally: Tally) -> None:
        """Show what a day brought."""
        if self._is_live:
            self._progress.update(self._task, description=tally.text)
        else:
            sys.stderr.write(f"{tally.text}\n")
            sys.stderr.flush()


def say(line: str) -> None:
    """Tell a line on stderr."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
