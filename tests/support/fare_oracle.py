"""What a journey costs, by trying every way to split its rides into tickets. Written from docs/fares.md alone.

Reads the rows of feeds and the content of tariff files as they stand, and shares nothing with the code under test.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from fnmatch import fnmatchcase
from itertools import combinations, pairwise, product
from typing import Any

from tests.support.fare_oracle_legs import LegFares
from tests.support.gtfs_feed import GtfsFeed, Row
from tests.support.oracle_walking import straight_m

Sums = dict[str, Decimal]
"""Currency -> least amount."""
DIGITS = {"IDR": 0, "USD": 2}


@dataclass(frozen=True)
class OracleRide:
    """A ride of one feed; ids are as the feed has them, `calls` the stops from boarding to alighting."""

    feed: str
    provider: str
    route: str
    calls: tuple[str, ...]
    departure: dt.datetime
    arrival: dt.datetime
    seated: bool = False


@dataclass(frozen=True)
class FareOracle:
    """The fares of some feeds, and tariff files as dictionaries of their TOML."""

    feeds: Mapping[str, GtfsFeed]
    tariffs: Sequence[Mapping[str, Any]] = ()

    def cheapest(self, rides: Sequence[OracleRide], rider: str | None = None) -> Sums:
        """The least sum in each currency that can pay for all rides."""
        best: Sums = {}
        for split in partitions(range(len(rides))):
            prices = [self._prices(tuple(rides[i] for i in block), block, rides, rider) for block in split]
            for currency in set.intersection(*(set(price) for price in prices)):
                total = sum((price[currency] for price in prices), Decimal(0))
                best[currency] = min(total, best.get(currency, total))
        return best

    def can_be_mixed(self, rides: Sequence[OracleRide], rider: str | None = None) -> bool:
        """Whether tickets of any currencies together pay for all rides."""
        return any(
            all(self._prices(tuple(rides[i] for i in block), block, rides, rider) for block in split)
            for split in partitions(range(len(rides)))
        )

    def _prices(
        self, rides: tuple[OracleRide, ...], block: Sequence[int], journey: Sequence[OracleRide], rider: str | None
    ) -> Sums:
        """The least price of one ticket for these rides of a journey, in each currency; none where none is sold."""
        if self._cuts_a_leg(block, journey):
            return {}
        follow = all(j == i + 1 for i, j in pairwise(block))
        found: list[tuple[str, Decimal]] = []
        for file in self.tariffs:
            for ticket in file["ticket"]:
                if follow or ticket.get("interrupted", False):
                    price = self._tariff_price(file, ticket, rides, rider)
                    found += [] if price is None else [(file["currency"], price)]
        feeds = {ride.feed for ride in rides}
        if follow and len(feeds) == 1 and not any(self._is_replaced(ride) for ride in rides):
            found += self._feed_prices(feeds.pop(), rides, rider)
        best: Sums = {}
        for currency, price in found:
            best[currency] = min(price, best.get(currency, price))
        return best

    def _feed_prices(self, feed_id: str, rides: tuple[OracleRide, ...], rider: str | None) -> list[tuple[str, Decimal]]:
        feed = self.feeds[feed_id]
        if feed.rows("fare_leg_rules"):
            return LegFares(feed).prices(rides, rider)
        return [
            (fare["currency_type"], Decimal(fare["price"]))
            for fare in feed.rows("fare_attributes")
            if fits_version_1(feed, fare, rides)
        ]

    def _cuts_a_leg(self, block: Sequence[int], journey: Sequence[OracleRide]) -> bool:
        """Whether a change inside a leg of version 2 has one ride in the block and the other one out of it."""
        for i in range(len(journey) - 1):
            one, other = journey[i], journey[i + 1]
            if (i in block) == (i + 1 in block) or one.feed != other.feed:
                continue
            own_fares = not self._is_replaced(one) and not self._is_replaced(other)
            feed = self.feeds[one.feed]
            if own_fares and feed.rows("fare_leg_rules") and LegFares(feed).is_joined(one, other):
                return True
        return False

    def _is_replaced(self, ride: OracleRide) -> bool:
        return any(
            ticket.get("min_providers", 1) == 1 and covers(file, ticket, ride)
            for file in self.tariffs
            for ticket in file["ticket"]
        )

    def _tariff_price(
        self, file: Mapping[str, Any], ticket: Mapping[str, Any], rides: tuple[OracleRide, ...], rider: str | None
    ) -> Decimal | None:
        if not all(covers(file, ticket, ride) for ride in rides) or not self._is_allowed(ticket, rides):
            return None
        case = next((when for when in ticket.get("when", ()) if holds(file, when, rides[0], rider)), {})
        amount = case["amount"] if "amount" in case else self._kind_price(ticket, rides)
        if amount is None:
            return None
        amount = Decimal(amount)
        cap = case.get("cap", ticket.get("cap"))
        if cap is not None and cap < amount:
            amount = Decimal(cap)
        amount = amount * Decimal(case.get("percent", 100)) / 100
        return amount.quantize(Decimal(1).scaleb(-DIGITS[file["currency"]]), ROUND_HALF_UP)

    def _is_allowed(self, ticket: Mapping[str, Any], rides: tuple[OracleRide, ...]) -> bool:
        transfers = sum(not ride.seated for ride in rides[1:])
        if ticket.get("transfers", 0) != "unlimited" and transfers > ticket.get("transfers", 0):
            return False
        if len({ride.provider for ride in rides}) < ticket.get("min_providers", 1):
            return False
        groups = ticket.get("linked")
        for one, other in pairwise(rides):
            ends = {self._scoped_places(one.feed, one.calls[-1]), self._scoped_places(other.feed, other.calls[0])}
            changes = groups is not None and one.provider != other.provider
            if changes and not any(all(place & set(group) for place in ends) for group in groups):
                return False
        if "minutes" not in ticket:
            return True
        limit = dt.timedelta(minutes=ticket["minutes"])
        if ticket.get("minutes_until", "boarding") == "alighting":
            return all(elapsed(rides[0].departure, ride.arrival) <= limit for ride in rides)
        return all(elapsed(rides[0].departure, ride.departure) <= limit for ride in rides if not ride.seated)

    def _kind_price(self, ticket: Mapping[str, Any], rides: tuple[OracleRide, ...]) -> Decimal | None:
        price = ticket["price"]
        if price["kind"] == "flat":
            return Decimal(price["amount"])
        if price["kind"] == "unknown":
            return None
        first, last = rides[0], rides[-1]
        if price["kind"] == "matrix":
            return self._matrix_price(price["prices"], (first.feed, first.calls[0]), (last.feed, last.calls[-1]))
        if price.get("measure", "ridden") == "ridden":
            lengths = [self._line_m(ride.feed, ride.calls) for ride in rides]
        else:
            lengths = [self._shortest_m(ticket["providers"], (first.feed, first.calls[0]), (last.feed, last.calls[-1]))]
        if not all(math.isfinite(length) for length in lengths):
            return None
        km = sum((counted_km(length, price) for length in lengths), Decimal(0))
        beyond = max(Decimal(0), km - Decimal(price.get("base_km", 0)))
        steps = (beyond / Decimal(price.get("step_km", 1))).to_integral_value(ROUND_CEILING)
        return Decimal(price["base"]) + Decimal(price["step"]) * steps

    def _matrix_price(self, text: str, start: tuple[str, str], end: tuple[str, str]) -> Decimal | None:
        rows = [line.split() for line in text.strip().splitlines()]
        names = [row[0] for row in rows]
        a, b = (self._matrix_name(names, *place) for place in (start, end))
        if a is None or b is None:
            return None
        i, j = names.index(a), names.index(b)
        if len(rows) > 1 and all(len(row) == len(rows) + 1 for row in rows):
            return Decimal(rows[i][1 + j])
        return None if i == j else Decimal(rows[max(i, j)][1 + min(i, j)])

    def _matrix_name(self, names: Sequence[str], feed_id: str, stop: str) -> str | None:
        row = self._stop(feed_id, stop)
        meant = (stop, row.get("parent_station", ""), row.get("zone_id", ""))
        return next((name for name in meant if name in names), None)

    def _line_m(self, feed_id: str, calls: Sequence[str]) -> float:
        return sum(self._hop_m(feed_id, one, other) for one, other in pairwise(calls))

    def _hop_m(self, feed_id: str, one: str, other: str) -> float:
        a, b = self._stop(feed_id, one), self._stop(feed_id, other)
        return straight_m(*((float(row["stop_lat"]), float(row["stop_lon"])) for row in (a, b)))

    def _shortest_m(self, providers: Sequence[str], start: tuple[str, str], end: tuple[str, str]) -> float:
        """Floyd and Warshall's way over the stations of the providers' feeds: in this oracle a feed is a provider."""
        far: dict[tuple[tuple[str, str], tuple[str, str]], float] = {}
        for feed_id in providers:
            by_trip: dict[str, list[str]] = {}
            for call in self.feeds[feed_id].rows("stop_times"):
                by_trip.setdefault(call["trip_id"], []).append(call["stop_id"])
            for calls in by_trip.values():
                for one, other in pairwise(calls):
                    pair = (self._station(feed_id, one), self._station(feed_id, other))
                    metres = self._hop_m(feed_id, one, other)
                    for key in (pair, pair[::-1]):
                        far[key] = min(metres, far.get(key, math.inf))
        places = {place for pair in far for place in pair} | {self._station(*start), self._station(*end)}
        for middle, one, other in product(places, repeat=3):
            through = far.get((one, middle), math.inf) + far.get((middle, other), math.inf)
            far[one, other] = min(through, far.get((one, other), math.inf))
        a, b = self._station(*start), self._station(*end)
        return 0.0 if a == b else far[a, b]

    def _station(self, feed_id: str, stop: str) -> tuple[str, str]:
        return feed_id, self._stop(feed_id, stop).get("parent_station", "") or stop

    def _scoped_places(self, feed_id: str, stop: str) -> frozenset[str]:
        """What a link may call a stop: itself or its station."""
        return frozenset({f"{feed_id}_{stop}", f"{feed_id}_{self._station(feed_id, stop)[1]}"})

    def _stop(self, feed_id: str, stop: str) -> Row:
        return next(row for row in self.feeds[feed_id].rows("stops") if row["stop_id"] == stop)


def partitions(items: Sequence[int]) -> Iterator[list[list[int]]]:
    """Every way to split items into sets."""
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for size in range(len(rest) + 1):
        for others in combinations(rest, size):
            left = [item for item in rest if item not in others]
            for split in partitions(left):
                yield [[first, *others], *split]


def elapsed(start: dt.datetime, end: dt.datetime) -> dt.timedelta:
    """Between two instants, whatever their zones."""
    return end.astimezone(dt.UTC) - start.astimezone(dt.UTC)


def covers(file: Mapping[str, Any], ticket: Mapping[str, Any], ride: OracleRide) -> bool:
    """Whether a ticket pays for such rides on their day."""
    if ride.provider not in ticket["providers"]:
        return False
    named, left_out = (
        any(fnmatchcase(f"{ride.feed}_{ride.route}", pattern) for pattern in ticket.get(key, ()))
        for key in ("routes", "except_routes")
    )
    if left_out or (ticket.get("routes") and not named):
        return False
    first = ticket.get("first_day", file.get("first_day", dt.date.min))
    last = ticket.get("last_day", file.get("last_day", dt.date.max))
    return bool(first <= ride.departure.date() <= last)


def holds(file: Mapping[str, Any], when: Mapping[str, Any], ride: OracleRide, rider: str | None) -> bool:
    """Whether the conditions of a `when` hold as a ticket is first used for a ride."""
    day = ride.departure.date()
    weekday = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day.weekday()]
    kind = "holiday" if day in file.get("holidays", ()) else weekday
    clock = ride.departure.strftime("%H:%M:%S")
    return (
        ("riders" not in when or rider in when["riders"])
        and ("days" not in when or kind in when["days"].split())
        and when.get("from", "00:00") + ":00" <= clock < when.get("until", "24:00") + ":00"
        and when.get("first_day", dt.date.min) <= day <= when.get("last_day", dt.date.max)
    )


def counted_km(metres: float, price: Mapping[str, Any]) -> Decimal:
    """What a length counts as."""
    whole = Decimal(round(metres * float(price.get("factor", 1)))) / 1000
    rule = price.get("round_km", "none")
    if rule == "none":
        return whole
    return whole.to_integral_value(ROUND_HALF_UP if rule == "nearest" else ROUND_CEILING)


def fits_version_1(feed: GtfsFeed, fare: Row, rides: Sequence[OracleRide]) -> bool:
    """Whether a row of fare_attributes.txt is for rides that follow each other on its feed."""
    stops = {row["stop_id"]: row for row in feed.rows("stops")}
    agency_of = {row["route_id"]: row["agency_id"] for row in feed.rows("routes")}
    agency = fare.get("agency_id", "")
    if agency and any(agency_of[ride.route] != agency for ride in rides):
        return False
    if fare["transfers"] and sum(not ride.seated for ride in rides[1:]) > int(fare["transfers"]):
        return False
    boardings = [ride.departure for i, ride in enumerate(rides) if i == 0 or not ride.seated]
    limit = fare.get("transfer_duration", "")
    if limit and elapsed(boardings[0], boardings[-1]) > dt.timedelta(seconds=int(limit)):
        return False
    own = [rule for rule in feed.rows("fare_rules") if rule["fare_id"] == fare["fare_id"]]
    if not own:
        like = {row["fare_id"] for row in feed.rows("fare_attributes") if row.get("agency_id", "") == agency}
        return not any(rule["fare_id"] in like for rule in feed.rows("fare_rules"))
    visited = {stops[call].get("zone_id", "") for ride in rides for call in ride.calls} - {""}
    ends = stops[rides[0].calls[0]].get("zone_id", ""), stops[rides[-1].calls[-1]].get("zone_id", "")
    zones_of: dict[tuple[str, str, str], set[str]] = {}
    for rule in own:
        key = rule.get("route_id", ""), rule.get("origin_id", ""), rule.get("destination_id", "")
        zones_of.setdefault(key, set()).update({rule.get("contains_id", "")} - {""})
    groups: dict[tuple[str, str, frozenset[str]], set[str]] = {}
    for (route, origin, destination), zones in zones_of.items():
        groups.setdefault((origin, destination, frozenset(zones)), set()).add(route)
    return any(
        origin in ("", ends[0])
        and destination in ("", ends[1])
        and (not zones or zones == visited)
        and ("" in routes or all(ride.route in routes for ride in rides))
        for (origin, destination, zones), routes in groups.items()
    )
