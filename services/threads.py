"""Threads: which plan and unit the letters of one conversation belong to."""

from sqlalchemy import Engine

from models.values import Value
from services.letterheads import Letterhead
from services.plans import find_plans


class Conversation(Value):
    """The letters of a plan to a unit."""

    plan: str
    unit: str


def read_conversations(
    engine: Engine, letterhead: Letterhead, *, commune: str
) -> dict[str, Conversation]:
    """Return plan and unit by the Message-ID that all letters of a conversation refer to."""
    return {
        letterhead.thread_id(plan.id, unit.id): Conversation(
            plan=plan.dossier.plan.short_name, unit=unit.name
        )
        for plan in find_plans(engine, commune=commune)
        for unit in plan.dossier.units.units
    }
