"""The high-water mark of time: a clock that jumped sends nothing until a person confirms it."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from adapters import tables
from adapters.ledger import insert_new
from models.clocks import ClockMark, MonotonicReading, jump_since
from models.vietnamese import format_instant


def find_jump(
    connection: Connection, *, commune: str, reading: MonotonicReading, now: datetime
) -> str | None:
    """Tell in Vietnamese how the clock jumped, else None and the mark moves up to now."""
    c = tables.clock_marks.c
    row = connection.execute(
        select(tables.clock_marks).where(c.commune == commune).with_for_update()
    ).first()
    values = {
        "high_water": now,
        "boot_id": reading.boot_id,
        "monotonic_seconds": reading.seconds,
    }
    if row is None:
        insert_new(connection, tables.clock_marks, [{"commune": commune} | values])
        return None
    before = MonotonicReading(boot_id=row.boot_id, seconds=row.monotonic_seconds)
    mark = ClockMark(high_water=row.high_water, reading=before)
    jump = jump_since(mark, reading, now=now)
    if jump:
        return _told(jump, mark, now)
    # Small steps back add up against the same mark; small steps forward move it.
    if now >= mark.high_water:
        connection.execute(update(tables.clock_marks).where(c.commune == commune).values(values))
    return None


def forget(connection: Connection, *, commune: str) -> None:
    """Drop the mark: a person has confirmed the clock as it stands."""
    connection.execute(delete(tables.clock_marks).where(tables.clock_marks.c.commune == commune))


def _told(jump: timedelta, mark: ClockMark, now: datetime) -> str:
    minutes = round(abs(jump).total_seconds() / 60)
    way = "tới trước" if jump > timedelta() else "lùi lại"
    return (
        f"đồng hồ nhảy {way} {minutes} phút, nay chỉ {format_instant(now)}, "
        f"lượt trước chỉ {format_instant(mark.high_water)}"
    )
