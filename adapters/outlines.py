"""Outlines of reports, read from their files."""

from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import ValidationError

from config.settings import CONFIG_FOLDER
from models.errors import UsageError
from models.report_outline import ReportOutline
from models.unit_outline import UnitOutline
from models.values import Value

OUTLINES = CONFIG_FOLDER / "outlines"
UNIT_OUTLINES = CONFIG_FOLDER / "unit_outlines"
M = TypeVar("M", bound=Value)


def read_outline(catalogue_id: str, folder: Path = OUTLINES) -> ReportOutline | None:
    """The outline made for a catalogue; None when there is none and a plain one will do.

    Raises:
        UsageError: the file is not an outline.
    """
    return _read(folder / f"{catalogue_id}.yaml", ReportOutline)


def read_unit_outline(catalogue_id: str, folder: Path = UNIT_OUTLINES) -> UnitOutline | None:
    """The outline of a unit's own report for a catalogue; None when there is none.

    Raises:
        UsageError: the file is not an outline.
    """
    return _read(folder / f"{catalogue_id}.yaml", UnitOutline)


def _read(path: Path, model: type[M]) -> M | None:
    return _build(path.read_text(encoding="utf-8"), str(path), model) if path.exists() else None


@lru_cache(maxsize=16)
def _build(text: str, file: str, model: type[M]) -> M:
    # Every form that is shown opens the outline; the same text gives the same one.
    try:
        return model.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise UsageError(f"Đề cương báo cáo '{file}' không đúng mẫu: {error}") from error
