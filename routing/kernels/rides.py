"""Rides from one stop to another in whatever pattern calls at both."""

from __future__ import annotations

import numpy as np

from routing.kernels.compiled import kernel
from routing.kernels.layout import CAN_ALIGHT, Bits, Int32Grid, Int32s, Int64s


@kernel
def find_rides(
    boardings: Int32Grid,
    calls_ptr: Int32s,
    call_stops: Int32s,
    call_flags: Bits,
    allowed: Bits,
    end: int,
) -> Int64s:
    """(pattern, board, alight) of each ride, shape (rides, 3): from `boardings`, rows of Side.boardings, to the first
    call at stop `end` in the same pattern. allowed [P]: 1 for the patterns that may be ridden.
    """
    found = np.empty((len(boardings), 3), np.int64)
    n_found = 0
    for row in range(len(boardings)):
        call, pattern = boardings[row, 0], boardings[row, 1]
        if allowed[pattern] == 0:
            continue
        for onward in range(call + 1, calls_ptr[pattern + 1]):
            if call_stops[onward] == end and call_flags[onward] & CAN_ALIGHT:
                first = calls_ptr[pattern]
                found[n_found, 0], found[n_found, 1], found[n_found, 2] = pattern, call - first, onward - first
                n_found += 1
                break
    return found[:n_found]
