"""The administrator settles doubtful letters, once, for a reason, within the promise of a kind."""

from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from adapters import tables
from adapters.database import transaction
from models.errors import RefusedError, UsageError
from models.letters import LetterKind, LetterState
from services.journal import read_journal, verify
from services.letter_acts import Settling, settle_letter
from tests.services.letter_rows import put_letter, state_of
from tests.services.stage import COMMUNE, at

NOW = at((15, 6))
OPEN = ("unknown", "needs_human", "poisoned", "refused")


def act(engine: Engine, letter: int, settling: Settling, **more: Any) -> bool:
    values: dict[str, Any] = {
        "reason": "đã hỏi đơn vị", "is_confirmed": False, "commune": COMMUNE,
    } | more  # fmt: skip
    return settle_letter(engine, letter, settling=settling, by="vp", now=NOW, **values)


def doubtful(engine: Engine, kind: LetterKind = LetterKind.ASSIGNMENT, **values: Any) -> int:
    plain: dict[str, Any] = {
        "state": LetterState.UNKNOWN, "copies": 1, "attempt": 3, "settled_at": NOW,
    }  # fmt: skip
    return put_letter(engine, f"x/{kind}", now=NOW, kind=kind, **plain | values)


def row_of(engine: Engine, letter: int) -> dict[str, object]:
    with transaction(engine) as connection:
        chosen = select(tables.outbox).where(tables.outbox.c.id == letter)
        return dict(connection.execute(chosen).mappings().one())


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize(
    ("settling", "after"),
    [
        (Settling.ARRIVED, LetterState.ACCEPTED),
        (Settling.RESEND, LetterState.READY),
        (Settling.DROP, LetterState.SUPERSEDED),
    ],
)
def test_each_open_letter_is_settled_once_and_journaled(
    engine: Engine, state: str, settling: Settling, after: LetterState
) -> None:
    letter = doubtful(engine, state=state)
    assert act(engine, letter, settling) is True
    assert act(engine, letter, settling) is False
    assert state_of(engine, letter) == after
    (entry,) = read_journal(engine, commune=COMMUNE, subject_prefix="x/")
    assert (entry.actor, entry.action) == ("vp", f"letter.{settling}")
    assert entry.detail == {"reason": "đã hỏi đơn vị", "was": state}
    assert verify(engine, commune=COMMUNE) == ()


def test_a_letter_sent_again_keeps_its_bytes_and_starts_anew(engine: Engine) -> None:
    kept: dict[str, Any] = {"message_id": "<a@x>", "content": b"nguyen van"}
    letter = doubtful(engine, not_after=at((14, 6)), **kept)
    act(engine, letter, Settling.RESEND)
    row = row_of(engine, letter)
    with transaction(engine) as connection:
        written = connection.execute(select(tables.frozen_letters)).mappings().one()
    assert {name: written[name] for name in kept} == kept
    assert (row["attempt"], row["settled_at"], row["not_before"]) == (0, None, NOW)
    assert row["not_after"] is None  # its time had passed; a person wants it to go
    assert row["copies"] == 1


def test_a_time_that_has_not_passed_still_binds(engine: Engine) -> None:
    letter = doubtful(engine, not_after=at((16, 6)))
    act(engine, letter, Settling.RESEND)
    assert row_of(engine, letter)["not_after"] == at((16, 6))


def test_an_arrived_letter_is_counted_and_watched_no_more(engine: Engine) -> None:
    letter = doubtful(engine)
    watch = {"outbox_id": letter, "boot_id": "a", "since_seconds": 1.0}
    with transaction(engine) as connection:
        connection.execute(insert(tables.unknown_watches).values(watch))
    act(engine, letter, Settling.ARRIVED)
    with transaction(engine) as connection:
        assert connection.execute(select(tables.epochs.c.seq)).scalar_one() == 1
        assert connection.execute(select(tables.unknown_watches)).first() is None


def test_a_reminder_that_may_have_arrived_is_never_sent_again(engine: Engine) -> None:
    letter = doubtful(engine, LetterKind.REMIND_SOON)
    for confirmed in (False, True):
        with pytest.raises(RefusedError, match="chỉ gửi một lần"):
            act(engine, letter, Settling.RESEND, is_confirmed=confirmed)
    assert state_of(engine, letter) == LetterState.UNKNOWN
    never_left = doubtful(engine, LetterKind.REMIND_TODAY, copies=0, contact="kt.contact")
    assert act(engine, never_left, Settling.RESEND) is True


def test_a_request_goes_out_in_two_copies_at_most(engine: Engine) -> None:
    letter = doubtful(engine, copies=2)
    for confirmed in (False, True):
        with pytest.raises(RefusedError, match="2 bản giống nhau"):
            act(engine, letter, Settling.RESEND, is_confirmed=confirmed)


def test_the_final_report_goes_out_a_third_time_only_when_confirmed(engine: Engine) -> None:
    letter = doubtful(engine, LetterKind.DISPATCH, copies=2)
    with pytest.raises(RefusedError, match="xác nhận"):
        act(engine, letter, Settling.RESEND)
    assert act(engine, letter, Settling.RESEND, is_confirmed=True) is True


@pytest.mark.parametrize("state", ["sending", "ready", "accepted", "bounced"])
def test_a_letter_about_which_nothing_is_open_is_left_alone(engine: Engine, state: str) -> None:
    letter = doubtful(engine, state=state)
    with pytest.raises(RefusedError, match="không chờ người xử lý"):
        act(engine, letter, Settling.DROP)


def test_a_reason_and_a_letter_of_the_own_commune_are_asked_for(engine: Engine) -> None:
    letter = doubtful(engine)
    with pytest.raises(UsageError, match="lý do"):
        act(engine, letter, Settling.DROP, reason="  ")
    with pytest.raises(UsageError, match="Không có thư số"):
        act(engine, letter, Settling.DROP, commune="dong-hoa")
