"""What units say in their own words: quoted once, with who says it, and never altered."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from models.printed_letters import bounded, drawable
from models.report_outline import ReportOutline
from models.total_values import AcceptedReport, Totals
from models.values import Value
from models.vietnamese import clean_text, fold_key, sentence_case

QUOTES = "quotes."
MOST_QUOTED = 10_000  # characters; some five pages of one unit
MOST_SPEAKERS = 3  # more units that say the same are counted
OPENING, CLOSING = "“", "”"
# Inside a quotation its own marks become single ones: nobody can close it and speak on as us.
_INNER = str.maketrans({"“": "‘", "”": "’", "„": "‘", "‟": "’", "«": "‘", "»": "’"})
_QUOTATION = re.compile(r"“([^“”]*)”")
_ELLIPSIS = re.compile(r"\[…\]|\[\.{3}\]|\(…\)|\(\.{3}\)|…|\.{3}")
_ATTRIBUTION = re.compile(r"\(([^()]+)\)[.;]?\s*$")


class Quote(Value):
    """A unit's own words in the report, and the submission they come from."""

    place: str
    submission_id: str
    unit_id: str
    text: str


def quotes_in(
    outline: ReportOutline,
    totals: Totals,
    reports: Sequence[AcceptedReport],
    *,
    units: Collection[str],
) -> tuple[Quote, ...]:
    """Return what is quoted at each part of the outline, ``units`` telling the official order."""
    order = {unit: place for place, unit in enumerate(units)}
    found: list[Quote] = []
    for part in (part for section in outline.sections for part in section.parts):
        for source in part.quotes:
            said = [*_in_totals(source, part.key, totals), *_narrated(source, part.key, reports)]
            found += sorted(said, key=lambda quote: order[quote.unit_id])
    return tuple(found)


def _in_totals(source: str, place: str, totals: Totals) -> Iterator[Quote]:
    for total in totals.totals:
        if total.indicator_id == source:
            for s in total.counted:
                yield Quote(
                    place=place, submission_id=s.submission_id, unit_id=s.unit_id, text=str(s.value)
                )


def _narrated(source: str, place: str, reports: Sequence[AcceptedReport]) -> Iterator[Quote]:
    for r in reports:
        if text := clean_text(r.answer.narrative.get(source, "")):
            yield Quote(place=place, submission_id=r.submission_id, unit_id=r.unit_id, text=text)


def alike(quotes: Sequence[Quote]) -> tuple[tuple[Quote, ...], ...]:
    """Return the quotes of one place grouped by what is said, in the order first said."""
    groups: dict[str, list[Quote]] = {}
    for quote in quotes:
        groups.setdefault(fold_key(shown(quote.text)), []).append(quote)
    return tuple(map(tuple, groups.values()))


def shown(text: str) -> str:
    """Return a quotation as the engine sets it: what no paragraph can hold is cut and marked."""
    return bounded(quoted(text), MOST_QUOTED)


def quoted(text: str) -> str:
    """Return a unit's words as a quotation without its marks: one line, no full stop at its end."""
    return sentence_case(drawable(clean_text(text)).translate(_INNER).rstrip(". ;/"))


def speakers(quotes: Sequence[Quote]) -> tuple[str, ...]:
    """Return the units that say the same, each once."""
    return tuple(dict.fromkeys(quote.unit_id for quote in quotes))


def others(quotes: Sequence[Quote]) -> int:
    """Return how many of those that say the same are counted, not named."""
    return max(0, len(speakers(quotes)) - MOST_SPEAKERS)


def quotations_of(line: str, quotes: Sequence[Quote]) -> tuple[str, ...]:
    """Return the quotations of a line, with their marks, that are words of those quotes."""
    said = [quoted(quote.text).casefold() for quote in quotes]
    found = (match[1] for match in _QUOTATION.finditer(line))
    return tuple(
        f"{OPENING}{text}{CLOSING}" for text in found if any(_is_within(text, one) for one in said)
    )


def quotation_fault(
    line: str, quotes: Sequence[Quote], unit_names: Mapping[str, str]
) -> str | None:
    """Return what is wrong with a line said to be a unit's, or None.

    Words under a unit's name stand in quotation marks and are its own; what is left out of them
    is marked by […].
    """
    by_name = {name: [q for q in quotes if q.unit_id == id_] for id_, name in unit_names.items()}
    attribution = _ATTRIBUTION.search(line)
    named = attribution[1].split("; ") if attribution else []
    mine = [q for name in named for q in by_name.get(name.partition(" và ")[0], ())]
    mine += [q for name in named for q in by_name.get(name, ())]
    if not mine:
        return None
    found = _QUOTATION.findall(line)
    if not found:
        return f"“{line}”: lời của đơn vị phải đặt trong dấu ngoặc kép “…”"
    if len(quotations_of(line, mine)) < len(found):
        return (
            f"“{line}”: phần trong ngoặc kép không đúng lời đơn vị đã gửi; chỉ được rút gọn và ghi "
            "[…] ở chỗ lược bỏ, hoặc bỏ ngoặc kép và tên đơn vị để viết bằng lời của xã"
        )
    return None


def _is_within(text: str, said: str) -> bool:
    """Whether the pieces between ellipses stand in what was said, in that order, word for word."""
    pieces = [clean_text(piece).casefold().strip(" .;,") for piece in _ELLIPSIS.split(text)]
    end = 0
    for piece in filter(None, pieces):
        found = re.compile(rf"(?<!\w){re.escape(piece)}(?!\w)").search(said, end)
        if found is None:
            return False
        end = found.end()
    # What is cut off at either end is marked as well.
    is_begun = not pieces[0] or said.startswith(pieces[0])
    return any(pieces) and is_begun and (not pieces[-1] or not said[end:].strip(" .;,"))
