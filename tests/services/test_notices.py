"""What a unit is told about its answer."""

import pytest

from adapters.database import transaction
from models.letter_contexts import ReceiptContext
from models.letters import LetterKind
from models.plans import PlanDossier
from models.submissions import Answer
from services.bounces import flag_contact
from services.extensions import grant_extension, refuse_extension, request_extension
from services.notices import as_facts
from tests.services.mailroom import FEW, Mailroom, body_of, with_units
from tests.services.stage import COMMUNE, NIL, SHEET, Office, at, owed_by

NOW = at((17, 6))
SHEET_OF_VIN = owed_by("thon-01")


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


def test_a_receipt_gives_the_code_and_when_it_will_be_checked(
    mailroom: Mailroom, office: Office
) -> None:
    code = office.submit(SHEET_OF_VIN, SHEET, now=NOW).submission.receipt_code
    mailroom.send(NOW)
    (letter,) = mailroom.letters("<thon-01@")
    assert code in body_of(letter)
    assert "19/6/2026" in body_of(letter)


def test_what_needs_no_review_names_no_day_of_checking(mailroom: Mailroom, office: Office) -> None:
    office.submit(owed_by("thon-01", "XN"), Answer(), now=NOW)
    assert mailroom.row(LetterKind.RECEIPT).context["check_by"] is None


def test_an_accepted_answer_may_be_corrected_until_a_day(
    mailroom: Mailroom, office: Office
) -> None:
    office.submit(SHEET_OF_VIN, SHEET, now=NOW)
    office.accept(SHEET_OF_VIN, now=NOW)
    office.submit(owed_by("thon-02"), NIL, now=NOW)
    office.accept(owed_by("thon-02"), now=at((26, 6)))
    early, late = mailroom.rows(LetterKind.ACCEPTED)
    assert early.context["correct_by"] is not None
    assert late.context["correct_by"] is None


def test_a_return_names_the_fields_by_their_names(mailroom: Mailroom, office: Office) -> None:
    office.submit(SHEET_OF_VIN, SHEET, now=NOW)
    office.give_back(SHEET_OF_VIN, due=at((19, 6), "17:00"), now=NOW)
    mailroom.send(NOW)
    (letter,) = [x for x in mailroom.letters() if x["X-Dondoc-Kind"] == "E12"]
    assert "(TT12)" in body_of(letter)
    assert "chưa khớp danh sách" in body_of(letter)
    assert mailroom.row(LetterKind.RETURNED).context["times"] == 1


def test_granted_and_refused_extensions_are_told(mailroom: Mailroom, office: Office) -> None:
    engine = office.engine
    grant_extension(engine, SHEET_OF_VIN, until=at((24, 6), "17:00"), by="vhxh", now=NOW)
    request_extension(
        engine, owed_by("thon-02"), reason="mưa lũ", proposed_due_at=None, requested_by="thon-02",
        now=NOW,
    )  # fmt: skip
    refuse_extension(engine, owed_by("thon-02"), refusal="quá sát hạn", by="vhxh", now=NOW)
    mailroom.send(NOW)
    granted, refused = mailroom.letters()
    assert "24/6/2026" in body_of(granted)
    assert "quá sát hạn" in body_of(refused)


def test_a_unit_without_any_address_is_not_written_to(mailroom: Mailroom, office: Office) -> None:
    with transaction(mailroom.engine) as connection:
        flag_contact(connection, "thon-01.head", commune=COMMUNE, why="550", now=NOW)
    office.submit(SHEET_OF_VIN, SHEET, now=NOW)
    assert mailroom.rows() == []


@pytest.mark.parametrize("facts", [{}, {"nobody": 1}])
def test_facts_that_are_not_the_letters_own_are_an_error(facts: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="ReceiptContext"):
        as_facts(ReceiptContext, facts)
