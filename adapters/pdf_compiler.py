"""One run of Typst; as a program it runs once and ends, so that its memory is given back.

It imports nothing of the project: a large document starts it once for every part.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

import typst

_TEMPLATES = Path(__file__).parent.parent / "templates" / "document"
_REFUSED = 3  # exit code: the reason stands on the error stream
Standard = Literal["a-2a", "a-2b"]  # archival, and with a also tagged
Mark = tuple[int, str, int]  # number of an item, "start" or "end", page


class PdfRefusedError(Exception):
    """Typst refused the document, or warned; the text is its own."""


class CompiledPdf(NamedTuple):
    """A PDF and the pages of its items; ``marks`` is empty unless the data asked for them."""

    content: bytes
    marks: list[Mark]


def compile_pdf(data: str, *, standard: Standard, timestamp: datetime) -> CompiledPdf:
    """Return the PDF that the template makes of ``data`` (JSON).

    Raises:
        PdfRefusedError: an error or a warning of Typst; a missing letter is an error in PDF/A.
    """
    compiler = typst.Compiler(
        _TEMPLATES / "official.typ",
        root=_TEMPLATES,
        font_paths=[_TEMPLATES / "fonts"],
        ignore_system_fonts=True,
        sys_inputs={"document": data},
    )
    try:
        content, warnings = compiler.compile_with_warnings(
            pdf_standards=[standard],
            timestamp=timestamp.astimezone(UTC),
            pdf_tags=standard == "a-2a",
        )
        found: list[list[Mark]] = json.loads(compiler.query("<marks>", field="value"))
    except typst.TypstError as error:
        raise PdfRefusedError(error.message) from error
    if warnings or not isinstance(content, bytes):
        raise PdfRefusedError(warnings[0].message if warnings else "no PDF")
    return CompiledPdf(content, [mark for marks in found for mark in marks])


def main() -> int:
    """Read ``standard``, instant and data as lines, write the marks as a line and then the PDF."""
    standard, instant, data = sys.stdin.read().split("\n", 2)
    try:
        made = compile_pdf(
            data,
            standard="a-2a" if standard == "a-2a" else "a-2b",
            timestamp=datetime.fromisoformat(instant),
        )
    except PdfRefusedError as error:
        sys.stderr.write(str(error))
        return _REFUSED
    sys.stdout.buffer.write(json.dumps(made.marks).encode() + b"\n" + made.content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
