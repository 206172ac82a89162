"""The key of an installation is made once and read by its owner only."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from adapters.install_key import KEY_BYTES, read_install_key


def test_a_key_is_made_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    key = read_install_key(home)
    assert len(key) == KEY_BYTES
    assert read_install_key(home) == key
    assert [path.name for path in home.iterdir()] == ["install.key"]


def test_only_the_owner_may_read_the_key(tmp_path: Path) -> None:
    read_install_key(tmp_path)
    assert (tmp_path / "install.key").stat().st_mode & 0o777 == 0o600


def test_two_installations_have_two_keys(tmp_path: Path) -> None:
    assert read_install_key(tmp_path / "a") != read_install_key(tmp_path / "b")


def test_processes_that_start_at_once_read_one_whole_key(tmp_path: Path) -> None:
    for turn in range(20):
        with ThreadPoolExecutor(4) as pool:
            keys = set(pool.map(read_install_key, [tmp_path / str(turn)] * 4))
        assert len(keys) == 1
        assert {len(key) for key in keys} == {KEY_BYTES}
