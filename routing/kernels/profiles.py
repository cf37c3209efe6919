"""Which trips of a pattern take equally long from call to call, so that their times are kept once."""

from __future__ import annotations

import numpy as np

from routing.kernels.compiled import kernel, part
from routing.kernels.layout import UNREACHED, Bits, Int32Grid, Int32s

COMPARED = 64
"""A trip is compared with this many profiles of its pattern, the newest ones: sharing fewer only costs memory."""


@kernel
def share_profiles(
    n_calls: Int32s, n_trips: Int32s, is_relative: Bits, arrivals: Int32s, departures: Int32s
) -> tuple[Int32s, Int32s, int]:
    """(trip_start, trip_profile, n_cells): as Side has the first two, for profiles of so many offsets in all.

    n_calls, n_trips, is_relative [P]: of each pattern; is_relative where times stay as they are. arrivals, departures:
    trip by trip. The offsets of a profile are those of the first trip that has it (`lay_offsets`).
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
    return starts, profiles, n_cells


@part
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


@kernel
def lay_offsets(
    n_calls: Int32s,
    n_trips: Int32s,
    is_relative: Bits,
    profiles: Int32s,
    n_cells: int,
    arrivals: Int32s,
    departures: Int32s,
) -> tuple[Int32Grid, Int32s]:
    """(offsets, latest): Side.offsets, and of each call the greatest of its departure offsets.

    The first five as `share_profiles` takes and returns them.
    """
    total = np.int64(0)
    for pattern in range(len(n_calls)):
        total += n_calls[pattern]
    offsets, latest = np.empty((n_cells, 2), np.int32), np.full(total, -UNREACHED, np.int32)
    first, trip, row, n_laid = np.int64(0), 0, np.int64(0), 0
    for pattern in range(len(n_calls)):
        length = n_calls[pattern]
        for _ in range(n_trips[pattern]):
            if profiles[trip] == n_laid:  # one that no trip before had
                start = np.int32(0) if is_relative[pattern] else departures[row]
                for call in range(length):
                    departure = departures[row + call] - start
                    offsets[n_laid + call, 0] = arrivals[row + call] - start
                    offsets[n_laid + call, 1] = departure
                    latest[first + call] = max(latest[first + call], departure)
                n_laid += length
            trip += 1
            row += length
        first += length
    return offsets, latest
