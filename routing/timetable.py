"""The router's only input: flat arrays for the trips that run in one window of time."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.model import Bits, Int32s, Int64s
from routing.kernels.layout import UNREACHED, Side
from routing.stop_copies import StopCopies


class TripIndex(NamedTuple):
    """From the trips of patterns back to the feed's trips."""

    pattern_first: Int64s
    """pattern -> row of its trip 0 below                [P]"""
    parts_ptr: Int64s
    """row -> the trips it is made of; more than one where riders stay seated    [rows + 1]"""
    parts: Int32s
    """rows of Network.trips"""
    service_day: Int32s
    """row -> service date as proleptic ordinal          [rows]"""
    run_day: Int32s
    """run of the forward side -> service date           [runs]"""
    run_headway_s: Int32s
    """run of the forward side -> headway                [runs]"""
    run_end: Int32s
    """run of the forward side -> first instant at which no vehicle starts any more [runs]"""


class PatternClasses(NamedTuple):
    """What filters look at. A pattern that changes class while riders stay seated has several rows."""

    ptr: Int64s
    """pattern -> its rows                               [P + 1]"""
    provider: Int32s
    route_type: Int32s
    wheelchair: Bits
    """1 where trips.txt says that a wheelchair can ride."""


def pattern_owners(classes: PatternClasses) -> list[int]:
    """The providers of each pattern: bit i for the network's i-th."""
    providers = classes.provider.tolist()
    owners = []
    for first, end in pairwise(classes.ptr.tolist()):
        mask = 0
        for row in range(first, end):
            mask |= 1 << providers[row]
        owners.append(mask)
    return owners


class Timetable(NamedTuple):
    """Everything that runs in [epoch_s, epoch_s + span_s), both ways. Times are seconds since `epoch_s` (UTC)."""

    epoch_s: int
    span_s: int
    forward: Side
    backward: Side
    trips: TripIndex
    classes: PatternClasses
    stops: StopCopies

    @property
    def n_stops(self) -> int:
        """Stops, copies among them."""
        return len(self.stops.stop_of)

    @property
    def n_patterns(self) -> int:
        """Patterns, scheduled and headway."""
        return len(self.forward.calls_ptr) - 1


def check_timetable(timetable: Timetable) -> None:
    """Raise ValueError where an array breaks a rule that kernels rely on: they check no bounds themselves."""
    _check_copies(timetable.stops)
    for name in ("forward", "backward"):
        _check_side(getattr(timetable, name), timetable.n_stops, name)


def _check_copies(stops: StopCopies) -> None:
    n_stops, known = len(stops.stop_of), len(stops.copies_ptr) - 1
    _require(np.array_equal(stops.stop_of[:known], np.arange(known)), "the first stops are not the network's")
    _require(_within(stops.stop_of, known), "a copy is of a stop that is not there")
    _require(np.array_equal(np.sort(stops.copies), np.arange(n_stops)), "copies do not list every stop once")
    for ends in (stops.rule_from, stops.rule_to):
        _require(_within(ends, n_stops), "a rule is for a stop that is not there")


def _check_side(side: Side, n_stops: int, name: str) -> None:
    n_calls, n_trips = np.diff(side.calls_ptr), np.diff(side.trips_ptr)
    _require(bool((n_calls >= 2).all()), f"{name}: a pattern has fewer than two calls")
    _require(bool((n_trips >= 1).all()), f"{name}: a pattern has no trip")
    _require(len(n_trips) == len(n_calls) == len(side.runs_ptr) - 1, f"{name}: a pattern is missing")
    calls = (side.call_stops, side.call_flags, side.call_latest)
    _require(all(len(column) == side.calls_ptr[-1] for column in calls), f"{name}: a call is missing")
    _require(_within(side.call_stops, n_stops), f"{name}: a call names a stop that is not there")
    _check_times(side, n_calls, n_trips, name)
    _check_boardings(side, n_calls, n_stops, name)


def _check_boardings(side: Side, n_calls: Int32s, n_stops: int, name: str) -> None:
    n = len(side.call_stops)
    calls = side.boardings[:, 0]
    _require(_within(calls, n), f"{name}: a boarding is at no call")
    _require(len(side.boardings_ptr) == n_stops + 1, f"{name}: boardings_ptr has the wrong length")
    _require(side.boardings_ptr[-1] == len(side.boardings), f"{name}: a boarding is missing")
    at_stop = np.repeat(np.arange(n_stops), np.diff(side.boardings_ptr))
    _require(np.array_equal(side.call_stops[calls], at_stop), f"{name}: a boarding is at another stop")
    last_calls = side.calls_ptr[1:] - 1
    _require(not np.isin(calls, last_calls).any(), f"{name}: a last call can be boarded")
    pattern = np.repeat(np.arange(len(n_calls)), n_calls)
    position = np.arange(n) - side.calls_ptr[:-1][pattern]
    rows = np.stack([calls, pattern[calls], position[calls], side.call_latest[calls]], axis=1)
    _require(np.array_equal(side.boardings, rows), f"{name}: a boarding says otherwise than its call")
    boarded = np.full(n, n_stops)
    boarded[calls] = side.call_stops[calls]
    _require(np.array_equal(side.board_stops, boarded), f"{name}: a call is boarded at another stop")
    alight = (side.alight_stops == side.call_stops) | (side.alight_stops == n_stops)
    _require(bool(alight.all()), f"{name}: a call is left at another stop")
    last = side.trips[side.trips_ptr[1:] - 1][pattern]
    leaves = last[:, 0] + side.offsets[last[:, 1] + position, 1]
    leaves = np.where((np.diff(side.runs_ptr) > 0)[pattern], UNREACHED, leaves)
    _require(np.array_equal(side.call_last, leaves), f"{name}: a last departure is another")
    rows, n_patterns = side.first_trips.shape
    _require(rows >= 2 and n_patterns == len(n_calls), f"{name}: first trips are missing")
    _require(bool((side.first_trips[0] == 0).all()), f"{name}: the first trip is not the first")
    _require(bool((side.first_trips <= np.diff(side.trips_ptr)).all()), f"{name}: a first trip is not there")


def _check_times(side: Side, n_calls: Int32s, n_trips: Int32s, name: str) -> None:
    n_offsets = len(side.offsets)
    _require(len(side.trips) == side.trips_ptr[-1], f"{name}: a trip is missing")
    _require(side.offsets.shape == (n_offsets, 2), f"{name}: times are missing")
    for times in (side.trips[:, 0], side.offsets):
        furthest = max(int(times.max(initial=0)), -int(times.min(initial=0)))
        _require(furthest < UNREACHED // 4, f"{name}: a time is out of range")
    profile = side.trips[:, 1]
    ends = profile.astype(np.int64) + np.repeat(n_calls, n_trips)
    _require(bool((profile >= 0).all() and (ends <= n_offsets).all()), f"{name}: a trip has no times")
    same = np.ones(len(side.trips), bool)
    same[side.trips_ptr[:-1]] = False
    later = np.diff(side.trips[:, 0], prepend=np.int32(0)) >= 0
    _require(bool(later[same].all()), f"{name}: trips are not in order of time")


def trip_times(side: Side, pattern: int, trip: int) -> tuple[Int32s, Int32s]:
    """(arrivals, departures) at every call of the pattern's trip `trip`, counted from 0, in seconds of the side."""
    start, first = side.trips[int(side.trips_ptr[pattern]) + trip]
    cells = slice(int(first), int(first) + int(side.calls_ptr[pattern + 1] - side.calls_ptr[pattern]))
    return side.offsets[cells, 0] + start, side.offsets[cells, 1] + start


def _within(indices: NDArray[np.int32], size: int) -> bool:
    return len(indices) == 0 or (int(indices.min()) >= 0 and int(indices.max()) < size)


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise ValueError(message)
