"""The leader's bulletin: once a week, on its last working day, with counts that close."""

from datetime import datetime

import pytest

from adapters.database import transaction
from adapters.ledger import PlanRecord
from models.calendars import WorkingCalendar
from models.countdowns import Countdown
from models.letters import LetterKind
from models.plans import PlanDossier
from services.boards import read_board
from services.bounces import flag_contact
from services.bulletins import bulletin_facts, is_bulletin_time, write_bulletins
from services.countdowns import read_countdown
from tests.services.mailroom import FEW, Mailroom, body_of, excuse, with_units
from tests.services.stage import COMMUNE, NIL, PLAN, SHEET, Office, at, owed_by

FRIDAY = at((19, 6), "14:00")


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


def countdown(office: Office, now: datetime) -> Countdown:
    return read_countdown(office.engine, PLAN, calendar=office.calendar, now=now)


def write(mailroom: Mailroom, day: tuple[int, int], hour: str = "14:00") -> int:
    return write_bulletins(
        mailroom.engine, commune=COMMUNE, calendar=mailroom.calendar, now=at(day, hour)
    )


@pytest.mark.usefixtures("active_plan")
def test_one_bulletin_is_written_in_a_week(mailroom: Mailroom) -> None:
    assert write(mailroom, (18, 6)) == 0
    assert write(mailroom, (19, 6), "07:30") == 0
    assert write(mailroom, (19, 6)) == 1
    assert write(mailroom, (19, 6)) == write(mailroom, (19, 6), "16:25") == 0
    assert write(mailroom, (26, 6)) == 1
    first, second = mailroom.rows(LetterKind.BULLETIN)
    assert first.dedupe_key == f"bulletin/{PLAN}/2026-W25"
    assert second.dedupe_key == f"bulletin/{PLAN}/2026-W26"


@pytest.mark.parametrize(
    ("day", "hour", "is_time"),
    [
        ((29, 4), "14:00", True),  # Thursday and Friday are off
        ((30, 4), "14:00", False),
        ((1, 5), "14:00", False),
        ((21, 8), "14:00", False),  # the Saturday after is worked
        ((22, 8), "14:00", True),
        ((19, 6), "13:44", False),
        ((19, 6), "13:45", True),
        ((21, 6), "14:00", False),
    ],
)
def test_it_is_written_on_the_last_working_day_of_the_week(
    calendar: WorkingCalendar, day: tuple[int, int], hour: str, *, is_time: bool
) -> None:
    assert is_bulletin_time(calendar, at(day, hour)) is is_time


def test_the_counts_close_to_all_obligations(
    mailroom: Mailroom, office: Office, active_plan: PlanRecord
) -> None:
    office.submit(owed_by("thon-01"), SHEET, now=at((17, 6)))
    office.submit(owed_by("thon-02"), NIL, now=at((17, 6)))
    office.accept(owed_by("thon-02"), now=at((18, 6)))
    excuse(office, owed_by("kt", "SL"))
    board = read_board(office.engine, PLAN, calendar=office.calendar, as_of=FRIDAY)
    facts = bulletin_facts(
        active_plan,
        board,
        calendar=office.calendar,
        now=FRIDAY,
        countdown=countdown(office, FRIDAY),
    )
    parts = (
        "done_on_time", "done_late", "running_in_time", "running_overdue", "waiting", "waived",
    )  # fmt: skip
    counts = {part: facts[part] for part in parts}
    assert sum(int(str(count)) for count in counts.values()) == len(board.rows)
    assert (counts["done_on_time"], counts["waiting"], counts["waived"]) == (1, 1, 1)
    overdue = facts["overdue"]
    assert isinstance(overdue, list)
    assert len(overdue) == 10  # one screen of them
    assert int(str(counts["running_overdue"])) > 10
    write(mailroom, (19, 6))
    mailroom.send(FRIDAY)
    (letter,) = mailroom.letters("<lanhdao.ubnd@")
    assert f"{len(board.rows)} nhiệm vụ" in body_of(letter)
    assert "cần đôn đốc thêm" in body_of(letter)


def test_with_nothing_overdue_the_forecast_is_good_and_nothing_is_asked(
    office: Office, active_plan: PlanRecord
) -> None:
    now = at((12, 6), "14:00")
    past = [o.id for o in office.obligations() if o.due_at < now]
    excuse(office, *past)
    board = read_board(office.engine, PLAN, calendar=office.calendar, as_of=now)
    facts = bulletin_facts(
        active_plan, board, calendar=office.calendar, now=now, countdown=countdown(office, now)
    )
    assert (facts["forecast"], facts["asks"], facts["overdue"]) == ("đúng hạn", [], [])


@pytest.mark.usefixtures("active_plan")
def test_a_leader_without_an_address_gets_no_bulletin(mailroom: Mailroom) -> None:
    with transaction(mailroom.engine) as connection:
        flag_contact(connection, "ubnd.head", commune=COMMUNE, why="550", now=FRIDAY)
    assert write(mailroom, (19, 6)) == 0
