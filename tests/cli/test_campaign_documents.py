"""The documents that the typical campaign made look like official documents; pictures are kept."""

import sqlite3
from pathlib import Path

import pytest

from services.files import DOCX, PDF
from tests.adapters.test_same_pages import LEAST_EQUAL, is_sane
from tests.cli.rehearsals import Rehearsal
from tests.rendering import convert, draw, equal_share, inks, page_lines

pytestmark = pytest.mark.slow
Kinds = dict[str, bytes]  # media type: content


@pytest.fixture(scope="module")
def made(typical: Rehearsal) -> dict[str, Kinds]:
    """The report's and the periodic reports' files by name without suffix."""
    with sqlite3.connect(typical.out / "dondoc.sqlite3") as database:
        rows = database.execute("select name, media_type, sha256 from report_files").fetchall()
    found: dict[str, Kinds] = {}
    for name, media_type, sha256 in rows:
        (file,) = (typical.out / "blobs").rglob(sha256)
        found.setdefault(Path(name).stem, {})[media_type] = file.read_bytes()
    return {name: kinds for name, kinds in found.items() if {DOCX, PDF} <= kinds.keys()}


def test_they_open_in_libreoffice_as_the_pages_of_the_pdf(
    made: dict[str, Kinds], tmp_path: Path
) -> None:
    assert len(made) >= 4  # two periodic reports, the draft and the issued report
    opened = convert(tmp_path, {name: kinds[DOCX] for name, kinds in made.items()})
    for name, kinds in made.items():
        theirs, ours = page_lines(opened[name]), page_lines(kinds[PDF])
        assert len(theirs) == len(ours), name
        assert equal_share(theirs, ours) >= LEAST_EQUAL, name
        for maker, file in (("docx", opened[name]), ("pdf", kinds[PDF])):
            draw(file, f"{name}-{maker}")
            assert [ink for ink in inks(file) if not is_sane(ink)] == [], (name, maker)
