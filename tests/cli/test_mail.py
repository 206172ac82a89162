"""`dondoc mail`: the desk of letters on the command line, with its exit codes."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from adapters import tables
from adapters.blobs import BlobStore
from adapters.database import open_engine, transaction
from cli.main import main
from config.clock import set_simulated_now
from models.clocks import MonotonicReading
from models.letters import LetterKind, LetterState
from services import brakes
from tests.services.letter_rows import put_letter, state_of
from tests.services.stage import COMMUNE, at

NOW = at((15, 6), "23:00")
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def engine(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Engine]:
    """The ledger of the installation the commands work on."""
    file = shutil.copy(migrated_sqlite, tmp_path / "dondoc.sqlite3")
    found = open_engine(f"sqlite:///{file}")
    yield found
    found.dispose()


@pytest.fixture
def run(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:  # fmt: skip
    """Run the command as a user does; gives its exit code and what it printed."""
    assert engine is not None
    set_simulated_now(tmp_path / "clock", NOW)
    monkeypatch.setenv("DONDOC_HOME", str(tmp_path))
    monkeypatch.setenv("DONDOC_CLOCK_FILE", str(tmp_path / "clock"))

    def command(*words: str, group: tuple[str, ...] = ("mail",)) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["dondoc", *group, *words])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return code, told.out + ("" if "--json" in words else told.err)

    return command


def as_json(answered: tuple[int, str]) -> tuple[int, Any]:
    return answered[0], json.loads(answered[1])


def doubtful(engine: Engine, **values: Any) -> int:
    plain: dict[str, Any] = {
        "state": LetterState.UNKNOWN, "copies": 1, "last_text": "hết giờ", "attempt": 1,
    }  # fmt: skip
    return put_letter(engine, "x", now=NOW, **plain | values)


def test_the_list_tells_reasons_times_and_counts(run: Run, engine: Engine) -> None:
    put_letter(engine, "a", now=NOW, kind=LetterKind.REMIND_SOON)
    put_letter(engine, "b", now=NOW, state=LetterState.SENDING, contact="kt.contact")
    letter = doubtful(engine)
    code, told = run("list")
    assert code == 0
    assert "Thư đang chờ: 2; cần người xử lý: 1." in told
    _, whole = as_json(run("list", "--json"))
    assert whole["waiting"][0]["wait"]["reason"] == "hours"
    assert whole["waiting"][0]["wait"]["goes_at"].startswith("2026-06-16T07:30")
    code, found = as_json(run("list", "--state", "unknown", "--json"))
    assert (code, found["waiting"]) == (0, [])
    assert [x["id"] for x in found["unsettled"]] == [letter]


def test_a_hold_is_set_shown_and_let_go(run: Run) -> None:
    assert run("hold", "--reason", "chờ lãnh đạo") == (0, "Đã tạm dừng gửi thư.\n")
    assert run("hold", "--reason", "chờ lãnh đạo") == (0, "Thư đã được tạm dừng từ trước.\n")
    assert "ĐANG TẠM DỪNG GỬI THƯ" in run("list")[1]
    assert as_json(run("release", "--json")) == (0, {"holds": 1, "reconciled": None})
    assert run("release") == (0, "Không có lệnh tạm dừng nào.\n")


def test_the_kill_file_must_go_first(run: Run, tmp_path: Path) -> None:
    (tmp_path / "HOLD").touch()
    code, told = run("release")
    assert code == 1
    assert "hãy xóa tệp này" in told


def test_the_life_of_a_letter_is_told(run: Run, engine: Engine) -> None:
    letter = doubtful(engine)
    run("settle", str(letter), "--drop", "--reason", "đã gọi")
    code, told = run("show", str(letter))
    assert code == 0
    assert "không cần gửi nữa" in told
    assert "letter.drop" in told
    assert as_json(run("show", str(letter), "--json"))[1]["line"]["id"] == letter
    assert run("show", "999")[0] == 2


def test_a_letter_is_settled_once(run: Run, engine: Engine) -> None:
    letter = doubtful(engine)
    words = ("settle", str(letter), "--arrived", "--reason", "đã gọi", "--json")
    assert as_json(run(*words)) == (0, {"changed": True})
    assert as_json(run(*words)) == (0, {"changed": False})
    assert state_of(engine, letter) == LetterState.ACCEPTED
    assert run("settle", str(letter), "--drop", "--reason", "x")[0] == 1


@pytest.mark.parametrize("flags", [(), ("--arrived", "--drop")])
def test_exactly_one_decision_is_taken(run: Run, engine: Engine, flags: tuple[str, ...]) -> None:
    letter = doubtful(engine)
    code, told = run("settle", str(letter), *flags, "--reason", "x")
    assert code == 2
    assert "Hãy chọn đúng một" in told
    assert run("settle", str(letter), "--drop")[0] == 2


def test_a_reminder_that_may_have_arrived_is_refused_a_second_copy(
    run: Run, engine: Engine
) -> None:
    letter = doubtful(engine, kind=LetterKind.REMIND_SOON)
    code, told = run("settle", str(letter), "--resend", "--reason", "x")
    assert code == 1
    assert "chỉ gửi một lần" in told


def test_while_the_clock_is_in_doubt_no_reminder_is_planned_by_hand_either(
    run: Run, engine: Engine, tmp_path: Path
) -> None:
    later = MonotonicReading(boot_id="lần chạy trước", seconds=1)
    tomorrow = NOW + timedelta(days=1)
    brakes.engage(engine, commune=COMMUNE, home=tmp_path, now=tomorrow, monotonic=later)
    code, told = run("remind", group=())
    assert code == 1
    assert "Không lập thư nhắc mới. Đồng hồ máy bị nhảy" in " ".join(told.split())
    assert "dondoc mail release" in told
    assert run("release")[0] == 0
    code, told = run("remind", group=())
    assert (code, "Đã lập 0 thư nhắc" in told) == (0, True)


def test_incoming_mail_is_listed_shown_and_closed_with_a_reason(
    engine: Engine, tmp_path: Path, run: Run
) -> None:
    raw = b"From: ai@do.example\r\nTo: x@batmot.example\r\nSubject: Hoi\r\n\r\nCho hoi han nop?\r\n"
    row = {
        "commune": "bat-mot", "account": "a", "folder": "INBOX", "uid_validity": 1, "uid": 1,
        "sha256": BlobStore(tmp_path / "blobs").put(raw), "size": len(raw), "received_at": NOW,
        "mail_class": "unmatched", "state": "quarantined", "reason": "E-IN-STRANGER: lạ.",
        "sender": "ai@do.example", "subject": "Hoi",
    }  # fmt: skip
    with transaction(engine) as connection:
        connection.execute(insert(tables.inbox).values(row))
    code, listed = as_json(run("inbox", "list", "--json"))
    assert (code, [line["id"] for line in listed]) == (0, [1])
    assert "Cho hoi han nop?" in run("inbox", "show", "1")[1]
    assert run("inbox", "accept", "1", "--reason", "x")[0] == 1
    assert run("inbox", "ask", "1")[0] == 1
    assert run("inbox", "dismiss", "1", "--reason", "Thư lạ.") == (0, "Đã đóng thư này.\n")
    assert "đã được xử lý từ trước" in run("inbox", "dismiss", "1", "--reason", "Thư lạ.")[1]
    assert "đã xong: 1" in run("inbox", "list")[1]
    assert run("inbox", "show", "9")[0] == 2


def test_what_ended_plans_letters_said_is_redacted_when_confirmed(
    run: Run, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("không\n"))
    put_letter(engine, "x", now=NOW, state=LetterState.ACCEPTED)
    asked = ("redact", "--reason", "Hết thời hạn lưu", "--before")
    assert "Chưa được xác nhận" in run(*asked, "2026-06-15")[1]
    assert run(*asked, "15.6")[0] == 2
    assert "Ngày này chưa đến" in run(*asked, "2026-06-16", "--yes")[1]
    code, done = as_json(run(*asked, "2026-06-15", "--yes", "--json"))
    assert (code, done["letters"], done["files"]) == (0, 0, 0)  # its plan has not ended
    assert run(*asked, "2026-06-15", "--yes") == (0, "Không còn gì để xóa.\n")
