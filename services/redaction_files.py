"""Files of redacted rows: removed after the commit; what a crash leaves goes the next time."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Engine, Text, cast, delete, select

from adapters import tables
from adapters.blobs import BlobStore
from adapters.caught_mail import empty_letters
from adapters.database import compact, snapshot, transaction
from adapters.incoming_mail import Reading, read_mail
from models.errors import PermanentError
from models.redactions import REDACTED, REDACTED_ADDRESS, REDACTED_MAIL, Redacted
from services.desk import Desk

_HASH = re.compile(r"[0-9a-f]{64}")
_ROWS_AT_A_TIME = 500
_todo = tables.files_to_remove


def remove_files(engine: Engine, *, blobs: BlobStore, caught: Path | None) -> int:
    """Remove the files of redacted rows that nothing else names; returns how many went.

    ``caught`` is the folder of this machine's mail catcher: its letters are emptied, so that
    numbers and Message-IDs are never given twice.
    """
    emptied = 0 if caught is None else _empty_caught(engine, caught)
    with transaction(engine) as connection:
        rows = connection.execute(select(_todo.c.sha256, _todo.c.is_mail)).all()
        mails = {row.sha256 for row in rows if row.is_mail and blobs.holds(row.sha256)}
        brought = {sha256: _brought_by(blobs, sha256) for sha256 in mails}
        doomed = {row.sha256 for row in rows}.union(*brought.values())
        free = doomed - _named(connection, doomed) if doomed else set()
        # What a mail brought is found by the mail alone: it goes last.
        gone = [blobs.remove(sha256) for sha256 in sorted(free, key=mails.__contains__)]
        connection.execute(delete(_todo).where(_todo.c.sha256.in_([row.sha256 for row in rows])))
    return emptied + sum(gone)


def with_files(desk: Desk, done: Redacted) -> Redacted:
    """Remove the files that the redaction set free, and what the database still has of it."""
    caught = desk.settings.mail_folder if desk.settings.is_loopback_mail else None
    gone = remove_files(desk.engine, blobs=desk.blobs, caught=caught)
    compact(desk.engine)
    return done.model_copy(update={"files": gone})


def _brought_by(blobs: BlobStore, sha256: str) -> set[str]:
    """The files that a stored mail brought along."""
    try:
        raw = blobs.get(sha256)
    except PermanentError:  # altered on the disk: it goes as it is
        return set()
    reading = Reading(find_token=lambda _: None, keep=_hash, authserv_id=None)
    return {file.sha256 for file in read_mail(raw, reading=reading).attachments}


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _named(connection: Connection, doomed: set[str]) -> set[str]:
    """Those that rows still name that were not redacted."""
    found: set[str] = set()
    for column, which in references():
        chosen = select(cast(column, Text)).where(*which)
        rows = connection.execute(chosen.execution_options(yield_per=_ROWS_AT_A_TIME)).scalars()
        for text in rows:
            found.update(doomed.intersection(_HASH.findall(text or "")))
    return found


def references() -> Iterable[tuple[ColumnElement[object], tuple[ColumnElement[bool], ...]]]:
    """Every column in which a file of the store may be named, and for which rows that counts."""
    outbox, inbox, held = tables.outbox.c, tables.inbox.c, tables.held_uploads.c
    untouched = (outbox.address != REDACTED_ADDRESS,)
    yield from (
        (tables.submissions.c.answer, ()),
        (tables.report_files.c.sha256, ()),
        (tables.signed_files.c.sha256, ()),
        (tables.report_packages.c.sha256, ()),
        (tables.sign_offs.c.attachment, ()),
        (tables.drafts.c.attachments, ()),
        (outbox.parts, untouched),
        (outbox.context, untouched),
        (inbox.sha256, (inbox.reason != REDACTED_MAIL,)),
        (held.sha256, (held.name != REDACTED,)),
    )


def _empty_caught(engine: Engine, folder: Path) -> int:
    inbox, frozen = tables.inbox.c, tables.frozen_letters.c
    written = select(frozen.message_id).where(frozen.sha256.is_not(None))
    came = select(inbox.sha256).where(inbox.reason == REDACTED_MAIL, inbox.sha256.is_not(None))
    with snapshot(engine) as connection:
        message_ids = set(connection.execute(written).scalars())
        hashes = set(connection.execute(came).scalars())
    return empty_letters(folder, message_ids=message_ids, hashes=hashes)
