"""The leader decides on what was seen; the office numbers what is decided, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import select, update

from adapters import tables
from adapters.database import transaction
from models.errors import ConflictError, RefusedError
from models.letters import LetterKind
from models.obligations import ObligationState
from models.plans import PlanDossier
from services import decisions, phases, plans, report_numbers, reports
from services.bounces import flag_contact
from services.decisions import Verdict
from tests.services.mailroom import FEW, Mailroom, attachments_of, body_of, second_plan, with_units
from tests.services.reporting import DRAFTED, ISSUED, Reporting
from tests.services.stage import COMMUNE, ISSUED_ON, PLAN, at, owed_by


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture
def drafted(reporting: Reporting) -> Reporting:
    """A first version lies ready."""
    reporting.report()
    reporting.assemble()
    return reporting


@pytest.mark.slow
def test_the_leader_is_asked_once_with_the_draft_and_what_is_missing(
    drafted: Reporting, mailroom: Mailroom
) -> None:
    assert drafted.ask()
    assert not drafted.ask(at((25, 6), "14:00"))
    mailroom.send(DRAFTED)
    (letter,) = [x for x in mailroom.letters() if x["X-Dondoc-Kind"] == "E15"]
    assert "<lanhdao.ubnd@" in str(letter["To"])
    assert [name[-4:] for name in attachments_of(letter)] == [".pdf"]
    assert drafted.newest().sha256[:12] in body_of(letter)
    assert "Thôn" in body_of(letter)


@pytest.mark.slow
def test_asking_ends_the_synthesis(drafted: Reporting) -> None:
    assert drafted.office.obligation(owed_by("vhxh", "TH")).is_open
    drafted.ask()
    ended = drafted.office.obligation(owed_by("vhxh", "TH"))
    assert (ended.state, ended.closed_at) == (ObligationState.ACCEPTED, DRAFTED)
    drafted.report("thon-02")
    drafted.assemble()
    assert drafted.ask(at((26, 6)))
    assert drafted.office.obligation(owed_by("vhxh", "TH")).closed_at == DRAFTED


def test_the_decision_is_recorded_once_and_told_to_the_coordinator(
    drafted: Reporting, mailroom: Mailroom
) -> None:
    assert drafted.decide()
    assert not drafted.decide()
    found = drafted.newest()
    assert (found.verdict, found.decided_by, found.decided_at) == (
        "approved", "Lê Văn Công", DRAFTED,
    )  # fmt: skip
    told = mailroom.row(LetterKind.DECISION)
    assert (told.contact_id, told.context["opinion"]) == ("vhxh.head", "")
    assert not drafted.ask()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("version", "sha256"), [(2, None), (0, None), (1, "0" * 12), (1, ""), (1, "short")]
)
def test_a_decision_on_what_was_not_seen_is_a_conflict(
    drafted: Reporting, version: int, sha256: str | None
) -> None:
    seen = drafted.newest().sha256[:7] if sha256 == "short" else sha256
    if sha256 == "":
        drafted.edit("chi_dao", "Nội dung mới.")
        drafted.assemble()
    with pytest.raises(ConflictError, match="Nội dung đã thay đổi"):
        drafted.decide(version=version, sha256=seen or None)
    assert drafted.newest().verdict is None


def test_a_return_needs_a_comment(drafted: Reporting, mailroom: Mailroom) -> None:
    with pytest.raises(RefusedError, match="ý kiến"):
        drafted.decide(Verdict.RETURNED, comment="  ")
    assert drafted.decide(Verdict.RETURNED, comment="Bổ sung số liệu thôn")
    assert drafted.newest().comment == "Bổ sung số liệu thôn"
    mailroom.send(DRAFTED)
    (letter,) = mailroom.letters("<lanhdao.vhxh@")
    assert "Bổ sung số liệu thôn" in body_of(letter)


def test_a_figure_that_does_not_reconcile_is_not_approved_but_may_be_returned(
    drafted: Reporting,
) -> None:
    drafted.sign_off()
    reports_of = tables.reports
    with transaction(drafted.office.engine) as connection:
        content = connection.execute(select(reports_of.c.content)).scalar_one()
        wrong = next(t for t in content["totals"]["totals"] if t["indicator_id"] == "TT01")
        wrong["value"] += 1
        connection.execute(update(reports_of).values(content=content))
    for verdict in (Verdict.APPROVED, Verdict.PASSED_ON):
        with pytest.raises(RefusedError, match=r"chưa khớp với dữ liệu gốc:\n- .*TT01"):
            drafted.decide(verdict)
    assert drafted.newest().verdict is None
    assert drafted.decide(Verdict.RETURNED, comment="Số liệu không khớp")


@pytest.mark.slow
def test_two_decisions_conflict(drafted: Reporting) -> None:
    drafted.decide()
    with pytest.raises(ConflictError, match="quyết định khác"):
        drafted.decide(Verdict.RETURNED, comment="Chưa đạt")
    assert drafted.newest().verdict == "approved"


def test_two_who_decide_at_once_leave_one_decision(drafted: Reporting) -> None:
    drafted.sign_off()
    start = Barrier(2)

    def act(verdict: Verdict) -> bool | str:
        start.wait()
        try:
            return drafted.decide(verdict, comment="Chưa đạt")
        except ConflictError:
            return "refused"

    with ThreadPoolExecutor(2) as leaders:
        found = list(leaders.map(act, [Verdict.APPROVED, Verdict.RETURNED]))
    assert sorted(map(str, found)) == ["True", "refused"]


def test_only_an_approved_report_gets_a_number(drafted: Reporting) -> None:
    with pytest.raises(RefusedError, match="chưa được lãnh đạo phê duyệt"):
        drafted.number()
    drafted.decide(Verdict.RETURNED, comment="Chưa đạt")
    with pytest.raises(RefusedError, match="chưa được lãnh đạo phê duyệt"):
        drafted.number()


def test_a_number_is_given_once(drafted: Reporting) -> None:
    drafted.decide()
    assert drafted.number().number == 112
    assert drafted.number().issued_on == ISSUED
    for number, day in ((113, ISSUED), (112, date(2026, 6, 25))):
        with pytest.raises(RefusedError, match="đã có số 112"):
            drafted.number(number, day)
    assert drafted.newest().number == 112


@pytest.mark.parametrize("day", [date(2026, 6, 24), date(2026, 6, 27)])
def test_a_day_before_the_decision_or_after_today_is_refused(drafted: Reporting, day: date) -> None:
    drafted.decide()
    with pytest.raises(RefusedError, match="không hợp lệ"):
        number_on(drafted, day)
    assert drafted.newest().number is None


def number_on(drafted: Reporting, day: date) -> None:
    report_numbers.number_report(
        drafted.office.engine, PLAN, number=112, issued_on=day, by="vt", blobs=drafted.blobs,
        now=at(ISSUED),
    )  # fmt: skip


def test_two_who_number_at_once_leave_one_number(drafted: Reporting) -> None:
    drafted.decide()
    start = Barrier(2)

    def act(number: int) -> int | str:
        start.wait()
        try:
            return drafted.number(number).number or 0
        except RefusedError:
            return "refused"

    with ThreadPoolExecutor(2) as clerks:
        found = list(clerks.map(act, [112, 113]))
    assert sorted(map(str, found)) in (["112", "refused"], ["113", "refused"])
    assert drafted.newest().number in found


@pytest.mark.slow
def test_a_number_is_used_once_a_year(drafted: Reporting) -> None:
    drafted.decide()
    drafted.number()
    other = approved_second_plan(drafted)
    with pytest.raises(RefusedError, match="Số 112 năm 2026 đã cấp cho"):
        drafted.number(112, ISSUED, other)
    assert drafted.number(112, date(2027, 1, 4), other).number == 112


@pytest.mark.slow
def test_two_plans_numbered_at_once_do_not_share_a_number(drafted: Reporting) -> None:
    drafted.decide()
    other = approved_second_plan(drafted)
    start = Barrier(2)

    def act(plan_id: str) -> int | str:
        start.wait()
        try:
            return drafted.number(112, ISSUED, plan_id).number or 0
        except RefusedError as error:
            return "cấp cho" if "cấp cho" in str(error) else str(error)

    with ThreadPoolExecutor(2) as clerks:
        found = list(clerks.map(act, [PLAN, other]))
    assert sorted(map(str, found)) == ["112", "cấp cho"]


def approved_second_plan(drafted: Reporting) -> str:
    """A second plan of the commune whose report waits for its number; returns its id."""
    engine, office = drafted.office.engine, drafted.office
    whole = plans.find_plan(engine, PLAN).dossier
    other = second_plan(whole).plan.id
    plans.import_plan(engine, second_plan(whole), actor="quản trị", now=at(ISSUED_ON))
    plans.activate_plan(
        engine, other, number=16, issued_on=ISSUED_ON, actor="quản trị", now=at(ISSUED_ON),
        day=ISSUED_ON,
    )  # fmt: skip
    phases.open_phase(engine, other, "P3", calendar=office.calendar, now=at(ISSUED_ON))
    approve_other(drafted, other)
    return other


def approve_other(drafted: Reporting, plan_id: str) -> None:
    made = reports.assemble(
        drafted.office.engine, plan_id, outline=None, blobs=drafted.blobs, actor="x", now=DRAFTED
    )
    drafted.sign_off(plan_id=plan_id)
    decisions.decide(
        drafted.office.engine, plan_id, version=1, sha256_prefix=made.sha256, by="Lê Văn Công",
        verdict=Verdict.APPROVED, now=DRAFTED, calendar=drafted.office.calendar,
    )  # fmt: skip


def test_a_leader_without_an_address_cannot_be_asked(drafted: Reporting) -> None:
    with transaction(drafted.office.engine) as connection:
        flag_contact(connection, "ubnd.head", commune=COMMUNE, why="550", now=DRAFTED)
    with pytest.raises(RefusedError, match="'ubnd' không có địa chỉ"):
        drafted.ask()
