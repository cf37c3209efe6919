"""The fares of one question laid out for the kernel.

What it cannot say in numbers is left to routing.cheapest.plain: besides what routing.cheapest.passes leaves to it,
several currencies, rides in which the rider stays seated from trip to trip, and a change of date or clock that changes
what is sold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ingest.model import Bits, Floats, Int32s, Int64s
from routing.cheapest.clock import Clock
from routing.cheapest.passes import MOST, IsFor, NotInNumbersError, Pass, PassMaker
from routing.cheapest.task import CheapTask
from routing.csr import pointers
from routing.fares.tariff import TariffTicket
from routing.fares.tariff_price import Distance
from routing.kernels.layout import NEVER, UNREACHED
from routing.kernels.priced_layout import BY_METRES, BY_PAIR, NO_PRICE, Passes, Spans

MOST_PROVIDERS = 62
MOST_PASSES = 4000
MOST_AMOUNTS = 20_000_000


@dataclass(frozen=True, slots=True)
class LaidOut:
    """The fares of one question.

    Seconds of the side:
    later_until  pattern -> to who is ready before then a later trip than the first may be cheaper    [P]
    same_until   before then who is sooner at a stop may pay more from there on
    """

    passes: Passes
    spans: Spans
    later_until: Int32s
    same_until: int
    currency: str


def lay_out(task: CheapTask) -> LaidOut:
    """Raises NotInNumbersError."""
    return _Layout(task).lay_out()


class _Layout:
    def __init__(self, task: CheapTask) -> None:
        clock, network = Clock.of(task), task.network
        if clock is None or len(network.providers) > MOST_PROVIDERS or len(task.book.currencies) != 1:
            raise NotInNumbersError
        self._task, self._clock = task, clock
        side = task.side
        self._pattern = np.repeat(np.arange(len(side.calls_ptr) - 1), np.diff(side.trips_ptr))
        self._routes, self._trip_class = self._classes()
        self._passes: list[Pass] = []
        self._of_scheme: dict[int, list[tuple[int, IsFor]]] = {}
        of_class = [self._passes_for(route) for route in self._routes]
        if len(self._passes) > MOST_PASSES or not self._passes:
            raise NotInNumbersError
        self._merge(of_class)

    def _classes(self) -> tuple[list[int], Int32s]:
        """(class -> route, trip of the side -> class, -1 where it may not be ridden). A class is priced alike."""
        task, trips = self._task, self._task.timetable.trips
        used = task.allowed[self._pattern] == 1
        if (np.diff(trips.parts_ptr)[used] > 1).any():
            raise NotInNumbersError
        route = task.network.trips.route[trips.parts[trips.parts_ptr[:-1]]][self._forward_rows()]
        routes, number = np.unique(route[used], return_inverse=True)
        found = np.full(len(route), -1, np.int32)
        found[used] = number
        return routes.tolist(), found

    def _merge(self, of_class: Sequence[Sequence[int]]) -> None:
        """Routes of one provider that the same passes pay for are one class."""
        owner = self._task.network.routes.provider[self._routes].tolist()
        numbers: dict[tuple[int, tuple[int, ...]], int] = {}
        merged = [
            numbers.setdefault((provider, tuple(passes)), len(numbers))
            for provider, passes in zip(owner, of_class, strict=True)
        ]
        used = self._trip_class >= 0
        self._trip_class[used] = np.array(merged, np.int32)[self._trip_class[used]]
        self._owners = np.array([provider for provider, _ in numbers], np.int64)
        self._covers = np.zeros((len(numbers), len(self._passes)), np.uint8)
        for (_, passes), row in numbers.items():
            self._covers[row, list(passes)] = 1

    def _forward_rows(self) -> Int64s:
        """Trip of the side -> the same of the forward side: backward a pattern's trips run the other way round."""
        rows = np.arange(len(self._pattern))
        if not self._task.arrive_by:
            return rows
        ptr = self._task.side.trips_ptr
        found: Int64s = ptr[self._pattern].astype(np.int64) + ptr[self._pattern + 1] - 1 - rows
        return found

    def _passes_for(self, route: int) -> list[int]:
        """The passes that pay for rides on a route."""
        task, network = self._task, self._task.network
        provider = network.providers[int(network.routes.provider[route])].id
        feed = network.feeds[int(network.routes.feed[route])].id
        sold = [task.book.schemes(provider, feed, route, day) for day in self._clock.days()]
        if any(set(map(id, schemes)) != set(map(id, sold[0])) for schemes in sold):
            raise NotInNumbersError
        found = []
        for scheme in sold[0]:
            if id(scheme) not in self._of_scheme:
                made = list(PassMaker(task, self._clock).of(scheme))
                first = len(self._passes)
                self._passes += [one for one, _ in made]
                self._of_scheme[id(scheme)] = [(first + at, is_for) for at, (_, is_for) in enumerate(made)]
            found += [number for number, is_for in self._of_scheme[id(scheme)] if is_for(route)]
        return found

    def lay_out(self) -> LaidOut:
        usable = self._usable()
        timed_until = np.array([self._timed_until(one) for one in self._passes], np.int32)
        same_until = self._same_until(timed_until)
        # Who takes a later train may find a cheaper headway service.
        later_until = np.maximum(self._later_until(timed_until), same_until).astype(np.int32)
        metres_ptr, metres = self._metres()
        columns, stations, links = self._columns()
        passes = Passes(
            trip_class=self._trip_class,
            class_provider=self._owners,
            covers=self._covers,
            usable=usable,
            onward=self._onward(usable),
            columns=columns,
            round_km=np.array([one.round_km for one in self._passes], np.int32),
            factors=np.array([one.factor for one in self._passes], np.float64),
            stations=stations,
            links=links,
            floors=self._floors(),
            metres_ptr=metres_ptr,
            metres=metres,
        )
        spans = self._spans()
        for array in (*passes, *spans, later_until):
            array.flags.writeable = False
        (currency,) = self._task.book.currencies
        return LaidOut(passes, spans, later_until, same_until, currency)

    def _columns(self) -> tuple[Int32s, Int32s, Int64s]:
        """(columns, stations, links) of Passes."""
        grids: dict[bytes, int] = {}
        stations: list[Int32s] = []
        links: list[Int64s] = [np.zeros(self._task.timetable.n_stops, np.int64)]
        columns = np.zeros((len(self._passes), 8), np.int32)
        for row, one in enumerate(self._passes):
            key = one.stations.tobytes()
            if key not in grids:
                grids[key] = len(grids)
                stations.append(one.stations)
            if one.links is not None:
                links.append(one.links)
            columns[row] = (
                one.kind, grids[key], one.n_stations, one.max_rides, one.limit_s,
                one.until_alighting, one.min_providers, -1 if one.links is None else len(links) - 1,
            )  # fmt: skip
        return columns, np.stack(stations), np.stack(links)

    def _spans(self) -> Spans:
        every = [sorted(one.spans, key=lambda span: span[0]) for one in self._passes]
        flat = [span for spans in every for span in spans]
        lengths = np.array([len(prices) for _, prices in flat], np.int64)
        if lengths.sum() > MOST_AMOUNTS:
            raise NotInNumbersError
        return Spans(
            ptr=pointers(np.array([len(spans) for spans in every], np.int64)),
            begin=np.array([begin for begin, _ in flat], np.int32),
            first=np.cumsum(lengths) - lengths,
            amounts=np.concatenate([prices for _, prices in flat]),
        )

    def _usable(self) -> Bits:
        """(stop, pass) -> 1 where something that it pays for can be boarded."""
        side, n_stops = self._task.side, self._task.timetable.n_stops
        rows = np.flatnonzero(self._trip_class >= 0)
        pairs = np.unique(np.column_stack([self._pattern[rows], self._trip_class[rows]]), axis=0)
        of_pattern = np.zeros((len(side.calls_ptr) - 1, len(self._passes)), np.uint8)
        np.maximum.at(of_pattern, pairs[:, 0], self._covers[pairs[:, 1]])
        return _any_in_row(side.boardings_ptr, of_pattern[side.boardings[:, 1]], n_stops)

    def _onward(self, usable: Bits) -> Bits:
        paths = self._task.walks
        found = _any_in_row(paths.ptr, usable[paths.stops], len(usable))
        found |= np.where((paths.change_s < UNREACHED)[:, np.newaxis], usable, 0).astype(np.uint8)
        return found

    def _floors(self) -> Int64s:
        """(pass, station) -> the least price of a ticket by pair that begins (arrive-by: ends) there; 0 for others."""
        found = np.zeros((len(self._passes), max(one.n_stations for one in self._passes)), np.int64)
        for row, one in enumerate(self._passes):
            if one.kind == BY_PAIR:
                prices = np.stack([prices for _, prices in one.spans]).reshape(-1, one.n_stations, one.n_stations)
                known = np.where(prices == NO_PRICE, MOST, prices)
                found[row, : one.n_stations] = known.min(axis=(0, 1) if self._task.arrive_by else (0, 2))
        return found

    def _timed_until(self, one: Pass) -> int:
        """Before which second of the side who boards sooner may pay more: a limit can be broken, or a price goes down.

        Arrive-by, sooner in the side is later in the day.
        """
        task = self._task
        until = NEVER
        if 0 <= one.limit_s < task.limit - task.time:
            until = task.limit - one.limit_s
        spans = sorted(one.spans, key=lambda span: span[0])
        for (_, before), (begin, after) in pairwise(spans):
            sooner, later = (after, before) if task.arrive_by else (before, after)
            if one.kind == BY_METRES or _may_be_less(later, sooner):
                until = max(until, -begin + 1 if task.arrive_by else begin)
        return until

    def _same_until(self, timed_until: Int32s) -> int:
        """The latest of those passes that pay for headway services."""
        side = self._task.side
        is_headway = (np.diff(side.runs_ptr) > 0) & (self._task.allowed == 1)
        classes = np.unique(self._trip_class[side.trips_ptr[:-1][is_headway]])
        pays = np.asarray(self._covers[classes].any(axis=0), bool)
        if self._task.arrive_by and any(self._looks_at_clock(self._passes[at]) for at in np.flatnonzero(pays).tolist()):
            # Backwards a headway service is boarded as late as can be, but it is told, and priced, as it comes.
            raise NotInNumbersError
        return int(timed_until[pays].max(initial=NEVER))

    def _looks_at_clock(self, one: Pass) -> bool:
        return len(one.spans) > 1 or 0 <= one.limit_s < self._task.limit - self._task.time

    def _later_until(self, timed_until: Int32s) -> Int32s:
        n_patterns = len(self._task.side.calls_ptr) - 1
        rows = np.flatnonzero(self._trip_class >= 0)
        pattern, its_class = self._pattern[rows], self._trip_class[rows]
        of_class = np.where(self._covers == 1, timed_until, NEVER).max(axis=1)
        found = np.full(n_patterns, NEVER, np.int32)
        np.maximum.at(found, pattern, of_class[its_class])
        lowest, highest = np.full(n_patterns, len(self._covers)), np.full(n_patterns, -1)
        np.minimum.at(lowest, pattern, its_class)
        np.maximum.at(highest, pattern, its_class)
        found[lowest < highest] = UNREACHED  # a trip of another route may be cheaper than the first
        return found

    def _metres(self) -> tuple[Int64s, Floats]:
        """(trip of the side -> where its metres begin, or -1; metres along it at each call of the forward side)."""
        task, trips, lines = self._task, self._task.timetable.trips, self._task.network.trips
        ptr = np.full(len(self._trip_class), -1, np.int64)
        by_metres = [at for at, one in enumerate(self._passes) if one.kind == BY_METRES]
        if not by_metres:
            return ptr, np.zeros(0, np.float64)
        tariffs = (scheme for scheme in task.book.every_scheme if isinstance(scheme, TariffTicket))
        lengths = next(one.pricing.lengths for one in tariffs if isinstance(one.pricing, Distance))
        needs = np.asarray(self._covers[:, by_metres].any(axis=1), bool)
        rows = np.flatnonzero((self._trip_class >= 0) & needs[self._trip_class])
        own = trips.parts[trips.parts_ptr[:-1]][self._forward_rows()[rows]]
        keys, first, number = np.unique(
            np.column_stack([lines.sequence[own], lines.shape[own]]), axis=0, return_index=True, return_inverse=True
        )
        parts = [lengths.along(trip) for trip in own[first].tolist()]
        ends = np.cumsum([0, *map(len, parts)])
        ptr[rows] = ends[:-1][number.reshape(-1)]
        assert len(keys) == len(parts)
        return ptr, np.concatenate([np.zeros(0), *parts])


def _may_be_less(later: Int64s, sooner: Int64s) -> bool:
    """Whether one of the later prices is; one that is not known is dearer than any."""
    most = np.iinfo(np.int64).max
    return bool((np.where(later == NO_PRICE, most, later) < np.where(sooner == NO_PRICE, most, sooner)).any())


def _any_in_row(ptr: Int32s, values: Bits, n: int) -> Bits:
    """The greatest of the values of each CSR row, 0 where it has none; shape (n, columns)."""
    found = np.zeros((n, values.shape[1]), np.uint8)
    rows = np.flatnonzero(np.diff(ptr))
    if len(rows):
        found[rows] = np.maximum.reduceat(values, ptr[rows], axis=0)
    return found
