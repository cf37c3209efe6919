"""The arrays that kernels read and write: one NamedTuple a purpose, numbers and NumPy only."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint8]
Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Int32Grid = NDArray[np.int32]

UNREACHED = 2_000_000_000
"""Later than any time, with room to add to it in int32."""

NO_WAY = 255
"""In Least: the destination cannot be reached from here."""

CAN_BOARD = 1
CAN_ALIGHT = 2


class Limits(NamedTuple):
    """What bounds one search."""

    horizon: int
    """Labels later than this are dropped (seconds of the side)."""
    max_rounds: int
    """Vehicles boarded at most."""
    slack_s: int
    """Added to each change of vehicle."""
    max_walk_s: int
    """No single walk is longer."""
    bounded: int
    """1: ride and ready labels later than Work.latest_ride and latest_ready of their stop are dropped too."""
    unit_s: int
    """Seconds of one unit of Least; 0: it is not read."""


class Least(NamedTuple):
    """Least travel time from each stop to the destination, in units, rounded down: 255 is no way, 254 that or more."""

    one_ride: Bits
    """With one vehicle at most                                 [S]"""
    any_rides: Bits
    """                                                         [S]"""


class Side(NamedTuple):
    """One direction of travel. In the backward side time runs the other way: its times are negated.

    A pattern is a stop sequence with trips that never overtake each other, in order of time, or one headway trip. Trips
    that take equally long from call to call share a profile: trip t departs from its call i at
    trips[t, 0] + departure_offset[trips[t, 1] + i], and arrives likewise. It starts at its departure from its first
    call, or at 0 if it is a headway trip, whose times are relative to the instant x at which its vehicle starts:
    boarding in a run from instant t gives x = max(t - offset, run_lo) + run_board_wait, if x <= run_hi, and
    alighting adds run_alight_wait.
    """

    calls_ptr: Int32s
    """pattern -> its calls                              [P + 1]"""
    call_stops: Int32s
    """call -> stop                                      [C]"""
    call_flags: Bits
    """call -> CAN_BOARD | CAN_ALIGHT                    [C]"""
    call_latest: Int32s
    """call -> greatest departure offset of its profiles [C]"""
    trips_ptr: Int32s
    """pattern -> its trips                              [P + 1]"""
    trips: Int32Grid
    """(start, where the offsets of its profile begin)   [T, 2]"""
    arrival_offset: Int32s
    departure_offset: Int32s
    runs_ptr: Int32s
    """pattern -> its runs; none for scheduled trips     [P + 1]"""
    run_lo: Int32s
    run_hi: Int32s
    run_board_wait: Int32s
    run_alight_wait: Int32s
    boardings_ptr: Int32s
    """stop -> calls where it can be boarded             [S + 1]"""
    boardings: Int32Grid
    """(pattern, position, call, when the last trip leaves: UNREACHED for a headway trip).   [., 4]"""


class Walks(NamedTuple):
    """Footpaths of one direction as CSR rows, for changes of vehicle. Seconds."""

    ptr: Int32s
    """stop -> its footpaths                                    [S + 1]"""
    stops: Int32s
    """footpath -> the stop at its end"""
    change_by_foot_s: Int32s
    """footpath -> time from one vehicle to the next"""
    walk_s: Int32s
    """footpath -> the walk alone: what a walking budget limits"""
    metres: Int32s
    """footpath -> walked metres"""
    change_s: Int32s
    """stop -> time of a change there, UNREACHED if forbidden   [S]"""


class Labels(NamedTuple):
    """Labels of one search, round by round: row k holds what k vehicles reach. S stops, K rounds and round 0."""

    ready: Int32Grid
    """When a vehicle can be boarded here after k vehicles      [K + 1, S]"""
    ready_from: Int32Grid
    """The stop that the walk came from; the stop itself if none [K + 1, S]"""
    ride: Int32Grid
    """When the k-th vehicle arrives here                       [K + 1, S]"""
    ride_pattern: Int32Grid
    ride_board: Int32Grid
    """Position where that vehicle was boarded"""
    ride_alight: Int32Grid
    """Position where it was left"""
    best_ready: Int32s
    """Least ready of all rounds so far                         [S]"""
    best_ride: Int32s
    """Least ride of all rounds so far                          [S]"""
    reached: Int32s
    """Least arrival at the destination with k vehicles or fewer, UNREACHED unless k improved it [K + 1]"""
    reached_at: Int32s
    """The stop where that vehicle is left                      [K + 1]"""


class Work(NamedTuple):
    """Queues of one search."""

    egress: Int32s
    """Seconds from a stop to the destination, UNREACHED elsewhere   [S]"""
    first_position: Int32s
    """Where a queued pattern is to be boarded first; -1 if not queued [P]"""
    last_position: Int32s
    """Where it is to be boarded last                           [P]"""
    ridden: Int32s
    """call -> first trip of its pattern (headway trip: least x) that was ridden to it in a round so far [C]"""
    used: Int32s
    """Patterns with calls ridden to, for wiping                [P]"""
    n_used: Int32s
    """                                                         [1]"""
    queue: Int32s
    """Queued patterns                                          [P]"""
    is_improved: NDArray[np.uint8]
    """Stops whose ride label improved in this round            [S]"""
    improved: Int32s
    is_marked: NDArray[np.uint8]
    """Stops whose ready label improved in the last round       [S]"""
    marked: Int32s
    touched: Int32Grid
    """Stops with labels in round k, for wiping                 [K + 1, S]"""
    n_touched: Int32s
    """                                                         [K + 1]"""
    latest_ride: Int32s
    """Read if Limits.bounded: ride labels later than this are of no use   [S]"""
    latest_ready: Int32s
    """Read if Limits.bounded: ready labels later than this are of no use  [S]"""


class Answer(NamedTuple):
    """Journeys as rows, at most one for each number of vehicles. Seconds and positions of the forward side."""

    departure: Int32s
    """When the rider leaves the origin                         [K]"""
    arrival: Int32s
    """When the rider is at the destination                     [K]"""
    n_rides: Int32s
    """                                                         [K]"""
    steps: NDArray[np.int32]
    """(pattern, board, alight) of each ride in order           [K, K, 3]"""
