"""The plain text of an official document, for e-mails, traces and tests."""

from collections.abc import Iterator, Sequence

from adapters.document_layout import LaidDocument, lay_out
from adapters.document_lines import RECIPIENTS_LABEL
from adapters.table_layout import LaidTable
from models.documents import OfficialDocument, Paragraph


def document_text(document: OfficialDocument) -> str:
    """Return the text in reading order, one line per printed paragraph or table row.

    Cells are parted by `` | ``; a table begins with its column titles.

    Raises:
        PermanentError: a text is too long, or a table has no columns or a row too many cells.
    """
    return "\n".join(printed_lines(lay_out(document)))


def printed_lines(laid: LaidDocument) -> tuple[str, ...]:
    """Return each printed paragraph and table row as one text, in reading order."""
    lines = (*_opening(laid), *_blocks(laid.body), *_closing(laid), *_annexes(laid))
    return tuple(line for line in lines if line is not None)


def _opening(laid: LaidDocument) -> tuple[str | None, ...]:
    head = (laid.draft_mark, laid.parent_line, *laid.agency_lines, laid.country, laid.motto)
    title = () if laid.type_name is None else (laid.type_name, laid.subject)
    number = (laid.number_line, laid.about_line, laid.date_line)
    return (*head, *number, *title, *laid.address_lines, *laid.ground_lines)


def _blocks(blocks: Sequence[Paragraph | LaidTable]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text
        else:
            yield " | ".join(block.titles)
            yield from (" | ".join(row.cells) for row in block.rows())


def _closing(laid: LaidDocument) -> tuple[str, ...]:
    label = (RECIPIENTS_LABEL,) if laid.recipient_lines else ()
    return (*label, *laid.recipient_lines, *laid.authority_lines, laid.signer_name)


def _annexes(laid: LaidDocument) -> Iterator[str]:
    for annex in laid.annexes:
        yield from (annex.label, annex.title, annex.reference)
        yield from _blocks(annex.blocks)
