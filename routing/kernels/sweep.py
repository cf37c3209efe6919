"""RAPTOR from one to all (Delling, Pajor, Werneck 2012, section 3.1), as in the paper: times only, pattern by pattern.

Where nothing is pruned by a destination nearly every pattern is ridden in a round. Then it is cheaper to go along each
pattern once, from its first stop where a rider may be sooner on, than to look at boardings one by one as
routing.kernels.raptor does: memory is read in order. Labels are those of routing.kernels.raptor.

Later rounds bring riders sooner to many stops, but seldom soon enough for an earlier vehicle. So each call keeps its
last chance: when the last vehicle leaves it that is earlier than every vehicle ridden from there. Who is ready later
is not looked at, and who is in a vehicle that leaves no earlier than one ridden before gets off.
"""

from __future__ import annotations

import numpy as np

from routing.kernels.addressed import tuple_at, typed
from routing.kernels.compiled import kernel, part
from routing.kernels.layout import BUCKET_S, NEVER, UNREACHED, Bits, Int32s, Int64s, Limits, Side, Sweep
from routing.kernels.raptor import SIDE, WALKS, Index, first_vehicle

SWEEP = typed(Sweep)

NOT_MARKED = UNREACHED
"""No call of the pattern is one to begin at."""
FEW_OF_STOPS = 6
"""With more than one stop in so many marked, all patterns are looked at, call by call: that is quicker than to ask of
each stop for the patterns it is in."""


@kernel
def sweep(
    tables: Int64s,
    allowed: Bits,
    access_stops: Int32s,
    access_s: Int32s,
    leave: int,
    limits: Limits,
    flag: Bits,
) -> None:
    """Fill the arrival [S + 1] of a Sweep: when a vehicle is at each stop first, UNREACHED if none is by the horizon.

    The last of the arrivals is no stop's. tables: of a Side, its Walks and a Sweep. flag: as of
    routing.kernels.raptor.search.
    """
    side, walks, state = tuple_at(tables, 0, SIDE), tuple_at(tables, 1, WALKS), tuple_at(tables, 2, SWEEP)
    arrival, ready, is_marked, is_ride = state.arrival, state.ready, state.is_marked, state.is_ride
    ride_words = state.ride_words
    first_call, last_call, chance = state.first_call, state.last_call, state.chance
    chance[:] = side.call_last
    walk_ptr, walk_rows = walks.ptr, walks.rows
    change_s = walks.change_s
    slack, max_walk_s, last = limits.slack_s, limits.max_walk_s, limits.horizon
    n_stops, one = len(arrival) - 1, np.uintp(1)
    arrival[:n_stops] = last + 1
    arrival[n_stops] = NEVER
    ready[:] = last + 1
    ready[n_stops] = UNREACHED + 1
    for index in range(len(access_stops)):
        stop = np.uintp(access_stops[index])
        time = leave + access_s[index]
        if time < ready[stop]:
            ready[stop] = time
            is_marked[stop] = 1
    n_marked = len(access_stops)
    for _ in range(limits.max_rounds):
        # Stops and patterns in order, not as they were found: what lies beside each other in memory is read together.
        if n_marked * FEW_OF_STOPS > n_stops:
            for index in range(len(first_call)):
                pattern = np.uintp(index)
                if allowed[pattern]:
                    first_call[pattern] = side.calls_ptr[pattern]
                    last_call[pattern] = side.calls_ptr[np.uintp(pattern + one)] - 1
            is_marked[:] = 0
        else:
            _mark_patterns(side, allowed, state)
        if _ride_patterns(side, state) == 0 or flag[0]:
            break
        n_marked = 0
        for index in range(len(ride_words)):
            word = np.uintp(index)
            if ride_words[word] == 0:
                continue
            marked_first = int(word) * 8
            for number in range(marked_first, marked_first + 8):
                stop = np.uintp(number)
                if is_ride[stop] == 0:
                    continue
                is_ride[stop] = 0
                change = arrival[stop] + slack
                if change_s[stop] < UNREACHED and change + change_s[stop] < ready[stop]:
                    ready[stop] = change + change_s[stop]
                    is_marked[stop] = 1
                    n_marked += 1
                for number in range(walk_ptr[stop], walk_ptr[np.uintp(stop + one)]):
                    walk = np.uintp(number)
                    end = np.uintp(walk_rows[walk, 0])
                    time = change + walk_rows[walk, 1]
                    is_sooner = (time < ready[end]) & (walk_rows[walk, 2] <= max_walk_s)
                    ready[end] = time if is_sooner else ready[end]
                    is_marked[end] |= np.uint8(is_sooner)
                    n_marked += int(is_sooner)
    is_marked[:] = 0
    is_ride[:] = 0
    for index in range(n_stops):
        if arrival[index] > last:
            arrival[index] = UNREACHED


@part
def _mark_patterns(side: Side, allowed: Bits, state: Sweep) -> None:
    """Note each pattern's first and last call where a rider may be ready for an earlier vehicle. No stop is marked
    any more.
    """
    ready, is_marked, marked_words, chance = state.ready, state.is_marked, state.marked_words, state.chance
    first_call, last_call = state.first_call, state.last_call
    boardings_ptr, boardings = side.boardings_ptr, side.boardings
    one = np.uintp(1)
    for word in range(len(marked_words)):
        if marked_words[np.uintp(word)] == 0:
            continue
        for number in range(word * 8, word * 8 + 8):
            stop = np.uintp(number)
            if is_marked[stop] == 0:
                continue
            is_marked[stop] = 0
            time = ready[stop]
            for boarding in range(boardings_ptr[stop], boardings_ptr[np.uintp(stop + one)]):
                row = np.uintp(boarding)
                call = int(boardings[row, 0])
                if chance[np.uintp(call)] < time:
                    continue
                pattern = np.uintp(boardings[row, 1])
                if first_call[pattern] == NOT_MARKED:
                    if allowed[pattern]:
                        first_call[pattern] = last_call[pattern] = call
                else:
                    first_call[pattern] = min(first_call[pattern], call)
                    last_call[pattern] = max(last_call[pattern], call)


@part
def _ride_patterns(side: Side, state: Sweep) -> int:
    """Go along the marked patterns, each from its first call. Returns how often a vehicle was sooner at a stop."""
    first_call = state.first_call
    runs_ptr, one = side.runs_ptr, np.uintp(1)
    n_rides = 0
    for index in range(len(first_call)):
        pattern = np.uintp(index)
        if first_call[pattern] == NOT_MARKED:
            continue
        if runs_ptr[pattern] == runs_ptr[np.uintp(pattern + one)]:
            n_rides += _ride_trips(side, pattern, state)
        else:
            n_rides += _ride_headway(side, pattern, state)
        first_call[pattern] = NOT_MARKED
    return n_rides


@part
def _ride_trips(side: Side, pattern: Index, state: Sweep) -> int:
    arrival, ready, is_ride, chance = state.arrival, state.ready, state.is_ride, state.chance
    board_stops, alight_stops, offsets, trips = side.board_stops, side.alight_stops, side.offsets, side.trips
    first_trips = side.first_trips
    one = np.uintp(1)
    call, last = np.uintp(state.first_call[pattern]), np.uintp(state.last_call[pattern])
    begin, end = np.uintp(side.calls_ptr[pattern]), np.uintp(side.calls_ptr[np.uintp(pattern + one)])
    first_trip = np.uintp(side.trips_ptr[pattern])
    n_rides = 0
    while True:
        while call <= last and ready[np.uintp(board_stops[call])] > chance[call]:
            call = np.uintp(call + one)
        if call > last:
            return n_rides
        time = ready[np.uintp(board_stops[call])]
        bucket = (time - side.call_latest[call] - side.first_trips_from[0]) // BUCKET_S
        bucket = min(max(bucket, 0), first_trips.shape[0] - 2)
        trip = np.uintp(first_trip + np.uintp(first_trips[np.uintp(bucket), pattern]))
        position = np.uintp(call - begin)
        start, cell = int(trips[trip, 0]), np.uintp(np.uintp(trips[trip, 1]) + position)
        while start + int(offsets[cell, 1]) < time:
            trip = np.uintp(trip + one)
            start, cell = int(trips[trip, 0]), np.uintp(np.uintp(trips[trip, 1]) + position)
        # The trip before it: none could have been boarded.
        before, before_cell = 2 * NEVER, cell
        if trip > first_trip:
            row = np.uintp(trip - one)
            before, before_cell = int(trips[row, 0]), np.uintp(np.uintp(trips[row, 1]) + position)
        while True:
            sooner = max(before + int(offsets[before_cell, 1]), NEVER)
            if sooner < chance[call]:
                chance[call] = sooner
            elif sooner > chance[call] or start + int(offsets[cell, 1]) > sooner:
                # This trip was ridden from here before, or an earlier one. (Trips that leave together could be told
                # apart by their number only: then the rider stays.)
                call = np.uintp(call + one)
                break
            call, cell, before_cell = np.uintp(call + one), np.uintp(cell + one), np.uintp(before_cell + one)
            if call == end:
                return n_rides
            here = np.uintp(alight_stops[call])
            at = start + int(offsets[cell, 0])
            is_sooner = at < arrival[here]
            arrival[here] = at if is_sooner else arrival[here]
            is_ride[here] |= np.uint8(is_sooner)
            n_rides += int(is_sooner)
            time = ready[np.uintp(board_stops[call])]
            while before + int(offsets[before_cell, 1]) >= time:
                trip = np.uintp(trip - one)
                start, cell = before, before_cell
                before = 2 * NEVER
                if trip > first_trip:
                    row = np.uintp(trip - one)
                    before, before_cell = int(trips[row, 0]), np.uintp(np.uintp(trips[row, 1]) + np.uintp(call - begin))


@part
def _ride_headway(side: Side, pattern: Index, state: Sweep) -> int:
    arrival, ready, is_ride, chance = state.arrival, state.ready, state.is_ride, state.chance
    board_stops, alight_stops, offsets = side.board_stops, side.alight_stops, side.offsets
    one = np.uintp(1)
    call, last = np.uintp(state.first_call[pattern]), np.uintp(state.last_call[pattern])
    begin, end = np.uintp(side.calls_ptr[pattern]), np.uintp(side.calls_ptr[np.uintp(pattern + one)])
    first_run, end_run = side.runs_ptr[pattern], side.runs_ptr[np.uintp(pattern + one)]
    cell = np.uintp(np.uintp(side.trips[np.uintp(side.trips_ptr[pattern]), 1]) + np.uintp(call - begin))
    wait = UNREACHED
    for run in range(first_run, end_run):
        wait = min(wait, int(side.run_board_wait[np.uintp(run)]) + int(side.run_alight_wait[np.uintp(run)]))
    start, n_rides = UNREACHED, 0
    while call < end and (start < UNREACHED or call <= last):
        if start < UNREACHED:
            here = np.uintp(alight_stops[call])
            at = start + int(offsets[cell, 0])
            if at < arrival[here]:
                arrival[here] = at
                is_ride[here] = 1
                n_rides += 1
        time = ready[np.uintp(board_stops[call])]
        # Whoever waits as short as can be is in time for a sooner vehicle than is ridden, or was ridden before?
        passing = time - int(offsets[cell, 1])
        if passing + wait < start and time + wait <= chance[call]:
            start = min(
                start,
                first_vehicle(
                    side.run_lo, side.run_hi, side.run_board_wait, side.run_alight_wait, first_run, end_run, passing
                ),
            )
        if start < UNREACHED:
            sooner = start + int(offsets[cell, 1]) - 1
            if sooner < chance[call]:
                chance[call] = sooner
            else:
                start = UNREACHED
        call, cell = np.uintp(call + one), np.uintp(cell + one)
    return n_rides
