"""Lines of vehicles from one stop to the next, kept: all trips along one shape share them."""

from __future__ import annotations

import threading
from collections import OrderedDict

from ingest.model import Network
from routing.geometry import LineString, leg_geometry

MOST_KEPT = 100_000


class HopLines:
    """Of one network. Safe to share between threads."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._kept: OrderedDict[tuple[int, int, int], LineString] = OrderedDict()
        self._lock = threading.Lock()

    def line(self, trip: int, position: int) -> LineString:
        """(lon, lat) from call number `position` of a trip to the next; two points at least where both are known."""
        trips = self._network.trips
        key = (int(trips.shape[trip]), int(trips.sequence[trip]), position)
        with self._lock:
            found = self._kept.get(key)
        if found is None:
            found = self._made(trip, position)
            with self._lock:
                self._kept[key] = found
                if len(self._kept) > MOST_KEPT:
                    self._kept.popitem(last=False)
        return found

    def _made(self, trip: int, position: int) -> LineString:
        network = self._network
        row = int(network.trips.times_ptr[trip]) + position
        call = int(network.sequences.ptr[int(network.trips.sequence[trip])]) + position
        stops = network.sequences.stops[call : call + 2]
        line = leg_geometry(network, trip, row, row + 1, stops)
        return line if len(line) > 1 else line * 2
