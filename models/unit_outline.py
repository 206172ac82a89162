"""The outline of a unit's own report as data: headings, and what each part tells."""

from models.indicators import IndicatorCatalogue, IndicatorType
from models.values import Value


class UnitPart(Value):
    """One part: indicators and texts of the answer, and what the blank form asks for there."""

    heading: str | None = None
    indicators: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()  # keys of the narrative
    hint: str = ""


class UnitSection(Value):
    """One section with a Roman number."""

    heading: str
    parts: tuple[UnitPart, ...]


class UnitOutline(Value):
    """The outline of domain.md 3.2 for one catalogue."""

    id: str
    sections: tuple[UnitSection, ...]


def unit_outline_from_catalogue(
    catalogue: IndicatorCatalogue, texts: tuple[str, ...]
) -> UnitOutline:
    """Return a plain outline for a catalogue without its own: its sections, then opinions."""
    results = tuple(
        UnitPart(
            heading=title,
            indicators=tuple(one.id for one in catalogue.indicators if one.section == letter),
        )
        for letter, title in catalogue.sections.items()
    )
    opinions = tuple(o.id for o in catalogue.indicators if o.type is IndicatorType.TEXT)
    results = tuple(
        part.model_copy(update={"indicators": kept})
        for part in results
        if (kept := tuple(id_ for id_ in part.indicators if id_ not in opinions))
    )
    told = tuple(
        UnitPart(heading=catalogue.indicator(id_).name, indicators=(id_,)) for id_ in opinions
    )
    return UnitOutline(
        id=catalogue.id,
        sections=(
            UnitSection(
                heading="Kết quả thực hiện",
                parts=(*results, UnitPart(heading="Thuyết minh thêm", texts=texts)),
            ),
            UnitSection(heading="Đánh giá, đề xuất", parts=told),
        ),
    )
