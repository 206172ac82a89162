"""prefect.yaml says what the catalogue says."""

import yaml

from deployments.catalogue import SPECS
from deployments.prefect_file import FILE, first_plan_windows, prefect_file


def test_the_file_is_in_step_with_the_catalogue() -> None:
    written = FILE.read_text(encoding="utf-8")
    assert written == prefect_file(SPECS, first_plan_windows()), (
        "run python -m deployments.prefect_file"
    )


def test_the_file_lists_each_deployment_with_the_months_of_its_phase() -> None:
    listed = yaml.safe_load(FILE.read_text(encoding="utf-8"))["deployments"]
    assert [d["entrypoint"] for d in listed] == [spec.entrypoint for spec in SPECS]
    crons = {d["entrypoint"].split(".")[1]: [s["cron"] for s in d["schedules"]] for d in listed}
    assert crons["preparation"] == ["35 7 * 5 1-6"]
    assert crons["activities"] == ["35 7 1-29 6 1-6"]
    assert crons["reporting"] == ["35 7 22-29 6 1-6"]
    assert all(s["timezone"] == "Asia/Ho_Chi_Minh" for d in listed for s in d["schedules"])
