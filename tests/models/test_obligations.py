"""What counts now, and what on time is judged by."""

from datetime import datetime

import pytest

from models.obligations import DONE_STATES, OPEN_STATES, ObligationState, obligation_id
from tests.obligation_samples import at, owed

S = ObligationState


def test_the_identity_is_made_of_plan_requirement_unit_and_period() -> None:
    assert obligation_id("kh", "PSL", "thon-01", "1") == owed().id == "kh/PSL/thon-01/1"


@pytest.mark.parametrize("state", list(ObligationState))
def test_an_obligation_is_open_while_the_unit_has_something_to_send(state: S) -> None:
    assert owed(state=state).is_open is (state in {S.OWED, S.RETURNED})
    assert not OPEN_STATES & DONE_STATES


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, at(22, 17)),
        ({"extended_to": at(24)}, at(24)),
        ({"state": S.RETURNED, "return_due_at": at(20)}, at(20)),
        ({"state": S.RETURNED, "return_due_at": at(20), "extended_to": at(24)}, at(20)),
        ({"state": S.SUBMITTED, "return_due_at": at(20)}, at(22, 17)),
        ({"state": S.RETURNED}, at(22, 17)),
    ],
)
def test_what_counts_now(changes: dict[str, object], expected: datetime) -> None:
    assert owed(**changes).effective_due_at == expected


@pytest.mark.parametrize(
    ("granted", "since", "expected"),
    [
        (at(20), None, at(26)),
        (at(22, 17), None, at(26)),
        (at(23), None, at(22, 17)),
        (at(23), at(20), at(26)),
        (at(24), at(23), at(22, 17)),
    ],
)
def test_only_an_extension_granted_in_time_counts_for_on_time(
    granted: datetime, since: datetime | None, expected: datetime
) -> None:
    extended = owed(extended_to=at(26), extended_at=granted, extended_since=since)
    assert extended.judged_due_at == expected


@pytest.mark.parametrize(
    ("received", "expected"), [(None, False), (at(22, 17), True), (at(22, 18), False)]
)
def test_on_time_includes_the_last_instant(received: datetime | None, *, expected: bool) -> None:
    assert owed(first_received_at=received).is_on_time is expected


def test_a_run_of_extensions_keeps_the_instant_it_began_at() -> None:
    first = owed().extended(at(24), at=at(20))
    assert first == {"extended_to": at(24), "extended_at": at(20), "extended_since": at(20)}
    second = owed(**first).extended(at(28), at=at(23))
    assert second == {"extended_to": at(28), "extended_at": at(23), "extended_since": at(20)}


def test_an_extension_after_the_last_one_ran_out_begins_anew() -> None:
    lapsed = owed(**owed().extended(at(23), at=at(20)))
    assert lapsed.extended(at(28), at=at(25))["extended_since"] == at(25)


def test_an_extension_of_a_return_moves_the_returns_deadline_only() -> None:
    returned = owed(state=S.RETURNED, return_due_at=at(20))
    assert returned.extended(at(23), at=at(19)) == {"return_due_at": at(23)}
