"""The disk: how much room is left where the data lies."""

import shutil
from pathlib import Path

MEGABYTE = 1024 * 1024


def free_megabytes(folder: Path) -> int:
    """Return the whole megabytes that are free there; the folder need not exist yet."""
    there = next(path for path in (folder, *folder.resolve().parents) if path.exists())
    return shutil.disk_usage(there).free // MEGABYTE
