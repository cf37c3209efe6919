"""Answers: journeys and their legs, as a rider reads them. Frozen; what takes work is computed when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from ingest.realtime.patch import Alert
from routing.along import Along, AlongTrip, Point, StopCall
from routing.instants import after, instant_s, seconds_between
from routing.realtime.live import LiveNetwork, alerts_of, scheduled_shift

if TYPE_CHECKING:
    from routing.headways.interchangeable import InterchangeableLine, Lines
    from routing.headways.odds import JourneyOdds


@dataclass(frozen=True, slots=True)
class PlaceName:
    """Where a leg begins or ends: a scoped stop id or "lat,lon", with what riders call it."""

    id: str
    name: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class RouteName:
    """The route of a leg, as riders know it."""

    id: str
    short_name: str
    long_name: str
    color: str
    type: int


@dataclass(frozen=True, slots=True)
class RideLeg:
    """One vehicle from one call to another. `wait_s` is the time spent at the stop before it leaves."""

    provider: str
    feed: str
    trip_id: str
    route: RouteName
    headsign: str
    service_date: date
    from_place: PlaceName
    to_place: PlaceName
    from_stop_sequence: int
    to_stop_sequence: int
    departure: datetime
    arrival: datetime
    wait_s: int
    headway_s: int | None
    stay_seated: bool
    """True where the rider remains in the vehicle of the leg before."""
    along: Along = field(repr=False, compare=False)
    lines: Lines | None = field(default=None, repr=False, compare=False)
    """Finds `interchangeable`."""

    @property
    def interchangeable(self) -> tuple[InterchangeableLine, ...]:
        """Of a headway leg: what the rider boards as well, if it comes first."""
        return () if self.lines is None else self.lines()

    @property
    def scheduled_departure(self) -> datetime | None:
        """By the schedule; None where it does not have this vehicle, or not this call."""
        return self._scheduled(self.departure, "departure")

    @property
    def scheduled_arrival(self) -> datetime | None:
        """As scheduled_departure."""
        return self._scheduled(self.arrival, "arrival")

    @property
    def realtime(self) -> bool:
        """Whether real time says when it leaves or arrives."""
        along = self.along
        if not isinstance(along, AlongTrip):
            return False
        ends = (along.board, "departure"), (along.alight, "arrival")
        return any(scheduled_shift(along.network, along.trip, row, event)[1] for row, event in ends)

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """What riders of this vehicle should know, between boarding and alighting."""
        along = self.along
        if not isinstance(along, AlongTrip):
            return ()
        stops = int(along.stops[0]), int(along.stops[-1])
        times = instant_s(self.departure), instant_s(self.arrival)
        return alerts_of(along.network, along.trip, self.service_date.toordinal(), stops, *times)

    def _scheduled(self, time: datetime, event: str) -> datetime | None:
        along = self.along
        if not isinstance(along, AlongTrip):
            return time
        row = along.board if event == "departure" else along.alight
        late_s, _ = scheduled_shift(along.network, along.trip, row, event)
        return None if late_s is None else after(time, -late_s)

    @property
    def intermediate_stops(self) -> tuple[StopCall, ...]:
        """The calls between boarding and alighting."""
        return self.along.calls()

    @property
    def geometry(self) -> tuple[Point, ...]:
        """The vehicle's way on a map."""
        return self.along.line()

    @property
    def route_id(self) -> str:
        """Scoped route id."""
        return self.route.id

    @property
    def from_stop(self) -> str:
        """Scoped id of the boarding stop."""
        return self.from_place.id

    @property
    def to_stop(self) -> str:
        """Scoped id of the alighting stop."""
        return self.to_place.id

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; `kind` is "ride"."""
        return {
            "kind": "ride",
            "provider": self.provider,
            "feed": self.feed,
            "trip_id": self.trip_id,
            "route_id": self.route.id,
            "route_short_name": self.route.short_name,
            "route_long_name": self.route.long_name,
            "route_color": self.route.color,
            "route_type": self.route.type,
            "headsign": self.headsign,
            "service_date": self.service_date.isoformat(),
            "from_stop": self.from_place.id,
            "from_name": self.from_place.name,
            "from_lat": self.from_place.lat,
            "from_lon": self.from_place.lon,
            "to_stop": self.to_place.id,
            "to_name": self.to_place.name,
            "to_lat": self.to_place.lat,
            "to_lon": self.to_place.lon,
            "from_stop_sequence": self.from_stop_sequence,
            "to_stop_sequence": self.to_stop_sequence,
            "departure": self.departure.isoformat(),
            "arrival": self.arrival.isoformat(),
            **self._told_live(),
            "wait_s": self.wait_s,
            "headway_s": self.headway_s,
            "interchangeable": [line.to_dict() for line in self.interchangeable],
            "stay_seated": self.stay_seated,
            "intermediate_stops": self._told_calls(),
            "geometry": self._told_line(),
        }

    def _told_live(self) -> dict[str, Any]:
        """What real time makes of it; where there is none there is nothing to look up."""
        along = self.along
        if isinstance(along, AlongTrip) and not isinstance(along.network, LiveNetwork):
            departure, arrival = self.departure.isoformat(), self.arrival.isoformat()
            return {"scheduled_departure": departure, "scheduled_arrival": arrival, "realtime": False, "alerts": []}
        return {
            "scheduled_departure": iso(self.scheduled_departure),
            "scheduled_arrival": iso(self.scheduled_arrival),
            "realtime": self.realtime,
            "alerts": [alert.to_dict() for alert in self.alerts],
        }

    def _told_calls(self) -> list[dict[str, Any]]:
        if isinstance(self.along, AlongTrip):
            return self.along.told_calls()
        return [call.to_dict() for call in self.intermediate_stops]

    def _told_line(self) -> list[list[float]]:
        return self.along.points() if isinstance(self.along, AlongTrip) else [list(point) for point in self.geometry]


@dataclass(frozen=True, slots=True)
class WalkLeg:
    """A walk: to the first vehicle, between two, from the last, or all the way. Metres are walked metres."""

    from_place: PlaceName
    to_place: PlaceName
    departure: datetime
    arrival: datetime
    distance_m: int
    along: Along = field(repr=False, compare=False)

    @property
    def geometry(self) -> tuple[Point, ...]:
        """Along streets where the snapshot has them, else the straight line."""
        return self.along.line()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; `kind` is "walk"."""
        return {
            "kind": "walk",
            "from_place": self.from_place.id,
            "from_name": self.from_place.name,
            "from_lat": self.from_place.lat,
            "from_lon": self.from_place.lon,
            "to_place": self.to_place.id,
            "to_name": self.to_place.name,
            "to_lat": self.to_place.lat,
            "to_lon": self.to_place.lon,
            "departure": self.departure.isoformat(),
            "arrival": self.arrival.isoformat(),
            "distance_m": self.distance_m,
            "geometry": [list(point) for point in self.geometry],
        }


Leg = RideLeg | WalkLeg


@dataclass(frozen=True, slots=True)
class Journey:
    """A way from origin to destination. `transfers` is vehicles boarded minus one, 0 for a walk."""

    departure: datetime
    arrival: datetime
    transfers: int
    providers: frozenset[str]
    legs: tuple[Leg, ...]
    kind: Literal["ride", "walk"] = field(default="ride")
    odds: JourneyOdds | None = field(default=None, repr=False, compare=False)
    """None where everything happens as planned."""

    @property
    def rides(self) -> Sequence[RideLeg]:
        """Legs in vehicles."""
        return [leg for leg in self.legs if isinstance(leg, RideLeg)]

    @property
    def walks(self) -> Sequence[WalkLeg]:
        """Legs on foot."""
        return [leg for leg in self.legs if isinstance(leg, WalkLeg)]

    @property
    def departure_s(self) -> int:
        """UTC seconds: what departures are compared by."""
        return instant_s(self.departure)

    @property
    def arrival_s(self) -> int:
        """UTC seconds: what arrivals are compared by."""
        return instant_s(self.arrival)

    @property
    def arrival_p10(self) -> datetime | None:
        """In one case of ten the rider is there by then; None where that takes more than a day, as of the others."""
        return self._arrival(0)

    @property
    def arrival_p50(self) -> datetime | None:
        """In half of all cases."""
        return self._arrival(1)

    @property
    def arrival_p90(self) -> datetime | None:
        """In nine cases of ten."""
        return self._arrival(2)

    def _arrival(self, share: int) -> datetime | None:
        if self.odds is None or not any(leg.headway_s for leg in self.rides):
            return self.arrival
        instant = self.odds.arrivals()[share]
        return None if instant is None else after(self.arrival, instant - self.arrival_s)

    @property
    def duration_s(self) -> int:
        """Seconds from leaving to arriving."""
        return seconds_between(self.departure, self.arrival)

    @property
    def walk_m(self) -> int:
        """Walked metres."""
        return sum(leg.distance_m for leg in self.walks)

    @property
    def walk_s(self) -> int:
        """Seconds on foot."""
        return sum(seconds_between(leg.departure, leg.arrival) for leg in self.walks)

    @property
    def wait_s(self) -> int:
        """Seconds of waiting for vehicles."""
        return sum(leg.wait_s for leg in self.rides)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "departure": self.departure.isoformat(),
            "arrival": self.arrival.isoformat(),
            "arrival_p10": iso(self.arrival_p10),
            "arrival_p50": iso(self.arrival_p50),
            "arrival_p90": iso(self.arrival_p90),
            "transfers": self.transfers,
            "providers": sorted(self.providers),
            "legs": [leg.to_dict() for leg in self.legs],
        }


def iso(time: datetime | None) -> str | None:
    """ISO 8601, or null."""
    return None if time is None else time.isoformat()
