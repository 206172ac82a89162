"""Held files: what a person must look at before anybody opens it; never sent on, never lost."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, select, update

from adapters import tables
from adapters.database import transaction
from adapters.ledger import insert_new
from models.alarms import AlarmKind
from models.errors import UsageError
from models.redactions import REDACTED
from models.submissions import Attachment
from models.values import Value
from services.alarms import open_keys, raise_alarm, settle
from services.journal import note, record


class Held(Value):
    """A file to hold, and why; a refused one is not part of any answer."""

    file: Attachment
    reason: str
    is_refused: bool


class HeldUpload(Value):
    """A file that is held, as it stands."""

    id: int
    commune: str
    unit_id: str
    obligation_id: str
    contact_id: str
    sha256: str
    name: str
    size: int
    reason: str
    is_refused: bool
    received_at: datetime
    settled_at: datetime | None
    settled_by: str | None


def hold_files(
    engine: Engine,
    files: Sequence[Held],
    *,
    commune: str,
    unit_id: str,
    obligation_id: str,
    contact_id: str,
    now: datetime,
) -> int:
    """Put the files before a person, each once for an obligation; returns how many are new."""
    if not files:
        return 0
    rows = [
        {
            "commune": commune, "unit_id": unit_id, "obligation_id": obligation_id,
            "contact_id": contact_id, "sha256": one.file.sha256, "name": one.file.name,
            "size": one.file.size, "reason": one.reason, "is_refused": one.is_refused,
            "received_at": now,
        }
        for one in files
    ]  # fmt: skip
    with transaction(engine) as connection:
        new = insert_new(connection, tables.held_uploads, rows)
        notes = [note("upload.held", obligation_id, sha256=one.file.sha256) for one in files]
        if new:
            record(connection, notes, commune=commune, actor=contact_id, at=now)
            text = f"{unit_id} gửi {new} tệp cần kiểm tra trước khi mở ({obligation_id})."
            key = f"upload/{obligation_id}/{files[0].file.sha256}"
            raise_alarm(connection, key, AlarmKind.OTHER, text=text, commune=commune, now=now)
        return new


def find_held(engine: Engine, *, commune: str) -> tuple[HeldUpload, ...]:
    """The files that wait for a person, oldest first."""
    table = tables.held_uploads
    statement = (
        select(table)
        .where(table.c.commune == commune, table.c.settled_at.is_(None))
        .order_by(table.c.id)
    )
    with transaction(engine) as connection:
        rows = connection.execute(statement).mappings().all()
    return tuple(HeldUpload.model_validate(dict(row)) for row in rows)


def read_held(engine: Engine, number: int, *, commune: str) -> HeldUpload:
    """The file of that number, settled or not.

    Raises:
        UsageError: there is no such file, or it was redacted.
    """
    with transaction(engine) as connection:
        found = _read(connection, number, commune)
    if found.name == REDACTED:
        raise UsageError(f"Tệp giữ lại số {number} đã được xóa theo quy định dữ liệu cá nhân.")
    return found


def settle_held(
    engine: Engine, number: int, *, commune: str, by: str, now: datetime, finding: str = ""
) -> bool:
    """Note that a person looked at the file, and what was found; False when that was done before.

    The alarms about files of its obligation close with the last of them.

    Raises:
        UsageError: there is no such file.
    """
    table = tables.held_uploads
    mine = (table.c.id == number, table.c.commune == commune)
    with transaction(engine) as connection:
        row = _read(connection, number, commune)
        still = update(table).where(*mine, table.c.settled_at.is_(None))
        if connection.execute(still.values(settled_at=now, settled_by=by)).rowcount != 1:
            return False
        told = note("upload.settled", row.obligation_id, sha256=row.sha256, reason=finding)
        record(connection, [told], commune=commune, actor=by, at=now)
        _settle_alarms(connection, row, by=by, now=now)
    return True


def _read(connection: Connection, number: int, commune: str) -> HeldUpload:
    table = tables.held_uploads
    mine = (table.c.id == number, table.c.commune == commune)
    row = connection.execute(select(table).where(*mine)).mappings().first()
    if row is None:
        raise UsageError(f"Không có tệp giữ lại số {number}.")
    return HeldUpload.model_validate(dict(row))


def _settle_alarms(connection: Connection, settled: HeldUpload, *, by: str, now: datetime) -> None:
    c = tables.held_uploads.c
    same = (c.commune == settled.commune, c.obligation_id == settled.obligation_id)
    waiting = select(c.id).where(*same, c.settled_at.is_(None)).limit(1)
    if connection.execute(waiting).first() is None:
        keys = open_keys(connection, f"upload/{settled.obligation_id}/")
        settle(connection, keys, commune=settled.commune, by=by, now=now)
