"""The arrays that kernels read and write: one NamedTuple a purpose, numbers and NumPy only."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint8]
Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Int32Grid = Annotated[NDArray[np.int32], 2]
Int32Box = Annotated[NDArray[np.int32], 3]
"""With their dimensions, for routing.kernels.addressed."""
ByteGrid = Annotated[NDArray[np.uint8], 2]

UNREACHED = 2_000_000_000
"""Later than any time, with room to add to it in int32."""

NEVER = -2_000_000_000
"""A limit that no label keeps."""

BUCKET_S = 1800
"""First trips are noted for each stretch of so many seconds."""

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
    unit_s: int
    """Seconds of one unit of Least; 0: it is not read."""


class Least(NamedTuple):
    """Least travel time from each stop to the destination, in units, rounded down: 255 is no way, 254 that or more."""

    one_ride: Bits
    """With one vehicle at most                                 [S]"""
    any_rides: Bits
    """                                                         [S]"""
    n_rides: Bits
    """Not a time: the least number of vehicles                 [S]"""


class Typical(NamedTuple):
    """How long riders usually take, by cells of stops: the first search guesses by it. Empty where nothing is known."""

    cell: Int32s
    """stop -> its cell                                         [S]"""
    minutes: ByteGrid
    """from cell to cell; NO_WAY where nobody knows             [., .]"""


class Side(NamedTuple):
    """One direction of travel. In the backward side time runs the other way: its times are negated.

    A pattern is a stop sequence with trips that never overtake each other, in order of time, or one headway trip. Trips
    that take equally long from call to call share a profile: trip t departs from its call i at
    trips[t, 0] + offsets[trips[t, 1] + i, 1], and arrives likewise. It starts at its departure from its first
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
    board_stops: Int32s
    """call -> its stop, or S where nobody may board or the pattern ends     [C]"""
    alight_stops: Int32s
    """call -> its stop, or S where nobody may alight    [C]"""
    call_latest: Int32s
    """call -> greatest departure offset of its profiles [C]"""
    trips_ptr: Int32s
    """pattern -> its trips                              [P + 1]"""
    trips: Int32Grid
    """(start, where the offsets of its profile begin)   [T, 2]"""
    first_trips: Int32Grid
    """(stretch of BUCKET_S seconds, pattern) -> its first trip that starts then or later: 0 in the first row,
    the number of its trips in the last.                 [., P]"""
    first_trips_from: Int32s
    """Where the first stretch begins                    [1]"""
    offsets: Int32Grid
    """(arrival, departure) of each call of each profile: one beside the other, for a ride reads both   [., 2]"""
    runs_ptr: Int32s
    """pattern -> its runs; none for scheduled trips     [P + 1]"""
    run_lo: Int32s
    run_hi: Int32s
    run_board_wait: Int32s
    run_alight_wait: Int32s
    boardings_ptr: Int32s
    """stop -> its boardings                             [S + 1]"""
    boardings: Int32Grid
    """(call, pattern, position of the call in it, call_latest of the call) where it can be boarded  [., 4]"""
    call_last: Int32s
    """call -> when the last trip leaves it: UNREACHED for a headway trip    [C]"""


class Walks(NamedTuple):
    """Footpaths of one direction as CSR rows, for changes of vehicle. Seconds."""

    rows: Int32Grid
    """(stops, change_by_foot_s, walk_s) of each footpath, side by side for kernels that read all three  [., 3]"""

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


class Ends(NamedTuple):
    """Stops at both ends of a search, with the seconds on foot between them and the rider's places."""

    near_stops: Int32s
    near_s: Int32s
    far_stops: Int32s
    far_s: Int32s


class State(NamedTuple):
    """What one search writes. S stops, C calls, at most K rounds.

    Records are kept round by round: round k has rides ride_ptr[k] to ride_ptr[k + 1] - 1, one a stop that the k-th
    vehicle reached sooner than any vehicle before, and readies ready_ptr[k] to ready_ptr[k + 1] - 1 likewise.
    """

    rides: Int32Grid
    """(stop, arrival, pattern, position boarded at, position left at, row of readies)   [., 6]"""
    ride_ptr: Int32s
    """                                                         [K + 2]"""
    readies: Int32Grid
    """(stop, time, row of rides that the change or walk came from, -1 in round 0)        [., 3]"""
    ready_ptr: Int32s
    """                                                         [K + 2]"""
    ride_at: Int32s
    """The last record of each stop, if it has one: older searches leave theirs           [S]"""
    ready_at: Int32s
    ride_limit: Int32s
    """A vehicle must reach the stop before this to be of use; row S is NEVER             [S + 1]"""
    ready_limit: Int32s
    """A rider must be ready to board before this               [S]"""
    ride_need: Bits
    """How many vehicles less than allowed must have been ridden for a ride to the stop to be of use     [S + 1]"""
    ready_need: Bits
    """                                                         [S]"""
    ride_round: Bits
    """The first round with a ride to the stop, NO_WAY if there is none  [S + 1]"""
    ready_round: Bits
    """                                                         [S]"""
    reached: Int32s
    """Least arrival at the destination with k vehicles or fewer, UNREACHED unless k improved it [K + 1]"""
    reached_at: Int32s
    """The row of rides that did                                [K + 1]"""
    egress: Int32s
    """Seconds from a stop to the destination, UNREACHED elsewhere   [S + 1]"""
    ridden: Int32s
    """call -> first trip of its pattern (headway trip: least x) ridden to it; UNREACHED between searches    [C]"""
    last_chance: Int32s
    """call -> when the last trip leaves it that none ridden from there so far is as early as; Side.call_last between
    searches                                                    [C]"""
    segments: Int32Grid
    """(first, end): calls ridden to, for wiping                [., 2]"""
    n_segments: Int32s
    """How many there are; if more than fit, all calls are wiped     [1]"""


class Sweep(NamedTuple):
    """What a search from one to all writes. S stops, P patterns; marks are off between searches."""

    arrival: Int32s
    """When a vehicle is first at the stop; row S is no stop    [S + 1]"""
    ready: Int32s
    """When the next vehicle can be boarded there; row S is later than any vehicle      [S + 1]"""
    is_marked: Bits
    """1 for stops at which riders are ready sooner since the last round    [a multiple of 8, at least S]"""
    marked_words: Int64s
    """The same memory, eight stops a number"""
    is_ride: Bits
    """1 for stops at which a vehicle is sooner in this round   [a multiple of 8, at least S + 1]"""
    ride_words: Int64s
    """The same memory, eight stops a number"""
    first_call: Int32s
    """pattern -> its first call to ride from, UNREACHED if it is not ridden    [P]"""
    last_call: Int32s
    """pattern -> its last call where a rider may board an earlier vehicle      [P]"""
    chance: Int32s
    """call -> when the last vehicle leaves it that is earlier than all ridden from there    [C]"""


class RangeState(NamedTuple):
    """What a search over a window keeps from later departures, for up to k vehicles. S stops, C calls."""

    ride_limit: Int32Grid
    """As of State, the last column is NEVER                    [K + 1, S + 1]"""
    ready_limit: Int32Grid
    """                                                         [K + 1, S]"""
    chance: Int32Grid
    """As of Sweep; Side.call_last between searches             [K + 1, C]"""
    segments: Int32Grid
    """(first, end, k): calls left with the k-th vehicle, for wiping     [., 3]"""
    n_segments: Int32s
    """How many there are; if more than fit, all calls are wiped     [1]"""


class Found(NamedTuple):
    """Journeys of a search over a window, in its order. Seconds of the side, positions of the forward side."""

    near: Int32s
    """When the rider is at the end that the search starts from    [.]"""
    far: Int32s
    n_rides: Int32s
    steps: Int32Box
    """(pattern, board, alight) of each ride in order           [., K, 3]"""


class Answer(NamedTuple):
    """Journeys as rows, at most one for each number of vehicles. Seconds and positions of the forward side."""

    departure: Int32s
    """When the rider leaves the origin                         [K]"""
    arrival: Int32s
    """When the rider is at the destination                     [K]"""
    n_rides: Int32s
    """                                                         [K]"""
    steps: Int32Box
    """(pattern, board, alight) of each ride in order           [K, K, 3]"""
    soonest: Int32s
    """When the far end is reached with k vehicles or fewer, UNREACHED where it is not (seconds of the side) [K + 1]"""
