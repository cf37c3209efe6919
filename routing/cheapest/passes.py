"""What can be bought in one question, ticket by ticket, as numbers.

A pass is a ticket of a tariff file, or one fare of version 1 for the routes that its rules list together. What cannot
be said in numbers (fares of version 2, interrupted tickets, zones in between) is left to routing.cheapest.plain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from ingest.currencies import coin_digits
from ingest.model import Int32s, Int64s
from ingest.tariff_schema import When, seconds_of
from routing.cheapest.clock import Clock
from routing.cheapest.task import CheapTask
from routing.fares.scheme import Scheme
from routing.fares.tariff import TariffTicket
from routing.fares.tariff_price import Distance, DistanceBetween, Flat, Matrix, PricedRides, Unknown
from routing.fares.version1 import ANY, FareClass, Version1
from routing.kernels.priced_layout import AT_START, BY_METRES, BY_PAIR, NO_PRICE

UNIT = 1_000_000
"""Amounts are whole millionths of a currency's unit: finer ones no tariff file has."""
MOST = 10**15
MOST_STATIONS = 400
"""Shortest ways between more stations than that are not laid out."""
MOST_GROUPS = 62
NO_RIDE = PricedRides(-1, -1)
"""For prices that look at no ride."""


class NotInNumbersError(Exception):
    """These fares are not for the kernel."""


@dataclass(slots=True)
class Pass:
    """A pass. The fields are explained in routing.kernels.priced.

    stations   stop of the timetable -> its station, -1 for none
    spans      (from which second of the timetable on it is first used, prices)
    max_rides  0: no limit
    links      stop of the timetable -> a bit for each group of linked stops
    """

    kind: int
    stations: Int32s
    n_stations: int = 1
    spans: list[tuple[int, Int64s]] = field(default_factory=list)
    max_rides: int = 0
    limit_s: int = -1
    until_alighting: bool = False
    min_providers: int = 1
    links: Int64s | None = None
    factor: float = 1.0
    round_km: int = 0


ROUND_KM = {"none": 0, "nearest": 1, "up": 2}


IsFor = Callable[[int], bool]
"""Whether a pass is for rides on a route."""


class PassMaker:
    """Makes passes of schemes, for one question."""

    def __init__(self, task: CheapTask, clock: Clock) -> None:
        self._task, self._clock = task, clock

    def of(self, scheme: Scheme) -> Iterator[tuple[Pass, IsFor]]:
        """The passes of what sells tickets, each with the routes that it is for. Raises NotInNumbersError."""
        if isinstance(scheme, TariffTicket) and not scheme.interrupted:
            yield self._of_tariff(scheme), lambda route: True
        elif isinstance(scheme, Version1):
            yield from self._of_version_1(scheme)
        else:
            raise NotInNumbersError

    def _of_tariff(self, ticket: TariffTicket) -> Pass:
        said, pricing = ticket.said, ticket.pricing
        spans = self._cases(ticket)
        if isinstance(pricing, Flat | Unknown):
            price = pricing.price(NO_RIDE)
            found = Pass(BY_PAIR, self._nowhere())
            found.spans = [(at, np.array([_units(ticket.amount(price, case))], np.int64)) for at, case in spans]
            is_known = all(prices[0] != NO_PRICE for _, prices in found.spans)
            if said.min_providers == 1 and is_known and (len(spans) == 1 or not self._task.arrive_by):
                found.kind = AT_START
        elif isinstance(pricing, Matrix):
            names = sorted(set(pricing.stations.values()))
            number = {name: at for at, name in enumerate(names)}
            stations = {stop: number[name] for stop, name in pricing.stations.items()}
            base = [pricing.pairs.get((one, other)) for one in names for other in names]
            found = self._by_pair(stations, len(names), base, ticket, spans)
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
        base: Sequence[Decimal | None],
        ticket: TariffTicket,
        spans: Sequence[tuple[int, When | None]],
    ) -> Pass:
        """base: the prices from station 0 to each, and so on."""
        found = Pass(BY_PAIR, self._at_stops(stations), max(n, 1))
        every = set(base)
        for at, case in spans:
            amounts = {amount: _units(ticket.amount(amount, case)) for amount in every}
            found.spans.append((at, np.array([amounts[amount] for amount in base] or [NO_PRICE], np.int64)))
        return found

    def _between(
        self, pricing: DistanceBetween, ticket: TariffTicket, spans: Sequence[tuple[int, When | None]]
    ) -> Pass:
        """Between all stations that the providers' vehicles call at."""
        network = self._task.network
        owners = {row for row, provider in enumerate(network.providers) if provider.id in ticket.said.providers}
        routes = np.flatnonzero(np.isin(network.routes.provider, sorted(owners)))
        sequences = np.unique(network.trips.sequence[np.isin(network.trips.route, routes)])
        ptr, stops = network.sequences.ptr, network.sequences.stops
        called = sorted({stop for row in sequences.tolist() for stop in stops[ptr[row] : ptr[row + 1]].tolist()})
        parent = network.stops.parent
        root = {stop: int(parent[stop]) if parent[stop] >= 0 else stop for stop in called}
        roots = tuple(sorted(set(root.values())))
        if len(roots) > MOST_STATIONS:
            raise NotInNumbersError
        number = {one: at for at, one in enumerate(roots)}
        stations = {stop: number[root[stop]] for stop in called}
        return self._by_pair(stations, len(roots), pricing.table(roots), ticket, spans)

    def _by_metres(self, pricing: Distance, ticket: TariffTicket, spans: Sequence[tuple[int, When | None]]) -> Pass:
        """Spans hold what the kernel reads: amount or -1, base, step, millimetres of the base and of a step, cap or -1,
        percent, its scale, coin."""
        said = pricing.said
        found = Pass(BY_METRES, self._nowhere())
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

    def _of_version_1(self, scheme: Version1) -> Iterator[tuple[Pass, IsFor]]:
        """One for each fare and list of routes: the pairs of zones for which it is."""
        zones = sorted({*scheme.zones.values()})
        number = {zone: [at] for at, zone in enumerate(zones)} | {ANY: list(range(len(zones)))}
        stations = {stop: zones.index(zone) for stop, zone in scheme.zones.items()}
        groups: dict[tuple[FareClass, frozenset[int] | None], list[tuple[str, str]]] = {}
        for pair, clauses in scheme.clauses.items():
            for clause in clauses:
                if clause.contains:
                    raise NotInNumbersError
                groups.setdefault((clause.fare, clause.routes), []).append(pair)
        for (fare, routes), pairs in groups.items():
            price = _units(fare.price)
            prices = np.full((len(zones), len(zones)), NO_PRICE, np.int64)
            for origin, destination in pairs:
                prices[np.ix_(number.get(origin, []), number.get(destination, []))] = price
            if (prices == price).all():
                found = Pass(AT_START, self._nowhere(), spans=[(self._clock.first, prices.ravel()[:1])])
            else:
                found = Pass(BY_PAIR, self._at_stops(stations), len(zones), [(self._clock.first, prices.ravel())])
            found.max_rides = 0 if fare.transfers is None else fare.transfers + 1
            found.limit_s = -1 if fare.duration_s is None else fare.duration_s
            yield found, self._is_for(fare, routes)

    def _is_for(self, fare: FareClass, routes: frozenset[int] | None) -> IsFor:
        agency = self._task.network.routes.agency
        return lambda route: (routes is None or route in routes) and fare.agency in (None, int(agency[route]))

    def _cases(self, ticket: TariffTicket) -> list[tuple[int, When | None]]:
        """(from which second on, the case) of a ticket that is first used while the question lasts."""
        clock, marks = self._clock, {self._clock.first}
        for day in clock.days():
            for case in ticket.said.when:
                marks.update(clock.second_of(day, seconds_of(text)) for text in ("00:00", case.from_, case.until))
        found: list[tuple[int, When | None]] = []
        for at in sorted(mark for mark in marks if clock.first <= mark <= clock.last):
            case_then = ticket.case(clock.at(at), self._task.rider)
            if not found or found[-1][1] != case_then:
                found.append((at, case_then))
        return found

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
        found: Int64s = bits[self._task.timetable.stops.stop_of]
        return found


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
