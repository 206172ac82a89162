"""The final report: from accepted answers only, versioned, the same bytes for the same answers."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, delete

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.ledger import PlanRecord
from models.documents import OfficialDocument, Paragraph
from models.errors import RefusedError, UsageError
from models.plans import PlanDossier
from models.submissions import Answer
from services import reports
from services.decisions import Verdict
from services.reports import find_report, read_report
from tests.services.mailroom import FEW, with_units
from tests.services.reporting import DRAFTED, ISSUED, Reporting
from tests.services.stage import NIL, PLAN, SHEET, at, owed_by


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


def text_of(document: OfficialDocument) -> str:
    return "\n".join(block.text for block in document.body if isinstance(block, Paragraph))


def test_the_same_answers_give_the_version_there_is(reporting: Reporting) -> None:
    reporting.report()
    first = reporting.assemble()
    again = reporting.assemble(at((25, 6), "14:00"))
    assert (first.version, again.version) == (1, 1)
    assert again.sha256 == first.sha256
    assert again.created_at == first.created_at
    assert reporting.office.count(tables.reports) == 1


def test_a_newly_accepted_answer_makes_a_new_version_that_counts_it(reporting: Reporting) -> None:
    reporting.report()
    first = reporting.assemble()
    assert first.content.totals.total("TT01").value == SHEET.values["TT01"] == 3
    reporting.office.submit(owed_by("thon-02"), SHEET, now=at((21, 6)))
    assert reporting.assemble().content.totals == first.content.totals  # not accepted yet
    reporting.office.accept(owed_by("thon-02"), now=at((21, 6)))
    last = reporting.assemble()
    assert last.version == 3
    assert last.content.totals.total("TT01").value == 6
    engine = reporting.office.engine
    assert find_report(engine, PLAN) == last
    assert find_report(engine, PLAN, version=1) == first
    assert find_report(engine, PLAN, version=9) is None


def test_a_partial_report_names_the_units_that_are_missing(reporting: Reporting) -> None:
    reporting.report()
    partial = reporting.assemble()
    assert partial.partial
    assert "tổng hợp từ báo cáo của 1/8 đơn vị" in text_of(partial.document)
    missing = {unit.unit_id for unit in partial.content.coverage.missing}
    assert missing == {"vhxh", "kt", "vp", "cudv", "dt-mttq", "th-thcs", "thon-02"}
    reporting.excuse_the_rest()
    whole = reporting.assemble()
    assert not whole.partial
    assert "tổng hợp từ báo cáo của" not in text_of(whole.document)


def test_nil_is_a_report_without_figures(reporting: Reporting) -> None:
    reporting.report("thon-01", NIL)
    made = reporting.assemble()
    assert made.content.totals.nil_units == ("thon-01",)
    assert made.content.totals.total("TT01").value is None


@pytest.mark.slow
def test_only_the_accepted_version_counts(reporting: Reporting) -> None:
    office, sheet = reporting.office, owed_by("thon-01")
    office.submit(sheet, SHEET, now=at((18, 6)))
    office.give_back(sheet, due=at((20, 6), "17:00"), now=at((18, 6)))
    office.submit(sheet, Answer(values=SHEET.values | {"TT01": 5}), now=at((19, 6)))
    office.accept(sheet, now=at((19, 6)))
    made = reporting.assemble()
    total = made.content.totals.total("TT01")
    assert (total.value, [s.submission_id for s in total.counted]) == (5, [f"{sheet}@2"])


def test_equal_answers_give_equal_bytes(reporting: Reporting) -> None:
    reporting.report()
    first = reporting.assemble()
    engine = reporting.office.engine
    with transaction(engine) as connection:
        files = reports.read_files(connection, first.id, role="draft")
        connection.execute(delete(tables.report_files))
        connection.execute(delete(tables.reports))
    again = reporting.assemble(at((26, 6), "16:00"))
    with transaction(engine) as connection:
        assert reports.read_files(connection, again.id, role="draft") == files
    assert again.sha256 == first.sha256
    assert [file.name for file in files] == [
        f"20260622_BC_DU-THAO_UBND-BATMOT_KHCN-2026_v01.{ending}" for ending in ("docx", "pdf")
    ]  # fmt: skip


def test_the_offices_own_words_appear_and_make_a_new_version(reporting: Reporting) -> None:
    reporting.report()
    reporting.assemble()
    for version, words in ((2, "Lãnh đạo xã chỉ đạo sát sao."), (3, "Xã đã phân công rõ.")):
        reporting.edit("chi_dao", words)
        made = reporting.assemble()
        assert made.version == version
        assert words in text_of(made.document)


def test_words_that_are_taken_back_make_a_version_that_says_again_what_was(
    reporting: Reporting,
) -> None:
    reporting.report()
    for words in ("Lần một.", "Lần hai.", "Lần một."):
        reporting.edit("chi_dao", words)
        made = reporting.assemble()
    assert made.version == 3
    first = find_report(reporting.office.engine, PLAN, version=1)
    assert first is not None
    assert first.content == made.content
    assert first.sha256 != made.sha256


def test_an_approved_report_is_final(reporting: Reporting) -> None:
    reporting.report()
    first = reporting.assemble()
    reporting.decide()
    reporting.report("thon-02")
    after = reporting.assemble()
    assert (after.version, after.sha256, after.verdict) == (1, first.sha256, "approved")


def test_a_returned_report_may_be_assembled_anew(reporting: Reporting) -> None:
    reporting.report()
    reporting.assemble()
    reporting.decide(Verdict.RETURNED, comment="Bổ sung số liệu")
    reporting.report("thon-02")
    assert reporting.assemble().version == 2


def test_a_plan_that_asks_for_no_reports_has_none_to_assemble(
    engine: Engine, imported_plan: PlanRecord, blobs: BlobStore
) -> None:
    with pytest.raises(RefusedError, match="không có báo cáo nào"):
        reports.assemble(
            engine, imported_plan.id, outline=None, blobs=blobs, actor="x", now=DRAFTED
        )
    assert find_report(engine, PLAN) is None
    with pytest.raises(UsageError, match="dondoc report assemble"), transaction(engine) as c:
        read_report(c, PLAN)


def test_the_newest_files_are_copied_out_draft_before_issue(
    reporting: Reporting, tmp_path: Path
) -> None:
    reporting.report()
    made = reporting.assemble()

    def save(folder: str) -> dict[str, bytes]:
        saved = reports.save_files(
            reporting.office.engine, reporting.newest(), blobs=reporting.blobs,
            folder=tmp_path / folder,
        )  # fmt: skip
        return {path.name: path.read_bytes() for path in saved}

    draft = save("du-thao")
    reporting.decide()
    reporting.number()
    issued = save("phat-hanh")
    assert sorted(issued) == [
        f"20260626_BC_112_UBND-BATMOT_KHCN-2026_v01.{ending}" for ending in ("docx", "pdf")
    ]  # fmt: skip
    assert sorted(draft) != sorted(issued)
    assert made.document.draft_mark == "DỰ THẢO"
    document = reporting.newest().document
    assert (document.number, document.issued_on, document.draft_mark) == (112, ISSUED, None)
