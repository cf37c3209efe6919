"""The answers of docs/semantics.md from one function alone: the earliest arrival when leaving at an instant or later.

Because leaving later never arrives earlier, the latest departure is found by halving. It shares nothing with the
backward search of the oracle, and so it can judge it.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate

from tests.support.oracle import HORIZON_S, Seconds

Earliest = Callable[[int, int], list[int | None]]
"""(departure, limit) -> for each number of transfers the earliest arrival by `limit`, or None."""


def front_by_bisection(earliest: Earliest, instant: int, *, arrive_by: bool) -> list[Seconds]:
    """(departure, arrival, transfers) of every journey in vehicles, fewest transfers first."""
    return _arrive_by(earliest, instant) if arrive_by else _depart_at(earliest, instant)


def _depart_at(earliest: Earliest, instant: int) -> list[Seconds]:
    front: list[Seconds] = []
    for transfers, arrival in enumerate(at_most(earliest(instant, instant + HORIZON_S))):
        if arrival is not None and all(arrival < other[1] for other in front):
            departure = _latest(earliest, instant, arrival, arrival, transfers)
            front.append((departure, arrival, transfers))
    return front


def _arrive_by(earliest: Earliest, instant: int) -> list[Seconds]:
    first = instant - HORIZON_S
    front: list[Seconds] = []
    for transfers, arrival in enumerate(at_most(earliest(first, instant))):
        if arrival is None:
            continue
        departure = _latest(earliest, first, instant, instant, transfers)
        if all(departure > other[0] for other in front):
            arrival = at_most(earliest(departure, instant))[transfers]
            assert arrival is not None
            front.append((departure, arrival, transfers))
    return front


def at_most(arrivals: list[int | None]) -> list[int | None]:
    """From arrivals with exactly so many transfers, those with so many or fewer."""
    return list(accumulate(arrivals, _earlier))


def _earlier(a: int | None, b: int | None) -> int | None:
    if a is None or b is None:
        return b if a is None else a
    return min(a, b)


def _latest(earliest: Earliest, low: int, high: int, deadline: int, transfers: int) -> int:
    """The last second of low..high at which one can still leave; one can at `low`."""
    while low < high:
        middle = (low + high + 1) // 2
        if at_most(earliest(middle, deadline))[transfers] is None:
            high = middle - 1
        else:
            low = middle
    return low
