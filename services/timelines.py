"""Timelines: a campaign's letters, submissions, reviews and decisions in order, from the ledger."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, Engine, Row, select

from adapters import tables
from adapters.database import transaction
from adapters.ledger import read_plan
from models.calendars import WorkingCalendar
from models.timelines import TimelineKind, TimelineRow, in_order
from services.reviews import ReviewVerdict


def read_timeline(
    engine: Engine, plan_id: str, *, calendar: WorkingCalendar
) -> tuple[TimelineRow, ...]:
    """The plan's timeline, by instant; instants are told in the calendar's zone.

    Raises:
        UsageError: there is no such plan.
    """
    with transaction(engine) as connection:
        authority = read_plan(connection, plan_id).dossier.plan.authority
        rows = [
            *_letters(connection, plan_id),
            *_submissions(connection, plan_id),
            *_reviews(connection, plan_id),
            *_extensions(connection, plan_id),
            *_pauses(connection, plan_id),
            *_reports(connection, plan_id, authority),
            *_dispatches(connection, plan_id),
        ]
    local = [r.model_copy(update={"instant": r.instant.astimezone(calendar.zone)}) for r in rows]
    return in_order(local)


def _unit_of(obligation_id: str) -> str:
    return obligation_id.split("/")[2]


def _letters(connection: Connection, plan_id: str) -> Iterator[TimelineRow]:
    items = _items(connection, plan_id)
    c, written = tables.outbox.c, tables.frozen_letters.c
    letters = select(*c, written.subject, written.message_id).select_from(tables.letters)
    for row in connection.execute(letters.where(c.plan_id == plan_id)):
        yield _letter(row, items[row.id])


def _items(connection: Connection, plan_id: str) -> dict[int, list[tuple[str, str, str, str]]]:
    i = tables.outbox_items.c
    found: dict[int, list[tuple[str, str, str, str]]] = defaultdict(list)
    rows = connection.execute(
        select(i.outbox_id, i.obligation_id, i.rung, i.audience, i.kind)
        .where(i.obligation_id.startswith(f"{plan_id}/"), i.outbox_id.is_not(None))
        .order_by(i.dedupe_key)
    )
    for row in rows:
        found[row.outbox_id].append((row.obligation_id, row.rung, row.audience, row.kind))
    return found


def _letter(row: Row[tuple[object, ...]], items: list[tuple[str, str, str, str]]) -> TimelineRow:
    lead = next((item for item in items if item[3] == row.kind), None)
    at: datetime = row.settled_at or row.created_at
    return TimelineRow(
        instant=at, kind=TimelineKind.LETTER, what=row.kind, unit=row.unit_id,
        obligation=lead[0] if lead else _said_of(row.dedupe_key), rung=lead[1] if lead else None,
        recipient=row.address, message_id=row.message_id, state=row.state, subject=row.subject,
        items=tuple(" ".join(item[:3]) for item in items), key=row.dedupe_key,
    )  # fmt: skip


def _said_of(dedupe_key: str) -> str | None:
    # receipt/<obligation>@<version> and so on; other letters are not about one product.
    head, _, rest = dedupe_key.partition("/")
    return rest.partition("@")[0] if head in {"receipt", "accepted", "returned"} else None


def _submissions(connection: Connection, plan_id: str) -> Iterator[TimelineRow]:
    s = tables.submissions.c
    rows = connection.execute(
        select(s.id, s.obligation_id, s.version, s.received_at, s.sent_by, s.entered_by,
               s.answer["nil_reason"].as_string().label("nil"))
        .where(s.obligation_id.startswith(f"{plan_id}/"))
    )  # fmt: skip
    for row in rows:
        yield TimelineRow(
            instant=row.received_at, kind=TimelineKind.SUBMISSION,
            what="nil" if row.nil not in {None, "null"} else "answer",
            unit=_unit_of(row.obligation_id), obligation=row.obligation_id, version=row.version,
            recipient=row.entered_by, key=row.id,
        )  # fmt: skip


def _reviews(connection: Connection, plan_id: str) -> Iterator[TimelineRow]:
    r = tables.reviews.c
    rows = connection.execute(
        select(r.obligation_id, r.version, r.verdict, r.at).where(
            r.obligation_id.startswith(f"{plan_id}/")
        )
    )
    for row in rows:
        yield TimelineRow(
            instant=row.at, kind=TimelineKind.REVIEW, what=ReviewVerdict(row.verdict),
            unit=_unit_of(row.obligation_id), obligation=row.obligation_id, version=row.version,
            key=f"{row.obligation_id}@{row.version}/{row.verdict}",
        )  # fmt: skip


def _extensions(connection: Connection, plan_id: str) -> Iterator[TimelineRow]:
    e = tables.extensions.c
    rows = connection.execute(
        select(e.obligation_id, e.requested_at, e.decided_at, e.granted_until).where(
            e.obligation_id.startswith(f"{plan_id}/")
        )
    )
    for row in rows:
        verdict = "granted" if row.granted_until else "refused"
        told = (("requested", row.requested_at), (verdict, row.decided_at))
        for what, at in told:
            if at is not None:
                yield TimelineRow(
                    instant=at, kind=TimelineKind.EXTENSION, what=what,
                    unit=_unit_of(row.obligation_id), obligation=row.obligation_id,
                    key=f"{row.obligation_id}/{what}",
                )  # fmt: skip


def _pauses(connection: Connection, plan_id: str) -> Iterator[TimelineRow]:
    c = tables.pauses.c
    rows = connection.execute(
        select(c.unit_id, c.obligation_id, c.kind, c.from_at).where(
            c.obligation_id.startswith(f"{plan_id}/")
        )
    )
    for row in rows:
        yield TimelineRow(
            instant=row.from_at, kind=TimelineKind.PAUSE, what=row.kind, unit=row.unit_id,
            obligation=row.obligation_id, key=f"{row.obligation_id}/{row.kind}",
        )  # fmt: skip


def _reports(connection: Connection, plan_id: str, authority: str) -> Iterator[TimelineRow]:
    r, d = tables.reports.c, tables.decisions.c
    rows = connection.execute(
        select(r.id, r.version, r.created_at, r.partial, r.kind, d.verdict, d.at)
        .join_from(tables.reports, tables.decisions, d.report_id == r.id, isouter=True)
        .where(r.plan_id == plan_id)
    )
    for row in rows:
        what = "partial" if row.partial else "complete"
        shared = {"unit": authority, "version": row.version, "key": row.id}
        yield TimelineRow(
            instant=row.created_at, kind=TimelineKind.REPORT, what=f"{row.kind}:{what}", **shared
        )
        if row.verdict is not None:
            yield TimelineRow(
                instant=row.at, kind=TimelineKind.DECISION, what=row.verdict, **shared
            )


def _dispatches(connection: Connection, plan_id: str) -> Iterator[TimelineRow]:
    d = tables.dispatches.c
    for row in connection.execute(select(tables.dispatches).where(d.plan_id == plan_id)):
        told = ((TimelineKind.DISPATCH, row.at), (TimelineKind.RECEIPT, row.receipt_at))
        for kind, at in told:
            if at is not None:
                yield TimelineRow(
                    instant=at, kind=kind, what=kind, unit=row.recipient,
                    key=f"{kind}/{row.recipient}",
                )  # fmt: skip
