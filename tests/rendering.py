"""Documents as a reader sees them: DOCX set by LibreOffice, lines and pictures of pages."""

import subprocess
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from config.settings import CONFIG_FOLDER, inherited_environment

FONTS = CONFIG_FOLDER.parent / "templates" / "document" / "fonts"
PICTURES = Path(__file__).parent.parent / "test-output" / "documents"
_DPI = 60
_PAPER = 200  # lighter than this is no ink
_MM = _DPI / 25.4
Pages = list[list[str]]


class Ink(NamedTuple):
    """What is printed on a page, from its edges in mm; ``rows`` counts the rows that hold ink."""

    left: float
    top: float
    right: float
    bottom: float
    rows: int


def convert(
    folder: Path, documents: Mapping[str, bytes], *, ending: str = "pdf"
) -> dict[str, bytes]:
    """Have LibreOffice, in one run with a profile of its own, make other files; returns them."""
    sources = [folder / f"{name}.docx" for name in documents]
    for source, content in zip(sources, documents.values(), strict=True):
        source.write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    out = folder / "made"
    command = ["soffice", profile, "--headless", "--convert-to", ending, "--outdir", str(out)]
    subprocess.run(  # the library's own program, on files written above
        [*command, *map(str, sources)], check=True, capture_output=True, timeout=240,
        env=inherited_environment() | {"FONTCONFIG_FILE": str(_font_settings(folder))},
    )  # fmt: skip
    return {name: (out / f"{name}.{ending}").read_bytes() for name in documents}


def _font_settings(folder: Path) -> Path:
    """Give Times New Roman the metrics of the fonts we ship, whatever the machine has."""
    settings = folder / "fonts.conf"
    settings.write_text(
        f"<fontconfig><dir>{FONTS}</dir><cachedir>{folder}/font-cache</cachedir>"
        '<alias binding="same"><family>Times New Roman</family>'
        "<prefer><family>Tinos</family></prefer></alias></fontconfig>"
    )
    return settings


def page_lines(pdf: bytes) -> Pages:
    """The lines of each page in reading order, blanks made one."""
    text = _run(["pdftotext", "-layout", "-", "-"], pdf).decode()
    pages = text.split("\f")[:-1]
    return [[" ".join(line.split()) for line in page.split("\n") if line.strip()] for page in pages]


def equal_share(one: Pages, other: Pages) -> float:
    """The share of lines that stand on the same page in the same order in both."""
    pairs = zip(one, other, strict=False)
    matches = [SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks() for a, b in pairs]
    same = sum(block.size for blocks in matches for block in blocks)
    return same / max(sum(map(len, one)), sum(map(len, other)), 1)


def draw(pdf: bytes, name: str) -> None:
    """Keep a PNG of each page in the test output, for a person to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob(f"{name}-[0-9]*.png"):
        old.unlink()
    _run(["pdftoppm", "-r", str(_DPI), "-png", "-", str(PICTURES / name)], pdf)


def inks(pdf: bytes) -> list[Ink]:
    """Where each page has ink; a blank page has no rows."""
    data, found, start = _run(["pdftoppm", "-r", str(_DPI), "-gray", "-", "-"], pdf), [], 0
    while start < len(data):
        _, width, height, _ = fields = data[start : start + 40].split(maxsplit=4)[:4]
        start += sum(map(len, fields)) + len(fields)
        end = start + int(width) * int(height)
        found.append(_ink(data[start:end], int(width)))
        start = end
    return found


def _ink(pixels: bytes, width: int) -> Ink:
    rows = [y for y in range(len(pixels) // width) if min(pixels[y * width :][:width]) < _PAPER]
    columns = [x for x in range(width) if min(pixels[x::width]) < _PAPER]
    if not rows:
        return Ink(0, 0, 0, 0, 0)
    left, right = columns[0] / _MM, (width - 1 - columns[-1]) / _MM
    below = (len(pixels) // width - 1 - rows[-1]) / _MM
    return Ink(left, rows[0] / _MM, right, below, len(rows))


def _run(command: Sequence[str], content: bytes) -> bytes:
    done = subprocess.run(command, input=content, check=True, capture_output=True, timeout=120)
    return done.stdout
