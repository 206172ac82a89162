"""Files of an official document: DOCX and PDF from the same frozen value, kept by hash."""

from datetime import datetime

from adapters.blobs import BlobStore
from adapters.docx import write_docx
from adapters.pdf import write_pdf
from models.documents import OfficialDocument
from models.submissions import Attachment

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"


def render_files(
    document: OfficialDocument, *, name: str, blobs: BlobStore, at: datetime
) -> tuple[Attachment, ...]:
    """Write the document as DOCX and PDF into the store; the same document gives the same files."""
    contents = {
        (f"{name}.docx", DOCX): write_docx(document, modified=at),
        (f"{name}.pdf", PDF): write_pdf(document, timestamp=at),
    }
    return tuple(
        Attachment(sha256=blobs.put(content), name=file_name, size=len(content), media_type=media)
        for (file_name, media), content in contents.items()
    )
