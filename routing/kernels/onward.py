"""From where vehicles bring a rider on to every stop within a walk."""

from __future__ import annotations

import numpy as np

from routing.kernels.compiled import kernel
from routing.kernels.layout import UNREACHED, Bits, Int32s, Walks


@kernel
def walk_on(
    rides: Int32s,
    stop_of: Int32s,
    closed: Bits,
    walks: Walks,
    max_walk_s: int,
    near_stops: Int32s,
    near_s: Int32s,
    time: int,
    horizon_s: int,
) -> Int32s:
    """Seconds from `time` until a rider is at each stop of the network, UNREACHED where that takes over `horizon_s`.

    rides [S]: when a vehicle is first at each stop of a timetable, whose stop of the network stop_of [S] is. closed
    [N]: 1 where nobody alights. near_stops and near_s are reached on foot from the start.
    """
    n_stops = len(closed)
    best = np.full(n_stops, UNREACHED, np.int32)
    for index in range(len(rides)):
        stop = stop_of[index]
        if rides[index] < best[stop] and closed[stop] == 0:
            best[stop] = rides[index]
    seconds = best.copy()
    for index in range(len(near_stops)):
        seconds[near_stops[index]] = min(seconds[near_stops[index]], time + near_s[index])
    for stop in range(n_stops):
        if best[stop] == UNREACHED:
            continue
        for row in range(walks.ptr[stop], walks.ptr[stop + 1]):
            there = best[stop] + walks.change_by_foot_s[row]
            if walks.walk_s[row] <= max_walk_s and there < seconds[walks.stops[row]]:
                seconds[walks.stops[row]] = there
    for stop in range(n_stops):
        seconds[stop] = seconds[stop] - time if seconds[stop] <= time + horizon_s else UNREACHED
    return seconds
