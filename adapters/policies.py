"""Reads reminder policies from their files."""

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from models.errors import UsageError
from models.reminder_policy import ReminderPolicy


def read_policy(name: str, folder: Path) -> ReminderPolicy:
    """Read the policy of that name from ``<folder>/<name>.yaml``.

    Raises:
        UsageError: the folder has no such policy, or its file does not read.
    """
    path = folder / f"{name}.yaml"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        known = ", ".join(sorted(p.stem for p in folder.glob("*.yaml"))) or "không có"
        raise UsageError(
            f"Không có chính sách nhắc “{name}” trong {folder}; hiện có: {known}."
        ) from error
    return _build(text, name, str(path))


@lru_cache(maxsize=8)
def _build(text: str, name: str, file: str) -> ReminderPolicy:
    # Every task of a run opens the policy; the same text gives the same one.
    try:
        rows = yaml.safe_load(text)
        return ReminderPolicy.model_validate({"name": name, **rows})
    except (yaml.YAMLError, TypeError, ValidationError) as error:
        raise UsageError(f"Chính sách nhắc {file} sai cấu trúc: {error}") from error
