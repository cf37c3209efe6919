"""How long rides are: along the line on the map, from call to call, and between stations by the shortest way.

Lengths are metres on the sphere. A line is the trip's shape where the feed has one, else straight from stop to stop.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ingest.geometry import METRES_PER_DEGREE, haversine_m
from ingest.model import Floats, Network
from routing.fares.line_kernel import places_in_order
from routing.fares.rides import Ride
from routing.kept import kept_calls

KEPT_RIDES = 50_000
KEPT_ORIGINS = 500


class Lengths:
    """Lengths of the rides of one network. Safe to share between threads; what was measured is kept."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._lines: dict[tuple[int, int], Floats] = {}
        self._part = kept_calls(KEPT_RIDES, self._measure)

    def ridden_m(self, ride: Ride) -> float:
        """Metres along the line from where it is boarded to where it is left; NaN where a stop has no place."""
        return self._part(ride.row, ride.trip_id, ride.from_sequence, ride.to_sequence)

    def calls(self, ride: Ride) -> NDArray[np.int32]:
        """The stops that a ride calls at, both ends included."""
        trip, board, alight = self._rows(ride.row, ride.trip_id, ride.from_sequence, ride.to_sequence)
        sequences = self._network.sequences
        start = int(sequences.ptr[self._network.trips.sequence[trip]])
        return sequences.stops[start + board : start + alight + 1]

    def _measure(self, row: int, trip_id: str, from_sequence: int, to_sequence: int) -> float:
        trip, board, alight = self._rows(row, trip_id, from_sequence, to_sequence)
        metres = self.along(trip)
        return float(metres[alight] - metres[board])

    def _rows(self, row: int, trip_id: str, from_sequence: int, to_sequence: int) -> tuple[int, int, int]:
        """(trip, position of the call boarded at, of the call left at)."""
        trips = self._network.trips
        # A vehicle that only real time has is no row of the schedule; by its id the trip that it keeps to is found.
        trip = row if 0 <= row < len(trips.route) else trips.id.find(trip_id)
        if trip < 0:
            raise KeyError(trip_id)
        low, high = int(trips.times_ptr[trip]), int(trips.times_ptr[trip + 1])
        board, alight = np.searchsorted(
            self._network.stop_times.stop_sequence[low:high], [from_sequence, to_sequence]
        ).tolist()
        return trip, board, alight

    def along(self, trip: int) -> Floats:
        """Metres from a trip's first call to each of its calls, along its line."""
        key = (int(self._network.trips.sequence[trip]), int(self._network.trips.shape[trip]))
        if key not in self._lines:
            self._lines[key] = self._measure_line(trip, *key)
        return self._lines[key]

    def _measure_line(self, trip: int, sequence: int, shape: int) -> Floats:
        network = self._network
        stops = network.sequences.stops[network.sequences.ptr[sequence] : network.sequences.ptr[sequence + 1]]
        calls = np.column_stack([network.stops.lat[stops], network.stops.lon[stops]])
        straight = _lengths_through(calls)
        rows = slice(int(network.shapes.ptr[shape]), int(network.shapes.ptr[shape + 1])) if shape >= 0 else slice(0)
        points = np.column_stack([network.shapes.lat[rows], network.shapes.lon[rows]]).astype(np.float64)
        if len(points) < 2 or not np.isfinite(calls).all():
            return straight
        start = int(network.trips.times_ptr[trip])
        told = network.stop_times.shape_distance[start : start + len(stops)]
        places = _by_told_distance(points, network.shapes.distance[rows], told)
        if places is None:
            places = _by_place(points, calls)
        places -= places[0]
        return places


def _lengths_through(points: Floats) -> Floats:
    """Metres from the first of (lat, lon) points to each of them, straight from one to the next."""
    steps = haversine_m(points[:-1, 0], points[:-1, 1], points[1:, 0], points[1:, 1])
    return np.concatenate([[0.0], np.cumsum(steps)])


def _by_told_distance(points: Floats, distance: NDArray[np.float32], told: NDArray[np.float32]) -> Floats | None:
    """Where calls lie along a shape by shape_dist_traveled, whatever its unit; None where it is not told."""
    if np.isnan(distance).any() or np.isnan(told).any() or not (np.diff(distance) >= 0).all():
        return None
    if not distance[-1] > distance[0] or not (np.diff(told) >= 0).all():
        return None
    places: Floats = np.interp(told, distance, _lengths_through(points))
    return places


def _by_place(points: Floats, calls: Floats) -> Floats:
    """Where calls lie along a shape: in their order, as near to the line as that allows, all in all.

    Least squares over all ways to put them in order, so that a line that comes back by the same road is not taken
    for its way back too early.
    """
    scale = np.array([METRES_PER_DEGREE, METRES_PER_DEGREE * np.cos(np.radians(points[0, 0]))])
    return places_in_order(points * scale, calls * scale, _lengths_through(points))


def warm_up_lengths() -> None:
    """Compile what places calls on lines, or read it from the cache."""
    ends = np.array([[0.0, 0.0], [1.0, 0.0]])
    places_in_order(ends, ends, np.array([0.0, 1.0]))


class Between:
    """Shortest ways between stations over the lines of some providers, each line as long as on the map."""

    def __init__(self, network: Network, lengths: Lengths, providers: Iterable[str]) -> None:
        self._network, self._lengths = network, lengths
        index = {provider.id: row for row, provider in enumerate(network.providers)}
        self._providers = [index[provider] for provider in providers if provider in index]
        self._from = kept_calls(KEPT_ORIGINS, self._reach)
        self._graph: object = None

    def lay_out(self) -> None:
        """Join the stations, which takes a moment."""
        if self._graph is None:
            self._graph = self._build()

    def metres(self, from_stop: int, to_stop: int) -> float:
        """From a stop to another one, or infinity. A stop stands for its station."""
        return float(self._from(self._root(from_stop))[self._root(to_stop)])

    def _root(self, stop: int) -> int:
        parent = int(self._network.stops.parent[stop])
        return parent if parent >= 0 else stop

    def _reach(self, station: int) -> Floats:
        from scipy.sparse.csgraph import dijkstra

        self.lay_out()
        return np.asarray(dijkstra(self._graph, directed=False, indices=station))

    def _build(self) -> object:
        """Stations joined by every hop of every line; of several lengths of one hop the least."""
        from scipy.sparse import coo_matrix

        network = self._network
        routes = np.flatnonzero(np.isin(network.routes.provider, self._providers))
        trips = np.flatnonzero(np.isin(network.trips.route, routes))
        lines = np.column_stack([network.trips.sequence[trips], network.trips.shape[trips]])
        _, first = np.unique(lines, axis=0, return_index=True)
        hops: dict[tuple[int, int], float] = {}
        for trip in trips[first].tolist():
            self._add_hops(trip, hops)
        ends = np.array(list(hops), np.int64).reshape(-1, 2)
        size = len(network.stops.lat)
        # A hop of no length would read as no hop.
        metres = np.maximum(np.array(list(hops.values()), np.float64), 1e-6)
        return coo_matrix((metres, (ends[:, 0], ends[:, 1])), shape=(size, size)).tocsr()

    def _add_hops(self, trip: int, hops: dict[tuple[int, int], float]) -> None:
        network = self._network
        sequence = int(network.trips.sequence[trip])
        stops = network.sequences.stops[network.sequences.ptr[sequence] : network.sequences.ptr[sequence + 1]].tolist()
        lengths = np.diff(self._lengths.along(trip)).tolist()
        for start, end, metres in zip(stops, stops[1:], lengths, strict=False):
            pair = (min(self._root(start), self._root(end)), max(self._root(start), self._root(end)))
            if np.isfinite(metres) and pair[0] != pair[1]:
                hops[pair] = min(metres, hops.get(pair, np.inf))
