"""How much waits for the office, list by list."""

from sqlalchemy import ColumnElement, Engine, ScalarSelect, Table, func, select

from adapters import tables
from adapters.database import snapshot
from models.contact_changes import ChangeState
from models.values import Value
from services.mail_moves import WAITING


class Waiting(Value):
    """How many things of each kind a person of the office has to decide about."""

    mails: int = 0
    changes: int = 0  # of contacts
    files: int = 0  # held until somebody looked at them


def count_waiting(engine: Engine, *, commune: str) -> Waiting:
    """Count what waits in a commune, in one statement."""
    mails, changes, files = tables.inbox, tables.contact_changes, tables.held_uploads
    counts = (
        _count(mails, mails.c.commune == commune, mails.c.state.in_(WAITING)),
        _count(changes, changes.c.commune == commune, changes.c.state == ChangeState.ASKED),
        _count(files, files.c.commune == commune, files.c.settled_at.is_(None)),
    )
    with snapshot(engine) as connection:
        row = connection.execute(select(*counts)).one()
    return Waiting(mails=row[0], changes=row[1], files=row[2])


def _count(table: Table, *mine: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(table).where(*mine).scalar_subquery()
