"""Small towns to walk in, and the plain twin of the kernels: shortest walks found with networkx and nothing clever."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace
from typing import cast

import networkx as nx
import numpy as np
from hypothesis import strategies as st

from ingest.geometry import haversine_m
from ingest.model import STOP, Network
from ingest.street_build import MIN_ISLAND_POINTS, WayPoints, build_streets
from ingest.street_kernel import SnapPoint
from ingest.street_model import BARRED, E7, ONE_WAY, STAIRS, Streets
from ingest.street_tags import ONE_WAY_BACK

LAT, LON = -30.03, -51.22
STEP_E7 = 6000  # about 60 m


@dataclass(frozen=True)
class Town:
    """Ways as lists of node numbers; nodes have places; and the points that walks go between."""

    places: dict[int, tuple[int, int]]
    ways: list[tuple[int, list[int]]]
    points: list[tuple[float, float]]
    blocked: tuple[int, ...] = ()
    barred: tuple[int, ...] = ()

    def way_points(self) -> WayPoints:
        nodes = [node for _, way in self.ways for node in way]
        return WayPoints(
            ptr=np.cumsum([0, *(len(way) for _, way in self.ways)]),
            flags=np.array([flags for flags, _ in self.ways], np.uint8),
            node=np.array(nodes, np.int64),
            lat_e7=np.array([self.places[node][0] for node in nodes], np.int32),
            lon_e7=np.array([self.places[node][1] for node in nodes], np.int32),
            blocked=np.array(self.blocked, np.int64),
            barred=np.array(self.barred, np.int64),
        )

    def streets(self) -> Streets:
        return build_streets(self.way_points())

    def network(self) -> Network:
        """As much of a Network as walking looks at: a stop at every point."""
        lat, lon = np.array(self.points).reshape(-1, 2).T.copy()
        stops = SimpleNamespace(lat=lat, lon=lon, location_type=np.full(len(lat), STOP, np.int8))
        return cast(Network, SimpleNamespace(stops=stops))


@st.composite
def towns(draw: st.DrawFn, one_ways: bool = True) -> Town:
    """A grid with shifted corners, missing streets, bent streets, stairs, gates and dead ends."""
    rows, columns = draw(st.integers(2, 5)), draw(st.integers(2, 5))
    shift = st.integers(-1500, 1500)
    places = {
        row * columns + column: (
            round(LAT / E7) + row * STEP_E7 + draw(shift),
            round(LON / E7) + column * STEP_E7 + draw(shift),
        )
        for row in range(rows)
        for column in range(columns)
    }
    kinds = [0, 0, 0, STAIRS | BARRED, BARRED, *([ONE_WAY, ONE_WAY_BACK] if one_ways else [])]
    blocks = [(n, n + 1) for n in places if (n + 1) % columns] + [(n, n + columns) for n in places]
    ways: list[tuple[int, list[int]]] = []
    for start, end in blocks:
        form = draw(st.sampled_from(["straight", "bent", "absent", "dead end"]))
        if form == "absent" or (end not in places and form != "dead end"):
            continue
        way = [start, end]
        if form != "straight":
            middle = len(places)
            places[middle] = tuple(value + draw(shift) for value in places[start])  # type: ignore[assignment] # a pair
            way = [start, middle] if form == "dead end" else [start, middle, end]
        ways.append((draw(st.sampled_from(kinds)), way))
    if not ways:
        ways.append((0, [0, 1]))
    on_ways = sorted({node for _, way in ways for node in way})
    special = st.lists(st.sampled_from(on_ways), max_size=2, unique=True)
    across = st.tuples(
        st.floats(LAT - 0.0004, LAT + 0.0006 * rows),
        st.floats(LON - 0.0004, LON + 0.0006 * columns),
    )
    points = draw(st.lists(across, min_size=2, max_size=8))
    return Town(places, ways, points, tuple(draw(special)), tuple(draw(special)))


def segment_graph(town: Town, streets: Streets, *, step_free: bool = False) -> nx.MultiDiGraph:
    """Every mapped piece as two directed edges of whole millimetres; islands go as MIN_ISLAND_POINTS says.

    Nodes are places (lat_e7, lon_e7); a gate that nobody gets past has a place of its own for every piece.
    """
    whole = nx.MultiDiGraph()
    for flags, way in town.ways:
        for number, (start, end) in enumerate(pairwise(way)):
            ends = [
                (*town.places[node], (tuple(way), number, node) if node in town.blocked else ())
                for node in (start, end)
            ]
            if flags & ONE_WAY_BACK:
                ends.reverse()
            barred = bool(flags & BARRED) or start in town.barred or end in town.barred
            mm = straight_mm(ends[0], ends[1])
            whole.add_edge(ends[0], ends[1], mm=mm, barred=barred)
            if not flags & (ONE_WAY | ONE_WAY_BACK):
                whole.add_edge(ends[1], ends[0], mm=mm, barred=barred)
    pieces = list(nx.weakly_connected_components(whole))
    enough = min(MIN_ISLAND_POINTS, max(map(len, pieces)))
    kept = whole.subgraph({node for piece in pieces if len(piece) >= enough for node in piece}).copy()
    kept.remove_edges_from([edge[:3] for edge in kept.edges(keys=True, data="barred") if step_free and edge[3]])
    return kept


def straight_mm(start: Iterable[object], end: Iterable[object]) -> int:
    """Whole millimetres between two places in 1e-7 degrees, rounded up."""
    lat1, lon1, *_ = cast(tuple[int, ...], tuple(start))
    lat2, lon2, *_ = cast(tuple[int, ...], tuple(end))
    return math.ceil(float(haversine_m(lat1 * E7, lon1 * E7, lat2 * E7, lon2 * E7)) * 1000)


def twin_walk_mm(graph: nx.MultiDiGraph, streets: Streets, here: SnapPoint, there: SnapPoint) -> float:
    """The shortest walk between two snapped points: both are put into a copy of the graph as nodes of their own."""
    copy = graph.copy()
    marks = [_insert(copy, streets, point) for point in (here, there)]
    (_, start_piece, start_mm), (_, end_piece, end_mm) = marks
    if start_piece == end_piece:
        for first, second, ahead in ((0, 1, end_mm - start_mm), (1, 0, start_mm - end_mm)):
            if ahead >= 0 or not _is_one_way(streets, here):
                copy.add_edge(marks[first][0], marks[second][0], mm=abs(ahead))
    try:
        mm = nx.dijkstra_path_length(copy, marks[0][0], marks[1][0], weight="mm")
    except nx.NetworkXNoPath:
        return math.inf
    return float(mm + here.off_mm + there.off_mm)


def _insert(graph: nx.MultiDiGraph, streets: Streets, point: SnapPoint) -> tuple[object, tuple[int, int], int]:
    """A node at the point, tied to the two ends of its segment: (node, segment, millimetres along the segment)."""
    begin, end = int(streets.points_ptr[point.edge]), int(streets.points_ptr[point.edge + 1])
    marks = streets.point_mm[begin:end].tolist()
    number = max(i for i in range(len(marks) - 1) if marks[i] <= point.position_mm)
    along, rest = point.position_mm - marks[number], marks[number + 1] - point.position_mm
    place = [(int(streets.point_lat_e7[begin + i]), int(streets.point_lon_e7[begin + i])) for i in (number, number + 1)]
    node = ("snapped", graph.number_of_nodes())
    graph.add_node(node)
    first, second = _segment_nodes(graph, place, marks[number + 1] - marks[number])
    one_way = _is_one_way(streets, point)
    graph.add_edge(first, node, mm=along)
    graph.add_edge(node, second, mm=rest)
    if not one_way or along == 0:
        graph.add_edge(node, first, mm=along)
    if not one_way or rest == 0:
        graph.add_edge(second, node, mm=rest)
    return node, (point.edge, number), along


def _segment_nodes(graph: nx.MultiDiGraph, place: list[tuple[int, int]], mm: int) -> tuple[object, object]:
    """The graph's nodes at the two places that an edge of that length joins."""
    for start, end, data in graph.edges(data=True):
        if len(start) == 3 and len(end) == 3 and data["mm"] == mm and [start[:2], end[:2]] == place:
            return start, end
        if len(start) == 3 and len(end) == 3 and data["mm"] == mm and [end[:2], start[:2]] == place:
            return end, start
    raise AssertionError(f"no segment joins {place}")


def _is_one_way(streets: Streets, point: SnapPoint) -> bool:
    return bool(streets.edge_flags[point.edge] & ONE_WAY)
