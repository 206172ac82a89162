"""Brakes: nothing leaves while one holds, and a person lets go."""

import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from adapters import tables
from adapters.database import transaction
from adapters.disk import free_megabytes
from models.clocks import MonotonicReading
from models.errors import RefusedError
from models.letter_holds import HoldReason
from models.letters import LetterKind, LetterState
from services import brakes
from services.journal import read_journal, verify
from tests.services.letter_rows import put_letter
from tests.services.stage import COMMUNE, at

NOW = at((15, 6))
MINUTE = timedelta(minutes=1)


def reason_of(engine: Engine, commune: str = COMMUNE) -> str | None:
    with transaction(engine) as connection:
        return brakes.held_reason(connection, commune=commune)


def by_hand(engine: Engine, *, commune: str = COMMUNE, now: datetime = NOW) -> bool:
    return brakes.hold(
        engine, commune=commune, reason=HoldReason.PERSON, detail="chờ lãnh đạo", by="vp", now=now
    )


def engage(
    engine: Engine, home: Path, now: datetime = NOW, *, ran: timedelta | None = None,
    boot: str = "a",
) -> str | None:  # fmt: skip
    seconds = (now - NOW if ran is None else ran).total_seconds()
    reading = MonotonicReading(boot_id=boot, seconds=seconds)
    return brakes.engage(engine, commune=COMMUNE, home=home, now=now, monotonic=reading)


def release(engine: Engine, home: Path, now: datetime = NOW) -> int:
    return brakes.release(engine, commune=COMMUNE, by="vp", now=now, home=home)


def open_alarms(engine: Engine) -> list[str]:
    a = tables.alarms.c
    with transaction(engine) as connection:
        return list(connection.execute(select(a.kind).where(a.settled_at.is_(None))).scalars())


def storm(engine: Engine, *, planned: int, recipients: int, now: datetime = NOW) -> str | None:
    with transaction(engine) as connection:
        brakes.check_storm(
            connection, commune=COMMUNE, planned=planned, recipients=recipients, now=now
        )
        return brakes.held_reason(connection, commune=COMMUNE)


def actions(engine: Engine) -> list[str]:
    return [e.action for e in read_journal(engine, commune=COMMUNE, subject_prefix=COMMUNE)]


def test_a_hold_stands_once_is_told_and_journaled_and_let_go(
    engine: Engine, tmp_path: Path
) -> None:
    assert reason_of(engine) is None
    assert by_hand(engine) is True
    assert by_hand(engine) is False
    assert reason_of(engine) == "Người quản trị tạm dừng gửi thư: chờ lãnh đạo."
    assert engage(engine, tmp_path) == reason_of(engine)
    assert release(engine, tmp_path) == 1
    assert release(engine, tmp_path) == 0
    assert reason_of(engine) is None
    assert actions(engine) == ["mail.held", "mail.released"]
    assert verify(engine, commune=COMMUNE) == ()
    assert open_alarms(engine) == []  # who holds by command knows it


def test_a_commune_is_not_held_by_another(engine: Engine) -> None:
    by_hand(engine, commune="dong-hoa")
    assert reason_of(engine) is None
    assert reason_of(engine, "dong-hoa") is not None


def test_of_many_who_find_the_same_cause_one_holds(engine: Engine) -> None:
    done: list[bool] = []
    threads = [threading.Thread(target=lambda: done.append(by_hand(engine))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False] * 5 + [True]


def test_the_kill_file_holds_while_it_lies_there(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "HOLD"
    file.write_text("đang thay máy chủ\n")
    assert engage(engine, tmp_path) == "Có tệp HOLD trong thư mục dữ liệu: đang thay máy chủ."
    assert open_alarms(engine) == ["hold"]
    with pytest.raises(RefusedError, match="HOLD"):
        release(engine, tmp_path)
    assert engage(engine, tmp_path, NOW + MINUTE) is not None
    file.unlink()
    assert engage(engine, tmp_path, NOW + 2 * MINUTE) is None
    assert open_alarms(engine) == []
    file.touch()  # an empty one is an order too
    told = engage(engine, tmp_path, NOW + 3 * MINUTE)
    assert told is not None
    assert "xóa tệp" in told


def test_other_holds_outlive_the_kill_file(engine: Engine, tmp_path: Path) -> None:
    by_hand(engine)
    (tmp_path / "HOLD").touch()
    engage(engine, tmp_path)
    (tmp_path / "HOLD").unlink()
    assert engage(engine, tmp_path) == "Người quản trị tạm dừng gửi thư: chờ lãnh đạo."


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1), timedelta(minutes=-6)])
def test_a_clock_that_jumps_holds_until_a_person_confirms_it(
    engine: Engine, tmp_path: Path, jump: timedelta
) -> None:
    assert engage(engine, tmp_path) is None
    told = engage(engine, tmp_path, NOW + MINUTE + jump, ran=MINUTE)
    assert told is not None
    assert "đồng hồ nhảy" in told
    assert open_alarms(engine) == ["hold.clock"]
    # Put right, it still waits for a person; the mark has not moved.
    assert engage(engine, tmp_path, NOW + 2 * MINUTE) is not None
    assert release(engine, tmp_path, NOW + 3 * MINUTE) == 1
    assert engage(engine, tmp_path, NOW + 3 * MINUTE) is None
    assert open_alarms(engine) == []


def test_a_confirmed_clock_is_the_new_measure(engine: Engine, tmp_path: Path) -> None:
    engage(engine, tmp_path)
    tomorrow = NOW + timedelta(days=1)
    assert engage(engine, tmp_path, tomorrow, ran=MINUTE) is not None
    release(engine, tmp_path, tomorrow)
    assert engage(engine, tmp_path, tomorrow, ran=MINUTE) is None
    assert engage(engine, tmp_path, tomorrow + MINUTE, ran=2 * MINUTE) is None


def test_a_machine_that_was_off_for_days_is_no_jump(engine: Engine, tmp_path: Path) -> None:
    engage(engine, tmp_path)
    assert engage(engine, tmp_path, NOW + timedelta(days=3), ran=MINUTE, boot="b") is None
    back = engage(engine, tmp_path, NOW, ran=MINUTE, boot="c")
    assert back is not None
    assert "lùi lại 4320 phút" in back


def test_small_steps_back_add_up(engine: Engine, tmp_path: Path) -> None:
    engage(engine, tmp_path)
    assert engage(engine, tmp_path, NOW - 3 * MINUTE, ran=MINUTE) is None
    assert engage(engine, tmp_path, NOW - 6 * MINUTE, ran=2 * MINUTE) is not None


def test_a_simulated_clock_never_trips_wherever_it_is_moved(engine: Engine, tmp_path: Path) -> None:
    for days in (0, 40, 41, 3, 200):
        assert engage(engine, tmp_path, NOW + timedelta(days=days)) is None


def test_more_letters_than_there_are_readers_is_a_storm(engine: Engine, tmp_path: Path) -> None:
    assert storm(engine, planned=36, recipients=30) is None
    told = storm(engine, planned=37, recipients=30)
    assert told is not None
    assert "37 thư cho 30 người nhận" in told
    assert storm(engine, planned=90, recipients=30) == told
    assert open_alarms(engine) == ["hold.storm"]
    assert release(engine, tmp_path) == 1


def test_more_than_twice_the_largest_round_ever_is_a_storm(engine: Engine) -> None:
    for number in range(25):
        put_letter(engine, f"a/{number}", now=NOW - timedelta(days=9))
    for number in range(30):  # the round itself, written in the same transaction
        put_letter(engine, f"b/{number}", now=NOW)
    assert storm(engine, planned=50, recipients=90) is None
    told = storm(engine, planned=51, recipients=90)
    assert told is not None
    assert "lượt lớn nhất trước đây có 25 thư" in told


def test_few_letters_and_a_first_round_are_no_storm(engine: Engine) -> None:
    assert storm(engine, planned=20, recipients=1) is None
    put_letter(engine, "a", now=NOW - timedelta(days=9))  # a receipt is no round to compare with
    assert storm(engine, planned=300, recipients=300) is None


def hold_back(
    engine: Engine, now: datetime = NOW, limit: int = 3, owner: str = ""
) -> dict[int, datetime]:
    """What waits when the owner, if there is one, takes all that is ready."""
    c = tables.outbox.c
    ready = select(tables.outbox).where(c.state == LetterState.READY).order_by(c.id)
    with transaction(engine) as connection:
        rows = connection.execute(ready).all()
        taken = update(tables.outbox).where(c.id.in_([row.id for row in rows]))
        if owner:
            connection.execute(taken.values(state=LetterState.SENDING, owner=owner))
        held = brakes.over_limit(connection, rows, now=now, limit=limit, owner=owner)
        connection.execute(taken.values(state=LetterState.READY, owner=None))
    return dict(held)


def sent(
    engine: Engine,
    key: str,
    *,
    ago: timedelta,
    kind: LetterKind = LetterKind.BULLETIN,
    **values: Any,
) -> None:
    plain: dict[str, Any] = {"state": LetterState.ACCEPTED, "settled_at": NOW - ago}
    put_letter(engine, key, now=NOW - ago, kind=kind, **plain | values)


def test_a_recipient_gets_three_automatic_letters_a_day(engine: Engine) -> None:
    for number in range(3):
        sent(engine, f"s/{number}", ago=timedelta(hours=20 - number))
    fourth = put_letter(engine, "r/1", now=NOW)
    put_letter(engine, "r/2", now=NOW, contact="kt.contact")
    put_letter(engine, "r/3", now=NOW, kind=LetterKind.RECEIPT)
    put_letter(engine, "r/4", now=NOW, kind=LetterKind.FOR_DECISION)
    assert hold_back(engine) == {fourth: NOW + timedelta(hours=4)}
    assert hold_back(engine, NOW + timedelta(hours=4)) == {}
    assert hold_back(engine, limit=4) == {}


def test_letters_of_one_claim_count_among_themselves(engine: Engine) -> None:
    ids = [put_letter(engine, f"r/{n}", now=NOW) for n in range(5)]
    later = NOW + timedelta(days=1)
    assert hold_back(engine) == {ids[3]: later, ids[4]: later}


def test_what_the_sender_has_in_hand_counts_as_sent(engine: Engine) -> None:
    in_hand: dict[str, Any] = {
        "state": LetterState.SENDING, "owner": "a", "content": b"thu"
    }  # fmt: skip
    put_letter(engine, "h/1", now=NOW, **in_hand)
    put_letter(engine, "h/2", now=NOW, **in_hand | {"owner": "b"})
    put_letter(engine, "h/3", now=NOW, kind=LetterKind.RECEIPT, **in_hand)
    ready = put_letter(engine, "r/1", now=NOW)
    later = {ready: NOW + timedelta(days=1)}
    assert hold_back(engine, limit=1) == {}
    assert hold_back(engine, limit=1, owner="a") == later
    assert hold_back(engine, limit=2, owner="a") == {}


def test_what_answers_the_recipient_or_never_left_does_not_count(engine: Engine) -> None:
    sent(engine, "s/1", ago=MINUTE, kind=LetterKind.RECEIPT)
    sent(engine, "s/2", ago=MINUTE, state=LetterState.REFUSED)
    sent(engine, "s/3", ago=timedelta(hours=25))
    sent(engine, "s/4", ago=MINUTE, commune="dong-hoa")
    put_letter(engine, "r/1", now=NOW)
    assert hold_back(engine, limit=1) == {}
    with transaction(engine) as connection:
        assert brakes.over_limit(connection, [], now=NOW) == {}


def test_a_disk_without_room_holds_until_there_is_room(engine: Engine, tmp_path: Path) -> None:
    def try_with(min_free_mb: int) -> str | None:
        still = MonotonicReading(boot_id="a", seconds=0)
        return brakes.engage(
            engine, commune=COMMUNE, home=tmp_path / "not-made-yet", now=NOW, monotonic=still,
            min_free_mb=min_free_mb,
        )  # fmt: skip

    assert try_with(1) is None
    told = try_with(2 * free_megabytes(tmp_path) + 1)
    assert told is not None
    assert told.startswith("Ổ đĩa chứa dữ liệu gần đầy: còn trống ")
    assert open_alarms(engine) == ["hold.disk"]
    assert try_with(1) is None
    assert open_alarms(engine) == []
