"""The database: one engine for SQLite (WAL) or PostgreSQL, and its migrations."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from models.errors import PermanentError, TransientError

MIGRATIONS = Path(__file__).parent.parent / "migrations"
BUSY_TIMEOUT_MS = 30_000
# Of all threads of the pages: a connection beyond the pool is opened and closed each time, and with
# its settings that costs more than what is read through it.
SQLITE_CONNECTIONS = 40
# Of a connection that writes thousands of letters. With SQLite's own 2 MB pages are written before
# the commit, read again and written again; with its own 1,000 pages (of 4 KB) each batch moves the
# whole log to the file.
SENDER_CACHE_KB = 16 * 1024
SENDER_LOG_PAGES = 4_000
READS_ONLY = "reads_only"
DAMAGED = "Cơ sở dữ liệu bị hỏng ({}); không chạy tiếp. Hãy khôi phục từ bản sao lưu gần nhất."
_SIGNS_OF_DAMAGE = ("malformed", "not a database")


def open_engine(url: str) -> Engine:
    """Make an engine whose transactions are durable and, on SQLite, take the write lock at once."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return _open_postgresql(parsed)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=SQLITE_CONNECTIONS)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _open_postgresql(url: URL) -> Engine:
    # Whatever the server's default: a mark that a crash of the server forgets doubles a letter.
    options = f"{url.query.get('options', '')} -c synchronous_commit=on".strip()
    address = url.set(drivername="postgresql+psycopg")
    return create_engine(address, pool_pre_ping=True, connect_args={"options": options})


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A select-then-update under SQLite's deferred transactions double-claims (reliability.md 2.6).
    is_reading = connection.get_execution_options().get(READS_ONLY, False)
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")


def is_forkable(connection: Connection) -> bool:
    """Whether a forked copy of this process may open the database too, over its own connection.

    SQLite knows its files by the process: what the original has locked is locked for its copy.
    """
    return connection.dialect.name != "sqlite"


def takes_changes_at_once(connection: Connection) -> bool:
    """Whether one statement may hold several INSERT and UPDATE (PostgreSQL's WITH)."""
    return connection.dialect.name == "postgresql"


def make_room(connection: Connection) -> None:
    """Let a connection of SQLite keep the pages of a batch of letters in memory and in its log."""
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(f"PRAGMA cache_size=-{SENDER_CACHE_KB}")
        cursor.execute(f"PRAGMA wal_autocheckpoint={SENDER_LOG_PAGES}")


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """One transaction, committed at the end of the block, rolled back on an error.

    Raises:
        TransientError: the database is locked, stopped or out of reach.
        PermanentError: its file is damaged.
    """
    with _told_in_vietnamese(), engine.begin() as connection:
        yield connection


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """One transaction that only reads: on SQLite it sees one state and keeps no writer waiting.

    Raises:
        TransientError: the database is locked, stopped or out of reach.
        PermanentError: its file is damaged.
    """
    with _told_in_vietnamese(), engine.connect() as opened:
        connection = opened.execution_options(**{READS_ONLY: True})
        with connection.begin():
            yield connection


@contextmanager
def transaction_on(connection: Connection) -> Iterator[None]:
    """One transaction on a connection that outlives it; a commit that fails may have happened.

    Raises:
        TransientError: the database is locked, stopped or out of reach.
    """
    with _told_in_vietnamese(), connection.begin():
        yield


@contextmanager
def _told_in_vietnamese() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if any(sign in str(error.orig) for sign in _SIGNS_OF_DAMAGE):
            raise PermanentError(DAMAGED.format(error.orig)) from error
        is_outage = isinstance(error, OperationalError | InterfaceError)
        if not (is_outage or error.connection_invalidated):
            raise
        raise TransientError(
            f"Cơ sở dữ liệu đang bận hoặc không kết nối được ({error.orig}); hãy thử lại sau."
        ) from error


def compact(engine: Engine) -> None:
    """Leave nothing in SQLite's file of what was taken out; a server vacuums by itself.

    SQLite keeps what stood in freed pages, and in its log, until something is written over it.

    Raises:
        TransientError: somebody works with the database; nothing was compacted.
    """
    if engine.dialect.name != "sqlite":
        return
    try:
        with closing(engine.raw_connection()) as raw:
            for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                raw.cursor().execute(statement)
    except sqlite3.OperationalError as error:
        raise TransientError(
            f"Đã xóa dữ liệu nhưng chưa dọn được tệp cơ sở dữ liệu ({error}); hãy chạy lại lệnh."
        ) from error


def refuse_damaged(url: str) -> None:
    """Look through the whole file of a SQLite database; a server looks after its own pages.

    Raises:
        PermanentError: a page is damaged.
    """
    engine = open_engine(url)
    try:
        if engine.dialect.name == "sqlite":
            with transaction(engine) as connection:
                found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
            if found != "ok":
                raise PermanentError(DAMAGED.format(" ".join(str(found).split())))
    finally:
        engine.dispose()


def migrate(url: str) -> None:
    """Bring the schema to the newest version; the second time changes nothing.

    Raises:
        TransientError: the database is locked, stopped or out of reach.
        PermanentError: its file is damaged, or a newer version of the program wrote it.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = open_engine(url)
    try:
        with transaction(engine) as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise PermanentError(
            f"Cơ sở dữ liệu không hợp với phiên bản này của chương trình ({error}); hãy cài phiên "
            "bản đã dùng gần nhất hoặc khôi phục bản sao lưu hợp với phiên bản này."
        ) from error
    finally:
        engine.dispose()
