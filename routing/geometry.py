"""What a leg looks like on a map: its trip's shape between two calls, or straight lines through the stops."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from ingest.model import Network

LineString = tuple[tuple[float, float], ...]


def leg_geometry(network: Network, trip: int, board: int, alight: int, stops: NDArray[np.int32]) -> LineString:
    """(lon, lat) points from row `board` to row `alight` of stop_times, which call at `stops`."""
    through_stops = np.column_stack([network.stops.lon[stops], network.stops.lat[stops]])
    through_stops = through_stops[np.isfinite(through_stops).all(axis=1)]
    points = _shape_between(network, trip, board, alight, through_stops)
    return tuple((lon, lat) for lon, lat in np.round(points, 6).tolist())


def _shape_between(
    network: Network, trip: int, board: int, alight: int, through_stops: NDArray[np.float64]
) -> NDArray[np.float64]:
    shape = int(network.trips.shape[trip])
    if shape < 0 or len(through_stops) < 2:
        return through_stops
    rows = slice(int(network.shapes.ptr[shape]), int(network.shapes.ptr[shape + 1]))
    points = np.column_stack([network.shapes.lon[rows], network.shapes.lat[rows]]).astype(np.float64)
    if len(points) < 2:
        return through_stops
    start, end = _by_distance(network, rows, board, alight)
    if np.isnan(start) or np.isnan(end) or end <= start:
        start, end, measure = _by_projection(points, through_stops)
    else:
        measure = network.shapes.distance[rows].astype(np.float64)
    if not end > start:
        return through_stops
    inside = (measure > start) & (measure < end)
    ends = np.column_stack([np.interp([start, end], measure, points[:, axis]) for axis in (0, 1)])
    return np.vstack([ends[:1], points[inside], ends[1:]])


def _by_distance(network: Network, rows: slice, board: int, alight: int) -> tuple[float, float]:
    """shape_dist_traveled of the two calls, NaN unless the shape has such distances too."""
    if np.isnan(network.shapes.distance[rows]).any() or not network.shapes.distance[rows][-1] > 0:
        return np.nan, np.nan
    return float(network.stop_times.shape_distance[board]), float(network.stop_times.shape_distance[alight])


def _by_projection(
    points: NDArray[np.float64], through_stops: NDArray[np.float64]
) -> tuple[float, float, NDArray[np.float64]]:
    """Where the first and last stop lie along the shape, and the length along it at each point (degrees)."""
    line = shapely.LineString(points)
    steps = np.hypot(*np.diff(points, axis=0).T)
    measure = np.concatenate([[0.0], np.cumsum(steps)])
    start, end = shapely.line_locate_point(line, shapely.points(through_stops[[0, -1]]))
    return float(start), float(end), measure
