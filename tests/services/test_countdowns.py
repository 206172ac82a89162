"""The countdown follows the ledger; what is past its hour is told the administrator once."""

import pytest

from adapters import tables
from models.countdowns import BlockerKind
from models.plans import PlanDossier
from services.countdowns import read_countdown, watch_countdown
from services.decisions import Verdict
from services.report_receipts import confirm_receipt
from tests.services.mailroom import FEW, with_units
from tests.services.reporting import ISSUED, Reporting
from tests.services.stage import PLAN, SHEET, at, owed_by


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


def kinds(reporting: Reporting) -> set[str]:
    found = read_countdown(
        reporting.office.engine, PLAN, calendar=reporting.office.calendar, now=at((24, 6))
    )
    return {one.kind.value for one in found.blockers}


LATER = {"undecided", "unnumbered", "undispatched", "unconfirmed"}


@pytest.mark.slow
def test_the_blockers_go_one_by_one_as_the_work_is_done(reporting: Reporting) -> None:
    office = reporting.office
    assert kinds(reporting) == {"missing_units", "unassembled", *LATER}
    reporting.report()
    office.submit(owed_by("thon-02"), SHEET, now=at((20, 6)))
    reporting.assemble(at((20, 6), "16:00"))
    waiting = {"missing_units", "waiting_reviews", *LATER}
    assert kinds(reporting) == {"unsigned_off", *waiting}
    reporting.sign_off()
    assert kinds(reporting) == waiting
    office.give_back(owed_by("thon-02"), due=at((22, 6), "17:00"), now=at((20, 6)))
    assert kinds(reporting) == {"missing_units", "open_returns", *LATER}
    office.submit(owed_by("thon-02"), SHEET, now=at((22, 6)))
    office.accept(owed_by("thon-02"), now=at((22, 6)))
    assert kinds(reporting) == {"missing_units", "unassembled", *LATER}
    reporting.assemble()
    assert kinds(reporting) == {"missing_units", "unsigned_off", *LATER}
    reporting.decide(Verdict.RETURNED, version=2, comment="Bổ sung")
    assert "unassembled" in kinds(reporting)


@pytest.mark.slow
def test_after_the_approval_only_the_office_blocks(reporting: Reporting) -> None:
    engine = reporting.office.engine
    reporting.report()
    reporting.assemble()
    reporting.decide()
    assert kinds(reporting) == LATER - {"undecided"}
    reporting.number()
    assert kinds(reporting) == {"undispatched", "unconfirmed"}
    reporting.dispatch(now=at(ISSUED))
    assert kinds(reporting) == {"unconfirmed"}
    for recipient in ("ubnd-tinh", "so-khcn"):
        assert kinds(reporting) == {"unconfirmed"}
        confirm_receipt(engine, PLAN, recipient=recipient, by="vt", now=at((29, 6)))
    assert kinds(reporting) == set()
    assert watch(reporting, (30, 6)) == 0


def watch(reporting: Reporting, day: tuple[int, int], hour: str = "08:00") -> int:
    office = reporting.office
    return watch_countdown(office.engine, PLAN, calendar=office.calendar, now=at(day, hour))


def test_each_blocker_past_its_hour_is_one_alarm(reporting: Reporting) -> None:
    reporting.report()
    reporting.assemble()
    assert watch(reporting, (25, 6)) == 0
    assert watch(reporting, (25, 6), "11:31") == 1
    assert watch(reporting, (25, 6), "17:01") == 1
    assert watch(reporting, (25, 6), "17:02") == 0
    assert watch(reporting, (26, 6), "17:01") == 2
    assert reporting.office.count(tables.alarms) == 4
    assert BlockerKind.UNDECIDED in kinds(reporting)
