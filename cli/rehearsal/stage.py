"""The stage: a home, a clock, a mail catcher and a Prefect server of the rehearsal's own."""

import hashlib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import certifi

from adapters.database import migrate
from adapters.mail_catcher import MailCatcher
from config.clock import read_now
from config.prefect_environment import rehearsal_environment
from config.settings import Settings, apply_environment, forget_settings, load_settings
from models.castings import Casting
from models.plans import PlanDossier
from models.rehearsal_ways import BY_SERVICE, Ways
from models.values import Value

CLOCK = "clock"
KEY = "install.key"
# Of the caller's settings only where the pages stand: never its database, relay or letterhead.
KEPT = frozenset({"DONDOC_HOST", "DONDOC_PREFECT_PORT", "DONDOC_PORTAL_PORT"})
QUIET = {"PREFECT_LOGGING_LEVEL": "ERROR"}
END_OF_CERTIFICATE = "-----END CERTIFICATE-----\n"


class Stage(Value):
    """Where a rehearsal plays: its settings and the environment of its Prefect."""

    out: Path
    settings: Settings
    environment: dict[str, str]
    ways: Ways = BY_SERVICE

    @property
    def clock(self) -> Path:
        """The file that tells the simulated instant."""
        return self.out / CLOCK


@contextmanager
def mail_on(stage: Stage, casting: Casting) -> Iterator[MailCatcher]:
    """Catch the rehearsal's letters; mailboxes that do not exist refuse theirs."""
    catcher = MailCatcher(
        stage.settings.mail_folder,
        clock=lambda: read_now(stage.settings),
        port=stage.settings.mail_port,
        refuse=casting.refused,
    )
    with catcher:
        yield catcher


def set_stage(
    out: Path, dossier: PlanDossier, casting: Casting, *, ways: Ways = BY_SERVICE, serve: bool
) -> Stage:
    """Point this process and its children at the rehearsal's own home; the database is migrated.

    Must run before Prefect is imported: it reads its environment then.
    """
    home = out.resolve()
    forget_settings(keep=KEPT)
    apply_environment(
        {
            "DONDOC_HOME": str(home),
            "DONDOC_CLOCK_FILE": str(home / CLOCK),
            "DONDOC_COMMUNE": dossier.plan.commune,
            "DONDOC_MAIL_PORT": str(free_port()),
        }
    )
    if ways != BY_SERVICE and not serve:  # the pages stand only as long as the play
        apply_environment({"DONDOC_PORTAL_PORT": str(free_port())})
    settings = load_settings()
    port = settings.prefect_port if serve else free_port()
    prefect = home / "prefect"
    environment = rehearsal_environment(prefect, settings.host, port) | QUIET
    environment |= {"PREFECT_API_SSL_CERT_FILE": str(_one_certificate(prefect))}
    apply_environment(environment)
    _make_key(home, dossier, casting)
    migrate(settings.engine_url)
    return Stage(out=out, settings=settings, environment=environment, ways=ways)


def _make_key(home: Path, dossier: PlanDossier, casting: Casting) -> None:
    # Message-IDs derive from the key: the same rehearsal is to give the same letters.
    seed = f"rehearsal/{dossier.plan.id}/{casting.scenario.id}/{casting.scenario.seed}"
    path = home / KEY
    if not path.exists():
        path.write_bytes(hashlib.sha256(seed.encode()).digest())
        path.chmod(0o600)


def _one_certificate(folder: Path) -> Path:
    # Prefect makes a client for every run and task, and each reads all certificates it is given
    # (20 ms), although the server on this machine speaks plain HTTP.
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "certificate.pem"
    first, end, _ = Path(certifi.where()).read_text(encoding="utf-8").partition(END_OF_CERTIFICATE)
    path.write_text(first + end, encoding="utf-8")
    return path


def free_port() -> int:
    """Return a loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
