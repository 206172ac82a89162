"""`dondoc alarms` and what `dondoc doctor` says of rounds and alarms."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from adapters.database import open_engine, transaction
from cli.main import main
from config.clock import set_simulated_now
from models.alarms import AlarmKind
from services.alarms import raise_alarm, tell
from tests.services.stage import COMMUNE, at

NOW = at((15, 6), "10:00")
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def engine(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Engine]:
    file = shutil.copy(migrated_sqlite, tmp_path / "dondoc.sqlite3")
    found = open_engine(f"sqlite:///{file}")
    yield found
    found.dispose()


@pytest.fixture
def run(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:  # fmt: skip
    assert engine is not None
    set_simulated_now(tmp_path / "clock", NOW)
    monkeypatch.setenv("DONDOC_HOME", str(tmp_path))
    monkeypatch.setenv("DONDOC_CLOCK_FILE", str(tmp_path / "clock"))
    monkeypatch.setenv("COLUMNS", "200")

    def command(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["dondoc", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return code, told.out + ("" if "--json" in words else told.err)

    return command


def raise_one(engine: Engine, kind: AlarmKind = AlarmKind.RUN_FAILED) -> None:
    with transaction(engine) as connection:
        raise_alarm(connection, "run/1", kind, text="Lượt X lỗi.", commune=COMMUNE, now=NOW)


def test_without_alarms_it_says_so(run: Run) -> None:
    assert run("alarms", "list") == (0, "Không có cảnh báo nào.\n")
    code, told = run("alarms", "list", "--json")
    assert (code, json.loads(told)) == (0, [])


def test_open_alarms_are_listed_until_somebody_settles_them(run: Run, engine: Engine) -> None:
    raise_one(engine)
    code, told = run("alarms", "list")
    assert code == 0
    assert "run/1" in told
    assert "chưa báo" in told
    tell(engine, commune=COMMUNE, address="a@x.example", now=NOW)
    assert "chưa báo" not in run("alarms", "list")[1]
    assert run("alarms", "settle", "run/1") == (0, "Đã ghi nhận.\n")
    assert run("alarms", "settle", "run/1")[1] == "Cảnh báo này đã được ghi nhận trước đó.\n"
    assert run("alarms", "list")[1] == "Không có cảnh báo nào.\n"


def test_settling_what_does_not_exist_is_misuse(run: Run) -> None:
    code, told = run("alarms", "settle", "x")
    assert code == 2
    assert "Không có cảnh báo 'x'" in told


@pytest.mark.parametrize(("kind", "code"), [(AlarmKind.RUN_FAILED, 1), (AlarmKind.BOUNCE, 0)])
def test_the_doctor_tells_open_alarms_and_ends_badly_for_the_urgent(
    run: Run, engine: Engine, kind: AlarmKind, code: int
) -> None:
    assert run("doctor")[0] == 0
    raise_one(engine, kind)
    ended, told = run("doctor")
    assert ended == code
    assert f"{kind.heading}: Lượt X lỗi." in told
