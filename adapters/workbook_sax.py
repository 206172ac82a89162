"""The parts of a workbook, heard as they are parsed: strings, formats, names and cells."""

import re
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from models.number_formats import GENERAL, format_of
from models.workbooks import MOST_COLUMNS, MOST_ROWS

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")
_LETTERS = 26


def unescape(text: str) -> str:
    """Return a text with "_x000A_" as the character it stands for."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


class Part(ContentHandler):
    """Hears one part; elements are known by their names without prefix."""

    def __init__(self) -> None:
        super().__init__()
        self._heard: list[str] | None = None

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - the library's
        """Hear an element begin."""
        self._begin(name.rpartition(":")[2], attrs)

    def endElement(self, name: str) -> None:  # noqa: N802 - the library's
        """Hear an element end."""
        self._end(name.rpartition(":")[2])

    def characters(self, content: str) -> None:
        """Keep the text while it is listened for."""
        if self._heard is not None:
            self._heard.append(content)

    def _listen(self) -> None:
        """Keep the text from here on."""
        self._heard = []

    def _text(self) -> str:
        """Return the text kept and keep no more."""
        text = "".join(self._heard or ())
        self._heard = None
        return text

    def _begin(self, _name: str, _attrs: AttributesImpl) -> None:
        """Hear an element begin."""

    def _end(self, _name: str) -> None:
        """Hear an element end."""


class SharedStrings(Part):
    """The texts that cells refer to by number; readings in small print are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._pieces: list[str] = []
        self._is_reading = False

    def _begin(self, name: str, _attrs: AttributesImpl) -> None:
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._is_reading = True
        elif name == "t" and not self._is_reading:
            self._listen()

    def _end(self, name: str) -> None:
        if name == "t":
            self._pieces.append(self._text())
        elif name == "rPh":
            self._is_reading = False
        elif name == "si":
            self.texts.append(unescape("".join(self._pieces)))


class Formats(Part):
    """The number format of each style, by the style's number."""

    def __init__(self) -> None:
        super().__init__()
        self._custom: dict[int, str] = {}
        self._styles: list[int] = []
        self._is_in_cells = False

    def _begin(self, name: str, attrs: AttributesImpl) -> None:
        if name == "numFmt":
            self._custom[int(attrs["numFmtId"])] = attrs.get("formatCode", GENERAL)
        elif name == "cellXfs":
            self._is_in_cells = True
        elif name == "xf" and self._is_in_cells:
            self._styles.append(int(attrs.get("numFmtId", "0")))

    def _end(self, name: str) -> None:
        if name == "cellXfs":
            self._is_in_cells = False

    def of(self, style: str | None) -> str:
        """The number format of a style; the general one where it names none."""
        number = int(style) if style else 0
        return (
            format_of(self._styles[number], self._custom) if number < len(self._styles) else GENERAL
        )


class Names(Part):
    """The sheets of a workbook: title and relationship id, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []
        self.is_1904 = False

    def _begin(self, name: str, attrs: AttributesImpl) -> None:
        if name == "workbookPr":
            self.is_1904 = attrs.get("date1904", "0") in {"1", "true"}
        elif name == "sheet":
            ids = (value for key, value in attrs.items() if key.rpartition(":")[2] == "id")
            self.sheets.append((attrs.get("name", ""), next(ids, "")))


class Links(Part):
    """The relationships of a part: id and kind to target."""

    def __init__(self) -> None:
        super().__init__()
        self.by_id: dict[str, str] = {}
        self.by_kind: dict[str, str] = {}

    def _begin(self, name: str, attrs: AttributesImpl) -> None:
        if name == "Relationship" and attrs.get("TargetMode") != "External":
            self.by_id[attrs["Id"]] = attrs["Target"]
            self.by_kind[attrs["Type"].rpartition("/")[2]] = attrs["Target"]


class RawCell:
    """One cell as it is written: kind, style, value and whether a formula made it."""

    __slots__ = ("column", "is_formula", "kind", "row", "style", "text")

    def __init__(self, row: int, column: int, attrs: AttributesImpl) -> None:
        self.row, self.column = row, column
        self.kind: str = attrs.get("t", "n")
        self.style: str | None = attrs.get("s")
        self.text = ""
        self.is_formula = False


class Cells(Part):
    """The cells of a sheet within what is read, and whether something stands beyond."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[RawCell] = []
        self.is_cut = False
        self._row, self._column = 0, 0
        self._cell: RawCell | None = None
        self._is_reading = False

    def _begin(self, name: str, attrs: AttributesImpl) -> None:
        if name == "row":
            self._row = int(attrs.get("r", str(self._row + 1)))
            self._column = 0
        elif name == "c":
            self._place(attrs.get("r", ""))
            self._cell = RawCell(self._row, self._column, attrs)
        elif name == "f" and self._cell is not None:
            self._cell.is_formula = True
        elif name == "rPh":
            self._is_reading = True
        elif name in {"v", "t"} and self._cell is not None and not self._is_reading:
            self._listen()

    def _end(self, name: str) -> None:
        if name in {"v", "t"} and self._cell is not None:
            self._cell.text += self._text()
        elif name == "rPh":
            self._is_reading = False
        elif name == "c" and self._cell is not None:
            self._keep(self._cell)
            self._cell = None

    def _place(self, reference: str) -> None:
        found = _REFERENCE.fullmatch(reference)
        if found is None:
            self._column += 1
            return
        self._column = 0
        for letter in found[1].upper():
            self._column = self._column * _LETTERS + ord(letter) - ord("A") + 1
        self._row = int(found[2])

    def _keep(self, cell: RawCell) -> None:
        if not cell.text and not cell.is_formula:
            return
        if cell.row > MOST_ROWS or cell.column > MOST_COLUMNS:
            self.is_cut = True
            return
        self.found.append(cell)
