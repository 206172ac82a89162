"""Periodic reports are drafted at their cut-off, once, from what was accepted by then."""

import pytest
from sqlalchemy import delete

from adapters import tables
from adapters.database import transaction
from models.plans import PlanDossier
from services.periodics import draft_periodic_reports, read_figures
from services.reports import read_files
from tests.services.mailroom import FEW, with_units
from tests.services.reporting import Reporting
from tests.services.stage import PLAN, at

FIRST, SECOND = f"{PLAN}/BCDK/1", f"{PLAN}/BCDK/2"
CUTOFF = at((14, 6), "17:00")  # of the second


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


def draft(reporting: Reporting, day: tuple[int, int], hour: str) -> int:
    return draft_periodic_reports(
        reporting.office.engine, PLAN, outline=None, blobs=reporting.blobs,
        calendar=reporting.office.calendar, now=at(day, hour),
    )  # fmt: skip


def files(reporting: Reporting, report_id: str) -> dict[str, str]:
    with transaction(reporting.office.engine) as connection:
        found = read_files(connection, report_id, role="draft")
    return {file.name: file.sha256 for file in found}


def test_each_is_drafted_once_when_its_cut_off_has_come(reporting: Reporting) -> None:
    assert draft(reporting, (29, 5), "16:59") == 0
    assert draft(reporting, (29, 5), "17:00") == 1
    assert draft(reporting, (29, 5), "17:00") == 0
    assert sorted(files(reporting, FIRST)) == ["BC-dinh-ky-1.docx", "BC-dinh-ky-1.pdf"]
    assert files(reporting, SECOND) == {}
    assert draft(reporting, (15, 6), "08:00") == 1


def test_a_draft_written_late_tells_only_what_was_accepted_by_its_cut_off(
    reporting: Reporting,
) -> None:
    reporting.report("thon-01", now=at((12, 6)))
    draft(reporting, (14, 6), "17:00")
    in_time = files(reporting, SECOND)
    with transaction(reporting.office.engine) as connection:
        connection.execute(delete(tables.report_files))
    reporting.report("thon-02", now=at((15, 6)))
    draft(reporting, (16, 6), "08:00")
    assert files(reporting, SECOND) == in_time


def test_the_figures_so_far_are_told_line_by_line(reporting: Reporting) -> None:
    reporting.report("thon-01", now=at((12, 6)))
    reporting.report("thon-02", now=at((12, 6)))
    lines = {line["Chỉ tiêu"]: line for line in read_figures(reporting.office.engine, PLAN)}
    (broadcasts,) = [line for name, line in lines.items() if "(TT01)" in name]
    assert (broadcasts["Đến nay"], broadcasts["Số đơn vị có số liệu"]) == ("6", "2")
