"""Assembly: reports of many units as DOCX, against model and deflate, and as PDF, for each unit."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.docx import write_docx
from adapters.pdf import write_pdf
from benchmarks.assembly_models import AT, model_of
from tests.rendering import convert, equal_share, page_lines


def run() -> Iterator[str]:
    """Measure each size in a process of its own: the peak of a process never falls."""
    whole = {}
    for units in (30, 500, 5_000, 20_000):
        made = _measured("docx", units)
        whole[units] = made["ours"]
        yield (
            f"DOCX of {units} units: {made['ours'] / made['floor']:.2f} of model + deflate "
            f"({1000 * made['ours']:.0f} ms against {1000 * made['floor']:.0f} ms), "
            f"peak {made['peak']:.0f} MB"
        )
    yield f"DOCX t(20,000) / t(5,000): {whole[20_000] / whole[5_000]:.2f}"
    each = {}
    for units, rounds in ((30, 5), (500, 5), (5_000, 2), (20_000, 1)):
        # Each round in a process of its own: Typst remembers what it has set.
        made = min((_measured("pdf", units) for _ in range(rounds)), key=lambda m: m["cpu"])
        each[units] = 1000 * made["cpu"] / units
        yield (
            f"PDF of {units} units: {each[units]:.2f} ms of CPU a unit, "
            f"{made['wall']:.2f} s, peak of a process {made['peak']:.0f} MB, "
            f"{made['pages']:.0f} pages"
        )
    yield f"PDF a unit of 20,000 against a unit of 500: {each[20_000] / each[500]:.2f}"
    yield from _same_pages()


def _same_pages() -> Iterator[str]:
    """Compare DOCX, as LibreOffice sets it, with PDF, in one run of LibreOffice."""
    models = {units: model_of(units) for units in (30, 500)}
    docx = {str(units): write_docx(model, modified=AT) for units, model in models.items()}
    with TemporaryDirectory() as folder:
        converted = convert(Path(folder), docx)
    for units, model in models.items():
        theirs = page_lines(converted[str(units)])
        ours = page_lines(write_pdf(model, timestamp=AT))
        yield (
            f"DOCX in LibreOffice and PDF of {units} units: {len(theirs)} and {len(ours)} pages, "
            f"{equal_share(theirs, ours):.1%} of the lines equal"
        )


def _measured(what: str, units: int) -> dict[str, float]:
    command = [sys.executable, "-m", f"benchmarks.assembly_{what}", str(units)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found
