"""How long vehicles take from call to call at their fastest."""

from __future__ import annotations

import numpy as np

from routing.kernels.compiled import kernel
from routing.kernels.layout import UNREACHED, Bits, Int32Grid, Int32s


@kernel
def fastest_hops(calls_ptr: Int32s, trips_ptr: Int32s, trips: Int32Grid, offsets: Int32Grid) -> Int32s:
    """call -> least seconds to the next call of its pattern, UNREACHED at the last ones. Columns of a Side."""
    hops = np.full(calls_ptr[-1], UNREACHED, np.int32)
    for pattern in range(len(calls_ptr) - 1):
        first, n_hops, profile = calls_ptr[pattern], calls_ptr[pattern + 1] - calls_ptr[pattern] - 1, -1
        for trip in range(trips_ptr[pattern], trips_ptr[pattern + 1]):
            if trips[trip, 1] == profile:
                continue  # most take as long as the one before
            profile = trips[trip, 1]
            for hop in range(n_hops):
                hops[first + hop] = min(hops[first + hop], offsets[profile + hop + 1, 0] - offsets[profile + hop, 1])
    return hops


@kernel
def fastest_ways(
    start: Int32s, end: Int32s, seconds: Int32s, pattern: Int32s, n_nodes: int, allowed: Bits
) -> tuple[Int32s, Int32s, Int32s]:
    """(ptr [n_nodes + 1], ends, seconds): of each pair of nodes the first way that is in an allowed pattern or on foot.

    Columns of routing.own_bounds.Hops, which lie by start and end, the fastest first. allowed [P].
    """
    ptr = np.zeros(n_nodes + 1, np.int32)
    ends, times = np.empty(len(start), np.int32), np.empty(len(start), np.int32)
    n_ways, last_start, last_end = 0, -1, -1
    for hop in range(len(start)):
        if start[hop] == last_start and end[hop] == last_end:
            continue
        if pattern[hop] >= 0 and allowed[pattern[hop]] == 0:
            continue
        last_start, last_end = start[hop], end[hop]
        ends[n_ways], times[n_ways] = last_end, seconds[hop]
        n_ways += 1
        ptr[last_start + 1] = n_ways
    for node in range(n_nodes):  # those from which no way leads end where those before do
        ptr[node + 1] = max(ptr[node], ptr[node + 1])
    return ptr, ends[:n_ways], times[:n_ways]
