"""What a search by price reads and writes: passes, their prices over time, stops, labels.

Kernels know arrays only; routing.cheapest.layout fills them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.kernels.layout import Bits, Int32Grid, Int32s, Int64s

Int64Grid = NDArray[np.int64]

AT_START, BY_PAIR, BY_METRES = range(3)
"""When and how a pass is priced."""
NO_PRICE = -1
NO_PASS = -1
KIND, GRID, N_STATIONS, MAX_RIDES, LIMIT_S, UNTIL_ALIGHTING, MIN_PROVIDERS, LINK = range(8)
"""Columns of Passes.columns."""
FULL = -1
"""There was no room for all labels."""
GIVEN_UP = -2
"""Nobody waits for the answer any more."""


class Passes(NamedTuple):
    """What can be bought. S stops, N passes, F classes of rides."""

    trip_class: Int32s
    """trip of the side -> its class, -1 where it may not be ridden             [T]"""
    class_provider: Int64s
    """                                                                         [F]"""
    covers: Bits
    """1 where a pass pays for rides of a class                                 [F, N]"""
    usable: Bits
    """1 where something that a pass pays for can be boarded                    [S, N]"""
    onward: Bits
    """1 where a rider who gets off may board such a thing next, here or on foot    [S, N]"""
    columns: Int32Grid
    """MAX_RIDES 0 and LIMIT_S -1 are no limit, LINK a row of links or -1       [N, 8]"""
    round_km: Int32s
    """Metres of a ride count as they are (0), to the nearest kilometre (1), up (2)    [N]"""
    factors: np.ndarray
    """What metres are multiplied by                                            [N]"""
    stations: Int32Grid
    """GRID, stop -> station, -1 for none                                       [., S]"""
    links: np.ndarray
    """LINK, stop -> a bit for each group of linked stops                       [., S]"""
    floors: Int64Grid
    """Station of a pass by pair -> the least that it can cost from there (mirrored: to there)    [N, .]"""
    metres_ptr: Int64s
    """trip of the side -> where its calls begin in `metres`, -1 for none       [T]"""
    metres: np.ndarray
    """Along a line, at each call of the forward side"""


class Spans(NamedTuple):
    """Prices, each from a second of the timetable on at which a pass is first used."""

    ptr: Int32s
    """pass -> its spans                                                        [N + 1]"""
    begin: Int32s
    first: Int64s
    """span -> where its amounts begin"""
    amounts: Int64s
    """BY_PAIR: stations x stations, AT_START: one, BY_METRES: nine numbers (routing.cheapest.passes)"""


class Asked(NamedTuple):
    """The numbers of a question, in seconds of the side."""

    time: int
    limit: int
    max_rounds: int
    slack_s: int
    max_walk_s: int
    unit_s: int
    """Of Least; 0: it is not read"""
    is_mirrored: int
    same_until: int
    """Before then who is sooner at a stop may pay more from there on"""


class Stops(NamedTuple):
    """What is known of stops."""

    board_by: Int32s
    """As of routing.cheapest.task.CheapTask                                    [S]"""
    alight_by: Int32s
    egress: Int32s
    """Seconds to the far end, UNREACHED elsewhere                              [S]"""
    later_until: Int32s
    """pattern -> to who is ready before then a later trip than the first may be cheaper    [P]"""


class Labels(NamedTuple):
    """Columns of labels, and lists of those at each stop. L is the room."""

    numbers: Int32Grid
    """See the columns below                                                    [L, 18]"""
    sums: Int64Grid
    """PAID, RIDDEN, PROVIDERS (that the pass in use has paid for), AT_LEAST (that will be paid in the end)    [L, 4]"""
    heads: Int32Grid
    """The first label of those who have got off (row 0) and are ready (1), for each of GROUPS    [2, S, GROUPS]"""
    ends: Int64Grid
    """Journeys: label (-1 where a better one has come, -2 of one known before), far end, near end, vehicles, amount,
    providers ridden                                                            [., 6]"""
    n_ends: Int64s
    """How many rows of `ends` are in use                                       [1]"""


class Ride(NamedTuple):
    """A vehicle that a rider boards."""

    label: int
    pattern: int
    position: int
    """Of the call where he boards it"""
    trip: int
    row: int
    """Of Side.trips"""
    start: int
    near: int
    """When he is at the near end then"""


class GettingOff(NamedTuple):
    """A call where a rider leaves a vehicle, and when it left the one where he boarded it."""

    off: int
    stop: int
    departure: int
    arrival: int
    n_calls: int


(
    STOP, TIME, NEAR, VEHICLES, PASS, ORIGIN, TABLE, METRES, SINCE, RIDES, LAST, LINKED, PARENT, PATTERN, BOARD, ALIGHT,
    TRIP, NEXT,
) = range(18)  # fmt: skip
PAID, RIDDEN, PROVIDERS, AT_LEAST = range(4)
END_LABEL, END_FAR, END_NEAR, END_VEHICLES, END_PAID, END_RIDDEN = range(6)
KNOWN_BEFORE = -2
GROUPS = 16
"""Labels of riders who owe nothing for a ticket in use are in the first; others by the ticket and where it began, as
only such can be as good as each other."""
GONE = -2
"""NEXT of a label that another is as good as."""
