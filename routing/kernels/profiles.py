"""Which trips of a pattern take equally long from call to call, so that their times are kept once."""

from __future__ import annotations

import numpy as np

from routing.kernels.compiled import kernel
from routing.kernels.layout import Bits, Int32s, Int64s

COMPARED = 64
"""A trip is compared with this many profiles of its pattern, the newest ones: sharing fewer only costs memory."""


@kernel
def share_profiles(
    n_calls: Int32s, n_trips: Int32s, is_relative: Bits, arrivals: Int32s, departures: Int32s
) -> tuple[Int32s, Int32s, Int64s]:
    """(trip_start, trip_profile, rows): as Side has the first two; rows are the trips that give each profile its times.

    n_calls, n_trips, is_relative [P]: of each pattern; is_relative where times stay as they are. arrivals, departures:
    trip by trip. A row is where its trip's times begin.
    """
    total = np.int64(0)
    for pattern in range(len(n_calls)):
        total += n_trips[pattern]
    starts, profiles = np.empty(total, np.int32), np.empty(total, np.int32)
    rows, shapes, offsets = np.empty(total, np.int64), np.empty(total, np.uint64), np.empty(total, np.int32)
    n_profiles, n_cells, trip, row = 0, 0, 0, np.int64(0)
    for pattern in range(len(n_calls)):
        first = n_profiles
        length = n_calls[pattern]
        for _ in range(n_trips[pattern]):
            start = np.int32(0) if is_relative[pattern] else departures[row]
            shape = np.uint64(14695981039346656037)
            for call in range(row, row + length):
                shape = (shape ^ np.uint64(np.uint32(arrivals[call] - start))) * np.uint64(1099511628211)
                shape = (shape ^ np.uint64(np.uint32(departures[call] - start))) * np.uint64(1099511628211)
            found = -1
            for profile in range(n_profiles - 1, max(first, n_profiles - COMPARED) - 1, -1):
                if shapes[profile] == shape and _is_same(int(rows[profile]), int(row), length, arrivals, departures):
                    found = profile
                    break
            if found < 0:
                found = n_profiles
                rows[found], shapes[found], offsets[found] = row, shape, n_cells
                n_profiles += 1
                n_cells += length
            starts[trip], profiles[trip] = start, offsets[found]
            trip += 1
            row += length
    return starts, profiles, rows[:n_profiles].copy()


@kernel
def _is_same(one: int, other: int, length: int, arrivals: Int32s, departures: Int32s) -> bool:
    """Whether two trips, whose times begin at these rows, take equally long from call to call."""
    shift = departures[other] - departures[one]
    for call in range(length):
        if (
            arrivals[other + call] - arrivals[one + call] != shift
            or departures[other + call] - departures[one + call] != shift
        ):
            return False
    return True
