"""Departure boards: the next or the last vehicles at some stops, straight from the feeds' tables.

A headway service has no timetable. It is told as the vehicles that it promises, one in each headway from the start of
its period, each with the headway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from ingest.model import CAN_ALIGHT, CAN_BOARD, Int32s, Int64s, Network
from routing.call_index import CallIndex, Calls
from routing.runs import DAY_S, day_start_s
from routing.trip_runs import TripRun, utc_date

MOST_DAYS = 14
"""How many days are looked through for events; a board that is not full then says how far it got."""
MOST_EVENTS = 256

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Event:
    """A vehicle leaves a stop, or arrives there, at `at_s` (UTC seconds)."""

    run: TripRun
    position: int
    at_s: int

    @property
    def stop(self) -> int:
        """Row of Stops."""
        return int(self.run.stops[self.position])


@dataclass(frozen=True, slots=True)
class Board:
    """Events in order of time: all that there are in [start_s, end_s), UTC seconds."""

    events: tuple[Event, ...]
    start_s: int
    end_s: int


@dataclass(frozen=True, slots=True)
class BoardQuery:
    """Which events. At least `n` and all within `window_s` (but not beyond MOST_EVENTS), all at one instant or none.

    later: from time_s on; else the last ones before it. route_types: None means all. passing: also calls at which
    riders may not board (arrivals: alight). until_s: all events before that instant, in place of n and window_s.
    """

    stops: Int32s
    time_s: int
    n: int
    arrivals: bool = False
    later: bool = True
    window_s: int = 0
    route_types: frozenset[int] | None = None
    passing: bool = False
    until_s: int | None = None

    @property
    def span_s(self) -> int:
        """How far all events are wanted."""
        return self.window_s if self.until_s is None else max(self.until_s - self.time_s, 0)


@dataclass(frozen=True, slots=True)
class _Found:
    """Events as columns. `base_s` as in TripRun; headway_s is 0 for a timetable."""

    at_s: Int64s
    base_s: Int64s
    day: Int64s
    trip: Int32s
    position: Int32s
    headway_s: Int32s

    def where(self, rows: Bools | NDArray[np.intp]) -> _Found:
        return _Found(*(getattr(self, name)[rows] for name in self.__slots__))


def make_board(index: CallIndex, query: BoardQuery) -> Board:
    """The board that answers `query`."""
    if query.until_s is None and query.n <= 0 and query.window_s <= 0:
        return Board((), query.time_s, query.time_s)
    network = index.network
    calls = _wanted(network, index.at(np.unique(query.stops)), query)
    if len(calls.trip) == 0:
        return _empty(query)
    columns = _Columns(index, calls, query)
    found, reached = _none(), _far_s(query)
    for day, reached in _days(network, query, columns.longest_s):
        found = _joined(found, columns.on(day))
        if not _is_past(reached, query) or abs(reached - query.time_s) < query.span_s:
            continue
        if query.until_s is not None or _count_within(found, query, reached) >= query.n:
            break
    return _cut(network, found, query, reached)


def _wanted(network: Network, calls: Calls, query: BoardQuery) -> Calls:
    """The calls that count: vehicles that leave go on, and those that arrive have come from somewhere."""
    rows = ~calls.is_first if query.arrivals else ~calls.is_last
    if not query.passing:
        rows &= (calls.flags & (CAN_ALIGHT if query.arrivals else CAN_BOARD)) > 0
    if query.route_types is not None:
        rows &= np.isin(network.routes.type[network.trips.route[calls.trip]], list(query.route_types))
    return calls.where(rows)


def _days(network: Network, query: BoardQuery, longest_s: int) -> Iterator[tuple[date, int]]:
    """(service date, UTC second up to which events are complete once it is done), in the direction of the query."""
    first, last = network.first_date, network.first_date + timedelta(days=network.services.runs.shape[1] - 1)
    far_s, one = _far_s(query), timedelta(days=1)
    if query.later:
        day = max(utc_date(query.time_s - longest_s) - 2 * one, first)
        while day <= min(last, utc_date(far_s)):
            yield day, far_s if day == last else _starts(network, day + one, min)
            day += one
        return
    day = min(utc_date(query.time_s) + one, last)
    while day >= max(first, utc_date(far_s)):
        yield day, far_s if day == first else _starts(network, day - one, max) + longest_s + 1
        day -= one


def _far_s(query: BoardQuery) -> int:
    """How far a search goes, in UTC seconds."""
    return query.time_s + MOST_DAYS * DAY_S * (1 if query.later else -1)


def _starts(network: Network, day: date, pick: Callable[[list[int]], int]) -> int:
    return pick([day_start_s(day, zone) for zone in network.zones])


def _is_past(reached: int, query: BoardQuery) -> bool:
    return reached >= query.time_s if query.later else reached <= query.time_s


def _count_within(found: _Found, query: BoardQuery, reached: int) -> int:
    inside = found.at_s < reached if query.later else found.at_s >= reached
    return int(inside.sum())


class _Columns:
    """The wanted calls laid out to be turned into events of a day."""

    def __init__(self, index: CallIndex, calls: Calls, query: BoardQuery) -> None:
        network = index.network
        times = network.stop_times.arrival if query.arrivals else network.stop_times.departure
        self._network, self._query = network, query
        first = network.trips.times_ptr[calls.trip]
        at = times[first + calls.position].astype(np.int64)
        fixed = network.trips.is_headway[calls.trip] == 0
        self._fixed = calls.where(fixed)
        self._fixed_at = at[fixed]
        loose = calls.where(~fixed)
        which, self._periods = index.headways_by_trip.of_keys(loose.trip)
        self._loose = loose.where(which)
        self._first_departure = network.stop_times.departure[first[~fixed]].astype(np.int64)[which]
        self._offset = at[~fixed][which] - self._first_departure

    @property
    def longest_s(self) -> int:
        """The latest event of a service day, in its seconds."""
        ends = self._network.headways.end[self._periods].astype(np.int64) + self._offset
        return max(int(self._fixed_at.max(initial=0)), int(ends.max(initial=0)))

    def on(self, day: date) -> _Found:
        """The events of a service date that the query may want."""
        return _joined(self._scheduled(day), self._repeated(day))

    def _begin(self, day: date, trips: Int32s) -> tuple[Int64s, Bools]:
        """Start of the service day of each trip, and which of them run on it."""
        network = self._network
        zone = network.agencies.zone[network.routes.agency[network.trips.route[trips]]]
        starts = np.array([day_start_s(day, name) for name in network.zones], np.int64)
        runs = network.services.runs[:, (day - network.first_date).days]
        return starts[zone], runs[network.trips.service[trips]] == 1

    def _is_asked(self, at_s: Int64s) -> Bools:
        return at_s >= self._query.time_s if self._query.later else at_s < self._query.time_s

    def _scheduled(self, day: date) -> _Found:
        begin, active = self._begin(day, self._fixed.trip)
        at_s = begin + self._fixed_at
        rows = np.flatnonzero(active & self._is_asked(at_s))
        return _Found(
            at_s[rows], begin[rows], np.full(len(rows), day.toordinal(), np.int64), self._fixed.trip[rows],
            self._fixed.position[rows], np.zeros(len(rows), np.int32),
        )  # fmt: skip

    def _repeated(self, day: date) -> _Found:
        """Of each period as many vehicles as a board can hold, the nearest to the query's time."""
        periods, network = self._periods, self._network
        begin, active = self._begin(day, self._loose.trip)
        start, headway = network.headways.start[periods].astype(np.int64), network.headways.headway_s[periods]
        n_vehicles = -(-(network.headways.end[periods].astype(np.int64) - start) // np.maximum(headway, 1))
        from_query = -(-(self._query.time_s - begin - start - self._offset) // np.maximum(headway, 1))
        most = max(self._query.n, MOST_EVENTS if self._query.span_s else 0) + 1
        if self._query.later:
            low = np.maximum(from_query, 0)
            high = np.minimum(n_vehicles, low + most)
        else:
            high = np.minimum(n_vehicles, from_query)
            low = np.maximum(high - most, 0)
        counts = np.where(active, np.maximum(high - low, 0), 0)
        rows = np.repeat(np.arange(len(counts)), counts)
        vehicle = low[rows] + np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        leaves = begin[rows] + start[rows] + vehicle * headway[rows]
        return _Found(
            leaves + self._offset[rows], leaves - self._first_departure[rows],
            np.full(len(rows), day.toordinal(), np.int64), self._loose.trip[rows], self._loose.position[rows],
            np.where(network.headways.exact[periods[rows]] == 1, 0, headway[rows]).astype(np.int32),
        )  # fmt: skip


def _cut(network: Network, found: _Found, query: BoardQuery, reached: int) -> Board:
    """The board of what was found; `reached` is how far the search is complete."""
    inside = found.where(found.at_s < reached if query.later else found.at_s >= reached)
    order = np.lexsort((inside.position, inside.trip, inside.at_s))
    inside = inside.where(order if query.later else order[::-1])
    if query.until_s is not None:
        inside, reached = inside.where(inside.at_s < query.until_s), max(query.until_s, query.time_s)
        wanted = MOST_EVENTS
    else:
        away = np.abs(inside.at_s - query.time_s)
        wanted = min(max(query.n, int((away <= query.window_s).sum()) if query.window_s else 0), MOST_EVENTS)
    if len(inside.at_s) <= wanted:
        edge = max(reached, query.time_s) if query.later else min(reached, query.time_s)
        last = len(inside.at_s)
    else:
        # Of events at one instant either all are told or none: a page can go on after it.
        instant = int(inside.at_s[wanted - 1])
        last = int((inside.at_s <= instant).sum() if query.later else (inside.at_s >= instant).sum())
        edge = instant + 1 if query.later else instant
    rows = range(last) if query.later else range(last - 1, -1, -1)
    events = tuple(_event(network, inside, row) for row in rows)
    return Board(events, *((query.time_s, edge) if query.later else (edge, query.time_s)))


def _event(network: Network, found: _Found, row: int) -> Event:
    headway = int(found.headway_s[row]) or None
    run = TripRun(
        network, int(found.trip[row]), date.fromordinal(int(found.day[row])), int(found.base_s[row]), headway
    )  # fmt: skip
    return Event(run, int(found.position[row]), int(found.at_s[row]))


def _joined(left: _Found, right: _Found) -> _Found:
    return _Found(*(np.concatenate([getattr(left, name), getattr(right, name)]) for name in _Found.__slots__))


def _none() -> _Found:
    wide, narrow = np.empty(0, np.int64), np.empty(0, np.int32)
    return _Found(wide, wide, wide, narrow, narrow, narrow)


def _empty(query: BoardQuery) -> Board:
    """Nothing ever calls there."""
    return Board((), *sorted((query.time_s, _far_s(query))))
