"""The processes behind the pages: Prefect's environment and the web child."""

import sys
from collections.abc import Mapping
from pathlib import Path

from config.prefect_environment import prefect_environment
from config.settings import Settings
from deployments.children import ChildSpec


def prefect_settings(settings: Settings) -> dict[str, str]:
    """Prefect's variables for this installation; its own database is in the home folder."""
    home = settings.home.resolve() / "prefect"
    return prefect_environment(home, settings.host, settings.prefect_port)


def own_settings(settings: Settings) -> dict[str, str]:
    """This installation's variables, absolute, for children that start in another folder."""
    values = {
        "DONDOC_HOME": str(settings.home.resolve()),
        "DONDOC_DATABASE_URL": settings.engine_url,
        "DONDOC_COMMUNE": settings.commune,
    }
    if settings.clock_file is not None:
        values["DONDOC_CLOCK_FILE"] = str(settings.clock_file.resolve())
    return values


def web_child(
    settings: Settings, environment: Mapping[str, str], *, catches_mail: bool = True
) -> ChildSpec:
    """Describe the child that serves the portal and, without a relay, catches the mail."""
    options = () if catches_mail else ("--no-catcher",)
    return ChildSpec(
        name="Trang làm việc",
        argv=(sys.executable, "-m", "portal.serve", *options),
        environment=environment,
        host=settings.host,
        port=settings.portal_port,
        port_setting="DONDOC_PORTAL_PORT",
        health_url=f"{settings.portal_url}/suc-khoe",
        log=Path(settings.home) / "logs" / "web.log",
    )
