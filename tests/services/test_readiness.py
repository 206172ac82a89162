"""The report is due when all is in, or when its day has come."""

from datetime import datetime

from models.obligations import ObligationState
from models.plans import RequirementKind
from services import reviews
from services.readiness import Readiness, read_readiness
from tests.services.stage import PLAN, Office, at, owed_by

COUNTED = {RequirementKind.UNIT_REPORT, RequirementKind.VILLAGE_SHEET}


def readiness(office: Office, now: datetime) -> Readiness:
    return read_readiness(office.engine, PLAN, calendar=office.calendar, now=now)


def close(office: Office, *, but: str = "") -> None:
    """Waive every counted obligation except one."""
    for o in office.obligations():
        if o.kind in COUNTED and o.id != but:
            reviews.waive(office.engine, o.id, reason="thử", by="vhxh", now=at((20, 6)))


def test_units_that_still_owe_are_named(office: Office) -> None:
    found = readiness(office, at((20, 6)))
    assert not found.is_complete
    assert not found.is_due
    assert len(found.missing) == sum(o.kind in COUNTED for o in office.obligations())
    assert "Phòng Kinh tế" in found.missing


def test_a_report_waiting_for_review_is_still_missing(office: Office) -> None:
    last = owed_by("thon-05")
    close(office, but=last)
    office.submit(last, now=at((20, 6)))
    name = readiness(office, at((21, 6))).missing
    assert len(name) == 1
    office.accept(last, now=at((21, 6)))
    found = readiness(office, at((21, 6), "09:00"))
    assert (found.is_complete, found.is_due, found.is_draft_day) == (True, True, False)
    assert found.missing == ()
    assert office.obligation(last).state is ObligationState.ACCEPTED


def test_two_working_days_before_the_deadline_a_partial_draft_must_do(office: Office) -> None:
    eve, day = readiness(office, at((24, 6), "23:59")), readiness(office, at((25, 6), "00:00"))
    assert (eve.is_draft_day, day.is_draft_day) == (False, True)
    assert day.is_due
    assert not day.is_complete
