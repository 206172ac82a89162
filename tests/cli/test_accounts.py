"""`dondoc account`: people who sign in, each by a link that works once."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.accounts import first_link
from cli.main import main
from config.settings import load_settings
from models.accounts import LinkPurpose
from services.desk import open_desk
from services.sign_in_links import read_sign_in_link
from tests.services.stage import at

NOW = at((15, 6), "10:00")
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(
    migrated_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:  # fmt: skip
    shutil.copy(migrated_sqlite, tmp_path / "dondoc.sqlite3")
    monkeypatch.setenv("DONDOC_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")

    def run_command(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["dondoc", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out + told.err

    return run_command


@pytest.mark.slow
def test_people_are_added_listed_changed_and_shut(run: Run) -> None:
    code, told = run("account", "add", "hoa", "--role", "office", "--name", "Lê Thị Hoa", "--json")
    assert code == 0
    made = json.loads(told)
    assert made["account"]["role"] == "office"
    assert "/vao/" in made["link"]
    assert run("account", "add", "hoa", "--role", "office")[0] == 1
    assert run("account", "add", "Hoa Lê", "--role", "office")[0] == 2
    assert "chưa đặt mật khẩu" in run("account", "list")[1]
    assert "Chỉ xem" in run("account", "role", "hoa", "viewer")[1]
    assert "Đã khóa" in run("account", "disable", "hoa")[1]
    assert "từ trước" in run("account", "disable", "hoa")[1]
    assert "khóa từ" in run("account", "list")[1]
    assert run("account", "sign-in-link", "hoa")[0] == 1
    assert "/vao/" in run("account", "reset", "hoa")[1]
    assert "/vao/" in run("account", "sign-in-link", "hoa")[1]
    assert run("account", "role", "khong-co", "viewer")[0] == 2
    assert [one["id"] for one in json.loads(run("account", "list", "--json")[1])] == ["hoa"]


def test_a_fresh_machine_needs_no_setting_to_let_its_administrator_in(run: Run) -> None:
    assert "Chưa có tài khoản" in run("account", "list")[1]
    with open_desk(load_settings(), now=NOW) as desk:
        for purpose in LinkPurpose:
            address = first_link(desk, purpose)
            assert address is not None
            assert address.startswith("http://127.0.0.1:4280/vao/")
            token = address.rpartition("/")[2]
            found = read_sign_in_link(desk.engine, token, commune=desk.commune, now=NOW)
            assert (found.account.id, found.purpose) == ("quan-tri", purpose)
