"""RAPTOR (Delling, Pajor, Werneck: Round-Based Public Transit Routing, 2012), section 3.1, for either Side.

Two labels a stop and round: `ride`, when a vehicle brings the rider here, and `ready`, when the next can be boarded
here, at the same stop or at the end of one footpath. They are pruned apart, because footpaths are not
transitively closed: a stop reached early on foot must not swallow a later ride whose onward footpath matters.

What is left out, and why no answer changes: labels that cannot reach the destination before the best arrival, by Least;
and the rest of a pattern from a call to which an earlier trip, or the same, was ridden with as few vehicles or fewer.

Kernels know arrays only. Nothing is checked here: routing.timetable.check_timetable and routing.router have.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from routing.kernels.compiled import kernel, leaf
from routing.kernels.layout import (
    CAN_ALIGHT,
    CAN_BOARD,
    NO_WAY,
    UNREACHED,
    Bits,
    Int32Grid,
    Int32s,
    Labels,
    Least,
    Limits,
    Side,
    Walks,
    Work,
)

Index = np.unsignedinteger[Any]
"""Indices are unsigned in the inner loops: numba would check signed ones for being negative."""


@kernel
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
    labels: Labels,
    work: Work,
) -> int:
    """Fill `labels` for a rider who leaves at `time`. Returns the number of rounds done.

    allowed [P]: 1 for the patterns that may be ridden. access_s: seconds to the access stops. egress_s: seconds from
    the egress stops to the destination; no egress stops: every stop is of interest.
    """
    _wipe(labels, work)
    for index in range(len(egress_stops)):
        work.egress[egress_stops[index]] = egress_s[index]
    n_marked = _start(access_stops, access_s, time, least, limits, labels, work)
    bound = limits.horizon + 1  # labels later than this are useless, and an arrival must be before it
    rounds = 0
    for k in range(1, limits.max_rounds + 1):
        n_queued = _queue_patterns(side, allowed, k, n_marked, labels, work)
        n_marked = 0
        if n_queued == 0:
            break
        rounds = k
        more = limits.max_rounds - k
        if more == 0 and len(egress_stops):
            n_improved, bound = _scan_patterns(side, k, n_queued, bound, 0, 1, least.any_rides, limits, labels, work)
        else:
            row = least.any_rides if more > 1 else least.one_ride
            unit_s = limits.unit_s
            n_improved, bound = _scan_patterns(side, k, n_queued, bound, unit_s, 0, row, limits, labels, work)
        if more:
            row = least.any_rides if more > 1 else least.one_ride
            n_marked = _relax_footpaths(walks, k, n_improved, bound, row, limits, labels, work)
        else:
            for index in range(n_improved):
                work.is_improved[work.improved[index]] = 0
    for index in range(n_marked):
        work.is_marked[work.marked[index]] = 0
    for index in range(len(egress_stops)):
        work.egress[egress_stops[index]] = UNREACHED
    used, ridden, calls_ptr = work.used, work.ridden, side.calls_ptr
    for index in range(work.n_used[0]):
        pattern = used[index]
        for call in range(calls_ptr[pattern], calls_ptr[pattern + 1]):
            ridden[call] = UNREACHED
    work.n_used[0] = 0
    return rounds


@leaf
def _is_hopeless(time: int, stop: Index, bound: int, unit_s: int, least: Bits) -> bool:
    """Whether no way from here reaches the destination by `bound`."""
    return unit_s > 0 and (least[stop] == NO_WAY or time + least[stop] * unit_s > bound)


@kernel
def _wipe(labels: Labels, work: Work) -> None:
    """Undo the last search, stop by stop that it touched."""
    ready, ride, best_ready, best_ride = labels.ready, labels.ride, labels.best_ready, labels.best_ride
    touched, n_touched = work.touched, work.n_touched
    for k in range(ready.shape[0]):
        for index in range(n_touched[k]):
            stop = touched[k, index]
            ready[k, stop] = UNREACHED
            ride[k, stop] = UNREACHED
            best_ready[stop] = UNREACHED
            best_ride[stop] = UNREACHED
        n_touched[k] = 0
        labels.reached[k] = UNREACHED
        labels.reached_at[k] = -1


@kernel
def _start(
    access_stops: Int32s, access_s: Int32s, leave: int, least: Least, limits: Limits, labels: Labels, work: Work
) -> int:
    """Round 0: the first walk. Returns the number of marked stops."""
    row = least.any_rides if limits.max_rounds > 1 else least.one_ride
    n_marked = 0
    for index in range(len(access_stops)):
        stop = access_stops[index]
        time = leave + access_s[index]
        if time > limits.horizon or time >= labels.best_ready[stop]:
            continue
        if limits.bounded == 1 and time > work.latest_ready[stop]:
            continue
        if _is_hopeless(time, stop, limits.horizon + 1, limits.unit_s, row):
            continue
        if labels.ready[0, stop] == UNREACHED:
            work.touched[0, n_marked] = stop
            work.is_marked[stop] = 1
            work.marked[n_marked] = stop
            n_marked += 1
        labels.ready[0, stop] = time
        labels.ready_from[0, stop] = stop
        labels.best_ready[stop] = time
    work.n_touched[0] = n_marked
    return n_marked


@kernel
def _queue_patterns(side: Side, allowed: Bits, k: int, n_marked: int, labels: Labels, work: Work) -> int:
    """Queue the patterns that can be boarded at marked stops, with the first and last such call; unmark the stops."""
    ready = labels.ready[k - 1]
    marked, is_marked, queue = work.marked, work.is_marked, work.queue
    first_position, last_position, ridden = work.first_position, work.last_position, work.ridden
    boardings_ptr, boardings, trips_ptr, runs_ptr = side.boardings_ptr, side.boardings, side.trips_ptr, side.runs_ptr
    trips, departure_offset = side.trips, side.departure_offset
    n_queued = 0
    for index in range(n_marked):
        stop = np.uintp(marked[index])
        is_marked[stop] = 0
        time = ready[stop]
        for number in range(boardings_ptr[stop], boardings_ptr[np.uintp(stop + np.uintp(1))]):
            row = np.uintp(number)
            if boardings[row, 3] < time:
                continue
            pattern = np.uintp(boardings[row, 0])
            if allowed[pattern] == 0:
                continue
            position = boardings[row, 1]
            known = first_position[pattern]
            if 0 <= known <= position <= last_position[pattern]:
                continue
            trip = ridden[np.uintp(boardings[row, 2] + 1)]
            if trip < UNREACHED and runs_ptr[pattern] == runs_ptr[np.uintp(pattern + np.uintp(1))]:
                if trip == 0:
                    continue
                before = np.uintp(trips_ptr[pattern] + trip - 1)
                if trips[before, 0] + departure_offset[np.uintp(trips[before, 1] + position)] < time:
                    continue  # no earlier trip than what was ridden from here can be caught
            if known < 0:
                queue[n_queued] = pattern
                n_queued += 1
                first_position[pattern] = position
                last_position[pattern] = position
            elif position < known:
                first_position[pattern] = position
            else:
                last_position[pattern] = position
    return n_queued


@kernel
def _scan_patterns(
    side: Side,
    k: int,
    n_queued: int,
    bound: int,
    unit_s: int,
    only_egress: int,
    least: Bits,
    limits: Limits,
    labels: Labels,
    work: Work,
) -> tuple[int, int]:
    """Ride every queued pattern from its first call on. Returns (number of improved stops, bound).

    only_egress: 1 in the last round, when other stops are of no more use.
    """
    # Local names: taking an array out of a NamedTuple costs a reference count, once here and not in the loops.
    ready, ride, best_ride = labels.ready[k - 1], labels.ride[k], labels.best_ride
    ride_pattern, ride_board, ride_alight = labels.ride_pattern[k], labels.ride_board[k], labels.ride_alight[k]
    egress, latest_ride = work.egress, work.latest_ride
    first_position, last_position, ridden = work.first_position, work.last_position, work.ridden
    is_improved, improved, queue, touched = work.is_improved, work.improved, work.queue, work.touched[k]
    calls_ptr, call_stops, call_flags, call_latest = (
        side.calls_ptr,
        side.call_stops,
        side.call_flags,
        side.call_latest,
    )
    trips_ptr, trips = side.trips_ptr, side.trips
    departures, arrivals, runs_ptr = side.departure_offset, side.arrival_offset, side.runs_ptr
    run_lo, run_hi = side.run_lo, side.run_hi
    run_board_wait, run_alight_wait = side.run_board_wait, side.run_alight_wait
    bounded = limits.bounded
    used, n_used = work.used, work.n_used[0]
    n_improved = 0
    for index in range(n_queued):
        pattern = queue[index]
        first, last = first_position[pattern], last_position[pattern]
        first_position[pattern] = -1
        begin = calls_ptr[pattern]
        n_calls = calls_ptr[pattern + 1] - begin
        first_trip = trips_ptr[pattern]
        first_run, end_run = runs_ptr[pattern], runs_ptr[pattern + 1]
        was_ridden = ridden[begin + n_calls - 1] < UNREACHED
        is_aboard = False
        board = -1
        # Scheduled: the trip ridden, or how many trips are worth a look. Headway: what an arrival adds its offset to.
        vehicle = trips_ptr[pattern + 1] - first_trip if first_run == end_run else UNREACHED
        start = 0
        profile = trips[first_trip, 1]
        for position in range(first, n_calls):
            call = np.uintp(begin + position)
            stop = np.uintp(call_stops[call])
            flags = call_flags[call]
            if is_aboard:
                if ridden[call] <= vehicle:
                    is_aboard = False
                else:
                    ridden[call] = vehicle
                    if flags & CAN_ALIGHT:
                        time = start + arrivals[np.uintp(profile + position)]
                        if (
                            time <= bound
                            and time < best_ride[stop]
                            and (bounded == 0 or time <= latest_ride[stop])
                            and not _is_hopeless(time, stop, bound, unit_s, least)
                            and (only_egress == 0 or egress[stop] < UNREACHED)
                        ):
                            if is_improved[stop] == 0:
                                is_improved[stop] = 1
                                improved[n_improved] = stop
                                touched[n_improved] = stop
                                n_improved += 1
                            ride[stop] = time
                            ride_pattern[stop] = pattern
                            ride_board[stop] = board
                            ride_alight[stop] = position
                            best_ride[stop] = time
                            if egress[stop] < UNREACHED and time + egress[stop] < bound:
                                bound = time + egress[stop]
                                labels.reached[k] = bound
                                labels.reached_at[k] = stop
            if position > last:
                if not is_aboard:
                    break
                continue
            if flags & CAN_BOARD and ready[stop] < UNREACHED and position < n_calls - 1:
                if not is_aboard:
                    vehicle = min(vehicle, ridden[np.uintp(begin + position + 1)])
                if first_run == end_run:
                    if vehicle == 0:
                        continue
                    before = np.uintp(first_trip + vehicle - 1)
                    if trips[before, 0] + departures[np.uintp(trips[before, 1] + position)] < ready[stop]:
                        continue
                    low = _first_trip(trips, first_trip, vehicle - 1, ready[stop] - call_latest[call])
                    trip = np.uintp(first_trip + low)
                    while trips[trip, 0] + departures[np.uintp(trips[trip, 1] + position)] < ready[stop]:
                        low += 1
                        trip = np.uintp(first_trip + low)
                    vehicle = low
                    start = trips[trip, 0]
                    profile = trips[trip, 1]
                    board = position
                    is_aboard = True
                else:
                    passing = ready[stop] - departures[profile + position]
                    for run in range(first_run, end_run):
                        instant = max(passing, run_lo[run]) + run_board_wait[run]
                        if instant <= run_hi[run] and instant + run_alight_wait[run] < vehicle:
                            vehicle = instant + run_alight_wait[run]
                            start = vehicle
                            board = position
                            is_aboard = True
        if not was_ridden and ridden[begin + n_calls - 1] < UNREACHED:
            used[n_used] = pattern
            n_used += 1
    work.n_touched[k] = n_improved
    work.n_used[0] = n_used
    return n_improved, bound


@leaf
def _first_trip(trips: Int32Grid, first: int, n_trips: int, start: int) -> int:
    """The first of `n_trips` trips from `first` on that starts at `start` or later; n_trips if none does."""
    low = 0
    high = n_trips
    while low < high:
        middle = (low + high) >> 1
        if trips[np.uintp(first + middle), 0] < start:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _relax_footpaths(
    walks: Walks, k: int, n_improved: int, bound: int, least: Bits, limits: Limits, labels: Labels, work: Work
) -> int:
    """Where the vehicles of round k let riders board next: at the same stop or one footpath on. Returns n_marked."""
    ride, ready, ready_from, best_ready = labels.ride[k], labels.ready[k], labels.ready_from[k], labels.best_ready
    improved, is_improved, marked, is_marked = work.improved, work.is_improved, work.marked, work.is_marked
    latest_ready, touched, n_touched = work.latest_ready, work.touched[k], work.n_touched[k]
    ptr, ends, change_by_foot_s, walk_s, change_s = (
        walks.ptr,
        walks.stops,
        walks.change_by_foot_s,
        walks.walk_s,
        walks.change_s,
    )
    slack, max_walk_s, bounded, unit_s = limits.slack_s, limits.max_walk_s, limits.bounded, limits.unit_s
    n_marked = 0
    for index in range(n_improved):
        origin = np.uintp(improved[index])
        is_improved[origin] = 0
        leave = ride[origin] + slack
        first = ptr[origin]
        for number in range(first - 1, ptr[np.uintp(origin + np.uintp(1))]):
            if number < first:  # a change at the stop itself
                stop = origin
                if change_s[origin] == UNREACHED:
                    continue
                time = leave + change_s[origin]
            else:
                row = np.uintp(number)
                stop = np.uintp(ends[row])
                time = leave + change_by_foot_s[row]
                if walk_s[row] > max_walk_s:
                    continue
            if time > bound or time >= best_ready[stop] or (bounded == 1 and time > latest_ready[stop]):
                continue
            if _is_hopeless(time, stop, bound, unit_s, least):
                continue
            if is_marked[stop] == 0:
                is_marked[stop] = 1
                marked[n_marked] = stop
                n_marked += 1
                if ride[stop] == UNREACHED:
                    touched[n_touched] = stop
                    n_touched += 1
            ready[stop] = time
            ready_from[stop] = origin
            best_ready[stop] = time
    work.n_touched[k] = n_touched
    return n_marked
