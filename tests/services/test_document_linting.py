"""The final report is judged in its files and beside the register; our own documents are sound."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from adapters import tables
from adapters.database import transaction
from models.assignment_annex import build_assignment_annex
from models.document_rules import Medium, Severity
from models.documents import OfficialDocument
from models.plans import PlanDossier
from models.urging_letter import build_urging_letters
from services.document_linting import lint_report
from tests.final_report_samples import built
from tests.models.test_office_documents import periodic
from tests.nd30_seeds import RULES, docx_of, judged, pdf_of
from tests.report_samples import AS_OF, UNITS, requirement
from tests.report_samples import dossier as small_dossier
from tests.services.mailroom import FEW, with_units
from tests.services.reporting import ISSUED, Reporting
from tests.services.stage import COMMUNE, PLAN


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture
def numbered(reporting: Reporting) -> Reporting:
    """The report is approved and has its number."""
    reporting.report()
    reporting.assemble()
    reporting.decide()
    reporting.number()
    return reporting


def points(reporting: Reporting) -> set[str]:
    verdict = lint_report(reporting.office.engine, PLAN, rules=RULES, blobs=reporting.blobs)
    return {one.point for one in verdict.breaches if one.severity is not Severity.REMARK}


@pytest.mark.slow
def test_a_draft_and_the_issued_report_are_sound(reporting: Reporting) -> None:
    reporting.report()
    reporting.assemble()
    assert points(reporting) == set()
    reporting.decide()
    reporting.number()
    assert points(reporting) == set()


@pytest.mark.slow
def test_nothing_about_a_report_stays_unseen(numbered: Reporting) -> None:
    verdict = lint_report(numbered.office.engine, PLAN, rules=RULES, blobs=numbered.blobs)
    assert (verdict.medium, verdict.kind, verdict.unseen) == (Medium.REGISTER, "BC", ())


def other_report(reporting: Reporting, number: int, issued_on: date) -> None:
    """A report of another plan of the commune, in a series of its own."""
    row = {
        "id": "khác/final/1", "commune": COMMUNE, "plan_id": "khác", "kind": "final", "version": 1,
        "created_at": reporting.newest().created_at, "as_of": reporting.newest().as_of,
        "partial": False, "content": {}, "sha256": "0", "number": number, "issued_on": issued_on,
        "issued_year": issued_on.year, "series": "riêng",
    }  # fmt: skip
    with transaction(reporting.office.engine) as connection:
        connection.execute(insert(tables.reports).values(row))


@pytest.mark.slow
def test_a_number_given_twice_in_a_year_is_caught(numbered: Reporting) -> None:
    other_report(numbered, 112, ISSUED)
    assert points(numbered) == {"F-28"}


def test_a_number_out_of_order_is_caught(numbered: Reporting) -> None:
    other_report(numbered, 113, date(2026, 6, 25))
    assert points(numbered) == {"F-31"}


def test_a_number_of_last_year_is_no_matter(numbered: Reporting) -> None:
    other_report(numbered, 112, date(2025, 6, 25))
    assert points(numbered) == set()


def test_an_issued_file_that_changed_is_caught(numbered: Reporting, tmp_path: Path) -> None:
    (path,) = [
        one
        for one in (tmp_path / "blobs").rglob("*")
        if one.is_file() and one.read_bytes()[:4] == b"%PDF" and one.name in _issued(numbered)
    ]
    path.write_bytes(path.read_bytes() + b"\n")
    assert points(numbered) == {"F-85", "F-79"}  # the pages of a changed file are not counted


def _issued(reporting: Reporting) -> set[str]:
    with transaction(reporting.office.engine) as connection:
        rows = connection.execute(tables.report_files.select()).all()
    return {row.sha256 for row in rows if row.role == "issued"}


def test_a_figure_changed_in_the_ledger_is_caught(numbered: Reporting) -> None:
    content = numbered.newest().content
    changed = [
        f.model_copy(update={"value": 99}) if isinstance(f.value, int) else f
        for f in content.report.figures
    ]
    report = content.report.model_copy(update={"figures": tuple(changed)})
    told = content.model_copy(update={"report": report}).model_dump(mode="json")
    with transaction(numbered.office.engine) as connection:
        connection.execute(update(tables.reports).values(content=told))
    assert {"F-83", "F-85"} <= points(numbered)


def test_files_that_are_gone_leave_the_register_to_judge(numbered: Reporting) -> None:
    with transaction(numbered.office.engine) as connection:
        connection.execute(tables.report_files.delete())
    verdict = lint_report(numbered.office.engine, PLAN, rules=RULES, blobs=numbered.blobs)
    assert {one.point for one in verdict.breaches} == {"F-79"}
    assert verdict.unseen == ()


def urging(place: int) -> OfficialDocument:
    return build_urging_letters(
        small_dossier(),
        requirement=requirement(),
        units=UNITS.units[2:],
        new_due=AS_OF,
        as_of=AS_OF,
    )[place]


OURS: dict[str, Callable[[], OfficialDocument]] = {
    "báo cáo tổng kết, dự thảo": lambda: built().document,
    "báo cáo tổng kết, nội bộ": lambda: built(include_internal=True, partial=True).document,
    "báo cáo tổng kết, đã có số": lambda: built(number=7).document,
    "báo cáo định kỳ": periodic,
    "công văn đôn đốc": lambda: urging(0),
    "công văn đôn đốc, đơn vị phối hợp": lambda: urging(1),
    "phụ lục phân công": lambda: build_assignment_annex(small_dossier()),
    "phụ lục phân công, đã có số": lambda: build_assignment_annex(small_dossier(), number=20, issued_on=date(2026, 5, 21)),
}  # fmt: skip


@pytest.mark.parametrize("write", [docx_of, pdf_of])
@pytest.mark.parametrize("name", OURS)
def test_our_own_documents_are_sound(name: str, write: Callable[[OfficialDocument], bytes]) -> None:
    verdict = judged(write(OURS[name]()))
    assert not verdict.is_refused(strict=True), [
        (one.point, one.place, one.quote, one.wrong) for one in verdict.breaches
    ]


@pytest.mark.slow
def test_the_assignment_of_the_real_plan_is_sound(dossier: PlanDossier) -> None:
    document = build_assignment_annex(dossier)
    for content in (docx_of(document), pdf_of(document)):
        assert not judged(content).is_refused(strict=True)
