"""Claims and marks: what is taken, what is put off, what is left, and why."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from adapters.database import transaction
from adapters.smtp_verdicts import Fault, Phase
from models.alarms import AlarmKind
from models.letter_holds import HoldReason
from models.letters import LetterKind, LetterState, Verdict
from models.plans import PlanDossier
from services import brakes
from services.claims import claim
from services.composing import Composer, Draft
from services.marks import Sending
from services.outbox_rows import OutboxRow
from services.outcomes import Outcome, record_outcomes
from tests.services.mailroom import FEW, SENDER, Mailroom, with_units
from tests.services.stage import COMMUNE, NIL, Office, at, owed_by

NOW = at((17, 6), "07:30")
OURS = Sending(COMMUNE, SENDER, NOW)


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture(autouse=True)
def receipt(office: Office) -> None:
    """One receipt in the outbox."""
    office.submit(owed_by("thon-01"), NIL, now=NOW)


class Clumsy(Composer):
    """A composer that one letter of a batch brings down."""

    def __init__(self, composer: Composer, broken: int) -> None:
        vars(self).update(vars(composer))
        self.broken = broken

    def draft(
        self, connection: Connection, rows: Sequence[OutboxRow], *, now: datetime
    ) -> list[Draft]:
        if self.broken in [row.id for row in rows]:
            raise ZeroDivisionError("ô TT01")
        return super().draft(connection, rows, now=now)


def test_a_letter_that_breaks_the_batch_is_set_aside_and_named(mailroom: Mailroom) -> None:
    mailroom.multiply(5)
    broken = mailroom.rows()[2]
    with mailroom.engine.connect() as connection:
        claimant = mailroom.claimant(connection, NOW)
        clumsy = replace(claimant, composer=Clumsy(mailroom.composer, broken.id))
        assert len(claim(clumsy, most=10)) == 4
    (poisoned,) = mailroom.rows(state=LetterState.POISONED)
    assert poisoned.id == broken.id
    assert "ZeroDivisionError: ô TT01" in mailroom.alarms()[AlarmKind.LETTER_POISONED]


def test_a_recipient_who_had_enough_mail_today_is_written_to_tomorrow(mailroom: Mailroom) -> None:
    mailroom.multiply(5)
    for row in mailroom.rows():
        mailroom.alter(row.id, kind=LetterKind.ASSIGNMENT)
    limit = mailroom.policy.mails_per_day
    for row in mailroom.rows()[:limit]:
        mailroom.alter(row.id, state=LetterState.ACCEPTED, settled_at=NOW - timedelta(hours=1))
    assert mailroom.claim(NOW) == ()
    waiting = mailroom.rows(state=LetterState.READY)
    assert {(row.attempt, row.not_before) for row in waiting} == {(0, NOW + timedelta(hours=23))}


@pytest.mark.parametrize(("kind", "is_told"), [("E12", True), ("E10", False)])
def test_a_letter_past_its_end_expires_and_a_promise_is_told(
    mailroom: Mailroom, kind: str, *, is_told: bool
) -> None:
    mailroom.alter(mailroom.row().id, kind=kind, not_after=NOW - timedelta(seconds=1))
    assert mailroom.claim(NOW) == ()
    assert mailroom.row().state == LetterState.EXPIRED
    assert (AlarmKind.LETTER_NEEDS_HUMAN in mailroom.alarms()) is is_told


def test_a_letter_whose_end_passed_since_the_claim_is_not_marked(mailroom: Mailroom) -> None:
    claimed = mailroom.claim(NOW)
    mailroom.alter(claimed[0].id, kind="E12", not_after=NOW - timedelta(seconds=1))
    assert mailroom.mark(claimed, NOW) == set()
    assert mailroom.row().state == LetterState.EXPIRED
    assert AlarmKind.LETTER_NEEDS_HUMAN in mailroom.alarms()


def test_only_the_sender_who_claimed_may_write_the_dot_and_only_once(mailroom: Mailroom) -> None:
    claimed = mailroom.claim(NOW)
    assert mailroom.claim(NOW) == ()
    assert mailroom.mark(claimed, NOW, owner="người khác") == set()
    assert mailroom.mark(claimed, NOW) == {claimed[0].id}
    assert mailroom.mark(claimed, NOW) == set()
    row = mailroom.row()
    assert (row.state, row.phase, row.copies) == (LetterState.SENDING, "dot", 1)


def settle(mailroom: Mailroom, fault: Fault, *, kind: LetterKind, of: Sending = OURS) -> None:
    claimed = mailroom.claim(NOW)
    mailroom.mark(claimed, NOW)
    mailroom.alter(claimed[0].id, kind=kind)
    with transaction(mailroom.engine) as connection:
        record_outcomes(connection, [Outcome(claimed[0], fault)], of=of)


def test_doubt_about_the_final_report_is_told_at_once(mailroom: Mailroom) -> None:
    settle(mailroom, Fault(phase=Phase.DATA, verdict=Verdict.UNKNOWN), kind=LetterKind.DISPATCH)
    row = mailroom.row()
    assert (row.state, row.owner, row.copies) == (LetterState.UNKNOWN, SENDER, 1)
    assert row.dedupe_key in mailroom.alarms()[AlarmKind.LETTER_UNKNOWN]


def refused(phase: Phase, code: int, words: str) -> Fault:
    return Fault(phase=phase, verdict=Verdict.REFUSED_PERMANENTLY, code=code, text=words)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (refused(Phase.DATA, 554, "5.7.1 spam"), LetterKind.RECEIPT),
        (refused(Phase.DATA, 552, "5.3.4 too big"), LetterKind.RECEIPT),
        (refused(Phase.RCPT, 550, "5.1.1 unknown"), LetterKind.DISPATCH),
    ],
)
def test_a_letter_refused_for_good_is_told(
    mailroom: Mailroom, fault: Fault, kind: LetterKind
) -> None:
    settle(mailroom, fault, kind=kind)
    row = mailroom.rows()[0]
    assert (row.state, row.copies, row.last_code) == (LetterState.REFUSED, 0, fault.code)
    assert str(fault.code) in mailroom.alarms()[AlarmKind.LETTER_NEEDS_HUMAN]


def test_a_full_mailbox_is_not_a_dead_address(mailroom: Mailroom) -> None:
    settle(mailroom, refused(Phase.RCPT, 552, "5.2.2 over quota"), kind=LetterKind.RECEIPT)
    row = mailroom.row()
    assert (row.state, row.attempt) == (LetterState.READY, 1)
    assert row.not_before > NOW


def test_an_outcome_of_a_letter_that_is_somebody_elses_by_now_moves_nothing(
    mailroom: Mailroom,
) -> None:
    other = replace(OURS, owner="người khác")
    fault = Fault(phase=Phase.DATA, verdict=Verdict.UNKNOWN)
    settle(mailroom, fault, kind=LetterKind.RECEIPT, of=other)
    assert (mailroom.row().state, mailroom.row().owner) == (LetterState.SENDING, SENDER)
    assert len(mailroom.attempts(mailroom.row().id)) == 1


def test_a_yes_is_final_even_after_the_sender_was_given_up(mailroom: Mailroom) -> None:
    claimed = mailroom.claim(NOW)
    mailroom.mark(claimed, NOW)
    mailroom.alter(claimed[0].id, state=LetterState.READY, owner=None, phase=None)
    taken = Fault(phase=Phase.DATA, verdict=Verdict.ACCEPTED, code=250, text="2.0.0 ok")
    with transaction(mailroom.engine) as connection:
        record_outcomes(connection, [Outcome(claimed[0], taken)], of=OURS)
    assert mailroom.row().state == LetterState.ACCEPTED


def test_a_hold_keeps_letters_from_the_dot_but_not_the_alarm_about_it(mailroom: Mailroom) -> None:
    mailroom.multiply(2)
    letter, alarm = mailroom.claim(NOW)
    brakes.hold(
        mailroom.engine, commune=COMMUNE, reason=HoldReason.PERSON, detail="chờ", by="a", now=NOW
    )
    mailroom.alter(alarm.id, kind=LetterKind.ALARM)
    assert mailroom.mark([letter, alarm], NOW) == {alarm.id}
    (held,) = mailroom.rows(state=LetterState.READY)
    assert (held.id, held.attempt, held.copies) == (letter.id, 0, 0)
