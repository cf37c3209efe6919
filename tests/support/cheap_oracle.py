"""Every journey of a small network within a limit on time, priced by the fare oracle: what no search can miss.

Written from docs/semantics.md, section Cheaper journeys. Nothing is left out but what is too late.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from tests.support.fare_oracle import FareOracle, OracleRide
from tests.support.gtfs_feed import GtfsFeed
from tests.support.oracle import Question
from tests.support.oracle_vehicles import HeadwayVehicle, Spot, Vehicle

Leg = tuple[Vehicle, int, int]
"""A vehicle, the call where it is boarded and the one where it is left."""


@dataclass(frozen=True)
class Cheap:
    """One journey. Instants are UTC seconds."""

    departure: int
    arrival: int
    transfers: int
    ridden: frozenset[str]
    amount: Decimal
    currency: str


@dataclass
class CheapOracle:
    """Journeys of one question."""

    feeds: Mapping[str, GtfsFeed]
    fares: FareOracle
    question: Question
    rider: str | None = None
    _prices: dict[tuple[OracleRide, ...], tuple[str, Decimal] | None] = field(default_factory=dict)

    def depart_at(self, time: int, limit: int) -> set[Cheap]:
        """The front of who leaves at `time` or later and is there by `limit`."""
        found = {
            cheap
            for legs, near, far in self._from_origin(time, limit)
            if (cheap := self._priced(legs, near, far, near)) is not None
        }
        return {one for one in found if not any(_beats(other, one) for other in found)}

    def arrive_by(self, time: int, limit: int) -> set[Cheap]:
        """The front of who is there by `time` and leaves at `limit` or later."""
        found = {
            cheap
            for legs, near, far in self._from_destination(time, limit)
            if (cheap := self._priced(legs, far, near, far)) is not None
        }
        return {one for one in found if not any(_beats_backwards(other, one) for other in found)}

    def _from_origin(self, time: int, limit: int) -> Iterator[tuple[list[Leg], int, int]]:
        """(legs, when the rider leaves, when he is there) of every journey."""
        for spot, seconds in self.question.access.items():
            for legs, leave, off, at in self._ride_on(spot, time + seconds, limit, []):
                end = self.question.egress.get(off)
                if end is not None and at + end <= limit:
                    yield legs, time if leave is None else leave - seconds, at + end

    def _ride_on(
        self, spot: Spot, ready: int, limit: int, legs: list[Leg]
    ) -> Iterator[tuple[list[Leg], int | None, Spot, int]]:
        """(legs, departure of the first vehicle if it keeps to a timetable, where it ends, when)."""
        for vehicle in self.question.vehicles:
            for i, call in enumerate(vehicle.calls):
                if call.spot != spot or not call.can_board:
                    continue
                start = vehicle.start(call, ready) if isinstance(vehicle, HeadwayVehicle) else 0
                if start is None or start + call.departure < ready:
                    continue
                leave = None if isinstance(vehicle, HeadwayVehicle) else call.departure
                for j in range(i + 1, len(vehicle.calls)):
                    off = vehicle.calls[j]
                    if not off.can_alight or start + off.arrival > limit:
                        continue
                    here = [*legs, (vehicle, i, j)]
                    yield here, leave, off.spot, start + off.arrival
                    if len(here) <= self.question.max_transfers:
                        for a, b, seconds in self.question.changes:
                            if a == off.spot:
                                onward = self._ride_on(b, start + off.arrival + seconds, limit, here)
                                yield from ((more, leave, end, at) for more, _, end, at in onward)

    def _from_destination(self, time: int, limit: int) -> Iterator[tuple[list[Leg], int, int]]:
        """(legs, when the rider is there, when he must leave) of every journey."""
        for spot, seconds in self.question.egress.items():
            for legs, there, on, at in self._ride_back(spot, time - seconds, limit, []):
                start = self.question.access.get(on)
                if start is not None and at - start >= limit:
                    yield legs, time if there is None else there + seconds, at - start

    def _ride_back(
        self, spot: Spot, due: int, limit: int, legs: list[Leg]
    ) -> Iterator[tuple[list[Leg], int | None, Spot, int]]:
        for vehicle in self.question.vehicles:
            for j, off in enumerate(vehicle.calls):
                if off.spot != spot or not off.can_alight:
                    continue
                is_headway = isinstance(vehicle, HeadwayVehicle)
                if not is_headway and off.arrival > due:
                    continue
                there = None if is_headway else off.arrival
                for i, call in enumerate(vehicle.calls[:j]):
                    if not call.can_board:
                        continue
                    at: int | None = call.departure
                    if isinstance(vehicle, HeadwayVehicle):
                        at = vehicle.latest_ready(call, due - off.arrival)
                    if at is None or at < limit:
                        continue
                    here = [(vehicle, i, j), *legs]
                    yield here, there, call.spot, at
                    if len(here) <= self.question.max_transfers:
                        for a, b, seconds in self.question.changes:
                            if b == call.spot:
                                onward = self._ride_back(a, at - seconds, limit, here)
                                yield from ((more, there, on, start) for more, _, on, start in onward)

    def _priced(self, legs: Sequence[Leg], departure: int, arrival: int, leave: int) -> Cheap | None:
        rides = self._rides(legs, leave)
        if rides not in self._prices:
            sums = self.fares.cheapest(rides, self.rider)
            self._prices[rides] = (min(sums), sums[min(sums)]) if sums else None
        price = self._prices[rides]
        if price is None:
            return None
        ridden = frozenset(vehicle.provider for vehicle, _, _ in legs)
        return Cheap(departure, arrival, len(legs) - 1, ridden, price[1], price[0])

    def _rides(self, legs: Sequence[Leg], leave: int) -> tuple[OracleRide, ...]:
        """Of who leaves then: of headway services he takes what comes, of others the vehicles that are given."""
        rides: list[OracleRide] = []
        before: tuple[Spot, int] | None = None
        for vehicle, i, j in legs:
            on, off = vehicle.calls[i], vehicle.calls[j]
            start = 0
            if isinstance(vehicle, HeadwayVehicle):
                if before is None:
                    ready = leave + self.question.access[on.spot]
                else:
                    ready = before[1] + min(s for a, b, s in self.question.changes if (a, b) == (before[0], on.spot))
                found = vehicle.start(on, ready)
                assert found is not None
                start = found
            rides += self._parts(vehicle, i, j, start)
            before = off.spot, start + off.arrival
        return tuple(rides)

    def _parts(self, vehicle: Vehicle, i: int, j: int, start: int) -> Iterator[OracleRide]:
        """One ride for each trip in which the rider sits."""
        feed_id = vehicle.trips[0].partition("_")[0]
        first, seated = 0, False
        for scoped in vehicle.trips:
            trip = scoped.partition("_")[2]
            end = first + self._n_calls[feed_id, trip]
            on, off = max(i, first), min(j, end - 1)
            if on < off:
                calls = vehicle.calls[on : off + 1]
                yield OracleRide(
                    feed_id,
                    vehicle.provider,
                    self._route[feed_id, trip],
                    tuple(call.stop.partition("_")[2] for call in calls),
                    self._clock(feed_id, start + calls[0].departure),
                    self._clock(feed_id, start + calls[-1].arrival),
                    seated,
                )
                seated = True
            first = end

    @cached_property
    def _n_calls(self) -> dict[tuple[str, str], int]:
        counts: dict[tuple[str, str], int] = {}
        for feed_id, feed in self.feeds.items():
            for row in feed.rows("stop_times"):
                counts[feed_id, row["trip_id"]] = counts.get((feed_id, row["trip_id"]), 0) + 1
        return counts

    @cached_property
    def _route(self) -> dict[tuple[str, str], str]:
        return {
            (key, row["trip_id"]): row["route_id"] for key, feed in self.feeds.items() for row in feed.rows("trips")
        }

    def _clock(self, feed_id: str, instant: int) -> dt.datetime:
        zone = ZoneInfo(self.feeds[feed_id].rows("agency")[0]["agency_timezone"])
        return dt.datetime.fromtimestamp(instant, zone)


def _is_no_dearer(one: Cheap, other: Cheap) -> bool:
    return one.ridden <= other.ridden and one.currency == other.currency and one.amount <= other.amount


def _beats(one: Cheap, other: Cheap) -> bool:
    if one == other or not _is_no_dearer(one, other):
        return False
    if one.arrival > other.arrival or one.transfers > other.transfers:
        return False
    sooner = one.arrival < other.arrival or one.transfers < other.transfers
    return sooner or one.departure >= other.departure


def _beats_backwards(one: Cheap, other: Cheap) -> bool:
    if one == other or not _is_no_dearer(one, other):
        return False
    if one.departure < other.departure or one.transfers > other.transfers:
        return False
    later = one.departure > other.departure or one.transfers < other.transfers
    return later or one.arrival <= other.arrival
