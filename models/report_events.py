"""The events of a campaign, each once: under its lead, with those that supported it."""

from collections.abc import Sequence
from datetime import date

from models.answer_values import EVENT_KEY, is_support
from models.event_roles import event_lists
from models.indicators import IndicatorCatalogue
from models.printed_letters import bounded, drawable
from models.submissions import Row
from models.total_values import Source, Total, Totals
from models.values import Value
from models.vietnamese import clean_text

_MOST = 1_000  # characters of one cell; the whole stands in the submission


class ReportEvent(Value):
    """One event; ``lead`` is None while only supporting units have reported it."""

    indicator_id: str
    event_id: str
    title: str
    held_on: date | None
    place: str
    kind: str
    topic: str
    participants: int | None
    lead: str | None
    support: tuple[str, ...] = ()
    key: str = ""  # of the sources that tell the event


def events_of(catalogue: IndicatorCatalogue, totals: Totals) -> tuple[ReportEvent, ...]:
    """Return every counted event once, by day, then by indicator; events without a day come last.

    Particulars and participants are the lead's; where no lead reported, the first supporter's.
    """
    found = [event for id_ in event_lists(catalogue) for event in _events(totals.total(id_))]
    return tuple(sorted(found, key=lambda event: event.held_on or date.max))


def _events(total: Total) -> list[ReportEvent]:
    return [
        _event(total.indicator_id, source, source.value, total.sources)
        for source in total.counted
        if isinstance(source.value, dict)
    ]


def _event(id_: str, source: Source, row: Row, sources: Sequence[Source]) -> ReportEvent:
    lead = None if is_support(row) else source.unit_id
    others = (s.unit_id for s in sources if s.key == source.key and s.unit_id != lead)
    people = row.get("participants")
    return ReportEvent(
        indicator_id=id_,
        event_id=_text(row, EVENT_KEY),
        title=_text(row, "title"),
        held_on=held_on(row),
        place=_text(row, "place"),
        kind=_text(row, "type"),
        topic=_text(row, "topic"),
        participants=people if isinstance(people, int) else None,
        lead=lead,
        support=tuple(dict.fromkeys(others)),
        key=source.key,
    )


def held_on(row: Row) -> date | None:
    """Return the day of an event row, or None where it has no readable day."""
    try:
        return date.fromisoformat(_text(row, "date"))
    except ValueError:
        return None


def _text(row: Row, field: str) -> str:
    return bounded(drawable(clean_text(str(row.get(field, "")))), _MOST)
