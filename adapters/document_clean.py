"""What may be printed: composed Unicode without controls, in pieces of a bearable size."""

import re
from dataclasses import replace
from unicodedata import category, normalize

from models.documents import Annex, Block, OfficialDocument, Table, TableRow
from models.errors import PermanentError

_TEXT_LIMIT = 50_000  # characters in one paragraph or cell: a longer one takes seconds to set
_LINE_BREAK = re.compile("\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_SAFE = re.compile(
    r"[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u1e00-\u1eff\u2010-\u2015\u2018-\u201f\u2026]*"
)
# Cc is forbidden by XML; Cf holds the bidi controls, which make a text read as it is not written.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs"})
_NONCHARACTER_TAIL = 0xFFFE


def clean_text(text: str) -> str:
    r"""Return ``text`` composed (NFC), without controls; breaks become ``\n``, tabs a space."""
    if _SAFE.fullmatch(text):
        return text
    lined = _LINE_BREAK.sub("\n", text).replace("\t", " ")
    return normalize("NFC", "".join(letter for letter in lined if _is_printable(letter)))


def cleaned(document: OfficialDocument) -> OfficialDocument:
    """Return ``document`` with every text cleaned; a block that is clean already is not copied.

    Raises:
        PermanentError: one paragraph or cell holds more than 50,000 characters.
    """
    shallow = {name: value for name, value in document if name not in {"body", "annexes"}}
    heads = {name: _cleaned(value) for name, value in shallow.items()}
    annexes = tuple(_cleaned_annex(annex) for annex in document.annexes)
    body = tuple(map(_cleaned_block, document.body))
    return document.model_copy(update={**heads, "body": body, "annexes": annexes})


def _cleaned_annex(annex: Annex) -> Annex:
    heads = {name: _cleaned(value) for name, value in annex if name != "blocks"}
    blocks = tuple(map(_cleaned_block, annex.blocks))
    return annex.model_copy(update={**heads, "blocks": blocks})


def _cleaned_block(block: Block) -> Block:
    if isinstance(block, Table):
        rows = tuple(map(_cleaned_row, block.rows))
        columns = Table.model_validate(_cleaned(block.model_copy(update={"rows": ()}).model_dump()))
        return columns.model_copy(update={"rows": rows})
    if _is_clean("".join([run.text for run in block.runs])):
        return block
    runs = tuple(replace(run, text=_limited(clean_text(run.text))) for run in block.runs)
    return replace(block, runs=runs)


def _cleaned_row(row: TableRow) -> TableRow:
    if _is_clean("".join(row.cells)):
        return row
    return replace(row, cells=tuple(_limited(clean_text(cell)) for cell in row.cells))


def _is_clean(text: str) -> bool:
    # What _SAFE lets through is composed: none of its letters has another NFC form.
    return len(text) <= _TEXT_LIMIT and _SAFE.fullmatch(text) is not None


def _is_printable(letter: str) -> bool:
    if letter == "\n":
        return True
    return (
        category(letter) not in _UNPRINTABLE
        and ord(letter) & _NONCHARACTER_TAIL != _NONCHARACTER_TAIL
    )


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return _limited(clean_text(value))
    if isinstance(value, dict):
        return {key: _cleaned(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return tuple(_cleaned(item) for item in value)
    return value


def _limited(text: str) -> str:
    if len(text) <= _TEXT_LIMIT:
        return text
    raise PermanentError(
        f"Đoạn văn bản bắt đầu bằng “{text[:60]}…” dài {len(text)} ký tự, vượt quá giới hạn "
        f"{_TEXT_LIMIT} ký tự của một đoạn hoặc một ô. Hãy rút gọn hoặc chuyển thành tệp đính kèm."
    )
