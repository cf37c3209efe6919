"""How long vehicles take from call to call at their fastest."""

from __future__ import annotations

import numpy as np

from routing.kernels.compiled import kernel
from routing.kernels.layout import UNREACHED, Int32Grid, Int32s


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
