"""Files in doubt wait for a person: each once, told, settled by name."""

import pytest
from sqlalchemy import Engine

from models.errors import UsageError
from models.submissions import Attachment
from services.alarms import read_alarms
from services.held_uploads import Held, find_held, hold_files, settle_held
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
    for _ in range(2):
        settle_held(engine, found.id, commune=COMMUNE, by="vp", now=NOW)
    assert find_held(engine, commune=COMMUNE) == ()
    for number, commune in ((found.id, "xa-khac"), (99, COMMUNE)):
        with pytest.raises(UsageError):
            settle_held(engine, number, commune=commune, by="vp", now=NOW)
