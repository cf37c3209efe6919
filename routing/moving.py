"""Vehicles under way: which go from one stop to the next in some minutes and in a box on the map."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from ingest.model import Floats, Int32s, Int64s, Network
from routing.call_index import CallIndex
from routing.runs import day_start_s
from routing.trip_runs import TripRun, utc_date

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A vehicle between its calls number `position` and `position + 1`."""

    run: TripRun
    position: int


@dataclass(frozen=True, slots=True)
class _Runs:
    """Vehicles as columns, as in TripRun; headway_s is 0 for a timetable. Shape (runs,) each."""

    trip: Int32s
    base_s: Int64s
    day: Int64s
    headway_s: Int32s


class TooManyError(ValueError):
    """More was found than may be told. `limit` says how much that is."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} vehicles run there then")
        self.limit = limit


class MovingVehicles:
    """Vehicles of one network. Safe to share between threads."""

    def __init__(self, index: CallIndex) -> None:
        self._index, self._network = index, index.network
        network = index.network
        self._first = network.stop_times.departure[network.trips.times_ptr[:-1]].astype(np.int64)
        self._last = network.stop_times.arrival[network.trips.times_ptr[1:] - 1].astype(np.int64)
        self._boxes = _sequence_boxes(network)

    def segments(self, box: Box, start_s: int, end_s: int, route_types: frozenset[int], limit: int) -> list[Segment]:
        """Vehicles in the box at some instant of [start_s, end_s] (UTC seconds), by departure.

        Raises TooManyError beyond `limit`.
        """
        network = self._network
        trips = np.flatnonzero(self._may_cross(box) & self._is_type(route_types)).astype(np.int32)
        longest = int(self._last.max(initial=0)) + int(network.headways.end.max(initial=0))
        day = max(utc_date(start_s - longest) - timedelta(days=2), network.first_date)
        last = min(utc_date(end_s) + timedelta(days=1), self._last_day())
        found: list[Segment] = []
        departures: list[int] = []
        while day <= last:
            for runs in (self._scheduled(trips, day, start_s, end_s), self._repeated(trips, day, start_s, end_s)):
                which, row, leaves = self._between(runs, box, start_s, end_s)
                if len(found) + len(which) > limit:
                    raise TooManyError(limit)
                found += [_segment(network, runs, *pair) for pair in zip(which.tolist(), row.tolist(), strict=True)]
                departures += leaves.tolist()
            day += timedelta(days=1)
        return [found[place] for place in sorted(range(len(found)), key=departures.__getitem__)]

    def _last_day(self) -> date:
        return self._network.first_date + timedelta(days=self._network.services.runs.shape[1] - 1)

    def _is_type(self, route_types: frozenset[int]) -> Bools:
        routes = self._network.routes
        return np.isin(routes.type, list(route_types))[self._network.trips.route]

    def _may_cross(self, box: Box) -> Bools:
        """Trips whose stops' box touches `box`."""
        south, west, north, east = self._boxes
        touches = (south <= box.north) & (north >= box.south) & (west <= box.east) & (east >= box.west)
        found: Bools = touches[self._network.trips.sequence]
        return found

    def _begin(self, day: date, trips: Int32s) -> tuple[Int64s, Bools]:
        """Start of the service day of each trip, and which of them run on it."""
        network = self._network
        zone = network.agencies.zone[network.routes.agency[network.trips.route[trips]]]
        starts = np.array([day_start_s(day, name) for name in network.zones], np.int64)
        runs = network.services.runs[:, (day - network.first_date).days]
        return starts[zone], runs[network.trips.service[trips]] == 1

    def _scheduled(self, trips: Int32s, day: date, start_s: int, end_s: int) -> _Runs:
        trips = trips[self._network.trips.is_headway[trips] == 0]
        begin, active = self._begin(day, trips)
        rows = active & (begin + self._first[trips] <= end_s) & (begin + self._last[trips] >= start_s)
        count = int(rows.sum())
        return _Runs(
            trips[rows], begin[rows], np.full(count, day.toordinal(), np.int64), np.zeros(count, np.int32)
        )  # fmt: skip

    def _repeated(self, trips: Int32s, day: date, start_s: int, end_s: int) -> _Runs:
        """The vehicles that periods of frequencies.txt promise and that are under way then."""
        headways = self._network.headways
        trips = trips[self._network.trips.is_headway[trips] == 1]
        which, periods = self._index.headways_by_trip.of_keys(trips)
        trips = trips[which]
        begin, active = self._begin(day, trips)
        first, headway = begin + headways.start[periods], np.maximum(headways.headway_s[periods], 1).astype(np.int64)
        n_vehicles = -(-(headways.end[periods].astype(np.int64) - headways.start[periods]) // headway)
        low = np.maximum(-(-(start_s - (self._last - self._first)[trips] - first) // headway), 0)
        high = np.minimum((end_s - first) // headway + 1, n_vehicles)
        counts = np.where(active, np.maximum(high - low, 0), 0)
        rows = np.repeat(np.arange(len(counts)), counts)
        vehicle = low[rows] + np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        base = first[rows] + vehicle * headway[rows] - self._first[trips[rows]]
        told = np.where(headways.exact[periods[rows]] == 1, 0, headways.headway_s[periods[rows]])
        return _Runs(trips[rows], base, np.full(len(rows), day.toordinal(), np.int64), told.astype(np.int32))

    def _between(self, runs: _Runs, box: Box, start_s: int, end_s: int) -> tuple[Int64s, Int64s, Int64s]:
        """(run, position, departure) of each hop in the box and in time."""
        network = self._network
        ptr, times = network.trips.times_ptr, network.stop_times
        hops = ptr[runs.trip + 1] - ptr[runs.trip] - 1
        which = np.repeat(np.arange(len(runs.trip)), hops)
        position = np.arange(int(hops.sum())) - np.repeat(np.cumsum(hops) - hops, hops)
        row = ptr[runs.trip][which] + position
        leaves = runs.base_s[which] + times.departure[row]
        arrives = runs.base_s[which] + times.arrival[row + 1]
        inside = np.flatnonzero((leaves <= end_s) & (arrives >= start_s))
        call = network.sequences.ptr[network.trips.sequence[runs.trip[which[inside]]]] + position[inside]
        inside = inside[_touches(network, box, network.sequences.stops[call], network.sequences.stops[call + 1])]
        return which[inside], position[inside], leaves[inside]


def _segment(network: Network, runs: _Runs, which: int, position: int) -> Segment:
    headway = int(runs.headway_s[which]) or None
    day = date.fromordinal(int(runs.day[which]))
    return Segment(TripRun(network, int(runs.trip[which]), day, int(runs.base_s[which]), headway), position)


def _touches(network: Network, box: Box, start: Int32s, end: Int32s) -> Bools:
    """Whether the box around two stops touches `box`; never where one is nowhere."""
    lat, lon = network.stops.lat, network.stops.lon
    south, north = np.minimum(lat[start], lat[end]), np.maximum(lat[start], lat[end])
    west, east = np.minimum(lon[start], lon[end]), np.maximum(lon[start], lon[end])
    found: Bools = (south <= box.north) & (north >= box.south) & (west <= box.east) & (east >= box.west)
    return found


def _sequence_boxes(network: Network) -> tuple[Floats, Floats, Floats, Floats]:
    """south, west, north, east of the stops of each sequence; shape (sequences,) each."""
    stops, begin = network.sequences.stops, network.sequences.ptr[:-1]
    if len(begin) == 0:
        none = np.empty(0)
        return none, none, none, none
    lat, lon = network.stops.lat[stops], network.stops.lon[stops]
    return (
        np.fmin.reduceat(lat, begin), np.fmin.reduceat(lon, begin),
        np.fmax.reduceat(lat, begin), np.fmax.reduceat(lon, begin),
    )  # fmt: skip
