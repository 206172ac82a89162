"""Workbooks written as ``.xlsx``: every text a string, so that no text is a formula; same bytes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from xml.sax.saxutils import escape, quoteattr

from adapters.package_zip import write_zip
from adapters.workbook_looks import HEAD, NAMESPACES, PACKAGE_LINKS, RELATIONSHIP_TYPES, STYLES
from models.workbooks import Check, Line, Sheet, Workbook, column_letters

IDENTITY_SHEET = "dondoc"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_CONTENT = "http://schemas.openxmlformats.org/package/2006/content-types"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_LONGEST_TITLE, _LONGEST_PROMPT = 32, 255
# Programs read "_x000D_" in a cell as the character of that number.
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_PORTRAIT_WIDTH = 96  # characters; wider sheets are printed across the page


def write_workbook(workbook: Workbook) -> bytes:
    """Return the workbook as the bytes of an ``.xlsx``; equal workbooks give equal bytes."""
    strings = _Strings()
    lists = _Lists()
    parts = {
        f"xl/worksheets/sheet{number}.xml": _sheet(sheet, strings, lists)
        for number, sheet in enumerate(workbook.sheets, start=1)
    }
    last = len(workbook.sheets) + 1
    parts[f"xl/worksheets/sheet{last}.xml"] = _identity_sheet(workbook, strings, lists)
    contents = {
        "[Content_Types].xml": _content_types(last),
        "_rels/.rels": PACKAGE_LINKS.decode(),
        "docProps/core.xml": _core(workbook.title),
        "xl/workbook.xml": _book(workbook),
        "xl/_rels/workbook.xml.rels": _book_links(last),
        "xl/styles.xml": STYLES.decode(),
        "xl/sharedStrings.xml": strings.part(),
        **parts,
    }
    return write_zip({name: text.encode() for name, text in contents.items()})


class _Strings:
    """The texts of a workbook, each once, in order of appearance."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def place(self, text: str) -> int:
        return self._places.setdefault(text, len(self._places))

    def part(self) -> str:
        items = "".join(
            f'<si><t xml:space="preserve">{_text(text)}</t></si>' for text in self._places
        )
        size = len(self._places)
        return f'{HEAD}<sst {NAMESPACES} uniqueCount="{size}">{items}</sst>'


class _Lists:
    """Lists to choose from; they stand in the hidden sheet, for a list in place takes no comma."""

    def __init__(self) -> None:
        self.columns: dict[tuple[str, ...], int] = {}

    def reference(self, choices: tuple[str, ...]) -> str:
        column = column_letters(self.columns.setdefault(choices, len(self.columns) + 2))
        return f"{IDENTITY_SHEET}!${column}$1:${column}${len(choices)}"


def _text(text: str) -> str:
    return escape(_ESCAPED.sub("_x005F_", _UNPRINTABLE.sub("", text)))


def _sheet(sheet: Sheet, strings: _Strings, lists: _Lists) -> str:
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width:g}" customWidth="1"/>'
        for n, width in enumerate(sheet.widths, start=1)
    )
    rows = "".join(_row(n, line, strings) for n, line in enumerate(sheet.lines, start=1))
    landscape = ' orientation="landscape"' if sum(sheet.widths) > _PORTRAIT_WIDTH else ""
    return (
        f'{HEAD}<worksheet {NAMESPACES}><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f"<sheetViews>{_view(sheet)}</sheetViews>"
        f'<sheetFormatPr defaultRowHeight="16.5"/><cols>{columns}</cols>'
        f"<sheetData>{rows}</sheetData>{_protection(sheet)}{_merges(sheet)}"
        f"{_checks(sheet.checks, lists)}"
        '<pageMargins left="0.5" right="0.4" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        f'<pageSetup paperSize="9" fitToHeight="0"{landscape}/>'
        "<headerFooter><oddFooter>&amp;C&amp;P/&amp;N</oddFooter></headerFooter>"
        f"{_ignored(sheet)}</worksheet>"
    )


def _row(number: int, line: Line, strings: _Strings) -> str:
    height = f' ht="{line.height:g}"' + (' customHeight="1"' if line.is_wide else "")
    cells = "".join(
        f'<c r="{column_letters(n)}{number}" s="{style.value}"'
        + (f' t="s"><v>{strings.place(text)}</v></c>' if text else "/>")
        for n, (text, style) in enumerate(zip(line.texts, line.styles, strict=True), start=1)
    )
    return f'<row r="{number}"{height}>{cells}</row>'


def _view(sheet: Sheet) -> str:
    if sheet.header_row is None:
        return '<sheetView showGridLines="0" workbookViewId="0"/>'
    top = f"A{sheet.header_row + 1}"
    return (
        '<sheetView showGridLines="0" workbookViewId="0">'
        f'<pane ySplit="{sheet.header_row}" topLeftCell="{top}" activePane="bottomLeft" '
        f'state="frozen"/><selection pane="bottomLeft" activeCell="{top}" sqref="{top}"/>'
        "</sheetView>"
    )


def _protection(sheet: Sheet) -> str:
    # Without a password: it keeps from slips, and whoever must may lift it. 0 means allowed.
    rows = ' insertRows="0" deleteRows="0" sort="0"' if sheet.takes_rows else ""
    return f'<sheetProtection sheet="1" formatColumns="0" formatRows="0"{rows}/>'


def _merges(sheet: Sheet) -> str:
    last = column_letters(len(sheet.widths))
    wide = [n for n, line in enumerate(sheet.lines, start=1) if line.is_wide]
    merged = "".join(f'<mergeCell ref="A{n}:{last}{n}"/>' for n in wide)
    return f'<mergeCells count="{len(wide)}">{merged}</mergeCells>' if wide else ""


def _checks(checks: Sequence[Check], lists: _Lists) -> str:
    if not checks:
        return ""
    written = "".join(_check(check, lists) for check in checks)
    return f'<dataValidations count="{len(checks)}">{written}</dataValidations>'


def _check(check: Check, lists: _Lists) -> str:
    where = " ".join(f"{column_letters(column)}{row}" for row, column in check.cells)
    told = (
        f'showInputMessage="1" promptTitle={_attribute(check.title, _LONGEST_TITLE)} '
        f"prompt={_attribute(check.prompt, _LONGEST_PROMPT)}"
    )
    kind, formula = _rule(check, lists)
    if not formula:
        return f'<dataValidation allowBlank="1" {told} sqref="{where}"/>'
    # A warning that may be passed over: "02 buổi" is read as well.
    return (
        f'<dataValidation type="{kind}" errorStyle="warning" allowBlank="1" showErrorMessage="1" '
        f'errorTitle="Đề nghị kiểm tra" error={_attribute(check.prompt, _LONGEST_PROMPT)} {told} '
        f'sqref="{where}"><formula1>{escape(formula)}</formula1></dataValidation>'
    )


def _rule(check: Check, lists: _Lists) -> tuple[str, str]:
    if check.choices:
        return "list", lists.reference(check.choices)
    if not check.is_number:
        return "", ""
    row, column = check.cells[0]
    number = f'VALUE(SUBSTITUTE({column_letters(column)}{row},".",""))'
    bounds = [
        f"{number}{sign}{bound}"
        for sign, bound in ((">=", check.low), ("<=", check.high))
        if bound is not None
    ]
    return "custom", f"AND({','.join([f'ISNUMBER({number})', *bounds])})"


def _attribute(text: str, longest: int) -> str:
    short = text if len(text) <= longest else text[: longest - 1] + "…"
    return quoteattr(_ESCAPED.sub("_x005F_", _UNPRINTABLE.sub("", short)))


def _ignored(sheet: Sheet) -> str:
    last = f"{column_letters(len(sheet.widths))}{max(len(sheet.lines), 1)}"
    ignored = f'<ignoredError sqref="A1:{last}" numberStoredAsText="1"/>'
    return f"<ignoredErrors>{ignored}</ignoredErrors>"


def _identity_sheet(workbook: Workbook, strings: _Strings, lists: _Lists) -> str:
    told = "Trang này nhận ra biểu mẫu khi gửi lại; đề nghị không sửa, không xóa."
    columns = [(told, workbook.identity), *lists.columns]
    rows = "".join(
        f'<row r="{n}">{"".join(_plain_cells(n, columns, strings))}</row>'
        for n in range(1, max(map(len, columns)) + 1)
    )
    return (
        f"{HEAD}<worksheet {NAMESPACES}><sheetData>{rows}</sheetData>"
        '<sheetProtection sheet="1"/></worksheet>'
    )


def _plain_cells(
    number: int, columns: Iterable[tuple[str, ...]], strings: _Strings
) -> Iterator[str]:
    for column, texts in zip(count(1), columns, strict=False):
        if number <= len(texts):
            place = strings.place(texts[number - 1])
            yield f'<c r="{column_letters(column)}{number}" t="s"><v>{place}</v></c>'


def _book(workbook: Workbook) -> str:
    sheets = "".join(
        f'<sheet name={quoteattr(sheet.title)} sheetId="{n}" r:id="rId{n}"/>'
        for n, sheet in enumerate(workbook.sheets, start=1)
    )
    last = len(workbook.sheets) + 1
    hidden = (
        f'<sheet name="{IDENTITY_SHEET}" sheetId="{last}" state="veryHidden" r:id="rId{last}"/>'
    )
    names = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{n}">'
        f"{_quoted(sheet.title)}!${sheet.header_row}:${sheet.header_row}</definedName>"
        for n, sheet in enumerate(workbook.sheets)
        if sheet.header_row
    )
    return (
        f'{HEAD}<workbook {NAMESPACES}><bookViews><workbookView activeTab="0"/></bookViews>'
        f"<sheets>{sheets}{hidden}</sheets>"
        + (f"<definedNames>{names}</definedNames>" if names else "")
        + "</workbook>"
    )


def _quoted(title: str) -> str:
    return escape("'" + title.replace("'", "''") + "'")


def _book_links(last: int) -> str:
    links = [(f"worksheets/sheet{n}.xml", "worksheet") for n in range(1, last + 1)]
    links += [("styles.xml", "styles"), ("sharedStrings.xml", "sharedStrings")]
    written = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONSHIP_TYPES}/{kind}" Target="{target}"/>'
        for n, (target, kind) in enumerate(links, start=1)
    )
    return f'{HEAD}<Relationships xmlns="{_PACKAGE}">{written}</Relationships>'


def _content_types(last: int) -> str:
    overrides = [("xl/workbook.xml", "sheet.main"), ("xl/styles.xml", "styles")]
    overrides += [("xl/sharedStrings.xml", "sharedStrings")]
    overrides += [(f"xl/worksheets/sheet{n}.xml", "worksheet") for n in range(1, last + 1)]
    written = "".join(
        f'<Override PartName="/{name}" ContentType="{_TYPES}.{kind}+xml"/>'
        for name, kind in overrides
    )
    return (
        f'{HEAD}<Types xmlns="{_CONTENT}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
        f"{written}</Types>"
    )


def _core(title: str) -> str:
    return (
        f"{HEAD}<cp:coreProperties "
        'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>Đôn Đốc</dc:creator>"
        "</cp:coreProperties>"
    )
