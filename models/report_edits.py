"""The office's own texts in the report: versions, what they were made from, what changed since."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from models.errors import RefusedError
from models.printed_letters import undrawn_letters
from models.report_outline import OutlinePart, ReportOutline
from models.report_prose import Material, drafted
from models.report_quotes import quotation_fault
from models.values import Value
from models.vietnamese import clean_text, format_number
from models.word_differences import Stretch, word_difference

MAX_CHARACTERS = 20_000  # some ten pages for one heading


class Edit(Value):
    """One version of the office's text for a part; no text gives the part back to the engine.

    ``draft`` is what the engine wrote there at that time, None in records older than the question.
    """

    id: int
    place: str
    text: str
    draft: str | None
    by: str
    at: datetime

    @property
    def is_own(self) -> bool:
        """Whether the office's words stand, not the engine's."""
        return bool(self.text)


class Draft(Value):
    """What the engine writes for a part: as it reads, and with ``{TT01}`` for its figures."""

    text: str
    template: str


class EditedPlace(Value):
    """A part as the office sees it: the engine's text beside its own; newest version first."""

    place: str
    heading: str
    draft: Draft
    edits: tuple[Edit, ...] = ()
    changes: tuple[Stretch, ...] = ()  # of the engine's text since the version that stands

    @property
    def own(self) -> Edit | None:
        """The office's text where it stands."""
        return self.edits[0] if self.edits and self.edits[0].is_own else None

    @property
    def is_unconfirmed(self) -> bool:
        """Whether what the office's text was made from has changed since."""
        return self.own is not None and self.own.draft not in {None, self.draft.text}


def headings_of(outline: ReportOutline) -> dict[str, str]:
    """Return the title of every part that can be edited, by key."""
    return {
        part.key: part.heading or section.heading
        for section in outline.sections
        for part in section.parts
    }


def drafts_of(material: Material) -> dict[str, Draft]:
    """Return what the engine writes for every part, by key, the office's texts left aside."""
    named = material.model_copy(update={"shows_places": True})
    return {
        part.key: Draft(text=_text(part, material), template=_text(part, named))
        for part in _parts(material.outline)
    }


def find_unconfirmed(material: Material, drafts: Mapping[str, str]) -> tuple[str, ...]:
    """Return the headings whose engine text is not any more what the office's was made from."""
    headings = headings_of(material.outline)
    return tuple(
        headings[part.key]
        for part in _parts(material.outline)
        if part.key in drafts and _text(part, material) != drafts[part.key]
    )


def unconfirmed_doubts(headings: Sequence[str]) -> tuple[str, ...]:
    """Return what to ask of each heading whose engine text changed under the office's."""
    return tuple(
        f"Mục “{heading}” do cán bộ biên tập, nhưng số liệu hoặc nội dung máy soạn ở mục này đã "
        "thay đổi từ sau lần sửa; đề nghị xem lại và xác nhận trên trang biên tập báo cáo."
        for heading in headings
    )


def latest_of(edits: Sequence[Edit]) -> dict[str, Edit]:
    """Return the version that stands at each part, by key."""
    return {edit.place: edit for edit in sorted(edits, key=lambda edit: edit.id)}


def edited_places(material: Material, edits: Sequence[Edit]) -> tuple[EditedPlace, ...]:
    """Return every part in the outline's order, with all versions of the office's text."""
    drafts = drafts_of(material)
    newest_first = sorted(edits, key=lambda edit: -edit.id)
    return tuple(
        _place(key, heading, drafts[key], [edit for edit in newest_first if edit.place == key])
        for key, heading in headings_of(material.outline).items()
    )


def clean_edit(text: str) -> str:
    """Return the office's text as it is kept: clean lines, none of them empty.

    Raises:
        RefusedError: it is too long for one part, or holds letters that the font lacks.
    """
    if len(text) > MAX_CHARACTERS:
        raise RefusedError(
            f"Nội dung dài {format_number(len(text))} ký tự, quá {format_number(MAX_CHARACTERS)} "
            "ký tự của một mục; đề nghị rút gọn hoặc chuyển phần chi tiết vào phụ lục."
        )
    cleaned = "\n".join(line for line in map(clean_text, text.splitlines()) if line)
    if undrawn := undrawn_letters(cleaned):
        raise RefusedError(
            f"Phông chữ của văn bản không có ký tự “{undrawn[:20]}”; đề nghị bỏ hoặc thay bằng chữ."
        )
    return cleaned


def refuse_altered_quotations(place: str, text: str, material: Material) -> None:
    """Let a text pass whose lines under a unit's name are that unit's words.

    Raises:
        RefusedError: a line puts other words into a unit's mouth, or hides that they are quoted.
    """
    mine = [quote for quote in material.quotes if quote.place == place]
    faults = (quotation_fault(line, mine, material.unit_names) for line in text.splitlines())
    found = [fault for fault in faults if fault]
    if found:
        raise RefusedError(f"Chưa lưu được: {'; '.join(found)}.")


def _place(key: str, heading: str, draft: Draft, edits: Sequence[Edit]) -> EditedPlace:
    place = EditedPlace(place=key, heading=heading, draft=draft, edits=tuple(edits))
    if not place.is_unconfirmed:
        return place
    changes = word_difference(edits[0].draft or "", draft.text)
    return place.model_copy(update={"changes": changes})


def _parts(outline: ReportOutline) -> Iterator[OutlinePart]:
    return (part for section in outline.sections for part in section.parts)


def _text(part: OutlinePart, material: Material) -> str:
    return "\n".join(paragraph.text for paragraph in drafted(part, material).paragraphs)
