"""RAPTOR (Delling, Pajor, Werneck: Round-Based Public Transit Routing, 2012), section 3.1, for either Side.

Two labels a stop and round: `ride`, when a vehicle brings the rider here, and `ready`, when the next can be boarded
here, at the same stop or at the end of one footpath. They are pruned apart, because footpaths are not
transitively closed: a stop reached early on foot must not swallow a later ride whose onward footpath matters.

Kernels know arrays only. Nothing is checked here: routing.timetable.check_timetable and routing.router have.
"""

from __future__ import annotations

from routing.kernels.compiled import kernel, leaf
from routing.kernels.layout import (
    CAN_ALIGHT,
    CAN_BOARD,
    UNREACHED,
    Bits,
    Int32s,
    Labels,
    Limits,
    Side,
    Walks,
    Work,
)


@kernel
def search(
    side: Side,
    walks: Walks,
    allowed: Bits,
    access_stops: Int32s,
    access_times: Int32s,
    egress_stops: Int32s,
    egress_s: Int32s,
    limits: Limits,
    labels: Labels,
    work: Work,
) -> int:
    """Fill `labels` from the access stops. Returns the number of rounds done.

    allowed [P]: 1 for the patterns that may be ridden. access_times: the instants at which the access stops are
    reached. egress_s: seconds from the egress stops to the destination.
    """
    _wipe(labels, work)
    for index in range(len(egress_stops)):
        work.egress[egress_stops[index]] = egress_s[index]
    n_marked = _start(access_stops, access_times, limits, labels, work)
    bound = limits.horizon + 1  # labels later than this are useless, and an arrival must be before it
    rounds = 0
    for k in range(1, limits.max_rounds + 1):
        n_queued = _queue_patterns(side, allowed, k, n_marked, labels, work)
        n_marked = 0
        if n_queued == 0:
            break
        rounds = k
        n_improved, bound = _scan_patterns(side, k, n_queued, bound, limits, labels, work)
        n_marked = _relax_footpaths(walks, k, n_improved, bound, limits, labels, work)
    for index in range(n_marked):
        work.is_marked[work.marked[index]] = 0
    for index in range(len(egress_stops)):
        work.egress[egress_stops[index]] = UNREACHED
    return rounds


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
def _start(access_stops: Int32s, access_times: Int32s, limits: Limits, labels: Labels, work: Work) -> int:
    """Round 0: the first walk. Returns the number of marked stops."""
    n_marked = 0
    for index in range(len(access_stops)):
        stop = access_stops[index]
        time = access_times[index]
        if time > limits.horizon or time >= labels.best_ready[stop]:
            continue
        if limits.bounded == 1 and time > work.latest_ready[stop]:
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
    """Queue the patterns that can be boarded at marked stops, each with its first such call. Unmarks the stops."""
    ready = labels.ready[k - 1]
    marked, is_marked, queue, first_position = work.marked, work.is_marked, work.queue, work.first_position
    boardings_ptr, boarding_patterns, boarding_positions = (
        side.boardings_ptr,
        side.boarding_patterns,
        side.boarding_positions,
    )
    runs_ptr, n_trips, times_ptr, departures = side.runs_ptr, side.n_trips, side.times_ptr, side.departures
    n_queued = 0
    for index in range(n_marked):
        stop = marked[index]
        is_marked[stop] = 0
        time = ready[stop]
        for row in range(boardings_ptr[stop], boardings_ptr[stop + 1]):
            pattern = boarding_patterns[row]
            if allowed[pattern] == 0:
                continue
            position = boarding_positions[row]
            known = first_position[pattern]
            if 0 <= known <= position:
                continue
            if (
                runs_ptr[pattern] == runs_ptr[pattern + 1]
                and departures[times_ptr[pattern] + (position + 1) * n_trips[pattern] - 1] < time
            ):
                continue  # the last trip has left
            if known < 0:
                queue[n_queued] = pattern
                n_queued += 1
            first_position[pattern] = position
    return n_queued


@kernel
def _scan_patterns(
    side: Side, k: int, n_queued: int, bound: int, limits: Limits, labels: Labels, work: Work
) -> tuple[int, int]:
    """Ride every queued pattern from its first call on. Returns (number of improved stops, bound)."""
    # Local names: taking an array out of a NamedTuple costs a reference count, once here and not in the loops.
    ready, ride, best_ride = labels.ready[k - 1], labels.ride[k], labels.best_ride
    ride_pattern, ride_board, ride_alight = labels.ride_pattern[k], labels.ride_board[k], labels.ride_alight[k]
    egress, latest_ride, first_position = work.egress, work.latest_ride, work.first_position
    is_improved, improved, queue, touched = work.is_improved, work.improved, work.queue, work.touched[k]
    calls_ptr, call_stops, call_flags = side.calls_ptr, side.call_stops, side.call_flags
    departures, arrivals, runs_ptr = side.departures, side.arrivals, side.runs_ptr
    run_lo, run_hi = side.run_lo, side.run_hi
    run_board_wait, run_alight_wait = side.run_board_wait, side.run_alight_wait
    bounded = limits.bounded
    n_improved = 0
    for index in range(n_queued):
        pattern = queue[index]
        first = first_position[pattern]
        first_position[pattern] = -1
        begin = calls_ptr[pattern]
        n_calls = calls_ptr[pattern + 1] - begin
        n_trips = side.n_trips[pattern]
        times = side.times_ptr[pattern]
        first_run, end_run = runs_ptr[pattern], runs_ptr[pattern + 1]
        trip = n_trips  # of a scheduled pattern: the trip that is ridden, n_trips for none
        vehicle = UNREACHED  # of a headway pattern: what an arrival adds its offset to
        board = -1
        for position in range(first, n_calls):
            stop = call_stops[begin + position]
            flags = call_flags[begin + position]
            if board >= 0 and flags & CAN_ALIGHT:
                if first_run == end_run:
                    time = arrivals[times + trip * n_calls + position]
                else:
                    time = vehicle + arrivals[times + position]
                if time <= bound and time < best_ride[stop] and (bounded == 0 or time <= latest_ride[stop]):
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
            if flags & CAN_BOARD and ready[stop] < UNREACHED:
                if first_run == end_run:
                    found = first_trip(departures, times + position * n_trips, trip, ready[stop])
                    if found < trip:
                        trip = found
                        board = position
                else:
                    passing = ready[stop] - departures[times + position]
                    for run in range(first_run, end_run):
                        start = max(passing, run_lo[run]) + run_board_wait[run]
                        if start <= run_hi[run] and start + run_alight_wait[run] < vehicle:
                            vehicle = start + run_alight_wait[run]
                            board = position
    work.n_touched[k] = n_improved
    return n_improved, bound


@leaf
def first_trip(departures: Int32s, row: int, n_trips: int, ready: int) -> int:
    """The first of the leading `n_trips` trips of a call that departs at `ready` or later; n_trips if none does."""
    low = 0
    high = n_trips
    while low < high:
        middle = (low + high) >> 1
        if departures[row + middle] < ready:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _relax_footpaths(
    walks: Walks, k: int, n_improved: int, bound: int, limits: Limits, labels: Labels, work: Work
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
    slack, max_walk_s, bounded = limits.slack_s, limits.max_walk_s, limits.bounded
    n_marked = 0
    for index in range(n_improved):
        origin = improved[index]
        is_improved[origin] = 0
        leave = ride[origin] + slack
        for row in range(ptr[origin] - 1, ptr[origin + 1]):
            if row < ptr[origin]:  # a change at the stop itself
                stop = origin
                if change_s[origin] == UNREACHED:
                    continue
                time = leave + change_s[origin]
            else:
                stop = ends[row]
                time = leave + change_by_foot_s[row]
                if walk_s[row] > max_walk_s:
                    continue
            if time > bound or time >= best_ready[stop] or (bounded == 1 and time > latest_ready[stop]):
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
