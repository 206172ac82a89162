"""The picture of a campaign: each thing that happened stands once, on its unit and day."""

from datetime import date, datetime, timedelta
from functools import cache

import pytest

from adapters.calendars import read_calendar
from adapters.plan_files import read_dossier
from config.settings import CONFIG_FOLDER
from models.boards import Board, BoardRow
from models.obligations import ObligationState, Standing
from models.plans import PlanDossier, RequirementKind
from models.rehearsal_summary import (
    last_instant,
    letter_counts,
    letter_states,
    open_rows,
    report_figures,
)
from models.timeline_marks import Mark, PictureRow, draw_picture, mark_of
from models.timelines import TimelineKind, TimelineRow, in_order
from models.vietnamese import VIETNAM

CALENDAR = read_calendar()
NOON = datetime(2026, 6, 22, 12, tzinfo=VIETNAM)


@cache
def dossier() -> PlanDossier:
    return read_dossier(CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml")


def row(kind: TimelineKind, what: str = "", **changes: object) -> TimelineRow:
    told = {"instant": NOON, "kind": kind, "what": what, "unit": "kt", "key": what or kind.value}
    return TimelineRow.model_validate(told | changes)


def owed(**changes: object) -> BoardRow:
    made = {
        "obligation_id": "p/SL/kt/1", "unit_id": "kt", "unit_name": "Phòng Kinh tế",
        "unit_order": 3, "requirement_id": "SL", "requirement_name": "số liệu", "product": "số liệu",
        "kind": RequirementKind.UNIT_REPORT, "phase_id": "P3", "due_at": NOON,
        "state": ObligationState.OWED, "standing": Standing.OVERDUE, "text": "quá hạn",
        "received_at": None, "version": 0, "returns": 0, "reminders": 0, "unreachable": False,
    }  # fmt: skip
    return BoardRow.model_validate(made | changes)


def board(*rows: BoardRow, until: datetime = NOON + timedelta(days=3)) -> Board:
    return Board(plan_id="p", plan_name="P", as_of=until, rows=rows)


def picture_of(*rows: TimelineRow, owing: BoardRow | None = None) -> PictureRow:
    found = draw_picture(dossier(), board(owing or owed()), rows, calendar=CALENDAR)
    return next(one for one in found.rows if one.unit_id == "kt")


@pytest.mark.parametrize(
    ("told", "mark"),
    [
        (row(TimelineKind.LETTER, "E02", state="accepted"), Mark.REMINDER),
        (row(TimelineKind.LETTER, "E07", state="accepted"), Mark.OVERDUE),
        (row(TimelineKind.LETTER, "E10", state="accepted"), Mark.LETTER),
        (row(TimelineKind.LETTER, "E01", state="refused"), Mark.UNDELIVERED),
        (row(TimelineKind.SUBMISSION, "answer"), Mark.SUBMITTED),
        (row(TimelineKind.SUBMISSION, "nil"), Mark.NIL),
        (row(TimelineKind.REVIEW, "returned"), Mark.RETURNED),
        (row(TimelineKind.REVIEW, "accepted"), Mark.ACCEPTED),
        (row(TimelineKind.PAUSE, "call"), Mark.CALL),
        (row(TimelineKind.DECISION, "approved"), Mark.DECISION),
    ],
)
def test_every_kind_of_thing_has_its_mark(told: TimelineRow, mark: Mark) -> None:
    assert mark_of(told) is mark


def test_a_mark_stands_on_its_day_with_its_words() -> None:
    (cell, *others) = picture_of(
        row(TimelineKind.LETTER, "E02", state="accepted", subject="[X] Nhắc hạn")
    ).cells
    assert cell.day == date(2026, 6, 22)
    assert [m.words for m in cell.marks] == [
        "12 giờ 00 ngày 22/6/2026 - Thư nhắc trước hạn: [X] Nhắc hạn"
    ]
    assert not any(other.marks for other in others)


def test_a_mark_about_nothing_in_particular_ends_with_its_meaning() -> None:
    (cell, *_) = picture_of(row(TimelineKind.RECEIPT, "receipt")).cells
    assert cell.marks[0].words.endswith("xác nhận")


def test_a_letter_that_never_left_is_not_drawn() -> None:
    assert not picture_of(row(TimelineKind.LETTER, "E07", state="superseded")).cells[0].marks


def test_the_days_after_the_deadline_are_overdue_until_something_comes() -> None:
    started = row(TimelineKind.SUBMISSION, "answer")
    late = picture_of(started).cells
    assert [cell.is_overdue for cell in late] == [False, True, True, True]
    sent = owed(received_at=NOON + timedelta(days=2))
    assert [c.is_overdue for c in picture_of(started, owing=sent).cells] == [
        False, True, False, False,
    ]  # fmt: skip
    assert late[0].is_due


def test_columns_name_days_months_and_what_is_due() -> None:
    found = draw_picture(
        dossier(), board(owed(), until=NOON + timedelta(days=9)), (), calendar=CALENDAR
    )
    assert [c.weekday for c in found.columns] == ["T4"]
    longer = draw_picture(
        dossier(), board(owed(), until=NOON + timedelta(days=9)),
        [row(TimelineKind.SUBMISSION, "answer")], calendar=CALENDAR,
    )  # fmt: skip
    assert longer.months == (("Tháng 6/2026", 9), ("Tháng 7/2026", 1))
    assert longer.columns[0].due == ("SL",)
    assert [c.weekday for c in longer.columns if c.is_off] == ["T7", "CN"]


def test_units_without_any_part_have_no_row() -> None:
    found = draw_picture(dossier(), board(owed()), (), calendar=CALENDAR)
    assert [one.unit_id for one in found.rows] == ["kt"]


def test_rows_come_by_instant_then_kind_then_key() -> None:
    letter = row(TimelineKind.LETTER, "E10")
    answer = row(TimelineKind.SUBMISSION, "answer")
    early = row(TimelineKind.LETTER, "E02", instant=NOON - timedelta(hours=1))
    assert in_order([letter, answer, early]) == (early, answer, letter)


def test_the_summary_counts_letters_and_names_units() -> None:
    letters = [
        row(TimelineKind.LETTER, "E02", state="accepted"),
        row(TimelineKind.LETTER, "E02", state="accepted", key="2"),
        row(TimelineKind.LETTER, "E01", state="refused"),
    ]
    assert letter_counts(letters) == {"E02": 2}
    assert letter_states(letters) == {"accepted": 2, "refused": 1}
    assert last_instant(letters, TimelineKind.DISPATCH) is None
    assert last_instant(letters, TimelineKind.LETTER) == NOON


def test_reports_are_on_time_late_nil_or_missing() -> None:
    done = ObligationState.ACCEPTED
    rows = (
        owed(unit_name="A", state=done, standing=Standing.DONE_ON_TIME, obligation_id="a"),
        owed(unit_name="B", state=done, standing=Standing.DONE_LATE, obligation_id="b"),
        owed(unit_name="C"),
        owed(unit_name="D", kind=RequirementKind.ACKNOWLEDGEMENT),
    )
    nil = row(TimelineKind.SUBMISSION, "nil", obligation="a")
    figures = report_figures(board(*rows), [nil])
    assert (figures.on_time, figures.late) == (("A",), ("B",))
    assert (figures.nil, figures.missing) == (("A",), ("C",))
    assert open_rows(board(*rows)) == 2
