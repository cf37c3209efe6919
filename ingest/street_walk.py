"""Walks on the streets: from a coordinate to the edge, to all stops within a limit, and to another coordinate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ingest.arrays import Bits, Int32s, Int64s
from ingest.footpaths import DEFAULT_DETOUR
from ingest.geometry import Floats, PointIndex, haversine_m
from ingest.street_kernel import (
    NO_PARENT,
    UNREACHED,
    SearchSpace,
    SnappedStops,
    SnapPoint,
    StreetGraph,
    StreetGrid,
    WalkRule,
    along_one_edge,
    forget,
    from_ends,
    nearest_edge,
    nearest_edges,
    new_search_space,
    spread,
    walk_to_stops,
)
from ingest.street_model import CUT_OFF, E7, NO_STREET, StopsOnStreets, Streets

SNAP_M = 100.0
"""A place farther than this from every way has no street walk."""

LineString = tuple[tuple[float, float], ...]
Column = TypeVar("Column", Int32s, Int64s, Floats, Bits)
Columns = TypeVar("Columns", StreetGraph, StreetGrid, SnappedStops)


@dataclass(frozen=True, slots=True)
class StreetWalk:
    """A walk between two coordinates."""

    metres: int
    """Walked, rounded up."""
    geometry: LineString
    """(lon, lat) from end to end."""
    is_street: bool
    """False for a straight line, `detour` times as long as it looks."""


def columns_of(kind: type[Columns], table: Streets | StopsOnStreets) -> Columns:
    """The columns that kernels read: read-only plain arrays, mapped or not, so that numba compiles once."""
    return kind(*(_frozen(getattr(table, name)) for name in kind._fields))


def _frozen(column: Column) -> Column:
    """A read-only view of a plain array."""
    view = np.ascontiguousarray(column).view(np.ndarray)
    view.flags.writeable = False
    return view


class StreetIndex:
    """Finds the nearest point on an edge. Opening it costs nothing: the grid is part of Streets."""

    def __init__(self, streets: Streets) -> None:
        self._net = columns_of(StreetGrid, streets)

    def snap(self, lat: float, lon: float, max_m: float = SNAP_M, *, step_free: bool = False) -> SnapPoint | None:
        """The nearest point on an edge (a step-free one, if asked), or None if none is within `max_m`."""
        edge, position_mm, off_mm = nearest_edge(self._net, float(lat), float(lon), float(max_m), int(step_free))
        return SnapPoint(edge, position_mm, off_mm) if edge >= 0 else None

    def snap_many(
        self, lat: Floats, lon: Floats, max_m: float = SNAP_M, *, step_free: bool = False
    ) -> tuple[Int32s, Int32s, Int32s]:
        """(edge, position_mm, off_mm) of many points, edge -1 where `snap` would say None."""
        return nearest_edges(self._net, _frozen(lat), _frozen(lon), float(max_m), int(step_free))


class StreetWalker:
    """Walks of one thread: holds the scratch of a search. Build one a thread; the streets themselves are shared."""

    def __init__(
        self, streets: Streets, stops: StopsOnStreets, detour: float = DEFAULT_DETOUR, *, step_free: bool = False
    ) -> None:
        """`stops` must be snapped with the same `step_free`."""
        self._streets, self._stops, self._detour, self._step_free = streets, stops, detour, step_free
        self._index = StreetIndex(streets)
        self._graph = columns_of(StreetGraph, streets)
        self._snapped = columns_of(SnappedStops, stops)
        self._near: PointIndex | None = None
        self._space: SearchSpace | None = None

    def walk_from(self, lat: float, lon: float, limit_m: float, *, onward: bool = True) -> tuple[Int32s, Int32s]:
        """(rows of Network.stops, walked metres) of the stops at most `limit_m` away, sorted by row.

        `onward=False` is the way back: from those stops to the coordinate.
        """
        here = self._snap(lat, lon)
        limit_mm = _whole_mm(limit_m)
        rows, mm = self._straight_to_stops(lat, lon, here, limit_mm)
        if here.edge >= 0:
            rule = WalkRule(int(onward), int(self._step_free), limit_mm)
            found, walked = walk_to_stops(self._graph, self._scratch(), self._snapped, here, rule)
            rows, mm = np.concatenate([rows, found]), np.concatenate([mm, walked])
        order = np.lexsort((mm, rows))
        rows, mm = rows[order], mm[order]
        is_best = np.append(True, rows[1:] != rows[:-1])[: len(rows)]
        return self._stops.stop[rows[is_best]], metres_of(mm[is_best])

    def walk_between(self, start: tuple[float, float], end: tuple[float, float], limit_m: float) -> StreetWalk | None:
        """The shortest walk between two (lat, lon), or None if it is longer than `limit_m`."""
        limit_mm = _whole_mm(limit_m)
        here, there = (self._snap(*place) for place in (start, end))
        straight_mm = int(straight_walk_mm(haversine_m(*start, *end), self._detour))
        best: StreetWalk | None = None
        if straight_mm <= min(limit_mm, int(ground_mm(*_off_street(here), *_off_street(there)))):
            limit_mm = straight_mm
            best = StreetWalk(_metres(straight_mm), _line([start[::-1], end[::-1]]), False)
        if here.edge < 0 or there.edge < 0:
            return best
        rule = WalkRule(1, int(self._step_free), limit_mm)
        space = self._scratch()
        n_touched = spread(self._graph, space, here, there, rule)
        mm, last = self._arrival(here, there)
        if mm <= limit_mm and (best is None or mm < straight_mm):
            between = self._geometry(here, there, last)
            best = StreetWalk(_metres(mm), _line([start[::-1], *between, end[::-1]]), True)
        forget(space, n_touched, 0)
        return best

    def _snap(self, lat: float, lon: float) -> SnapPoint:
        """Where a place meets the streets; the edge may be NO_STREET or CUT_OFF."""
        here = self._index.snap(lat, lon, step_free=self._step_free)
        if here is None and self._step_free:
            with_stairs = self._index.snap(lat, lon)
            here = None if with_stairs is None else SnapPoint(CUT_OFF, 0, with_stairs.off_mm)
        return here or SnapPoint(NO_STREET, 0, 0)

    def _scratch(self) -> SearchSpace:
        if self._space is None:
            graph = self._graph
            self._space = new_search_space(len(graph.arcs_ptr) - 1, len(graph.arc_node), len(self._snapped.edge))
        return self._space

    def _straight_to_stops(self, lat: float, lon: float, here: SnapPoint, limit_mm: int) -> tuple[Int32s, Int32s]:
        """Stops that are reached over open ground: rows of the stops table, millimetres."""
        stops = self._stops
        if self._near is None:
            self._near = PointIndex(stops.lat, stops.lon)
        place = np.array([lat]), np.array([lon])
        _, rows, straight_m = self._near.within(*place, limit_mm / 1000 / self._detour)
        mm = straight_walk_mm(straight_m, self._detour)
        is_open = (mm <= ground_mm(*_off_street(here), stops.edge[rows], stops.off_mm[rows])) & (mm <= limit_mm)
        return rows[is_open].astype(np.int32), mm[is_open]

    def _arrival(self, here: SnapPoint, there: SnapPoint) -> tuple[int, int]:
        """After `spread`: (millimetres to `there`, which end of its edge is passed last: 0, 1, or -1 for none)."""
        graph, space = self._graph, self._scratch()
        ends = graph.edge_start[there.edge], graph.edge_end[there.edge]
        from_start, from_end = from_ends(graph, there, 0)
        return min(
            (int(along_one_edge(graph, here, there, 1)), -1),
            (int(space.node_mm[ends[0]]) + int(from_start), 0),
            (int(space.node_mm[ends[1]]) + int(from_end), 1),
        )

    def _geometry(self, here: SnapPoint, there: SnapPoint, last: int) -> list[tuple[float, float]]:
        """Points from where `here` meets its edge to where `there` meets its own."""
        if last < 0:
            return self._slice(here.edge, here.position_mm, there.position_mm)
        graph, space = self._graph, self._scratch()
        begin = int(graph.edge_mm[there.edge]) if last else 0
        pieces = [self._slice(there.edge, begin, there.position_mm)]
        node = int(graph.edge_end[there.edge] if last else graph.edge_start[there.edge])
        while (before := int(space.parent[node])) != NO_PARENT:
            edge = int(space.via[node])
            ends = (0, int(graph.edge_mm[edge]))
            pieces.append(self._slice(edge, *(ends if graph.edge_start[edge] == before else ends[::-1])))
            node = before
        entered = int(graph.edge_mm[here.edge]) if space.via[node] else 0
        pieces.append(self._slice(here.edge, here.position_mm, entered))
        return [point for piece in reversed(pieces) for point in piece]

    def _slice(self, edge: int, begin_mm: int, end_mm: int) -> list[tuple[float, float]]:
        """(lon, lat) along an edge from one position to another, in that order."""
        streets = self._streets
        rows = slice(int(streets.points_ptr[edge]), int(streets.points_ptr[edge + 1]))
        mm, lat, lon = streets.point_mm[rows], streets.point_lat_e7[rows] * E7, streets.point_lon_e7[rows] * E7
        low, high = sorted((begin_mm, end_mm))
        at = np.concatenate([[low], mm[(mm > low) & (mm < high)], [high]])
        points = list(zip(np.interp(at, mm, lon).tolist(), np.interp(at, mm, lat).tolist(), strict=True))
        return points if begin_mm <= end_mm else points[::-1]


def ground_mm(edge: Int32s, off_mm: Int32s, other_edge: Int32s, other_off_mm: Int32s) -> Int32s:
    """A straight walk of up to this length is taken between two places: the two stretches off the street.

    Any walk is, if one of them has no street, and none then, if the other one is cut off.
    """
    no_street = (edge == NO_STREET) | (other_edge == NO_STREET)
    cut_off = (edge == CUT_OFF) | (other_edge == CUT_OFF)
    ground: Int32s = np.where(no_street, np.where(cut_off, -1, UNREACHED), off_mm + other_off_mm)
    return ground


def _off_street(place: SnapPoint) -> tuple[Int32s, Int32s]:
    return np.array(place.edge, np.int32), np.array(place.off_mm, np.int32)


def straight_walk_mm(straight_m: Floats, detour: float) -> Int32s:
    """Straight-line metres to walked millimetres, rounded up."""
    walked: NDArray[np.float64] = np.ceil(np.minimum(np.multiply(straight_m, detour * 1000), UNREACHED))
    return walked.astype(np.int32)


def metres_of(mm: Int32s) -> Int32s:
    """Millimetres to metres, rounded up."""
    return (-(-mm // 1000)).astype(np.int32)


def _metres(mm: int) -> int:
    return -(-mm // 1000)


def _whole_mm(limit_m: float) -> int:
    return int(min(limit_m * 1000, UNREACHED - 1))


def _line(points: Sequence[tuple[float, float]]) -> LineString:
    """Rounded to 6 digits (0.1 m), without points that repeat the one before."""
    rounded = [(round(float(lon), 6), round(float(lat), 6)) for lon, lat in points]
    return tuple(rounded[:1] + [point for last, point in pairwise(rounded) if point != last])
