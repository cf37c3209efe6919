"""RAPTOR (Delling, Pajor, Werneck: Round-Based Public Transit Routing, 2012), section 3.1, for either Side.

Two labels a stop and round: a ride, when a vehicle brings the rider here, and ready, when the next can be boarded
here, at the same stop or at the end of one footpath. They are pruned apart, because footpaths are not
transitively closed: a stop reached early on foot must not swallow a later ride whose onward footpath matters.

Unlike the paper's, a round does not collect patterns and scan each from its first marked stop on. Every boarding at a
marked stop is looked at by itself, and the pattern is ridden from there until a call to which an earlier trip, or the
same, was ridden with as few vehicles or fewer (trip-based routing, Witt 2015, prunes so). The inner loop then compares
two numbers a call, and has few branches that a processor guesses wrong.

What is left out, and why no answer changes: the rest of a pattern, as said, and labels that cannot reach the
destination before the best arrival, by Least. The limit of a stop is when a label there is of no more use.

Kernels know arrays only. Nothing is checked here: routing.timetable.check_timetable and routing.router have.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from routing.kernels.addressed import tuple_at, typed
from routing.kernels.compiled import kernel, part
from routing.kernels.layout import (
    BUCKET_S,
    NEVER,
    NO_WAY,
    UNREACHED,
    Bits,
    Ends,
    Int32s,
    Int64s,
    Least,
    Limits,
    Side,
    State,
    Walks,
)

Index = np.unsignedinteger[Any]
"""Indices are unsigned in the inner loops: numba would check signed ones for being negative."""

SIDE, WALKS, STATE = typed(Side), typed(Walks), typed(State)


@kernel
def search_alone(tables: Int64s, allowed: Bits, ends: Ends, time: int, least: Least, limits: Limits, flag: Bits) -> int:
    """`search` from the near to the far end, limits opened. tables: of a Side, its Walks and a State."""
    side, walks, state = tuple_at(tables, 0, SIDE), tuple_at(tables, 1, WALKS), tuple_at(tables, 2, STATE)
    open_limits(least, limits, state)
    return search(
        side, walks, allowed, ends.near_stops, ends.near_s, time, ends.far_stops, ends.far_s, least, limits, state, flag
    )


@part
def search(
    side: Side,
    walks: Walks,
    allowed: Bits,
    access_stops: Int32s,
    access_s: Int32s,
    time: int,
    egress_stops: Int32s,
    egress_s: Int32s,
    least: Least,
    limits: Limits,
    state: State,
    flag: Bits,
) -> int:
    """Fill the records of `state` for a rider who leaves at `time`. Returns the number of rounds done.

    allowed [P]: 1 for the patterns that may be ridden. access_s: seconds to the access stops. egress_s: seconds from
    the egress stops to the destination; no egress stops: every stop is of interest. The limits of the stops have been
    set before, by `open_limits` or by a search from the other end. flag: another thread sets flag[0] when nobody waits
    for the answer any more; it is looked at once a round, and what was found by then is no answer.
    """
    for index in range(len(egress_stops)):
        state.egress[egress_stops[index]] = egress_s[index]
    for k in range(len(state.reached)):
        state.reached[k] = UNREACHED
    state.ride_round[:] = NO_WAY
    state.ready_round[:] = NO_WAY
    bound = limits.horizon + 1  # an arrival must be before it
    _start(access_stops, access_s, time, least, limits, state)
    rounds = 0
    for k in range(1, limits.max_rounds + 1):
        if state.ready_ptr[k] == state.ready_ptr[k - 1] or flag[0]:
            break
        more = limits.max_rounds - k
        row = least.any_rides if more > 1 else least.one_ride
        only_egress = 1 if more == 0 and len(egress_stops) else 0
        bound = _ride(side, allowed, k, bound, only_egress, row, limits, state)
        if state.ride_ptr[k + 1] == state.ride_ptr[k]:
            break
        rounds = k
        state.ready_ptr[k + 1] = state.ready_ptr[k]
        if more:
            _relax_footpaths(walks, k, bound, row, limits, state)
    for index in range(len(egress_stops)):
        state.egress[egress_stops[index]] = UNREACHED
    _forget_rides(side, state)
    return rounds


@part
def open_limits(least: Least, limits: Limits, state: State) -> None:
    """Let every label count from which the destination can be reached by the horizon, with the vehicles that remain."""
    ride_limit, ready_limit = state.ride_limit, state.ready_limit
    n_stops = len(ready_limit)
    unit_s, first = limits.unit_s, limits.horizon + 2
    if unit_s == 0:
        state.ride_need[:] = 0
        state.ready_need[:] = 0
        ride_limit[:] = first
        ready_limit[:] = first
    else:
        state.ride_need[:n_stops] = least.n_rides
        state.ready_need[:] = least.n_rides
        row = least.any_rides if limits.max_rounds > 1 else least.one_ride
        for stop in range(n_stops):
            limit = NEVER if row[stop] == NO_WAY else first - int(row[stop]) * unit_s
            ride_limit[stop] = limit
            ready_limit[stop] = limit
    ride_limit[n_stops] = NEVER


@part
def _start(access_stops: Int32s, access_s: Int32s, leave: int, least: Least, limits: Limits, state: State) -> None:
    """Round 0: the first walk."""
    row = least.any_rides if limits.max_rounds > 1 else least.one_ride
    unit_s = limits.unit_s
    n_readies = 0
    for index in range(len(access_stops)):
        stop = np.uintp(access_stops[index])
        time = leave + access_s[index]
        if time >= state.ready_limit[stop] or state.ready_need[stop] > limits.max_rounds:
            continue
        if unit_s > 0 and (row[stop] == NO_WAY or time + int(row[stop]) * unit_s > limits.horizon + 1):
            continue
        state.ready_limit[stop] = time
        state.ready_round[stop] = 0
        state.ready_at[stop] = n_readies
        state.readies[n_readies, 0] = stop
        state.readies[n_readies, 1] = time
        state.readies[n_readies, 2] = -1
        n_readies += 1
    state.ready_ptr[0] = 0
    state.ready_ptr[1] = n_readies
    state.ride_ptr[0] = 0
    state.ride_ptr[1] = 0
    state.n_segments[0] = 0


@part
def _ride(
    side: Side, allowed: Bits, k: int, bound: int, only_egress: int, least: Bits, limits: Limits, state: State
) -> int:
    """Board wherever round k - 1 lets riders board, and ride. Returns the best arrival so far, or the bound.

    only_egress: 1 in the last round, when other stops are of no more use.
    """
    # Local names: taking an array out of a NamedTuple costs a reference count, once here and not in the loops.
    readies, rides, ride_at, ride_limit = state.readies, state.rides, state.ride_at, state.ride_limit
    egress, ridden, last_chance, segments = state.egress, state.ridden, state.last_chance, state.segments
    calls_ptr, alight_stops, trips_ptr, trips = side.calls_ptr, side.alight_stops, side.trips_ptr, side.trips
    offsets, first_trips = side.offsets, side.first_trips
    boardings_ptr, boardings = side.boardings_ptr, side.boardings
    runs_ptr, run_lo, run_hi = side.runs_ptr, side.run_lo, side.run_hi
    run_board_wait, run_alight_wait = side.run_board_wait, side.run_alight_wait
    unit_s = limits.unit_s
    first_second = side.first_trips_from[0]
    last_bucket = first_trips.shape[0] - 2
    ride_need, ride_round = state.ride_need, state.ride_round
    more = limits.max_rounds - k
    first_ride = n_rides = state.ride_ptr[k]
    n_segments = state.n_segments[0]
    one = np.uintp(1)
    for ready in range(state.ready_ptr[k - 1], state.ready_ptr[k]):
        stop = np.uintp(readies[ready, 0])
        time = readies[ready, 1]
        for number in range(boardings_ptr[stop], boardings_ptr[np.uintp(stop + one)]):
            row = np.uintp(number)
            call = np.uintp(boardings[row, 0])
            if last_chance[call] < time:
                continue
            pattern = np.uintp(boardings[row, 1])
            if allowed[pattern] == 0:
                continue
            position = int(boardings[row, 2])
            vehicle = int(ridden[np.uintp(call + one)])
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
                    at = np.uintp(first_trip + int(first_trips[np.uintp(min(max(bucket, 0), last_bucket)), pattern]))
                    start, profile = int(trips[at, 0]), int(trips[at, 1])
                    while start + int(offsets[np.uintp(profile + position), 1]) < time:
                        at = np.uintp(at + one)
                        start, profile = int(trips[at, 0]), int(trips[at, 1])
                vehicle = int(at) - first_trip
                before = np.uintp(at - one) if vehicle > 0 else at
                # When the trip before leaves the call at which each call of this one is reached from.
                chance, chance_cell = int(trips[before, 0]), np.uintp(int(trips[before, 1]) + position)
                if vehicle == 0:
                    chance = 2 * NEVER
            else:
                profile = int(trips[np.uintp(first_trip), 1])
                passing = time - offsets[np.uintp(profile + position), 1]
                first_run, end_run = runs_ptr[pattern], runs_ptr[np.uintp(pattern + one)]
                start = first_vehicle(run_lo, run_hi, run_board_wait, run_alight_wait, first_run, end_run, passing)
                if start >= vehicle:
                    continue
                vehicle = start
                # Whoever is as late for the vehicle as this rider, or later, catches no sooner one.
                chance, chance_cell = int(passing) - 1, np.uintp(profile + position)
            # Ride on until where this vehicle, or an earlier one, was ridden to before.
            cell = np.uintp(profile + position + 1)
            begin = at_call = np.uintp(call + one)
            end_call = np.uintp(calls_ptr[np.uintp(pattern + one)])
            while at_call < end_call and ridden[at_call] > vehicle:
                ridden[at_call] = vehicle
                last_chance[np.uintp(at_call - one)] = min(max(chance + int(offsets[chance_cell, 1]), NEVER), UNREACHED)
                here = np.uintp(alight_stops[at_call])
                arrival = start + int(offsets[cell, 0])
                if arrival < ride_limit[here]:
                    if only_egress:
                        counts = egress[here] < UNREACHED and arrival + egress[here] <= bound
                    elif unit_s > 0:
                        counts = ride_need[here] <= more and arrival + int(least[here]) * unit_s <= bound
                    else:
                        counts = ride_need[here] <= more
                    if counts:
                        ride_limit[here] = arrival
                        record = int(ride_at[here])
                        if record < first_ride or record >= n_rides or rides[record, 0] != np.intp(here):
                            record = n_rides
                            n_rides += 1
                            ride_at[here] = record
                            rides[record, 0] = here
                            if ride_round[here] == NO_WAY:
                                ride_round[here] = k
                        rides[record, 1] = arrival
                        rides[record, 2] = pattern
                        rides[record, 3] = position
                        rides[record, 4] = int(at_call) - int(call) + position
                        rides[record, 5] = ready
                        if egress[here] < UNREACHED and arrival + egress[here] < bound:
                            bound = arrival + egress[here]
                            state.reached[k] = bound
                            state.reached_at[k] = record
                at_call = np.uintp(at_call + one)
                cell = np.uintp(cell + one)
                chance_cell = np.uintp(chance_cell + one)
            if n_segments < len(segments):
                segments[n_segments, 0] = begin
                segments[n_segments, 1] = at_call
            n_segments += 1
    state.n_segments[0] = n_segments
    state.ride_ptr[k + 1] = n_rides
    return bound


@kernel
def first_vehicle(
    run_lo: Int32s, run_hi: Int32s, board_wait: Int32s, alight_wait: Int32s, first: int, end: int, passing: int
) -> int:
    """The start of the first vehicle of some runs for a rider ready `passing` seconds after the call's offset."""
    best = UNREACHED
    for run in range(first, end):
        instant = max(passing, run_lo[run]) + board_wait[run]
        if instant <= run_hi[run]:
            best = min(best, instant + alight_wait[run])
    return best


@part
def _relax_footpaths(walks: Walks, k: int, bound: int, least: Bits, limits: Limits, state: State) -> None:
    """Where the vehicles of round k let riders board next: at the same stop or one footpath on."""
    rides, readies, ready_at, ready_limit = state.rides, state.readies, state.ready_at, state.ready_limit
    ptr, rows, change_s = walks.ptr, walks.rows, walks.change_s
    ready_need, ready_round, more = state.ready_need, state.ready_round, limits.max_rounds - k
    slack, max_walk_s, unit_s = limits.slack_s, limits.max_walk_s, limits.unit_s
    first_ready = n_readies = state.ready_ptr[k]
    for ride in range(state.ride_ptr[k], state.ride_ptr[k + 1]):
        origin = np.uintp(rides[ride, 0])
        leave = rides[ride, 1] + slack
        if leave > bound:
            continue
        first = ptr[origin]
        for number in range(first - 1, ptr[np.uintp(origin + np.uintp(1))]):
            if number < first:  # a change at the stop itself
                stop = origin
                if change_s[origin] == UNREACHED:
                    continue
                time = leave + change_s[origin]
                if time >= ready_limit[stop]:
                    continue
            else:
                row = np.uintp(number)
                stop = np.uintp(rows[row, 0])
                time = leave + rows[row, 1]
                if time >= ready_limit[stop] or rows[row, 2] > max_walk_s:
                    continue
            if ready_need[stop] > more:
                continue
            if unit_s > 0:
                if time + int(least[stop]) * unit_s > bound:
                    continue
            elif time > bound:
                continue
            ready_limit[stop] = time
            record = int(ready_at[stop])
            if record < first_ready or record >= n_readies or readies[record, 0] != np.intp(stop):
                record = n_readies
                n_readies += 1
                ready_at[stop] = record
                readies[record, 0] = stop
                if ready_round[stop] == NO_WAY:
                    ready_round[stop] = k
            readies[record, 1] = time
            readies[record, 2] = ride
    state.ready_ptr[k + 1] = n_readies


@part
def _forget_rides(side: Side, state: State) -> None:
    """No trip is ridden any more."""
    ridden, last_chance, segments, call_last = state.ridden, state.last_chance, state.segments, side.call_last
    if state.n_segments[0] > len(segments):
        ridden[:] = UNREACHED
        for call in range(len(call_last)):
            last_chance[call] = call_last[call]
        return
    for index in range(state.n_segments[0]):
        for number in range(segments[index, 0], segments[index, 1]):
            ridden[np.uintp(number)] = UNREACHED
            before = np.uintp(number - 1)
            last_chance[before] = call_last[before]
