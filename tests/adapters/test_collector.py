"""The collector of cycles rests for a block and no longer."""

import gc

import pytest

from adapters.collector import resting_collector


def test_it_works_again_after_the_block_even_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), resting_collector():
        1 / int(gc.isenabled())
    assert gc.isenabled()


def test_whoever_switched_it_off_keeps_it_off() -> None:
    gc.disable()
    try:
        with resting_collector():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
