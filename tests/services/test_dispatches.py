"""The report goes up once, decided, numbered and reconciled; its receipt ends the plan."""

import pytest
from sqlalchemy import select, update

from adapters import tables
from adapters.database import transaction
from adapters.ledger import PlanState
from models.errors import RefusedError
from models.letters import LetterKind
from models.obligations import ObligationState
from models.plans import PlanDossier
from services import dispatches, plans, report_receipts, reports
from services.bounces import flag_contact
from services.journal import verify
from tests.services.mailroom import FEW, Mailroom, attachments_of, body_of, with_units
from tests.services.reporting import ISSUED, Reporting
from tests.services.stage import COMMUNE, PLAN, at, owed_by

NOW = at(ISSUED, "14:00")
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
    return dispatches.dispatch_report(
        reporting.office.engine, PLAN, by="vt", blobs=reporting.blobs, now=NOW
    )


def receive(reporting: Reporting, recipient: str) -> bool:
    return report_receipts.confirm_receipt(
        reporting.office.engine, PLAN, recipient=recipient, by="vt", now=at((29, 6))
    )


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
    engine = drafted.office.engine
    with pytest.raises(RefusedError, match="chưa được lãnh đạo phê duyệt"):
        dispatch(drafted)
    assert dispatches.dispatch_if_ready(engine, PLAN, by="vt", blobs=drafted.blobs, now=NOW) == 0
    drafted.decide()
    with pytest.raises(RefusedError, match="chưa có số, ngày"):
        dispatch(drafted)
    assert dispatches.dispatch_if_ready(engine, PLAN, by="vt", blobs=drafted.blobs, now=NOW) == 0
    drafted.number()
    assert dispatches.dispatch_if_ready(engine, PLAN, by="vt", blobs=drafted.blobs, now=NOW) == 2


def test_without_a_draft_nothing_is_ready(reporting: Reporting) -> None:
    assert (
        dispatches.dispatch_if_ready(
            reporting.office.engine, PLAN, by="vt", blobs=reporting.blobs, now=NOW
        )
        == 0
    )


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
        connection.execute(update(tables.plans).values(dossier=dossier))
    dispatch(numbered)
    bases = {row.context["basis"] for row in mailroom.rows(LetterKind.DISPATCH)}
    assert bases == {f"Công văn số {bare.number} của {bare.agency}"}
