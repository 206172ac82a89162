"""A large document as one PDF: its parts set one after the other in processes of their own."""

import io
import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pypdf import PdfReader, PdfWriter

from adapters import pdf_compiler
from adapters.document_layout import LaidDocument
from adapters.pdf_compiler import CompiledPdf, PdfRefusedError
from adapters.pdf_parts import MARKED, PART_WEIGHT, Place, between, last_page_start, taken
from adapters.pdf_payload import Section, payload, sections_of

_AT_ONCE = 2  # processes
_LONGEST_SECONDS = 300
# Several processes share the processors already; memory asked for in large pieces costs less.
_SURROUNDINGS = {"RAYON_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1", "MALLOC_TOP_PAD_": "16777216"}


class _Part(NamedTuple):
    """A PDF of which the first ``pages`` pages are kept."""

    content: bytes
    pages: int


def write_in_parts(laid: LaidDocument, *, timestamp: datetime, weight: int = PART_WEIGHT) -> bytes:
    """Return the PDF/A-2b of ``laid``; no process that sets it holds more than ``weight``.

    The parts end where a page ends, so that they join like the pages of one document. Tags cannot
    be joined: a reader that needs them is served by the DOCX.

    Raises:
        PdfRefusedError: an error or a warning of Typst.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        chains = [
            pool.submit(_parts, laid, section, timestamp=timestamp, weight=weight)
            for section in sections_of(laid)
        ]
        return _joined([part for chain in chains for part in chain.result()])


def _parts(
    laid: LaidDocument, section: Section, *, timestamp: datetime, weight: int
) -> list[_Part]:
    """Set a section part by part: each begins with the last page of the one before it."""
    parts: list[_Part] = []
    start: Place | None = Place(0, 0)
    before = 0
    while start is not None:
        items, beyond = taken(section.blocks, start, weight)
        part = section.model_copy(
            update={
                "blocks": between(section.blocks, start, beyond),
                "opened": section.opened and before == 0,
                "closed": beyond is None,
                "pages_before": before,
            }
        )
        marked = max(0, len(items) - MARKED) if beyond else None
        made = _set_apart(payload(laid, [part], marked_from=marked), timestamp)
        pages = len(PdfReader(io.BytesIO(made.content)).pages)
        border = last_page_start(items, made.marks) if beyond else None
        start, pages = border or (beyond, pages)
        parts.append(_Part(made.content, pages))
        before += pages
    return parts


def _set_apart(data: str, timestamp: datetime) -> CompiledPdf:
    """Run Typst in a process that ends: what it took is free again."""
    command = [sys.executable, "-P", str(Path(pdf_compiler.__file__))]
    asked = f"a-2b\n{timestamp.isoformat()}\n{data}".encode()
    try:
        done = subprocess.run(  # noqa: S603 - our own program, its data on a pipe
            command,
            input=asked,
            capture_output=True,
            timeout=_LONGEST_SECONDS,
            check=False,
            env=_SURROUNDINGS,
        )
    except subprocess.TimeoutExpired as error:
        raise PdfRefusedError(f"Typst chạy quá {_LONGEST_SECONDS} giây") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()[-500:]
        raise PdfRefusedError(said or f"Typst dừng với mã {done.returncode}")
    marks, _, content = done.stdout.partition(b"\n")
    return CompiledPdf(content, json.loads(marks))


def _joined(parts: Sequence[_Part]) -> bytes:
    # The first part's catalogue stays: language, XMP with the PDF/A claim, output intent, title.
    writer = PdfWriter(clone_from=io.BytesIO(parts[0].content))
    writer.root_object.pop("/Outlines", None)  # it names pages that are left out
    while writer.pages:
        writer.remove_page(0, clean=True)
    for part in parts:
        writer.append(PdfReader(io.BytesIO(part.content)), pages=(0, part.pages))
    joined = io.BytesIO()
    writer.write(joined)
    return joined.getvalue()
