"""Rows of the ledger as values, and inserts that leave what exists alone."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import cast

from sqlalchemy import (
    Connection,
    CursorResult,
    RowMapping,
    Select,
    Table,
    Text,
    select,
)
from sqlalchemy import cast as cast_in_sql
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from adapters import tables
from models.errors import RefusedError, UsageError
from models.obligations import Obligation
from models.plans import PlanDossier
from models.submissions import Submission
from models.units import Contact, ContactRole
from models.values import Value

DOSSIERS_KEPT = 32  # parsed, of about 2 MB each


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
    is_sqlite = connection.dialect.name == "sqlite"
    build = sqlite_insert(table) if is_sqlite else postgresql_insert(table)
    statement = build.on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    result = connection.execute(statement, [dict(row) for row in rows])
    return cast("CursorResult[object]", result).rowcount


def read_plan(connection: Connection, plan_id: str) -> PlanRecord:
    """The plan of that id.

    Raises:
        UsageError: there is no such plan.
    """
    statement = _plans().where(tables.plans.c.id == plan_id)
    row = connection.execute(statement).mappings().first()
    if row is None:
        raise UsageError(
            f"Không có kế hoạch '{plan_id}'; hãy nạp bằng lệnh `dondoc plan import` trước."
        )
    return _plan_record(row)


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
    statement = _plans().where(tables.plans.c.commune == commune)
    if state is not None:
        statement = statement.where(tables.plans.c.state == state)
    rows = connection.execute(statement.order_by(tables.plans.c.imported_at, tables.plans.c.id))
    return tuple(_plan_record(row) for row in rows.mappings())


def _plans() -> Select[tuple[object, ...]]:
    columns = [c for c in tables.plans.c if c.name != "dossier"]
    text = cast_in_sql(tables.plans.c.dossier, Text).label("dossier")
    return cast("Select[tuple[object, ...]]", select(*columns, text))


def _plan_record(row: RowMapping) -> PlanRecord:
    values = {str(k): v for k, v in row.items()}
    dossier = _applied_dossier(row["dossier"], number=row["number"], issued_on=row["issued_on"])
    return PlanRecord.model_validate(values | {"dossier": dossier})


@lru_cache(maxsize=DOSSIERS_KEPT)
def _applied_dossier(text: str, *, number: int | None, issued_on: date | None) -> PlanDossier:
    # Every act and every page reads its plan, and a plan in force is never rewritten: the same
    # text gives the same dossier.
    dossier = PlanDossier.model_validate_json(text)
    plan = dossier.plan.model_copy(update={"number": number, "issued_on": issued_on})
    return dossier.model_copy(update={"plan": plan})


def read_obligation(connection: Connection, obligation_id: str) -> Obligation:
    """The obligation of that id, locked for this transaction.

    Raises:
        UsageError: there is no such obligation.
    """
    statement = _obligations().where(tables.obligations.c.id == obligation_id).with_for_update()
    row = connection.execute(statement).mappings().first()
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
    statement = _obligations().where(tables.obligations.c.commune == commune)
    if unit_id is not None:
        statement = statement.where(tables.obligations.c.unit_id == unit_id)
    if plan_id is not None:
        statement = statement.where(tables.obligations.c.plan_id == plan_id)
    if states is not None:
        statement = statement.where(tables.obligations.c.state.in_(states))
    rows = connection.execute(statement.order_by(tables.obligations.c.id)).mappings()
    return tuple(Obligation.model_validate(dict(row)) for row in rows)


def _obligations() -> Select[tuple[object, ...]]:
    columns = [c for c in tables.obligations.c if c.name != "commune"]
    return cast("Select[tuple[object, ...]]", select(*columns))


def read_contacts(
    connection: Connection, *, commune: str, unit_id: str | None = None
) -> tuple[RegisteredContact, ...]:
    """The commune's contacts, or a unit's, by unit, role and rank, the flagged among them."""
    c = tables.contacts.c
    statement = (
        select(*[column for column in c if column.name != "commune"])
        .where(c.commune == commune)
        .order_by(c.unit_id, c.role, c.rank, c.id)
    )
    if unit_id is not None:
        statement = statement.where(c.unit_id == unit_id)
    rows = connection.execute(statement).mappings()
    return tuple(RegisteredContact.model_validate(dict(row)) for row in rows)


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
    c = tables.submissions.c
    row = (
        connection.execute(
            select(*[column for column in c if column.name != "nonce"]).where(
                c.obligation_id == obligation_id, c.version == version
            )
        )
        .mappings()
        .first()
    )
    if row is None:
        raise UsageError(f"Không có bản nộp {version} của '{obligation_id}'.")
    return Submission.model_validate(dict(row))
