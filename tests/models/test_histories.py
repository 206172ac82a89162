"""What stood at an earlier instant follows from what had happened by then."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.histories import Happening, HappeningKind, replay
from models.obligations import Obligation, ObligationState
from tests.obligation_samples import at, owed

K = HappeningKind
S = ObligationState


def happened(kind: K, day: int, version: int = 1, **more: object) -> Happening:
    return Happening(kind=kind, at=at(day), version=version).model_copy(update=more)


LIFE: tuple[tuple[Happening, dict[str, object]], ...] = (
    (happened(K.EXTENDED, 2, 0, until=at(24)),
     {"extended_to": at(24), "extended_at": at(2), "extended_since": at(2)}),
    (happened(K.NIL, 3), {"state": S.NIL, "version": 1, "first_received_at": at(3)}),
    (happened(K.RETURNED, 4, until=at(9), is_formal_defect=True),
     {"state": S.RETURNED, "returns": 1, "return_due_at": at(9), "first_received_at": None}),
    (happened(K.EXTENDED, 5, 0, until=at(12)), {"return_due_at": at(12)}),
    (happened(K.SUBMITTED, 6, 2),
     {"state": S.SUBMITTED, "version": 2, "first_received_at": at(6)}),
    (happened(K.RETURNED, 7, 2, until=at(11)),
     {"state": S.RETURNED, "returns": 2, "return_due_at": at(11)}),
    (happened(K.SUBMITTED, 8, 3), {"state": S.SUBMITTED, "version": 3}),
    (happened(K.ACCEPTED, 9, 3), {"state": S.ACCEPTED, "closed_at": at(9)}),
)  # fmt: skip


def lived(upto: int) -> Obligation:
    """The obligation after the first happenings of its life."""
    found = owed()
    for _, changes in LIFE[:upto]:
        found = found.model_copy(update=changes)
    return found


@given(st.permutations([happening for happening, _ in LIFE]))
def test_each_day_shows_what_had_happened_by_then(happenings: Sequence[Happening]) -> None:
    now = lived(len(LIFE))
    for upto in range(len(LIFE) + 1):
        assert replay(now, happenings, at=at(upto + 1)) == lived(upto)
        assert replay(now, happenings, at=at(upto + 1, 23)) == lived(upto)


def test_it_did_not_exist_before_it_was_opened() -> None:
    assert replay(owed(), (), at=at(1, 7)) is None
    assert replay(owed(), (), at=at(1)) == owed()


def test_a_waiver_shows_from_its_instant() -> None:
    waived = owed(state=S.WAIVED, closed_at=at(5))
    later = (happened(K.WAIVED, 5, 0), happened(K.EXTENDED, 9, 0, until=at(29)))
    assert replay(waived, later, at=at(4)) == owed()
    assert replay(waived, later, at=at(6)) == waived


@pytest.mark.parametrize("day", [3, 4])
def test_versions_order_what_happened_at_one_instant(day: int) -> None:
    one_instant = (
        happened(K.SUBMITTED, 3), happened(K.SUBMITTED, 3, 2),
        happened(K.RETURNED, 3, until=at(9)),
    )  # fmt: skip
    later = (*one_instant, happened(K.ACCEPTED, 9, 2))
    found = replay(owed(state=S.ACCEPTED, version=2), later, at=at(day))
    assert found is not None
    assert (found.state, found.version, found.returns) == (S.SUBMITTED, 2, 1)


def test_an_extension_without_an_instant_changes_nothing() -> None:
    later = (happened(K.EXTENDED, 3, 0), happened(K.ACCEPTED, 9))
    assert replay(owed(state=S.ACCEPTED), later, at=at(5)) == owed()
