"""Who has no power does not decide; a substitute's decision says in whose stead."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from adapters import tables
from adapters.database import transaction
from models.delegations import Delegation, SigningForm
from models.errors import ConflictError, RefusedError, UsageError
from models.letters import LetterKind
from models.plans import PlanDossier
from models.units import Contact, ContactRole
from services.decisions import Verdict, decide
from services.delegations import delegate
from services.journal import read_journal
from services.report_texts import decision_text
from tests.services.mailroom import FEW, Mailroom, with_units
from tests.services.reporting import DRAFTED, Reporting
from tests.services.stage import COMMUNE, PLAN

CHAIR, LEADER, DEPUTY = "Chủ tịch", "Lê Văn Công", "Hà Thị Mẫu"


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    few = with_units(dossier, FEW)
    deputy = Contact(
        id="ubnd.deputy", role=ContactRole.DEPUTY, full_name=DEPUTY, title="Phó Chủ tịch",
        email="pct2.ubnd@batmot.example",
    )  # fmt: skip
    units = tuple(
        unit.model_copy(update={"contacts": (*unit.contacts, deputy)})
        if unit.id == "ubnd"
        else unit
        for unit in few.units.units
    )
    return few.model_copy(update={"units": few.units.model_copy(update={"units": units})})


@pytest.fixture
def drafted(reporting: Reporting) -> Reporting:
    reporting.report()
    reporting.assemble()
    reporting.sign_off()
    return reporting


def say(
    drafted: Reporting, by: str, verdict: Verdict = Verdict.APPROVED, comment: str = ""
) -> bool:
    return decide(
        drafted.office.engine, PLAN, version=1, sha256_prefix=drafted.newest().sha256, by=by,
        verdict=verdict, now=DRAFTED, calendar=drafted.office.calendar, comment=comment,
    )  # fmt: skip


def give(
    drafted: Reporting,
    delegator: str = "ubnd.head",
    mate: str = "ubnd.deputy",
    *,
    form: SigningForm = SigningForm.KT,
    until: date = date(2026, 6, 30),
    basis: str = "Thông báo số 9/TB-UBND",
) -> None:
    entered = Delegation(
        delegator=delegator, delegate=mate, form=form, from_on=date(2026, 6, 22), until_on=until,
        basis=basis,
    )  # fmt: skip
    delegate(drafted.office.engine, entered, commune=COMMUNE, by="vp", now=DRAFTED)


@pytest.mark.parametrize("by", [LEADER, "ubnd.head", "lê văn công, Phó Chủ tịch"])
def test_the_leader_decides_by_name_or_code(drafted: Reporting, by: str) -> None:
    assert say(drafted, by)
    found = drafted.newest()
    assert (found.decided_by, found.in_stead_of, found.signer) == (LEADER, None, None)


@pytest.mark.parametrize("by", ["vhxh.head", "Trưởng phòng", "Le Van Cong", DEPUTY, ""])
def test_who_has_no_power_is_refused(drafted: Reporting, by: str) -> None:
    with pytest.raises(RefusedError, match="không có thẩm quyền"):
        say(drafted, by)
    assert drafted.newest().verdict is None


def test_a_substitute_decides_in_the_leaders_stead_and_signs(
    drafted: Reporting, mailroom: Mailroom
) -> None:
    give(drafted)
    drafted.ask()
    assert mailroom.row(LetterKind.FOR_DECISION).contact_id == "ubnd.deputy"
    assert say(drafted, DEPUTY)
    found = drafted.newest()
    assert found.in_stead_of == f"Phó Chủ tịch {LEADER}"
    assert found.document.signer_name == DEPUTY
    assert found.document.authority_lines == (
        "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH",
    )  # fmt: skip
    assert "thay Phó Chủ tịch Lê Văn Công, theo Thông báo số 9/TB-UBND" in decision_text(found)
    (entry,) = [
        e
        for e in read_journal(
            drafted.office.engine, commune=COMMUNE, subject_prefix=f"{PLAN}/final"
        )
        if e.action == "report.approved"
    ]
    assert entry.detail["in_stead_of"] == found.in_stead_of


def test_a_delegation_that_has_run_out_gives_no_power(drafted: Reporting) -> None:
    give(drafted, until=date(2026, 6, 24))
    with pytest.raises(RefusedError, match="không có thẩm quyền"):
        say(drafted, DEPUTY)


def test_an_authorised_head_of_office_signs_tuq(drafted: Reporting) -> None:
    give(drafted, "ubnd.chair", "vp.head", form=SigningForm.TUQ, basis="Giấy ủy quyền số 3/UQ")
    say(drafted, "vp.head")
    assert drafted.newest().document.authority_lines == ("TUQ. CHỦ TỊCH", "CHÁNH VĂN PHÒNG")


@pytest.mark.parametrize(
    ("unlawful", "error"),
    [
        ({"mate": "vp.head"}, RefusedError),
        ({"mate": "vp.head", "form": SigningForm.TL, "basis": ""}, RefusedError),
        ({"mate": "la"}, UsageError),
    ],
)
def test_an_unlawful_delegation_is_not_entered(
    drafted: Reporting, unlawful: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        give(drafted, **unlawful)
    assert drafted.office.count(tables.delegations) == 0


def test_what_was_passed_on_is_the_chairmans_alone(drafted: Reporting, mailroom: Mailroom) -> None:
    drafted.ask()
    assert say(drafted, LEADER, Verdict.PASSED_ON, "Xin ý kiến về kinh phí")
    assert not say(drafted, "ubnd.head", Verdict.PASSED_ON)
    asked = {row.contact_id: row.context for row in mailroom.rows(LetterKind.FOR_DECISION)}
    assert set(asked) == {"ubnd.head", "ubnd.chair"}
    assert asked["ubnd.chair"]["passed_on_by"] == LEADER
    assert mailroom.row(LetterKind.DECISION).context["decision"] == "chuyển xin ý kiến Chủ tịch"
    assert "đang chờ Chủ tịch" in decision_text(drafted.newest())
    with pytest.raises(RefusedError, match="đã chuyển dự thảo"):
        say(drafted, LEADER)
    with pytest.raises(RefusedError, match="đã chuyển dự thảo"):
        say(drafted, "ubnd.head", Verdict.RETURNED, "Không")
    assert say(drafted, "ubnd.chair")
    found = drafted.newest()
    assert (found.verdict, found.decided_by) == ("approved", CHAIR)
    assert found.document.authority_lines == ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")
    with pytest.raises(ConflictError, match="quyết định khác"):
        say(drafted, "ubnd.chair", Verdict.RETURNED, "Không")


def test_the_chairman_passes_nothing_on_and_nobody_does_where_there_is_none(
    drafted: Reporting,
) -> None:
    with pytest.raises(RefusedError, match="chưa có Chủ tịch"):
        say(drafted, "ubnd.chair", Verdict.PASSED_ON)
    with transaction(drafted.office.engine) as connection:
        connection.execute(tables.contacts.delete().where(tables.contacts.c.id == "ubnd.chair"))
    with pytest.raises(RefusedError, match="chưa có Chủ tịch"):
        say(drafted, LEADER, Verdict.PASSED_ON)
    with transaction(drafted.office.engine) as connection:
        assert connection.execute(select(tables.passings)).first() is None


def test_the_plans_signer_decides_though_the_register_has_another_head(drafted: Reporting) -> None:
    with transaction(drafted.office.engine) as connection:
        connection.execute(
            tables.contacts.update()
            .where(tables.contacts.c.id == "ubnd.head")
            .values(full_name="Người khác")
        )
    assert say(drafted, LEADER)
