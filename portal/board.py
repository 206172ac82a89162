"""The board page: units by phases, filtered, as of a day."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from adapters.ledger import PlanRecord
from models.board_matrix import LETTERS, matrix_of
from models.boards import Board, BoardRow
from models.obligations import Standing
from models.plans import Phase, RequirementKind
from models.values import Value
from portal.desk import DeskOf
from portal.officers import OfficerOf
from services.boards import read_board
from services.countdowns import read_countdown
from services.desk import Desk
from services.letter_desk import count_desk
from services.plans import find_plan

FOLDED_FROM = 4  # longer cells are folded: a reviewer owes one sheet for each plan received


class UnitLine(Value):
    """One unit across the phases shown, in the phases' order."""

    unit_id: str
    unit_name: str
    unreachable: bool
    cells: tuple[tuple[BoardRow, ...], ...]


class BoardFilter(Value):
    """What the reader chose to see; empty words mean everything."""

    phase: str = ""
    standing: Standing | None = None
    day: date | None = None
    unit: str = ""

    def takes(self, row: BoardRow) -> bool:
        """Whether the reader wants to see the row."""
        return self.standing in {None, row.standing} and self.unit in {"", row.unit_id}


def board_routes(templates: Jinja2Templates) -> APIRouter:
    """Return the route ``/ke-hoach/{plan_id}``."""
    router = APIRouter(default_response_class=HTMLResponse)

    @router.get("/ke-hoach/{plan_id}")
    def show_board(
        *,
        request: Request,
        plan_id: str,
        desk: DeskOf,
        _: OfficerOf,
        giai_doan: Annotated[str, Query(max_length=40)] = "",
        tinh_trang: Annotated[str, Query(max_length=40)] = "",
        ngay: Annotated[str, Query(max_length=10)] = "",
        don_vi: Annotated[str, Query(max_length=80)] = "",
    ) -> Response:
        plan = plan_of(desk, plan_id)
        chosen = read_filter(giai_doan, tinh_trang, ngay, don_vi)
        as_of = as_of_day(desk, chosen.day)
        board = read_board(desk.engine, plan_id, calendar=desk.calendar, as_of=as_of)
        phases = [p for p in plan.dossier.plan.phases if chosen.phase in {"", p.id}]
        whole = board.of_phase(chosen.phase) if chosen.phase else board
        rows = [r for r in whole.rows if chosen.takes(r)]
        context = {
            "plan": plan,
            "board": whole,
            "phases": phases,
            "lines": unit_lines(rows, phases),
            "shown": len(rows),
            "units": {row.unit_id: row.unit_name for row in whole.rows},
            "matrix": matrix_of(rows, plan.dossier.plan),
            "letters_of": LETTERS,
            "late_reviews": [r for r in whole.rows if is_late_review(r)],
            "chosen": chosen,
            "as_of": as_of,
            "today": desk.calendar.day_of(desk.now),
            "names": short_names(plan, board),
            "folded_from": FOLDED_FROM,
            "countdown": read_countdown(desk.engine, plan_id, calendar=desk.calendar, now=desk.now),
            "letters": count_desk(desk.engine, commune=desk.commune),
        }
        return templates.TemplateResponse(request, "portal/board.html.j2", context)

    return router


def plan_of(desk: Desk, plan_id: str) -> PlanRecord:
    """Return the plan of this commune.

    Raises:
        HTTPException: 404, there is none of that id.
        UsageError: there is none of that id.
    """
    plan = find_plan(desk.engine, plan_id)
    if plan.commune != desk.commune:
        raise HTTPException(404)
    return plan


def read_filter(phase: str, standing: str, day: str, unit: str = "") -> BoardFilter:
    """Read what the reader chose.

    Raises:
        HTTPException: 422, the standing or the day is none.
    """
    try:
        return BoardFilter(
            phase=phase,
            unit=unit,
            standing=Standing(standing) if standing else None,
            day=date.fromisoformat(day) if day else None,
        )
    except ValueError as error:
        raise HTTPException(422) from error


def is_late_review(row: BoardRow) -> bool:
    """Whether a compliance review is beyond its term."""
    is_review = row.kind is RequirementKind.COMPLIANCE_REVIEW
    return is_review and row.standing is Standing.OVERDUE


def as_of_day(desk: Desk, day: date | None) -> datetime:
    """Return the close of a day that has passed, else the present instant."""
    if day is None or day >= desk.calendar.day_of(desk.now):
        return desk.now
    return desk.calendar.close_of(day)


def unit_lines(rows: Sequence[BoardRow], phases: Sequence[Phase]) -> tuple[UnitLine, ...]:
    """Return the rows as one line for each unit that has any, in the rows' order."""
    return tuple(
        _line(unit_id, tuple(mine), phases)
        for unit_id, mine in groupby(rows, key=lambda row: row.unit_id)
    )


def _line(unit_id: str, rows: tuple[BoardRow, ...], phases: Sequence[Phase]) -> UnitLine:
    return UnitLine(
        unit_id=unit_id,
        unit_name=rows[0].unit_name,
        unreachable=any(row.unreachable for row in rows),
        cells=tuple(tuple(r for r in rows if r.phase_id == phase.id) for phase in phases),
    )


def short_names(plan: PlanRecord, board: Board) -> dict[str, str]:
    """Return what each obligation of the board is called where room is short."""
    return {row.obligation_id: _short_name(plan, row) for row in board.rows}


def _short_name(plan: PlanRecord, row: BoardRow) -> str:
    if row.kind is RequirementKind.COMPLIANCE_REVIEW:
        return row.product
    requirement = plan.dossier.plan.requirement(row.requirement_id)
    return row.product.replace(requirement.name, requirement.short_name, 1)
