"""A verdict is given once, for the version that waits."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanRecord
from models.calendars import WorkingCalendar
from models.errors import RefusedError
from models.letters import LetterKind
from models.obligations import ObligationState, Standing
from models.plans import PlanDossier
from services import phases, plans, reviews
from services.journal import read_journal
from tests.services.stage import (
    COMMUNE,
    DETAILED_PLAN,
    ISSUED_ON,
    NIL,
    NUMBER,
    PLAN,
    Office,
    at,
    owed_by,
)

SHEET = owed_by("thon-01")


def waive(office: Office, obligation_id: str = SHEET, reason: str = "Thôn đã sáp nhập") -> bool:
    return reviews.waive(office.engine, obligation_id, reason=reason, by="vhxh", now=at((20, 6)))


def letters(office: Office, kind: LetterKind) -> list[str]:
    c = tables.outbox.c
    with transaction(office.engine) as connection:
        found = connection.execute(select(c.dedupe_key).where(c.kind == kind).order_by(c.id))
        return list(found.scalars())


def test_an_accepted_answer_is_done_and_the_unit_is_told_once(
    engine: Engine, office: Office
) -> None:
    office.submit(SHEET, now=at((18, 6)))
    assert office.accept(SHEET, now=at((19, 6)))
    before = read_journal(engine, commune=COMMUNE)
    assert not office.accept(SHEET, now=at((20, 6)))
    after = office.obligation(SHEET)
    assert (after.state, after.closed_at) == (ObligationState.ACCEPTED, at((19, 6)))
    assert letters(office, LetterKind.ACCEPTED) == [f"accepted/{SHEET}@1"]
    assert read_journal(engine, commune=COMMUNE) == before


def test_nothing_to_report_is_accepted_too(office: Office) -> None:
    office.submit(SHEET, NIL, now=at((18, 6)))
    assert office.accept(SHEET, now=at((19, 6)))
    assert office.obligation(SHEET).state is ObligationState.ACCEPTED


def test_a_returned_answer_has_a_deadline_of_its_own(office: Office) -> None:
    office.submit(SHEET, now=at((18, 6)))
    original = office.obligation(SHEET).due_at
    assert office.give_back(SHEET, due=at((20, 6), "11:30"), now=at((19, 6)))
    after = office.obligation(SHEET)
    assert (after.state, after.returns) == (ObligationState.RETURNED, 1)
    assert (after.effective_due_at, after.due_at) == (at((20, 6), "11:30"), original)
    assert letters(office, LetterKind.RETURNED) == [f"returned/{SHEET}@1"]


def test_returning_twice_changes_nothing(office: Office) -> None:
    office.submit(SHEET, now=at((18, 6)))
    office.give_back(SHEET, due=at((20, 6)), now=at((19, 6)))
    before = office.obligation(SHEET)
    assert not office.give_back(SHEET, due=at((25, 6)), now=at((19, 6), "09:00"))
    assert office.obligation(SHEET) == before


def test_a_return_does_not_make_an_on_time_unit_late(office: Office) -> None:
    office.submit(SHEET, now=at((22, 6)))
    office.give_back(SHEET, due=at((25, 6)), now=at((22, 6), "16:00"))
    office.submit(SHEET, now=at((24, 6)))
    office.accept(SHEET, now=at((25, 6)))
    found = office.obligation(SHEET)
    assert found.is_on_time
    assert (found.version, found.returns, found.first_received_at) == (2, 1, at((22, 6)))


def test_after_a_formal_defect_the_next_version_is_judged(office: Office) -> None:
    office.submit(SHEET, now=at((22, 6)))
    office.give_back(SHEET, due=at((25, 6)), now=at((22, 6), "16:00"), is_formal_defect=True)
    assert office.obligation(SHEET).first_received_at is None
    office.submit(SHEET, now=at((24, 6)))
    office.accept(SHEET, now=at((25, 6)))
    assert office.obligation(SHEET).first_received_at == at((24, 6))
    row = next(r for r in office.board(at((26, 6))).rows if r.obligation_id == SHEET)
    assert row.standing is Standing.DONE_LATE


@pytest.mark.parametrize("due_day", [18, 19])
def test_a_return_needs_a_later_deadline(office: Office, due_day: int) -> None:
    office.submit(SHEET, now=at((18, 6)))
    with pytest.raises(RefusedError, match="Hạn bổ sung"):
        office.give_back(SHEET, due=at((due_day, 6)), now=at((19, 6)))


def test_a_return_names_at_least_one_field(office: Office) -> None:
    office.submit(SHEET, now=at((18, 6)))
    with pytest.raises(RefusedError, match="ít nhất một mục"):
        reviews.return_to_unit(
            office.engine, SHEET, remarks={}, due_at=at((25, 6)), reviewer="vhxh", now=at((19, 6))
        )


def test_what_nobody_sent_is_neither_accepted_nor_returned(office: Office) -> None:
    with pytest.raises(RefusedError, match="chưa có bản nộp"):
        office.accept(SHEET, now=at((19, 6)))
    with pytest.raises(RefusedError, match="chưa có bản nộp"):
        office.give_back(SHEET, due=at((25, 6)), now=at((19, 6)))
    assert office.count(tables.reviews) == 0


def test_a_waived_obligation_is_closed_with_its_reason_once(engine: Engine, office: Office) -> None:
    assert waive(office)
    assert not waive(office)
    after = office.obligation(SHEET)
    assert (after.state, after.closed_at) == (ObligationState.WAIVED, at((20, 6)))
    entries = read_journal(engine, commune=COMMUNE, subject_prefix=SHEET)
    assert [(e.action, e.detail["reason"]) for e in entries] == [
        ("review.waived", "Thôn đã sáp nhập")
    ]


def test_a_waiver_needs_a_reason_and_an_obligation_not_yet_accepted(office: Office) -> None:
    with pytest.raises(RefusedError, match="lý do"):
        waive(office, reason=" ")
    office.submit(SHEET, now=at((18, 6)))
    office.accept(SHEET, now=at((19, 6)))
    with pytest.raises(RefusedError, match="không miễn được"):
        waive(office)


def test_a_waived_plan_needs_no_review_any_more(office: Office) -> None:
    sent = owed_by("dt-hnd", "KHCT")
    office.submit(sent, DETAILED_PLAN, now=at((20, 5)))
    assert waive(office, sent)
    review = office.obligation(owed_by("vp", "RS", "dt-hnd:1"))
    assert review.state is ObligationState.ACCEPTED


def test_a_verdict_closes_the_review_of_its_own_product_only(
    engine: Engine, dossier: PlanDossier, calendar: WorkingCalendar
) -> None:
    review = dossier.plan.requirement("RS")
    second = review.model_copy(update={"id": "RS2", "opens_on_receipt_of": "BC"})
    plan = dossier.plan.model_copy(
        update={"requirements": (*dossier.plan.requirements, second), "number": NUMBER}
    )
    changed = dossier.model_copy(update={"plan": plan})
    plans.import_plan(engine, changed, actor="quản trị", now=at((9, 5)))
    plans.activate_plan(engine, PLAN, number=NUMBER, issued_on=ISSUED_ON, actor="quản trị",
                        now=at(ISSUED_ON), day=ISSUED_ON)  # fmt: skip
    phases.open_phase(engine, PLAN, "P1", calendar=calendar, now=at(ISSUED_ON))
    office = Office(engine, calendar)
    for requirement_id in ("KHCT", "BC"):
        office.submit(owed_by("dt-hnd", requirement_id), DETAILED_PLAN, now=at((20, 5)))
    office.accept(owed_by("dt-hnd", "KHCT"), now=at((21, 5)))
    states = [office.obligation(owed_by("vp", r, "dt-hnd:1")).state for r in ("RS", "RS2")]
    assert states == [ObligationState.ACCEPTED, ObligationState.OWED]


def test_a_plan_that_has_ended_takes_no_answer_and_no_verdict(
    engine: Engine, office: Office, active_plan: PlanRecord
) -> None:
    office.submit(SHEET, now=at((18, 6)))
    with transaction(engine) as connection:
        plans.close_plan(connection, active_plan, actor="văn thư", now=at((30, 6)))
    before = office.obligations()
    acts: tuple[Callable[[], object], ...] = (
        lambda: office.submit(owed_by("thon-02"), now=at((1, 7))),
        lambda: office.accept(SHEET, now=at((1, 7))),
        lambda: office.give_back(SHEET, due=at((5, 7)), now=at((1, 7))),
        lambda: waive(office),
    )
    for act in acts:
        with pytest.raises(RefusedError, match="kết thúc"):
            act()
    assert office.obligations() == before
