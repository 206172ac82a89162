"""A letter in doubt: watched on a clock that never jumps, asked of the oracle, settled by kind."""

from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import select

from adapters import tables
from adapters.database import transaction
from models.alarms import AlarmKind
from models.clocks import MonotonicReading
from models.letter_policies import MOST_CRASHES, QUIET_REMOTE
from models.letters import LetterKind, LetterState
from models.plans import PlanDossier
from services.journal import read_journal, verify
from services.submissions import Receipt
from tests.services.mailroom import FEW, SENDER, Mailroom, excuse, with_units
from tests.services.stage import COMMUNE, NIL, Office, at, owed_by

NOW = at((17, 6), "07:30")
LATER = NOW + QUIET_REMOTE


@pytest.fixture(scope="session")
def dossier(dossier: PlanDossier) -> PlanDossier:
    return with_units(dossier, FEW)


@pytest.fixture
def receipt(office: Office) -> Receipt:
    """One receipt in the outbox, and nothing else."""
    return office.submit(owed_by("thon-01"), NIL, now=NOW)


def in_doubt(mailroom: Mailroom, kind: LetterKind) -> None:
    """Let the sender of the only letter die after the mark."""
    (claimed,) = mailroom.claim(NOW)
    assert mailroom.mark([claimed], NOW) == {claimed.id}
    mailroom.alter(claimed.id, kind=kind)


def actions(mailroom: Mailroom) -> list[str]:
    return [entry.action for entry in read_journal(mailroom.engine, commune=COMMUNE)]


@pytest.mark.usefixtures("receipt")
def test_a_crash_before_the_dot_puts_the_letter_back_at_once(mailroom: Mailroom) -> None:
    mailroom.claim(NOW)
    assert mailroom.resolve(NOW, alive=[SENDER]) == 0
    assert mailroom.resolve(NOW) == 1
    row = mailroom.row()
    assert (row.state, row.owner, row.settled_at) == (LetterState.READY, None, None)
    assert (row.attempt, row.crashes) == (1, 1)
    assert mailroom.send(NOW).accepted == 1
    assert mailroom.contents() == [row.frozen]


@pytest.mark.usefixtures("receipt")
def test_a_sender_that_marks_and_dies_while_it_is_looked_at_leaves_a_doubt(
    mailroom: Mailroom,
) -> None:
    """On SQLite the mark waits for the resolver, and finds that the letter is not its own any more."""
    letters = mailroom.claim(NOW)
    marked: list[set[int]] = []
    last_act = Thread(target=lambda: marked.append(mailroom.mark(letters, NOW)))

    def has_just_died(_owner: str) -> bool:
        last_act.start()
        last_act.join(0 if mailroom.engine.dialect.name == "sqlite" else None)
        return False

    mailroom.resolve(NOW, is_alive=has_just_died)
    last_act.join()
    mailroom.resolve(NOW)
    state = LetterState.UNKNOWN if marked[0] else LetterState.READY
    assert mailroom.row().state == state


@pytest.mark.usefixtures("receipt")
def test_a_living_senders_mark_is_left_alone(mailroom: Mailroom) -> None:
    in_doubt(mailroom, LetterKind.RECEIPT)
    assert mailroom.resolve(LATER, alive=[SENDER], oracle=mailroom.catcher.holds) == 0
    assert mailroom.row().state == LetterState.SENDING


@pytest.mark.usefixtures("receipt")
def test_what_the_oracle_has_seen_is_accepted_at_once(mailroom: Mailroom) -> None:
    mailroom.send(NOW)
    mailroom.alter(mailroom.row().id, state=LetterState.SENDING, phase="dot", owner=SENDER)
    assert mailroom.resolve(NOW, oracle=mailroom.catcher.holds) == 2
    assert mailroom.row().state == LetterState.ACCEPTED
    assert mailroom.send(NOW + timedelta(days=1)).accepted == 0
    assert actions(mailroom)[-2:] == ["letter.unknown", "letter.confirmed"]
    assert verify(mailroom.engine, commune=COMMUNE) == ()


@pytest.mark.usefixtures("receipt")
def test_the_oracles_no_counts_only_after_the_quiet_period(mailroom: Mailroom) -> None:
    in_doubt(mailroom, LetterKind.RECEIPT)
    for passed in (timedelta(), QUIET_REMOTE - timedelta(seconds=1)):
        mailroom.resolve(NOW + passed, oracle=mailroom.catcher.holds)
        assert mailroom.row().state == LetterState.UNKNOWN
    assert mailroom.resolve(LATER, oracle=mailroom.catcher.holds) == 1
    row = mailroom.row()
    assert (row.state, row.owner, row.crashes) == (LetterState.READY, None, 0)
    assert mailroom.send(LATER).accepted == 1
    assert mailroom.contents() == [row.frozen]


@pytest.mark.usefixtures("receipt")
def test_the_wall_clock_has_no_say_and_a_boot_begins_the_watch_anew(mailroom: Mailroom) -> None:
    in_doubt(mailroom, LetterKind.RECEIPT)
    far = NOW + timedelta(days=2)
    for boot, seconds in (("one", 0), ("one", 899), ("two", 5000), ("two", 5899)):
        mailroom.resolve(far, monotonic=MonotonicReading(boot_id=boot, seconds=seconds))
        assert mailroom.row().state == LetterState.UNKNOWN
    mailroom.resolve(far, monotonic=MonotonicReading(boot_id="two", seconds=5900))
    assert mailroom.row().state == LetterState.ACCEPTED


@pytest.mark.usefixtures("receipt")
def test_a_letter_whose_sender_lives_is_not_watched_yet(mailroom: Mailroom) -> None:
    in_doubt(mailroom, LetterKind.RECEIPT)
    mailroom.alter(mailroom.row().id, state=LetterState.UNKNOWN)
    assert mailroom.resolve(NOW, alive=[SENDER]) == 0
    assert mailroom.resolve(LATER, alive=[SENDER]) == 0
    assert mailroom.resolve(LATER) == 0
    assert mailroom.resolve(LATER + QUIET_REMOTE) == 1


@pytest.mark.usefixtures("receipt")
def test_two_who_settle_at_once_leave_no_watch_that_a_later_doubt_would_inherit(
    mailroom: Mailroom,
) -> None:
    in_doubt(mailroom, LetterKind.RECEIPT)
    mailroom.resolve(NOW)
    other = Thread(target=lambda: mailroom.resolve(LATER, oracle=lambda _: False))

    def is_dead(_owner: str) -> bool:
        other.start()
        other.join(0 if mailroom.engine.dialect.name == "sqlite" else None)
        return False

    mailroom.resolve(NOW, is_alive=is_dead)
    other.join()
    mailroom.resolve(LATER, oracle=lambda _: False)
    assert mailroom.row().state == LetterState.READY
    with transaction(mailroom.engine) as connection:
        assert connection.execute(select(tables.unknown_watches)).all() == []


@pytest.mark.usefixtures("receipt")
def test_a_no_counts_only_when_the_relay_has_read_what_dead_senders_left(
    mailroom: Mailroom,
) -> None:
    in_doubt(mailroom, LetterKind.RECEIPT)
    mailroom.resolve(NOW)
    much_later = LATER + timedelta(days=1)
    assert mailroom.resolve(much_later, oracle=lambda _: False, is_reading=True) == 0
    assert mailroom.row().state == LetterState.UNKNOWN
    assert mailroom.resolve(much_later, oracle=lambda _: False) == 1
    assert mailroom.row().state == LetterState.READY


def settle(mailroom: Mailroom, kind: LetterKind) -> str:
    in_doubt(mailroom, kind)
    mailroom.resolve(NOW)
    mailroom.resolve(LATER)
    return str(mailroom.row().state)


@pytest.mark.usefixtures("receipt")
@pytest.mark.parametrize("kind", [LetterKind.RECEIPT, LetterKind.REMIND_SOON, LetterKind.BULLETIN])
def test_a_reminder_in_doubt_counts_as_sent(mailroom: Mailroom, kind: LetterKind) -> None:
    assert settle(mailroom, kind) == LetterState.ACCEPTED
    assert actions(mailroom)[-1] == "letter.presumed"
    assert mailroom.send(LATER + timedelta(days=1)).accepted == 0
    assert mailroom.alarms() == {}


@pytest.mark.usefixtures("receipt")
@pytest.mark.parametrize("kind", [LetterKind.ASSIGNMENT, LetterKind.FOR_DECISION])
def test_a_request_in_doubt_goes_once_more_and_then_to_a_person(
    mailroom: Mailroom, kind: LetterKind
) -> None:
    assert settle(mailroom, kind) == LetterState.READY
    first = mailroom.row()
    (again,) = mailroom.claim(LATER)
    assert again.frozen == first.frozen
    mailroom.mark([again], LATER)
    mailroom.resolve(LATER)
    mailroom.resolve(LATER + QUIET_REMOTE)
    row = mailroom.row()
    assert (row.state, row.copies) == (LetterState.NEEDS_HUMAN, 2)
    assert row.dedupe_key in mailroom.alarms()[AlarmKind.LETTER_NEEDS_HUMAN]


@pytest.mark.usefixtures("receipt")
def test_the_final_report_in_doubt_tells_a_person_in_the_same_round_and_goes_again_near_its_end(
    mailroom: Mailroom,
) -> None:
    in_doubt(mailroom, LetterKind.DISPATCH)
    end = NOW + timedelta(hours=5)
    mailroom.alter(mailroom.row().id, not_after=end)
    mailroom.resolve(NOW)
    assert AlarmKind.LETTER_UNKNOWN in mailroom.alarms()
    mailroom.resolve(LATER)
    assert mailroom.row().state == LetterState.NEEDS_HUMAN
    assert AlarmKind.LETTER_NEEDS_HUMAN in mailroom.alarms()
    assert mailroom.resolve(end - timedelta(hours=2, seconds=1)) == 0
    assert mailroom.resolve(end - timedelta(hours=2)) == 1
    row = mailroom.row()
    assert row.state == LetterState.READY
    (again,) = mailroom.claim(end - timedelta(hours=2))
    assert again.frozen == row.frozen


@pytest.mark.usefixtures("receipt")
def test_the_final_report_on_a_persons_desk_is_accepted_when_the_oracle_sees_it(
    mailroom: Mailroom,
) -> None:
    assert settle(mailroom, LetterKind.DISPATCH) == LetterState.NEEDS_HUMAN
    assert mailroom.resolve(LATER) == 0
    assert mailroom.resolve(LATER, oracle=lambda _: True) == 1
    assert mailroom.row().state == LetterState.ACCEPTED
    watches = tables.unknown_watches
    with transaction(mailroom.engine) as connection:
        assert connection.execute(select(watches)).all() == []


@pytest.mark.usefixtures("receipt")
def test_a_letter_that_kills_its_sender_is_sent_alone_and_then_set_aside(
    mailroom: Mailroom, office: Office
) -> None:
    for crash in range(MOST_CRASHES + 1):
        assert mailroom.row().state == LetterState.READY
        with mailroom.engine.connect() as connection:
            claimant = mailroom.claimant(connection, NOW)
            assert bool(mailroom.claim_suspect(claimant)) == (crash > 0)
        if crash == 0:
            mailroom.claim(NOW)
        assert mailroom.claim(NOW) == ()
        mailroom.resolve(NOW)
    row = mailroom.row()
    assert row.state == LetterState.POISONED
    told = mailroom.alarms()[AlarmKind.LETTER_POISONED]
    assert row.dedupe_key in told
    assert "thon-01" in told
    office.submit(owed_by("thon-02"), NIL, now=NOW)
    assert mailroom.send(NOW).accepted == 1


def test_a_suspect_is_sent_after_all_others(mailroom: Mailroom, office: Office) -> None:
    rest = [o.id for o in office.obligations() if o.unit_id not in {"thon-01", "thon-02"}]
    excuse(office, *rest)
    mailroom.plan(NOW)
    first, _second = mailroom.rows()
    mailroom.alter(first.id, crashes=1)
    assert mailroom.send(NOW).accepted == 2
    assert [letter["To"].addresses[0].addr_spec for letter in mailroom.letters()][-1] == (
        first.address
    )
