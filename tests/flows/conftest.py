"""An installation with the Bát Mọt plan in force, for flows run in this process."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterKey,
    FlowRunFilter,
    FlowRunFilterDeploymentId,
)
from prefect.client.schemas.objects import Artifact, FlowRun
from prefect.client.schemas.sorting import ArtifactSort, FlowRunSort

from adapters.database import migrate, open_engine
from adapters.mail_catcher import MailCatcher
from adapters.mail_store import list_letters
from adapters.plan_files import read_dossier
from config.clock import set_simulated_now
from config.settings import CONFIG_FOLDER, Settings, load_settings
from services import plans
from services.desk import Desk

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PLAN = "kh-khcn-2026"


def at(day: str, hour: str = "07:30") -> datetime:
    """An instant such as ``at("22/5/2026")``."""
    return datetime.strptime(f"{day} {hour}", "%d/%m/%Y %H:%M").replace(tzinfo=ZONE)


@pytest.fixture
def anyio_backend() -> str:
    """Flows run on asyncio."""
    return "asyncio"


@dataclass
class Commune:
    """The installation under test."""

    settings: Settings
    clock: Path

    def go_to(self, day: str, hour: str = "07:30") -> None:
        """Move the clock."""
        set_simulated_now(self.clock, at(day, hour))

    def desk(self) -> Desk:
        """A desk at the present instant."""
        now = datetime.fromisoformat(self.clock.read_text())
        return Desk(self.settings, open_engine(self.settings.engine_url), now=now)

    @property
    def letters(self) -> int:
        """How many letters have arrived."""
        return len(list(self.settings.mail_folder.glob("*.eml")))

    @property
    def dispatched(self) -> int:
        """How many letters have carried the report up."""
        letters = list_letters(self.settings.mail_folder)
        return sum("gửi Báo cáo số" in letter.subject for letter in letters)


@pytest.fixture
def commune(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    prefect_server: Mapping[str, str],  # noqa: ARG001 - the server the flows report to
) -> Iterator[Commune]:
    """Bát Mọt on 11/5/2026, its plan issued that day under number 15."""
    clock = tmp_path / "clock"
    set_simulated_now(clock, at("11/5/2026"))
    with MailCatcher(tmp_path / "mail", clock=lambda: at("11/5/2026")) as catcher:
        monkeypatch.setenv("DONDOC_HOME", str(tmp_path))
        monkeypatch.setenv("DONDOC_CLOCK_FILE", str(clock))
        monkeypatch.setenv("DONDOC_MAIL_PORT", str(catcher.port))
        settings = load_settings()
        migrate(settings.engine_url)
        made = Commune(settings, clock)
        desk = made.desk()
        dossier = read_dossier(CONFIG_FOLDER / "plans" / "bat-mot-2026.yaml")
        plans.import_plan(desk.engine, dossier, actor="quản trị", now=desk.now)
        plans.activate_plan(
            desk.engine, PLAN, number=15, issued_on=at("11/5/2026").date(), actor="quản trị",
            now=desk.now, day=at("11/5/2026").date(),
        )  # fmt: skip
        desk.engine.dispose()
        yield made


def newest_run() -> FlowRun:
    """The flow run that was made last; what other tests have scheduled is not made yet."""
    made_here = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(is_null_=True))
    with get_client(sync_client=True) as client:
        return client.read_flow_runs(
            flow_run_filter=made_here, sort=FlowRunSort.EXPECTED_START_TIME_DESC, limit=1
        )[0]


def artifacts(client: SyncPrefectClient, key: str) -> list[Artifact]:
    """The artifacts of a key, newest first."""
    wanted = ArtifactFilter(key=ArtifactFilterKey(any_=[key]))
    return client.read_artifacts(artifact_filter=wanted, sort=ArtifactSort.CREATED_DESC)
