"""The timeline tells everything that happened to a plan, once, in order."""

import pytest
from sqlalchemy import Engine

from models.calendars import WorkingCalendar
from models.errors import UsageError
from models.submissions import Answer
from models.timelines import TimelineKind, TimelineRow
from services import extensions, pauses, report_receipts
from services.timelines import read_timeline
from tests.services.mailroom import Mailroom
from tests.services.reporting import Reporting
from tests.services.stage import COMMUNE, NIL, PLAN, Office, at, owed_by

SHEET_OF_ONE = owed_by("thon-01")
SHEET_OF_TWO = owed_by("thon-02")


def told(
    engine: Engine, calendar: WorkingCalendar, *kinds: TimelineKind
) -> list[tuple[str, str, str]]:
    rows = read_timeline(engine, PLAN, calendar=calendar)
    return [(row.kind, row.what, row.unit) for row in rows if row.kind in kinds]


def letters(engine: Engine, calendar: WorkingCalendar, kind: str) -> list[TimelineRow]:
    rows = read_timeline(engine, PLAN, calendar=calendar)
    return [row for row in rows if row.kind is TimelineKind.LETTER and row.what == kind]


def test_versions_and_verdicts_stand_in_order(office: Office) -> None:
    office.submit(SHEET_OF_ONE, now=at((18, 6)))
    office.give_back(SHEET_OF_ONE, due=at((22, 6), "17:00"), now=at((18, 6), "15:30"))
    office.submit(SHEET_OF_ONE, now=at((19, 6)))
    office.accept(SHEET_OF_ONE, now=at((19, 6), "15:30"))
    office.submit(SHEET_OF_TWO, NIL, now=at((19, 6), "16:00"))
    kinds = (TimelineKind.SUBMISSION, TimelineKind.REVIEW)
    assert told(office.engine, office.calendar, *kinds) == [
        ("submission", "answer", "thon-01"),
        ("review", "returned", "thon-01"),
        ("submission", "answer", "thon-01"),
        ("review", "accepted", "thon-01"),
        ("submission", "nil", "thon-02"),
    ]


def test_a_receipt_tells_which_product_it_is_about(office: Office) -> None:
    office.submit(SHEET_OF_ONE, now=at((18, 6)))
    (receipt,) = letters(office.engine, office.calendar, "E10")
    assert (receipt.obligation, receipt.state) == (SHEET_OF_ONE, "ready")
    assert receipt.instant.isoformat() == "2026-06-18T08:00:00+07:00"


def test_a_reminder_tells_its_rung_and_all_it_speaks_of(office: Office, mailroom: Mailroom) -> None:
    office.submit(owed_by("thon-01", "XN"), Answer(), now=at((12, 5)))
    mailroom.plan(at((15, 6), "07:30"))
    found = letters(office.engine, office.calendar, "E02")
    (letter,) = (row for row in found if row.unit == "thon-01")
    assert (letter.obligation, letter.rung) == (SHEET_OF_ONE, "T-7")
    assert f"{SHEET_OF_ONE} T-7 contact" in letter.items


def test_extensions_and_calls_are_told(office: Office) -> None:
    extensions.request_extension(
        office.engine, SHEET_OF_ONE, reason="Bận.", proposed_due_at=None, requested_by="t",
        now=at((18, 6)),
    )  # fmt: skip
    extensions.grant_extension(
        office.engine, SHEET_OF_ONE, until=at((24, 6), "17:00"), by="ld", now=at((18, 6), "09:00")
    )
    extensions.request_extension(
        office.engine, SHEET_OF_TWO, reason="Bận.", proposed_due_at=None, requested_by="t",
        now=at((18, 6), "10:00"),
    )  # fmt: skip
    extensions.refuse_extension(
        office.engine, SHEET_OF_TWO, refusal="Không lùi được.", by="ld", now=at((18, 6), "11:00")
    )
    pauses.pause(
        office.engine, commune=COMMUNE, unit_id="thon-01", obligation_id=SHEET_OF_ONE,
        kind=pauses.PauseKind.CALL, reason="Đã gọi.", by="vhxh", until=at((26, 6)),
        now=at((25, 6)),
    )  # fmt: skip
    kinds = (TimelineKind.EXTENSION, TimelineKind.PAUSE)
    assert told(office.engine, office.calendar, *kinds) == [
        ("extension", "requested", "thon-01"),
        ("extension", "granted", "thon-01"),
        ("extension", "requested", "thon-02"),
        ("extension", "refused", "thon-02"),
        ("pause", "call", "thon-01"),
    ]


@pytest.mark.slow
def test_the_reports_way_is_told_to_its_receipt(reporting: Reporting) -> None:
    office = reporting.office
    reporting.report()
    reporting.assemble()
    reporting.ask()
    reporting.decide()
    reporting.number()
    reporting.dispatch(now=at((26, 6), "15:00"))
    report_receipts.confirm_receipt(
        office.engine, PLAN, recipient="so-khcn", by="vt", now=at((29, 6))
    )
    kinds = (
        TimelineKind.REPORT, TimelineKind.DECISION, TimelineKind.DISPATCH, TimelineKind.RECEIPT,
    )  # fmt: skip
    assert told(office.engine, office.calendar, *kinds) == [
        ("report", "final:partial", "ubnd"),
        ("decision", "approved", "ubnd"),
        ("dispatch", "dispatch", "so-khcn"),
        ("dispatch", "dispatch", "ubnd-tinh"),
        ("receipt", "receipt", "so-khcn"),
    ]


def test_a_plan_nobody_knows_has_no_timeline(engine: Engine, calendar: WorkingCalendar) -> None:
    with pytest.raises(UsageError, match="khong-co"):
        read_timeline(engine, "khong-co", calendar=calendar)
