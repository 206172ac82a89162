"""The clock: the only reader of time; a file may hold a simulated instant instead."""

from datetime import UTC, datetime
from pathlib import Path

from config.settings import Settings


def read_now(settings: Settings) -> datetime:
    """The present instant in UTC, or the simulated one when ``clock_file`` is set."""
    if settings.clock_file is None:
        return datetime.now(UTC)
    return datetime.fromisoformat(settings.clock_file.read_text().strip()).astimezone(UTC)


def set_simulated_now(clock_file: Path, instant: datetime) -> None:
    """Move the simulated clock, whole or not at all."""
    temporary = clock_file.with_suffix(".tmp")
    temporary.write_text(instant.astimezone(UTC).isoformat())
    temporary.replace(clock_file)
