"""Outlines of reports, read from their files."""

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from config.settings import CONFIG_FOLDER
from models.errors import UsageError
from models.report_outline import ReportOutline

OUTLINES = CONFIG_FOLDER / "outlines"


def read_outline(catalogue_id: str, folder: Path = OUTLINES) -> ReportOutline | None:
    """The outline made for a catalogue; None when there is none and a plain one will do.

    Raises:
        UsageError: the file is not an outline.
    """
    path = folder / f"{catalogue_id}.yaml"
    if not path.exists():
        return None
    return _build(path.read_text(encoding="utf-8"), str(path))


@lru_cache(maxsize=8)
def _build(text: str, file: str) -> ReportOutline:
    # Every form that is shown opens the outline; the same text gives the same one.
    try:
        return ReportOutline.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise UsageError(f"Đề cương báo cáo '{file}' không đúng mẫu: {error}") from error
