"""Official documents as DOCX, written as OOXML strings in the layout of Nghị định 30/2020/NĐ-CP."""

from collections.abc import Iterator
from datetime import datetime

from adapters.document_layout import (
    ADDRESS_INDENT,
    HEAD_LEFT,
    HEAD_SIZE,
    PORTRAIT_ROOM,
    SIGN_LEFT,
    LaidAnnex,
    LaidDocument,
    lay_out,
)
from adapters.document_lines import RECIPIENTS_LABEL
from adapters.docx_blocks import BODY_LOOK, blocks
from adapters.docx_package import NAMESPACES, packed
from adapters.docx_parts import (
    Look,
    drawn_rule,
    frame,
    gap,
    line_of_text,
    section_properties,
)
from adapters.times_widths import text_width
from models.documents import OfficialDocument

_CENTRED = Look(align="center")
_BOLD_CENTRED = Look(align="center", bold=True)
_HEAD = Look(size_pt=HEAD_SIZE, align="center")
_SIGNATURE_ROOM = 1440  # 72 pt for the signature and the seal
# Word wants a paragraph after a table at the end of a section; on a full page a taller one would
# stand alone on the next.
_SECTION_END = 2
_DASH = text_width("- ", size_pt=14)


def write_docx(document: OfficialDocument, *, modified: datetime) -> bytes:
    """Return the DOCX of ``document``; equal arguments give equal bytes.

    Raises:
        PermanentError: a text is too long, or a table has no columns or a row too many cells.
    """
    return packed(_document(lay_out(document)), modified=modified)


def _document(laid: LaidDocument) -> Iterator[str]:
    """Yield the XML piece by piece: the whole of a large report would fill the memory."""
    yield f"<w:document {NAMESPACES}><w:body>"
    yield from _main(laid)
    landscape = False
    for annex in laid.annexes:
        # Each section but the last ends in a paragraph that holds its properties.
        yield gap(_SECTION_END, section_properties(landscape=landscape))
        yield from _annex(annex)
        landscape = annex.landscape
    yield gap(_SECTION_END) + section_properties(landscape=landscape)
    yield "</w:body></w:document>"


def _main(laid: LaidDocument) -> Iterator[str]:
    if laid.draft_mark:
        side = laid.draft_indent
        mark = _BOLD_CENTRED._replace(left=side, right=side, after=120, boxed=True)
        yield line_of_text(laid.draft_mark, mark)
    yield _head(laid)
    yield from _title(laid)
    yield from _address(laid)
    yield from (line_of_text(line, BODY_LOOK._replace(italic=True)) for line in laid.ground_lines)
    yield from blocks(laid.body, keep_last=True)
    yield _signature(laid)


def _head(laid: LaidDocument) -> str:
    right = PORTRAIT_ROOM - HEAD_LEFT
    bold = _HEAD._replace(bold=True)
    agency = [line_of_text(laid.parent_line, _HEAD)] if laid.parent_line else []
    agency += [line_of_text(line, bold) for line in laid.agency_lines]
    agency.append(drawn_rule(laid.agency_rule, HEAD_LEFT))
    country = line_of_text(laid.country, bold) + line_of_text(laid.motto, _BOLD_CENTRED)
    number = line_of_text(laid.number_line, _HEAD)
    if laid.about_line:
        number += line_of_text(laid.about_line, _HEAD._replace(size_pt=12, before=120))
    place = line_of_text(laid.date_line, _CENTRED._replace(italic=True))
    names = ("".join(agency), country + drawn_rule(laid.motto_rule, right))
    return frame((HEAD_LEFT, right), (names, (number, place)))


def _title(laid: LaidDocument) -> Iterator[str]:
    if laid.type_name is None:
        yield gap(240)
        return
    side = laid.subject_indent
    yield line_of_text(laid.type_name, _BOLD_CENTRED._replace(before=240, outline=0))
    yield line_of_text(laid.subject, _BOLD_CENTRED._replace(left=side, right=side))
    yield drawn_rule(laid.subject_rule, PORTRAIT_ROOM, after=200)


def _address(laid: LaidDocument) -> Iterator[str]:
    lines = laid.address_lines
    if not lines:
        return
    if not lines[-1].startswith("- "):
        yield from (line_of_text(line, _CENTRED) for line in lines[:-1])
        yield line_of_text(lines[-1], _CENTRED._replace(after=200))
        return
    yield line_of_text(lines[0], Look(left=ADDRESS_INDENT, align="left"))
    item = Look(left=laid.address_dash + _DASH, hanging=_DASH, align="left")
    yield from (line_of_text(line, item) for line in lines[1:-1])
    yield line_of_text(lines[-1], item._replace(after=200))


def _signature(laid: LaidDocument) -> str:
    # Tied to what ends the section, which would else stand alone on a page when this one is full.
    label = Look(size_pt=12, bold=True, italic=True, align="left", keep_next=True)
    item = Look(size_pt=11, align="left", keep_next=True)
    bold = _BOLD_CENTRED._replace(keep_next=True)
    left = [line_of_text(RECIPIENTS_LABEL if laid.recipient_lines else "", label)]
    left += [line_of_text(line, item) for line in laid.recipient_lines]
    right = [line_of_text(line, bold) for line in laid.authority_lines]
    right.append(line_of_text(laid.signer_name, bold._replace(before=_SIGNATURE_ROOM)))
    return frame((SIGN_LEFT, PORTRAIT_ROOM - SIGN_LEFT), (("".join(left), "".join(right)),))


def _annex(annex: LaidAnnex) -> Iterator[str]:
    side = annex.title_indent
    yield line_of_text(annex.label, _BOLD_CENTRED._replace(outline=0))
    yield line_of_text(annex.title, _BOLD_CENTRED._replace(left=side, right=side))
    yield line_of_text(annex.reference, _CENTRED._replace(italic=True, after=200))
    yield from blocks(annex.blocks)
