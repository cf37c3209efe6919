"""rRAPTOR (Delling, Pajor, Werneck 2012, section 4.2): every departure of a window, the last one first, on either Side.

Labels of later departures stay: who leaves earlier must be there sooner, with as few vehicles, to be of any use.
So limits, ridden trips and last chances are kept for each number of vehicles; a label for k vehicles counts for more.
Records are those of one departure: what leads to its improvements was improved by it. Bounds and rides are as in
routing.kernels.raptor.
"""

from __future__ import annotations

import numpy as np

from routing.kernels.compiled import kernel
from routing.kernels.layout import (
    BUCKET_S,
    NEVER,
    NO_WAY,
    UNREACHED,
    Bits,
    Found,
    Int32s,
    Least,
    Limits,
    RangeState,
    Side,
    State,
    Walks,
)
from routing.kernels.pareto import follow
from routing.kernels.raptor import first_vehicle


@kernel
def departures(
    side: Side, allowed: Bits, near_stops: Int32s, near_s: Int32s, begin: int, end: int
) -> tuple[Int32s, Int32s, bool]:
    """(instants, row of near_stops), latest first: when a rider who leaves the near end in [begin, end) catches a trip.

    The third is False where a headway trip can be boarded there: then riders may leave at any instant.
    """
    n_events = 0
    for turn in range(2):
        if turn:
            instants, rows = np.empty(n_events, np.int32), np.empty(n_events, np.int32)
            n_events = 0
        for near in range(len(near_stops)):
            stop = near_stops[near]
            for row in range(side.boardings_ptr[stop], side.boardings_ptr[stop + 1]):
                pattern, position, latest = side.boardings[row, 1], side.boardings[row, 2], side.boardings[row, 3]
                if allowed[pattern] == 0:
                    continue
                if side.runs_ptr[pattern] < side.runs_ptr[pattern + 1]:
                    return np.empty(0, np.int32), np.empty(0, np.int32), False
                first_trip = side.trips_ptr[pattern]
                bucket = (begin + near_s[near] - latest - side.first_trips_from[0]) // BUCKET_S
                bucket = min(max(bucket, 0), side.first_trips.shape[0] - 2)
                for trip in range(first_trip + side.first_trips[bucket, pattern], side.trips_ptr[pattern + 1]):
                    leaves = side.trips[trip, 0] + side.offsets[side.trips[trip, 1] + position, 1]
                    instant = leaves - near_s[near]
                    if instant >= end:
                        break
                    if instant >= begin:
                        if turn:
                            instants[n_events] = instant
                            rows[n_events] = near
                        n_events += 1
    order = np.argsort(-instants, kind="mergesort")
    return instants[order], rows[order], True


@kernel
def range_search(
    side: Side,
    walks: Walks,
    allowed: Bits,
    near_stops: Int32s,
    near_s: Int32s,
    instants: Int32s,
    rows: Int32s,
    egress_stops: Int32s,
    egress_s: Int32s,
    least: Least,
    limits: Limits,
    bounds: Int32s,
    is_mirrored: int,
    state: State,
    kept: RangeState,
    found: Found,
) -> int:
    """Fill `found` with the journeys of each departure that no later one beats. Returns how many there would be.

    instants, rows: as of `departures`. limits.horizon: how long after its departure a journey may end. bounds [K + 1]:
    an arrival with k vehicles must be before bounds[k]; later departures lower it. Where `found` is too small the first
    rows are written, and the caller asks again with a larger one.
    """
    # One function and local names: a call for each round of each departure would cost as much as what it does.
    readies, rides, ride_at, ready_at, egress = state.readies, state.rides, state.ride_at, state.ready_at, state.egress
    ridden, last_chance, segments = kept.ridden, kept.last_chance, kept.segments
    ride_limit, ready_limit = kept.ride_limit, kept.ready_limit
    calls_ptr, alight_stops, trips_ptr, trips = side.calls_ptr, side.alight_stops, side.trips_ptr, side.trips
    offsets, first_trips = side.offsets, side.first_trips
    boardings_ptr, boardings = side.boardings_ptr, side.boardings
    runs_ptr, run_lo, run_hi = side.runs_ptr, side.run_lo, side.run_hi
    run_board_wait, run_alight_wait = side.run_board_wait, side.run_alight_wait
    walk_ptr, walk_rows = walks.ptr, walks.rows
    change_s, one_ride, any_rides = walks.change_s, least.one_ride, least.any_rides
    slack, max_walk_s, unit_s, max_rounds = limits.slack_s, limits.max_walk_s, limits.unit_s, limits.max_rounds
    first_second, last_bucket = side.first_trips_from[0], first_trips.shape[0] - 2
    n_kept, n_segments, one = ridden.shape[1], 0, np.uintp(1)
    for index in range(len(egress_stops)):
        egress[egress_stops[index]] = egress_s[index]
    n_found, event, n_events = 0, 0, len(instants)
    while event < n_events:
        instant = instants[event]
        horizon = instant + limits.horizon + 1
        n_readies = 0
        while event < n_events and instants[event] == instant:
            near = near_stops[rows[event]]
            time = instant + near_s[rows[event]]
            event += 1
            if time >= ready_limit[near, 0]:
                continue
            for j in range(n_kept):
                if ready_limit[near, j] > time:
                    ready_limit[near, j] = time
            readies[n_readies, 0] = near
            readies[n_readies, 1] = time
            readies[n_readies, 2] = -1
            n_readies += 1
        first_ready, first_ride, n_rides = 0, 0, 0
        for k in range(1, max_rounds + 1):
            if n_readies == first_ready:
                break
            # A label may end here, or with one more vehicle, or with more than one, and must better each in time.
            bound = min(horizon, bounds[k])
            onward = min(horizon, bounds[k + 1]) if k < max_rounds else 2 * NEVER
            farther = min(horizon, bounds[k + 2]) if k + 1 < max_rounds else 2 * NEVER
            reached_at = -1
            first_ride = n_rides
            for ready in range(first_ready, n_readies):
                stop = np.uintp(readies[ready, 0])
                time = readies[ready, 1]
                for number in range(boardings_ptr[stop], boardings_ptr[np.uintp(stop + one)]):
                    row = np.uintp(number)
                    call = np.uintp(boardings[row, 0])
                    if last_chance[call, k] < time:
                        continue
                    pattern = np.uintp(boardings[row, 1])
                    if allowed[pattern] == 0:
                        continue
                    position = int(boardings[row, 2])
                    vehicle = int(ridden[np.uintp(call + one), k])
                    first_trip = int(trips_ptr[pattern])
                    if runs_ptr[pattern] == runs_ptr[np.uintp(pattern + one)]:
                        if vehicle < UNREACHED:
                            at = np.uintp(first_trip + vehicle - 1)
                            start, profile = int(trips[at, 0]), int(trips[at, 1])
                            while at > np.uintp(first_trip):
                                before = np.uintp(at - one)
                                leaves, cells = int(trips[before, 0]), int(trips[before, 1])
                                if leaves + int(offsets[np.uintp(cells + position), 1]) < time:
                                    break
                                at, start, profile = before, leaves, cells
                        else:
                            bucket = (time - boardings[row, 3] - first_second) // BUCKET_S
                            at = np.uintp(
                                first_trip + int(first_trips[np.uintp(min(max(bucket, 0), last_bucket)), pattern])
                            )
                            start, profile = int(trips[at, 0]), int(trips[at, 1])
                            while start + int(offsets[np.uintp(profile + position), 1]) < time:
                                at = np.uintp(at + one)
                                start, profile = int(trips[at, 0]), int(trips[at, 1])
                        vehicle = int(at) - first_trip
                        before = np.uintp(at - one) if vehicle > 0 else at
                        chance, chance_cell = int(trips[before, 0]), np.uintp(int(trips[before, 1]) + position)
                        if vehicle == 0:
                            chance = 2 * NEVER
                    else:
                        profile = int(trips[np.uintp(first_trip), 1])
                        passing = time - offsets[np.uintp(profile + position), 1]
                        first_run, end_run = runs_ptr[pattern], runs_ptr[np.uintp(pattern + one)]
                        start = first_vehicle(
                            run_lo, run_hi, run_board_wait, run_alight_wait, first_run, end_run, passing
                        )
                        if start >= vehicle:
                            continue
                        vehicle = start
                        chance, chance_cell = 2 * UNREACHED, np.uintp(profile + position)
                    if unit_s > 0:
                        # Too late for this vehicle is too late for those behind it, with more vehicles, and for who
                        # leaves earlier: so much sooner must they arrive.
                        leaves = start + int(offsets[np.uintp(profile + position), 1])
                        if (one_ride[stop] == NO_WAY or leaves + int(one_ride[stop]) * unit_s >= bound) and (
                            any_rides[stop] == NO_WAY or leaves + int(any_rides[stop]) * unit_s >= onward
                        ):
                            last = min(max(chance + int(offsets[chance_cell, 1]), NEVER), UNREACHED)
                            for j in range(k, n_kept):
                                if last_chance[call, j] <= last:
                                    break
                                last_chance[call, j] = last
                            if n_segments < len(segments):
                                segments[n_segments, 0] = np.uintp(call + one)
                                segments[n_segments, 1] = np.uintp(call + one + one)
                            n_segments += 1
                            continue
                    cell = np.uintp(profile + position + 1)
                    begin = at_call = np.uintp(call + one)
                    end_call = np.uintp(calls_ptr[np.uintp(pattern + one)])
                    while at_call < end_call and ridden[at_call, k] > vehicle:
                        last = min(max(chance + int(offsets[chance_cell, 1]), NEVER), UNREACHED)
                        for j in range(k, n_kept):
                            if ridden[at_call, j] <= vehicle:
                                break
                            ridden[at_call, j] = vehicle
                            last_chance[np.uintp(at_call - one), j] = last
                        here = np.uintp(alight_stops[at_call])
                        arrival = start + int(offsets[cell, 0])
                        if arrival < ride_limit[here, k]:
                            final_s = egress[here]
                            ends = final_s < UNREACHED and arrival + final_s < bound
                            goes_on = arrival < onward
                            if goes_on and unit_s > 0:
                                goes_on = (
                                    one_ride[here] != NO_WAY and arrival + int(one_ride[here]) * unit_s < onward
                                ) or (any_rides[here] != NO_WAY and arrival + int(any_rides[here]) * unit_s < farther)
                            if ends or goes_on:
                                for j in range(k, n_kept):
                                    if ride_limit[here, j] <= arrival:
                                        break
                                    ride_limit[here, j] = arrival
                                record = int(ride_at[here])
                                if record < first_ride or record >= n_rides or rides[record, 0] != np.intp(here):
                                    record = n_rides
                                    n_rides += 1
                                    ride_at[here] = record
                                    rides[record, 0] = here
                                rides[record, 1] = arrival
                                rides[record, 2] = pattern
                                rides[record, 3] = position
                                rides[record, 4] = int(at_call) - int(call) + position
                                rides[record, 5] = ready
                                if ends:
                                    bound = arrival + final_s
                                    onward, farther = min(onward, bound), min(farther, bound)
                                    for j in range(k, len(bounds)):
                                        bounds[j] = min(bounds[j], bound)
                                    reached_at = record
                        at_call = np.uintp(at_call + one)
                        cell = np.uintp(cell + one)
                        chance_cell = np.uintp(chance_cell + one)
                    if n_segments < len(segments):
                        segments[n_segments, 0] = begin
                        segments[n_segments, 1] = at_call
                    n_segments += 1
            if reached_at >= 0:
                if n_found < len(found.near):
                    found.near[n_found], found.far[n_found], found.n_rides[n_found] = instant, bound, k
                    state.reached_at[k] = reached_at
                    follow(side, state, k, 1 - is_mirrored, found.steps[n_found])
                n_found += 1
            if k == max_rounds:
                break
            first_ready = n_readies
            for ride in range(first_ride, n_rides):
                origin = np.uintp(rides[ride, 0])
                leave = rides[ride, 1] + slack
                if leave >= onward:
                    continue
                first = walk_ptr[origin]
                for number in range(first - 1, walk_ptr[np.uintp(origin + one)]):
                    if number < first:  # a change at the stop itself
                        end = origin
                        if change_s[origin] == UNREACHED:
                            continue
                        time = leave + change_s[origin]
                        if time >= ready_limit[end, k]:
                            continue
                    else:
                        row = np.uintp(number)
                        end = np.uintp(walk_rows[row, 0])
                        time = leave + walk_rows[row, 1]
                        if time >= ready_limit[end, k] or walk_rows[row, 2] > max_walk_s:
                            continue
                    if time >= onward:
                        continue
                    if unit_s > 0 and not (
                        (one_ride[end] != NO_WAY and time + int(one_ride[end]) * unit_s < onward)
                        or (any_rides[end] != NO_WAY and time + int(any_rides[end]) * unit_s < farther)
                    ):
                        continue
                    for j in range(k, n_kept):
                        if ready_limit[end, j] <= time:
                            break
                        ready_limit[end, j] = time
                    record = int(ready_at[end])
                    if record < first_ready or record >= n_readies or readies[record, 0] != np.intp(end):
                        record = n_readies
                        n_readies += 1
                        ready_at[end] = record
                        readies[record, 0] = end
                    readies[record, 1] = time
                    readies[record, 2] = ride
    for index in range(len(egress_stops)):
        egress[egress_stops[index]] = UNREACHED
    kept.n_segments[0] = n_segments
    _forget(side, kept)
    return n_found


@kernel
def _forget(side: Side, kept: RangeState) -> None:
    """Nothing is kept any more."""
    ridden, last_chance, segments, call_last = kept.ridden, kept.last_chance, kept.segments, side.call_last
    n_kept = ridden.shape[1]
    kept.ready_limit[:] = UNREACHED
    kept.ride_limit[:] = UNREACHED
    kept.ride_limit[kept.ride_limit.shape[0] - 1] = NEVER
    if kept.n_segments[0] > len(segments):
        ridden[:] = UNREACHED
        for call in range(len(call_last)):
            last_chance[call] = call_last[call]
        return
    for index in range(kept.n_segments[0]):
        for call in range(segments[index, 0], segments[index, 1]):
            for j in range(n_kept):
                ridden[call, j] = UNREACHED
                last_chance[call - 1, j] = call_last[call - 1]
