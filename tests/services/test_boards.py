"""The board of a past instant is the board that was seen then."""

from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import Engine, insert, update

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanRecord
from models.boards import Board, BoardRow
from models.calendars import WorkingCalendar
from models.errors import RefusedError, UsageError
from models.obligations import ObligationState, Standing
from models.plans import RequirementKind
from models.submissions import Answer
from services import reviews
from services.boards import read_board
from services.extensions import grant_extension
from services.milestones import end_milestone
from tests.services.stage import (
    DETAILED_PLAN,
    ISSUED_ON,
    NIL,
    PLAN,
    SHEET,
    Office,
    at,
    owed_by,
)

SHEET_OF_ONE = owed_by("thon-01")
STEPS = 40
ANSWERS: dict[str, tuple[Answer, ...]] = {
    SHEET_OF_ONE: (SHEET, NIL),
    owed_by("thon-02"): (SHEET, NIL),
    owed_by("dt-hnd", "KHCT"): (DETAILED_PLAN, NIL),
    owed_by("thon-01", "XN"): (Answer(),),
}


def row_of(board: Board, obligation_id: str) -> BoardRow:
    return next(row for row in board.rows if row.obligation_id == obligation_id)


class Town:
    """People who do things at random, some of them refused."""

    def __init__(self, office: Office, plan: PlanRecord, seed: int) -> None:
        self.office = office
        self.plan = plan
        self.chance = Random(seed)
        self.now = at(ISSUED_ON, "09:00")
        self.count = 0

    def act(self) -> None:
        """Do one thing now."""
        self.count += 1
        chosen = self.chance.choice(sorted(ANSWERS))
        deed = self.chance.choice(
            (self._submit, self._submit, self._submit, self._accept, self._return, self._return,
             self._extend, self._waive, self._close_synthesis, self._flag)
        )  # fmt: skip
        if (
            deed in {self._waive, self._close_synthesis, self._accept}
            and self.chance.random() < 0.6
        ):
            deed = self._submit
        try:
            deed(chosen)
        except RefusedError:
            return

    def _submit(self, obligation_id: str) -> None:
        answer = self.chance.choice(ANSWERS[obligation_id])
        self.office.submit(obligation_id, answer, now=self.now, nonce=str(self.count))

    def _accept(self, obligation_id: str) -> None:
        self.office.accept(obligation_id, now=self.now)

    def _return(self, obligation_id: str) -> None:
        due = self.now + timedelta(days=self.chance.randint(1, 4))
        formal = self.chance.random() < 0.5
        self.office.give_back(obligation_id, due=due, now=self.now, is_formal_defect=formal)

    def _extend(self, obligation_id: str) -> None:
        self.now += timedelta(minutes=1)
        until = self.now + timedelta(days=self.chance.randint(1, 50))
        grant_extension(self.office.engine, obligation_id, until=until, by="lãnh đạo", now=self.now)
        self.now += timedelta(minutes=1)

    def _waive(self, obligation_id: str) -> None:
        reviews.waive(self.office.engine, obligation_id, reason="sáp nhập", by="vhxh", now=self.now)

    def _close_synthesis(self, _: str) -> None:
        with transaction(self.office.engine) as connection:
            end_milestone(connection, self.plan, RequirementKind.SYNTHESIS, now=self.now)

    def _flag(self, obligation_id: str) -> None:
        c = tables.contacts.c
        of_unit = (c.unit_id == obligation_id.split("/")[2], c.flagged_at.is_(None))
        with transaction(self.office.engine) as connection:
            connection.execute(update(tables.contacts).where(*of_unit).values(flagged_at=self.now))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_the_board_as_of_an_instant_is_the_board_seen_then(
    office: Office, active_plan: PlanRecord, seed: int
) -> None:
    town = Town(office, active_plan, seed)
    seen: dict[datetime, Board] = {at(ISSUED_ON): office.board(at(ISSUED_ON))}
    for _ in range(STEPS):
        town.now += timedelta(minutes=town.chance.choice((0, 7, 600, 2000)))
        town.act()
        seen[town.now] = office.board(town.now)
    states = {row.state for board in seen.values() for row in board.rows}
    assert len(states) >= len(ObligationState) - 1
    for instant, board in seen.items():
        assert office.board(instant) == board


def test_before_the_phase_was_opened_the_board_is_empty(office: Office) -> None:
    board = office.board(at(ISSUED_ON, "07:59"))
    assert (board.rows, board.percent_done) == ((), 0)


def test_rows_stand_in_official_order(office: Office) -> None:
    keys = [(r.unit_order, r.phase_id, r.due_at) for r in office.board(at((12, 5))).rows]
    assert keys == sorted(keys)


def test_the_counts_close(office: Office) -> None:
    office.submit(SHEET_OF_ONE, now=at((18, 6)))
    board = office.board(at((24, 6)))
    assert sum(board.counts().values()) == len(board.rows) == len(office.obligations())
    assert board.counts()[Standing.WAITING_REVIEW] == 1


def test_a_unit_without_a_living_address_is_shown_unreachable(
    engine: Engine, office: Office
) -> None:
    of_village = tables.contacts.c.unit_id == "thon-01"
    with transaction(engine) as connection:
        connection.execute(update(tables.contacts).where(of_village).values(flagged_at=at((20, 5))))
    after = office.board(at((21, 5)))
    assert {r.unit_id for r in after.rows if r.unreachable} == {"thon-01"}
    assert not any(r.unreachable for r in office.board(at((19, 5))).rows)


def test_only_reminders_that_left_by_then_are_counted(engine: Engine, office: Office) -> None:
    def letter(number: int, state: str, settled_at: datetime | None) -> dict[str, object]:
        return {
            "id": number, "dedupe_key": str(number), "commune": "bat-mot", "plan_id": PLAN,
            "kind": "remind_soon", "unit_id": "thon-01", "contact_id": "thon-01.contact",
            "day": at((number, 6)).date(), "address": "x@x.example",
            "not_before": at((number, 6)), "state": state, "attempt": 1,
            "created_at": at((number, 6)), "settled_at": settled_at,
        }  # fmt: skip

    def item(number: int, rung: str) -> dict[str, object]:
        return {
            "dedupe_key": f"{number}/{rung}", "outbox_id": number, "obligation_id": SHEET_OF_ONE,
            "rung": rung, "audience": "contact", "kind": "remind_soon", "number": 0,
            "at": at((number, 6)),
        }  # fmt: skip

    with transaction(engine) as connection:
        connection.execute(
            insert(tables.outbox),
            [
                letter(1, "accepted", at((1, 6), "08:01")),
                letter(2, "accepted", at((2, 6), "08:01")),
                letter(3, "ready", None),
            ],
        )
        items = [item(1, "T-7"), item(1, "T-3"), item(2, "T-1"), item(3, "T")]
        connection.execute(insert(tables.outbox_items), items)
    counts = {
        day: row_of(office.board(at((day, 6), "12:00")), SHEET_OF_ONE).reminders
        for day in (1, 2, 3)
    }
    assert counts == {1: 1, 2: 2, 3: 2}


def test_a_plan_that_does_not_exist_has_no_board(engine: Engine, calendar: WorkingCalendar) -> None:
    with pytest.raises(UsageError, match="kh-la"):
        read_board(engine, "kh-la", calendar=calendar, as_of=at((12, 5)))
