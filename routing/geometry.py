"""What a leg looks like on a map: its trip's shape between two calls, or straight lines through the stops."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ingest.model import Int32s, Network
from routing.located_stops import LocatedStops

LineString = tuple[tuple[float, float], ...]


def leg_geometry(
    network: Network, trip: int, board: int, alight: int, stops: Int32s, located: LocatedStops | None = None
) -> LineString:
    """The points of leg_points as a tuple of tuples."""
    return tuple((lon, lat) for lon, lat in leg_points(network, trip, board, alight, stops, located))


def leg_points(
    network: Network, trip: int, board: int, alight: int, stops: Int32s, located: LocatedStops | None = None
) -> list[list[float]]:
    """[lon, lat] points from row `board` to row `alight` of stop_times, which call at `stops`.

    `located`: where stops lie along this network's shapes, if somebody keeps that; the points are the same without.
    """
    lon, lat = network.stops.lon[stops], network.stops.lat[stops]
    is_known = np.isfinite(lon) & np.isfinite(lat)
    if not is_known.all():
        lon, lat, stops = lon[is_known], lat[is_known], stops[is_known]
    found = None
    if len(stops) > 1 and has_shape(network, shape := int(network.trips.shape[trip])):
        found = _by_distance(network, shape, board, alight)
        if found is None:
            found = (
                LocatedStops(network).between(shape, stops[[0, -1]])
                if located is None
                else located.between(shape, stops, lambda: _called_at(network, trip))
            )
    points: list[list[float]] = np.round(np.column_stack([lon, lat]) if found is None else found, 6).tolist()
    return points


def _called_at(network: Network, trip: int) -> Int32s:
    """The stops of a trip that have a place."""
    sequence = int(network.trips.sequence[trip])
    stops = network.sequences.stops[int(network.sequences.ptr[sequence]) : int(network.sequences.ptr[sequence + 1])]
    return stops[np.isfinite(network.stops.lon[stops]) & np.isfinite(network.stops.lat[stops])]


def has_shape(network: Network, shape: int) -> bool:
    """Whether there is a line to follow: a shape of two points or more."""
    return shape >= 0 and int(network.shapes.ptr[shape + 1] - network.shapes.ptr[shape]) > 1


def told_distances(network: Network, shape: int, board: int, alight: int) -> tuple[float, float] | None:
    """shape_dist_traveled of two rows of stop_times; None unless they ascend and the shape has such distances too."""
    measure = network.shapes.distance[int(network.shapes.ptr[shape]) : int(network.shapes.ptr[shape + 1])]
    if not measure[-1] > 0 or np.isnan(measure).any():
        return None
    start = float(network.stop_times.shape_distance[board])
    end = float(network.stop_times.shape_distance[alight])
    return (start, end) if end > start else None


def _by_distance(network: Network, shape: int, board: int, alight: int) -> NDArray[np.float64] | None:
    told = told_distances(network, shape, board, alight)
    if told is None:
        return None
    rows = slice(int(network.shapes.ptr[shape]), int(network.shapes.ptr[shape + 1]))
    points = np.column_stack([network.shapes.lon[rows], network.shapes.lat[rows]]).astype(np.float64)
    measure = network.shapes.distance[rows].astype(np.float64)
    inside = (measure > told[0]) & (measure < told[1])
    ends = np.column_stack([np.interp(told, measure, points[:, axis]) for axis in (0, 1)])
    return np.vstack([ends[:1], points[inside], ends[1:]])
