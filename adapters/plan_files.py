"""Plan files: a plan with its register and catalogue, or every fault with file and line."""

import json
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from pydantic import ValidationError

from adapters.plan_deadlines import Misread, read_deadlines
from adapters.plan_messages import vietnamese_message
from adapters.yaml_tree import Flaw, Tree, read_tree
from models.errors import PlanInvalidError
from models.faults import Path as FieldPath
from models.faults import field_name
from models.indicators import IndicatorCatalogue
from models.plan_checks import find_faults
from models.plans import Plan, PlanDossier
from models.problems import Problem
from models.units import UnitRegister
from models.values import Value

ValueT = TypeVar("ValueT", bound=Value)


class Source(NamedTuple):
    """One file as read, whatever its faults."""

    name: str
    tree: Tree
    problems: tuple[Problem, ...]

    def problem(self, path: FieldPath, message: str) -> Problem:
        """Name a fault of this file by the line of its field."""
        line = self.tree.line_of(path)
        return Problem(
            file=self.name, line=line, field=field_name(path) or "(tệp)", message=message
        )


class Loaded(NamedTuple, Generic[ValueT]):
    """A file and the value it holds; None where its shape is wrong."""

    source: Source
    value: ValueT | None


class Reading(NamedTuple):
    """The files of one plan, with all problems found in them."""

    plan: Loaded[Plan]
    dossier: PlanDossier | None
    problems: tuple[Problem, ...]


def read_dossier(path: Path) -> PlanDossier:
    """Read one plan with the register and the catalogue it names.

    Those two are looked for in the configuration folder above the plan's own, then beside the plan.

    Raises:
        PlanInvalidError: anything at all is wrong; it carries every problem at once.
    """
    reading = _read(path)
    if reading.problems or reading.dossier is None:
        raise PlanInvalidError(reading.problems)
    return reading.dossier


def read_dossiers(folder: Path) -> tuple[PlanDossier, ...]:
    """Read every ``*.yaml`` plan that stands directly in the folder, in the order of file names.

    Raises:
        PlanInvalidError: one of them is wrong, or two plans share an id.
    """
    readings = [_read(path) for path in sorted(folder.glob("*.yaml"))]
    problems = [p for reading in readings for p in reading.problems] + _shared_ids(readings)
    if problems:
        raise PlanInvalidError(tuple(dict.fromkeys(problems)))
    return tuple(reading.dossier for reading in readings if reading.dossier is not None)


def _shared_ids(readings: list[Reading]) -> list[Problem]:
    first: dict[str, str] = {}
    problems = []
    for reading in readings:
        source, plan = reading.plan
        if plan is None:
            continue
        if plan.id in first:
            message = f"mã kế hoạch “{plan.id}” đã dùng trong {first[plan.id]}; đổi mã khác"
            problems.append(source.problem(("id",), message))
        first.setdefault(plan.id, source.name)
    return problems


def _read(path: Path) -> Reading:
    plan = _load(path, Plan)
    register, no_register = _load_named(plan.source, path, "register_file", UnitRegister)
    catalogue, no_catalogue = _load_named(plan.source, path, "catalogue_file", IndicatorCatalogue)
    files = {"plan": plan.source}
    problems = [*plan.source.problems, *no_register, *no_catalogue]
    for name, loaded in (("units", register), ("catalogue", catalogue)):
        if loaded is not None:
            files[name] = loaded.source
            problems += loaded.source.problems
    dossier = _dossier(plan.value, register and register.value, catalogue and catalogue.value)
    if dossier is not None:
        problems += _contradictions(dossier, files, problems)
    order = [source.name for source in files.values()]
    problems.sort(key=lambda problem: (order.index(problem.file), problem.line))
    return Reading(plan, dossier, tuple(problems))


def _dossier(
    plan: Plan | None, units: UnitRegister | None, catalogue: IndicatorCatalogue | None
) -> PlanDossier | None:
    if plan is None or units is None or catalogue is None:
        return None
    return PlanDossier(plan=plan, units=units, catalogue=catalogue)


def _contradictions(
    dossier: PlanDossier, files: dict[str, Source], known: list[Problem]
) -> list[Problem]:
    """Faults of meaning, but not of fields whose writing is already wrong."""
    named = {(problem.file, problem.field) for problem in known}
    found = [files[str(f.path[0])].problem(f.path[1:], f.message) for f in find_faults(dossier)]
    return [problem for problem in found if (problem.file, problem.field) not in named]


def _load_named(
    plan: Source, path: Path, field: str, kind: type[ValueT]
) -> tuple[Loaded[ValueT] | None, list[Problem]]:
    content = plan.tree.content
    name = content.get(field) if isinstance(content, dict) else None
    if not isinstance(name, str):
        return None, []  # the plan's own check says so
    if Path(name).is_absolute() or ".." in Path(name).parts:
        return None, [
            plan.problem((field,), f"“{name}” phải là đường dẫn bên trong thư mục cấu hình")
        ]
    for folder in (path.parent.parent, path.parent):
        if (folder / name).is_file():
            return _load(folder / name, kind), []
    message = f"không có tệp “{name}” trong {path.parent.parent} và {path.parent}"
    return None, [plan.problem((field,), message)]


def _load(path: Path, kind: type[ValueT]) -> Loaded[ValueT]:
    name = str(path)
    try:
        tree = read_tree(path.read_bytes())
    except OSError as error:
        flaw = Flaw((), 1, f"không đọc được tệp ({error.strerror})")
        tree = Tree(content=None, lines={}, flaws=[flaw])
    misread: list[Misread] = []
    content = read_deadlines(tree.content, (), misread)
    problems = [
        Problem(file=name, line=f.line, field=field_name(f.path) or "(tệp)", message=f.message)
        for f in tree.flaws
    ]
    source = Source(name, tree, ())
    problems += [source.problem(m.path, m.message) for m in misread]
    value, wrong = (
        _validated(kind, json.dumps(content), source) if content is not None else (None, [])
    )
    flawed = {problem.field for problem in problems}
    problems += [problem for problem in wrong if problem.field not in flawed]
    return Loaded(source._replace(problems=tuple(problems)), value)


def _validated(
    kind: type[ValueT], text: str, source: Source
) -> tuple[ValueT | None, list[Problem]]:
    try:
        return kind.model_validate_json(text, strict=True), []
    except ValidationError as error:
        return None, [source.problem(e["loc"], vietnamese_message(e)) for e in error.errors()]
