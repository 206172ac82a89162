"""Effective properties of runs and paragraphs: defaults, styles and what is set directly."""

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from adapters.document_reading_package import DocumentParts, W, attributes
from models.nd30_document import Face

Facts = Mapping[str, str]
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_SWITCHES = {"b": "bold", "i": "italic", "caps": "capitals", "vanish": "hidden"}
_SPACING = {"before": "before", "after": "after", "line": "line", "lineRule": "rule"}
_INDENTS = {
    "left": "left", "start": "left", "right": "right", "end": "right", "firstLine": "first",
    "hanging": "hanging",
}  # fmt: skip
_OFF = frozenset({"0", "false", "off", "none"})
_DEFAULT_HALF_POINTS = "20"
_LAST_ASCII = 0x7F


class StyleBook:
    """The styles of a document, resolved through what they are based on."""

    def __init__(self, parts: DocumentParts) -> None:
        root = parts.tree("word/styles.xml")
        self._styles = {} if root is None else _styles(root)
        self._defaults = _defaults(root)
        self._theme = _theme_fonts(parts.tree("word/theme/theme1.xml"))
        self._chains: dict[str, tuple[Facts, Facts]] = {}
        self._faces: dict[tuple[tuple[str, str], ...], Face] = {}
        self._normal = next(
            (key for key, style in self._styles.items() if _is_default_paragraph(style)), ""
        )

    def paragraph(self, paragraph: ET.Element) -> tuple[Facts, Facts]:
        """Return the paragraph's own facts, and the facts its runs start from."""
        properties = paragraph.find(f"{W}pPr")
        style = _value(properties, "pStyle") or self._normal
        mine, runs = self._chain(style)
        return {**mine, **paragraph_facts(properties)}, runs

    def face(self, run: ET.Element, start: Facts) -> tuple[Face, Facts]:
        """Return the face of a run without its fonts, and all its facts."""
        properties = run.find(f"{W}rPr")
        _, styled = self._chain(_value(properties, "rStyle"), bare=True)
        facts = {**start, **styled, **run_facts(properties)}
        key = tuple(sorted(facts.items()))
        if key not in self._faces:
            self._faces[key] = Face(
                size_pt=int(float(facts.get("size", _DEFAULT_HALF_POINTS))) / 2,
                bold=facts.get("bold") == "1",
                italic=facts.get("italic") == "1",
                capitals=facts.get("capitals") == "1",
                colour=facts.get("colour", "auto"),
            )
        return self._faces[key], facts

    def fonts(self, text: str, facts: Facts) -> tuple[str, ...]:
        """Return the fonts that the letters of a run are drawn in."""
        slots = {"ascii" if ord(letter) <= _LAST_ASCII else "hAnsi" for letter in text}
        names = (facts.get(slot, "") for slot in sorted(slots))
        return tuple(dict.fromkeys(self._theme.get(name, name) for name in names))

    def cell_margins(self, style: str) -> Facts:
        """Return the cell margins that a table style sets, in twips by side."""
        while style in self._styles:
            found = self._styles[style].find(f"{W}tblPr/{W}tblCellMar")
            if found is not None:
                return side_widths(found)
            style = _value(self._styles[style], "basedOn")
        return {}

    def _chain(self, style: str, *, bare: bool = False) -> tuple[Facts, Facts]:
        """Merge a style over what it is based on; ``bare`` leaves the document's defaults out."""
        key = f"{style}/{bare}"
        if key not in self._chains:
            names: list[str] = []
            while style in self._styles and style not in names:
                names.append(style)
                style = _value(self._styles[style], "basedOn")
            mine, runs = ({}, {}) if bare else self._defaults
            for name in reversed(names):
                mine = {**mine, **paragraph_facts(self._styles[name].find(f"{W}pPr"))}
                runs = {**runs, **run_facts(self._styles[name].find(f"{W}rPr"))}
            self._chains[key] = (mine, runs)
        return self._chains[key]


def run_facts(properties: ET.Element | None) -> Facts:
    """Return what run properties set: fonts by slot, size in half points, faces, colour."""
    if properties is None:
        return {}
    facts = dict(_font_facts(attributes(properties.find(f"{W}rFonts"))))
    for tag, name in _SWITCHES.items():
        switch = properties.find(f"{W}{tag}")
        if switch is not None:
            facts[name] = "0" if attributes(switch).get("val", "1") in _OFF else "1"
    for tag, name in {"sz": "size", "color": "colour"}.items():
        if value := _value(properties, tag):
            facts[name] = value
    return facts


def paragraph_facts(properties: ET.Element | None) -> Facts:
    """Return what paragraph properties set: alignment, indents and spacing in twips."""
    if properties is None:
        return {}
    facts = {"align": value} if (value := _value(properties, "jc")) else {}
    spacing = attributes(properties.find(f"{W}spacing"))
    facts |= {name: spacing[key] for key, name in _SPACING.items() if key in spacing}
    indents = attributes(properties.find(f"{W}ind"))
    facts |= {name: indents[key] for key, name in _INDENTS.items() if key in indents}
    return facts


def side_widths(margins: ET.Element) -> Facts:
    """Return the widths of cell margins by side, start and end as left and right."""
    sides = {"start": "left", "end": "right"}
    return {
        sides.get(side.tag.removeprefix(W), side.tag.removeprefix(W)): attributes(side)["w"]
        for side in margins
        if "w" in attributes(side)
    }


def _font_facts(fonts: Mapping[str, str]) -> Facts:
    facts = {slot: fonts[slot] for slot in ("ascii", "hAnsi") if slot in fonts}
    for slot in ("ascii", "hAnsi"):
        if theme := fonts.get(f"{slot}Theme"):
            facts[slot] = f"theme:{theme}"
    return facts


def _value(properties: ET.Element | None, tag: str) -> str:
    found = None if properties is None else properties.find(f"{W}{tag}")
    return attributes(found).get("val", "")


def _styles(root: ET.Element) -> dict[str, ET.Element]:
    return {attributes(style).get("styleId", ""): style for style in root.iter(f"{W}style")}


def _is_default_paragraph(style: ET.Element) -> bool:
    facts = attributes(style)
    return facts.get("type") == "paragraph" and facts.get("default") in {"1", "true", "on"}


def _defaults(root: ET.Element | None) -> tuple[Facts, Facts]:
    if root is None:
        return {}, {}
    defaults = f"{W}docDefaults"
    paragraph = root.find(f"{defaults}/{W}pPrDefault/{W}pPr")
    run = root.find(f"{defaults}/{W}rPrDefault/{W}rPr")
    return paragraph_facts(paragraph), run_facts(run)


def _theme_fonts(root: ET.Element | None) -> dict[str, str]:
    if root is None:
        return {}
    found: dict[str, str] = {}
    for kind in ("minor", "major"):
        latin = root.find(f".//{_A}{kind}Font/{_A}latin")
        if latin is not None:
            name = latin.get("typeface", "")
            found |= {
                f"theme:{kind}{slot}": name for slot in ("HAnsi", "Ascii", "EastAsia", "Bidi")
            }
    return found
