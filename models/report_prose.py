"""The prose of a report from its outline: figures first, units named, nothing invented."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from pydantic import Field

from models.coverage import Coverage, CoveredUnit
from models.documents import Paragraph
from models.errors import UsageError
from models.figure_books import COVERAGE, FigureBook
from models.plans import PlanDossier
from models.report_figures import Figure, Filled, Placed, fill, filled
from models.report_layout import body, clause, point, section
from models.report_outline import (
    OutlineClause,
    OutlinePart,
    OutlineSection,
    OutlineSentence,
    ReportOutline,
    outline_from_catalogue,
)
from models.report_quotes import (
    CLOSING,
    MOST_SPEAKERS,
    OPENING,
    QUOTES,
    Quote,
    alike,
    others,
    quotations_of,
    quotes_in,
    shown,
    speakers,
)
from models.report_wording import listed
from models.total_values import AcceptedReport, Totals
from models.values import Value
from models.vietnamese import clean_text, format_count, sentence_case

_ENDS = (".", "!", "?", ";")


class Material(Value):
    """What the prose is made of; ``edits`` are the office's own texts by key of part.

    ``shows_places`` writes ``{TT01}`` for each figure, as the office edits it.
    """

    outline: ReportOutline
    totals: Totals
    coverage: Coverage
    unit_names: dict[str, str]
    reports: tuple[AcceptedReport, ...] = ()
    edits: dict[str, str] = Field(default_factory=dict)
    quotes: tuple[Quote, ...] = ()
    shows_places: bool = False
    indicator_names: dict[str, str] = Field(default_factory=dict)

    @cached_property
    def book(self) -> FigureBook:
        """What the figures of the report come from."""
        return FigureBook(totals=self.totals, coverage=self.coverage, quotes=self.quotes)


def gather(
    dossier: PlanDossier,
    totals: Totals,
    coverage: Coverage,
    *,
    edits: Mapping[str, str],
    outline: ReportOutline | None,
    reports: Sequence[AcceptedReport] = (),
) -> Material:
    """Return what a report is written from; without an outline, a plain one of the catalogue."""
    chosen = outline or outline_from_catalogue(dossier.catalogue)
    names = {unit.id: unit.name for unit in dossier.units.units}
    return Material(
        outline=chosen,
        totals=totals,
        coverage=coverage,
        unit_names=names,
        reports=tuple(reports),
        edits=dict(edits),
        quotes=quotes_in(chosen, totals, reports, units=names),
        indicator_names={one.id: one.name for one in dossier.catalogue.indicators},
    )


class Passage(Value):
    """A stretch of the report with what it says and where that comes from."""

    paragraphs: tuple[Paragraph, ...] = ()
    figures: tuple[Figure, ...] = ()
    quotes: tuple[Quote, ...] = ()
    free_texts: tuple[str, ...] = ()
    unfilled: tuple[str, ...] = ()  # keys of parts with nothing to say


def compose_prose(material: Material) -> Passage:
    """Return all sections that have something to say, numbered without gaps."""
    found: list[Passage] = []
    number = 0
    for outlined in material.outline.sections:
        passage = _section(outlined, material)
        if passage.paragraphs:
            number += 1
            heading = Passage(paragraphs=(section(number, outlined.heading),))
            found += [heading, passage]
        else:
            found.append(passage)
    return joined(found)


def joined(passages: Iterable[Passage]) -> Passage:
    """Return passages one after another as one."""
    kept = tuple(passages)
    return Passage(
        paragraphs=tuple(p for passage in kept for p in passage.paragraphs),
        figures=tuple(f for passage in kept for f in passage.figures),
        quotes=tuple(q for passage in kept for q in passage.quotes),
        free_texts=tuple(t for passage in kept for t in passage.free_texts),
        unfilled=tuple(u for passage in kept for u in passage.unfilled),
    )


def _section(outlined: OutlineSection, material: Material) -> Passage:
    found: list[Passage] = []
    number = 0
    for part in outlined.parts:
        passage = _part(part, material)
        if not passage.paragraphs:
            found.append(Passage(unfilled=(part.key,)))
            continue
        if part.heading:
            number += 1
            found.append(Passage(paragraphs=(clause(number, part.heading),)))
        found.append(passage)
    return joined(found)


def _part(part: OutlinePart, material: Material) -> Passage:
    told: list[Passage] = []
    if part.coverage:
        told.append(coverage_passage(material.coverage, place=part.key))
    edited = material.edits.get(part.key, "")
    told.append(_edited(part, edited, material) if clean_text(edited) else drafted(part, material))
    return joined(told)


def drafted(part: OutlinePart, material: Material) -> Passage:
    """Return what the engine writes for a part, beside who reported."""
    told = [_sentence(sentence, part.key, material) for sentence in part.sentences]
    passage = joined([*told, _quotations(part.key, material)])
    if passage.paragraphs or not part.when_empty or part.coverage:
        return passage
    return Passage(paragraphs=(body(part.when_empty),))


def _edited(part: OutlinePart, text: str, material: Material) -> Passage:
    """Set the office's own lines; figures in them are written as {id} and stay traceable."""
    lines = [clean_text(line) for line in text.splitlines() if clean_text(line)]
    found = [_filled_or_kept(line, part.key, material) for line in lines]
    texts = tuple(_closed(one.text) for one in found)
    own = [quote for quote in material.quotes if quote.place == part.key]
    words = tuple(words for text in texts for words in quotations_of(text, own))
    return Passage(
        paragraphs=tuple(body(t) if not t.startswith("- ") else point(t[2:]) for t in texts),
        figures=tuple(figure for one in found for figure in one.figures),
        quotes=tuple(own) if words else (),
        free_texts=texts if part.free_numbers else words,
    )


def _filled_or_kept(line: str, place: str, material: Material) -> Filled:
    # A slip in a person's text must not stop the draft; the reconciliation names it.
    try:
        found = fill(line, material.book, place=place, labels=material.outline.labels)
    except UsageError:
        found = None
    if found is None:
        return Filled(text=line)
    edited = (figure.model_copy(update={"is_edited": True}) for figure in found.figures)
    return found.model_copy(update={"figures": tuple(edited)})


def _sentence(sentence: OutlineSentence, place: str, material: Material) -> Passage:
    kept = [c for c in (_clause(one, place, material) for one in sentence.clauses) if c]
    if not kept:
        return Passage()
    text = ", ".join(one.text for one in kept)
    whole = sentence_case(f"{sentence.opening} {text}".strip())
    figures = tuple(
        figure.model_copy(update={"text": sentence_case(figure.text), "shown": _capital(figure)})
        if not sentence.opening and one is kept[0]
        else figure
        for one in kept
        for figure in one.figures
    )
    return Passage(paragraphs=(point(_closed(whole)),), figures=figures)


def _capital(figure: Figure) -> str:
    return figure.shown if figure.start else sentence_case(figure.shown)


def _clause(outlined: OutlineClause, place: str, material: Material) -> Filled | None:
    found = fill(outlined.text, material.book, place=place, labels=material.outline.labels)
    is_told = found and outlined.when_zero and all(f.value == 0 for f in found.figures)
    if found is None or not is_told:
        return Filled(text=outlined.text) if found and material.shows_places else found
    words = outlined.when_zero or ""
    figures = tuple(
        f.model_copy(update={"text": words, "shown": words, "start": 0}) for f in found.figures
    )
    return Filled(text=words, figures=figures)


def _quotations(place: str, material: Material) -> Passage:
    """Quote what units wrote, the same words once, in the order of the register."""
    mine = tuple(quote for quote in material.quotes if quote.place == place)
    said = [
        _quotation(same, f"{QUOTES}{place}.{n}", material)
        for n, same in enumerate(alike(mine), start=1)
    ]
    return Passage(
        paragraphs=tuple(point(one.text) for one in said),
        quotes=mine,
        figures=tuple(figure for one in said for figure in one.figures),
        free_texts=tuple(f"- {one.text}" for one in said),
    )


def _quotation(same: Sequence[Quote], reference: str, material: Material) -> Filled:
    units = speakers(same)
    names = "; ".join(material.unit_names[unit] for unit in units[:MOST_SPEAKERS])
    head = f"{OPENING}{shown(same[0].text)}{CLOSING} ({names}"
    if not others(same):
        return Filled(text=f"{head}).")
    more = f"{{{reference}}}" if material.shows_places else format_count(others(same))
    text = f"{head} và {more} đơn vị khác)."
    figure = Figure(
        place=same[0].place, indicator_id=reference, value=others(same), text=text, shown=more,
        start=len(head) + len(" và "),
    )  # fmt: skip
    return Filled(text=text, figures=(figure,))


def coverage_passage(coverage: Coverage, *, place: str) -> Passage:
    """Return who reported, and by name who did not: missing units are stated, never estimated."""
    sent, owing = len(coverage.sent), len(coverage.owing)
    known = {
        f"{COVERAGE}sent": Placed(value=sent, shown=str(sent)),
        f"{COVERAGE}owing": Placed(value=owing, shown=str(owing)),
    }
    template = f"Có {{{COVERAGE}sent}}/{{{COVERAGE}owing}} đơn vị gửi báo cáo"
    told = [filled(template, known, place=place)]
    groups = {
        "missing": (coverage.missing, "chưa gửi số liệu, chưa đưa vào tổng hợp"),
        "waiting": (coverage.waiting, "đã gửi, đang được rà soát, chưa đưa vào tổng hợp"),
        "nil": (coverage.nil, "báo cáo không phát sinh"),
        "waived": (coverage.waived, "được miễn báo cáo"),
    }
    told += [
        _group(f"{COVERAGE}{group}", units, said, place)
        for group, (units, said) in groups.items()
        if units
    ]
    return Passage(
        paragraphs=_coverage_paragraphs([one.text for one in told]),
        figures=tuple(figure for one in told for figure in one.figures),
    )


def _group(reference: str, units: Sequence[CoveredUnit], said: str, place: str) -> Filled:
    known = {reference: Placed(value=len(units), shown=format_count(len(units)))}
    counted = filled(f"{{{reference}}} đơn vị {said}", known, place=place)
    return Filled(text=f"{counted.text}: {_named(units)}", figures=counted.figures)


def _coverage_paragraphs(pieces: Sequence[str]) -> tuple[Paragraph, ...]:
    """Keep the missing beside the count; the other groups stand apart."""
    is_missing = len(pieces) > 1 and "chưa gửi số liệu" in pieces[1]
    head = "; ".join(pieces[:2]) if is_missing else pieces[0]
    rest = pieces[2:] if is_missing else pieces[1:]
    return (point(f"{head}."), *(point(f"{sentence_case(piece)}.") for piece in rest))


def _named(units: Sequence[CoveredUnit]) -> str:
    return listed([unit.name for unit in units])


def _closed(text: str) -> str:
    return text if text.endswith(_ENDS) else f"{text}."
