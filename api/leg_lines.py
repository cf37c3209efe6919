"""Lines of rides as text, kept: all trips along one shape share them."""

from __future__ import annotations

from api.motis.lines import encoded
from ingest.model import Network
from routing.along import AlongTrip
from routing.geometry import has_shape, leg_geometry, told_distances
from routing.kept import Kept
from routing.located_stops import LocatedStops

MOST_LINES = 16_384
"""Of some 500 bytes each."""

Line = tuple[str, int]
"""A polyline in Google's encoding, and how many points it has."""


class LegLines:
    """Of one network, by the schedule or with real time laid over it. Safe to share between threads."""

    def __init__(self, network: Network) -> None:
        self._shapes = network.shapes
        self._located = LocatedStops(network)
        self._lines: Kept[tuple[object, ...], Line] = Kept(MOST_LINES)

    def line(self, along: AlongTrip, precision: int) -> Line:
        """What lies along a ride. It is told by the shape, where on it the ride is said to begin and end, and stops."""
        network, shape = along.network, int(along.network.trips.shape[along.trip])
        assert network.shapes is self._shapes, "a ride of another network"
        told = told_distances(network, shape, along.board, along.alight) if has_shape(network, shape) else None
        return self._lines.get(
            (shape, told, along.stops.tobytes(), precision), lambda: _encoded(along, self._located, precision)
        )


def _encoded(along: AlongTrip, located: LocatedStops, precision: int) -> Line:
    points = leg_geometry(along.network, along.trip, along.board, along.alight, along.stops, located)
    text = encoded(points, precision)
    return text, len(points) if text else 0
