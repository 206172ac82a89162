"""An official document with its fixed lines written and its lines and columns measured."""

from collections.abc import Sequence
from functools import lru_cache

from adapters.document_clean import cleaned
from adapters.document_lines import (
    COUNTRY,
    MOTTO,
    about_line,
    address_lines,
    annex_label,
    date_line,
    ground_lines,
    number_line,
    recipient_lines,
)
from adapters.table_layout import LaidTable, lay_out_table
from adapters.times_widths import text_width, wrapped_lines
from models.documents import Annex, Block, OfficialDocument, Paragraph, ParagraphStyle, Run, Table
from models.values import Value

# All lengths are twips (1/20 pt). Phụ lục I, I.1 and I.3: A4; 20-25, 20-25, 30-35, 15-20 mm.
PAGE_SHORT, PAGE_LONG = 11906, 16838
MARGIN_TOP = MARGIN_BOTTOM = 1134
MARGIN_LEFT, MARGIN_RIGHT = 1701, 850
PORTRAIT_ROOM = PAGE_SHORT - MARGIN_LEFT - MARGIN_RIGHT
LANDSCAPE_ROOM = PAGE_LONG - MARGIN_LEFT - MARGIN_RIGHT
HEAD_LEFT = 3572  # 63 mm for the agency, the rest for Quốc hiệu
SIGN_LEFT = 4309  # 76 mm for Nơi nhận
ADDRESS_INDENT = 1418  # Kính gửi of more than one addressee
BODY_SIZE, HEAD_SIZE = 14, 13
_TITLE_SLACK = 80
_HEAD_CLEAR = 240  # between the name of an agency and Quốc hiệu


class LaidAnnex(Value):
    """An annex with its label; ``room`` is the width between its margins."""

    label: str
    title: str
    title_indent: int
    reference: str
    blocks: tuple[Paragraph | LaidTable, ...]
    landscape: bool


class LaidDocument(Value):
    """Every text as printed, in the order of the page; lengths in twips."""

    draft_mark: str | None
    draft_indent: int
    parent_line: str | None
    agency_lines: tuple[str, ...]
    agency_rule: int
    country: str
    motto: str
    motto_rule: int
    number_line: str
    about_line: str | None
    date_line: str
    type_name: str | None
    subject: str
    subject_indent: int
    subject_rule: int
    address_lines: tuple[str, ...]
    address_dash: int
    ground_lines: tuple[str, ...]
    body: tuple[Paragraph | LaidTable, ...]
    recipient_lines: tuple[str, ...]
    authority_lines: tuple[str, ...]
    signer_name: str
    annexes: tuple[LaidAnnex, ...]


def lay_out(document: OfficialDocument) -> LaidDocument:
    """Return the document as printed; DOCX, PDF and plain text are drawn from it.

    Raises:
        PermanentError: a text is too long, or a table has no columns or a row too many cells.
    """
    document = cleaned(document)
    subject_width = _balanced(document.subject, PORTRAIT_ROOM)
    agency_lines = tuple(line for name in document.agency_lines for line in _head_lines(name))
    return LaidDocument(
        draft_mark=document.draft_mark,
        draft_indent=_draft_indent(document.draft_mark or ""),
        parent_line=document.parent_line,
        agency_lines=agency_lines,
        agency_rule=_rule(agency_lines, HEAD_SIZE),
        country=COUNTRY,
        motto=MOTTO,
        motto_rule=text_width(MOTTO, size_pt=BODY_SIZE, bold=True),
        number_line=number_line(document),
        about_line=about_line(document),
        date_line=date_line(document),
        type_name=document.type_name.upper() if document.type_name is not None else None,
        subject=document.subject,
        subject_indent=(PORTRAIT_ROOM - subject_width) // 2,
        subject_rule=subject_width * 2 // 5,
        address_lines=address_lines(document),
        address_dash=ADDRESS_INDENT + text_width("Kính gửi", size_pt=BODY_SIZE),
        ground_lines=ground_lines(document),
        body=_laid_blocks(document.body, PORTRAIT_ROOM),
        recipient_lines=recipient_lines(document),
        authority_lines=document.authority_lines,
        signer_name=document.signer_name,
        annexes=tuple(_laid_annex(annex) for annex in document.annexes),
    )


def _laid_annex(annex: Annex) -> LaidAnnex:
    room = LANDSCAPE_ROOM if annex.landscape else PORTRAIT_ROOM
    title = annex.title.upper()
    return LaidAnnex(
        label=annex_label(annex),
        title=title,
        title_indent=(room - _balanced(title, room)) // 2,
        reference=annex.reference,
        blocks=_laid_blocks(annex.blocks, room),
        landscape=annex.landscape,
    )


def _laid_blocks(blocks: Sequence[Block], room: int) -> tuple[Paragraph | LaidTable, ...]:
    return tuple(
        lay_out_table(block, room) if isinstance(block, Table) else _capitalised(block)
        for block in blocks
    )


def _capitalised(paragraph: Paragraph) -> Paragraph:
    """Write a section title in capitals (II.6đ); leave any other paragraph alone."""
    if paragraph.style is not ParagraphStyle.SECTION:
        return paragraph
    runs = tuple(Run(text=run.text.upper(), italic=run.italic) for run in paragraph.runs)
    return Paragraph(style=paragraph.style, runs=runs)


@lru_cache(maxsize=256)
def _balanced(text: str, room: int) -> int:
    """Return the width of a centred bold title: as few lines as in ``room``, of like length.

    Lines that end with a comma or a semicolon are preferred: a title reads better by its clauses.
    """
    widest = _title_lines(text, room)
    wraps = (_title_lines(text, width) for width in range(room // 3, room + 1, 100))
    fitting = [lines for lines in wraps if len(lines) == len(widest)] or [widest]
    clauses = [lines for lines in fitting if all(line[-1] in ",;" for line in lines[:-1])]
    chosen = (clauses or fitting)[0]
    widths = [text_width(line, size_pt=BODY_SIZE, bold=True) for line in chosen]
    return min(room, max(widths, default=0) + _TITLE_SLACK)


@lru_cache(maxsize=256)
def _head_lines(name: str) -> tuple[str, ...]:
    """Return an agency's name in lines of like length that stand clear of Quốc hiệu."""
    room = HEAD_LEFT - _HEAD_CLEAR
    fewest = len(wrapped_lines(name, size_pt=HEAD_SIZE, bold=True, room=room))
    wraps = (
        wrapped_lines(name, size_pt=HEAD_SIZE, bold=True, room=width)
        for width in range(room // 3, room + 1, 50)
    )
    return next((lines for lines in wraps if len(lines) == fewest), (name,))


def _title_lines(text: str, width: int) -> tuple[str, ...]:
    return wrapped_lines(text, size_pt=BODY_SIZE, bold=True, room=width)


def _rule(lines: Sequence[str], size_pt: int) -> int:
    """Return a length of 1/3 to 1/2 of the last line, and if possible of the widest too (II.2b)."""
    widths = [text_width(line, size_pt=size_pt, bold=True) for line in lines] or [0]
    return min(max(widths[-1] * 2 // 5, max(widths) * 17 // 50), widths[-1] // 2)


def _draft_indent(mark: str) -> int:
    width = text_width(mark, size_pt=BODY_SIZE, bold=True) + 400
    return max(0, (PORTRAIT_ROOM - width) // 2)
