"""rRAPTOR (Delling, Pajor, Werneck 2012, section 4.2): every departure of a window, the last one first, on either Side.

Labels of later departures stay: who leaves earlier must be there sooner, with as few vehicles, to be of any use.
So limits and last chances are kept for each number of vehicles; a label for k vehicles counts for more. It is written
for up to KEPT_TOGETHER at once, and looked up where there were more: so many vehicles are seldom ridden.
Records are those of one departure: what leads to its improvements was improved by it. Bounds are as in
routing.kernels.raptor, last chances as in routing.kernels.sweep.
"""

from __future__ import annotations

import numpy as np

from routing.kernels.addressed import tuple_at, typed
from routing.kernels.compiled import kernel, part, wide
from routing.kernels.layout import (
    BUCKET_S,
    NEVER,
    NO_WAY,
    UNREACHED,
    Bits,
    Found,
    Int32s,
    Int64s,
    Least,
    Limits,
    RangeState,
    Side,
)
from routing.kernels.pareto import follow
from routing.kernels.raptor import SIDE, STATE, WALKS, first_vehicle

RANGE_STATE = typed(RangeState)

KEPT_TOGETHER = 5
FEW_CAUGHT = 1024


@kernel
def departures(
    tables: Int64s, allowed: Bits, near_stops: Int32s, near_s: Int32s, begin: int, end: int
) -> tuple[Int32s, Int32s, bool]:
    """(instants, row of near_stops), latest first: when a rider who leaves the near end in [begin, end) catches a trip.

    The third is False where a headway trip can be boarded there: then riders may leave at any instant. tables: of a
    Side.
    """
    side = tuple_at(tables, 0, SIDE)
    for stop in near_stops:
        for row in range(side.boardings_ptr[stop], side.boardings_ptr[stop + 1]):
            pattern = side.boardings[row, 1]
            if allowed[pattern] and side.runs_ptr[pattern] < side.runs_ptr[pattern + 1]:
                return np.empty(0, np.int32), np.empty(0, np.int32), False
    # Nothing is read of what stands in place of times to the far end, for they have no unit.
    instants, rows = _caught(side, allowed, near_stops, near_s, begin, end, allowed, wide(0), wide(0))
    return instants, rows, True


@kernel
def departures_of_rivals(
    tables: Int64s,
    allowed: Bits,
    near_stops: Int32s,
    near_s: Int32s,
    begin: int,
    end: int,
    any_rides: Bits,
    unit_s: int,
    within_s: int,
) -> tuple[Int32s, Int32s]:
    """The same for stops where headway trips can be boarded as well: of these, when they begin. And only trips that may
    bring a rider to the far end in less than `within_s` seconds after he leaves.

    any_rides [S]: as of Least, in units of `unit_s` seconds; 0: it is not read. tables: of a Side.
    """
    return _caught(tuple_at(tables, 0, SIDE), allowed, near_stops, near_s, begin, end, any_rides, unit_s, within_s)


@part
def _caught(
    side: Side,
    allowed: Bits,
    near_stops: Int32s,
    near_s: Int32s,
    begin: int,
    end: int,
    any_rides: Bits,
    unit_s: int,
    within_s: int,
) -> tuple[Int32s, Int32s]:
    n_events = 0
    instants, rows = np.empty(FEW_CAUGHT, np.int32), np.empty(FEW_CAUGHT, np.int32)
    for near in range(len(near_stops)):
        stop = near_stops[near]
        for row in range(side.boardings_ptr[stop], side.boardings_ptr[stop + 1]):
            pattern, position, latest = side.boardings[row, 1], side.boardings[row, 2], side.boardings[row, 3]
            if allowed[pattern] == 0:
                continue
            first_trip, first_run, end_run = side.trips_ptr[pattern], side.runs_ptr[pattern], side.runs_ptr[pattern + 1]
            number, end_number = first_run, end_run
            if first_run == end_run:
                bucket = (begin + near_s[near] - latest - side.first_trips_from[0]) // BUCKET_S
                bucket = min(max(bucket, 0), side.first_trips.shape[0] - 2)
                number, end_number = first_trip + side.first_trips[bucket, pattern], side.trips_ptr[pattern + 1]
            measured, onward_s = -1, 0
            while number < end_number:
                trip = number if first_run == end_run else first_trip
                start = side.trips[trip, 0] if first_run == end_run else side.run_lo[number]
                profile = side.trips[trip, 1]
                instant = start + side.offsets[profile + position, 1] - near_s[near]
                number += 1
                if instant >= end and first_run == end_run:
                    break
                if not begin <= instant < end:
                    continue
                if unit_s > 0:
                    if profile != measured:  # most trips take as long as the one before
                        calls = side.call_stops[side.calls_ptr[pattern] : side.calls_ptr[pattern + 1]]
                        measured, onward_s = profile, _onward_s(side, profile, calls, position, any_rides, unit_s)
                    if near_s[near] + onward_s >= within_s:
                        continue
                if n_events == len(instants):
                    instants, rows = np.append(instants, instants), np.append(rows, rows)
                instants[n_events] = instant
                rows[n_events] = near
                n_events += 1
    instants, rows = instants[:n_events], rows[:n_events]
    order = np.argsort(-instants, kind="mergesort")
    return instants[order], rows[order]


@part
def _onward_s(side: Side, profile: int, calls: Int32s, position: int, any_rides: Bits, unit_s: int) -> int:
    """How long it takes at least to the far end by a trip that is boarded at this call."""
    soonest = wide(UNREACHED)
    for call in range(position + 1, len(calls)):
        units = any_rides[calls[call]]
        if units < NO_WAY:
            ride_s = side.offsets[profile + call, 0] - side.offsets[profile + position, 1]
            soonest = min(soonest, ride_s + wide(units) * unit_s)
    return soonest


@kernel
def range_search(
    tables: Int64s,
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
    found: Found,
    flag: Bits,
) -> int:
    """Fill `found` with the journeys of each departure that no later one beats. Returns how many there would be.

    tables: of a Side, its Walks, a State and a RangeState. flag: another thread sets flag[0] when nobody waits for the
    answer any more; it is looked at once a departure.

    instants, rows: as of `departures`. limits.horizon: how long after its departure a journey may end. bounds [K + 1]:
    an arrival with k vehicles must be before bounds[k]; later departures lower it. Where `found` is too small the first
    rows are written, and the caller asks again with a larger one.
    """
    side, walks = tuple_at(tables, 0, SIDE), tuple_at(tables, 1, WALKS)
    state, kept = tuple_at(tables, 2, STATE), tuple_at(tables, 3, RANGE_STATE)
    # One function and local names: a call for each round of each departure would cost as much as what it does.
    readies, rides, ride_at, ready_at, egress = state.readies, state.rides, state.ride_at, state.ready_at, state.egress
    chance, segments, ride_limit, ready_limit = kept.chance, kept.segments, kept.ride_limit, kept.ready_limit
    calls_ptr, alight_stops, trips_ptr, trips = side.calls_ptr, side.alight_stops, side.trips_ptr, side.trips
    offsets, first_trips = side.offsets, side.first_trips
    boardings_ptr, boardings = side.boardings_ptr, side.boardings
    runs_ptr, run_lo, run_hi = side.runs_ptr, side.run_lo, side.run_hi
    run_board_wait, run_alight_wait = side.run_board_wait, side.run_alight_wait
    walk_ptr, walk_rows = walks.ptr, walks.rows
    change_s, one_ride, any_rides, needed = walks.change_s, least.one_ride, least.any_rides, least.n_rides
    slack, max_walk_s, unit_s, max_rounds = limits.slack_s, limits.max_walk_s, limits.unit_s, limits.max_rounds
    first_second, last_bucket = side.first_trips_from[0], first_trips.shape[0] - 2
    n_kept, n_segments, one = min(KEPT_TOGETHER + 1, max_rounds + 1), 0, np.uintp(1)
    is_filtered = np.any(allowed == 0)
    # When a journey of so many vehicles must have ended; of more than may be ridden: never.
    latest = np.full(max_rounds + 1 + NO_WAY, 2 * NEVER, np.int64)
    for index in range(len(egress_stops)):
        egress[egress_stops[index]] = egress_s[index]
    n_found, event, n_events = 0, 0, len(instants)
    while event < n_events and flag[0] == 0:
        instant = instants[event]
        horizon = instant + limits.horizon + 1
        for j in range(len(bounds)):
            latest[j] = min(horizon, bounds[j])
        n_readies = 0
        while event < n_events and instants[event] == instant:
            near = near_stops[rows[event]]
            time = instant + near_s[rows[event]]
            event += 1
            if time >= ready_limit[0, near]:
                continue
            for j in range(n_kept):
                ready_limit[j, near] = min(ready_limit[j, near], time)
            readies[n_readies, 0] = near
            readies[n_readies, 1] = time
            readies[n_readies, 2] = -1
            n_readies += 1
        first_ready, first_ride, n_rides = 0, 0, 0
        for k in range(1, max_rounds + 1):
            if n_readies == first_ready:
                break
            # A label may end here, or with one more vehicle, or with more than one, and must better each in time.
            bound, onward = latest[k], latest[k + 1]
            reached_at = -1
            first_ride = n_rides
            # Labels of k vehicles are kept in rows k to end_row - 1, and looked up in row `fewer` too.
            fewer, end_row = min(k, n_kept - 1), n_kept if k < n_kept else k + 1
            for ready in range(first_ready, n_readies):
                stop = np.uintp(readies[ready, 0])
                time = readies[ready, 1]
                useful = NEVER  # who is ready later than this boards nothing new here
                for number in range(boardings_ptr[stop], boardings_ptr[np.uintp(stop + one)]):
                    row = np.uintp(number)
                    call = np.uintp(boardings[row, 0])
                    known = min(chance[k, call], chance[fewer, call])
                    pattern = np.uintp(boardings[row, 1])
                    if is_filtered and allowed[pattern] == 0:
                        continue
                    if known < time:
                        useful = max(useful, known)
                        continue
                    position = np.uintp(boardings[row, 2])
                    first_trip = np.uintp(trips_ptr[pattern])
                    first_run, end_run = runs_ptr[pattern], runs_ptr[np.uintp(pattern + one)]
                    if first_run == end_run:
                        bucket = min(max((time - boardings[row, 3] - first_second) // BUCKET_S, 0), last_bucket)
                        trip = np.uintp(first_trip + np.uintp(first_trips[np.uintp(bucket), pattern]))
                        start, cell = int(trips[trip, 0]), np.uintp(np.uintp(trips[trip, 1]) + position)
                        while start + int(offsets[cell, 1]) < time:
                            trip = np.uintp(trip + one)
                            start, cell = int(trips[trip, 0]), np.uintp(np.uintp(trips[trip, 1]) + position)
                        # The trip before it: none could have been boarded.
                        before, before_cell = 2 * NEVER, cell
                        if trip > first_trip:
                            trip = np.uintp(trip - one)
                            before, before_cell = int(trips[trip, 0]), np.uintp(np.uintp(trips[trip, 1]) + position)
                    else:
                        cell = np.uintp(np.uintp(trips[first_trip, 1]) + position)
                        start = first_vehicle(
                            run_lo, run_hi, run_board_wait, run_alight_wait, first_run, end_run, time - offsets[cell, 1]
                        )
                        before, before_cell = start - 1, cell
                        if start + int(offsets[cell, 1]) > known:
                            useful = max(useful, known)
                            continue
                    if unit_s > 0:
                        # Too late for this vehicle is too late for those behind it, with more vehicles, and for who
                        # leaves earlier: so much sooner must they arrive. Bounds count the wait for headway services.
                        leaves = start + int(offsets[cell, 1]) if first_run == end_run else int(time)
                        if (one_ride[stop] == NO_WAY or leaves + int(one_ride[stop]) * unit_s >= bound) and (
                            any_rides[stop] == NO_WAY
                            or leaves + int(any_rides[stop]) * unit_s >= latest[k - 1 + max(needed[stop], 2)]
                        ):
                            sooner = max(before + int(offsets[before_cell, 1]), NEVER)
                            useful = max(useful, sooner)
                            for j in range(k, end_row):
                                chance[j, call] = min(chance[j, call], sooner)
                            if n_segments < len(segments):
                                segments[n_segments, 0] = call
                                segments[n_segments, 1] = np.uintp(call + one)
                                segments[n_segments, 2] = k
                            n_segments += 1
                            continue
                    useful = max(useful, before + int(offsets[before_cell, 1]))
                    at_call, last_call = call, np.uintp(calls_ptr[np.uintp(pattern + one)] - 1)
                    while at_call < last_call:
                        sooner = max(before + int(offsets[before_cell, 1]), NEVER)
                        known = min(chance[k, at_call], chance[fewer, at_call])
                        if sooner >= known and (sooner > known or start + int(offsets[cell, 1]) > sooner):
                            break  # from here this vehicle was ridden before, or an earlier one
                        for j in range(k, end_row):
                            chance[j, at_call] = min(chance[j, at_call], sooner)
                        at_call = np.uintp(at_call + one)
                        cell, before_cell = np.uintp(cell + one), np.uintp(before_cell + one)
                        here = np.uintp(alight_stops[at_call])
                        arrival = start + int(offsets[cell, 0])
                        if arrival < ride_limit[k, here] and arrival < ride_limit[fewer, here]:
                            final_s = egress[here]
                            ends = final_s < UNREACHED and arrival + final_s < bound
                            goes_on = arrival < onward
                            if goes_on and unit_s > 0:
                                goes_on = (
                                    one_ride[here] != NO_WAY and arrival + int(one_ride[here]) * unit_s < onward
                                ) or arrival + int(any_rides[here]) * unit_s < latest[k + max(needed[here], 2)]
                            if ends or goes_on:
                                for j in range(k, end_row):
                                    ride_limit[j, here] = min(ride_limit[j, here], arrival)
                                record = int(ride_at[here])
                                if record < first_ride or record >= n_rides or rides[record, 0] != np.intp(here):
                                    record = n_rides
                                    n_rides += 1
                                    ride_at[here] = record
                                    rides[record, 0] = here
                                rides[record, 1] = arrival
                                rides[record, 2] = pattern
                                rides[record, 3] = position
                                rides[record, 4] = int(at_call) - int(call) + int(position)
                                rides[record, 5] = ready
                                if ends:
                                    bound = arrival + final_s
                                    onward = min(onward, bound)
                                    for j in range(k, len(bounds)):
                                        bounds[j] = min(bounds[j], bound)
                                        latest[j] = min(latest[j], bound)
                                    reached_at = record
                    if n_segments < len(segments):
                        segments[n_segments, 0] = call
                        segments[n_segments, 1] = at_call
                        segments[n_segments, 2] = k
                    n_segments += 1
                for j in range(k - 1, max(n_kept, k)):
                    ready_limit[j, stop] = min(ready_limit[j, stop], useful + 1)
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
                useful = NEVER  # whoever is here later gains nothing by going on
                for number in range(first - 1, walk_ptr[np.uintp(origin + one)]):
                    if number < first:  # a change at the stop itself
                        end, took = origin, int(change_s[origin])
                        if took == UNREACHED:
                            continue
                    else:
                        row = np.uintp(number)
                        end, took = np.uintp(walk_rows[row, 0]), int(walk_rows[row, 1])
                        if walk_rows[row, 2] > max_walk_s:
                            continue
                    limit = min(ready_limit[k, end], ready_limit[fewer, end], onward)
                    if unit_s > 0:
                        direct, anyhow = 2 * NEVER, 2 * NEVER
                        if one_ride[end] != NO_WAY:
                            direct = onward - int(one_ride[end]) * unit_s
                        if any_rides[end] != NO_WAY:
                            anyhow = latest[k + max(needed[end], 2)] - int(any_rides[end]) * unit_s
                        limit = min(limit, max(direct, anyhow))
                    time = leave + took
                    if time < limit:
                        limit = time
                        for j in range(k, end_row):
                            ready_limit[j, end] = min(ready_limit[j, end], time)
                        record = int(ready_at[end])
                        if record < first_ready or record >= n_readies or readies[record, 0] != np.intp(end):
                            record = n_readies
                            n_readies += 1
                            ready_at[end] = record
                            readies[record, 0] = end
                        readies[record, 1] = time
                        readies[record, 2] = ride
                    useful = max(useful, limit - took - slack)
                if egress[origin] == UNREACHED:
                    for j in range(k, end_row):
                        ride_limit[j, origin] = min(ride_limit[j, origin], useful)
    for index in range(len(egress_stops)):
        egress[egress_stops[index]] = UNREACHED
    kept.n_segments[0] = n_segments
    _forget(side, kept)
    return n_found


@part
def _forget(side: Side, kept: RangeState) -> None:
    """Nothing is kept any more."""
    chance, segments, call_last = kept.chance, kept.segments, side.call_last
    kept.ready_limit[:] = UNREACHED
    kept.ride_limit[:] = UNREACHED
    kept.ride_limit[:, kept.ride_limit.shape[1] - 1] = NEVER
    if kept.n_segments[0] > len(segments):
        for row in range(len(chance)):
            chance[row] = call_last
        return
    for index in range(kept.n_segments[0]):
        first, k = segments[index, 0], segments[index, 2]
        for row in range(k, max(k, min(KEPT_TOGETHER, len(chance) - 1)) + 1):
            for call in range(first, segments[index, 1]):
                chance[np.uintp(row), np.uintp(call)] = call_last[np.uintp(call)]
