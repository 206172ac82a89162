"""The inbox on a real Dovecot: each mail is stored once, acted on once, and never lost."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, update

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import transaction
from adapters.imap import open_folder
from adapters.incoming_mail_scan import MOST_OCTETS
from adapters.ledger import PlanRecord
from models.letters import LetterState
from services.fetching import tell_left, tell_unread
from services.inbox import Fetched
from tests.incoming_corpus import CORPUS
from tests.incoming_mails import PASSED, dsn, mail
from tests.mail_servers import Dovecot, missing_programs, running_dovecot
from tests.services.inbox_stage import NOW, Postbox
from tests.services.reporting import Reporting
from tests.services.stage import COMMUNE, at

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(missing_programs() is not None, reason=str(missing_programs())),
]
ADDRESSES = [f"hop-thu-{n}@batmot.example" for n in range(60)]
ANSWER = mail("Đã gửi báo cáo.", headers={"Authentication-Results": PASSED})


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot(ADDRESSES) as server:
        yield server


@pytest.fixture(scope="module")
def unused() -> Iterator[str]:
    return iter(ADDRESSES)


@pytest.fixture
def postbox(  # noqa: PLR0917 - pytest passes fixtures by name
    engine: Engine,
    active_plan: PlanRecord,
    blobs: BlobStore,
    dovecot: Dovecot,
    unused: Iterator[str],
) -> Postbox:
    """A mailbox of its own beside the plan in force, with one letter sent to the office."""
    assert active_plan
    made = Postbox(engine, blobs, dovecot, next(unused))
    made.write_letter()
    return made


def test_an_answer_is_stored_with_unit_contact_and_letter_and_then_moved(postbox: Postbox) -> None:
    postbox.arrive(ANSWER)
    assert postbox.fetch() == Fetched(kept=1)
    row = postbox.row()
    assert (row.mail_class, row.state) == ("answer", "kept")
    assert (row.unit_id, row.contact_id, row.outbox_id) == ("vp", "vp.contact", 1)
    assert (row.subject, row.received_at) == ("Re: Giao nhiệm vụ", NOW)
    assert postbox.blobs.get(row.sha256) == ANSWER
    assert (postbox.waiting(), postbox.done()) == ([], [ANSWER])
    assert postbox.alarms()[0].startswith("Đơn vị “vp” trả lời bằng thư (vp@batmot.example")
    assert postbox.journal("mail.") == ["mail.answer"]


def test_the_whole_corpus_is_stored_and_moved_and_the_second_round_does_nothing(
    postbox: Postbox,
) -> None:
    postbox.arrive(*(sample.raw for sample in CORPUS))
    done = postbox.fetch()
    assert done.kept + done.quarantined + done.automatic == len(CORPUS)
    assert len(postbox.rows()) == len(postbox.done()) == len(CORPUS)
    assert postbox.fetch() == Fetched()
    assert {postbox.blobs.get(row.sha256) for row in postbox.rows()} == {s.raw for s in CORPUS}
    assert len([text for text in postbox.alarms() if text.startswith("Có thư chờ")]) == 1


def test_a_mail_stored_before_the_move_failed_is_only_moved(postbox: Postbox) -> None:
    postbox.arrive(ANSWER)
    done_folder = postbox.dovecot.folder / "mail" / postbox.address / ".Da-nhan"
    done_folder.write_text("no folder can be made here")
    postbox.fetch()
    assert postbox.waiting() == [ANSWER]
    done_folder.unlink()
    assert postbox.fetch() == Fetched(known=1)
    assert (postbox.waiting(), postbox.done()) == ([], [ANSWER])
    assert len(postbox.rows()) == 1


def test_new_numbers_for_the_folder_store_nothing_again(postbox: Postbox) -> None:
    postbox.arrive(ANSWER)
    postbox.fetch()
    with transaction(postbox.engine) as connection:  # as if the server had been another one
        connection.execute(update(tables.inbox).values(uid_validity=1))
        connection.execute(update(tables.mailboxes).values(uid_validity=1))
    postbox.arrive(ANSWER)
    assert postbox.fetch() == Fetched(repeated=1)
    assert len(postbox.rows()) == len(postbox.rows(tables.inbox_copies)) == 1
    assert postbox.journal("mailbox.") == ["mailbox.renumbered"]
    assert postbox.row(tables.mailboxes).uid_validity != 1
    assert postbox.fetch() == Fetched()


def test_the_same_octets_laid_twice_are_stored_once_even_where_nothing_can_be_moved(
    postbox: Postbox,
) -> None:
    folder = postbox.dovecot.folder / "mail" / postbox.address
    postbox.arrive(ANSWER, ANSWER)
    (folder / ".Da-nhan").write_text("no folder can be made here")
    assert postbox.fetch() == Fetched(kept=1, repeated=1)
    assert postbox.fetch() == Fetched(known=2)
    assert postbox.journal("mail.") == ["mail.answer", "mail.repeated"]


def test_the_same_mail_by_another_way_is_a_duplicate_and_other_words_are_not(
    postbox: Postbox,
) -> None:
    again = b"Received: from elsewhere\r\n" + ANSWER
    other = ANSWER.replace("Đã gửi".encode(), "Chưa gửi".encode())
    postbox.arrive(ANSWER, again, other)
    assert postbox.fetch() == Fetched(kept=2, automatic=1)
    assert [row.mail_class for row in postbox.rows()] == ["answer", "duplicate", "answer"]


def test_a_mail_of_more_than_40_mb_is_recorded_and_stays(postbox: Postbox) -> None:
    postbox.arrive(ANSWER + b"x" * MOST_OCTETS)
    assert postbox.fetch() == Fetched(quarantined=1)
    row = postbox.row()
    assert (row.sha256, row.mail_class, row.unit_id) == (None, "unreadable", "vp")
    assert row.reason.startswith("E-IN-SIZE")
    assert postbox.fetch() == Fetched(known=1)
    assert len(postbox.waiting()) == 1


def test_an_address_that_died_is_flagged_and_the_next_contact_written_to(postbox: Postbox) -> None:
    postbox.arrive(dsn())
    assert postbox.fetch() == Fetched(automatic=1)
    first, second = postbox.rows(tables.outbox)
    assert (first.state, first.settled_at) == (LetterState.BOUNCED, NOW)
    assert (second.contact_id, second.state) == ("vp.head", LetterState.READY)
    contact = next(c for c in postbox.rows(tables.contacts) if c.id == "vp.contact")
    assert contact.flagged_at == NOW
    (told,) = postbox.alarms()
    assert "vp@batmot.example bị trả lại" in told
    assert "lanhdao.vp@batmot.example" in told
    assert postbox.row().outbox_id == 1


def test_a_second_bounce_of_the_same_letter_changes_nothing(postbox: Postbox) -> None:
    postbox.arrive(dsn())
    postbox.fetch()
    postbox.arrive(dsn(diagnostic="smtp; 550 5.1.1 still unknown"))
    assert postbox.fetch() == Fetched(automatic=1)
    assert len(postbox.rows(tables.outbox)) == 2
    assert postbox.journal("letter.") == ["letter.bounced"]


def test_a_full_mailbox_and_a_delay_change_no_contact(postbox: Postbox) -> None:
    postbox.arrive(dsn(status="5.2.2", diagnostic="smtp; full"), dsn(action="delayed"))
    assert postbox.fetch() == Fetched(automatic=2)
    assert postbox.letter().state == LetterState.ACCEPTED
    assert all(contact.flagged_at is None for contact in postbox.rows(tables.contacts))
    assert postbox.journal("letter.") == ["letter.delayed", "letter.delayed"]
    (told,) = postbox.alarms()  # only of the one that the other server has given up
    assert "địa chỉ vẫn dùng được" in told


def test_a_letter_refused_for_its_content_is_not_the_contacts_fault(postbox: Postbox) -> None:
    postbox.arrive(dsn(status="5.3.4", diagnostic="smtp; 552 5.3.4 message too big"))
    postbox.fetch()
    assert postbox.letter().state == LetterState.BOUNCED
    assert all(contact.flagged_at is None for contact in postbox.rows(tables.contacts))
    assert "message too big" in postbox.alarms()[0]


def test_a_bounce_before_its_letter_is_settled_waits_for_the_next_round(postbox: Postbox) -> None:
    _set_state(postbox, LetterState.SENDING)
    postbox.arrive(dsn())
    assert postbox.fetch() == Fetched(postponed=1)
    assert (len(postbox.waiting()), len(postbox.rows())) == (1, 0)
    _set_state(postbox, LetterState.UNKNOWN)
    assert postbox.fetch() == Fetched(automatic=1)
    assert postbox.letter().state == LetterState.BOUNCED


def test_a_forged_bounce_changes_nothing_and_is_put_before_a_person(postbox: Postbox) -> None:
    postbox.arrive(dsn(returned="<forged@batmot.example>"))
    assert postbox.fetch() == Fetched(quarantined=1)
    assert postbox.letter().state == LetterState.ACCEPTED
    assert "giấy báo không gửi được" in postbox.alarms()[0]


def test_in_a_read_only_folder_mails_are_stored_once_and_stay(postbox: Postbox) -> None:
    postbox.arrive(ANSWER)
    for now, known in ((NOW, 0), (at((12, 5), "09:20"), 1)):
        with open_folder(postbox.settings) as folder:
            folder.is_read_only = True
            done = postbox.read(folder, now)
        assert done == Fetched(kept=1 - known, known=known, left=1, oldest_left=NOW)
    assert (len(postbox.rows()), postbox.waiting()) == (1, [ANSWER])


def test_a_mail_that_somebody_moves_meanwhile_is_left_to_him(postbox: Postbox) -> None:
    postbox.arrive(ANSWER, ANSWER + b"x" * MOST_OCTETS)
    with open_folder(postbox.settings) as folder:
        listed = folder.list_mails()
        postbox.dovecot.empty(postbox.address)
        folder.list_mails = lambda: listed  # type: ignore[method-assign] # what it was a moment ago
        assert postbox.read(folder) == Fetched(gone=2)
    assert postbox.rows() == []


def test_two_readers_at_once_store_each_mail_once(postbox: Postbox) -> None:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - only here

    postbox.arrive(*(mail(f"Bản {n}") for n in range(12)))
    with ThreadPoolExecutor(2) as pool:
        rounds = [pool.submit(postbox.fetch) for _ in range(2)]
        done = [found.result() for found in rounds]
    assert sum(d.kept for d in done) == len(postbox.rows()) == len(set(postbox.done())) == 12
    assert postbox.waiting() == []
    assert len(postbox.journal("mail.")) == 12


def test_a_mailbox_that_stays_away_is_told_once_and_settled_when_it_is_back(
    postbox: Postbox,
) -> None:
    def tell(minute: int) -> bool:
        return tell_unread(
            postbox.engine, postbox.settings, commune=COMMUNE, why="mất kết nối",
            now=at((12, 5), f"09:{minute:02d}"),
        )  # fmt: skip

    postbox.fetch()
    assert [tell(minute) for minute in (5, 16, 25)] == [False, True, False]
    tell_left(postbox.engine, postbox.settings, Fetched(), commune=COMMUNE, now=NOW)
    assert postbox.row(tables.alarms).settled_at == NOW


def test_a_mailbox_never_read_is_told_at_once(postbox: Postbox) -> None:
    assert tell_unread(
        postbox.engine, postbox.settings, commune=COMMUNE, why="sai mật khẩu", now=NOW
    )


def test_mails_that_cannot_be_moved_are_told_after_a_while(postbox: Postbox) -> None:
    for minute, told in ((5, 0), (16, 1), (26, 1)):
        left = Fetched(known=1, left=1, oldest_left=NOW)
        now = at((12, 5), f"09:{minute:02d}")
        tell_left(postbox.engine, postbox.settings, left, commune=COMMUNE, now=now)
        assert len(postbox.alarms()) == told


def _set_state(postbox: Postbox, state: LetterState) -> None:
    with transaction(postbox.engine) as connection:
        connection.execute(update(tables.outbox).values(state=state))


@pytest.mark.parametrize("verdict", [PASSED, "mx.batmot.example; dmarc=fail"])
def test_a_mail_that_says_yes_approves_nothing(
    postbox: Postbox, reporting: Reporting, verdict: str
) -> None:
    reporting.report()
    reporting.assemble()
    reporting.ask()
    leader = next(row.email for row in postbox.rows(tables.contacts) if row.unit_id == "ubnd")
    words = f"Đồng ý phê duyệt báo cáo, mã {reporting.newest().sha256[:12]}."
    headers = {"Authentication-Results": verdict, "From": leader}
    postbox.arrive(mail(words, headers=headers))
    assert postbox.fetch().kept == 1
    assert reporting.newest().verdict is None
    assert reporting.office.count(tables.decisions) == 0
