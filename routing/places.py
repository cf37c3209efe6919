"""From what a rider names (a stop, a station, a coordinate) to the stops within reach on foot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingest.model import BOARDING_AREA, STATION, STOP, Bits, Floats, Int32s, Network
from routing.kernels.layout import UNREACHED, Walks
from routing.on_foot import OnFoot
from routing.query import Place
from routing.station_doors import StationDoors
from routing.stop_copies import StopCopies


class UnknownPlaceError(LookupError):
    """A stop id that the snapshot does not hold."""

    def __init__(self, place: str) -> None:
        super().__init__(f"there is no stop {place!r} in this snapshot")
        self.place = place
        self.end = "origin"


@dataclass(frozen=True, slots=True)
class ResolvedPlace:
    """A place and the stops that are the place itself; none for a coordinate."""

    place: Place
    stops: tuple[int, ...]
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Reach:
    """Stops within walking reach of a place, by index: seconds and walked metres, one row a stop."""

    stops: Int32s
    seconds: Int32s
    metres: Int32s

    def at_copies(self, stops: StopCopies) -> Reach:
        """The stops of a timetable within reach: a stop of the network and all its copies alike."""
        if stops.n_copies == 0:
            return self
        index, copies = stops.here(self.stops)
        return Reach(copies, self.seconds[index], self.metres[index])


def open_stops(reach: Reach, closed: Bits) -> Reach:
    """The stops of a reach where a rider may board and alight: not those of which `closed` is 1."""
    stays = closed[reach.stops] == 0
    return reach if stays.all() else Reach(reach.stops[stays], reach.seconds[stays], reach.metres[stays])


class PlaceFinder:
    """Resolves places of one network; `step_free` as `on_foot` is."""

    def __init__(self, network: Network, on_foot: OnFoot, *, step_free: bool = False) -> None:
        self._network, self._on_foot = network, on_foot
        self._doors = StationDoors(network, step_free=step_free)

    def resolve(self, place: Place) -> ResolvedPlace:
        """Raises UnknownPlaceError."""
        if not isinstance(place, str):
            return ResolvedPlace(place, (), *place)
        stops = self._network.stops
        row = stops.id.find(place)
        if row < 0 and len(self._network.feeds) == 1:
            row = stops.id.find(f"{self._network.feeds[0].id}_{place}")
        if row < 0:
            raise UnknownPlaceError(place)
        kind = int(stops.location_type[row])
        if kind == STATION:
            members = tuple(np.flatnonzero((stops.parent == row) & (stops.location_type == STOP)).tolist())
        else:
            members = (row,) if kind in (STOP, BOARDING_AREA) else ()
        return ResolvedPlace(place, members, float(stops.lat[row]), float(stops.lon[row]))

    def reach(self, place: ResolvedPlace, walks: Walks, max_walk_s: int, speed: float, *, onward: bool) -> Reach:
        """The stops that a rider can walk to (or, not `onward`, from: with `walks` reversed), the best way each."""
        if place.stops:
            return self._from_stops(place.stops, walks, max_walk_s)
        return self._from_point(place.lat, place.lon, max_walk_s, speed, onward=onward)

    def walk(self, start: ResolvedPlace, end: ResolvedPlace, walks: Walks, max_walk_s: int, speed: float) -> Reach:
        """Walking all the way: the rows of a Reach from `start` that are `end`; one row of stop -1 for a coordinate."""
        if end.stops:
            reach, ends = self.reach(start, walks, max_walk_s, speed, onward=True), end.stops
        elif start.stops:
            reach, ends = self._from_point(end.lat, end.lon, max_walk_s, speed, onward=False), start.stops
        else:
            found = self._on_foot.between((start.lat, start.lon), (end.lat, end.lon), max_walk_s * speed)
            metres = np.array([] if found is None else [found.metres], np.float64)
            return _timed(np.full(len(metres), -1, np.int32), metres, max_walk_s, speed)
        there = np.isin(reach.stops, ends) & (reach.seconds <= max_walk_s)
        return Reach(reach.stops[there], reach.seconds[there], reach.metres[there])

    def _from_stops(self, members: tuple[int, ...], walks: Walks, max_walk_s: int) -> Reach:
        best: dict[int, tuple[int, int]] = dict.fromkeys(members, (0, 0))
        for stop in members:
            for row in range(int(walks.ptr[stop]), int(walks.ptr[stop + 1])):
                seconds, walked = int(walks.change_by_foot_s[row]), int(walks.walk_s[row])
                end = int(walks.stops[row])
                if walked <= max_walk_s and seconds < best.get(end, (UNREACHED, 0))[0]:
                    best[end] = (seconds, int(walks.metres[row]))
        stops = sorted(best)
        seconds_and_metres = np.array([best[stop] for stop in stops], np.int32).reshape(-1, 2)
        return Reach(np.array(stops, np.int32), seconds_and_metres[:, 0].copy(), seconds_and_metres[:, 1].copy())

    def _from_point(self, lat: float, lon: float, max_walk_s: int, speed: float, *, onward: bool) -> Reach:
        places, metres = self._on_foot.places_near(lat, lon, max_walk_s * speed, onward=onward)
        return Reach(*self._doors.behind(places, metres, max_walk_s, speed, onward=onward))


def _timed(stops: Int32s, metres: Floats, max_walk_s: int, speed: float) -> Reach:
    """Walks of so many metres, those that take no longer than allowed."""
    seconds = np.ceil(metres / speed)
    near = seconds <= max_walk_s
    return Reach(stops[near], seconds[near].astype(np.int32), metres[near].astype(np.int32))
