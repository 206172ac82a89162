"""The text of ``deployments/prefect.yaml``: the catalogue for those who use ``prefect deploy``."""

from collections.abc import Sequence
from pathlib import Path

import yaml
from pydantic import JsonValue

from adapters.plan_files import read_dossier
from config.settings import CONFIG_FOLDER
from deployments.catalogue import POOL, SPECS, DeploymentSpec
from deployments.schedules import TIMEZONE, PhaseWindow, phase_windows, schedules_for

FILE = Path(__file__).with_name("prefect.yaml")
HEAD = """\
# Written from deployments/catalogue.py by: python -m deployments.prefect_file
# Use from the root of the repository: prefect deploy --prefect-file deployments/prefect.yaml --all
# Months are those of the phases of the plan of Bát Mọt for 2026. Deploying again resets schedules,
# pause and parameters changed in the pages; `dondoc up` registers the same and keeps them.
# Then register the automations: python -m deployments.automations
"""
FIRST_PLAN = CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml"


def first_plan_windows() -> tuple[PhaseWindow, ...]:
    """The phases of the plan that the file is written for."""
    return phase_windows([read_dossier(FIRST_PLAN).plan])


def prefect_file(specs: Sequence[DeploymentSpec], windows: Sequence[PhaseWindow]) -> str:
    """Write the deployments, with the schedules of those windows, as Prefect's YAML."""
    content: JsonValue = {
        "name": "dondoc",
        # The package is installed where the worker runs: nothing to build, push or pull.
        "pull": None,
        "deployments": [_deployment(spec, windows) for spec in specs],
    }
    return HEAD + yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)


def _deployment(spec: DeploymentSpec, windows: Sequence[PhaseWindow]) -> JsonValue:
    days = [w.days for w in windows if w.flow == spec.phase]
    crons = spec.crons or [
        cron
        for clock in spec.clocks
        for cron in schedules_for(days, clock=clock, weekdays=spec.weekdays)
    ]
    entry: dict[str, JsonValue] = {
        "name": spec.name,
        "entrypoint": spec.entrypoint,
        "description": spec.text,
        "tags": list(spec.labels),
        "work_pool": {"name": POOL},
        # Named: Prefect updates a deployment that is registered already by its schedules' names.
        "schedules": [
            {"cron": cron, "timezone": TIMEZONE, "day_or": False, "slug": f"mac-dinh-{number}"}
            for number, cron in enumerate(crons, start=1)
        ],
    }
    if spec.runs_alone:
        entry["concurrency_limit"] = {
            "limit": 1,
            "collision_strategy": "CANCEL_NEW",
            "grace_period_seconds": 60,
        }
    return entry


if __name__ == "__main__":
    FILE.write_text(prefect_file(SPECS, first_plan_windows()), encoding="utf-8")
