"""What answers say of stops again and again: made once for each, and kept."""

from __future__ import annotations

from math import isfinite
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ingest.model import Network
from routing.kept import kept_calls
from routing.located_stops import LocatedStops

MOST_STOPS = 8192
"""So many are kept, of some 400 bytes each."""


class StopPlace(NamedTuple):
    """A stop as riders know it. An unknown coordinate is 0, as JSON has no NaN."""

    id: str
    name: str
    lat: float
    lon: float
    zone: ZoneInfo


class StopPlaces:
    """The stops of one network. Safe to share between threads."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.located = LocatedStops(network)
        self._zones = [ZoneInfo(zone) for zone in network.zones]
        self.of = kept_calls(MOST_STOPS, self._of)

    def zone(self, stop: int) -> ZoneInfo:
        """In which times at a stop are told."""
        return self._zones[int(self.network.stops.zone[stop])]

    def _of(self, stop: int) -> StopPlace:
        stops = self.network.stops
        lat, lon = (float(degrees[stop]) if isfinite(degrees[stop]) else 0.0 for degrees in (stops.lat, stops.lon))
        return StopPlace(stops.id[stop], stops.name[stop], lat, lon, self.zone(stop))
