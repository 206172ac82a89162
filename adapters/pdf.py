"""Official documents as PDF/A, set by Typst with the fonts that ship with the project."""

import re
from datetime import datetime

from adapters.document_layout import LaidDocument, lay_out
from adapters.document_text import printed_lines
from adapters.pdf_compiler import PdfRefusedError, compile_pdf
from adapters.pdf_joining import write_in_parts
from adapters.pdf_parts import is_large
from adapters.pdf_payload import payload, sections_of
from models.documents import OfficialDocument
from models.errors import PermanentError

_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
_CONTEXT = 40  # letters before the missing one that a message quotes


def write_pdf(document: OfficialDocument, *, timestamp: datetime) -> bytes:
    """Return the PDF/A-2a of ``document``; equal arguments give equal bytes.

    A document of more than about 600 units is PDF/A-2b: it is set in parts, which keep no tags.

    Raises:
        PermanentError: a letter is missing from the font (the message names the text), a text is
            too long, or a table is malformed.
    """
    laid = lay_out(document)
    try:
        if is_large(laid):
            return write_in_parts(laid, timestamp=timestamp)
        whole = payload(laid, sections_of(laid))
        return compile_pdf(whole, standard="a-2a", timestamp=timestamp).content
    except PdfRefusedError as error:
        raise _refusal(laid, str(error)) from error


def _refusal(laid: LaidDocument, reason: str) -> PermanentError:
    """Name the letter that the font lacks and the text around it, or the reason Typst gave."""
    missing = _MISSING.search(reason)
    if missing is None:
        return PermanentError(
            f"Không tạo được PDF của văn bản “{laid.subject}”: {reason}. "
            "Hãy báo người quản trị hệ thống kèm thông báo này."
        )
    letters = missing[1]
    place = next((line for line in printed_lines(laid) if letters in line), letters)
    return PermanentError(
        f"Không tạo được PDF của văn bản “{laid.subject}”: phông chữ không có ký tự “{letters}” "
        f"trong đoạn “{_around(place, letters)}”. Hãy bỏ hoặc thay ký tự đó rồi tạo lại."
    )


def _around(text: str, letters: str) -> str:
    start = max(0, text.find(letters) - _CONTEXT)
    return text[start : start + 2 * _CONTEXT]
