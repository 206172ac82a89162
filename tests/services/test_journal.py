"""The journal tells of every act, and shows whoever touches it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import Connection, Engine, delete, func, select, update

from adapters import tables
from adapters.database import transaction
from adapters.tables import journal, journal_heads
from services import plans, reviews
from services.extensions import grant_extension, refuse_extension, request_extension
from services.journal import note, read_journal, record, verify
from services.pauses import PauseKind, pause
from tests.services.stage import COMMUNE, PLAN, Office, at, owed_by

SHEET = owed_by("thon-01")
WRITERS, TURNS = 8, 10


def request(office: Office) -> None:
    request_extension(office.engine, SHEET, reason="mưa lũ", proposed_due_at=None,
                      requested_by="thon-01.contact", now=at((19, 6)))  # fmt: skip


def grant(office: Office) -> None:
    grant_extension(office.engine, SHEET, until=at((25, 6)), by="ldx", now=at((19, 6)))


def refuse(office: Office) -> None:
    refuse_extension(office.engine, SHEET, refusal="không", by="ldx", now=at((19, 6)))


def waive(office: Office) -> None:
    reviews.waive(office.engine, SHEET, reason="sáp nhập", by="vhxh", now=at((19, 6)))


def rest(office: Office) -> None:
    pause(office.engine, commune=COMMUNE, unit_id="thon-01", kind=PauseKind.SILENCE, reason="tang",
          by="vhxh", until=at((25, 6)), now=at((19, 6)))  # fmt: skip


def submit(office: Office) -> None:
    office.submit(SHEET, now=at((18, 6)))


def accept(office: Office) -> None:
    office.accept(SHEET, now=at((19, 6)))


def give_back(office: Office) -> None:
    office.give_back(SHEET, due=at((25, 6)), now=at((19, 6)))


def close(office: Office) -> None:
    plan = plans.find_plan(office.engine, PLAN)
    with transaction(office.engine) as connection:
        plans.close_plan(connection, plan, actor="văn thư", now=at((30, 6)))


@pytest.mark.parametrize(
    ("before", "act", "said"),
    [
        ((), submit, "submission.received"),
        ((submit,), accept, "review.accepted"),
        ((submit,), give_back, "review.returned"),
        ((), waive, "review.waived"),
        ((), request, "extension.requested"),
        ((request,), refuse, "extension.refused"),
        ((request,), grant, "extension.granted"),
        ((), rest, "pause.silence"),
        ((), close, "plan.closed"),
    ],
)
def test_every_act_is_told_once(
    office: Office,
    *,
    before: tuple[Callable[[Office], None], ...],
    act: Callable[[Office], None],
    said: str,
) -> None:
    for earlier in before:
        earlier(office)
    known = read_journal(office.engine, commune=COMMUNE)
    act(office)
    told = read_journal(office.engine, commune=COMMUNE)
    assert told[: len(known)] == known
    assert [entry.action for entry in told[len(known) :]] == [said]
    assert verify(office.engine, commune=COMMUNE) == ()


def test_taking_in_and_opening_a_plan_is_told(engine: Engine, office: Office) -> None:
    told = [(e.seq, e.action, e.actor) for e in read_journal(engine, commune=COMMUNE)]
    assert told == [
        (1, "plan.imported", "quản trị"),
        (2, "plan.activated", "quản trị"),
        (3, "phase.opened", "dondoc"),
    ]
    assert office.count(journal_heads) == 1


def test_an_act_that_fails_is_not_told(engine: Engine, office: Office) -> None:
    def fail() -> None:
        with transaction(engine) as connection:
            record(connection, [note("x", "y")], commune=COMMUNE, actor="z", at=at((12, 5)))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert office.count(journal) == 3
    assert verify(engine, commune=COMMUNE) == ()


def test_an_altered_entry_is_found(engine: Engine, office: Office) -> None:
    office.submit(SHEET, now=at((18, 6)))
    with transaction(engine) as connection:
        connection.execute(update(journal).where(journal.c.seq == 2).values(actor="kẻ khác"))
    assert verify(engine, commune=COMMUNE) == ("Bản ghi 2: nội dung đã bị sửa (plan.activated).",)


def test_a_deleted_entry_is_found(engine: Engine, office: Office) -> None:
    office.submit(SHEET, now=at((18, 6)))
    with transaction(engine) as connection:
        connection.execute(delete(journal).where(journal.c.seq == 2))
    assert verify(engine, commune=COMMUNE) == (
        "Thiếu bản ghi 2 (gặp bản ghi 3).",
        "Bản ghi 3: không nối với bản ghi trước.",
    )


@pytest.mark.parametrize("kept", [2, 0])
def test_a_truncated_tail_is_found(engine: Engine, office: Office, kept: int) -> None:
    with transaction(engine) as connection:
        connection.execute(delete(journal).where(journal.c.seq > kept))
    assert office.count(journal) == kept
    assert verify(engine, commune=COMMUNE) == ("Cuối nhật ký đã bị cắt: phải có 3 bản ghi.",)


def test_a_lost_head_is_found(engine: Engine, office: Office) -> None:
    with transaction(engine) as connection:
        connection.execute(delete(journal_heads))
        connection.execute(delete(journal).where(journal.c.seq == 3))
    assert office.count(journal) == 2
    assert verify(engine, commune=COMMUNE) == (
        "Mất dòng ghi số bản ghi; không rõ sau bản ghi 2 còn bản ghi nào.",
    )


def test_an_empty_journal_is_whole(engine: Engine) -> None:
    with transaction(engine) as connection:
        record(connection, [], commune=COMMUNE, actor="ai", at=at((12, 5)))
    assert verify(engine, commune=COMMUNE) == ()
    assert read_journal(engine, commune=COMMUNE) == ()


def test_concurrent_writers_keep_the_chain_whole(engine: Engine) -> None:
    def write(writer: int) -> None:
        for turn in range(TURNS):
            with transaction(engine) as connection:
                two = [note("turn", f"{writer}/{turn}/{n}") for n in range(2)]
                record(connection, two, commune=COMMUNE, actor=str(writer), at=at((12, 5)))

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    assert verify(engine, commune=COMMUNE) == ()
    with transaction(engine) as connection:
        last = connection.execute(select(func.max(journal.c.seq))).scalar_one()
    assert last == WRITERS * TURNS * 2


def test_each_commune_has_its_own_chain(engine: Engine, office: Office) -> None:
    with transaction(engine) as connection:
        record(connection, [note("x", PLAN)], commune="dong-hoa", actor="y", at=at((12, 5)))
    assert [e.seq for e in read_journal(engine, commune="dong-hoa")] == [1]
    assert office.count(journal_heads) == 2
    with transaction(engine) as connection:
        connection.execute(update(journal).where(journal.c.commune == "dong-hoa").values(actor="z"))
    assert verify(engine, commune=COMMUNE) == ()
    assert verify(engine, commune="dong-hoa") != ()


def test_the_newest_entries_of_a_subject_are_read_oldest_first(
    engine: Engine, office: Office
) -> None:
    names = ["a_1/x", "a_1/y", "ab1/x", "a_1/z"]
    with transaction(engine) as connection:
        notes = [note("said", name) for name in names]
        record(connection, notes, commune=COMMUNE, actor="y", at=at((12, 5)))
    found = read_journal(engine, commune=COMMUNE, subject_prefix="a_1/", limit=2)
    assert [entry.subject for entry in found] == ["a_1/y", "a_1/z"]
    assert office.count(tables.journal) == 3 + len(names)


def test_the_chain_goes_on_behind_others_and_after_what_was_rolled_back(engine: Engine) -> None:
    def tell(connection: Connection, *subjects: str) -> None:
        notes = [note("thử", subject) for subject in subjects]
        record(connection, notes, commune=COMMUNE, actor="vhxh", at=at((19, 6)))

    with engine.connect() as first, engine.connect() as second:
        for turn in range(3):
            for connection in (first, second, second):
                with connection.begin():
                    tell(connection, f"lượt {turn}", "nữa")
                with suppress(ZeroDivisionError), connection.begin():
                    tell(connection, "không còn")
                    raise ZeroDivisionError
    assert verify(engine, commune=COMMUNE) == ()
    subjects = [entry.subject for entry in read_journal(engine, commune=COMMUNE)]
    assert subjects == [s for turn in range(3) for _ in range(3) for s in (f"lượt {turn}", "nữa")]
