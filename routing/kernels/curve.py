"""When riders arrive who are ready at each second of a window, by journeys that leave at some of them."""

from __future__ import annotations

import numpy as np

from routing.kernels.compiled import kernel
from routing.kernels.layout import UNREACHED, Int64s

NO_RIDE = -1


@kernel
def arrivals(
    start: Int64s, until: Int64s, duration: Int64s, first_wait: Int64s, seconds: int, horizon: int
) -> tuple[Int64s, Int64s, Int64s]:
    """(arrival, wait, ride) of riders ready at second 0, 1, ... `seconds` - 1, each [seconds].

    Ride r [R] can be started at each second start[r] to until[r] and takes duration[r]; first_wait[r] of it is waited
    for its first vehicle. Whoever is ready takes the one that is there first, of these the last to leave, of these the
    one with the shortest first wait, of these the first row. Rides that leave at `seconds` or later are for who finds
    none in the window: the one that is there first, and then as above.

    arrival: UNREACHED, and ride NO_RIDE, where nobody is there within `horizon` of being ready. wait: until the ride
    leaves, and for its first vehicle.
    """
    arrival, wait = np.full(seconds, UNREACHED, np.int64), np.zeros(seconds, np.int64)
    ride = np.full(seconds, NO_RIDE, np.int64)
    last, last_arrival, last_leaves = NO_RIDE, UNREACHED, seconds
    for row in range(len(start)):
        if start[row] >= seconds:
            there = start[row] + duration[row]
            if there < last_arrival or (there == last_arrival and first_wait[row] < first_wait[last]):
                last, last_arrival, last_leaves = row, there, start[row]
            continue
        for second in range(start[row], min(until[row], seconds - 1) + 1):
            there = second + duration[row]
            if there < arrival[second] or (there == arrival[second] and first_wait[row] < wait[second]):
                arrival[second], wait[second], ride[second] = there, first_wait[row], row
    for second in range(seconds - 1, -1, -1):
        if arrival[second] < last_arrival:
            last, last_arrival, last_leaves = ride[second], arrival[second], second
        is_there = last >= 0 and last_arrival - second <= horizon
        arrival[second] = last_arrival if is_there else UNREACHED
        wait[second] = last_leaves - second + first_wait[last] if is_there else 0
        ride[second] = last if is_there else NO_RIDE
    return arrival, wait, ride
