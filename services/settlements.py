"""Settlements: what outcomes and marks of a group of letters change, at once where that goes."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, exists, insert, literal, select, union_all

from adapters import tables
from adapters.database import takes_changes_at_once
from adapters.direct import Direct
from adapters.recordsets import over, recordset
from adapters.smtp_verdicts import Phase
from models.letters import Verdict
from services.claims import SENDER, Claimed
from services.epochs import COUNTING, note_accepted
from services.journal import MOVING, Entry, continue_chain, know_end
from services.marks import MARKING, Marked, Sending, mark, turn_back
from services.outcomes import ACCEPTING, Outcome, notes_on, record_outcomes

_OF_TRY = ("outbox_id", "attempt", "code", "text")
_OF_ENTRY = ("subject", "detail", "seq", "previous", "hash")
_MOVED, _COUNTED, _MARKED = "moved", "counted", "marked"
_t, _j = tables.outbox_attempts.c, tables.journal.c
_moved = MOVING.returning(tables.journal_heads.c.seq).cte(_MOVED)
_has_moved = exists(select(_moved.c.seq))
_rows = recordset("rows", [*[_t[name] for name in _OF_TRY], *[_j[name] for name in _OF_ENTRY]])
# Nothing is done unless the journal ends where it was expected. Whatever was journaled since the
# statement began, as an answer or a hold is, has moved that end: no mark is given on what was true
# before the statement had to wait for somebody else's act.
_told = select(_rows).where(_has_moved).cte("told")
_at = bindparam("at", type_=_j.at.type)
_tried = insert(tables.outbox_attempts).from_select(
    [*_OF_TRY, "verdict", "phase", "at"],
    select(
        *[_told.c[name] for name in _OF_TRY], literal(Verdict.ACCEPTED), literal(Phase.DATA), _at
    ),
)
_noted = insert(tables.journal).from_select(
    [*_OF_ENTRY, "action", "commune", "actor", "at"],
    select(
        *[_told.c[name] for name in _OF_ENTRY],
        bindparam("action", type_=_j.action.type),
        bindparam("of_commune", type_=_j.commune.type), literal(SENDER), _at,
    ),
)  # fmt: skip
_counted = COUNTING.where(_has_moved).returning(tables.epochs.c.seq).cte(_COUNTED)
_marked = MARKING.where(_has_moved).cte(_MARKED)
_AT_ONCE = Direct(
    union_all(
        select(literal(_MOVED), _moved.c.seq),
        select(literal(_COUNTED), _counted.c.seq),
        select(literal(_MARKED), _marked.c.id),
    ).add_cte(over(ACCEPTING, _told).cte("accepted"), _tried.cte("tried"), _noted.cte("noted")),
    "rows", "ids", "of_owner", "of_commune", "at", "action", "more",
    "from_seq", "from_hash", "to_seq", "to_hash",
)  # fmt: skip


def settle_and_mark(
    connection: Connection, outcomes: Sequence[Outcome], letters: Sequence[Claimed], *, of: Sending
) -> Marked:
    """Record how letters ended, and mark the next ones, whose last dot is about to be written.

    Where the database takes several changes in one statement, a group of accepted letters is one:
    a message and an answer for each of eight took longer than the changes themselves.
    """
    are_accepted = all(fault.verdict is Verdict.ACCEPTED for _, fault in outcomes)
    if outcomes and are_accepted and takes_changes_at_once(connection):
        marked = _settle_at_once(connection, outcomes, letters, of=of)
        if marked is not None:
            return turn_back(connection, letters, marked, of=of)
    record_outcomes(connection, outcomes, of=of)
    return mark(connection, letters, of=of)


def _settle_at_once(
    connection: Connection, outcomes: Sequence[Outcome], letters: Sequence[Claimed], *, of: Sending
) -> frozenset[int] | None:
    """The letters that were marked; None when nothing was done, for the journal ended elsewhere."""
    more = continue_chain(
        connection, list(notes_on(outcomes)), commune=of.commune, actor=SENDER, at=of.now
    )
    rows = list(map(_row, outcomes, more.entries))
    action = more.entries[0][0]  # of each: all were accepted
    done = _AT_ONCE.read(
        connection, rows, [letter.id for letter in letters], of.owner, of.commune, of.now,
        action, len(outcomes), *more.start, *more.end,
    )  # fmt: skip
    changed = {what for what, _ in done}
    if _MOVED not in changed:
        return None
    know_end(connection, of.commune, more.end)
    if _COUNTED not in changed:  # the first letters of all
        note_accepted(connection, commune=of.commune, count=len(outcomes))
    return frozenset([letter for what, letter in done if what == _MARKED])


def _row(outcome: Outcome, entry: Entry) -> dict[str, object]:
    (letter, fault), (_, subject, detail, seq, previous, own) = outcome, entry
    return {
        "outbox_id": letter.id, "attempt": letter.attempt, "code": fault.code, "text": fault.text,
        "subject": subject, "detail": detail, "seq": seq, "previous": previous, "hash": own,
    }  # fmt: skip
