"""Paired rounds: the machine's speed drifts, the ratio of neighbours does not."""

from collections.abc import Callable
from statistics import median
from time import perf_counter


def seconds(act: Callable[[], object]) -> float:
    """How long one call lasts."""
    start = perf_counter()
    act()
    return perf_counter() - start


def compare(
    name: str, ours: Callable[[], object], reference: Callable[[], object], rounds: int = 7
) -> str:
    """One line: the median of ours / reference over interleaved rounds, with the spread."""
    ours()
    reference()
    pairs = [(seconds(ours), seconds(reference)) for _ in range(rounds)]
    ratios = sorted(a / b for a, b in pairs)
    mine, other = (1000 * median(p[n] for p in pairs) for n in (0, 1))
    spread = f"{median(ratios):.3f} [{ratios[0]:.3f} .. {ratios[-1]:.3f}]"
    return f"{name}: {spread} of the reference ({mine:.1f} ms against {other:.1f} ms)"
