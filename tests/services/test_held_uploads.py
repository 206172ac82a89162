"""Files in doubt wait for a person: each once, told, settled by name."""

import pytest
from sqlalchemy import Engine

from models.errors import UsageError
from models.submissions import Attachment
from services.alarms import read_alarms
from services.held_uploads import Held, find_held, hold_files, read_held, settle_held
from services.journal import read_journal
from services.waiting import Waiting, count_waiting
from tests.services.stage import COMMUNE, at, owed_by

pytestmark = pytest.mark.usefixtures("active_plan")
NOW = at((20, 5))


def hold(engine: Engine, *files: Held) -> int:
    return hold_files(
        engine, files, commune=COMMUNE, unit_id="thon-01", obligation_id=owed_by("thon-01"),
        contact_id="thon-01.head", now=NOW,
    )  # fmt: skip


def test_a_file_in_doubt_is_held_once_told_and_settled(engine: Engine) -> None:
    file = Attachment(sha256="a" * 64, name="bao-cao.docm", size=10)
    held = Held(file=file, reason="có macro", is_refused=True)
    assert [hold(engine), hold(engine, held), hold(engine, held)] == [0, 1, 0]
    (found,) = find_held(engine, commune=COMMUNE)
    assert (found.name, found.reason, found.is_refused) == ("bao-cao.docm", "có macro", True)
    (alarm,) = read_alarms(engine, commune=COMMUNE)
    assert "thon-01 gửi 1 tệp" in alarm.text
    assert count_waiting(engine, commune=COMMUNE) == Waiting(files=1)
    for is_new in (True, False):
        done = settle_held(
            engine, found.id, commune=COMMUNE, by="vp", now=NOW, finding="Đã quét, sạch."
        )
        assert done is is_new
    assert find_held(engine, commune=COMMUNE) == ()
    assert read_held(engine, found.id, commune=COMMUNE).settled_by == "vp"
    assert read_alarms(engine, commune=COMMUNE) == ()
    assert count_waiting(engine, commune=COMMUNE) == Waiting()
    entries = read_journal(engine, commune=COMMUNE)
    (settled,) = [entry for entry in entries if entry.action == "upload.settled"]
    assert settled.detail["reason"] == "Đã quét, sạch."
    for number, commune in ((found.id, "xa-khac"), (99, COMMUNE)):
        with pytest.raises(UsageError):
            settle_held(engine, number, commune=commune, by="vp", now=NOW)


def test_the_alarm_stays_until_the_last_file_of_the_obligation_is_settled(engine: Engine) -> None:
    files = [Attachment(sha256=one * 64, name=f"{one}.doc", size=1) for one in "ab"]
    hold(engine, *(Held(file=file, reason="chưa mở được", is_refused=False) for file in files))
    first, second = find_held(engine, commune=COMMUNE)
    settle_held(engine, first.id, commune=COMMUNE, by="vp", now=NOW)
    assert len(read_alarms(engine, commune=COMMUNE)) == 1
    settle_held(engine, second.id, commune=COMMUNE, by="vp", now=NOW)
    assert read_alarms(engine, commune=COMMUNE) == ()
