"""Questions to a unit about what it sent: asked by letter, answered by any way, the state kept."""

from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select, update

from adapters import tables
from adapters.database import transaction
from adapters.ledger import read_obligation, read_plan, refuse_closed
from models.errors import RefusedError, UsageError
from models.submissions import Channel
from models.values import Value
from services.journal import note, record
from services.notices import notify_question

LONGEST = 2_000
_LETTER = "question/"


class Question(Value):
    """A question of the office, with its answer when it came."""

    id: int
    obligation_id: str
    version: int
    text: str
    asked_by: str
    asked_at: datetime
    answer: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None
    channel: Channel | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered."""
        return self.answered_at is None


def ask(engine: Engine, obligation_id: str, *, text: str, by: str, now: datetime) -> int:
    """Ask the unit about the version it sent (E24); returns the question's number.

    The same question about the same version is asked once; the state stays as it is.

    Raises:
        RefusedError: nothing is asked, or nothing was sent to ask about.
    """
    with transaction(engine) as connection:
        return ask_on(connection, obligation_id, text=text, by=by, now=now)


def ask_on(connection: Connection, obligation_id: str, *, text: str, by: str, now: datetime) -> int:
    """Ask in an open transaction; as ``ask``."""
    text = text.strip()[:LONGEST]
    if not text:
        raise RefusedError("Hãy ghi nội dung cần hỏi.")
    obligation = read_obligation(connection, obligation_id)
    if not obligation.version:
        raise RefusedError("Đơn vị chưa gửi bản nào để hỏi; hãy gọi điện hoặc để thư nhắc đi.")
    plan = read_plan(connection, obligation.plan_id)
    refuse_closed(plan)
    earlier = read_questions(connection, obligation_id, commune=plan.commune)
    same = [q.id for q in earlier if (q.version, q.text) == (obligation.version, text)]
    if same:
        return same[0]
    row = {
        "commune": plan.commune, "obligation_id": obligation_id,
        "version": obligation.version, "text": text, "asked_by": by, "asked_at": now,
    }  # fmt: skip
    made = connection.execute(insert(tables.questions).values(row)).inserted_primary_key
    number = int(made[0]) if made else 0
    told = note("question.asked", f"{obligation_id}@{obligation.version}", text=text)
    record(connection, [told], commune=plan.commune, actor=by, at=now)
    notify_question(connection, plan, obligation, key=question_key(number), text=text, now=now)
    return number


def answer_question(
    engine: Engine,
    question_id: int,
    *,
    commune: str,
    unit_id: str,
    text: str,
    by: str,
    channel: Channel,
    now: datetime,
) -> bool:
    """Keep the unit's answer; False when it was answered before, and the first answer stays.

    Raises:
        UsageError: the unit was not asked that.
        RefusedError: nothing is answered.
    """
    with transaction(engine) as connection:
        return answer_question_on(
            connection, question_id, commune=commune, unit_id=unit_id, text=text, by=by,
            channel=channel, now=now,
        )  # fmt: skip


def answer_question_on(
    connection: Connection,
    question_id: int,
    *,
    commune: str,
    unit_id: str,
    text: str,
    by: str,
    channel: Channel,
    now: datetime,
) -> bool:
    """Keep the unit's answer in an open transaction; as ``answer_question``."""
    text = text.strip()[:LONGEST]
    if not text:
        raise RefusedError("Hãy ghi nội dung trả lời.")
    asked = _of_unit(connection, question_id, commune=commune, unit_id=unit_id)
    if asked is None:
        raise UsageError("Đơn vị không có câu hỏi này; hãy mở lại từ trang của đơn vị.")
    q = tables.questions.c
    given = {"answer": text, "answered_by": by, "answered_at": now, "channel": channel}
    mine = update(tables.questions).where(q.id == question_id, q.answered_at.is_(None))
    if connection.execute(mine.values(given)).rowcount != 1:
        return False
    subject = f"{asked.obligation_id}@{asked.version}"
    told = note("question.answered", subject, text=text, channel=channel)
    record(connection, [told], commune=commune, actor=by, at=now)
    return True


def question_key(number: int) -> str:
    """The key of the letter that asks a question."""
    return f"{_LETTER}{number}"


def find_asked(
    connection: Connection, letter_key: str, *, commune: str, unit_id: str
) -> Question | None:
    """The question that a letter to the unit asks, answered or not; None when it asks none."""
    number = letter_key.removeprefix(_LETTER)
    if number == letter_key or not number.isdecimal():
        return None
    return _of_unit(connection, int(number), commune=commune, unit_id=unit_id)


def _of_unit(connection: Connection, number: int, *, commune: str, unit_id: str) -> Question | None:
    q, o = tables.questions.c, tables.obligations.c
    statement = (
        select(tables.questions)
        .join(tables.obligations, o.id == q.obligation_id)
        .where(q.id == number, q.commune == commune, o.unit_id == unit_id)
    )
    row = connection.execute(statement).mappings().first()
    return _question(dict(row)) if row else None


def read_questions(
    connection: Connection, obligation_id: str, *, commune: str
) -> tuple[Question, ...]:
    """Every question about an obligation, the oldest first."""
    q = tables.questions.c
    statement = select(tables.questions).where(
        q.commune == commune, q.obligation_id == obligation_id
    )
    rows = connection.execute(statement.order_by(q.id)).mappings()
    return tuple(_question(dict(row)) for row in rows)


def find_open_questions(engine: Engine, *, commune: str, unit_id: str) -> tuple[Question, ...]:
    """What the office asked a unit and waits to hear, the oldest first."""
    q, o = tables.questions.c, tables.obligations.c
    statement = (
        select(tables.questions)
        .join(tables.obligations, o.id == q.obligation_id)
        .where(q.commune == commune, o.unit_id == unit_id, q.answered_at.is_(None))
        .order_by(q.id)
    )
    with transaction(engine) as connection:
        rows = connection.execute(statement).mappings().all()
    return tuple(_question(dict(row)) for row in rows)


def _question(row: dict[str, object]) -> Question:
    return Question.model_validate({key: row[key] for key in Question.model_fields})
