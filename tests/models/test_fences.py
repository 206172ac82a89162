"""A database that is not the one this home knows is doubted, and only such a one."""

import pytest

from models.fences import Epoch, Witness, doubt_about

HERE = "may-xa"


def known(seq: int, *, instance: str = "a", machine: str | None = HERE) -> Witness:
    return Witness(epoch=Epoch(instance_id=instance, seq=seq), machine_id=machine)


@pytest.mark.parametrize(
    ("seq", "witness"),
    [
        (0, None),  # a new installation
        (0, known(0, instance="b")),  # made anew before anything was sent
        (0, known(0, machine="khac")),  # an image, moved before anything was sent
        (7, known(7)),
        (9, known(7)),  # died before the witness was written
        (7, known(7, machine=None)),
    ],
)
def test_a_database_this_home_knows_is_trusted(seq: int, witness: Witness | None) -> None:
    assert doubt_about(Epoch(instance_id="a", seq=seq), witness, machine_id=HERE) is None


@pytest.mark.parametrize(
    ("seq", "witness", "told"),
    [
        (7, None, "chưa biết"),
        (7, known(7, instance="b"), "cơ sở dữ liệu khác"),
        (0, known(7, instance="b"), "cơ sở dữ liệu khác"),  # lost and made anew
        (6, known(7), "chỉ ghi 6 thư"),
        (7, known(7, machine="khac"), "máy khác"),
    ],
)
def test_any_other_is_doubted_and_told_why(seq: int, witness: Witness | None, told: str) -> None:
    doubt = doubt_about(Epoch(instance_id="a", seq=seq), witness, machine_id=HERE)
    assert doubt is not None
    assert told in doubt


def test_a_machine_without_identity_is_not_compared() -> None:
    assert doubt_about(Epoch(instance_id="a", seq=7), known(7), machine_id=None) is None
