"""What every act of a rehearsal has at hand: the desk at the step's instant, plan and cast."""

from datetime import date, datetime

from sqlalchemy import Engine

from adapters.database import transaction
from adapters.ledger import PlanRecord, PlanState, read_obligations
from adapters.outlines import read_outline
from cli.rehearsal.stage import Stage
from config.clock import set_simulated_now
from models.calendars import WorkingCalendar
from models.castings import Casting
from models.errors import UsageError
from models.obligations import Obligation
from models.plans import PlanDossier
from models.rehearsal_steps import issue_of
from models.rehearsal_ways import Way
from models.report_outline import outline_from_catalogue
from models.units import ContactRole
from services.desk import Desk
from services.plans import find_plan

OFFICER = "Cán bộ đầu mối (diễn tập)"
CLERK = "Văn thư (diễn tập)"


class Play:
    """One rehearsal being played; ``now`` moves from step to step."""

    def __init__(self, stage: Stage, desk: Desk, dossier: PlanDossier, casting: Casting) -> None:
        """Keep the stage, the open desk, the plan and its cast."""
        self.stage = stage
        self.desk = desk
        self.dossier = dossier
        self.casting = casting
        self.flow_runs = 0
        self.number, self.issued_on = issue_of(dossier.plan, casting.scenario.issue, desk.calendar)

    @property
    def engine(self) -> Engine:
        """The rehearsal's own database."""
        return self.desk.engine

    @property
    def calendar(self) -> WorkingCalendar:
        """The commune's calendar."""
        return self.desk.calendar

    @property
    def now(self) -> datetime:
        """The simulated instant."""
        return self.desk.now

    @property
    def today(self) -> date:
        """The simulated day."""
        return self.calendar.day_of(self.now)

    @property
    def plan_id(self) -> str:
        """The id of the plan that is played."""
        return self.dossier.plan.id

    def move_to(self, instant: datetime) -> None:
        """Set the clock for this process and for the flows."""
        self.desk.now = instant
        set_simulated_now(self.stage.clock, instant)

    def plan(self) -> PlanRecord | None:
        """The plan as the ledger holds it; None before it is imported."""
        try:
            return find_plan(self.engine, self.plan_id)
        except UsageError:
            return None

    def is_running(self) -> bool:
        """Whether the plan is in force."""
        plan = self.plan()
        return plan is not None and plan.state is PlanState.ACTIVE

    def obligations(self) -> dict[str, Obligation]:
        """Every obligation of the plan, by id."""
        with transaction(self.engine) as connection:
            found = read_obligations(connection, commune=self.desk.commune, plan_id=self.plan_id)
        return {obligation.id: obligation for obligation in found}

    def has(self, way: Way) -> bool:
        """Whether answers may go that way."""
        return way in self.stage.ways

    def outline_places(self) -> tuple[str, ...]:
        """The parts of the report's outline, in order."""
        catalogue = self.dossier.catalogue
        outline = read_outline(catalogue.id) or outline_from_catalogue(catalogue)
        return tuple(part.key for section in outline.sections for part in section.parts)

    def contact_of(self, unit_id: str) -> str:
        """The id of the contact who sends for a unit."""
        contacts = self.dossier.units.unit(unit_id).contacts_for(ContactRole.CONTACT)
        return contacts[0].id if contacts else unit_id
