"""RAPTOR from one to all (Delling, Pajor, Werneck 2012, section 3.1), as in the paper: times only, pattern by pattern.

Where nothing is pruned by a destination nearly every pattern is ridden in a round. Then it is cheaper to go along each
pattern once, from its first stop where a rider may be sooner on, than to look at boardings one by one as
routing.kernels.raptor does: memory is read in order. Labels are those of routing.kernels.raptor.
"""

from __future__ import annotations

import numpy as np

from routing.kernels.compiled import kernel
from routing.kernels.layout import BUCKET_S, CAN_BOARD, NEVER, UNREACHED, Bits, Int32s, Limits, Side, Sweep, Walks
from routing.kernels.raptor import first_vehicle

NOT_MARKED = UNREACHED
"""No call of the pattern is one to begin at."""


@kernel
def sweep(
    side: Side,
    walks: Walks,
    allowed: Bits,
    access_stops: Int32s,
    access_s: Int32s,
    leave: int,
    limits: Limits,
    state: Sweep,
) -> None:
    """Fill state.arrival [S + 1]: when a vehicle is at each stop first, UNREACHED where none is by the horizon.

    The last of the arrivals is no stop's.
    """
    arrival, ready, marked, is_marked = state.arrival, state.ready, state.marked, state.is_marked
    first_call, queue = state.first_call, state.queue
    boardings_ptr, boardings = side.boardings_ptr, side.boardings
    walk_ptr, walk_rows = walks.ptr, walks.rows
    change_s = walks.change_s
    slack, max_walk_s, last = limits.slack_s, limits.max_walk_s, limits.horizon
    n_stops, one = len(ready), np.uintp(1)
    arrival[:n_stops] = last + 1
    arrival[n_stops] = NEVER
    ready[:] = last + 1
    n_marked = 0
    for index in range(len(access_stops)):
        stop = np.uintp(access_stops[index])
        time = leave + access_s[index]
        if time < ready[stop]:
            ready[stop] = time
            if is_marked[stop] == 0:
                is_marked[stop] = 1
                marked[n_marked] = stop
                n_marked += 1
    for _ in range(limits.max_rounds):
        # Patterns with a stop where riders became ready sooner, and the first of these.
        n_queued = 0
        for index in range(n_marked):
            stop = np.uintp(marked[index])
            is_marked[stop] = 0
            for number in range(boardings_ptr[stop], boardings_ptr[np.uintp(stop + one)]):
                row = np.uintp(number)
                call, pattern = int(boardings[row, 0]), np.uintp(boardings[row, 1])
                if first_call[pattern] == NOT_MARKED:
                    if allowed[pattern] == 0:
                        continue
                    first_call[pattern] = call
                    queue[n_queued] = pattern
                    n_queued += 1
                elif call < first_call[pattern]:
                    first_call[pattern] = call
        n_marked = _ride_patterns(side, n_queued, state)
        if n_marked == 0:
            break
        n_rides = n_marked
        n_marked = 0
        for index in range(n_rides):
            stop = np.uintp(state.rides[index])
            state.is_ride[stop] = 0
            change = arrival[stop] + slack
            if change_s[stop] < UNREACHED and change + change_s[stop] < ready[stop]:
                ready[stop] = change + change_s[stop]
                if is_marked[stop] == 0:
                    is_marked[stop] = 1
                    marked[n_marked] = stop
                    n_marked += 1
            for number in range(walk_ptr[stop], walk_ptr[np.uintp(stop + one)]):
                walk = np.uintp(number)
                end = np.uintp(walk_rows[walk, 0])
                time = change + walk_rows[walk, 1]
                if time < ready[end] and walk_rows[walk, 2] <= max_walk_s:
                    ready[end] = time
                    if is_marked[end] == 0:
                        is_marked[end] = 1
                        marked[n_marked] = end
                        n_marked += 1
    for index in range(n_marked):
        is_marked[np.uintp(marked[index])] = 0
    for index in range(n_stops):
        if arrival[index] > last:
            arrival[index] = UNREACHED


@kernel
def _ride_patterns(side: Side, n_queued: int, state: Sweep) -> int:
    """Go along the patterns of the queue, each from its first call. Returns at how many stops a vehicle is sooner."""
    arrival, ready, first_call, queue = state.arrival, state.ready, state.first_call, state.queue
    rides, is_ride = state.rides, state.is_ride
    calls_ptr, call_stops, call_flags, alight_stops = (
        side.calls_ptr,
        side.call_stops,
        side.call_flags,
        side.alight_stops,
    )
    trips_ptr, trips, first_trips = side.trips_ptr, side.trips, side.first_trips
    offsets = side.offsets
    call_latest, call_last = side.call_latest, side.call_last
    runs_ptr, run_lo, run_hi = side.runs_ptr, side.run_lo, side.run_hi
    run_board_wait, run_alight_wait = side.run_board_wait, side.run_alight_wait
    first_second, last_bucket = side.first_trips_from[0], first_trips.shape[0] - 2
    one = np.uintp(1)
    n_rides = 0
    for index in range(n_queued):
        pattern = np.uintp(queue[index])
        call = np.uintp(first_call[pattern])
        first_call[pattern] = NOT_MARKED
        begin, end = np.uintp(calls_ptr[pattern]), np.uintp(calls_ptr[np.uintp(pattern + one)])
        first_trip = int(trips_ptr[pattern])
        first_run, end_run = runs_ptr[pattern], runs_ptr[np.uintp(pattern + one)]
        is_headway = first_run < end_run
        # The trip ridden: its start, where its offsets are; and when the one before it leaves each call.
        trip, start, profile = UNREACHED, UNREACHED, 0
        before, before_profile = NEVER, 0
        while call < end:
            position = int(call - begin)
            if trip < UNREACHED:
                here = np.uintp(alight_stops[call])
                at = start + int(offsets[np.uintp(profile + position), 0])
                if at < arrival[here]:
                    arrival[here] = at
                    if is_ride[here] == 0:
                        is_ride[here] = 1
                        rides[n_rides] = here
                        n_rides += 1
            if call_flags[call] & CAN_BOARD:
                time = ready[np.uintp(call_stops[call])]
                if is_headway:
                    profile = int(trips[np.uintp(first_trip), 1])
                    passing = time - offsets[np.uintp(profile + position), 1]
                    found = first_vehicle(run_lo, run_hi, run_board_wait, run_alight_wait, first_run, end_run, passing)
                    if found < start:
                        start, trip = found, 0
                elif trip == UNREACHED:
                    if time <= call_last[call]:
                        bucket = (time - call_latest[call] - first_second) // BUCKET_S
                        trip = int(first_trips[np.uintp(min(max(bucket, 0), last_bucket)), pattern])
                        at_trip = np.uintp(first_trip + trip)
                        start, profile = int(trips[at_trip, 0]), int(trips[at_trip, 1])
                        while start + int(offsets[np.uintp(profile + position), 1]) < time:
                            trip += 1
                            at_trip = np.uintp(at_trip + one)
                            start, profile = int(trips[at_trip, 0]), int(trips[at_trip, 1])
                        before = 2 * NEVER
                        if trip > 0:
                            before, before_profile = int(trips[at_trip - one, 0]), int(trips[at_trip - one, 1])
                else:
                    while trip > 0 and before + int(offsets[np.uintp(before_profile + position), 1]) >= time:
                        trip -= 1
                        at_trip = np.uintp(first_trip + trip)
                        start, profile = before, before_profile
                        before = 2 * NEVER
                        if trip > 0:
                            before, before_profile = int(trips[at_trip - one, 0]), int(trips[at_trip - one, 1])
            call = np.uintp(call + one)
    return n_rides
