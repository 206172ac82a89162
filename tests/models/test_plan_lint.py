"""Plan lint: findings follow from the data of each plan, not from knowing it."""

from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.plan_files import read_dossier
from models.deadline_wording import parse_deadline
from models.deadlines import Origin
from models.plan_lint import LintFinding, lint_plan
from models.plans import Plan, PlanDossier
from models.units import Unit

PLANS = Path(__file__).parents[2] / "config" / "plans"
MAY = date(2026, 5, 11)


@pytest.fixture(scope="module")
def first() -> PlanDossier:
    return read_dossier(PLANS / "bat-mot-2026.yaml")


@pytest.fixture(scope="module")
def second() -> PlanDossier:
    return read_dossier(PLANS / "dong-hoa-2026.yaml")


def changed(dossier: PlanDossier, **fields: Any) -> PlanDossier:
    plan: Plan = dossier.plan.model_copy(update=fields)
    return dossier.model_copy(update={"plan": plan})


def with_unit(dossier: PlanDossier, unit_id: str, **fields: Any) -> PlanDossier:
    units: tuple[Unit, ...] = tuple(
        u.model_copy(update=fields) if u.id == unit_id else u for u in dossier.units.units
    )
    return dossier.model_copy(update={"units": dossier.units.model_copy(update={"units": units})})


def found(dossier: PlanDossier, code: str, day: date = MAY) -> list[LintFinding]:
    return [finding for finding in lint_plan(dossier, day=day) if finding.code == code]


def places(dossier: PlanDossier, code: str) -> list[str]:
    return [finding.where for finding in found(dossier, code)]


@pytest.mark.parametrize(
    ("code", "where"),
    [
        ("L01", ["number"]),
        ("L02", ["issued_on"]),
        ("L04", ["thon"]),
        ("L05", ["report_deadline"]),
        ("L06", ["P3.2", "DTT-3"]),
        ("L07", ["XN/1", "BCDK/1", "BCDK/2", "BC/1", "PSL/1", "SL/1", "RS/1", "TH/1"]),
        ("L08", ["KHCT/1"]),
        ("L09", ["VHXH-3"]),
        ("L10", ["thon"]),
        ("L11", ["kt", "vp", "cudv"]),
        ("L12", ["G4", "P2.3"]),
        ("L13", ["G3"]),
        ("L14", ["CH-BR"]),
        ("L15", ["G2.A5"]),
        ("L16", ["UBND-2"]),
        ("L18", ["DTT-3"]),
        ("L19", ["cudv"]),
        ("L21", ["G1"]),
        ("L22", ["G4"]),
        ("L23", ["luu", "luu"]),
        ("L24", ["signer", "signer"]),
        ("L25", ["CC"]),
        ("L26", ["TY"]),
        ("L27", ["CC"]),
        ("L28", ["Công văn 7834/UBND-CNXDKH"]),
        ("L29", ["event_date"]),
        ("L30", ["Nghị quyết 57-NQ/TW", "legal_basis"]),
        ("L31", ["vp", "dtt", "cudv"]),
        ("L32", ["recipients", "ct-ubnd"]),
        ("L33", ["YC-3"]),
        ("L34", ["content_groups"]),
        ("L35", ["funding"]),
        ("L36", ["G1", "P2.3", "VHXH-2", "CUDV-1", "THON-1"]),
        ("L37", ["G2.A4", "G2.A5"]),
        ("L39", ["P3"]),
        ("L42", ["CUDV-2"]),
        ("L50", ["XN", "PSL", "SL"]),
        ("L51", ["units/bat-mot.yaml"]),
    ],
)
def test_the_first_plan_shows_the_findings_of_the_reference(
    first: PlanDossier, code: str, where: list[str]
) -> None:
    assert places(first, code) == where


def test_the_second_plan_gets_other_findings(second: PlanDossier) -> None:
    codes = Counter(finding.code for finding in lint_plan(second, day=MAY))
    assert codes == {"L29": 1, "L51": 1}


def test_blocking_findings_come_first_then_the_loud_one(first: PlanDossier) -> None:
    assert [f.code for f in lint_plan(first, day=MAY)][:4] == ["L01", "L02", "L51", "L04"]


def test_only_what_stops_the_plan_is_blocking(first: PlanDossier) -> None:
    assert [f.code for f in lint_plan(first, day=MAY) if f.blocking] == ["L01", "L02"]


def test_activation_settles_the_blanks(first: PlanDossier) -> None:
    issued = changed(first, number=45, issued_on=date(2026, 5, 12))
    assert [f for f in lint_plan(issued, day=MAY) if f.blocking] == []


def test_a_day_of_issue_outside_its_window_blocks(first: PlanDossier) -> None:
    (finding,) = found(changed(first, number=45, issued_on=date(2026, 6, 2)), "L02")
    assert finding.blocking
    assert "02/6/2026 nằm ngoài 01/5/2026 - 31/5/2026" in finding.message


def test_the_last_valid_day_of_a_before_deadline_is_named(first: PlanDossier) -> None:
    (finding,) = found(first, "L05")
    assert finding.default.endswith("thứ Hai, ngày 29/6/2026")


def test_a_before_deadline_after_a_weekend_moves_to_friday(first: PlanDossier) -> None:
    earlier = changed(first, report_deadline=parse_deadline("trước ngày 29/6/2026"))
    assert found(earlier, "L05")[0].default.endswith("thứ Sáu, ngày 26/6/2026")


def test_a_requirement_without_a_deadline_blocks(second: PlanDossier) -> None:
    bare = tuple(
        r.model_copy(update={"periods": ()}) if r.id == "BC" else r
        for r in second.plan.requirements
    )
    (finding,) = found(changed(second, requirements=bare), "L53")
    assert (finding.where, finding.blocking) == ("BC", True)


def test_a_unit_that_owes_and_has_no_address_blocks(second: PlanDossier) -> None:
    (finding,) = found(with_unit(second, "thcs", contacts=()), "L52")
    assert (finding.where, finding.blocking) == ("thcs", True)


def test_a_unit_that_no_longer_exists_needs_no_address(second: PlanDossier) -> None:
    merged = with_unit(second, "thon-2", contacts=(), valid_to=date(2026, 4, 30))
    assert found(merged, "L52") == []
    assert found(merged, "L51") == []


def test_unconfirmed_addresses_are_loud_but_do_not_block(first: PlanDossier) -> None:
    (finding,) = found(first, "L51")
    assert not finding.blocking
    assert "46 địa chỉ của 27 đơn vị" in finding.message
    assert finding.title.isupper()


def test_a_confirmed_deadline_is_no_longer_an_assumption(first: PlanDossier) -> None:
    requirement = first.plan.requirement("KHCT")
    period = requirement.periods[0]
    told = period.deadline.model_copy(update={"confirmed_by": "Lê Văn Công"})
    sure = requirement.model_copy(
        update={"periods": (period.model_copy(update={"deadline": told}),)}
    )
    requirements = tuple(sure if r.id == "KHCT" else r for r in first.plan.requirements)
    assert found(changed(first, requirements=requirements), "L08") == []


def test_named_periods_settle_the_periodic_report(first: PlanDossier) -> None:
    requirement = first.plan.requirement("BCDK")
    sourced = tuple(
        p.model_copy(update={"deadline": p.deadline.model_copy(update={"origin": Origin.SOURCE})})
        for p in requirement.periods
    )
    named = requirement.model_copy(update={"periods": sourced})
    requirements = tuple(named if r.id == "BCDK" else r for r in first.plan.requirements)
    assert found(changed(first, requirements=requirements), "L09") == []


def test_a_periodic_duty_without_any_requirement_says_so(first: PlanDossier) -> None:
    requirements = tuple(r for r in first.plan.requirements if r.id != "BCDK")
    assert found(changed(first, requirements=requirements), "L09")[0].default.startswith("không mở")


def test_a_holder_no_line_asks_is_told_with_nothing_to_collect(first: PlanDossier) -> None:
    lines = tuple(x for x in first.plan.reporting_lines if x.id != "R5")
    (finding,) = found(changed(first, reporting_lines=lines), "L10")
    assert finding.default == "không thu số liệu của đơn vị này"


def test_deadlines_already_gone_are_told_as_of_the_day(first: PlanDossier) -> None:
    assert found(first, "L54") == []
    late = [f.where for f in found(first, "L54", date(2026, 6, 2))]
    assert late == ["KHCT/1", "BCDK/1"]


def test_the_day_named_in_the_text_needs_no_question(first: PlanDossier) -> None:
    verbatim = first.plan.verbatim | {"NGAY": "Ngày 18/5 hằng năm."}
    assert found(changed(first, verbatim=verbatim), "L29") == []


@pytest.mark.parametrize(
    ("issued_on", "reason"),
    [
        (date(2026, 9, 2), "Quốc khánh"),
        (date(2026, 6, 27), "nghỉ cuối tuần"),
    ],
)
def test_grounds_dated_on_a_day_off_are_doubted(
    second: PlanDossier, issued_on: date, reason: str
) -> None:
    basis = second.plan.legal_basis[0].model_copy(update={"issued_on": issued_on})
    (finding,) = found(changed(second, legal_basis=(basis, second.plan.legal_basis[1])), "L28")
    assert reason in finding.message


def test_a_channel_without_anybody_is_not_chased(second: PlanDossier) -> None:
    group = second.plan.content_groups[1]
    idle = group.channels[0].model_copy(update={"operator": None})
    groups = (second.plan.content_groups[0], group.model_copy(update={"channels": (idle,)}))
    assert found(changed(second, content_groups=groups), "L14")[0].default.startswith("không")


def test_safety_taken_up_by_a_duty_is_no_gap(first: PlanDossier) -> None:
    holder = first.plan.duty_holders[0]
    duty = holder.duties[0].model_copy(update={"text": "Bảo đảm an ninh trật tự"})
    holders = (holder.model_copy(update={"duties": (duty,)}), *first.plan.duty_holders[1:])
    assert found(changed(first, duty_holders=holders), "L33") == []


def test_a_number_that_is_none_is_compared_as_written(second: PlanDossier) -> None:
    holders = tuple(
        h.model_copy(update={"seed_number": "a" if h.number < 3 else h.seed_number})
        for h in second.plan.duty_holders
    )
    assert places(changed(second, duty_holders=holders), "L04") == ["vp"]


def test_lint_asks_nothing_of_the_clock(first: PlanDossier) -> None:
    assert lint_plan(first, day=MAY) == lint_plan(first, day=datetime(2026, 5, 11).date())  # noqa: DTZ001 - a bare day
