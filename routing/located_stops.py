"""Where stops lie along shapes: worked out once, for all trips along one shape ask the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from ingest.model import Int32s, Network
from routing.kept import Kept

MOST_SHAPES = 4096
"""So many are kept: a number of bytes for each of their stops, not the shapes themselves."""


class _Located(NamedTuple):
    """A stop beside a shape."""

    along: float
    """How far along the shape it lies, in degrees."""
    next_point: int
    """The first point of the shape beyond it."""
    reached: int
    """How many points lie before it."""
    lon: float
    lat: float
    """The place on the shape."""


class LocatedStops:
    """Stops of one network along its shapes. Safe to share between threads: what two make at once is the same."""

    def __init__(self, network: Network) -> None:
        self._shapes = network.shapes
        self._stops = network.stops
        self._kept: Kept[int, dict[int, _Located]] = Kept(MOST_SHAPES)

    def between(
        self, shape: int, stops: Int32s, along: Callable[[], Int32s] | None = None
    ) -> NDArray[np.float64] | None:
        """(lon, lat) from the first of `stops` along the shape to the last, shape (n, 2); None where they do not lie
        in that order. The shape has two points or more, and the stops all have coordinates.

        along: tells more stops that will be asked for, `stops` among them: all are located at once."""
        located = self._kept.get(shape, dict)
        first, last = int(stops[0]), int(stops[-1])
        if first not in located or last not in located:
            located.update(self._locate(shape, stops if along is None else along()))
        start, end = located[first], located[last]
        if not end.along > start.along:
            return None
        begin = int(self._shapes.ptr[shape])
        inside = slice(begin + start.next_point, begin + end.reached)
        found = np.empty((max(end.reached - start.next_point, 0) + 2, 2))
        found[0], found[-1] = (start.lon, start.lat), (end.lon, end.lat)
        found[1:-1, 0], found[1:-1, 1] = self._shapes.lon[inside], self._shapes.lat[inside]
        return found

    def _locate(self, shape: int, stops: Int32s) -> dict[int, _Located]:
        rows = slice(int(self._shapes.ptr[shape]), int(self._shapes.ptr[shape + 1]))
        points = np.column_stack([self._shapes.lon[rows], self._shapes.lat[rows]]).astype(np.float64)
        line, measure = shapely.LineString(points), lengths_along(points)
        places = np.column_stack([self._stops.lon[stops], self._stops.lat[stops]])
        along = shapely.line_locate_point(line, shapely.points(places))
        columns = (
            along,
            np.searchsorted(measure, along, "right"),
            np.searchsorted(measure, along, "left"),
            np.interp(along, measure, points[:, 0]),
            np.interp(along, measure, points[:, 1]),
        )
        rows_of = zip(*(column.tolist() for column in columns), strict=True)
        return {stop: _Located(*row) for stop, row in zip(stops.tolist(), rows_of, strict=True)}


def lengths_along(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far along the line through `points` each of them lies, in degrees."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
