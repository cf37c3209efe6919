"""Fares of fare_attributes.txt and fare_rules.txt (docs/fares.md says how they are read)."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import numpy as np

from ingest.model import Network
from routing.fares.fare import Ticket
from routing.fares.lengths import Lengths
from routing.fares.rides import Ride
from routing.fares.scheme import Quote
from routing.kept import kept_calls

Zones = frozenset[str]
ANY = ""
KEPT_FARES = 20_000


@dataclass(frozen=True, slots=True)
class FareClass:
    """A row of fare_attributes.txt. None is no limit, or any agency."""

    id: str
    price: Decimal
    currency: str
    transfers: int | None
    duration_s: int | None
    agency: int | None


@dataclass(frozen=True, slots=True)
class Clause:
    """When a fare is for rides between two zones: on these routes (None: any), through just these zones (none: any)."""

    fare: FareClass
    routes: frozenset[int] | None
    contains: Zones


@dataclass(frozen=True, slots=True)
class Riding:
    """What a ticket of this version depends on: the state of one in use."""

    rides: tuple[Ride, ...]
    boardings: int
    last_boarding_s: int
    routes: frozenset[int]
    zones: Zones


class Version1:
    """The fares of one feed. A ticket pays for rides that follow each other, all on this feed."""

    interrupted = False
    joins_rides = False

    def __init__(self, network: Network, feed: int, lengths: Lengths) -> None:
        self._feed = network.feeds[feed].id
        self._lengths = lengths
        own = np.flatnonzero(network.stops.feed == feed).tolist()
        self._zone = {stop: network.stops.zone_id[stop] for stop in own}
        self._agency = network.routes.agency
        self._clauses = _clauses(network, feed)
        fares = {clause.fare for clauses in self._clauses.values() for clause in clauses}
        limits = [fare.transfers for fare in fares]
        self._most_transfers = None if None in limits else max(filter(None, limits), default=0)
        self.is_timed = any(fare.duration_s is not None for fare in fares)
        self._durations_s = sorted({fare.duration_s for fare in fares if fare.duration_s is not None})
        self._cheapest = kept_calls(KEPT_FARES, self._find_cheapest)
        self._looks_at_zones = any(clause.contains for clauses in self._clauses.values() for clause in clauses)

    @property
    def clauses(self) -> Mapping[tuple[str, str], Sequence[Clause]]:
        """By (origin zone, destination zone); "" is any."""
        return self._clauses

    @property
    def zones(self) -> Mapping[int, str]:
        """Stop of the feed -> its zone, or ""."""
        return self._zone

    def start(self, ride: Ride, rider: str | None) -> Riding:
        """The category of the rider is not looked at: this version knows none."""
        return Riding((ride,), 1, ride.departure_s, frozenset((ride.route,)), self._zones(ride))

    def extend(self, state: Riding, ride: Ride) -> Riding | None:
        """None where no fare allows so many transfers."""
        count = state.boardings + (not ride.seated)
        if self._most_transfers is not None and count - 1 > self._most_transfers:
            return None
        boarded = state.last_boarding_s if ride.seated else ride.departure_s
        return Riding(
            (*state.rides, ride), count, boarded, state.routes | {ride.route}, state.zones | self._zones(ride)
        )

    def quotes(self, state: Riding) -> Iterator[Quote]:
        """The cheapest fare in each currency."""
        origin, destination = self._zone[state.rides[0].from_stop], self._zone[state.rides[-1].to_stop]
        over = bisect_left(self._durations_s, state.last_boarding_s - state.rides[0].departure_s)
        for clause in self._cheapest(origin, destination, state.routes, state.zones, state.boardings, over):
            yield Quote(clause.fare.price, clause.fare.currency, partial(self._tickets, clause, state))

    def binds(self, before: Ride, after: Ride) -> bool:
        """A rider may always buy another ticket."""
        return False

    def memory(self, state: Riding) -> tuple[Decimal, Hashable]:
        """Where it was first used, the routes, and zones, changes and times where fares look at them."""
        start = state.rides[0]
        times = (start.departure_s, state.last_boarding_s) if self.is_timed else None
        return Decimal(0), (self._zone[start.from_stop], state.routes, state.zones, state.boardings, times)

    def _zones(self, ride: Ride) -> Zones:
        if not self._looks_at_zones:
            return frozenset()
        return frozenset(self._zone[stop] for stop in self._lengths.calls(ride).tolist()) - {ANY}

    def _find_cheapest(
        self, origin: str, destination: str, routes: frozenset[int], zones: Zones, boardings: int, over: int
    ) -> Sequence[Clause]:
        """Of each currency the cheapest fare between two zones. over: how many of the limits on time are exceeded."""
        best: dict[str, Clause] = {}
        for pair in dict.fromkeys([(origin, destination), (origin, ANY), (ANY, destination), (ANY, ANY)]):
            for clause in self._clauses.get(pair, ()):
                fare = clause.fare
                if not self._allows(clause, routes, zones, boardings, over):
                    continue
                if fare.currency not in best or fare.price < best[fare.currency].fare.price:
                    best[fare.currency] = clause
        return tuple(best.values())

    def _allows(self, clause: Clause, routes: frozenset[int], zones: Zones, boardings: int, over: int) -> bool:
        fare = clause.fare
        if clause.routes is not None and not routes <= clause.routes:
            return False
        if clause.contains and clause.contains != zones:
            return False
        if fare.transfers is not None and boardings - 1 > fare.transfers:
            return False
        if fare.duration_s is not None and fare.duration_s in self._durations_s[:over]:
            return False
        return fare.agency is None or all(self._agency[route] == fare.agency for route in routes)

    def _tickets(self, clause: Clause, state: Riding) -> Sequence[Ticket]:
        fare, zones = clause.fare, self._zone
        rule = f"fare {fare.id}"
        ends = zones[state.rides[0].from_stop], zones[state.rides[-1].to_stop]
        if any(ends):
            rule += f", zone {ends[0] or '-'} to zone {ends[1] or '-'}"
        return [
            Ticket(
                id=f"{self._feed}_{fare.id}",
                name={"en": fare.id, "id": fare.id},
                legs=tuple(ride.leg for ride in state.rides),
                rule=rule,
                amount=fare.price,
                currency=fare.currency,
                providers=tuple(sorted({ride.provider for ride in state.rides})),
                source=f"fare_attributes.txt of feed {self._feed}",
            )
        ]


def has_version_1(network: Network, feed: int) -> bool:
    """Whether a feed has fares of this version."""
    return bool((network.fares.attributes.feed == feed).any())


def _clauses(network: Network, feed: int) -> Mapping[tuple[str, str], Sequence[Clause]]:
    """The clauses of a feed's fares by (origin zone, destination zone); "" is any."""
    fares = _fare_classes(network, feed)
    rules = network.fares.rules
    # fare -> (origin, destination) -> route -> zones that the ride must go through
    ruled: dict[int, dict[tuple[str, str], dict[int, set[str]]]] = defaultdict(lambda: defaultdict(dict))
    for row in np.flatnonzero(np.isin(rules.fare, list(fares))).tolist():
        zones = ruled[int(rules.fare[row])][rules.origin[row], rules.destination[row]]
        zones.setdefault(int(rules.route[row]), set()).update({rules.contains[row]} - {ANY})
    found: dict[tuple[str, str], list[Clause]] = defaultdict(list)
    for number, fare in fares.items():
        if number in ruled:
            for pair, by_route in ruled[number].items():
                found[pair] += _clauses_of(fare, by_route)
        elif not any(fares[other].agency == fare.agency for other in ruled):
            found[ANY, ANY].append(Clause(fare, None, frozenset()))
    return found


def _clauses_of(fare: FareClass, by_route: Mapping[int, set[str]]) -> Iterable[Clause]:
    """Routes whose rules ask for the same zones go together; a rule without a route is for all routes."""
    by_zones: dict[Zones, set[int]] = defaultdict(set)
    for route, zones in by_route.items():
        by_zones[frozenset(zones)].add(route)
    for asked, routes in by_zones.items():
        yield Clause(fare, None if -1 in routes else frozenset(routes), asked)


def _fare_classes(network: Network, feed: int) -> dict[int, FareClass]:
    """Row of fare_attributes -> fare."""
    table = network.fares.attributes
    return {
        row: FareClass(
            id=table.id[row],
            price=Decimal(table.price[row]),
            currency=table.currency[row],
            transfers=_limit(int(table.transfers[row])),
            duration_s=_limit(int(table.duration_s[row])),
            agency=_limit(int(table.agency[row])),
        )
        for row in np.flatnonzero(table.feed == feed).tolist()
    }


def _limit(value: int) -> int | None:
    return value if value >= 0 else None
