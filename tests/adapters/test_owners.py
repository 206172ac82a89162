"""An owner lives as long as its process, or as its session with the database."""

import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, text

from adapters.owners import is_alive, living_owner


def _ends(is_true: Callable[[], bool]) -> bool:
    """Whether it stops being true soon: a server notices a closed session a moment later."""
    end = time.monotonic() + 10
    while is_true() and time.monotonic() < end:
        time.sleep(0.02)
    return not is_true()


def test_an_owner_is_alive_only_while_it_works(engine: Engine, tmp_path: Path) -> None:
    with living_owner(engine, tmp_path, "o1"):
        assert is_alive(engine, tmp_path, "o1")
        assert not is_alive(engine, tmp_path, "o2")
        with living_owner(engine, tmp_path, "o2"):
            assert is_alive(engine, tmp_path, "o2")
    assert _ends(lambda: is_alive(engine, tmp_path, "o1"))
    assert _ends(lambda: is_alive(engine, tmp_path, "o2"))


def test_a_connection_does_not_take_the_lock_back_to_the_pool(
    engine: Engine, tmp_path: Path
) -> None:
    for number in range(8):
        with living_owner(engine, tmp_path, f"o{number}") as connection:
            connection.execute(text("SELECT 1"))
    assert _ends(lambda: any(is_alive(engine, tmp_path, f"o{number}") for number in range(8)))
