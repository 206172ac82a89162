"""Names of flow runs, as the administrator reads them: phase, plan, day."""

from collections.abc import Callable
from datetime import date

from prefect import runtime

from models.errors import DondocError
from models.vietnamese import format_day
from services import plans
from tasks.desk import at_desk


def name_run(label: str) -> Callable[[], str]:
    """Name runs such as "Báo cáo · KH Bát Mọt 2026 · 22/6/2026"."""

    def name() -> str:
        parameters = runtime.flow_run.parameters
        with at_desk() as desk:
            day = _as_day(parameters.get("day")) or desk.calendar.day_of(desk.now)
            wanted = parameters.get("plan")
            try:
                found = plans.name_plans(desk.engine, commune=desk.commune, plan_id=wanted)
            except DondocError:
                found = str(wanted)
        return f"{label} · {found} · {format_day(day)}"

    return name


def _as_day(given: date | str | None) -> date | None:
    return date.fromisoformat(given) if isinstance(given, str) else given
