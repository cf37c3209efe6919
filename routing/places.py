"""From what a rider names (a stop, a station, a coordinate) to the stops within reach on foot."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ingest.model import BOARDING_AREA, STATION, STOP, Bits, Int32s, Network
from routing.kernels.layout import Walks
from routing.on_foot import OnFoot
from routing.query import Place
from routing.station_doors import StationDoors
from routing.stop_copies import StopCopies
from routing.walks import WalkTable

if TYPE_CHECKING:
    from routing.reconstruct import Ends


class UnknownPlaceError(LookupError):
    """A stop id that the snapshot does not hold."""

    def __init__(self, place: str) -> None:
        super().__init__(f"there is no stop {place!r} in this snapshot")
        self.place = place
        self.end = "origin"


class ResolvedPlace(NamedTuple):
    """A place and the stops that are the place itself; none for a coordinate."""

    place: Place
    stops: tuple[int, ...]
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Reach:
    """Stops within walking reach of a place, by index: seconds and walked metres, one row a stop. Read-only."""

    stops: Int32s
    seconds: Int32s
    metres: Int32s

    def __post_init__(self) -> None:
        # To numba read-only arrays are of another type: kernels are compiled for these.
        self.stops.flags.writeable = self.seconds.flags.writeable = False

    def at_copies(self, stops: StopCopies) -> Reach:
        """The stops of a timetable within reach: a stop of the network and all its copies alike."""
        if stops.n_copies == 0 or (stops.copies_ptr[self.stops + 1] - stops.copies_ptr[self.stops] == 1).all():
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
        row = self._row_of.get(place)
        if row is None and len(self._network.feeds) == 1:
            row = self._row_of.get(f"{self._network.feeds[0].id}_{place}")
        if row is None:
            raise UnknownPlaceError(place)
        kind = int(stops.location_type[row])
        if kind == STATION:
            members = tuple(np.flatnonzero((stops.parent == row) & (stops.location_type == STOP)).tolist())
        else:
            members = (row,) if kind in (STOP, BOARDING_AREA) else ()
        return ResolvedPlace(place, members, float(stops.lat[row]), float(stops.lon[row]))

    @cached_property
    def _row_of(self) -> dict[str, int]:
        """Stops by id. Each query looks for two: in the column of ids that takes as long as a short search."""
        return {text: row for row, text in enumerate(self._network.stops.id)}

    def reach(self, place: ResolvedPlace, walks: WalkTable, max_walk_s: int, speed: float, *, onward: bool) -> Reach:
        """The stops that a rider can walk to (or, not `onward`, from), the best way each. walks: at this speed."""
        if place.stops:
            paths = walks.access if onward else walks.egress
            return self._from_stops(place.stops, paths, max_walk_s, is_all_near=walks.longest_s <= max_walk_s)
        return self._from_point(place.lat, place.lon, max_walk_s, speed, onward=onward)

    def walk(self, ends: Ends, max_walk_s: int, speed: float) -> tuple[int, int] | None:
        """(seconds, metres) of walking all the way; None where that takes longer than `max_walk_s`.

        `ends` are those of a query of this speed and longest walk: what one end reaches is not looked for again.
        """
        start, end = ends.origin, ends.destination
        if end.stops:
            return _quickest(ends.access, end.stops, max_walk_s)
        if start.stops:
            return _quickest(ends.egress, start.stops, max_walk_s)
        found = self._on_foot.between((start.lat, start.lon), (end.lat, end.lon), max_walk_s * speed)
        if found is None or (seconds := math.ceil(found.metres / speed)) > max_walk_s:
            return None
        return seconds, int(found.metres)

    def _from_stops(self, members: tuple[int, ...], walks: Walks, max_walk_s: int, *, is_all_near: bool) -> Reach:
        if len(members) == 1:  # almost every query: a view of the table, unless some of it is too far
            row = slice(walks.ptr[members[0]], walks.ptr[members[0] + 1])
            if is_all_near or (walks.walk_s[row] <= max_walk_s).all():
                return Reach(walks.stops[row], walks.change_by_foot_s[row], walks.metres[row])
        rows = np.concatenate([np.arange(walks.ptr[stop], walks.ptr[stop + 1]) for stop in members])
        rows = rows[walks.walk_s[rows] <= max_walk_s]
        # The quickest way to each stop; among equally quick ones the first.
        rows = rows[np.lexsort((walks.change_by_foot_s[rows], walks.stops[rows]))]
        stops = walks.stops[rows]
        rows = rows[np.concatenate([[True], stops[1:] != stops[:-1]])]
        return Reach(walks.stops[rows], walks.change_by_foot_s[rows], walks.metres[rows])

    def _from_point(self, lat: float, lon: float, max_walk_s: int, speed: float, *, onward: bool) -> Reach:
        places, metres = self._on_foot.places_near(lat, lon, max_walk_s * speed, onward=onward)
        return Reach(*self._doors.behind(places, metres, max_walk_s, speed, onward=onward))


def _quickest(reach: Reach, stops: tuple[int, ...], max_walk_s: int) -> tuple[int, int] | None:
    """(seconds, metres) to the nearest of `stops`; None where that is too far. Rows of a reach are sorted by stop."""
    best: tuple[int, int] | None = None
    for stop in stops:
        row = int(reach.stops.searchsorted(stop))
        if row < len(reach.stops) and reach.stops[row] == stop:
            seconds = int(reach.seconds[row])
            if seconds <= max_walk_s and (best is None or seconds < best[0]):
                best = seconds, int(reach.metres[row])
    return best
