"""Loops over the calls of all trips: fingerprints of what trips call at, and whether equals are equal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ingest.arrays import Bits, Int32s, Int64s
from ingest.compiled import kernel


@kernel
def fingerprints(stops: Int32s, flags: Bits, ptr: Int64s) -> NDArray[np.uint64]:
    """Two 64-bit numbers a trip over the (stop, flags) of its calls in order, mixed as splitmix64 does. [trips, 2]"""
    found = np.empty((len(ptr) - 1, 2), np.uint64)
    for trip in range(len(ptr) - 1):
        for salt in range(2):
            state = np.uint64(salt + 1) * np.uint64(0x9E3779B97F4A7C15)
            for call in range(ptr[trip], ptr[trip + 1]):
                state += np.uint64(stops[call]) * np.uint64(4) + np.uint64(flags[call])
                state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
                state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            found[trip, salt] = state ^ (state >> np.uint64(31))
    return found


@kernel
def differs(stops: Int32s, flags: Bits, ptr: Int64s, like: Int64s) -> int:
    """The first trip whose calls are not those of trip like[trip], or -1. Both have as many calls."""
    for trip in range(len(ptr) - 1):
        shift = ptr[like[trip]] - ptr[trip]
        for call in range(ptr[trip], ptr[trip + 1]):
            if stops[call] != stops[call + shift] or flags[call] != flags[call + shift]:
                return trip
    return -1
