"""The signed PDF is the decided content or it is refused; once entered it stays."""

import re
from dataclasses import replace

import pytest

from adapters.database import transaction
from adapters.pdf import write_pdf
from models.documents import Block, Paragraph
from models.errors import PermanentError, RefusedError
from models.plans import PlanDossier
from services.files import PDF
from services.report_files import read_files
from services.signed_files import SignedFile, enter_signed, find_signed
from tests.pdf_signing import NOW as SIGNED_AT
from tests.pdf_signing import sign_pdf, with_empty_field
from tests.services.mailroom import FEW, with_units
from tests.services.reporting import ISSUED, Reporting
from tests.services.stage import PLAN, at

pytestmark = pytest.mark.slow  # each renders documents

NOW = at(ISSUED, "10:00")
LEADER, AGENCY = "Lê Văn Công", "Ủy ban nhân dân xã Bát Mọt"


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture
def numbered(reporting: Reporting) -> Reporting:
    reporting.report()
    reporting.assemble()
    reporting.decide()
    reporting.number()
    return reporting


def issued(numbered: Reporting) -> bytes:
    report_id = numbered.newest().id
    with transaction(numbered.office.engine) as connection:
        files = read_files(connection, report_id, role="issued")
    return numbered.blobs.get(next(f.sha256 for f in files if f.media_type == PDF))


def enter(numbered: Reporting, content: bytes) -> SignedFile:
    return enter_signed(
        numbered.office.engine, PLAN, content, by="vt", blobs=numbered.blobs, now=NOW
    )


def test_a_file_signed_by_the_person_then_the_agency_is_taken_without_a_doubt(
    numbered: Reporting,
) -> None:
    content = sign_pdf(sign_pdf(issued(numbered), LEADER), AGENCY)
    entered = enter(numbered, content)
    assert entered.signatures == (LEADER, AGENCY)
    assert entered.warnings == ()
    assert numbered.blobs.get(entered.sha256) == content
    assert (
        enter(numbered, content)
        == entered
        == find_signed(numbered.office.engine, numbered.newest().id)
    )


def test_a_second_other_file_is_refused_with_the_lawful_ways(numbered: Reporting) -> None:
    once = sign_pdf(issued(numbered), LEADER)
    enter(numbered, once)
    with pytest.raises(RefusedError, match=r"thay thế.*đính chính bằng công văn"):
        enter(numbered, sign_pdf(once, AGENCY))


@pytest.mark.parametrize(
    ("names", "doubt"),
    [
        ((), "không có chữ ký số"),
        ((LEADER,), "có 1 chữ ký, cần 2"),
        ((AGENCY, LEADER), "cơ quan ký trước"),
        (("A", "B"), "không đọc được tên"),
    ],
)
def test_doubtful_signatures_are_recorded(
    numbered: Reporting, names: tuple[str, ...], doubt: str
) -> None:
    content = issued(numbered)
    for name in names:
        content = sign_pdf(content, name)
    assert any(doubt in warning for warning in enter(numbered, content).warnings)


def test_an_unsigned_field_and_bytes_after_the_last_signature_are_told(
    numbered: Reporting,
) -> None:
    told = " ".join(enter(numbered, with_empty_field(sign_pdf(issued(numbered), LEADER))).warnings)
    assert "còn được ghi thêm" in told
    assert "1 ô chữ ký chưa ký" in told


def test_a_file_that_says_something_else_is_refused(numbered: Reporting) -> None:
    document = numbered.newest().document
    changed: list[Block] = []
    for block in document.body:
        if isinstance(block, Paragraph) and "kính báo cáo" in block.text:
            runs = tuple(replace(r, text=r.text + " Thêm.") for r in block.runs)
            changed.append(replace(block, runs=runs))
        else:
            changed.append(block)
    other = document.model_copy(update={"body": tuple(changed)})
    with pytest.raises(RefusedError, match="khác bản đã duyệt"):
        enter(numbered, write_pdf(other, timestamp=SIGNED_AT))
    assert find_signed(numbered.office.engine, numbered.newest().id) is None


def test_a_file_written_anew_with_the_same_words_is_taken_with_a_doubt(
    numbered: Reporting,
) -> None:
    again = write_pdf(numbered.newest().document, timestamp=SIGNED_AT)
    told = enter(numbered, again).warnings
    assert any(re.search("đã so lời văn", warning) for warning in told)


def test_another_number_of_pages_and_other_kinds_of_files_are_refused(numbered: Reporting) -> None:
    document = numbered.newest().document
    short = document.model_copy(update={"body": document.body[:1], "annexes": ()})
    with pytest.raises(RefusedError, match="trang"):
        enter(numbered, write_pdf(short, timestamp=SIGNED_AT))
    with pytest.raises(PermanentError, match="không phải PDF"):
        enter(numbered, b"PK")


def test_nothing_is_signed_before_it_has_a_number(reporting: Reporting) -> None:
    reporting.report()
    reporting.assemble()
    reporting.decide()
    with pytest.raises(RefusedError, match="chưa có số"):
        enter(reporting, b"%PDF-")
