"""What changed between two versions of the report: units, figures, words."""

from collections.abc import Mapping

from models.coverage import Coverage
from models.documents import OfficialDocument, Paragraph
from models.indicators import IndicatorCatalogue
from models.total_values import Totals
from models.values import Value
from models.vietnamese import format_number

MOST_TEXTS = 20  # longer lists of words are read in the document itself


class ChangedFigure(Value):
    """A figure that is not what it was; None where nothing was reported."""

    indicator_id: str
    name: str
    before: str
    after: str


class ReportDifference(Value):
    """What a version says that the one before it did not, in the order of the documents."""

    before: int
    after: int
    units_added: tuple[str, ...] = ()
    units_removed: tuple[str, ...] = ()
    figures: tuple[ChangedFigure, ...] = ()
    texts_added: tuple[str, ...] = ()
    texts_removed: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed that can be named."""
        changed = (*self.units_added, *self.units_removed, *self.texts_added, *self.texts_removed)
        return not (changed or self.figures)

    @property
    def lines(self) -> tuple[str, ...]:
        """Tell the changes in Vietnamese, one line each; texts only counted."""
        told = []
        if self.units_added:
            told.append(f"Thêm báo cáo của {'; '.join(self.units_added)}")
        if self.units_removed:
            told.append(f"Không còn báo cáo của {'; '.join(self.units_removed)}")
        told += [f"{f.name} ({f.indicator_id}): {f.before} → {f.after}" for f in self.figures]
        if self.texts_added or self.texts_removed:
            told.append(
                f"Lời văn: thêm hoặc sửa {len(self.texts_added)} đoạn, "
                f"bỏ {len(self.texts_removed)} đoạn"
            )
        return tuple(told)


class Compared(Value):
    """One side of a comparison."""

    version: int
    document: OfficialDocument
    totals: Totals
    coverage: Coverage


def difference(
    before: Compared, after: Compared, *, catalogue: IndicatorCatalogue
) -> ReportDifference:
    """Return what changed from one version to a later one."""
    old, new = _reported(before.coverage), _reported(after.coverage)
    was, now = _texts(before.document), _texts(after.document)
    return ReportDifference(
        before=before.version,
        after=after.version,
        units_added=tuple(name for key, name in new.items() if key not in old),
        units_removed=tuple(name for key, name in old.items() if key not in new),
        figures=_figures(before.totals, after.totals, catalogue),
        texts_added=tuple(text for text in now if text not in was)[:MOST_TEXTS],
        texts_removed=tuple(text for text in was if text not in now)[:MOST_TEXTS],
    )


def _reported(coverage: Coverage) -> dict[str, str]:
    return {unit.unit_id: unit.name for unit in coverage.reported}


def _texts(document: OfficialDocument) -> dict[str, None]:
    return {b.text: None for b in document.body if isinstance(b, Paragraph) and b.text}


def _figures(
    before: Totals, after: Totals, catalogue: IndicatorCatalogue
) -> tuple[ChangedFigure, ...]:
    was = {total.indicator_id: total.value for total in before.totals}
    now = {total.indicator_id: total.value for total in after.totals}
    return tuple(
        ChangedFigure(
            indicator_id=one.id, name=one.name, before=_told(was.get(one.id)),
            after=_told(now.get(one.id)),
        )
        for one in catalogue.indicators
        if was.get(one.id) != now.get(one.id)
    )  # fmt: skip


def _told(value: object) -> str:
    if value is None:
        return "chưa có số liệu"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {number}" for key, number in value.items())
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, int):
        return format_number(value)
    return f"{len(value)} nội dung" if isinstance(value, tuple) else str(value)
