"""An official document becomes a DOCX and a PDF, the same bytes each time."""

from adapters.blobs import BlobStore
from models.assignment_annex import build_assignment_annex
from models.plans import PlanDossier
from services.files import DOCX, PDF, render_files
from tests.services.mailroom import FEW, with_units
from tests.services.stage import at


def test_the_same_document_gives_the_same_files_kept_once(
    dossier: PlanDossier, blobs: BlobStore
) -> None:
    document = build_assignment_annex(with_units(dossier, FEW))
    first = render_files(document, name="Phu-luc", blobs=blobs, at=at((11, 5)))
    assert render_files(document, name="Phu-luc", blobs=blobs, at=at((11, 5))) == first
    assert [(f.name, f.media_type) for f in first] == [("Phu-luc.docx", DOCX), ("Phu-luc.pdf", PDF)]
    for file, start in zip(first, (b"PK", b"%PDF"), strict=True):
        content = blobs.get(file.sha256)
        assert (len(content), content[: len(start)]) == (file.size, start)
