"""The leader's weekly bulletin (E14): one a plan, on the week's last working day."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import Engine

from adapters.database import transaction
from adapters.ledger import PlanRecord, PlanState, first_reachable, read_contacts, read_plans
from models.boards import Board, BoardRow
from models.calendars import WorkingCalendar
from models.countdowns import Countdown
from models.due_dates import due_at
from models.leader_contexts import BulletinContext
from models.letter_rows import UnitTaskRow
from models.letters import LetterKind
from models.obligations import Standing
from models.standings import working_days_left
from models.units import ContactRole
from services.boards import read_board
from services.countdowns import read_countdown
from services.notices import as_facts
from services.outbox import NewLetter, enqueue

FROM_HOUR = time(13, 45)  # Friday 14:00, domain.md 4.3 E14
MOST_ROWS = 10  # one screen


def write_bulletins(
    engine: Engine, *, commune: str, calendar: WorkingCalendar, now: datetime
) -> int:
    """Write this week's bulletins if their hour has come; returns how many are new."""
    if not is_bulletin_time(calendar, now):
        return 0
    with transaction(engine) as connection:
        plans = read_plans(connection, commune=commune, state=PlanState.ACTIVE)
        contacts = read_contacts(connection, commune=commune)
    letters = []
    for plan in plans:
        leader = first_reachable(contacts, plan.dossier.plan.authority, ContactRole.HEAD)
        if leader is not None:
            board = read_board(engine, plan.id, calendar=calendar, as_of=now)
            year, week, _ = calendar.day_of(now).isocalendar()
            letters.append(
                NewLetter(
                    dedupe_key=f"bulletin/{plan.id}/{year}-W{week:02d}", kind=LetterKind.BULLETIN,
                    plan_id=plan.id, unit_id=plan.dossier.plan.authority, contact=leader,
                    not_before=now,
                    facts=bulletin_facts(
                        plan, board, calendar=calendar, now=now,
                        countdown=read_countdown(engine, plan.id, calendar=calendar, now=now),
                    ),
                )
            )  # fmt: skip
    with transaction(engine) as connection:
        return enqueue(connection, letters, commune=commune, now=now)


def is_bulletin_time(calendar: WorkingCalendar, now: datetime) -> bool:
    """Whether it is the afternoon of the week's last working day."""
    day = calendar.day_of(now)
    is_last = (
        calendar.is_working_day(day)
        and calendar.next_working_day(day).isocalendar()[:2] != day.isocalendar()[:2]
    )
    return is_last and now.astimezone(calendar.zone).time() >= FROM_HOUR


def bulletin_facts(
    plan: PlanRecord, board: Board, *, calendar: WorkingCalendar, now: datetime,
    countdown: Countdown,
) -> dict[str, object]:  # fmt: skip
    """What the bulletin says; its counts close to the number of obligations."""
    day = calendar.day_of(now)
    monday = day - timedelta(days=day.weekday())
    counts = board.counts()
    overdue = [r for r in board.rows if r.standing is Standing.OVERDUE]
    deadline = due_at(plan.dossier.plan.report_deadline, calendar=calendar, anchors={})
    left = working_days_left(deadline, calendar=calendar, now=now)
    return as_facts(
        BulletinContext,
        {
            "week": day.isocalendar().week,
            "from_day": monday,
            "to_day": day,
            "done_on_time": counts[Standing.DONE_ON_TIME],
            "done_late": counts[Standing.DONE_LATE],
            "running_in_time": counts[Standing.IN_TIME]
            + counts[Standing.DUE_SOON]
            + counts[Standing.RETURNED],
            "running_overdue": counts[Standing.OVERDUE],
            "waiting": counts[Standing.WAITING_REVIEW],
            "due_soon": len(_soon(board, day)),
            "waived": counts[Standing.WAIVED],
            "asks": _asks(overdue),
            "overdue": _rows(overdue, calendar=calendar, now=now),
            "soon": _rows(_soon(board, day), calendar=calendar, now=now),
            "forecast": "đúng hạn" if left > 0 and not overdue else "cần đôn đốc thêm",
            "forecast_reason": f"còn {left} ngày làm việc, {len(overdue)} nghĩa vụ đang quá hạn",
            "blockers": tuple(b.line for b in countdown.blockers) if countdown.is_near else (),
        },
    )


def _asks(overdue: Sequence[BoardRow]) -> tuple[str, ...]:
    if not overdue:
        return ()
    units = len({row.unit_id for row in overdue})
    return (f"Cho ý kiến chỉ đạo đối với {units} đơn vị đang quá hạn",)


def _soon(board: Board, day: date) -> list[BoardRow]:
    until = day + timedelta(days=7)
    return [row for row in board.owing() if day <= row.due_at.date() <= until]


def _rows(
    rows: Sequence[BoardRow], *, calendar: WorkingCalendar, now: datetime
) -> tuple[UnitTaskRow, ...]:
    return tuple(
        UnitTaskRow(
            unit_name=row.unit_name, product=row.product, due_at=row.due_at,
            working_days=working_days_left(row.due_at, calendar=calendar, now=now),
        )
        for row in rows[:MOST_ROWS]
    )  # fmt: skip
