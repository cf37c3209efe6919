"""How the price of a tariff's ticket follows from its rides: flat, by distance, by pair of stations, or not at all."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Protocol

from ingest.model import Network
from ingest.tariff_schema import DistancePrice, FlatPrice, MatrixPrice, Price
from routing.fares.lengths import Between, Lengths, warm_up_lengths
from routing.fares.rides import Ride

KILOMETRE = Decimal(1000)


@dataclass(frozen=True, slots=True)
class PricedRides:
    """What a price depends on: where a ticket was first and last used, and the metres that count, None if unknown."""

    from_stop: int
    to_stop: int
    metres: int | None = 0


class Pricing(Protocol):
    """A price that grows ride by ride."""

    def start(self, ride: Ride) -> PricedRides:
        """Of one ride."""

    def extend(self, state: PricedRides, ride: Ride) -> PricedRides:
        """Of one ride more."""

    def price(self, state: PricedRides) -> Decimal | None:
        """None where it is unknown."""

    def memory(self, state: PricedRides) -> Hashable:
        """What of the rides the price can still look at, but where the ticket was last used."""

    def text(self, state: PricedRides) -> str:
        """How it came about."""

    def warm_up(self) -> None:
        """Lay out what is measured when it is first asked for."""


class _ByEnds:
    """What all prices share that look at no more than where a ticket is first and last used."""

    def warm_up(self) -> None:
        """Nothing is measured."""

    def start(self, ride: Ride) -> PricedRides:
        """Of one ride."""
        return PricedRides(ride.from_stop, ride.to_stop)

    def extend(self, state: PricedRides, ride: Ride) -> PricedRides:
        """Of one ride more."""
        return PricedRides(state.from_stop, ride.to_stop)


class Flat(_ByEnds):
    """One price."""

    def __init__(self, said: FlatPrice) -> None:
        self._amount = said.amount

    def price(self, state: PricedRides) -> Decimal | None:
        """Always the same."""
        return self._amount

    def memory(self, state: PricedRides) -> Hashable:
        """Nothing."""
        return None

    def text(self, state: PricedRides) -> str:
        """Its kind."""
        return "flat"


class Unknown(_ByEnds):
    """No price."""

    def price(self, state: PricedRides) -> Decimal | None:
        """Never known."""
        return None

    def memory(self, state: PricedRides) -> Hashable:
        """Nothing."""
        return None

    def text(self, state: PricedRides) -> str:
        """Nothing to say."""
        return ""


class Matrix(_ByEnds):
    """A price for each pair of stations."""

    @property
    def stations(self) -> Mapping[int, str]:
        """Stop -> its station; none for stops that are in none."""
        return self._station

    @property
    def pairs(self) -> Mapping[tuple[str, str], Decimal]:
        """(from, to) -> price."""
        return self._pairs

    def __init__(self, said: MatrixPrice, network: Network, providers: Sequence[str]) -> None:
        self._pairs = said.pairs()
        self._station = _stations(network, providers, {name for pair in self._pairs for name in pair})

    def price(self, state: PricedRides) -> Decimal | None:
        """None where a stop is no station of the matrix, and from a station to itself unless the matrix says."""
        pair = self._station.get(state.from_stop, ""), self._station.get(state.to_stop, "")
        return self._pairs.get(pair)

    def memory(self, state: PricedRides) -> Hashable:
        """The station where it was first used."""
        return self._station.get(state.from_stop, "")

    def text(self, state: PricedRides) -> str:
        """The pair."""
        return f"{self._station.get(state.from_stop)} to {self._station.get(state.to_stop)}"


class Distance:
    """`base` for the first kilometres, then a step for so many begun: of the ways ridden, added up."""

    def __init__(self, said: DistancePrice, lengths: Lengths) -> None:
        self._said = said
        self._lengths = lengths

    @property
    def said(self) -> DistancePrice:
        """What the file says."""
        return self._said

    @property
    def lengths(self) -> Lengths:
        """What measures rides."""
        return self._lengths

    def warm_up(self) -> None:
        """Lines are measured one by one; what measures them is made ready."""
        warm_up_lengths()

    def start(self, ride: Ride) -> PricedRides:
        """Of one ride."""
        return PricedRides(ride.from_stop, ride.to_stop, self._counted(self._lengths.ridden_m(ride)))

    def extend(self, state: PricedRides, ride: Ride) -> PricedRides:
        """Of one ride more."""
        more = self._counted(self._lengths.ridden_m(ride))
        both = None if state.metres is None or more is None else state.metres + more
        return PricedRides(state.from_stop, ride.to_stop, both)

    def price(self, state: PricedRides) -> Decimal | None:
        """None where a stop has no place."""
        if state.metres is None:
            return None
        said = self._said
        beyond = Decimal(state.metres) / KILOMETRE - said.base_km
        steps = max(Decimal(0), (beyond / said.step_km).to_integral_value(ROUND_CEILING))
        return said.base + said.step * steps

    def memory(self, state: PricedRides) -> Hashable:
        """The metres so far."""
        return state.metres

    def text(self, state: PricedRides) -> str:
        """The kilometres that count."""
        return "" if state.metres is None else f"{(Decimal(state.metres) / KILOMETRE).normalize():f} km"

    def _counted(self, metres: float) -> int | None:
        """Whole metres of what a length counts as."""
        if not math.isfinite(metres):
            return None
        whole = round(metres * float(self._said.factor))
        if self._said.round_km == "none":
            return whole
        return (whole + 500) // 1000 * 1000 if self._said.round_km == "nearest" else -(-whole // 1000) * 1000


class DistanceBetween(Distance):
    """The same of the shortest way from where a ticket is first used to where it is last used."""

    def __init__(self, said: DistancePrice, lengths: Lengths, between: Between) -> None:
        super().__init__(said, lengths)
        self._between = between
        self._tables: dict[tuple[int, ...], Sequence[Decimal | None]] = {}

    def table(self, stops: tuple[int, ...]) -> Sequence[Decimal | None]:
        """The prices from the first of some stops to each of them, and so on; None where no line links two. Kept."""
        if stops not in self._tables:
            ways = (self._ways(one, other) for one in stops for other in stops)
            self._tables[stops] = [self.price(way) for way in ways]
        return self._tables[stops]

    def warm_up(self) -> None:
        """Lay out the providers' lines."""
        self._between.lay_out()

    def start(self, ride: Ride) -> PricedRides:
        """Of one ride."""
        return self._ways(ride.from_stop, ride.to_stop)

    def extend(self, state: PricedRides, ride: Ride) -> PricedRides:
        """Of one ride more."""
        return self._ways(state.from_stop, ride.to_stop)

    def memory(self, state: PricedRides) -> Hashable:
        """The stop where it was first used."""
        return state.from_stop

    def _ways(self, from_stop: int, to_stop: int) -> PricedRides:
        return PricedRides(from_stop, to_stop, self._counted(self._between.metres(from_stop, to_stop)))


def pricing_of(said: Price, network: Network, providers: Sequence[str], lengths: Lengths) -> Pricing:
    """What a tariff file says, ready to use."""
    if isinstance(said, FlatPrice):
        return Flat(said)
    if isinstance(said, MatrixPrice):
        return Matrix(said, network, providers)
    if isinstance(said, DistancePrice):
        between = said.measure == "between"
        return (
            DistanceBetween(said, lengths, Between(network, lengths, providers)) if between else Distance(said, lengths)
        )
    return Unknown()


def _stations(network: Network, providers: Sequence[str], names: set[str]) -> dict[int, str]:
    """Stop -> the name in `names` that means it: its stop_id, its station's, or its zone_id, in this order."""
    index = {provider.id: row for row, provider in enumerate(network.providers)}
    owners = {index[provider] for provider in providers if provider in index}
    routes, stops = network.routes, network.stops
    feeds = {
        feed for feed, owner in zip(routes.feed.tolist(), routes.provider.tolist(), strict=True) if owner in owners
    }
    found = {}
    for row, (feed, parent) in enumerate(zip(stops.feed.tolist(), stops.parent.tolist(), strict=True)):
        if feed not in feeds:
            continue
        own = stops.id[row].partition("_")[2]
        station = stops.id[parent].partition("_")[2] if parent >= 0 else own
        name = next((one for one in (own, station, stops.zone_id[row]) if one in names), None)
        if name is not None:
            found[row] = name
    return found
