"""Times for calls that have none, from the timed calls before and after them in their trip."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]

BLANK = -1


def interpolate_times(
    arrival: Int32s, departure: Int32s, distance: NDArray[np.float32], trip_starts: Bools
) -> tuple[Int32s, Int32s]:
    """Both times of every call, whole seconds, rounded down.

    arrival, departure  seconds, BLANK in both where a call has no times; shape (n,)
    distance            shape_dist_traveled or NaN, shape (n,)
    trip_starts         True at the first call of each trip, shape (n,)

    A run of blanks is spread by distance where the run and both its timed neighbours have distances that never
    fall and do grow, else evenly by position. The first and last call of every trip must be timed.
    """
    blank = np.flatnonzero(departure == BLANK)
    if not len(blank):
        return arrival, departure
    before, after = _timed_neighbours(departure, blank)
    share = (blank - before) / (after - before)
    by_distance = _usable_distances(distance, trip_starts, before, after)
    length = distance[after].astype(np.float64) - distance[before]
    walked = distance[blank].astype(np.float64) - distance[before]
    share[by_distance] = walked[by_distance] / length[by_distance]
    start, end = departure[before].astype(np.int64), arrival[after].astype(np.int64)
    # a hair above, so that a share that is whole in arithmetic is not floored to the second before
    placed = start + np.floor(share * (end - start) + 1e-6).astype(np.int64)
    filled = np.clip(placed, np.minimum(start, end), np.maximum(start, end)).astype(np.int32)
    arrival, departure = arrival.copy(), departure.copy()
    arrival[blank] = departure[blank] = filled
    return arrival, departure


def _timed_neighbours(departure: Int32s, blank: Int64s) -> tuple[Int64s, Int64s]:
    timed = np.flatnonzero(departure != BLANK)
    place = np.searchsorted(timed, blank)
    return timed[place - 1], timed[place]


def _usable_distances(distance: NDArray[np.float32], trip_starts: Bools, before: Int64s, after: Int64s) -> Bools:
    """For each blank, whether distances never fall from its timed neighbour before to the one after."""
    step = np.diff(distance, prepend=np.float32(0))
    bad = ~(step >= 0)  # NaN compares as bad
    bad |= trip_starts
    bad_until = np.cumsum(bad)
    steps_are_good = bad_until[after] == bad_until[before]
    grows: Bools = steps_are_good & (distance[after] > distance[before])
    return grows
