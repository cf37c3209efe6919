"""Fares of version 2 of one feed, laid out for looking up: products, leg rules, transfer rules, timeframes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import numpy as np

from ingest.model import Network
from routing.fares.rides import Ride
from routing.kept import kept_calls

ANY = ""
NO_PRIORITY = -1
KEPT_PLACES = 50_000


@dataclass(frozen=True, slots=True)
class Product:
    """A row of fare_products.txt: a product at the price for a category of riders, with a medium ("" unknown)."""

    id: str
    name: str
    rider: str
    medium: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class LegRule:
    """A row of fare_leg_rules.txt."""

    group: str
    network: str
    from_area: str
    to_area: str
    from_timeframe: str
    to_timeframe: str
    product: str
    priority: int


@dataclass(frozen=True, slots=True)
class TransferRule:
    """A row of fare_transfer_rules.txt. `repeats`: it may count for several transfers in a row."""

    from_group: str
    to_group: str
    product: str
    count: int
    limit_s: int
    limit_type: int
    type: int

    @property
    def repeats(self) -> bool:
        """Whether transfers in a row are counted: the rule is from a group to itself."""
        return self.from_group == self.to_group


class Products:
    """The products of a feed that a rider may buy."""

    def __init__(self, network: Network, feed: int) -> None:
        fares = network.fares
        self._rows: dict[str, list[Product]] = defaultdict(list)
        table = fares.products
        for row in np.flatnonzero(table.feed == feed).tolist():
            product = Product(
                table.id[row],
                table.name[row],
                table.rider[row],
                table.medium[row],
                Decimal(table.amount[row]),
                table.currency[row],
            )
            self._rows[product.id].append(product)
        of_feed = np.flatnonzero(fares.riders.feed == feed).tolist()
        self.riders = {fares.riders.id[row]: fares.riders.name[row] for row in of_feed}
        self._defaults = {fares.riders.id[row] for row in of_feed if fares.riders.is_default[row]}
        media = np.flatnonzero(fares.media.feed == feed).tolist()
        self.media = {fares.media.id[row]: fares.media.name[row] or fares.media.id[row] for row in media}

    def of(self, product_id: str, rider: str | None) -> list[Product]:
        """At the prices for `rider`: those of his category, of the default one, and those for everyone."""
        eligible = {ANY, rider, *self._defaults}
        return [product for product in self._rows[product_id] if product.rider in eligible]


class Timeframes:
    """When the timeframe groups of a feed are in effect."""

    def __init__(self, network: Network, feed: int) -> None:
        self._runs, self._first = network.services.runs, network.first_date
        self._rows: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        table = network.fares.timeframes
        for row in np.flatnonzero(table.feed == feed).tolist():
            times = int(table.start_s[row]), int(table.end_s[row]), int(table.service[row])
            self._rows[table.group[row]].append(times)

    def holds(self, group: str, time: datetime) -> bool:
        """Whether the clock and the date of `time`, which is local, are within the group; "" always holds."""
        if group == ANY:
            return True
        clock = time.hour * 3600 + time.minute * 60 + time.second
        return any(start <= clock < end and self._on(service, time.date()) for start, end, service in self._rows[group])

    def _on(self, service: int, day: date) -> bool:
        column = (day - self._first).days
        return 0 <= column < self._runs.shape[1] and bool(self._runs[service, column])


class LegRules:
    """Which leg rules match a leg: by rule_priority, or by the meaning of empty fields where there is none."""

    def __init__(self, network: Network, feed: int) -> None:
        fares = network.fares
        table = fares.leg_rules
        self._by_place: dict[tuple[str, str, str], list[LegRule]] = defaultdict(list)
        rows = np.flatnonzero(table.feed == feed).tolist()
        for row in rows:
            rule = LegRule(
                table.group[row],
                table.network[row],
                table.from_area[row],
                table.to_area[row],
                table.from_timeframe[row],
                table.to_timeframe[row],
                table.product[row],
                int(table.priority[row]),
            )
            self._by_place[rule.network, rule.from_area, rule.to_area].append(rule)
        self._has_priority = not rows or int(table.priority[rows[0]]) != NO_PRIORITY
        self._listed = [{place[field] for place in self._by_place} - {ANY} for field in range(3)]
        self._timeframes = Timeframes(network, feed)
        self._areas: dict[int, set[str]] = defaultdict(set)
        for stop, area in zip(fares.stop_areas.stop.tolist(), fares.stop_areas.area, strict=True):
            self._areas[stop].add(area)
        self._network_of: dict[int, str] = dict(
            zip(fares.route_networks.route.tolist(), fares.route_networks.network, strict=True)
        )
        self._placed = kept_calls(KEPT_PLACES, self._of_place)

    @property
    def look_at_times(self) -> bool:
        """Whether a leg may be priced otherwise at another time."""
        every = (rule for rules in self._by_place.values() for rule in rules)
        return any(rule.from_timeframe != ANY or rule.to_timeframe != ANY for rule in every)

    def network_of(self, route: int) -> str:
        """The network of a route, or ""."""
        return self._network_of.get(route, ANY)

    def matching(self, first: Ride, last: Ride) -> list[LegRule]:
        """For a leg from the start of one ride to the end of another one: the rules that price it."""
        placed = self._placed(self.network_of(first.route), first.from_stop, last.to_stop)
        holds = self._timeframes.holds
        rules = [
            rule
            for rule in placed
            if holds(rule.from_timeframe, first.departure) and holds(rule.to_timeframe, last.arrival)
        ]
        highest = max((rule.priority for rule in rules), default=0)
        return [rule for rule in rules if rule.priority == highest]

    def _of_place(self, network: str, from_stop: int, to_stop: int) -> list[LegRule]:
        fields = ({network} - {ANY}, self._areas.get(from_stop, set()), self._areas.get(to_stop, set()))
        networks, starts, ends = (self._choices(values, self._listed[at]) for at, values in enumerate(fields))
        return [
            rule
            for n in networks
            for start in starts
            for end in ends
            for rule in self._by_place.get((n, start, end), ())
        ]

    def _choices(self, values: set[str], listed: set[str]) -> list[str]:
        """What a field may hold to match. Without priorities an empty field is for what no rule lists."""
        named = sorted(values & listed)
        return [*named, ANY] if self._has_priority else named or [ANY]


class TransferRules:
    """Which transfer rules match two leg groups."""

    def __init__(self, network: Network, feed: int) -> None:
        table = network.fares.transfer_rules
        self._rules: dict[tuple[str, str], list[TransferRule]] = defaultdict(list)
        for row in np.flatnonzero(table.feed == feed).tolist():
            rule = TransferRule(
                table.from_group[row],
                table.to_group[row],
                table.product[row],
                int(table.count[row]),
                int(table.limit_s[row]),
                int(table.limit_type[row]),
                int(table.type[row]),
            )
            self._rules[rule.from_group, rule.to_group].append(rule)
        self._from = {pair[0] for pair in self._rules} - {ANY}
        self._to = {pair[1] for pair in self._rules} - {ANY}

    @property
    def look_at_times(self) -> bool:
        """Whether a transfer may be too late."""
        return any(rule.limit_s >= 0 for rules in self._rules.values() for rule in rules)

    def matching(self, from_group: str, to_group: str) -> Sequence[TransferRule]:
        """Those of exactly these groups, else those whose empty fields mean them; none for legs without a group."""
        if ANY in (from_group, to_group):
            return ()
        exact = self._rules.get((from_group, to_group))
        if exact:
            return exact
        start = from_group if from_group in self._from else ANY
        end = to_group if to_group in self._to else ANY
        return self._rules.get((start, end), ())


class Joins:
    """At which changes two legs count as one."""

    def __init__(self, network: Network, feed: int) -> None:
        table = network.fares.joins
        self._parent = network.stops.parent
        self._rows: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        for row in np.flatnonzero(table.feed == feed).tolist():
            networks = table.from_network[row], table.to_network[row]
            self._rows[networks].append((int(table.from_stop[row]), int(table.to_stop[row])))

    @property
    def are_some(self) -> bool:
        """Whether any change joins legs."""
        return bool(self._rows)

    def joins(self, networks: tuple[str, str], from_stop: int, to_stop: int) -> bool:
        """Whether a change between two networks at these stops makes one leg of two."""
        return any(self._at(row, from_stop, to_stop) for row in self._rows.get(networks, ()))

    def _at(self, named: tuple[int, int], from_stop: int, to_stop: int) -> bool:
        if named == (-1, -1):
            return self._station(from_stop) == self._station(to_stop)
        ends = ((named[0], from_stop), (named[1], to_stop))
        return all(stop in (asked, self._station(asked)) for stop, asked in ends)

    def _station(self, stop: int) -> int:
        parent = int(self._parent[stop])
        return parent if parent >= 0 else stop


def has_version_2(network: Network, feed: int) -> bool:
    """Whether a feed has rules of this version that can price a leg."""
    return bool((network.fares.leg_rules.feed == feed).any())
