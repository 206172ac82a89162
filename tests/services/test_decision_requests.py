"""The leader is asked again a working day later and on the last safe day, once a day."""

import pytest

from models.letters import LetterKind
from models.plans import PlanDossier
from services.decision_requests import remind_decider
from services.decisions import Verdict
from tests.services.mailroom import FEW, Mailroom, body_of, with_units
from tests.services.reporting import Reporting
from tests.services.stage import PLAN, at

ASKED = at((22, 6), "08:10")


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture
def asked(reporting: Reporting) -> Reporting:
    reporting.report()
    reporting.assemble(ASKED)
    assert reporting.ask(ASKED)
    return reporting


def remind(asked: Reporting, day: tuple[int, int], hour: str = "07:30") -> bool:
    return remind_decider(
        asked.office.engine, PLAN, calendar=asked.office.calendar, now=at(day, hour)
    )


@pytest.mark.slow
def test_it_goes_a_working_day_later_and_daily_from_the_last_safe_day(
    asked: Reporting, mailroom: Mailroom
) -> None:
    days = (22, 23, 24, 25, 26, 27, 28, 29)
    assert [day for day in days if remind(asked, (day, 6))] == [23, 26, 29]
    assert not remind(asked, (29, 6), "14:00")
    told = [row.context for row in mailroom.rows(LetterKind.FOR_DECISION)]
    assert [one["reminder"] for one in told] == [0, 1, 4, 5]
    assert [one["is_urgent"] for one in told] == [False, False, True, True]


@pytest.mark.slow
def test_the_letter_says_that_it_is_urgent_and_until_when(
    asked: Reporting, mailroom: Mailroom
) -> None:
    remind(asked, (26, 6))
    mailroom.send(at((26, 6), "07:30"))
    letter = next(x for x in mailroom.letters() if "nhắc lại" in str(x["Subject"]))
    said = " ".join(body_of(letter).split())
    assert "Việc này gấp" in said
    assert "15 giờ 00" in said
    assert "đã trình 4 ngày làm việc" in said


def test_a_decided_or_unasked_draft_reminds_nobody(reporting: Reporting) -> None:
    assert not remind(reporting, (26, 6))
    reporting.report()
    reporting.assemble()
    assert not remind(reporting, (26, 6))
    reporting.ask()
    reporting.decide(Verdict.RETURNED, comment="Bổ sung")
    assert not remind(reporting, (26, 6))


def test_after_passing_on_the_chairman_is_reminded(asked: Reporting, mailroom: Mailroom) -> None:
    asked.decide(Verdict.PASSED_ON)
    assert remind(asked, (26, 6))
    newest = mailroom.rows(LetterKind.FOR_DECISION)[-1]
    assert newest.contact_id == "ubnd.chair"
