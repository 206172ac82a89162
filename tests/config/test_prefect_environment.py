"""Prefect's environment is one that Prefect knows and that says nothing to the outside."""

from pathlib import Path

from prefect import settings

from config.prefect_environment import (
    prefect_environment,
    rehearsal_environment,
    serving_environment,
)
from deployments.session import prefect_session

HOME = Path("var/prefect")


def test_every_variable_is_a_setting_of_this_prefect() -> None:
    variables = {**prefect_environment(HOME, "127.0.0.1", 4200), **rehearsal()}
    names = {name for name in variables if name.startswith("PREFECT_")}
    assert not {name for name in names if not hasattr(settings, name)}


def test_prefect_reads_each_value_as_meant() -> None:
    with prefect_session(rehearsal()):
        read = settings.get_current_settings()
        assert read.server.services.scheduler.max_scheduled_time.days == 400
        assert read.server.services.db_vacuum.retention_period.days == 400
        assert read.server.services.db_vacuum.enabled == {"events", "flow_runs"}
        assert not read.server.services.triggers.enabled
        assert read.server.api.port == 4300
        assert read.tasks.default_no_cache


def test_a_server_that_is_lived_with_after_a_rehearsal_watches_its_runs() -> None:
    with prefect_session(serving_environment(rehearsal())):
        services = settings.get_current_settings().server.services
        assert services.triggers.enabled
        assert services.late_runs.enabled
    assert serving_environment(rehearsal()).keys() == rehearsal().keys()


def test_nothing_is_told_to_the_outside() -> None:
    variables = prefect_environment(HOME, "127.0.0.1", 4200)
    assert variables["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert variables["DO_NOT_TRACK"] == "1"


def test_all_files_stand_in_the_home_folder() -> None:
    variables = prefect_environment(HOME, "127.0.0.1", 4200)
    home = str(HOME.resolve())
    assert variables["PREFECT_HOME"] == home
    assert variables["PREFECT_SERVER_UI_STATIC_DIRECTORY"].startswith(home)
    assert home in variables["PREFECT_SERVER_DATABASE_CONNECTION_URL"]


def rehearsal() -> dict[str, str]:
    return rehearsal_environment(HOME, "127.0.0.1", 4300)
