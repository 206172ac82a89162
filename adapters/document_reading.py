"""Documents read from files for the linter: DOCX and PDF, told apart by their content."""

from pathlib import PurePath

from adapters.document_reading_docx import read_docx
from adapters.document_reading_pdf import read_pdf
from models.errors import PermanentError
from models.nd30_document import ReadDocument

_ZIP, _PDF, _OLE = b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0"
_MACRO_ENDINGS = frozenset({".docm", ".dotm"})


def read_document(content: bytes, *, name: str = "") -> ReadDocument:
    """Return a DOCX or PDF as the linter judges it; a name that ends in .docm counts as macros.

    Raises:
        PermanentError: the file is damaged, unsafe, too large or of another kind.
    """
    if content.startswith(_ZIP):
        read = read_docx(content)
        if PurePath(name).suffix.lower() not in _MACRO_ENDINGS:
            return read
        package = read.package.model_copy(update={"macros": True})
        return read.model_copy(update={"package": package})
    if content.lstrip()[:5] == _PDF:
        return read_pdf(content)
    kind = "tệp .doc cũ" if content.startswith(_OLE) else "không phải DOCX hoặc PDF"
    raise PermanentError(
        f"Không đọc được tệp (F-84): {kind}. Hãy lưu lại dạng .docx hoặc PDF rồi kiểm tra."
    )
