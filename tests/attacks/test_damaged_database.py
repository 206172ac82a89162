"""A database that is damaged or of another version is refused in words (rows 105, 106)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from adapters.database import migrate, open_engine, refuse_damaged, transaction
from config.settings import CONFIG_FOLDER, inherited_environment
from models.errors import PermanentError

PAGE = 4096


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A sound database of this version."""
    found = f"sqlite:///{tmp_path / 'dondoc.sqlite3'}"
    migrate(found)  # the last connection that closes writes the log into the file
    return found


def damage(url: str, *, page: int) -> None:
    """Write noise over one page of the file."""
    path = Path(url.removeprefix("sqlite:///"))
    with path.open("r+b") as file:
        file.seek(page * PAGE)
        file.write(os.urandom(PAGE))


def test_a_sound_database_passes(url: str) -> None:
    refuse_damaged(url)


@pytest.mark.parametrize("page", [1, 2, 7])
def test_a_damaged_page_is_found_and_told_with_what_to_do(url: str, page: int) -> None:
    damage(url, page=page)
    with pytest.raises(PermanentError, match=r"bị hỏng.*khôi phục từ bản sao lưu"):
        refuse_damaged(url)


def test_a_file_that_is_no_database_is_refused(url: str) -> None:
    damage(url, page=0)
    for refuse in (refuse_damaged, migrate):
        with pytest.raises(PermanentError, match="bị hỏng"):
            refuse(url)


def test_a_database_of_a_newer_version_is_refused(url: str) -> None:
    engine = open_engine(url)
    with transaction(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(PermanentError, match="không hợp với phiên bản này"):
        migrate(url)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["doctor", "up"])
def test_a_command_refuses_in_one_line_without_a_trace(url: str, command: str) -> None:
    damage(url, page=2)
    home = Path(url.removeprefix("sqlite:///")).parent
    done = subprocess.run(
        [sys.executable, "-c", "from cli.main import main; main()", command],
        cwd=CONFIG_FOLDER.parent, env={**inherited_environment(), "DONDOC_HOME": str(home)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Cơ sở dữ liệu bị hỏng" in done.stderr
    assert "Traceback" not in done.stderr
