"""Drafts of the formal urging letter, attached to the leader's report for signature."""

from collections.abc import Iterator
from datetime import datetime

from adapters.docx import write_docx
from models.calendars import WorkingCalendar
from models.documents import OfficialDocument
from models.letters import Part
from models.urging_letter import build_urging_letters
from services.digests import Digests
from services.files import DOCX


def urging_drafts(
    digests: Digests, letter_id: int, *, calendar: WorkingCalendar, now: datetime
) -> tuple[Part, ...]:
    """One draft for each product that is late and each kind of relation to the late units."""
    return tuple(
        Part(
            name=f"Du-thao-cong-van-don-doc-{place}.docx",
            media_type=DOCX,
            content=write_docx(document, modified=now),
        )
        for place, document in enumerate(_documents(digests, letter_id, calendar, now), start=1)
    )


def _documents(
    digests: Digests, letter_id: int, calendar: WorkingCalendar, now: datetime
) -> Iterator[OfficialDocument]:
    late: dict[tuple[str, str, str], list[str]] = {}
    for item in digests.open_items(letter_id):
        owed = item.position.owed
        late.setdefault((owed.plan_id, owed.requirement_id, owed.period), []).append(item.unit_id)
    for (plan_id, requirement_id, period), unit_ids in late.items():
        dossier = digests.plans[plan_id].dossier
        requirement = dossier.plan.requirement(requirement_id)
        yield from build_urging_letters(
            dossier,
            requirement=requirement,
            units=[dossier.units.unit(unit_id) for unit_id in unit_ids],
            new_due=calendar.close_of(calendar.next_working_day(calendar.day_of(now))),
            as_of=now,
            period=period if len(requirement.periods) > 1 else None,
        )
