"""Scenario files: a rehearsal's behaviour, or every fault with file, line and field."""

import json
from pathlib import Path

from pydantic import ValidationError

from adapters.plan_messages import vietnamese_message
from adapters.yaml_tree import Tree, read_tree
from config.settings import CONFIG_FOLDER
from models.errors import UsageError
from models.faults import field_name
from models.problems import Problem
from models.scenarios import Scenario

SCENARIOS = CONFIG_FOLDER / "scenarios"


def read_scenario(name_or_path: str, *, folder: Path = SCENARIOS) -> Scenario:
    """Read the scenario of that name in the folder, or the file at that path.

    Raises:
        UsageError: there is no such scenario, or its file is wrong; every fault is named.
    """
    path = _find(name_or_path, folder)
    tree = read_tree(path.read_bytes())
    problems = [
        Problem(file=str(path), line=f.line, field=field_name(f.path) or "(tệp)", message=f.message)
        for f in tree.flaws
    ]
    if problems:
        raise _wrong(problems)
    try:
        return Scenario.model_validate_json(json.dumps(tree.content), strict=True)
    except ValidationError as error:
        raise _wrong(
            [_problem(path, tree, e["loc"], vietnamese_message(e)) for e in error.errors()]
        ) from error


def _find(name_or_path: str, folder: Path) -> Path:
    for path in (folder / f"{name_or_path}.yaml", Path(name_or_path)):
        if path.is_file():
            return path
    known = ", ".join(sorted(p.stem for p in folder.glob("*.yaml")))
    raise UsageError(
        f"Không có kịch bản “{name_or_path}”; hãy dùng một trong: {known}, "
        "hoặc đường dẫn tới tệp YAML."
    )


def _problem(path: Path, tree: Tree, where: tuple[int | str, ...], message: str) -> Problem:
    return Problem(
        file=str(path),
        line=tree.line_of(where),
        field=field_name(where) or "(tệp)",
        message=message,
    )


def _wrong(problems: list[Problem]) -> UsageError:
    lines = "\n".join(str(problem) for problem in sorted(problems, key=lambda p: p.line))
    return UsageError(f"Kịch bản có {len(problems)} lỗi cần sửa:\n{lines}")
