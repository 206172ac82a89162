"""The witness: what the database had sent, told by a file beside it."""

import os
import tempfile
from pathlib import Path

from pydantic import ValidationError

from models.fences import Witness
from models.values import Value

MACHINE_ID = Path("/etc/machine-id")


# A backup put back has a younger change time, which no program can set, and mostly another inode.
SAME_WRITE_NS = 10 * 1_000_000_000


class _Kept(Value):
    """A witness with the marks of the file it was written to."""

    witness: Witness
    inode: int
    changed_ns: int


def read_witness(home: Path, commune: str) -> Witness | None:
    """The witness of the commune; None when this home has none, a broken or a copied one."""
    try:
        with _path(home, commune).open("rb") as file:
            kept = _Kept.model_validate_json(file.read())
            found = os.fstat(file.fileno())
    except (FileNotFoundError, ValidationError):
        return None
    is_original = (
        kept.inode == found.st_ino and abs(found.st_ctime_ns - kept.changed_ns) < SAME_WRITE_NS
    )
    return kept.witness if is_original else None


def write_witness(home: Path, commune: str, witness: Witness) -> None:
    """Replace the commune's witness, whole or not at all."""
    path = _path(home, commune)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        found = os.fstat(file.fileno())
        kept = _Kept(witness=witness, inode=found.st_ino, changed_ns=found.st_ctime_ns)
        file.write(kept.model_dump_json().encode())
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)


def read_machine_id(path: Path = MACHINE_ID) -> str | None:
    """The identity of this machine; None where the system keeps none."""
    try:
        return path.read_text(encoding="ascii").strip() or None
    except (OSError, UnicodeError):
        return None


def _path(home: Path, commune: str) -> Path:
    return home / "witness" / f"{commune}.json"
