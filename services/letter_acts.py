"""The administrator's hand on doubtful letters: arrived, send again, give up."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, Row, delete, select

from adapters import tables
from adapters.database import transaction
from models.errors import RefusedError, UsageError
from models.letter_desks import waits_for_person
from models.letter_policies import MOST_COPIES, Reliability, reliability_of
from models.letters import LetterKind, LetterState
from services.brakes import note_accepted
from services.journal import note, record
from services.outbox import set_state
from services.reasons import require_reason


class Settling(StrEnum):
    """What a person decides about a letter."""

    ARRIVED = "arrived"
    RESEND = "resend"
    DROP = "drop"


AFTER = {
    Settling.ARRIVED: LetterState.ACCEPTED,
    Settling.RESEND: LetterState.READY,
    Settling.DROP: LetterState.SUPERSEDED,
}


def settle_letter(
    engine: Engine,
    letter_id: int,
    *,
    commune: str,
    settling: Settling,
    by: str,
    reason: str,
    now: datetime,
    is_confirmed: bool = False,
) -> bool:
    """Do with an unsettled letter as a person decided; False when that was done already.

    Copies that may have arrived keep to the promise of the kind; only what must arrive goes out
    once more than that, and only when ``is_confirmed``.

    Raises:
        UsageError: there is no such letter, or no reason is given.
        RefusedError: nothing is open about the letter, or one copy more would be too many.
    """
    require_reason(reason)
    with transaction(engine) as connection:
        row = _read(connection, letter_id, commune)
        if row.state == AFTER[settling]:
            return False
        if not waits_for_person(LetterKind(row.kind), LetterState(row.state)):
            raise RefusedError(f"Thư số {letter_id} không chờ người xử lý.")
        if settling is Settling.RESEND:
            _refuse_copy(row, is_confirmed=is_confirmed)
        _move(connection, row, settling, reason=reason.strip(), now=now)
        notes = [note(f"letter.{settling}", row.dedupe_key, reason=reason.strip(), was=row.state)]
        record(connection, notes, commune=commune, actor=by, at=now)
    return True


def _read(connection: Connection, letter_id: int, commune: str) -> Row[tuple[object, ...]]:
    c = tables.outbox.c
    frozen = tables.frozen_letters.c
    emptied = select(frozen.sha256).where(frozen.outbox_id == c.id).scalar_subquery()
    chosen = select(
        c.id, c.kind, c.state, c.commune, c.copies, c.not_after, c.dedupe_key,
        emptied.label("emptied"),
    ).where(c.id == letter_id, c.commune == commune)  # fmt: skip
    row = connection.execute(chosen.with_for_update()).first()
    if row is None:
        raise UsageError(f"Không có thư số {letter_id}; xem số thư trong `dondoc mail list`.")
    return row


def _refuse_copy(row: Row[tuple[object, ...]], *, is_confirmed: bool) -> None:
    if row.emptied is not None:
        raise RefusedError(f"Nội dung thư số {row.id} đã được xóa nên không gửi lại được.")
    promise = reliability_of(LetterKind(row.kind))
    if promise is Reliability.AT_MOST_ONCE and row.copies:
        raise RefusedError(
            f"Thư số {row.id} có thể đã đến và loại thư này chỉ gửi một lần; "
            "hãy chọn “đã tới” hoặc “thôi”."
        )
    if row.copies < MOST_COPIES or (promise is Reliability.MUST_ARRIVE and is_confirmed):
        return
    advice = "rồi xác nhận để gửi thêm" if promise is Reliability.MUST_ARRIVE else "không gửi thêm"
    raise RefusedError(
        f"Thư số {row.id} đã gửi {row.copies} bản giống nhau; hãy hỏi nơi nhận trước, {advice}."
    )


def _move(
    connection: Connection, row: Row[tuple[object, ...]], settling: Settling, *, reason: str,
    now: datetime,
) -> None:  # fmt: skip
    state = AFTER[settling]
    if settling is Settling.RESEND:
        late = row.not_after is not None and row.not_after < now
        again: dict[str, object] = {"not_after": None} if late else {}
        set_state(connection, row.id, state, not_before=now, attempt=0, owner=None, phase=None,
                  settled_at=None, **again)  # fmt: skip
    else:
        set_state(connection, row.id, state, settled_at=now, last_text=reason)
    if settling is Settling.ARRIVED:
        note_accepted(connection, commune=row.commune, count=1)
    watches = tables.unknown_watches
    connection.execute(delete(watches).where(watches.c.outbox_id == row.id))
