"""What databases hold when tests begin: built once for each kind of database, then copied."""

import shutil
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.database import migrate
from tests.postgresql_cluster import Cluster


@dataclass(frozen=True)
class Beginning:
    """What is written to the database of an address, after another beginning if one is named."""

    key: Hashable
    build: Callable[[str], None]
    after: "Beginning | None" = None


MIGRATED = Beginning("migrated", migrate)


class Shelf:
    """Built databases, kept for the session."""

    def __init__(self, folder: Path, cluster: Callable[[], Cluster]) -> None:
        self._folder, self._cluster = folder, cluster
        self._built: dict[tuple[str, Hashable], str] = {}

    @contextmanager
    def copy(self, backend: str, beginning: Beginning, folder: Path) -> Iterator[str]:
        """Give the address of a copy for the block, in that folder if it is a file."""
        built = self.built(backend, beginning)
        if backend == "sqlite":
            yield f"sqlite:///{shutil.copy(built, folder / 'dondoc.sqlite3')}"
            return
        cluster = self._cluster()
        name = cluster.create(built)
        yield cluster.url(name)
        cluster.drop(name)

    def built(self, backend: str, beginning: Beginning) -> str:
        """The file, or the name on the cluster, to copy; nobody may write to it."""
        place = (backend, beginning.key)
        if place not in self._built:
            before = self.built(backend, beginning.after) if beginning.after else None
            make = self._file if backend == "sqlite" else self._database
            self._built[place] = make(beginning, before)
        return self._built[place]

    def _file(self, beginning: Beginning, before: str | None) -> str:
        file = self._folder / f"{len(self._built)}.sqlite3"
        if before:
            shutil.copy(before, file)
        beginning.build(f"sqlite:///{file}")
        return str(file)

    def _database(self, beginning: Beginning, before: str | None) -> str:
        cluster = self._cluster()
        name = cluster.create(before) if before else cluster.create()
        beginning.build(cluster.url(name))
        return name
