"""Rule sets for the form of documents, read from their files."""

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from config.settings import CONFIG_FOLDER
from models.document_rules import RuleSet
from models.errors import UsageError

RULE_SETS = CONFIG_FOLDER / "rule_sets"
CURRENT = "nd30-2020"


@lru_cache(maxsize=4)
def read_rule_set(name: str = CURRENT, folder: Path = RULE_SETS) -> RuleSet:
    """Return a version of the rules; a process reads a file once.

    Raises:
        UsageError: there is no such file, or it is not a rule set.
    """
    path = folder / f"{name}.yaml"
    try:
        return RuleSet.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise UsageError(f"Bộ quy tắc thể thức '{path}' không đọc được: {error}") from error
