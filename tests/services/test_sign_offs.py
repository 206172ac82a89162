"""Content and form are answered for by two people before a leader is asked."""

import pytest

from models.document_rules import FormVerdict
from models.errors import ConflictError, RefusedError
from models.plans import PlanDossier
from services.decision_requests import ask_decision, ask_if_signed_off
from services.decisions import Verdict, decide
from services.sign_offs import SignOffKind, find_sign_offs, sign_off_content, sign_off_form
from tests.services.mailroom import FEW, with_units
from tests.services.reporting import DRAFTED, RULES, Reporting
from tests.services.stage import PLAN


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture
def drafted(reporting: Reporting) -> Reporting:
    reporting.report()
    reporting.assemble()
    return reporting


def content(drafted: Reporting, by: str = "Trưởng phòng", version: int = 1) -> bool:
    return sign_off_content(
        drafted.office.engine, PLAN, version=version, sha256_prefix=drafted.newest().sha256,
        by=by, now=DRAFTED,
    )  # fmt: skip


def form(drafted: Reporting, by: str = "Chánh Văn phòng", note: str = "") -> bool:
    return sign_off_form(
        drafted.office.engine, PLAN, version=1, sha256_prefix=drafted.newest().sha256, by=by,
        now=DRAFTED, rules=RULES, blobs=drafted.blobs, note=note,
    )  # fmt: skip


def ask(drafted: Reporting) -> bool:
    return ask_if_signed_off(
        drafted.office.engine, PLAN, calendar=drafted.office.calendar, now=DRAFTED
    )


@pytest.mark.slow
def test_the_leader_is_asked_when_both_are_there(drafted: Reporting) -> None:
    engine, calendar = drafted.office.engine, drafted.office.calendar
    with pytest.raises(RefusedError, match="chưa được xác nhận nội dung, thể thức"):
        ask_decision(engine, PLAN, calendar=calendar, now=DRAFTED)
    assert content(drafted)
    assert not ask(drafted)
    assert form(drafted)
    assert (content(drafted), form(drafted)) == (False, False)
    assert ask(drafted)
    assert not ask(drafted)


def test_the_form_carries_what_the_rules_found(drafted: Reporting) -> None:
    content(drafted)
    form(drafted, note="Đã xem")
    found = find_sign_offs(drafted.office.engine, drafted.newest().id)
    assert [(one.kind, one.unit_id) for one in found] == [
        (SignOffKind.CONTENT, "vhxh"), (SignOffKind.FORM, "vp"),
    ]  # fmt: skip
    assert found[1].note == "Đã xem"
    assert found[1].attachment is not None
    verdict = FormVerdict.model_validate_json(drafted.blobs.get(found[1].attachment))
    assert verdict.rule_set == RULES.id


@pytest.mark.slow
def test_errors_of_form_need_a_word_why_it_is_good_nevertheless(
    drafted: Reporting, dossier: PlanDossier
) -> None:
    drafted.edit("chi_dao", "Nội dung còn {{ chưa điền }}.")
    drafted.assemble()
    seen = drafted.newest()

    def act(note: str) -> bool:
        return sign_off_form(
            drafted.office.engine, PLAN, version=2, sha256_prefix=seen.sha256, by="Văn phòng",
            now=DRAFTED, rules=RULES, blobs=drafted.blobs, note=note,
        )  # fmt: skip

    with pytest.raises(RefusedError, match="F-82"):
        act("")
    assert act("Dấu ngoặc là nguyên văn của đơn vị")
    assert dossier.plan.id == PLAN


def test_one_person_does_not_answer_for_both(drafted: Reporting) -> None:
    content(drafted, "Nguyễn Văn A")
    with pytest.raises(RefusedError, match="là của người khác"):
        form(drafted, "nguyễn văn a")


@pytest.mark.slow
def test_a_new_version_is_to_be_answered_for_anew(drafted: Reporting) -> None:
    drafted.sign_off()
    drafted.edit("chi_dao", "Lãnh đạo xã chỉ đạo sát sao.")
    drafted.assemble()
    assert not ask(drafted)
    with pytest.raises(ConflictError, match="Nội dung đã thay đổi"):
        content(drafted, version=1)


def test_nothing_is_approved_or_passed_on_without_them_but_may_be_returned(
    drafted: Reporting,
) -> None:
    def say(verdict: Verdict, comment: str = "") -> bool:
        return decide(
            drafted.office.engine, PLAN, version=1, sha256_prefix=drafted.newest().sha256,
            by="ubnd.head", verdict=verdict, now=DRAFTED, calendar=drafted.office.calendar,
            comment=comment,
        )  # fmt: skip

    for verdict in (Verdict.APPROVED, Verdict.PASSED_ON):
        with pytest.raises(RefusedError, match="chưa được xác nhận"):
            say(verdict)
    assert say(Verdict.RETURNED, "Bổ sung")
    with pytest.raises(RefusedError, match="đã có quyết định"):
        content(drafted)
