"""When a vehicle with a timetable may become quicker than a journey by headway services that can start at any second.

A window is asked about again when its answers may change. A journey by headway services alone never leaves, so what is
quicker for a while, and is gone before the next question, would not be seen. So it is looked for by itself: riders who
leave in time for each vehicle with a timetable, at each stop that headway services bring them to, are sent on from
there all at once, as a search of a window does; and those who leave when a headway service begins. Who of them is
quicker says when to ask.

The vehicles that bring them there are not counted in that search. So one who is beaten there by somebody who leaves
later, with fewer vehicles from there on but more before, is not asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ingest.model import Bits, Int32s, Int64s
from routing.csr import ranges
from routing.kernels.layout import NO_WAY, UNREACHED, Side
from routing.least import LeastTimes
from routing.places import Reach
from routing.read_only import read_only

ENDLESS = 1_000_000_000
AND_MORE = 1.2
"""So much more than asked for is looked for, for it is seldom the longest journey that is met first."""


class Leaving(NamedTuple):
    """Riders who leave the near end, latest first, for vehicles with a timetable. Seconds of a side."""

    stops: Reach
    """Where they board the first of them, and how long they need to get there"""
    instants: Int32s
    """When each rider leaves"""
    rows: Int32s
    """For which of the stops"""


class Rivals:
    """Riders who leave in a window in time for a vehicle with a timetable. Instants are seconds of a side.

    find: the latest departures and first arrivals of those who take less than so long, as far as they beat each other.
    """

    def __init__(self, find: Callable[[int], tuple[Int64s, Int64s]]) -> None:
        self._find = find
        self._within_s = 0
        self._leave, self._arrive = np.empty((2, 0), np.int64)

    def next_s(self, at: int, longest_s: int) -> int | None:
        """The first departure after `at` of somebody who takes less than `longest_s`; None if there is none."""
        if longest_s > self._within_s:
            self._within_s = int(longest_s * AND_MORE)
            self._leave, self._arrive = self._find(self._within_s)
        quicker = self._leave[(self._leave > at) & (self._arrive - self._leave < longest_s)]
        return int(quicker.min()) if len(quicker) else None


def leaving(side: Side, allowed: Bits, near_s: Int32s, far: LeastTimes, begin: int, end: int, within_s: int) -> Leaving:
    """Who leaves in [begin, end) in time for a vehicle with a timetable, or when a headway service begins, and may be
    there in less than `within_s`.

    near_s: seconds from the near end to each stop by headway services at their best, UNREACHED where they do not go;
    far: least times from each stop to the far end.
    """
    rows = side.boardings[allowed[side.boardings[:, 1]] == 1]
    of_row = side.call_stops[rows[:, 0]]
    is_near = near_s[of_row].astype(np.int64) + _seconds(far, of_row) < within_s
    rows, of_row = rows[is_near], of_row[is_near]
    stops, stop_rows = np.unique(of_row, return_inverse=True)
    patterns, positions = rows[:, 1], rows[:, 2]
    n_runs, n_trips = np.diff(side.runs_ptr)[patterns], np.diff(side.trips_ptr)[patterns]
    n_trips[n_runs > 0] = 0
    # A headway service that begins is like a vehicle that leaves then.
    of_run, runs = np.repeat(np.arange(len(rows)), n_runs), ranges(side.runs_ptr[patterns], n_runs)
    of_trip, trips = np.repeat(np.arange(len(rows)), n_trips), ranges(side.trips_ptr[patterns], n_trips)
    of = np.concatenate([of_run, of_trip])
    starts = np.concatenate([side.run_lo[runs], side.trips[trips, 0]])
    profiles = np.concatenate([side.trips[side.trips_ptr[patterns[of_run]], 1], side.trips[trips, 1]])
    instants = starts + side.offsets[profiles + positions[of], 1] - near_s[of_row[of]]
    inside = np.flatnonzero((begin <= instants) & (instants < end))
    inside = inside[np.argsort(-instants[inside], kind="stable")]
    stops = stops.astype(np.int32)
    reach = Reach(stops, near_s[stops].astype(np.int32), np.zeros(len(stops), np.int32))
    return Leaving(reach, instants[inside].astype(np.int32), stop_rows[of[inside]].astype(np.int32))


def endless(side: Side) -> Side:
    """`side` with its headway services running all the time, each as often as it ever does."""
    counts = np.diff(side.runs_ptr)
    rows = np.flatnonzero(counts)
    if len(rows) == 0:
        return side
    board, alight = (
        read_only(np.repeat(np.minimum.reduceat(waits, side.runs_ptr[rows]), counts[rows]))
        for waits in (side.run_board_wait, side.run_alight_wait)
    )
    low, high = (read_only(np.full(len(board), limit, np.int32)) for limit in (-ENDLESS, ENDLESS))
    return side._replace(run_lo=low, run_hi=high, run_board_wait=board, run_alight_wait=alight)


def headways_only(side: Side, allowed: Bits) -> Bits:
    """Those of the allowed patterns that are headway services."""
    return read_only(allowed & (np.diff(side.runs_ptr) > 0).astype(np.uint8))


def _seconds(least: LeastTimes, stops: np.ndarray) -> Int64s:
    """Least times from some stops: 0 where nothing is known, more than any journey takes where there is no way."""
    if least.unit_s == 0:
        return np.zeros(len(stops), np.int64)
    units = least.table.any_rides[stops].astype(np.int64)
    return np.where(units == NO_WAY, UNREACHED, units * least.unit_s)
