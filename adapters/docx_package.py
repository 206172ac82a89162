"""The fixed parts of a DOCX package and its deterministic archive."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

FONT = (
    '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"'
    ' w:eastAsia="Times New Roman" w:cs="Times New Roman"/>'
)
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
NAMESPACES = f'xmlns:w="{_MAIN}" xmlns:r="{_OFFICE}/relationships"'
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest time a zip can hold, so equal input is equal bytes
_CREATED_ON_UNIX = 3
_DOCUMENT = "word/document.xml"
_CHUNK = 65_536  # characters

_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_CONTENT_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD_TYPE}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_WORD_TYPE}.styles+xml"/>'
    f'<Override PartName="/word/settings.xml" ContentType="{_WORD_TYPE}.settings+xml"/>'
    f'<Override PartName="/word/header1.xml" ContentType="{_WORD_TYPE}.header+xml"/>'
    f'<Override PartName="/word/header2.xml" ContentType="{_WORD_TYPE}.header+xml"/>'
    '<Override PartName="/docProps/core.xml"'
    ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    '<Override PartName="/docProps/app.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/>'
    "</Types>"
)
_RELATIONSHIPS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/relationships/officeDocument"'
    ' Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties"'
    ' Target="docProps/core.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/relationships/extended-properties"'
    ' Target="docProps/app.xml"/>'
    "</Relationships>"
)
_WORD_RELATIONSHIPS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/relationships/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/relationships/settings" Target="settings.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/relationships/header" Target="header1.xml"/>'
    f'<Relationship Id="rId4" Type="{_OFFICE}/relationships/header" Target="header2.xml"/>'
    "</Relationships>"
)
_STYLES = (
    f"<w:styles {NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr>{FONT}"
    '<w:color w:val="000000"/><w:sz w:val="28"/><w:szCs w:val="28"/>'
    '<w:lang w:val="vi-VN" w:eastAsia="vi-VN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
    "<w:pPrDefault/></w:docDefaults>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
    "<w:qFormat/></w:style>"
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
    '<w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/></w:style></w:styles>'
)
# doNotExpandShiftReturn: without it a line broken by hand is stretched from margin to margin.
_SETTINGS = (
    f'<w:settings {NAMESPACES}><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/>'
    '<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:doNotExpandShiftReturn/>'
    '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word"'
    ' w:val="15"/></w:compat><w:themeFontLang w:val="vi-VN"/></w:settings>'
)
_NUMBER_LOOK = (
    f'<w:rPr>{FONT}<w:color w:val="000000"/><w:sz w:val="28"/><w:szCs w:val="28"/></w:rPr>'
)
_HEADER_LINE = '<w:pPr><w:spacing w:before="0" w:after="0"/><w:jc w:val="center"/></w:pPr>'
_PAGE_HEADER = (
    f"<w:hdr {NAMESPACES}><w:p>{_HEADER_LINE}"
    f'<w:r>{_NUMBER_LOOK}<w:fldChar w:fldCharType="begin"/></w:r>'
    f'<w:r>{_NUMBER_LOOK}<w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
    f'<w:r>{_NUMBER_LOOK}<w:fldChar w:fldCharType="separate"/></w:r>'
    f"<w:r>{_NUMBER_LOOK}<w:t>2</w:t></w:r>"
    f'<w:r>{_NUMBER_LOOK}<w:fldChar w:fldCharType="end"/></w:r></w:p></w:hdr>'
)
_FIRST_HEADER = f"<w:hdr {NAMESPACES}><w:p>{_HEADER_LINE}</w:p></w:hdr>"
_APP = (
    f'<Properties xmlns="{_OFFICE}/extended-properties"><Application>Đôn Đốc</Application>'
    "</Properties>"
)


_FIXED_PARTS = {
    "[Content_Types].xml": _CONTENT_TYPES,
    "_rels/.rels": _RELATIONSHIPS,
    "docProps/app.xml": _APP,
    "word/_rels/document.xml.rels": _WORD_RELATIONSHIPS,
    "word/header1.xml": _PAGE_HEADER,
    "word/header2.xml": _FIRST_HEADER,
    "word/settings.xml": _SETTINGS,
    "word/styles.xml": _STYLES,
}


def packed(document_xml: Iterable[str], *, modified: datetime) -> bytes:
    """Return the bytes of the package; equal arguments give equal bytes."""
    package = BytesIO()
    package.write(_fixed_package())
    with ZipFile(package, "a", ZIP_DEFLATED) as archive:
        _write(archive, "docProps/core.xml", (_core_properties(modified),))
        _write(archive, _DOCUMENT, document_xml)
    return package.getvalue()


@cache
def _fixed_package() -> bytes:
    """The parts that are the same in every document, deflated once; the others are appended."""
    package = BytesIO()
    with ZipFile(package, "w", ZIP_DEFLATED) as archive:
        for name, xml in _FIXED_PARTS.items():
            _write(archive, name, (xml,))
    return package.getvalue()


def _core_properties(modified: datetime) -> str:
    # No text of a unit goes here: Office and readers limit a property to 255 characters.
    instant = modified.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        "<dc:creator>Đôn Đốc</dc:creator><dc:language>vi-VN</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{instant}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{instant}</dcterms:modified>'
        "</cp:coreProperties>"
    )


def _write(archive: ZipFile, name: str, pieces: Iterable[str]) -> None:
    entry = ZipInfo(name, _ZIP_EPOCH)
    entry.compress_type = ZIP_DEFLATED
    entry.create_system = _CREATED_ON_UNIX
    with archive.open(entry, "w") as part:
        part.write(DECLARATION.encode())
        for chunk in _chunks(pieces):
            part.write(chunk.encode())


def _chunks(pieces: Iterable[str]) -> Iterator[str]:
    """Join pieces to chunks that are worth a call of the compressor."""
    waiting: list[str] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _CHUNK:
            yield "".join(waiting)
            waiting, size = [], 0
    yield "".join(waiting)
