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
    n_stops, one = len(closed), np.uintp(1)
    ptr, rows = walks.ptr, walks.rows
    best = np.full(n_stops, UNREACHED, np.int32)
    for index in range(len(rides)):
        stop = np.uintp(stop_of[index])
        if rides[index] < best[stop] and closed[stop] == 0:
            best[stop] = rides[index]
    seconds = best.copy()
    for index in range(len(near_stops)):
        seconds[near_stops[index]] = min(seconds[near_stops[index]], time + near_s[index])
    for index in range(n_stops):
        stop = np.uintp(index)
        rode = int(best[stop])
        if rode == UNREACHED:
            continue
        for number in range(ptr[stop], ptr[np.uintp(stop + one)]):
            row = np.uintp(number)
            # Without a branch: which walks are of use no processor guesses.
            end, there = np.uintp(rows[row, 0]), rode + rows[row, 1]
            there = there if rows[row, 2] <= max_walk_s else UNREACHED
            seconds[end] = min(seconds[end], there)
    for index in range(n_stops):
        seconds[index] = seconds[index] - time if seconds[index] <= time + horizon_s else UNREACHED
    return seconds
