"""The last day before the legal deadline: a report no server has taken is told hour by hour."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, select

from adapters import tables
from adapters.ledger import read_plan
from models.alarms import AlarmKind
from models.calendars import WorkingCalendar
from models.conditions import Condition
from models.due_dates import due_at
from models.letters import LetterState
from models.vietnamese import format_instant

# reliability.md 2.8; at the deadline itself it is told once more.
STEPS = tuple(timedelta(hours=hours) for hours in (0, 1, 2, 4, 8, 24))
_SETTLED = (LetterState.ACCEPTED, LetterState.SUPERSEDED)
_STATES: Mapping[str, str] = {
    LetterState.READY: "đang chờ gửi",
    LetterState.SENDING: "đang gửi",
    LetterState.UNKNOWN: "chưa rõ đã đến hay chưa",
    LetterState.NEEDS_HUMAN: "chờ người xử lý",
    LetterState.REFUSED: "bị từ chối",
    LetterState.BOUNCED: "bị trả lại",
    LetterState.EXPIRED: "đã quá thời hạn gửi",
    LetterState.POISONED: "không soạn được",
}


def unaccepted_dispatches(
    connection: Connection, commune: str, *, calendar: WorkingCalendar, now: datetime
) -> Iterator[Condition]:
    """Each letter with the report that is not on its way yet, by the last step that has come.

    A recipient who confirmed that the report is there, however it came, is not waited for.
    """
    c, d = tables.outbox.c, tables.dispatches.c
    waiting = (
        select(c.id, c.plan_id, c.unit_id, c.state, c.not_after, c.last_text)
        .join_from(tables.dispatches, tables.outbox, d.outbox_id == c.id)
        .where(c.commune == commune, c.state.not_in(_SETTLED), d.receipt_at.is_(None))
        .order_by(c.id)
    )
    rows = connection.execute(waiting).all()
    deadlines = {
        plan_id: _deadline(connection, plan_id, calendar) for plan_id in {r.plan_id for r in rows}
    }
    for row in rows:
        deadline = row.not_after or deadlines[row.plan_id]
        step = next((step for step in STEPS if deadline - now <= step), None)
        if step is not None:
            yield _condition(row, deadline, step)


def _deadline(connection: Connection, plan_id: str, calendar: WorkingCalendar) -> datetime:
    source = read_plan(connection, plan_id).dossier.plan
    return due_at(source.report_deadline, calendar=calendar, anchors={})


def _condition(row: Row[tuple[object, ...]], deadline: datetime, step: timedelta) -> Condition:
    hours = int(step.total_seconds()) // 3600
    left = f"còn không quá {hours} giờ" if hours else "đã hết thời hạn"
    why = f"; máy chủ thư trả lời: {row.last_text.rstrip('.')}" if row.last_text else ""
    return Condition(
        kind=AlarmKind.REPORT,
        subject=f"{row.id}/T-{hours}",
        text=f"Thư số {row.id} gửi báo cáo tới đơn vị “{row.unit_id}” {_STATES[row.state]}, {left} "
        f"(thời hạn {format_instant(deadline)}){why}. Trang báo cáo có đúng các tệp này để gửi "
        "bằng cách khác.",
    )
