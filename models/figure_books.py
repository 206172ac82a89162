"""The book of figures: what every reference in a report stands for, looked up in one place."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from models.coverage import Coverage
from models.errors import UsageError
from models.report_quotes import QUOTES, Quote, alike, others
from models.total_values import Total, Totals
from models.totals import number_of, rounded_figure
from models.values import Value

FigureValue = int | Decimal | tuple[str, ...]
COVERAGE, UNITS, PEOPLE, RATE = "coverage.", "units.", "people.", "rate."


class FigureBook(Value):
    """The totals, the coverage and the quotations that the figures of a report come from.

    References: ``TT01`` a total, ``TT04.zalo`` and ``HD05.truong_hoc`` a part of it; ``units.TT01``
    how many units gave it; ``people.HD01.<key>`` who came to one event; ``coverage.missing`` how
    many units; ``rate.CD02`` the yes among the answers, in percent; ``quotes.<part>.<n>`` how many
    more say what the n-th quotation says.
    """

    totals: Totals
    coverage: Coverage
    quotes: tuple[Quote, ...] = ()

    def value(self, reference: str) -> FigureValue | None:
        """Return what a reference stands for; None where nothing was reported.

        Raises:
            UsageError: no figure has that reference.
        """
        if reference.startswith(COVERAGE):
            return self._group(reference.removeprefix(COVERAGE))
        if reference.startswith(QUOTES):
            return self._counted(self._others, reference)
        if reference.startswith(PEOPLE):
            return self._counted(self._people, reference)
        if reference.startswith(UNITS):
            return len(self._total(reference.removeprefix(UNITS)).reporting_units)
        if reference.startswith(RATE):
            return self._rate(self._total(reference.removeprefix(RATE)))
        return self._of_total(reference)

    def _of_total(self, reference: str) -> FigureValue | None:
        id_, _, key = reference.partition(".")
        total = self._total(id_)
        if key:
            return _part_of(total, key)
        return total.value if isinstance(total.value, tuple) else number_of(total)

    def _rate(self, total: Total) -> int | Decimal | None:
        if not isinstance(total.value, int) or not total.reporting_units:
            return None
        return rounded_figure(Fraction(100 * total.value, len(total.reporting_units)))

    def _total(self, id_: str) -> Total:
        try:
            return self._by_id[id_]
        except KeyError:
            raise _unknown(id_) from None

    def _group(self, name: str) -> int:
        groups = {
            "sent": self.coverage.sent,
            "owing": self.coverage.owing,
            "reported": self.coverage.reported,
            "missing": self.coverage.missing,
            "waiting": self.coverage.waiting,
            "nil": self.coverage.nil,
            "waived": self.coverage.waived,
        }
        return self._counted({f"{COVERAGE}{key}": len(units) for key, units in groups.items()},
                             f"{COVERAGE}{name}")  # fmt: skip

    def _counted(self, known: Mapping[str, int], reference: str) -> int:
        try:
            return known[reference]
        except KeyError:
            raise _unknown(reference) from None

    @cached_property
    def _by_id(self) -> dict[str, Total]:
        return {total.indicator_id: total for total in self.totals.totals}

    @cached_property
    def _others(self) -> dict[str, int]:
        places: dict[str, list[Quote]] = {}
        for quote in self.quotes:
            places.setdefault(quote.place, []).append(quote)
        return {
            f"{QUOTES}{place}.{n}": others(same)
            for place, quotes in places.items()
            for n, same in enumerate(alike(quotes), start=1)
        }

    @cached_property
    def _people(self) -> dict[str, int]:
        found = {}
        for total in self.totals.totals:
            for source in total.counted:
                people = source.value.get("participants") if isinstance(source.value, dict) else 0
                if source.key and isinstance(people, int):
                    found[f"{PEOPLE}{total.indicator_id}.{source.key}"] = people
        return found


def _part_of(total: Total, key: str) -> int | None:
    if isinstance(total.value, dict):
        return total.value.get(key)
    if total.value is None:
        return None
    rows = (source.value for source in total.counted)
    return sum(isinstance(row, dict) and row.get("type") == key for row in rows)


def _unknown(reference: str) -> UsageError:
    return UsageError(
        f"Không có chỉ tiêu “{reference}” trong số liệu tổng hợp; đề nghị sửa mã trong đề cương.",
    )
