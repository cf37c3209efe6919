"""Walks to, from and between coordinates: along streets where the snapshot has them, else straight times a detour."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np

from ingest.geometry import PointIndex, haversine_m
from ingest.model import Floats, Int32s, Network
from ingest.street_places import street_places
from ingest.street_walk import StreetWalker

LatLon = tuple[float, float]
Line = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk: walked metres, rounded up, and its (lon, lat) points."""

    metres: int
    line: Line


class OnFoot:
    """Walks on one network, in the street; `step_free` along streets without stairs. Safe to share between threads."""

    def __init__(self, network: Network, *, step_free: bool = False) -> None:
        self._network, self._step_free = network, step_free
        self._threads = threading.local()
        self._rows = street_places(network.stops, network.station_ways)
        self._index: PointIndex | None = None

    def places_near(self, lat: float, lon: float, limit_m: float, *, onward: bool) -> tuple[Int32s, Floats]:
        """(stops and entrances, walked metres) no farther than `limit_m`, by row of the stops.

        Stops behind entrances are not among them. `onward=False` walks from them to the place.
        """
        if self.has_streets:
            stops, metres = self._walker().walk_from(lat, lon, limit_m, onward=onward)
            return stops, metres.astype(np.float64)
        table, detour = self._network.stops, self._network.detour
        if self._index is None:
            self._index = PointIndex(table.lat[self._rows], table.lon[self._rows])
        _, found, straight = self._index.within(np.array([lat]), np.array([lon]), limit_m / detour)
        return self._rows[found].astype(np.int32), np.ceil(straight * detour)

    def between(self, start: LatLon, end: LatLon, limit_m: float) -> Walk | None:
        """The walk from one (lat, lon) to another, or None if it is longer than `limit_m`."""
        if not np.isfinite([*start, *end]).all():
            return None
        if self.has_streets:
            found = self._walker().walk_between(start, end, limit_m)
            return None if found is None else Walk(found.metres, tuple(found.geometry))
        metres = int(np.ceil(haversine_m(*start, *end) * self._network.detour))
        return Walk(metres, (start[::-1], end[::-1])) if metres <= limit_m else None

    @property
    def has_streets(self) -> bool:
        """Whether walks follow streets; else they are straight lines."""
        return self._network.walk == "streets"

    def _walker(self) -> StreetWalker:
        walker: StreetWalker | None = getattr(self._threads, "walker", None)
        if walker is None:
            network, step_free = self._network, self._step_free
            stops = network.step_free_street_stops if step_free else network.street_stops
            walker = StreetWalker(network.streets, stops, network.detour, step_free=step_free)
            self._threads.walker = walker
        return walker
