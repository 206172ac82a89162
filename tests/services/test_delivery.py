"""Sending over a real connection: what the relay says decides, and a crash is never guessed at."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from functools import partial

import pytest

from models.alarms import AlarmKind
from models.letter_holds import HoldReason
from models.letter_policies import BACK_OFF, GIVE_UP_AFTER, back_off
from models.letters import LetterKind, LetterState
from models.plans import PlanDossier
from models.submissions import Answer
from services import brakes
from services.delivery import Delivery
from services.journal import read_journal, verify
from services.submissions import Receipt
from tests.adapters.faulty_relay import DROP, FaultyRelay, Script
from tests.services.mailroom import FEW, Mailroom, excuse, with_units
from tests.services.reporting import Reporting
from tests.services.stage import COMMUNE, NIL, PLAN, Office, at, owed_by

NOW = at((17, 6), "07:30")


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture
def receipt(office: Office) -> Receipt:
    """One receipt in the outbox, and nothing else."""
    return office.submit(owed_by("thon-01"), NIL, now=NOW)


@pytest.fixture
def one_reminder(office: Office, mailroom: Mailroom) -> int:
    """The id of the only reminder in the outbox: thon-01 is asked for its sheet (T-3)."""
    rest = [o.id for o in office.obligations() if o.id != owed_by("thon-01")]
    excuse(office, *rest)
    mailroom.plan(NOW)
    return int(mailroom.row().id)


def relay_says(mailroom: Mailroom, answers: Script, now: datetime) -> Delivery:
    async def talk() -> Delivery:
        async with FaultyRelay(answers) as relay:
            return await mailroom.deliver(now, relay.port)

    return asyncio.run(talk())


@pytest.mark.usefixtures("receipt")
def test_a_letter_the_relay_took_is_recorded_as_accepted(mailroom: Mailroom) -> None:
    assert mailroom.send(NOW) == Delivery(accepted=1)
    row = mailroom.row(LetterKind.RECEIPT)
    assert (row.state, row.attempt, row.last_code) == (LetterState.ACCEPTED, 1, 250)
    assert (row.owner, row.phase, row.settled_at) == (None, None, NOW)
    assert mailroom.contents() == [row.frozen]
    assert mailroom.catcher.holds(row.message_id)
    assert mailroom.send(NOW) == Delivery()
    told = read_journal(mailroom.engine, commune=COMMUNE)[-1]
    assert (told.action, told.subject) == ("letter.accepted", row.dedupe_key)
    assert verify(mailroom.engine, commune=COMMUNE) == ()


@pytest.mark.usefixtures("receipt")
def test_a_letter_refused_for_now_is_tried_again_by_the_schedule_with_the_same_bytes(
    mailroom: Mailroom,
) -> None:
    now, bytes_sent = NOW, set()
    letter_id = mailroom.row().id
    for n in range(1, len(BACK_OFF) + 2):
        wait = back_off(letter_id, n)
        done = relay_says(mailroom, {"DOT": "451 4.7.1 greylisted"}, now)
        assert (done.retried, done.relay_failed) == (1, False)
        row = mailroom.row()
        assert (row.state, row.attempt, row.not_before) == (LetterState.READY, n, now + wait)
        bytes_sent.add(row.frozen)
        assert mailroom.send(now + wait - timedelta(seconds=1)) == Delivery()
        now += wait
    assert mailroom.send(now).accepted == 1
    assert [*bytes_sent] == mailroom.contents()
    (letter,) = mailroom.letters()
    assert letter["Date"].datetime == NOW
    assert letter["Message-ID"] == mailroom.row().message_id
    assert [a.verdict for a in mailroom.attempts(mailroom.row().id)] == [
        *["refused_temporarily"] * 6, "accepted",
    ]  # fmt: skip


def test_a_letter_put_off_for_five_days_lands_on_a_persons_desk(
    mailroom: Mailroom, office: Office
) -> None:
    office.submit(owed_by("vp", "SL"), Answer(nil_reason="Không có."), now=NOW)
    mailroom.send(NOW)
    office.give_back(owed_by("vp", "SL"), due=at((19, 6), "17:00"), now=NOW)
    greylist: Script = {"DOT": "451 4.7.1 greylisted"}
    relay_says(mailroom, greylist, NOW)
    later = NOW + GIVE_UP_AFTER
    mailroom.alter(mailroom.row(LetterKind.RETURNED).id, not_before=later)
    relay_says(mailroom, greylist, later)
    row = mailroom.row(LetterKind.RETURNED)
    assert (row.state, row.attempt, row.copies) == (LetterState.NEEDS_HUMAN, 2, 0)
    assert row.dedupe_key in mailroom.alarms()[AlarmKind.LETTER_NEEDS_HUMAN]
    assert mailroom.send(later + timedelta(days=1)) == Delivery()


@pytest.mark.usefixtures("one_reminder")
def test_a_reminder_put_off_beyond_its_day_expires_and_gives_its_rungs_back(
    mailroom: Mailroom,
) -> None:
    mailroom.alter(mailroom.row().id, not_after=NOW + timedelta(seconds=30))
    relay_says(mailroom, {"RCPT": "450 4.2.0 later"}, NOW)
    assert mailroom.row().state == LetterState.EXPIRED
    assert [item for item in mailroom.items() if item.outbox_id is not None] == []
    assert mailroom.alarms() == {}


@pytest.mark.usefixtures("active_plan")
def test_no_relay_burns_no_attempt_and_releases_all(mailroom: Mailroom, free_port: int) -> None:
    mailroom.plan(NOW)
    waiting = len(mailroom.rows())
    assert mailroom.send(NOW, port=free_port) == Delivery(relay_failed=True)
    rows = mailroom.rows()
    assert {(row.state, row.owner, row.phase, row.attempt) for row in rows} == {
        (LetterState.READY, None, None, 0)
    }
    assert mailroom.send(NOW + timedelta(minutes=1)).accepted == waiting


@pytest.mark.usefixtures("active_plan")
def test_a_relay_that_closes_stops_the_round(mailroom: Mailroom) -> None:
    mailroom.plan(NOW)
    done = relay_says(mailroom, {"MAIL": "421 4.3.2 closing"}, NOW)
    assert (done.accepted, done.relay_failed) == (0, True)
    assert not mailroom.rows(state=LetterState.SENDING)


@pytest.mark.usefixtures("receipt")
def test_silence_after_the_dot_stays_visible_and_is_never_sent_again(mailroom: Mailroom) -> None:
    assert relay_says(mailroom, {"DOT": DROP}, NOW).unknown == 1
    row = mailroom.row()
    assert (row.state, row.settled_at, row.copies) == (LetterState.UNKNOWN, NOW, 1)
    assert mailroom.send(NOW + timedelta(hours=2)) == Delivery()
    assert mailroom.letters() == []


@pytest.mark.usefixtures("receipt")
def test_a_letter_refused_for_its_content_flags_nobody(mailroom: Mailroom, office: Office) -> None:
    assert relay_says(mailroom, {"DOT": "554 5.7.1 content"}, NOW).refused == 1
    assert mailroom.row().state == LetterState.REFUSED
    assert not any(row.unreachable for row in office.board(NOW).rows)


@pytest.mark.parametrize("hour", ["06:00", "12:00", "16:30", "22:00"])
def test_outside_the_windows_only_receipts_leave(
    mailroom: Mailroom, office: Office, hour: str
) -> None:
    office.submit(owed_by("thon-01"), NIL, now=at((15, 6), "17:30"))
    office.accept(owed_by("thon-01"), now=at((15, 6), "17:30"))
    mailroom.send(at((16, 6), hour))
    assert [letter["X-Dondoc-Kind"] for letter in mailroom.letters()] == ["E10"]
    mailroom.send(NOW)
    assert [letter["X-Dondoc-Kind"] for letter in mailroom.letters()] == ["E10", "E13"]


@pytest.mark.slow
@pytest.mark.parametrize("hour", ["06:00", "12:00", "22:00"])
def test_an_urgent_letter_leaves_at_any_hour_as_the_policy_says(
    mailroom: Mailroom, reporting: Reporting, hour: str
) -> None:
    reporting.report()
    reporting.assemble()
    reporting.ask()
    for row in mailroom.rows():
        if row.kind != LetterKind.FOR_DECISION:
            mailroom.alter(row.id, state=LetterState.SUPERSEDED)
    night = at((26, 6), hour)
    patient = mailroom.policy.model_copy(update={"urgent_kinds": frozenset()})
    assert replace(mailroom, policy=patient).send(night).accepted == 0
    assert mailroom.send(night).accepted == 1


def test_a_unit_that_reports_between_claim_and_dot_gets_no_letter(
    mailroom: Mailroom, office: Office, one_reminder: int
) -> None:
    claimed = mailroom.claim(NOW)
    office.submit(owed_by("thon-01"), NIL, now=NOW)
    assert mailroom.mark(claimed, NOW) == set()
    row = next(row for row in mailroom.rows() if row.id == one_reminder)
    assert (row.state, row.phase, row.copies) == (LetterState.SUPERSEDED, None, 0)


class MeanwhileRelay(FaultyRelay):
    """A relay during whose answer to RCPT something else happens."""

    def __init__(self, happening: Callable[[], object]) -> None:
        super().__init__()
        self.happening = happening

    async def _reply(self, writer: asyncio.StreamWriter, key: str, default: str) -> str:
        if key == "RCPT" and "DATA" not in self.verbs:
            self.happening()
        return await super()._reply(writer, key, default)


@pytest.mark.usefixtures("one_reminder")
def test_a_letter_withdrawn_while_the_relay_answers_is_superseded(
    mailroom: Mailroom, office: Office
) -> None:
    async def talk() -> tuple[Delivery, list[bytes]]:
        happening = partial(office.submit, owed_by("thon-01"), NIL, now=NOW)
        async with MeanwhileRelay(happening) as relay:
            return await mailroom.deliver(NOW, relay.port), relay.letters

    done, letters = asyncio.run(talk())
    assert (done.withdrawn, done.accepted, done.relay_failed) == (1, 1, False)
    assert [b"X-Dondoc-Kind: E10" in letter for letter in letters] == [True]
    row = next(row for row in mailroom.rows() if row.day is not None)
    assert row.state == LetterState.SUPERSEDED
    told = [e.action for e in read_journal(mailroom.engine, commune=COMMUNE)]
    assert "letter.superseded" in told


@pytest.mark.usefixtures("receipt")
def test_a_hold_set_while_the_relay_answers_stops_the_dot_and_costs_no_attempt(
    mailroom: Mailroom,
) -> None:
    def stop() -> None:
        brakes.hold(
            mailroom.engine,
            commune=COMMUNE,
            reason=HoldReason.PERSON,
            detail="chờ",
            by="a",
            now=NOW,
        )

    async def talk() -> tuple[Delivery, list[bytes]]:
        async with MeanwhileRelay(stop) as relay:
            return await mailroom.deliver(NOW, relay.port), relay.letters

    done, letters = asyncio.run(talk())
    assert (done.withdrawn, done.accepted, letters) == (1, 0, [])
    row = mailroom.row()
    assert (row.state, row.attempt, row.copies) == (LetterState.READY, 0, 0)
    assert "chờ" in (mailroom.send(NOW).hold or "")
    assert mailroom.letters() == []


@pytest.mark.usefixtures("receipt")
def test_every_letter_says_what_it_is_and_that_a_machine_wrote_it(mailroom: Mailroom) -> None:
    mailroom.send(NOW)
    letter = message_from_bytes(mailroom.contents()[0])
    assert (letter["X-Dondoc-Kind"], letter["X-Dondoc-Plan"]) == ("E10", PLAN)
    assert letter["Auto-Submitted"] == "auto-replied"
