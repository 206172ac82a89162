"""What the engine sees done ends by itself, once."""

from sqlalchemy import Engine

from adapters.database import transaction
from adapters.ledger import PlanRecord
from models.obligations import ObligationState
from models.plans import RequirementKind
from services import reviews
from services.milestones import end_milestone
from tests.services.stage import Office, at, owed_by

SYNTHESIS = owed_by("vhxh", "TH")


def end(engine: Engine, plan: PlanRecord, day: int) -> None:
    with transaction(engine) as connection:
        end_milestone(connection, plan, RequirementKind.SYNTHESIS, now=at((day, 6)))


def test_a_milestone_ends_with_the_instant_of_the_deed(
    engine: Engine, office: Office, active_plan: PlanRecord
) -> None:
    others = [o for o in office.obligations() if o.id != SYNTHESIS]
    end(engine, active_plan, 24)
    found = office.obligation(SYNTHESIS)
    assert found.state is ObligationState.ACCEPTED
    assert found.closed_at == found.first_received_at == at((24, 6))
    assert found.is_on_time
    assert [o for o in office.obligations() if o.id != SYNTHESIS] == others


def test_a_milestone_that_ended_keeps_its_instant(
    engine: Engine, office: Office, active_plan: PlanRecord
) -> None:
    end(engine, active_plan, 24)
    first = office.obligation(SYNTHESIS)
    end(engine, active_plan, 26)
    assert office.obligation(SYNTHESIS) == first


def test_a_waived_milestone_stays_waived(
    engine: Engine, office: Office, active_plan: PlanRecord
) -> None:
    reviews.waive(engine, SYNTHESIS, reason="không cần", by="vhxh", now=at((20, 6)))
    end(engine, active_plan, 24)
    assert office.obligation(SYNTHESIS).state is ObligationState.WAIVED
