"""From what a rider names (a stop, a station, a coordinate) to the stops within reach on foot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingest.geometry import PointIndex, haversine_m
from ingest.model import BOARDING_AREA, STATION, STOP, Int32s, Network
from routing.kernels.layout import UNREACHED, Walks
from routing.query import Place


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


class PlaceFinder:
    """Resolves places of one network."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._rows = np.flatnonzero(np.isin(network.stops.location_type, (STOP, BOARDING_AREA)))
        self._index: PointIndex | None = None

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

    def reach(self, place: ResolvedPlace, walks: Walks, max_walk_s: int, speed: float) -> Reach:
        """The stops that a rider can walk to (`walks` leading away) or from (`walks` reversed), the best way each."""
        if place.stops:
            return self._from_stops(place.stops, walks, max_walk_s)
        return self._from_point(place.lat, place.lon, max_walk_s, speed)

    def walk(self, start: ResolvedPlace, end: ResolvedPlace, walks: Walks, max_walk_s: int, speed: float) -> Reach:
        """Walking all the way: the rows of a Reach from `start` that are `end`; one row of stop -1 for a coordinate."""
        if end.stops:
            reach = self.reach(start, walks, max_walk_s, speed)
            there = np.isin(reach.stops, end.stops) & (reach.seconds <= max_walk_s)
            return Reach(reach.stops[there], reach.seconds[there], reach.metres[there])
        if start.stops:
            back = self._from_point(end.lat, end.lon, max_walk_s, speed)
            there = np.isin(back.stops, start.stops)
            return Reach(back.stops[there], back.seconds[there], back.metres[there])
        metres = np.ceil(haversine_m([start.lat], [start.lon], [end.lat], [end.lon]) * self._detour())
        seconds = np.ceil(metres / speed)
        near = seconds <= max_walk_s
        none = np.full(int(near.sum()), -1, np.int32)
        return Reach(none, seconds[near].astype(np.int32), metres[near].astype(np.int32))

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

    def _from_point(self, lat: float, lon: float, max_walk_s: int, speed: float) -> Reach:
        stops = self._network.stops
        if self._index is None:
            self._index = PointIndex(stops.lat[self._rows], stops.lon[self._rows])
        detour = self._detour()
        _, found, straight = self._index.within(np.array([lat]), np.array([lon]), max_walk_s * speed / detour)
        metres = np.ceil(straight * detour)
        seconds = np.ceil(metres / speed)
        near = seconds <= max_walk_s
        return Reach(
            self._rows[found[near]].astype(np.int32), seconds[near].astype(np.int32), metres[near].astype(np.int32)
        )

    def _detour(self) -> float:
        return self._network.detour
