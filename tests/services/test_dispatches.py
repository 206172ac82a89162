"""The report goes up once, decided, numbered and reconciled; its receipt ends the plan."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanState
from models.alarms import AlarmKind
from models.errors import RefusedError
from models.letter_policies import QUIET_REMOTE, SAFETY_RESEND
from models.letters import LetterKind, LetterState
from models.obligations import ObligationState
from models.plans import PlanDossier
from services import letter_acts, letter_desk, plans, report_receipts, reports
from services.bounces import flag_contact
from services.journal import verify
from tests.services.mailroom import FEW, Mailroom, attachments_of, body_of, with_units
from tests.services.reporting import ISSUED, Reporting
from tests.services.stage import COMMUNE, PLAN, at, owed_by

NOW = at(ISSUED, "14:00")
DEADLINE = at((29, 6), "17:00")  # "trước ngày 30/6/2026"
ABOVE = ("ubnd-tinh", "so-khcn")


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture
def drafted(reporting: Reporting) -> Reporting:
    """A first version lies ready."""
    reporting.report()
    reporting.assemble()
    return reporting


@pytest.fixture
def numbered(drafted: Reporting) -> Reporting:
    """The report is approved and has its number."""
    drafted.decide()
    drafted.number()
    return drafted


def dispatch(reporting: Reporting) -> int:
    return reporting.dispatch(now=NOW)


def receive(reporting: Reporting, recipient: str) -> bool:
    return report_receipts.confirm_receipt(
        reporting.office.engine, PLAN, recipient=recipient, by="vt", now=at((29, 6))
    )


@pytest.mark.slow
def test_it_goes_once_to_the_province_and_the_department_with_both_files(
    numbered: Reporting, mailroom: Mailroom
) -> None:
    engine = numbered.office.engine
    assert (dispatch(numbered), dispatch(numbered)) == (2, 0)
    assert numbered.office.count(tables.dispatches) == 2
    mailroom.send(NOW)
    letters = [x for x in mailroom.letters() if x["X-Dondoc-Kind"] == "E17"]
    report_id = numbered.newest().id
    with transaction(engine) as connection:
        files = reports.read_files(connection, report_id, role="issued")
    stored = {file.name: numbered.blobs.get(file.sha256) for file in files}
    assert len(stored) == len(letters) == 2
    for letter in letters:
        assert attachments_of(letter) == stored
        assert "112/BC-UBND" in body_of(letter)
    ended = numbered.office.obligation(owed_by("ubnd", "BCTK"))
    assert (ended.state, ended.first_received_at, ended.is_on_time) == (
        ObligationState.ACCEPTED, NOW, True,
    )  # fmt: skip


def test_an_undecided_or_unnumbered_report_does_not_go(drafted: Reporting) -> None:
    with pytest.raises(RefusedError, match="chưa được lãnh đạo phê duyệt"):
        dispatch(drafted)
    assert drafted.dispatch_if_ready(now=NOW) == 0
    drafted.decide()
    with pytest.raises(RefusedError, match="chưa có số, ngày"):
        dispatch(drafted)
    assert drafted.dispatch_if_ready(now=NOW) == 0
    drafted.number()
    assert drafted.dispatch_if_ready(now=NOW) == 2


def test_without_a_draft_nothing_is_ready(reporting: Reporting) -> None:
    assert reporting.dispatch_if_ready(now=NOW) == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sent", "last"),
    [
        (NOW, DEADLINE),
        (DEADLINE - timedelta(hours=2), DEADLINE),
        (DEADLINE - timedelta(minutes=1), DEADLINE + timedelta(minutes=119)),
        (DEADLINE + timedelta(days=1), DEADLINE + timedelta(days=1, hours=2)),
    ],
)
def test_the_report_is_tried_until_the_legal_deadline_and_for_two_hours_if_it_leaves_late(
    numbered: Reporting, mailroom: Mailroom, sent: datetime, last: datetime
) -> None:
    numbered.dispatch(now=sent)
    assert {row.not_after for row in mailroom.rows(LetterKind.DISPATCH)} == {last}


def leave_only_the_report(mailroom: Mailroom) -> None:
    for row in mailroom.rows():
        if row.kind != LetterKind.DISPATCH:
            mailroom.alter(row.id, state=LetterState.ACCEPTED)


def lose_sender(mailroom: Mailroom, now: datetime) -> list[bytes]:
    """Let a sender die between the dots of all that is due and their verdicts; gives their bytes."""
    claimed = mailroom.claim(now)
    assert mailroom.mark(claimed, now) == {letter.id for letter in claimed}
    mailroom.resolve(now)
    return [letter.frozen for letter in claimed]


def test_a_report_in_doubt_is_told_at_once_goes_once_more_before_its_end_and_never_a_third_time(
    numbered: Reporting, mailroom: Mailroom
) -> None:
    dispatch(numbered)
    leave_only_the_report(mailroom)
    first = lose_sender(mailroom, NOW)
    assert AlarmKind.LETTER_UNKNOWN in mailroom.alarms()
    assert len(set(first)) == 2
    due = DEADLINE - SAFETY_RESEND
    for quiet in (NOW + QUIET_REMOTE, NOW + timedelta(days=1), due - timedelta(seconds=1)):
        mailroom.resolve(quiet)
        assert states(mailroom) == {LetterState.NEEDS_HUMAN}
        assert mailroom.claim(quiet) == ()
    mailroom.resolve(due)
    assert lose_sender(mailroom, due) == first
    for late in (due + QUIET_REMOTE, DEADLINE, DEADLINE + timedelta(days=3)):
        mailroom.resolve(late)
        assert states(mailroom) == {LetterState.NEEDS_HUMAN}
        assert mailroom.claim(late) == ()
    assert {row.copies for row in mailroom.rows(LetterKind.DISPATCH)} == {2}
    assert AlarmKind.LETTER_NEEDS_HUMAN in mailroom.alarms()


def test_who_acts_before_the_safety_copy_prevents_it(
    numbered: Reporting, mailroom: Mailroom
) -> None:
    dispatch(numbered)
    leave_only_the_report(mailroom)
    lose_sender(mailroom, NOW)
    mailroom.resolve(NOW + QUIET_REMOTE)
    for row in mailroom.rows(LetterKind.DISPATCH):
        letter_acts.settle_letter(
            mailroom.engine, row.id, commune=COMMUNE, settling=letter_acts.Settling.ARRIVED,
            by="vt", reason="đã gọi điện", now=NOW + timedelta(hours=1),
        )  # fmt: skip
    mailroom.resolve(DEADLINE - SAFETY_RESEND)
    assert states(mailroom) == {LetterState.ACCEPTED}


@pytest.mark.slow
def test_a_report_that_no_server_took_in_time_is_a_persons_to_send(
    numbered: Reporting, mailroom: Mailroom
) -> None:
    dispatch(numbered)
    leave_only_the_report(mailroom)
    late = DEADLINE + timedelta(minutes=1)
    assert mailroom.send(late).accepted == 0
    assert states(mailroom) == {LetterState.EXPIRED}
    assert AlarmKind.LETTER_NEEDS_HUMAN in mailroom.alarms()
    desk = letter_desk.read_desk(
        mailroom.engine, commune=COMMUNE, relay="x", policy=mailroom.policy,
        calendar=mailroom.calendar, now=late,
    )  # fmt: skip
    assert desk.unsettled_count == 2
    for line in desk.unsettled:
        letter_acts.settle_letter(
            mailroom.engine, line.id, commune=COMMUNE, settling=letter_acts.Settling.RESEND,
            by="vt", reason="tỉnh đồng ý nhận muộn", now=late,
        )  # fmt: skip
    assert mailroom.send(late).accepted == 2


def states(mailroom: Mailroom) -> set[str]:
    return {row.state for row in mailroom.rows(LetterKind.DISPATCH)}


def test_a_figure_that_does_not_reconcile_stops_the_dispatch(numbered: Reporting) -> None:
    engine = numbered.office.engine
    chosen = tables.reports.c.id == numbered.newest().id
    with transaction(engine) as connection:
        content = connection.execute(select(tables.reports.c.content).where(chosen)).scalar_one()
        wrong = next(t for t in content["totals"]["totals"] if t["indicator_id"] == "TT01")
        wrong["value"] += 1
        connection.execute(update(tables.reports).where(chosen).values(content=content))
    with pytest.raises(RefusedError, match=r"chưa khớp với dữ liệu gốc:\n- .*TT01"):
        dispatch(numbered)
    assert numbered.office.count(tables.dispatches) == 0


def test_a_recipient_without_an_address_stops_the_dispatch(numbered: Reporting) -> None:
    with transaction(numbered.office.engine) as connection:
        flag_contact(connection, "so-khcn.contact", commune=COMMUNE, why="550", now=NOW)
    with pytest.raises(RefusedError, match="'so-khcn' chưa có địa chỉ"):
        dispatch(numbered)
    assert numbered.office.count(tables.dispatches) == 0


@pytest.mark.slow
def test_all_receipts_end_the_plan_and_thank_every_unit_once(
    numbered: Reporting, mailroom: Mailroom
) -> None:
    engine = numbered.office.engine
    dispatch(numbered)
    with transaction(engine) as connection:
        flag_contact(connection, "thon-02.head", commune=COMMUNE, why="550", now=NOW)
    assert receive(numbered, "ubnd-tinh")
    assert not receive(numbered, "ubnd-tinh")
    assert plans.find_plan(engine, PLAN).state is PlanState.ACTIVE
    assert mailroom.rows(LetterKind.CLOSING) == []
    assert receive(numbered, "so-khcn")
    assert not receive(numbered, "so-khcn")
    assert plans.find_plan(engine, PLAN).state is PlanState.CLOSED
    thanked = [row.unit_id for row in mailroom.rows(LetterKind.CLOSING)]
    assert sorted(thanked) == sorted(set(FEW) - {"ubnd", *ABOVE, "thon-02"})
    mailroom.send(at((29, 6)))
    thanks = [x for x in mailroom.letters("<thon-01@") if x["X-Dondoc-Kind"] == "E19"]
    assert len(thanks) == 1
    assert mailroom.plan(at((30, 6), "07:30")).letters == 0
    assert verify(engine, commune=COMMUNE) == ()


@pytest.mark.parametrize("recipient", ["so-noi-vu", "ubnd-tinh"])
def test_nobody_confirms_what_was_not_sent(numbered: Reporting, recipient: str) -> None:
    with pytest.raises(RefusedError, match="Chưa gửi báo cáo"):
        receive(numbered, recipient)


def test_a_basis_without_a_day_is_cited_without_one(
    mailroom: Mailroom, numbered: Reporting
) -> None:
    record = plans.find_plan(numbered.office.engine, PLAN)
    bare = record.dossier.plan.legal_basis[0].model_copy(update={"issued_on": None})
    plan = record.dossier.plan.model_copy(update={"legal_basis": (bare,)})
    dossier = record.dossier.model_copy(update={"plan": plan}).model_dump(mode="json")
    with transaction(numbered.office.engine) as connection:
        connection.execute(update(tables.plans).values(dossier=dossier, sha256="bare"))
    dispatch(numbered)
    bases = {row.context["basis"] for row in mailroom.rows(LetterKind.DISPATCH)}
    assert bases == {f"Công văn số {bare.number} của {bare.agency}"}
