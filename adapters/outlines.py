"""Outlines of reports, read from their files."""

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
    try:
        return ReportOutline.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise UsageError(f"Đề cương báo cáo '{path}' không đúng mẫu: {error}") from error
