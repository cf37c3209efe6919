"""The fares of one question laid out for the kernel: every ticket that can be bought in it, as numbers.

A pass is a ticket of a tariff file, or one fare of version 1 for the routes that its rules list together. What this
module cannot say in numbers (fares of version 2, interrupted tickets, several currencies, rides in which the rider
stays seated from trip to trip, a change of date or clock that changes what is sold) is left to routing.cheapest.plain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np

from ingest.currencies import coin_digits
from ingest.model import Int32s, Int64s
from routing.cheapest.task import CheapTask
from routing.fares.scheme import Scheme
from routing.fares.tariff import TariffTicket, When
from routing.fares.tariff_price import Distance, DistanceBetween, Flat, Matrix, Unknown
from routing.fares.version1 import ANY, Clause, Version1
from routing.kernels.layout import UNREACHED
from routing.kernels.priced import AT_START, BY_METRES, BY_PAIR, NO_PRICE, Passes, Spans

UNIT = 1_000_000
"""Amounts are whole millionths of a currency's unit: finer ones no tariff file has."""
MOST = 10**15
MOST_PROVIDERS = 62
MOST_STATIONS = 400
"""Shortest ways between more stations than that are not laid out."""
MOST_GROUPS = 62
MOST_PASSES = 4000


class NotInNumbersError(Exception):
    """These fares are not for the kernel."""


@dataclass(slots=True)
class _Pass:
    """A pass as it is laid out. `tables`: for each span of time the prices, stations x stations, or the one price."""

    kind: int
    stations: Int32s
    """stop of the timetable -> its station, -1 for none; empty where stations do not matter"""
    n_stations: int = 1
    spans: list[tuple[int, Int64s]] = field(default_factory=list)
    """(first second of the timetable, prices or the numbers of a price by distance)"""
    max_rides: int = 0
    """0: no limit"""
    limit_s: int = -1
    until_alighting: bool = False
    min_providers: int = 1
    links: Int64s | None = None
    """stop of the timetable -> a bit for each group of linked stops"""
    factor: float = 1.0
    round_km: int = 0


ROUND_KM = {"none": 0, "nearest": 1, "up": 2}


@dataclass(frozen=True, slots=True)
class LaidOut:
    """The passes, and the seconds from which on it matters when riders board."""

    passes: Passes
    spans: Spans
    all_trips: np.ndarray
    """pattern -> 1 where a later trip than the first may be cheaper            [P]"""
    same_time: bool
    """Whether who is sooner at a stop may pay more from there on"""
    currency: str


def lay_out(task: CheapTask) -> LaidOut:
    """Raises NotInNumbersError."""
    return _Layout(task).lay_out()


class _Layout:
    def __init__(self, task: CheapTask) -> None:
        self._task = task
        self._first, self._last = (-task.limit, -task.time) if task.arrive_by else (task.time, task.limit)
        self._zone = self._one_zone()
        self._passes: list[_Pass] = []
        self._of_scheme: dict[int, list[tuple[int, Callable[[int], bool]]]] = {}
        self._grids: dict[bytes, int] = {}

    def lay_out(self) -> LaidOut:
        task, network = self._task, self._task.network
        if len(network.providers) > MOST_PROVIDERS or len(task.book.currencies) != 1:
            raise NotInNumbersError
        trip_class, classes = self._classes()
        of_class = [self._passes_of(provider, route) for provider, route in classes]
        if len(self._passes) > MOST_PASSES or not self._passes:
            raise NotInNumbersError
        return self._numbers(trip_class, classes, of_class)

    def _one_zone(self) -> ZoneInfo:
        """The zone of all stops; those whose clocks agree while the question lasts are one."""
        task, network = self._task, self._task.network
        zones = [ZoneInfo(network.zones[zone]) for zone in np.unique(network.stops.zone).tolist()]
        instants = [task.timetable.epoch_s + at for at in (self._first - 1, self._last + 1)]
        offsets = {datetime.fromtimestamp(instant, zone).utcoffset() for instant in instants for zone in zones}
        if len(offsets) != 1:
            raise NotInNumbersError
        return zones[0]

    def _clock(self, at: int) -> datetime:
        return datetime.fromtimestamp(self._task.timetable.epoch_s + at, self._zone)

    def _classes(self) -> tuple[Int32s, list[tuple[int, int]]]:
        """(trip of the side -> its class, class -> (provider, route)): rides of a class are priced alike."""
        task, network, trips = self._task, self._task.network, self._task.timetable.trips
        side = task.side
        pattern = np.repeat(np.arange(len(side.calls_ptr) - 1), np.diff(side.trips_ptr))
        used = task.allowed[pattern] == 1
        if (np.diff(trips.parts_ptr)[used] > 1).any():
            raise NotInNumbersError
        route = network.trips.route[trips.parts[trips.parts_ptr[:-1]]]
        if task.arrive_by:  # a pattern's trips run the other way round
            first, end = side.trips_ptr[pattern], side.trips_ptr[pattern + 1]
            route = route[first + end - 1 - np.arange(len(pattern))]
        routes, trip_class = np.unique(route[used], return_inverse=True)
        found = np.full(len(route), -1, np.int32)
        found[used] = trip_class
        return found, [(int(network.routes.provider[row]), row) for row in routes.tolist()]

    def _passes_of(self, provider: int, route: int) -> list[int]:
        """The passes that pay for rides of a provider on a route."""
        task, network = self._task, self._task.network
        name, feed = network.providers[provider].id, network.feeds[int(network.routes.feed[route])].id
        first, last = self._clock(self._first).date(), self._clock(self._last).date()
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        sold = [task.book.schemes(name, feed, route, day) for day in days]
        if any(set(map(id, schemes)) != set(map(id, sold[0])) for schemes in sold):
            raise NotInNumbersError
        found = []
        for scheme in sold[0]:
            if id(scheme) not in self._of_scheme:
                self._of_scheme[id(scheme)] = list(self._laid_out(scheme))
            found += [number for number, is_for in self._of_scheme[id(scheme)] if is_for(route)]
        return found

    def _laid_out(self, scheme: Scheme) -> Iterator[tuple[int, Callable[[int], bool]]]:
        """(pass, which routes it is for) of a scheme."""
        if isinstance(scheme, TariffTicket) and not scheme.interrupted:
            self._passes.append(self._of_tariff(scheme))
            yield len(self._passes) - 1, lambda route: True
        elif isinstance(scheme, Version1):
            yield from self._of_version_1(scheme)
        else:
            raise NotInNumbersError

    def _of_tariff(self, ticket: TariffTicket) -> _Pass:
        said, pricing = ticket.said, ticket.pricing
        spans = self._cases(ticket)
        found: _Pass
        if isinstance(pricing, Flat | Unknown):
            base = pricing.price(None)
            found = _Pass(BY_PAIR, self._nowhere())
            found.spans = [(at, np.array([_units(ticket.amount(base, case))], np.int64)) for at, case in spans]
            is_known = all(prices[0] != NO_PRICE for _, prices in found.spans)
            if said.min_providers == 1 and is_known and (len(spans) == 1 or not self._task.arrive_by):
                found.kind = AT_START
        elif isinstance(pricing, Matrix):
            names = sorted(set(pricing.stations.values()))
            number = {name: at for at, name in enumerate(names)}
            stations = {stop: number[name] for stop, name in pricing.stations.items()}
            pairs = {
                (number[a], number[b]): price for (a, b), price in pricing.pairs.items() if a in number and b in number
            }
            found = self._by_pair(stations, len(names), pairs.get, ticket, spans)
        elif isinstance(pricing, DistanceBetween):
            found = self._between(pricing, ticket, spans)
        elif isinstance(pricing, Distance):
            found = self._by_metres(pricing, ticket, spans)
        else:
            raise NotInNumbersError
        found.max_rides = 0 if said.transfers == "unlimited" else said.transfers + 1
        found.limit_s = -1 if said.minutes is None else said.minutes * 60
        found.until_alighting = said.minutes_until == "alighting"
        found.min_providers = said.min_providers
        if ticket.links is not None:
            found.links = self._link_bits(ticket.links)
        return found

    def _by_pair(
        self,
        stations: Mapping[int, int],
        n: int,
        price: Callable[[tuple[int, int]], Decimal | None],
        ticket: TariffTicket,
        spans: Sequence[tuple[int, When | None]],
    ) -> _Pass:
        base = [price((a, b)) for a in range(n) for b in range(n)]
        found = _Pass(BY_PAIR, self._at_stops(stations), max(n, 1))
        for at, case in spans:
            kept: dict[Decimal | None, int] = {}
            for amount in base:
                if amount not in kept:
                    kept[amount] = _units(ticket.amount(amount, case))
            found.spans.append((at, np.array([kept[amount] for amount in base] or [NO_PRICE], np.int64)))
        return found

    def _between(
        self, pricing: DistanceBetween, ticket: TariffTicket, spans: Sequence[tuple[int, When | None]]
    ) -> _Pass:
        """Between all stations that the providers' vehicles call at."""
        network = self._task.network
        owners = {row for row, provider in enumerate(network.providers) if provider.id in ticket.said.providers}
        routes = np.flatnonzero(np.isin(network.routes.provider, sorted(owners)))
        sequences = np.unique(network.trips.sequence[np.isin(network.trips.route, routes)])
        ptr, stops = network.sequences.ptr, network.sequences.stops
        called = sorted({stop for row in sequences.tolist() for stop in stops[ptr[row] : ptr[row + 1]].tolist()})
        parent = network.stops.parent
        root = {stop: int(parent[stop]) if parent[stop] >= 0 else stop for stop in called}
        roots = sorted(set(root.values()))
        if len(roots) > MOST_STATIONS:
            raise NotInNumbersError
        number = {one: at for at, one in enumerate(roots)}
        return self._by_pair(
            {stop: number[root[stop]] for stop in called},
            len(roots),
            lambda pair: pricing.between(roots[pair[0]], roots[pair[1]]),
            ticket,
            spans,
        )

    def _by_metres(self, pricing: Distance, ticket: TariffTicket, spans: Sequence[tuple[int, When | None]]) -> _Pass:
        """Spans hold (amount or -1, base, step, millimetres of the base and of a step, cap or -1, percent, its scale, coin)."""
        said = pricing.said
        found = _Pass(BY_METRES, self._nowhere())
        found.factor, found.round_km = float(said.factor), ROUND_KM[said.round_km]
        lengths = [_whole(value * 1_000_000) for value in (said.base_km, said.step_km)]
        coin = _units(Decimal(1).scaleb(-coin_digits(ticket.currency)))
        for at, case in spans:
            cap = ticket.said.cap if case is None or case.cap is None else case.cap
            percent = Decimal(100) if case is None else case.percent
            scale = 10 ** max(0, -int(percent.normalize().as_tuple().exponent))
            fixed = None if case is None or case.amount is None else ticket.amount(case.amount, case)
            row = [
                _units(fixed), _units(said.base), _units(said.step), *lengths, _units(cap),
                _whole(percent * scale), scale * 100, coin,
            ]  # fmt: skip
            if max(row) * row[6] > MOST * 1000:
                raise NotInNumbersError
            found.spans.append((at, np.array(row, np.int64)))
        return found

    def _of_version_1(self, scheme: Version1) -> Iterator[tuple[int, Callable[[int], bool]]]:
        zones = sorted({*scheme.zones.values()})
        number = {zone: at for at, zone in enumerate(zones)}
        stations = {stop: number[zone] for stop, zone in scheme.zones.items()}
        agency = self._task.network.routes.agency
        groups: dict[tuple[object, ...], list[tuple[tuple[str, str], Clause]]] = {}
        for pair, clauses in scheme.clauses.items():
            for clause in clauses:
                if clause.contains:
                    raise NotInNumbersError
                groups.setdefault((clause.fare, clause.routes), []).append((pair, clause))
        for rows in groups.values():
            clause = rows[0][1]
            fare = clause.fare
            price = _units(fare.price)
            allowed = np.full((len(zones), len(zones)), NO_PRICE, np.int64)
            for (origin, destination), _ in rows:
                from_zones = slice(None) if origin == ANY else [number[origin]] if origin in number else []
                to_zones = slice(None) if destination == ANY else [number[destination]] if destination in number else []
                allowed[np.ix_(np.arange(len(zones))[from_zones], np.arange(len(zones))[to_zones])] = price
            is_anywhere = bool((allowed == price).all())
            found = _Pass(
                AT_START if is_anywhere else BY_PAIR,
                self._nowhere() if is_anywhere else self._at_stops(stations),
                1 if is_anywhere else len(zones),
            )
            found.spans = [(self._first, np.array([price], np.int64) if is_anywhere else allowed.ravel())]
            found.max_rides = 0 if fare.transfers is None else fare.transfers + 1
            found.limit_s = -1 if fare.duration_s is None else fare.duration_s
            self._passes.append(found)

            def is_for(route: int, clause: Clause = clause) -> bool:
                is_listed = clause.routes is None or route in clause.routes
                return is_listed and clause.fare.agency in (None, int(agency[route]))

            yield len(self._passes) - 1, is_for

    def _cases(self, ticket: TariffTicket) -> list[tuple[int, When | None]]:
        """(from which second on, the case) of a ticket that is first used while the question lasts."""
        marks = {self._first}
        day = self._clock(self._first).date()
        while day <= self._clock(self._last).date():
            for case in ticket.said.when:
                for text in ("00:00", case.from_, case.until):
                    marks.add(self._seconds_at(day, text))
            day += timedelta(days=1)
        found: list[tuple[int, When | None]] = []
        for at in sorted(mark for mark in marks if self._first <= mark <= self._last):
            case_then = ticket.case(self._clock(at), self._task.rider)
            if not found or found[-1][1] != case_then:
                found.append((at, case_then))
        return found

    def _seconds_at(self, day: date, text: str) -> int:
        """Of a time of the clock, in the timetable. One offset holds while the question lasts."""
        hours, minutes = map(int, text.split(":"))
        shift = self._clock(self._first).utcoffset()
        assert shift is not None
        midnight = (day.toordinal() - date(1970, 1, 1).toordinal()) * 86_400 - int(shift.total_seconds())
        return midnight + hours * 3600 + minutes * 60 - self._task.timetable.epoch_s

    def _nowhere(self) -> Int32s:
        return np.zeros(self._task.timetable.n_stops, np.int32)

    def _at_stops(self, stations: Mapping[int, int]) -> Int32s:
        of_stop = np.full(len(self._task.network.stops.lat), -1, np.int32)
        of_stop[list(stations)] = list(stations.values())
        found: Int32s = of_stop[self._task.timetable.stops.stop_of]
        return found

    def _link_bits(self, links: Mapping[int, frozenset[int]]) -> Int64s:
        bits = np.zeros(len(self._task.network.stops.lat), np.int64)
        for stop, groups in links.items():
            if max(groups, default=0) > MOST_GROUPS:
                raise NotInNumbersError
            bits[stop] = sum(1 << group for group in groups)
        return bits[self._task.timetable.stops.stop_of]

    def _numbers(
        self, trip_class: Int32s, classes: Sequence[tuple[int, int]], of_class: Sequence[Sequence[int]]
    ) -> LaidOut:
        task, passes, side = self._task, self._passes, self._task.side
        n, n_classes, n_stops = len(passes), len(classes), task.timetable.n_stops
        covers = np.zeros((n_classes, n), np.uint8)
        for row, numbers in enumerate(of_class):
            covers[row, list(numbers)] = 1
        grids: list[Int32s] = []
        grid_of: dict[bytes, int] = {}
        links: list[Int64s] = [np.zeros(n_stops, np.int64)]
        columns = np.zeros((n, 8), np.int32)
        factors = np.array([one.factor for one in passes], np.float64)
        span_ptr, span_from, span_amounts, amounts = [0], [], [], []
        n_amounts = 0
        for at, one in enumerate(passes):
            key = one.stations.tobytes()
            if key not in grid_of:
                grid_of[key] = len(grids)
                grids.append(one.stations)
            link = -1
            if one.links is not None:
                link = len(links)
                links.append(one.links)
            spans = sorted(one.spans, key=lambda span: span[0])
            for begin, prices in spans:
                span_from.append(begin)
                span_amounts.append(n_amounts)
                amounts.append(prices)
                n_amounts += len(prices)
            span_ptr.append(len(span_from))
            columns[at] = (
                one.kind, grid_of[key], one.n_stations, one.max_rides, one.limit_s,
                one.until_alighting, one.min_providers, link,
            )  # fmt: skip
        if n_amounts > 20_000_000:
            raise NotInNumbersError
        timed, headway_timed = self._timed(covers, trip_class)
        usable = self._usable(covers, trip_class)
        metres_ptr, metres = self._metres(covers, trip_class)
        all_trips = self._all_trips(covers, trip_class, timed)
        if headway_timed:  # who takes a later train may find a cheaper headway service
            all_trips[:] = 1
        laid = Passes(
            trip_class=trip_class,
            class_provider=np.array([provider for provider, _ in classes], np.int64),
            covers=covers,
            usable=usable,
            onward=self._onward(usable),
            columns=columns,
            round_km=np.array([one.round_km for one in passes], np.int32),
            factors=factors,
            stations=np.stack(grids),
            links=np.stack(links),
            floors=self._floors(),
            metres_ptr=metres_ptr,
            metres=metres,
        )
        spans = Spans(
            ptr=np.array(span_ptr, np.int32),
            begin=np.array(span_from, np.int32),
            first=np.array(span_amounts, np.int64),
            amounts=np.concatenate(amounts),
        )
        for array in (*laid, *spans):
            array.flags.writeable = False
        (currency,) = task.book.currencies
        return LaidOut(laid, spans, all_trips, headway_timed, currency)

    def _usable(self, covers: np.ndarray, trip_class: Int32s) -> np.ndarray:
        """(stop, pass) -> 1 where something that it pays for can be boarded."""
        task, side = self._task, self._task.side
        n_patterns = len(side.calls_ptr) - 1
        of_pattern = np.zeros((n_patterns, covers.shape[1]), np.uint8)
        pattern = np.repeat(np.arange(n_patterns), np.diff(side.trips_ptr))
        rows = np.flatnonzero(trip_class >= 0)
        pairs = np.unique(np.column_stack([pattern[rows], trip_class[rows]]), axis=0)
        for row, number in pairs.tolist():
            of_pattern[row] |= covers[number]
        usable = np.zeros((task.timetable.n_stops, covers.shape[1]), np.uint8)
        stops = np.repeat(np.arange(task.timetable.n_stops), np.diff(side.boardings_ptr))
        np.maximum.at(usable, stops, of_pattern[side.call_patterns[side.boardings]])
        return usable

    def _onward(self, usable: np.ndarray) -> np.ndarray:
        paths = self._task.walks
        found = np.where((paths.change_s < UNREACHED)[:, np.newaxis], usable, 0).astype(np.uint8)
        rows = np.flatnonzero(np.diff(paths.ptr))
        if len(rows):
            found[rows] |= np.maximum.reduceat(usable[paths.stops], paths.ptr[rows], axis=0)
        return found

    def _floors(self) -> np.ndarray:
        """(pass, station) -> the least price of a ticket by pair that begins (arrive-by: ends) there; 0 for others."""
        found = np.zeros((len(self._passes), max(one.n_stations for one in self._passes)), np.int64)
        for row, one in enumerate(self._passes):
            if one.kind == BY_PAIR:
                prices = np.stack([prices for _, prices in one.spans]).reshape(-1, one.n_stations, one.n_stations)
                known = np.where(prices == NO_PRICE, MOST, prices)
                found[row, : one.n_stations] = known.min(axis=(0, 1) if self._task.arrive_by else (0, 2))
        return found

    def _timed(self, covers: np.ndarray, trip_class: Int32s) -> tuple[np.ndarray, bool]:
        """(pass -> whether it matters when it is used, whether one such pays for headway services)."""
        task = self._task
        lasts_s = task.limit - task.time
        timed = np.array([self._is_timed(one, lasts_s) for one in self._passes], bool)
        is_headway = np.diff(task.side.runs_ptr) > 0
        rows = trip_class[task.side.trips_ptr[:-1][is_headway & (task.allowed == 1)]]
        return timed, bool(covers[np.unique(rows[rows >= 0])][:, timed].any())

    def _is_timed(self, one: _Pass, lasts_s: int) -> bool:
        """Whether who boards sooner (arrive-by: later) may pay more: a limit can be broken, or a price goes down."""
        if 0 <= one.limit_s < lasts_s:
            return True
        spans = [prices for _, prices in sorted(one.spans, key=lambda span: span[0])]
        if self._task.arrive_by:
            spans.reverse()
        if len(spans) > 1 and one.kind == BY_METRES:
            return True
        # A price that is not known is dearer than any.
        known = [np.where(prices == NO_PRICE, np.iinfo(np.int64).max, prices) for prices in spans]
        return any((after < before).any() for before, after in zip(known, known[1:], strict=False))

    def _all_trips(self, covers: np.ndarray, trip_class: Int32s, timed: np.ndarray) -> np.ndarray:
        side = self._task.side
        n_patterns = len(side.calls_ptr) - 1
        pattern = np.repeat(np.arange(n_patterns), np.diff(side.trips_ptr))
        found = np.zeros(n_patterns, np.uint8)
        rows = np.flatnonzero(trip_class >= 0)
        is_timed = covers[:, timed].any(axis=1)
        found[pattern[rows[is_timed[trip_class[rows]]]]] = 1
        lowest, highest = np.full(n_patterns, np.iinfo(np.int32).max), np.full(n_patterns, -1)
        np.minimum.at(lowest, pattern[rows], trip_class[rows])
        np.maximum.at(highest, pattern[rows], trip_class[rows])
        found[(highest >= 0) & (lowest < highest)] = 1  # another route's trip may be cheaper than the first
        return found

    def _metres(self, covers: np.ndarray, trip_class: Int32s) -> tuple[Int64s, np.ndarray]:
        """(trip of the side -> where its metres begin, or -1; metres along it at each call of the forward side)."""
        task, timetable = self._task, self._task.timetable
        side, trips, network = task.side, timetable.trips, task.network
        by_metres = [at for at, one in enumerate(self._passes) if one.kind == BY_METRES]
        ptr = np.full(len(trip_class), -1, np.int64)
        lengths = next((scheme.pricing.lengths for scheme in task.book.every_scheme
                        if isinstance(scheme, TariffTicket) and isinstance(scheme.pricing, Distance)), None)  # fmt: skip
        if not by_metres or lengths is None:
            return ptr, np.zeros(0, np.float64)
        needs = covers[:, by_metres].any(axis=1)
        found: dict[tuple[int, int], int] = {}
        parts, size = [], 0
        pattern = np.repeat(np.arange(len(side.calls_ptr) - 1), np.diff(side.trips_ptr))
        for row in np.flatnonzero(trip_class >= 0).tolist():
            if not needs[trip_class[row]]:
                continue
            forward = row
            if task.arrive_by:
                forward = int(side.trips_ptr[pattern[row]] + side.trips_ptr[pattern[row] + 1]) - 1 - row
            trip = int(trips.parts[trips.parts_ptr[forward]])
            key = int(network.trips.sequence[trip]), int(network.trips.shape[trip])
            if key not in found:
                found[key] = size
                parts.append(lengths.along(trip))
                size += len(parts[-1])
            ptr[row] = found[key]
        return ptr, np.concatenate(parts) if parts else np.zeros(0, np.float64)


def _units(amount: Decimal | None) -> int:
    """Whole millionths; NO_PRICE for none. Raises NotInNumbersError for what is finer or too much."""
    if amount is None:
        return NO_PRICE
    return _whole(amount * UNIT)


def _whole(value: Decimal) -> int:
    whole = int(value)
    if whole != value or not 0 <= whole <= MOST:
        raise NotInNumbersError
    return whole
