"""A PostgreSQL cluster that can be stopped at once, as a crash does, and started again."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgresql_cluster import OWNER, Cluster, _as_owner, find_free_port

# What the machine's memory holds survives a crash of the server: no fsync is needed here.
OPTIONS = ("fsync=off", "max_connections=60", "synchronous_commit=off")


class MortalCluster(Cluster):
    """A cluster on one port for all its lives."""

    def __init__(self, folder: Path, programs: Path) -> None:
        super().__init__(find_free_port())
        self._folder, self._programs = folder, programs

    def initialize(self) -> None:
        """Make the data folder and start for the first time."""
        if os.geteuid() == 0:
            shutil.chown(self._folder, OWNER, OWNER)
        init = (str(self._programs / "initdb"), "-D", str(self._folder / "data"), "-U", OWNER)
        options = ("-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        subprocess.run((*_as_owner(), *init, *options), check=True, capture_output=True)
        self.start()

    def start(self) -> None:
        """Start, recover what a crash left, and wait until connections are taken."""
        settings = (
            f"port={self.port}", "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self._folder}", *OPTIONS,
        )  # fmt: skip
        self._server = subprocess.Popen(
            (
                *_as_owner(), str(self._programs / "postgres"), "-D", str(self._folder / "data"),
                *(part for setting in settings for part in ("-c", setting)),
            ),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.wait_ready(self._server)

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Stop, by default at once: whoever is in a transaction or a commit is cut off."""
        self._server.send_signal(how)
        self._server.wait(timeout=20)


@contextmanager
def mortal_cluster(programs: Path) -> Iterator[MortalCluster]:
    """A running cluster for the block; stopped by its pid and removed after it."""
    folder = Path(tempfile.mkdtemp(prefix="dondoc-pg-"))
    try:
        cluster = MortalCluster(folder, programs)
        cluster.initialize()
        try:
            yield cluster
        finally:
            cluster.stop(signal.SIGINT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
