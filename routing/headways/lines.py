"""Which headway trips go from one stop to another, and when their vehicles may come."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ingest.model import Bits, Int32s, Int64s
from routing.kernels.next_vehicle import departures_of
from routing.kernels.rides import find_rides
from routing.kernels.rows import Rows
from routing.timetable import Timetable

NO_LIMIT = int(np.iinfo(np.int64).max) // 4


class Ride(NamedTuple):
    """From one call of a pattern to a later one (positions of the forward side)."""

    pattern: int
    board: int
    alight: int


class Line(NamedTuple):
    """A headway trip from one stop to another. Its rows are in seconds of the timetable, at the first of the stops."""

    trip: int
    """Row of Network.trips"""
    ride_s: int
    first: Int64s
    """row -> when a vehicle may leave here at the earliest     [rows]"""
    end: Int64s
    """row -> from when on none leaves here any more            [rows]"""
    headway_s: Int64s
    """                                                         [rows]"""


class LinesBetween(tuple[Line, ...]):
    """The lines between two stops, and what is made of them once for all riders."""

    @cached_property
    def rows(self) -> Rows:
        """As for riders of whom none is too late, shorter rides first."""
        return laid_out(self)


def laid_out(lines: Sequence[Line]) -> Rows:
    """The rows of lines of which lines[0] is the planned one, shorter rides first, without a limit."""
    counts = [len(line.first) for line in lines]
    ride_s = np.repeat([line.ride_s for line in lines], counts)
    order = np.argsort(ride_s, kind="stable")
    first, end, headway_s = (np.concatenate([line[column] for line in lines])[order] for column in (2, 3, 4))
    number = np.repeat(np.arange(len(lines)), counts)[order]
    return Rows(number, ride_s[order], first, end, headway_s, lines[0].ride_s, NO_LIMIT)


def lines_between(timetable: Timetable, allowed: Bits, ride: Ride) -> LinesBetween:
    """The line of a ride in a headway trip, and all others of its provider between the same two stops.

    allowed [P]: 1 for the patterns that may be ridden. Of a trip that calls at a stop twice, the shortest ride.
    Stops are those of the timetable: copies are others, because transfers.txt treats changes there in another way.
    """
    classes = timetable.classes
    provider = classes.provider[classes.ptr[ride.pattern]]
    shortest: dict[int, Line] = {}
    for other in rides_between(timetable, allowed, ride):
        if other.pattern == ride.pattern or not is_headway(timetable, other.pattern):
            continue
        if classes.provider[classes.ptr[other.pattern]] == provider:
            line = _line(timetable, other)
            if line.ride_s < shortest.get(other.pattern, line).ride_s or other.pattern not in shortest:
                shortest[other.pattern] = line
    return LinesBetween([_line(timetable, ride), *shortest.values()])


def rides_between(timetable: Timetable, allowed: Bits, ride: Ride) -> list[Ride]:
    """Every ride in an allowed pattern between the two stops of `ride`, to the first call there, by pattern."""
    return [Ride(*found) for found in _rides_between(timetable, allowed, ride).tolist()]


def _rides_between(timetable: Timetable, allowed: Bits, ride: Ride) -> Int64s:
    """The same, [rides, 3]."""
    side = timetable.forward
    start, end = (int(side.call_stops[side.calls_ptr[ride.pattern] + position]) for position in ride[1:])
    boardings = side.boardings[side.boardings_ptr[start] : side.boardings_ptr[start + 1]]
    return find_rides(boardings, side.calls_ptr, side.call_stops, side.call_flags, allowed, end)


def is_headway(timetable: Timetable, pattern: int) -> bool:
    """Whether a pattern has no timetable."""
    runs_ptr = timetable.forward.runs_ptr
    return bool(runs_ptr[pattern] < runs_ptr[pattern + 1])


def scheduled_between(
    timetable: Timetable, allowed: Bits, ride: Ride, providers: frozenset[int]
) -> tuple[Int32s, Int32s]:
    """(departures, arrivals) of scheduled vehicles of `providers` between the two stops of a ride, by departure.

    arrivals[i] is the earliest of those who leave at departures[i] or later. Seconds of the timetable.
    """
    side, classes = timetable.forward, timetable.classes
    is_ridden = np.zeros(int(classes.provider.max(initial=-1)) + 1, np.uint8)
    is_ridden[[*providers]] = 1
    rides = _rides_between(timetable, allowed, ride)
    owners = classes.ptr, classes.provider, is_ridden
    return departures_of(rides, side.runs_ptr, *owners, side.trips_ptr, side.trips, side.offsets)


def _line(timetable: Timetable, ride: Ride) -> Line:
    side, trips = timetable.forward, timetable.trips
    start, profile = side.trips[side.trips_ptr[ride.pattern]].tolist()
    offset = start + int(side.offsets[profile + ride.board, 1])
    runs = slice(int(side.runs_ptr[ride.pattern]), int(side.runs_ptr[ride.pattern + 1]))
    part = int(trips.parts_ptr[int(trips.pattern_first[ride.pattern])])
    return Line(
        trip=int(trips.parts[part]),
        ride_s=start + int(side.offsets[profile + ride.alight, 0]) - offset,
        first=side.run_lo[runs].astype(np.int64) + offset,
        end=trips.run_end[runs].astype(np.int64) + offset,
        headway_s=trips.run_headway_s[runs].astype(np.int64),
    )
