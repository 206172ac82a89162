"""The lock, the pins and the entrypoints are what a fresh clone needs."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from deployments.catalogue import SPECS, DeploymentSpec, load_flow

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
WANTED = [Requirement(line) for line in [*PROJECT["dependencies"], *EXTRAS["dev"]]]


def pins() -> dict[str, list[Requirement]]:
    """Pins by canonical name; a package may have one per environment."""
    found: dict[str, list[Requirement]] = {}
    for line in re.findall(r"^[A-Za-z0-9].*==.*?(?= \\$)", LOCK, flags=re.MULTILINE):
        pin = Requirement(line)
        found.setdefault(canonicalize_name(pin.name), []).append(pin)
    return found


PINS = pins()


def pinned(name: str) -> Version | None:
    """The version pinned for this environment."""
    for pin in PINS.get(canonicalize_name(name), []):
        if pin.marker is None or pin.marker.evaluate():
            return Version(next(iter(pin.specifier)).version)
    return None


def needed(wanted: list[Requirement]) -> dict[str, Requirement]:
    """What the requirements need in this environment, all the way down."""
    found: dict[str, Requirement] = {}
    seen: set[str] = set()
    queue = list(wanted)
    while queue:
        requirement = queue.pop()
        if str(requirement) in seen:
            continue
        seen.add(str(requirement))
        found[canonicalize_name(requirement.name)] = requirement
        extras = requirement.extras or {""}
        below = map(Requirement, metadata.requires(requirement.name) or [])
        queue += [r for r in below if applies(r, extras)]
    return found


def applies(requirement: Requirement, extras: set[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in {"", *extras})


@pytest.mark.parametrize("wanted", WANTED, ids=lambda r: r.name)
def test_the_lock_pins_a_version_that_satisfies_the_project(wanted: Requirement) -> None:
    version = pinned(wanted.name)
    assert version is not None, f"{wanted.name} is not in requirements.lock: run make lock"
    assert wanted.specifier.contains(version, prereleases=True), f"{wanted} != {version}: make lock"


def test_everything_needed_here_is_pinned() -> None:
    assert [name for name in needed(WANTED) if pinned(name) is None] == []


def test_every_pin_has_hashes() -> None:
    blocks = re.split(r"\n(?=\S)", LOCK.strip())
    assert blocks
    assert [b.splitlines()[0] for b in blocks if "--hash=sha256:" not in b] == []


def test_the_lock_holds_no_index_address() -> None:
    assert not re.search(r"https?:|file:|--(extra-)?index|--find-links", LOCK)


def test_the_versions_that_break_the_prefect_server_stay_out() -> None:
    fastapi, sqlalchemy = pinned("fastapi"), pinned("sqlalchemy")
    assert fastapi is not None
    assert sqlalchemy is not None
    assert fastapi < Version("0.151")
    assert sqlalchemy < Version("2.1")
    installed = {name: Version(metadata.version(name)) for name in ("fastapi", "sqlalchemy")}
    assert installed["fastapi"] < Version("0.151")
    assert installed["sqlalchemy"] < Version("2.1")


@pytest.mark.slow
@pytest.mark.parametrize("spec", SPECS, ids=lambda s: s.entrypoint)
def test_every_deployment_names_a_flow_that_can_be_imported(spec: DeploymentSpec) -> None:
    assert load_flow(spec).fn is not None
    assert spec.title
    assert spec.description


def test_names_of_deployments_are_distinct() -> None:
    names = [(spec.entrypoint, spec.name) for spec in SPECS]
    assert len(set(names)) == len(names)
