"""Alarms: raised once, told in one letter to the administrator, closed by whoever deals with it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, update

from adapters import tables
from adapters.database import transaction
from models.alarms import ADMINISTRATOR, LISTED, AlarmKind
from models.errors import UsageError
from models.letters import LetterKind, LetterState
from services import alarms
from services.journal import read_journal
from tests.services.mailroom import Mailroom, body_of
from tests.services.stage import COMMUNE, at

NOW = at((15, 6), "09:10")
NIGHT = at((13, 6), "23:00")  # a Saturday
ADDRESS = "quan-tri@batmot.example"


def raise_one(
    engine: Engine,
    key: str = "relay/1",
    kind: AlarmKind = AlarmKind.RELAY_FAILING,
    *,
    text: str = "Máy chủ thư từ chối đăng nhập.",
    now: datetime = NOW,
) -> bool:
    with transaction(engine) as connection:
        return alarms.raise_alarm(connection, key, kind, text=text, commune=COMMUNE, now=now)


def tell(engine: Engine, now: datetime = NOW, address: str = ADDRESS) -> int:
    return alarms.tell(engine, commune=COMMUNE, address=address, now=now)


def open_keys(engine: Engine) -> list[str]:
    return [alarm.dedupe_key for alarm in alarms.read_alarms(engine, commune=COMMUNE)]


def fail(engine: Engine, run_id: str, *, flow: str = "chase", now: datetime = NOW) -> bool:
    return alarms.raise_failed_run(
        engine, flow=flow, run="Đôn đốc · 15/6/2026", run_id=run_id, state="Crashed",
        commune=COMMUNE, now=now,
    )  # fmt: skip


def test_an_alarm_is_raised_once_by_its_key_and_stands_in_the_journal(engine: Engine) -> None:
    assert raise_one(engine)
    assert not raise_one(engine, text="khác")
    (alarm,) = alarms.read_alarms(engine, commune=COMMUNE)
    assert (alarm.text, alarm.raised_at) == ("Máy chủ thư từ chối đăng nhập.", NOW)
    entries = read_journal(engine, commune=COMMUNE, subject_prefix="relay/1")
    assert [entry.action for entry in entries] == ["alarm.raised"]


def test_the_urgent_stand_first_then_the_oldest(engine: Engine) -> None:
    raise_one(engine, "b", now=NOW + timedelta(minutes=1))
    raise_one(engine, "c", AlarmKind.RUN_FAILED, now=NOW + timedelta(minutes=2))
    raise_one(engine, "a")
    assert open_keys(engine) == ["c", "a", "b"]


def test_a_settled_alarm_is_closed_once_and_never_raised_again(engine: Engine) -> None:
    raise_one(engine)
    assert alarms.settle_alarm(engine, "relay/1", commune=COMMUNE, by="quản trị", now=NOW)
    assert not alarms.settle_alarm(engine, "relay/1", commune=COMMUNE, by="quản trị", now=NOW)
    assert not raise_one(engine)
    assert open_keys(engine) == []
    assert tell(engine) == 0


def test_an_alarm_that_does_not_exist_cannot_be_settled(engine: Engine) -> None:
    with pytest.raises(UsageError, match="Không có cảnh báo 'x'"):
        alarms.settle_alarm(engine, "x", commune=COMMUNE, by="quản trị", now=NOW)


@pytest.mark.usefixtures("active_plan")
def test_all_that_is_new_goes_into_one_letter_at_any_hour(mailroom: Mailroom) -> None:
    raise_one(mailroom.engine, "a", now=NIGHT)
    raise_one(mailroom.engine, "b", AlarmKind.HOLD_STORM, text="900 thư", now=NIGHT)
    assert tell(mailroom.engine, NIGHT) == 2
    assert tell(mailroom.engine, NIGHT) == 0
    assert mailroom.send(NIGHT).accepted == 1
    (letter,) = mailroom.letters(ADDRESS)
    assert str(letter["Subject"]) == (
        "[BATMOT][DONDOC] CẢNH BÁO: 2 việc cần xử lý - Tạm dừng vì số thư nhiều bất thường"
    )
    body = body_of(letter)
    assert "Kính gửi: Người quản trị Hệ thống Đôn Đốc" in body
    assert "Ủy ban nhân dân xã Bát Mọt ghi nhận 02 việc" in body
    assert "Nội dung: 900 thư" in body
    assert "/d/" not in letter.as_string()
    row = mailroom.row(LetterKind.ALARM)
    assert (row.state, row.plan_id, row.unit_id) == (LetterState.ACCEPTED, "", ADMINISTRATOR)


def test_without_any_plan_the_letter_still_goes(mailroom: Mailroom) -> None:
    raise_one(mailroom.engine)
    tell(mailroom.engine)
    assert mailroom.send(NOW).accepted == 1
    (letter,) = mailroom.letters(ADDRESS)
    assert str(letter["Subject"]).startswith("[BATMOT][DONDOC] CẢNH BÁO: 1 việc cần xử lý")
    assert "Hệ thống Đôn Đốc của Ủy ban nhân dân xã ghi nhận" in body_of(letter)


def test_a_letter_of_alarms_is_sent_again_with_the_same_bytes(mailroom: Mailroom) -> None:
    raise_one(mailroom.engine)
    tell(mailroom.engine)
    mailroom.claim(NOW)
    first = mailroom.row(LetterKind.ALARM)
    mailroom.alter(first.id, state=LetterState.READY, owner=None, phase=None)
    mailroom.send(NOW)
    assert mailroom.contents() == [first.frozen]


def test_broken_facts_poison_the_letter_and_no_other(mailroom: Mailroom) -> None:
    raise_one(mailroom.engine)
    tell(mailroom.engine)
    mailroom.alter(mailroom.row(LetterKind.ALARM).id, context={"nonsense": 1})
    assert mailroom.send(NOW).accepted == 0
    assert mailroom.row(LetterKind.ALARM).state == LetterState.POISONED


def test_more_alarms_than_a_letter_lists_are_counted(mailroom: Mailroom) -> None:
    for number in range(LISTED + 3):
        raise_one(mailroom.engine, f"bounce/{number:02d}", AlarmKind.BOUNCE)
    assert tell(mailroom.engine) == LISTED + 3
    mailroom.send(NOW)
    (letter,) = mailroom.letters(ADDRESS)
    assert f"CẢNH BÁO: {LISTED + 3} việc" in str(letter["Subject"])
    assert "Ngoài ra còn 03 việc khác" in body_of(letter)
    assert body_of(letter).count("Việc cần làm") == LISTED


def test_what_is_not_urgent_waits_a_while_after_a_letter(engine: Engine) -> None:
    raise_one(engine, "a")
    assert tell(engine) == 1
    raise_one(engine, "b")
    assert tell(engine, NOW + timedelta(minutes=9)) == 0
    raise_one(engine, "c", AlarmKind.RUN_FAILED)
    assert tell(engine, NOW + timedelta(minutes=9)) == 2
    raise_one(engine, "d")
    assert tell(engine, NOW + timedelta(minutes=19)) == 1


def test_two_letters_of_one_instant_are_two(mailroom: Mailroom) -> None:
    raise_one(mailroom.engine, "a", AlarmKind.RUN_FAILED)
    assert tell(mailroom.engine) == 1
    raise_one(mailroom.engine, "b", AlarmKind.RUN_FAILED)
    assert tell(mailroom.engine) == 1
    assert mailroom.send(NOW).accepted == 2


def test_an_administrator_whose_server_refuses_is_left_alone_for_a_day(
    mailroom: Mailroom,
) -> None:
    raise_one(mailroom.engine, "a")
    tell(mailroom.engine)
    mailroom.alter(mailroom.row(LetterKind.ALARM).id, state=LetterState.REFUSED)
    raise_one(mailroom.engine, "b", AlarmKind.RUN_FAILED)
    later = NOW + timedelta(hours=1)
    assert tell(mailroom.engine, later) == 0
    assert tell(mailroom.engine, NOW + timedelta(hours=25)) == 1
    assert open_keys(mailroom.engine) == ["b", "a"]


def test_a_mended_address_is_written_to_at_once(mailroom: Mailroom) -> None:
    raise_one(mailroom.engine, "a")
    tell(mailroom.engine, address="sai@batmot.example")
    mailroom.alter(mailroom.row(LetterKind.ALARM).id, state=LetterState.BOUNCED)
    raise_one(mailroom.engine, "b", AlarmKind.RUN_FAILED)
    assert tell(mailroom.engine, NOW + timedelta(hours=1)) == 1


def test_that_the_administrator_cannot_be_reached_is_no_reason_to_write(engine: Engine) -> None:
    raise_one(engine, "a", AlarmKind.ADMINISTRATOR_UNREACHABLE)
    assert tell(engine) == 0
    raise_one(engine, "b")
    assert tell(engine) == 2


def test_a_flow_that_fails_all_day_is_told_a_few_times(engine: Engine) -> None:
    assert fail(engine, "1")
    assert not fail(engine, "2", now=NOW + timedelta(hours=3))
    assert fail(engine, "3", flow="mailroom", now=NOW + timedelta(hours=3))
    assert fail(engine, "4", now=NOW + timedelta(hours=5))
    texts = [alarm.text for alarm in alarms.read_alarms(engine, commune=COMMUNE)]
    assert texts[0] == "Luồng “chase”, lượt chạy “Đôn đốc · 15/6/2026” dừng đột ngột."


def test_a_success_closes_the_failures_of_its_flow_only(engine: Engine) -> None:
    fail(engine, "1")
    fail(engine, "2", flow="mailroom")
    with transaction(engine) as connection:
        closed = alarms.settle_failed_runs(connection, "chase", commune=COMMUNE, now=NOW)
    assert closed == 1
    assert open_keys(engine) == [f"run/{COMMUNE}/mailroom/2"]


def test_another_commune_is_not_told(engine: Engine) -> None:
    raise_one(engine)
    assert alarms.tell(engine, commune="dong-hoa", address=ADDRESS, now=NOW) == 0
    with pytest.raises(UsageError):
        alarms.settle_alarm(engine, "relay/1", commune="dong-hoa", by="ai", now=NOW)


def test_an_alarm_of_an_unknown_kind_is_told_all_the_same(engine: Engine) -> None:
    raise_one(engine)
    with transaction(engine) as connection:
        connection.execute(update(tables.alarms).values(kind="bounce.spam_filter"))
    (alarm,) = alarms.read_alarms(engine, commune=COMMUNE)
    assert alarm.kind is AlarmKind.BOUNCE
    assert tell(engine) == 1
