"""The router's only input: flat arrays for the trips that run in one window of time."""

from __future__ import annotations

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
        return len(self.forward.n_trips)


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
    lengths = np.diff(side.calls_ptr)
    times = side.n_trips.astype(np.int64) * lengths
    _require(bool((lengths >= 2).all()), f"{name}: a pattern has fewer than two calls")
    _require(bool((side.n_trips >= 1).all()), f"{name}: a pattern has no trip")
    _require(np.array_equal(side.times_ptr, np.cumsum(times) - times), f"{name}: times_ptr does not add up")
    _require(len(side.departures) == len(side.arrivals) == int(times.sum()), f"{name}: times are missing")
    _require(_within(side.call_stops, n_stops), f"{name}: a call names a stop that is not there")
    _require(_within(side.boarding_patterns, len(side.n_trips)), f"{name}: a boarding names no pattern")
    _require(len(side.boardings_ptr) == n_stops + 1, f"{name}: boardings_ptr has the wrong length")
    _require(bool((side.boarding_positions >= 0).all()), f"{name}: a boarding is before the first call")
    positions_end = lengths[side.boarding_patterns] - 1
    _require(bool((side.boarding_positions < positions_end).all()), f"{name}: a last call can be boarded")
    for times_array in (side.departures, side.arrivals):
        _require(bool((np.abs(times_array.astype(np.int64)) < UNREACHED // 2).all()), f"{name}: a time is out of range")


def _within(indices: NDArray[np.int32], size: int) -> bool:
    return len(indices) == 0 or (int(indices.min()) >= 0 and int(indices.max()) < size)


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise ValueError(message)
