"""The databases handed to tests are real, migrated and their own."""

from sqlalchemy import Engine, inspect

from adapters.database import open_engine


def test_an_engine_sees_the_migrated_tables(engine: Engine) -> None:
    assert len(inspect(engine).get_table_names()) > 1


def test_an_empty_database_has_no_tables(empty_database_url: str) -> None:
    found = open_engine(empty_database_url)
    assert inspect(found).get_table_names() == []
    found.dispose()
