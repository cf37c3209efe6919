"""What a leg passes: its stops and its line on a map. Worked out when asked for, not when a journey is made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol

import numpy as np

from ingest.model import Int32s, Network
from routing.geometry import leg_points
from routing.instants import clock_at
from routing.iso_times import iso_at
from routing.on_foot import OnFoot
from routing.realtime.live import is_as_scheduled, scheduled_call
from routing.stop_places import StopPlace, StopPlaces

Point = tuple[float, float]
"""(lon, lat), as GeoJSON has it."""


@dataclass(frozen=True, slots=True)
class StopCall:
    """A call between boarding and alighting."""

    stop: str
    name: str
    lat: float
    lon: float
    arrival: datetime
    departure: datetime
    scheduled_arrival: datetime | None = None
    scheduled_departure: datetime | None = None
    """None where the schedule has no such call."""
    skipped: bool = False
    """Whether the vehicle passes a stop at which it would call by the schedule."""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "stop": self.stop,
            "name": self.name,
            "lat": self.lat,
            "lon": self.lon,
            "arrival": self.arrival.isoformat(),
            "departure": self.departure.isoformat(),
            "scheduled_arrival": None if self.scheduled_arrival is None else self.scheduled_arrival.isoformat(),
            "scheduled_departure": None if self.scheduled_departure is None else self.scheduled_departure.isoformat(),
            "skipped": self.skipped,
        }


class Along(Protocol):
    """What lies along a leg."""

    def line(self) -> tuple[Point, ...]:
        """(lon, lat) from end to end."""

    def calls(self) -> tuple[StopCall, ...]:
        """The calls between boarding and alighting; none on foot."""


@dataclass(frozen=True, slots=True)
class AlongTrip:
    """Rows board..alight of stop_times of one trip. Times are seconds since `epoch_s`, one a row."""

    network: Network
    trip: int
    board: int
    alight: int
    stops: Int32s
    arrivals: Int32s
    departures: Int32s
    epoch_s: int
    places: StopPlaces | None = None
    """What is kept of the network's stops"""

    def line(self) -> tuple[Point, ...]:
        """Along the trip's shape, or straight through the stops."""
        return tuple((lon, lat) for lon, lat in self.points())

    def points(self) -> list[list[float]]:
        """The line as JSON has it."""
        located = None if self.places is None else self.places.located
        return leg_points(self.network, self.trip, self.board, self.alight, self.stops, located)

    def calls(self) -> tuple[StopCall, ...]:
        """Each in the time zone of its stop."""
        found = []
        first = int(self.network.trips.times_ptr[self.trip])
        columns = self.network.stop_times.arrival, self.network.stop_times.departure
        for at, place, times in self._passed():
            clock = partial(clock_at, zone=place.zone)
            planned = scheduled_call(self.network, self.trip, self.board - first + at)
            scheduled = [
                None if by_schedule is None else clock(time - int(column[self.board + at]) + by_schedule)
                for time, column, by_schedule in zip(times, columns, (planned.arrival, planned.departure), strict=True)
            ]
            arrival, departure = clock(times[0]), clock(times[1])
            found.append(StopCall(*place[:4], arrival, departure, scheduled[0], scheduled[1], planned.is_skipped))
        return tuple(found)

    def told_calls(self) -> list[dict[str, Any]]:
        """`calls` as JSON has them. A vehicle that goes as scheduled has many calls and little to say of each."""
        if not is_as_scheduled(self.network, self.trip):
            return [call.to_dict() for call in self.calls()]
        found = []
        for _, place, (arrival_s, departure_s) in self._passed():
            arrival = departure = iso_at(arrival_s, place.zone)
            if departure_s != arrival_s:
                departure = iso_at(departure_s, place.zone)
            found.append(
                {
                    "stop": place.id,
                    "name": place.name,
                    "lat": place.lat,
                    "lon": place.lon,
                    "arrival": arrival,
                    "departure": departure,
                    "scheduled_arrival": arrival,
                    "scheduled_departure": departure,
                    "skipped": False,
                }
            )
        return found

    def _passed(self) -> Iterator[tuple[int, StopPlace, tuple[int, int]]]:
        """(position, stop, UTC seconds of arrival and departure) of the calls between the first and the last."""
        places = self.places
        if places is None or places.network is not self.network:  # the same network in another language
            places = StopPlaces(self.network)
        times = zip(self.arrivals[1:-1].tolist(), self.departures[1:-1].tolist(), strict=True)
        for at, (stop, (arrival, departure)) in enumerate(zip(self.stops[1:-1].tolist(), times, strict=True), 1):
            yield at, places.of(stop), (self.epoch_s + arrival, self.epoch_s + departure)


@dataclass(frozen=True, slots=True)
class AlongWalk:
    """A walk of `metres` between two (lat, lon)."""

    on_foot: OnFoot
    start: tuple[float, float]
    end: tuple[float, float]
    metres: int

    def line(self) -> tuple[Point, ...]:
        """Along streets where they are known. Changes that transfers.txt links may have no way of that length."""
        straight = self.start[::-1], self.end[::-1]
        if not self.on_foot.has_streets:
            return straight
        found = self.on_foot.between(self.start, self.end, self.metres + 1)
        return straight if found is None else found.line

    def calls(self) -> tuple[StopCall, ...]:
        """None."""
        return ()


def known(degrees: float) -> float:
    """JSON has no NaN: an unknown coordinate is shown as 0."""
    return float(degrees) if np.isfinite(degrees) else 0.0
