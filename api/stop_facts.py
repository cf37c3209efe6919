"""What riders ask of stops beside their names: what stops there, how busy they are, what belongs together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.served_stops import ServedStops
from ingest.cross_feed_places import Places, find_places
from ingest.geometry import PointIndex
from ingest.model import BOARDING_AREA, STATION, STOP, Floats, Int32s, Int64s, Network
from routing.call_index import CallIndex

BOARDED = (STOP, BOARDING_AREA)


@dataclass(frozen=True, slots=True)
class StopFacts:
    """Of one network. Safe to share between threads.

    importance  of each stop, a station as busy as all its stops: 0 to 1, by the logarithm of departures a day
    departures  a day, of each stop, a station's stops added up
    """

    network: Network
    places: Places
    departures: Floats
    importance: Floats
    _types_ptr: Int64s
    _types: Int32s
    _nearby: PointIndex

    @classmethod
    def of(cls, network: Network, served: ServedStops, index: CallIndex) -> StopFacts:
        """Work them out."""
        n_stops = len(network.stops.lat)
        departures = np.bincount(served.stop, served.departures, minlength=n_stops).astype(np.float64)
        station = station_of(network)
        departures = _with_stations(departures, station)
        most = float(np.log1p(departures.max(initial=0.0)))
        stops, types = index.route_types_at_stops()
        own = station[stops] != stops
        both = np.unique(
            np.concatenate([stops, station[stops[own]]]).astype(np.int64) << 16
            | np.concatenate([types, types[own]]).astype(np.int64)
        )
        counts = np.bincount(both >> 16, minlength=n_stops)
        return cls(
            network=network,
            places=find_places(network),
            departures=departures,
            importance=np.log1p(departures) / most if most else departures,
            _types_ptr=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            _types=(both & 0xFFFF).astype(np.int32),
            _nearby=PointIndex(network.stops.lat, network.stops.lon),
        )

    def route_types(self, stop: int) -> list[int]:
        """GTFS route types of what calls at a stop, or at any stop of a station."""
        return list(map(int, self._types[self._types_ptr[stop] : self._types_ptr[stop + 1]]))

    def is_served(self) -> NDArray[np.bool_]:
        """Whether any trip calls at a stop (of a station), for all stops."""
        return np.diff(self._types_ptr) > 0

    def same_place(self, stop: int) -> Int32s:
        """The stops that riders take for this one: its station's, and those of other feeds."""
        return self.places.members(int(self.places.of_stop[stop]))

    def members(self, stop: int) -> Int32s:
        """The stop alone; the stops of a station."""
        stops = self.network.stops
        inside = np.flatnonzero((stops.parent == stop) & np.isin(stops.location_type, BOARDED))
        return np.concatenate([[stop], inside]).astype(np.int32)

    def within(self, lat: float, lon: float, radius_m: float) -> tuple[Int32s, Floats]:
        """Stops and stations at most `radius_m` away, nearest first, and their metres."""
        _, found, metres = self._nearby.within(np.array([lat]), np.array([lon]), radius_m)
        order = np.lexsort((found, metres))
        return found[order].astype(np.int32), metres[order]


def station_of(network: Network) -> Int32s:
    """The station that each stop stands for riders in; itself where it belongs to none."""
    stops = network.stops
    parent = np.where(stops.parent >= 0, stops.parent, np.arange(len(stops.parent)))
    grand = np.where(stops.parent[parent] >= 0, stops.parent[parent], parent)
    is_station = stops.location_type[grand] == STATION
    found: Int32s = np.where(is_station, grand, np.arange(len(stops.parent))).astype(np.int32)
    return found


def _with_stations(departures: Floats, station: Int32s) -> Floats:
    own = station != np.arange(len(station))
    total = departures.copy()
    np.add.at(total, station[own], departures[own])
    return total
