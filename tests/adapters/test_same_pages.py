"""DOCX, as LibreOffice sets it, and PDF are the same pages; each looks like an official document."""

from datetime import timedelta

import pytest

from adapters.docx import write_docx
from adapters.pdf import write_pdf
from adapters.plan_files import read_dossier
from benchmarks.assembly_models import AT, model_of
from config.settings import CONFIG_FOLDER
from models.assignment_annex import build_assignment_annex
from models.documents import OfficialDocument
from models.plans import PlanDossier, RequirementKind
from models.urging_letter import build_urging_letters
from tests.adapters.sample_document import final_report, urging_letter
from tests.adapters.sample_lengths import letters_to_the_foot, report_of_any_length
from tests.final_report_samples import built
from tests.models.test_office_documents import periodic
from tests.rendering import Ink, convert, draw, equal_share, inks, page_lines
from tests.report_samples import AS_OF

pytestmark = pytest.mark.slow
Rendered = dict[str, tuple[bytes, bytes]]  # by LibreOffice, by ourselves
LEAST_EQUAL = 0.99
LARGE = "500-don-vi"  # of 67 pages: read, not drawn
ANY_LENGTH = "do-dai"


def urging_letters(dossier: PlanDossier) -> tuple[OfficialDocument, ...]:
    reports = (r for r in dossier.plan.requirements if r.kind is RequirementKind.UNIT_REPORT)
    return build_urging_letters(
        dossier, requirement=next(reports), units=dossier.units.units[:20],
        new_due=AS_OF + timedelta(days=2), as_of=AS_OF,
    )  # fmt: skip


def documents() -> dict[str, OfficialDocument]:
    dossier = read_dossier(CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml")
    letters = urging_letters(dossier)
    return {
        "bao-cao-tong-ket": final_report(),
        "bao-cao-it-so-lieu": built().document,
        "bao-cao-dinh-ky": periodic(),
        "cong-van": urging_letter(),
        **{f"cong-van-don-doc-{n}": letter for n, letter in enumerate(letters, 1)},
        "phu-luc-phan-cong": build_assignment_annex(dossier),
        "30-don-vi": model_of(30),
        LARGE: model_of(500),
        **{f"den-cuoi-trang-{n}": one for n, one in enumerate(letters_to_the_foot())},
        **{f"{ANY_LENGTH}-{seed}": report_of_any_length(seed) for seed in range(10)},
    }


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    """Each document by LibreOffice and by ourselves."""
    written = documents()
    docx = {name: write_docx(document, modified=AT) for name, document in written.items()}
    theirs = convert(tmp_path_factory.mktemp("same-pages"), docx)
    return {
        name: (theirs[name], write_pdf(document, timestamp=AT))
        for name, document in written.items()
    }


def test_docx_and_pdf_have_the_same_pages_and_lines(rendered: Rendered) -> None:
    lines = {name: tuple(map(page_lines, files)) for name, files in rendered.items()}
    assert {n: (len(a), len(b)) for n, (a, b) in lines.items() if len(a) != len(b)} == {}
    shares = {name: equal_share(theirs, ours) for name, (theirs, ours) in lines.items()}
    # A row of random words differs in all its lines if one breaks elsewhere: these count together.
    any_length = [shares.pop(name) for name in rendered if name.startswith(ANY_LENGTH)]
    assert sum(any_length) / len(any_length) >= LEAST_EQUAL
    assert {name: share for name, share in shares.items() if share < LEAST_EQUAL} == {}


def test_every_page_stays_within_its_margins(rendered: Rendered) -> None:
    for name, files in rendered.items():
        if name == LARGE or name.startswith(ANY_LENGTH):
            continue
        for maker, file in zip(("docx", "pdf"), files, strict=True):
            draw(file, f"{name}-{maker}")
            odd = [(page, ink) for page, ink in enumerate(inks(file), 1) if not is_sane(ink)]
            assert odd == [], (name, maker)


def is_sane(ink: Ink) -> bool:
    """Tell whether a page has some lines, inside 30, 15 and 20 mm; the number stands above."""
    inside = ink.left >= 29.5 and ink.right >= 14.5 and ink.bottom >= 19.5 and ink.top >= 9
    return ink.rows > 10 and inside


def test_no_heading_is_left_at_the_foot_of_a_page(rendered: Rendered) -> None:
    for name, (_, ours) in rendered.items():
        for page in page_lines(ours)[:-1]:
            last = page[-1]
            assert not (
                last.split(".")[0].isdigit() and len(last) < 60 and name.startswith(ANY_LENGTH)
            )
            assert not last.startswith("Nhóm "), name


def test_the_signature_stands_below_lines_of_the_text(rendered: Rendered) -> None:
    for name, files in rendered.items():
        for file in files:
            (page,) = (
                p for p in page_lines(file) if any(line.startswith("Nơi nhận") for line in p)
            )
            where = next(n for n, line in enumerate(page) if line.startswith("Nơi nhận"))
            assert where >= 2, name  # the page number, and a line at least
