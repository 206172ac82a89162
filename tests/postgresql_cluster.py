"""A PostgreSQL cluster of its own for the tests: on the loopback, on a free port, gone afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

OWNER = "postgres"
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")  # nothing outlives a test
DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on")  # as a commune's own server
# The sessions of a database besides the one that asks.
OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
END_OTHERS = f"SELECT pg_terminate_backend(pid) {OTHERS}"


def end_sessions(url: str) -> None:
    """Let the server end every session of the database at that SQLAlchemy address."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute(END_OTHERS)


class Cluster:
    """A running cluster; hands out databases."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._count = 0

    def url(self, database: str) -> str:
        """The SQLAlchemy address of a database."""
        return f"postgresql+psycopg://{OWNER}@127.0.0.1:{self.port}/{database}"

    def create(self, template: str = "template1") -> str:
        """Create a database as a copy of another and return its name."""
        self._count += 1
        name = f"test_{self._count}"
        self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
        return name

    def drop(self, name: str) -> None:
        """Drop a database and whoever still uses it."""
        self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._address, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    @property
    def _address(self) -> str:
        return f"host=127.0.0.1 port={self.port} user={OWNER} dbname=postgres"

    def wait_ready(self, server: subprocess.Popen[bytes]) -> None:
        """Wait until the server takes connections."""
        end = time.monotonic() + 30
        while time.monotonic() < end and server.poll() is None:
            try:
                psycopg.connect(self._address).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("PostgreSQL did not start")


def programs() -> Path | None:
    """The folder of initdb and postgres, newest version first; None when absent."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True)
    on_path = shutil.which("postgres")
    return found[0].parent if found else Path(on_path).parent if on_path else None


@contextmanager
def running_cluster(
    bin_folder: Path, port: int, settings: tuple[str, ...] = QUICK
) -> Iterator[Cluster]:
    """Make a cluster, run it during the block, stop it by its pid and remove it."""
    folder = Path(tempfile.mkdtemp(prefix="dondoc-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER, OWNER)
        init = (str(bin_folder / "initdb"), "-D", str(folder / "data"), "-U", OWNER)
        options = ("-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        subprocess.run((*_as_owner(), *init, *options), check=True, capture_output=True)
        server = subprocess.Popen(
            (*_as_owner(), str(bin_folder / "postgres"), *_server_options(folder, port, settings)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            cluster = Cluster(port)
            cluster.wait_ready(server)
            yield cluster
        finally:
            server.send_signal(signal.SIGINT)  # "fast": does not wait for clients
            server.wait(timeout=20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _server_options(folder: Path, port: int, settings: tuple[str, ...]) -> tuple[str, ...]:
    place = (f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}")
    given = (*place, "max_connections=60", *settings)
    return ("-D", str(folder / "data"), *(x for setting in given for x in ("-c", setting)))


def _as_owner() -> tuple[str, ...]:
    # The cluster ends with the tests, even if they are killed; and PostgreSQL refuses root.
    bound = ("setpriv", "--pdeathsig", "INT")
    if os.geteuid() != 0:
        return bound
    return (*bound, f"--reuid={OWNER}", f"--regid={OWNER}", "--clear-groups")
