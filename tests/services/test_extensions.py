"""An extension moves what counts, never the original deadline."""

from datetime import datetime

import pytest
from sqlalchemy import Engine, select

from adapters import tables
from adapters.database import transaction
from adapters.ledger import read_plan
from models.errors import RefusedError
from models.letters import LetterKind
from services.extensions import grant_extension, refuse_extension, request_extension
from services.journal import read_journal
from services.plans import close_plan
from tests.services.stage import COMMUNE, PLAN, Office, at, owed_by

SHEET = owed_by("thon-01")
DUE = at((22, 6), "17:00")


def ask(office: Office, *, now: datetime, reason: str = "Mưa lũ") -> int:
    return request_extension(
        office.engine, SHEET, reason=reason, proposed_due_at=at((24, 6)),
        requested_by="thon-01.contact", now=now,
    )  # fmt: skip


def grant(office: Office, until: datetime, *, now: datetime) -> None:
    grant_extension(office.engine, SHEET, until=until, by="Lê Văn Công", now=now)


def is_on_time(office: Office, *, received: datetime) -> bool:
    office.submit(SHEET, now=received)
    office.accept(SHEET, now=received)
    return office.obligation(SHEET).is_on_time


def requests(office: Office) -> list[tuple[str | None, datetime | None, str | None]]:
    c = tables.extensions.c
    with transaction(office.engine) as connection:
        rows = connection.execute(select(c.decided_by, c.granted_until, c.refusal).order_by(c.id))
        return [(row.decided_by, row.granted_until, row.refusal) for row in rows]


def test_a_request_is_noted_once_until_it_is_decided(engine: Engine, office: Office) -> None:
    first = ask(office, now=at((19, 6)))
    before = read_journal(engine, commune=COMMUNE)
    assert ask(office, now=at((20, 6))) == first
    assert read_journal(engine, commune=COMMUNE) == before
    assert before[-1].action == "extension.requested"
    refuse_extension(office.engine, SHEET, refusal="Không đủ lý do", by="vhxh", now=at((20, 6)))
    assert ask(office, now=at((21, 6))) != first
    assert office.count(tables.extensions) == 2


def test_a_granted_request_moves_what_counts_and_keeps_the_original(office: Office) -> None:
    ask(office, now=at((19, 6)))
    grant(office, at((24, 6), "17:00"), now=at((20, 6)))
    after = office.obligation(SHEET)
    assert (after.due_at, after.effective_due_at) == (DUE, at((24, 6), "17:00"))
    assert requests(office) == [("Lê Văn Công", at((24, 6), "17:00"), None)]
    assert is_on_time(office, received=at((24, 6)))


def test_an_extension_after_the_deadline_does_not_clean_the_delay(office: Office) -> None:
    grant(office, at((25, 6)), now=at((23, 6)))
    after = office.obligation(SHEET)
    assert (after.due_at, after.effective_due_at) == (DUE, at((25, 6)))
    assert not is_on_time(office, received=at((24, 6)))


def test_a_second_extension_while_the_first_runs_keeps_the_unit_on_time(office: Office) -> None:
    grant(office, at((24, 6), "17:00"), now=at((20, 6)))
    grant(office, at((26, 6), "17:00"), now=at((23, 6)))
    assert office.obligation(SHEET).due_at == DUE
    assert is_on_time(office, received=at((25, 6)))


def test_a_second_extension_after_the_first_ran_out_cleans_nothing(office: Office) -> None:
    grant(office, at((23, 6), "17:00"), now=at((20, 6)))
    grant(office, at((26, 6), "17:00"), now=at((24, 6)))
    assert not is_on_time(office, received=at((25, 6)))


def test_an_office_may_grant_what_nobody_asked_for(engine: Engine, office: Office) -> None:
    grant(office, at((25, 6)), now=at((20, 6)))
    assert requests(office) == [("Lê Văn Công", at((25, 6)), None)]
    last = read_journal(engine, commune=COMMUNE)[-1]
    assert (last.action, last.subject) == ("extension.granted", SHEET)


def test_a_return_is_extended_by_its_own_deadline(office: Office) -> None:
    office.submit(SHEET, now=at((18, 6)))
    office.give_back(SHEET, due=at((19, 6), "17:00"), now=at((18, 6), "15:00"))
    grant(office, at((20, 6)), now=at((19, 6)))
    after = office.obligation(SHEET)
    assert (after.effective_due_at, after.extended_to, after.due_at) == (at((20, 6)), None, DUE)


@pytest.mark.parametrize(("until", "now"), [(DUE, at((20, 6))), (at((24, 6)), at((25, 6)))])
def test_a_new_deadline_lies_after_the_old_one_and_after_now(
    office: Office, until: datetime, now: datetime
) -> None:
    with pytest.raises(RefusedError, match="Thời hạn mới"):
        grant(office, until, now=now)
    assert office.count(tables.extensions) == 0


def test_a_refused_request_leaves_the_deadline_and_tells_the_unit(
    engine: Engine, office: Office
) -> None:
    ask(office, now=at((19, 6)))
    refuse_extension(office.engine, SHEET, refusal="Không đủ lý do", by="vhxh", now=at((20, 6)))
    assert office.obligation(SHEET).effective_due_at == DUE
    assert requests(office) == [("vhxh", None, "Không đủ lý do")]
    assert read_journal(engine, commune=COMMUNE)[-1].action == "extension.refused"
    c = tables.outbox.c
    with transaction(engine) as connection:
        told = connection.execute(select(c.unit_id).where(c.kind == LetterKind.EXTENSION)).scalars()
        assert list(told) == ["thon-01"]


def test_only_a_pending_request_can_be_refused(office: Office) -> None:
    with pytest.raises(RefusedError, match="không có đề nghị"):
        refuse_extension(office.engine, SHEET, refusal="Không", by="vhxh", now=at((20, 6)))


def test_a_request_needs_a_reason(office: Office) -> None:
    with pytest.raises(RefusedError, match="lý do"):
        ask(office, now=at((19, 6)), reason=" ")


def test_what_is_already_sent_needs_no_extension(office: Office) -> None:
    office.submit(SHEET, now=at((18, 6)))
    with pytest.raises(RefusedError, match="không còn phải nộp"):
        ask(office, now=at((19, 6)))
    with pytest.raises(RefusedError, match="không còn phải nộp"):
        grant(office, at((25, 6)), now=at((19, 6)))


def test_a_closed_plan_extends_nothing(office: Office) -> None:
    with transaction(office.engine) as connection:
        close_plan(connection, read_plan(connection, PLAN), actor="văn thư", now=at((20, 6)))
    with pytest.raises(RefusedError, match="đã kết thúc"):
        grant(office, at((25, 6)), now=at((21, 6)))
