"""Which vehicles a rider catches who rides given patterns in order: the first of each that can be caught."""

from __future__ import annotations

from routing.kernels.compiled import kernel, part
from routing.kernels.layout import UNREACHED, Int32Grid, Int32s, Int64s, Side, Walks

TRIP, RUN, DEPARTURE, ARRIVAL, BOARDED, LEFT, CHANGE_S, CHANGE_M = range(8)
"""The columns of `catch`."""


@kernel
def catch(
    side: Side,
    walks: Walks,
    stop_of: Int32s,
    steps: Int64s,
    departure: int,
    access_stops: Int32s,
    access_s: Int32s,
    slack_s: int,
    found: Int32Grid,
) -> None:
    """Fill found [rides, 8]: trip of the pattern, headway run or -1, times, stops of the network, the footpath before.

    steps [rides, 3]: (pattern, board, alight). The rider leaves for the access stops at `departure`.
    """
    calls_ptr, call_stops, trips_ptr, trips, offsets = (
        side.calls_ptr, side.call_stops, side.trips_ptr, side.trips, side.offsets
    )  # fmt: skip
    left, ready = -1, 0
    for ride in range(len(steps)):
        pattern, board, alight = steps[ride, 0], steps[ride, 1], steps[ride, 2]
        begin = calls_ptr[pattern]
        boarded = call_stops[begin + board]
        change_s, change_m = 0, 0
        if ride == 0:
            ready = departure + access_s[_row_of(access_stops, 0, len(access_stops), stop_of[boarded])]
        elif left == boarded:
            ready += walks.change_s[boarded] + slack_s
        else:
            row = _row_of(walks.stops, walks.ptr[left], walks.ptr[left + 1], boarded)
            change_s, change_m = walks.change_by_foot_s[row], walks.metres[row]
            ready += change_s + slack_s
        first = trips_ptr[pattern]
        trip, run = first, -1
        if side.runs_ptr[pattern] == side.runs_ptr[pattern + 1]:
            trip = _first_trip(
                trips, offsets, first, trips_ptr[pattern + 1], board, ready, side.call_latest[begin + board]
            )
            start = trips[trip, 0]
        else:
            passing, start = ready - offsets[trips[first, 1] + board, 1] - trips[first, 0], UNREACHED
            for row in range(side.runs_ptr[pattern], side.runs_ptr[pattern + 1]):
                instant = max(passing, side.run_lo[row]) + side.run_board_wait[row]
                if instant <= side.run_hi[row] and instant < start:
                    start, run = instant, row
            start += trips[first, 0]
        profile = trips[trip, 1]
        left, ready = call_stops[begin + alight], start + offsets[profile + alight, 0]
        found[ride, TRIP], found[ride, RUN] = trip - first, run
        found[ride, DEPARTURE], found[ride, ARRIVAL] = start + offsets[profile + board, 1], ready
        found[ride, BOARDED], found[ride, LEFT] = stop_of[boarded], stop_of[left]
        found[ride, CHANGE_S], found[ride, CHANGE_M] = change_s, change_m


@part
def _first_trip(trips: Int32Grid, offsets: Int32Grid, first: int, end: int, board: int, ready: int, latest: int) -> int:
    """The first trip of a pattern that leaves the call at `ready` or later, at most `latest` after its start."""
    low, high = first, end
    while low < high:
        middle = (low + high) // 2
        if trips[middle, 0] + latest < ready:
            low = middle + 1
        else:
            high = middle
    while trips[low, 0] + offsets[trips[low, 1] + board, 1] < ready:
        low += 1
    return low


@part
def _row_of(stops: Int32s, low: int, high: int, stop: int) -> int:
    """The first of rows low..high - 1, sorted by stop, that is `stop` or comes after it."""
    while low < high:
        middle = (low + high) // 2
        if stops[middle] < stop:
            low = middle + 1
        else:
            high = middle
    return low
