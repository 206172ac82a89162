"""The documents that whole campaigns made are official documents; pictures of them are kept."""

from io import BytesIO
from pathlib import Path

import docx
import pytest

from tests.adapters.test_same_pages import LEAST_EQUAL, is_sane
from tests.cli.campaign_documents import (
    Documents,
    mailed_documents,
    stored_documents,
    unit_documents,
)
from tests.cli.rehearsals import PLAYS, Rehearsal, lay_tables, play, shorter_plan
from tests.nd30_seeds import judged
from tests.rendering import convert, draw, equal_share, inks, page_lines

pytestmark = [pytest.mark.slow, PLAYS]


@pytest.fixture(scope="module")
def worst(prefect_tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    """The second plan, shortened, under the scenario "worst"."""
    folder = tmp_path_factory.mktemp("worst")
    lay_tables(prefect_tables, folder / "out")
    return play(shorter_plan(folder / "config"), folder / "out", scenario="worst")


@pytest.fixture(scope="module", params=["typical", "worst"])
def documents(request: pytest.FixtureRequest) -> Documents:
    """All that one campaign wrote, by name."""
    campaign: Rehearsal = request.getfixturevalue(request.param)
    out = campaign.out
    made = {**mailed_documents(out), **stored_documents(out), **unit_documents(out)}
    return {f"{request.param}-{name}": content for name, content in made.items()}


def test_the_worst_campaign_still_ends_in_an_honest_report(worst: Rehearsal) -> None:
    assert worst.summary["reports"]["missing"]
    assert worst.summary["dispatched_at"] is not None
    assert worst.summary["received_at"] is None
    assert worst.summary["plan_state"] == "active"


def test_no_document_of_a_campaign_breaches_the_decree(documents: Documents) -> None:
    names = " ".join(documents)
    for kind in ("DU-THAO", "UBND", "Du-thao-cong-van-don-doc", "MAU_BC", "MAU_PSL"):
        assert kind in names, kind
    breaches = {name: judged(content, name=name).breaches for name, content in documents.items()}
    assert {name: found for name, found in breaches.items() if found} == {}


def test_they_open_in_libreoffice_as_the_pages_of_the_pdf(
    documents: Documents, tmp_path: Path
) -> None:
    words = {Path(name).stem: c for name, c in documents.items() if name.endswith(".docx")}
    assert all(docx.Document(BytesIO(content)).paragraphs for content in words.values())
    opened = convert(tmp_path, words)
    for name, pages in opened.items():
        draw(pages, f"{name}-docx")
        assert [ink for ink in inks(pages) if not is_sane(ink)] == [], name
        ours = documents.get(f"{name}.pdf")
        if ours is not None:
            theirs = page_lines(pages)
            assert len(theirs) == len(page_lines(ours)), name
            assert equal_share(theirs, page_lines(ours)) >= LEAST_EQUAL, name
            draw(ours, f"{name}-pdf")
