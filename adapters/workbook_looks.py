"""The parts of every spreadsheet that never change: its styles, its types of parts."""

from models.workbooks import Style

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TEXT = 49  # the number format "@": what is typed stays as typed, in every language
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
NAMESPACES = f'xmlns="{_MAIN}" xmlns:r="{_OFFICE}"'
RELATIONSHIP_TYPES = _OFFICE


def _font(size: int, colour: str = "FF000000", mark: str = "") -> str:
    return (
        f'<font>{mark}<sz val="{size}"/><color rgb="{colour}"/><name val="Times New Roman"/>'
        '<family val="1"/></font>'
    )


_FONTS = (
    _font(12),
    _font(14, mark="<b/>"),
    _font(12, mark="<b/>"),
    _font(11, "FF404040", "<i/>"),
    _font(12, "FF9C1C1C", "<b/>"),
    _font(12, "FF595959"),
)
_REGULAR, _LARGE, _BOLD, _SMALL, _RED, _FAINT = range(len(_FONTS))
_FILLS = ("", "", "FFD9E1EC", "FFEEF2F7", "FFFFF7D6", "FFF2F2F2")
_NONE, _, _STRONG, _PALE, _YELLOW, _GREY = range(len(_FILLS))


def _xf(font: int, fill: int, align: str, *, border: int = 1, unlocked: bool = False) -> str:
    lock = '<protection locked="0"/>' if unlocked else ""
    return (
        f'<xf numFmtId="{_TEXT}" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0" '
        'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"'
        f"{' applyProtection=' + chr(34) + '1' + chr(34) if unlocked else ''}>"
        f'<alignment {align} wrapText="1"/>{lock}</xf>'
    )


_LEFT, _CENTRE, _RIGHT = (f'horizontal="{side}" vertical="top"' for side in
                          ("left", "center", "right"))  # fmt: skip
_MIDDLE = 'horizontal="center" vertical="center"'
_XFS = {
    Style.PLAIN: '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',
    Style.TITLE: _xf(_LARGE, _NONE, _MIDDLE, border=0),
    Style.INFO: _xf(_REGULAR, _NONE, _LEFT, border=0),
    Style.HEADER: _xf(_BOLD, _STRONG, _MIDDLE),
    Style.SECTION: _xf(_BOLD, _PALE, _LEFT),
    Style.CODE: _xf(_REGULAR, _NONE, _LEFT),
    Style.LABEL: _xf(_REGULAR, _NONE, _LEFT),
    Style.SUBLABEL: _xf(_REGULAR, _NONE, f'{_LEFT} indent="2"'),
    Style.HINT: _xf(_SMALL, _NONE, _LEFT),
    Style.REMARK: _xf(_RED, _NONE, _LEFT),
    Style.CLOSED_FIGURE: _xf(_FAINT, _GREY, _RIGHT),
    Style.CLOSED_TEXT: _xf(_FAINT, _GREY, _LEFT),
    Style.OPEN_FIGURE: _xf(_BOLD, _YELLOW, _RIGHT, unlocked=True),
    Style.OPEN_TEXT: _xf(_REGULAR, _YELLOW, _LEFT, unlocked=True),
}


def _fill(colour: str) -> str:
    if not colour:
        return '<fill><patternFill patternType="none"/></fill>'
    return f'<fill><patternFill patternType="solid"><fgColor rgb="{colour}"/></patternFill></fill>'


_SIDES = "".join(f'<{side} style="thin"><color rgb="FF8C8C8C"/></{side}>' for side in
                 ("left", "right", "top", "bottom"))  # fmt: skip
# The second fill is fixed by the format itself.
_ALL_FILLS = [
    _fill(""),
    '<fill><patternFill patternType="gray125"/></fill>',
    *map(_fill, _FILLS[2:]),
]
STYLES = (
    f'{HEAD}<styleSheet xmlns="{_MAIN}">'
    f'<fonts count="{len(_FONTS)}">{"".join(_FONTS)}</fonts>'
    f'<fills count="{len(_FILLS)}">{"".join(_ALL_FILLS)}</fills>'
    f'<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
    f"<border>{_SIDES}<diagonal/></border></borders>"
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    f'<cellXfs count="{len(Style)}">{"".join(_XFS[style] for style in Style)}</cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
).encode()
PACKAGE_LINKS = (
    f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/'
    'metadata/core-properties" Target="docProps/core.xml"/></Relationships>'
).encode()
