"""Rows of the ledger as values, and inserts that leave what exists alone."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import cast

from sqlalchemy import (
    Connection,
    CursorResult,
    Executable,
    RowMapping,
    Select,
    Table,
    Text,
    bindparam,
    select,
)
from sqlalchemy import cast as cast_in_sql
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from adapters import tables
from adapters.dossiers import Edition, find_dossier, parse_dossier
from models.errors import RefusedError, UsageError
from models.obligations import Obligation
from models.plans import PlanDossier
from models.submissions import Submission
from models.units import Contact, ContactRole
from models.values import Value


class PlanState(StrEnum):
    """The life of a plan in the ledger."""

    DRAFT = "draft"
    ACTIVE = "active"
    CLOSED = "closed"


class PlanRecord(Value):
    """A plan as the ledger holds it; its number and day of issue are applied to the dossier."""

    id: str
    commune: str
    dossier: PlanDossier
    sha256: str
    state: PlanState
    number: int | None
    issued_on: date | None
    imported_at: datetime
    activated_at: datetime | None
    activated_by: str | None


class RegisteredContact(Contact):
    """A contact with its unit and, when its mail bounced, since when and why."""

    unit_id: str
    flagged_at: datetime | None = None
    flag_reason: str | None = None
    link_serial: int = 0


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> int:
    """Insert the rows whose keys do not exist yet; returns how many were new.

    All rows have the same columns. One statement is compiled and executed many times: a statement
    with many rows of values costs twenty times as much in compilation.
    """
    if not rows:
        return 0
    statement = _insert_new(table, connection.dialect.name)
    result = connection.execute(statement, [dict(row) for row in rows])
    return cast("CursorResult[object]", result).rowcount


@cache
def _insert_new(table: Table, dialect: str) -> Executable:
    build = sqlite_insert(table) if dialect == "sqlite" else postgresql_insert(table)
    return build.on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def read_plan(connection: Connection, plan_id: str) -> PlanRecord:
    """The plan of that id.

    Raises:
        UsageError: there is no such plan.
    """
    row = connection.execute(_plans("id"), {"id": plan_id}).mappings().first()
    if row is None:
        raise UsageError(
            f"Không có kế hoạch '{plan_id}'; hãy nạp bằng lệnh `dondoc plan import` trước."
        )
    return _plan_record(connection, row)


def refuse_closed(plan: PlanRecord) -> None:
    """Let nothing more happen to a plan that has ended.

    Raises:
        RefusedError: the plan is closed.
    """
    if plan.state is PlanState.CLOSED:
        raise RefusedError(f"Kế hoạch '{plan.id}' đã kết thúc; không ghi thêm được vào hồ sơ này.")


def read_plans(
    connection: Connection, *, commune: str, state: PlanState | None = None
) -> tuple[PlanRecord, ...]:
    """The commune's plans, oldest import first."""
    given = {"commune": commune} | ({} if state is None else {"state": state})
    rows = connection.execute(_plans(*given), given).mappings().all()
    return tuple(_plan_record(connection, row) for row in rows)


# Statements are made once: making one anew and finding it compiled costs five times what it reads.
@cache
def _plans(*by: str) -> Select[tuple[object, ...]]:
    """Everything but the dossier, which is large and which its hash stands for."""
    c = tables.plans.c
    brief = _select_by(tables.plans, *by, without="dossier")
    return brief.order_by(c.imported_at, c.id)


_WITH_DOSSIER = select(
    *[c for c in tables.plans.c if c.name != "dossier"],
    cast_in_sql(tables.plans.c.dossier, Text).label("dossier"),
).where(tables.plans.c.id == bindparam("id"))


def _select_by(table: Table, *by: str, without: str) -> Select[tuple[object, ...]]:
    """Select rows by those columns, whose values are given when the statement is executed."""
    columns = [column for column in table.c if column.name != without]
    equal = [table.c[name] == bindparam(name) for name in by]
    return cast("Select[tuple[object, ...]]", select(*columns).where(*equal))


def _plan_record(connection: Connection, brief: RowMapping) -> PlanRecord:
    row, dossier = brief, find_dossier(_edition(brief))
    if dossier is None:  # one statement gives the text with its hash: they belong together
        row = connection.execute(_WITH_DOSSIER, {"id": brief["id"]}).mappings().one()
        dossier = parse_dossier(_edition(row), row["dossier"])
    return PlanRecord.model_validate({str(k): v for k, v in row.items()} | {"dossier": dossier})


def _edition(row: RowMapping) -> Edition:
    return Edition(row["id"], row["sha256"], row["number"], row["issued_on"])


def read_obligation(connection: Connection, obligation_id: str) -> Obligation:
    """The obligation of that id, locked for this transaction.

    Raises:
        UsageError: there is no such obligation.
    """
    row = connection.execute(_LOCKED_OBLIGATION, {"id": obligation_id}).mappings().first()
    if row is None:
        raise UsageError(f"Không có nghĩa vụ '{obligation_id}'; xem mã trong `dondoc status`.")
    return Obligation.model_validate(dict(row))


def read_obligations(
    connection: Connection,
    *,
    commune: str,
    plan_id: str | None = None,
    unit_id: str | None = None,
    states: Sequence[str] | None = None,
) -> tuple[Obligation, ...]:
    """The commune's obligations by id, of one plan, one unit and of some states when given."""
    given = {"commune": commune, "plan_id": plan_id, "unit_id": unit_id}
    asked = {name: value for name, value in given.items() if value is not None}
    statement = _obligations(*asked)
    if states is not None:
        statement = statement.where(tables.obligations.c.state.in_(states))
    rows = connection.execute(statement, asked).mappings()
    return tuple(Obligation.model_validate(dict(row)) for row in rows)


@cache
def _obligations(*by: str) -> Select[tuple[object, ...]]:
    chosen = _select_by(tables.obligations, *by, without="commune")
    return chosen.order_by(tables.obligations.c.id)


_LOCKED_OBLIGATION = _select_by(tables.obligations, "id", without="commune").with_for_update()


def read_contacts(
    connection: Connection, *, commune: str, unit_id: str | None = None
) -> tuple[RegisteredContact, ...]:
    """The commune's contacts, or a unit's, by unit, role and rank, the flagged among them."""
    asked = {"commune": commune} | ({} if unit_id is None else {"unit_id": unit_id})
    rows = connection.execute(_contacts(*asked), asked).mappings()
    return tuple(RegisteredContact.model_validate(dict(row)) for row in rows)


@cache
def _contacts(*by: str) -> Select[tuple[object, ...]]:
    c = tables.contacts.c
    chosen = _select_by(tables.contacts, *by, without="commune")
    return chosen.order_by(c.unit_id, c.role, c.rank, c.id)


def group_by_unit(
    contacts: Sequence[RegisteredContact],
) -> dict[str, tuple[RegisteredContact, ...]]:
    """The contacts of each unit, in the order given."""
    grouped: dict[str, list[RegisteredContact]] = {}
    for contact in contacts:
        grouped.setdefault(contact.unit_id, []).append(contact)
    return {unit_id: tuple(found) for unit_id, found in grouped.items()}


def first_reachable(
    contacts: Sequence[RegisteredContact], unit_id: str, role: ContactRole
) -> RegisteredContact | None:
    """Who is written to for that role: never a flagged contact; the head stands in for it."""
    of_unit = [c for c in contacts if c.unit_id == unit_id and c.flagged_at is None]
    of_role = sorted((c for c in of_unit if c.role is role), key=lambda c: c.rank)
    if of_role:
        return of_role[0]
    if role is ContactRole.CONTACT:
        return first_reachable(contacts, unit_id, ContactRole.HEAD)
    return None


def read_submission(connection: Connection, obligation_id: str, version: int) -> Submission:
    """One version of an answer.

    Raises:
        UsageError: there is no such version.
    """
    asked = {"obligation_id": obligation_id, "version": version}
    row = connection.execute(_SUBMISSION, asked).mappings().first()
    if row is None:
        raise UsageError(f"Không có bản nộp {version} của '{obligation_id}'.")
    return Submission.model_validate(dict(row))


_SUBMISSION = _select_by(tables.submissions, "obligation_id", "version", without="nonce")
