"""An owner lives as long as its process, or as its session with the database."""

from pathlib import Path

from sqlalchemy import Engine, text

from adapters.owners import is_alive, living_owner


def test_an_owner_is_alive_only_while_it_works(engine: Engine, tmp_path: Path) -> None:
    with living_owner(engine, tmp_path, "o1"):
        assert is_alive(engine, tmp_path, "o1")
        assert not is_alive(engine, tmp_path, "o2")
        with living_owner(engine, tmp_path, "o2"):
            assert is_alive(engine, tmp_path, "o2")
    assert not is_alive(engine, tmp_path, "o1")
    assert not is_alive(engine, tmp_path, "o2")


def test_a_connection_does_not_take_the_lock_back_to_the_pool(
    engine: Engine, tmp_path: Path
) -> None:
    for number in range(8):
        with living_owner(engine, tmp_path, f"o{number}") as connection:
            connection.execute(text("SELECT 1"))
    assert not any(is_alive(engine, tmp_path, f"o{number}") for number in range(8))
