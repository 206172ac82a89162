"""The environment variables under which Prefect's server, its worker and the flows run."""

from collections.abc import Mapping
from pathlib import Path

# A write of the task run recorder or of the event persister between the read and the write of a
# request makes SQLite refuse the request (503) and the client sleep two seconds. Prefect writes
# one row at a time by default; in batches 150 flow runs of five tasks met 2-4 refusals, not 60.
_BATCHED_WRITES = {
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "2",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "500",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "200",
}

_QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
}

_CLOSED = {
    # By default any page that a browser on this machine shows could start a run.
    "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true",
}

_DURABLE = {
    # Leases in memory are lost with the server, and a lost lease blocks its deployment for ever.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": (
        "prefect.server.concurrency.lease_storage.filesystem"
    ),
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    "PREFECT_WORKER_QUERY_SECONDS": "5",
    "PREFECT_CLIENT_MAX_RETRIES": "10",
    "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
    # Every decision comes from our own database, never from a cached result.
    "PREFECT_TASKS_DEFAULT_NO_CACHE": "true",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    # 400 days: the journal of runs outlives the yearly campaign; the proof stands in our database.
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(400 * 24 * 3600),
    # The administrator sees the runs of May already in the autumn before.
    "PREFECT_SERVER_SERVICES_SCHEDULER_MAX_SCHEDULED_TIME": "P400D",
}

# Nobody waits for a late run or an automation while a rehearsal plays.
_IDLE_SERVICES_OFF = {
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_ENABLED": "false",
}


def prefect_environment(home: Path, host: str, port: int) -> dict[str, str]:
    """Name the environment variables for a Prefect that keeps everything in ``home``."""
    folder = home.resolve()
    return {
        "PREFECT_HOME": str(folder),
        "PREFECT_API_URL": f"http://{host}:{port}/api",
        "PREFECT_SERVER_API_HOST": host,
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": _sqlite(folder / "prefect.sqlite3"),
        # By default the pages are unpacked into site-packages, which may be read-only.
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(folder / "ui"),
        **_QUIET,
        **_CLOSED,
        **_DURABLE,
        **_BATCHED_WRITES,
    }


def rehearsal_environment(home: Path, host: str, port: int) -> dict[str, str]:
    """Name the variables for a server that takes many short flow runs from one process.

    Prefect gives a database whose address contains ``:memory:`` a single connection, so nothing
    waits for a lock; the file is an ordinary one and survives a restart of the server.
    """
    return {
        **prefect_environment(home, host, port),
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": _sqlite(home.resolve() / "one:memory:.sqlite3"),
        **_IDLE_SERVICES_OFF,
    }


def serving_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables for the same server with every service on, to be lived with after a play."""
    return {**environment, **dict.fromkeys(_IDLE_SERVICES_OFF, "true")}


def _sqlite(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"
