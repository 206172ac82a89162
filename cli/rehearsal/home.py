"""The rehearsal's folder: whose it is, how far it got, and one player at a time."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from adapters.locks import owner_lock
from models.errors import UsageError
from models.plans import PlanDossier
from models.rehearsal_ways import Ways
from models.scenarios import Scenario
from models.values import Value

PROGRESS = "rehearsal.json"
LOCKS = ".lock"
OWNER = "rehearsal"
# Everything a rehearsal makes; nothing else is ever removed.
MADE_FOLDERS = ("prefect", "mail", "blobs", "locks", "report", "logs", "witness")
MADE_FILES = (
    PROGRESS,
    "clock",
    "install.key",
    "dondoc.sqlite3",
    "dondoc.sqlite3-wal",
    "dondoc.sqlite3-shm",
    "summary.json",
    "timeline.jsonl",
    "timeline.html",
)


class Progress(Value):
    """How far a rehearsal got; ``digest`` is that of the plan and the scenario it plays."""

    plan_id: str
    scenario_id: str
    digest: str
    done: int = 0  # steps played
    seconds: float = 0.0
    flow_runs: int = 0
    is_finished: bool = False


def digest_of(dossier: PlanDossier, scenario: Scenario, ways: Ways) -> str:
    """Return the hash of what is to be played, and how."""
    text = dossier.model_dump_json() + scenario.model_dump_json() + ",".join(sorted(ways))
    return hashlib.sha256(text.encode()).hexdigest()


def open_progress(out: Path, wanted: Progress) -> Progress:
    """Return where to go on in the folder; a finished or altered rehearsal begins afresh.

    Raises:
        UsageError: the folder holds another rehearsal, or files that are not a rehearsal's.
    """
    known = _read(out)
    if known is None:
        _refuse_strange(out)
        return wanted
    if (known.plan_id, known.scenario_id) != (wanted.plan_id, wanted.scenario_id):
        raise UsageError(
            f"Thư mục {out} đang giữ diễn tập của kế hoạch '{known.plan_id}', kịch bản "
            f"'{known.scenario_id}'; hãy chọn thư mục khác bằng --out."
        )
    if known.is_finished or known.digest != wanted.digest:
        clear(out)
        return wanted
    return known


def save_progress(out: Path, progress: Progress) -> None:
    """Write the progress, whole or not at all."""
    temporary = out / f"{PROGRESS}.tmp"
    temporary.write_text(progress.model_dump_json())
    temporary.replace(out / PROGRESS)


def clear(out: Path) -> None:
    """Remove what an earlier rehearsal made in the folder, and nothing else."""
    for name in MADE_FOLDERS:
        shutil.rmtree(out / name, ignore_errors=True)
    for name in MADE_FILES:
        (out / name).unlink(missing_ok=True)


@contextmanager
def sole_player(out: Path) -> Iterator[None]:
    """Hold the folder for the block.

    Raises:
        UsageError: another rehearsal is playing there.
    """
    out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        try:
            held.enter_context(owner_lock(out / LOCKS, OWNER))
        except BlockingIOError as error:
            raise UsageError(
                f"Một diễn tập khác đang chạy trong {out}; "
                "hãy chờ, hoặc chọn thư mục khác bằng --out."
            ) from error
        yield


def _read(out: Path) -> Progress | None:
    path = out / PROGRESS
    return Progress.model_validate_json(path.read_bytes()) if path.exists() else None


def _refuse_strange(out: Path) -> None:
    ours = {LOCKS, f"{PROGRESS}.tmp", *MADE_FOLDERS, *MADE_FILES}
    strange = sorted(path.name for path in out.iterdir() if path.name not in ours)
    if strange:
        raise UsageError(
            f"Thư mục {out} đã có tệp khác ({', '.join(strange[:3])}); "
            "hãy chọn một thư mục trống bằng --out."
        )
