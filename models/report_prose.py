"""The prose of a report from its outline: figures first, units named, nothing invented."""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import Field

from models.coverage import Coverage, CoveredUnit
from models.documents import Paragraph
from models.errors import UsageError
from models.plans import PlanDossier
from models.report_figures import COVERAGE, Figure, Filled, Quote, coverage_value, fill
from models.report_layout import body, clause, point, section
from models.report_outline import (
    OutlineClause,
    OutlinePart,
    OutlineSection,
    OutlineSentence,
    ReportOutline,
    outline_from_catalogue,
)
from models.report_wording import counted_units, listed
from models.total_values import AcceptedReport, Totals
from models.values import Value
from models.vietnamese import clean_text, fold_key, sentence_case

_ENDS = (".", "!", "?", ";")
MOST_SPEAKERS = 3  # more units that say the same are counted


class Material(Value):
    """What the prose is made of; ``edits`` are the office's own texts by key of part."""

    outline: ReportOutline
    totals: Totals
    coverage: Coverage
    unit_names: dict[str, str]
    reports: tuple[AcceptedReport, ...] = ()
    edits: dict[str, str] = Field(default_factory=dict)


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
    return Material(
        outline=outline or outline_from_catalogue(dossier.catalogue),
        totals=totals,
        coverage=coverage,
        unit_names={unit.id: unit.name for unit in dossier.units.units},
        reports=tuple(reports),
        edits=dict(edits),
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
    if clean_text(edited):
        told.append(_edited(part, edited, material))
    else:
        told += [_sentence(s, part.key, material) for s in part.sentences]
        told += [_quotes(source, part.key, material) for source in part.quotes]
    passage = joined(told)
    if not passage.paragraphs and part.when_empty:
        return Passage(paragraphs=(body(part.when_empty),))
    return passage


def _edited(part: OutlinePart, text: str, material: Material) -> Passage:
    """Set the office's own lines; figures in them are written as {id} and stay traceable."""
    lines = [clean_text(line) for line in text.splitlines() if clean_text(line)]
    filled = [_filled_or_kept(line, part.key, material) for line in lines]
    texts = tuple(_closed(one.text) for one in filled)
    return Passage(
        paragraphs=tuple(body(t) if not t.startswith("- ") else point(t[2:]) for t in texts),
        figures=tuple(figure for one in filled for figure in one.figures),
        free_texts=texts if part.free_numbers else (),
    )


def _filled_or_kept(line: str, place: str, material: Material) -> Filled:
    # A slip in a person's text must not stop the draft; the reconciliation names it.
    try:
        found = fill(line, material.totals, place=place, labels=material.outline.labels)
    except UsageError:
        found = None
    if found is None:
        return Filled(text=line, figures=())
    edited = (figure.model_copy(update={"is_edited": True}) for figure in found.figures)
    return found.model_copy(update={"figures": tuple(edited)})


def _sentence(sentence: OutlineSentence, place: str, material: Material) -> Passage:
    kept = [c for c in (_clause(one, place, material) for one in sentence.clauses) if c]
    if not kept:
        return Passage()
    text = ", ".join(one.text for one in kept)
    whole = sentence_case(f"{sentence.opening} {text}".strip())
    figures = tuple(
        figure.model_copy(update={"text": sentence_case(figure.text)})
        if not sentence.opening and one is kept[0]
        else figure
        for one in kept
        for figure in one.figures
    )
    return Passage(paragraphs=(point(_closed(whole)),), figures=figures)


def _clause(outlined: OutlineClause, place: str, material: Material) -> Filled | None:
    found = fill(outlined.text, material.totals, place=place, labels=material.outline.labels)
    if found is None or not outlined.when_zero or any(f.value != 0 for f in found.figures):
        return found
    figures = tuple(f.model_copy(update={"text": outlined.when_zero}) for f in found.figures)
    return Filled(text=outlined.when_zero, figures=figures)


def _quotes(source: str, place: str, material: Material) -> Passage:
    """Quote what units wrote, the same words once, in the order of the register."""
    said = [
        *_said_in_totals(source, place, material),
        *_said_in_narratives(source, place, material),
    ]
    order = list(material.unit_names)
    said.sort(key=lambda quote: order.index(quote.unit_id))
    alike: dict[str, list[Quote]] = {}
    for quote in said:
        alike.setdefault(fold_key(_quoted(quote)), []).append(quote)
    shown = tuple(
        point(f"{_quoted(same[0])} ({_speakers(same, material)}).") for same in alike.values()
    )
    return Passage(
        paragraphs=shown,
        quotes=tuple(said),
        free_texts=tuple(paragraph.text for paragraph in shown),
    )


def _speakers(quotes: Sequence[Quote], material: Material) -> str:
    names = list(dict.fromkeys(material.unit_names[quote.unit_id] for quote in quotes))
    if len(names) <= MOST_SPEAKERS:
        return "; ".join(names)
    others = len(names) - MOST_SPEAKERS
    return f"{'; '.join(names[:MOST_SPEAKERS])} và {counted_units(others)} khác"


def _quoted(quote: Quote) -> str:
    return sentence_case(clean_text(quote.text).rstrip(". ;/"))


def _said_in_totals(source: str, place: str, material: Material) -> list[Quote]:
    return [
        Quote(place=place, submission_id=s.submission_id, unit_id=s.unit_id, text=str(s.value))
        for total in material.totals.totals
        if total.indicator_id == source
        for s in total.counted
    ]


def _said_in_narratives(source: str, place: str, material: Material) -> list[Quote]:
    return [
        Quote(place=place, submission_id=r.submission_id, unit_id=r.unit_id, text=text)
        for r in material.reports
        if (text := clean_text(r.answer.narrative.get(source, "")))
    ]


def coverage_passage(coverage: Coverage, *, place: str) -> Passage:
    """Return who reported, and by name who did not: missing units are stated, never estimated."""
    sent, owing = len(coverage.sent), len(coverage.owing)
    first = f"Có {sent}/{owing} đơn vị gửi báo cáo"
    pieces = [first]
    texts = {f"{COVERAGE}sent": first, f"{COVERAGE}owing": first}
    groups = {
        "missing": (coverage.missing, "chưa gửi số liệu, chưa đưa vào tổng hợp"),
        "waiting": (coverage.waiting, "đã gửi, đang được rà soát, chưa đưa vào tổng hợp"),
        "nil": (coverage.nil, "báo cáo không phát sinh"),
        "waived": (coverage.waived, "được miễn báo cáo"),
    }
    for group, (units, said) in groups.items():
        if units:
            text = f"{counted_units(len(units))} {said}"
            pieces.append(f"{text}: {_named(units)}")
            texts[f"{COVERAGE}{group}"] = text
    figures = tuple(
        Figure(place=place, indicator_id=id_, value=coverage_value(coverage, id_), text=text)
        for id_, text in texts.items()
    )
    return Passage(paragraphs=_coverage_paragraphs(pieces), figures=figures)


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
