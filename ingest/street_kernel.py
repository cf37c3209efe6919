"""Kernels that walk: the nearest edge of a point, and shortest walks from a point up to a limit.

Dijkstra over int32 millimetres with a binary heap of (millimetres, node) in one int64. Nothing is allocated or
cleared per search: what was touched is listed and reset.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ingest.arrays import Bits, Floats, Int32s, Int64s
from ingest.compiled import kernel, leaf, part
from ingest.geometry import EARTH_RADIUS_M
from ingest.street_model import BACK, BARRED, E7, ONE_WAY, STEP_FREE, THERE

UNREACHED = 2_000_000_000
NO_PARENT = -1
LOW_HALF = 0xFFFFFFFF


class StreetGraph(NamedTuple):
    """What a search reads of Streets."""

    arcs_ptr: Int32s
    arc_node: Int32s
    arc_edge: Int32s
    arc_mm: Int32s
    arc_bits: Bits
    edge_start: Int32s
    edge_end: Int32s
    edge_mm: Int32s
    edge_flags: Bits


class StreetGrid(NamedTuple):
    """What snapping reads of Streets."""

    grid: Floats
    cell_key: Int64s
    cell_ptr: Int32s
    cell_segments: Int32s
    points_ptr: Int32s
    point_lat_e7: Int32s
    point_lon_e7: Int32s
    point_mm: Int32s
    edge_flags: Bits


class SnappedStops(NamedTuple):
    """What a search reads of StopsOnStreets."""

    edge: Int32s
    position_mm: Int32s
    off_mm: Int32s
    edge_ptr: Int32s
    edge_stops: Int32s


class SearchSpace(NamedTuple):
    """Scratch of one search at a time. Between searches all `node_mm` and `stop_mm` are UNREACHED."""

    node_mm: Int32s
    parent: Int32s
    """The node before, or NO_PARENT where the walk enters the network."""
    via: Int32s
    """The edge from `parent`."""
    touched: Int32s
    heap: Int64s
    stop_mm: Int32s
    touched_stops: Int32s


class SnapPoint(NamedTuple):
    """A point on the network: `position_mm` along an edge, `off_mm` away from it."""

    edge: int
    position_mm: int
    off_mm: int


class WalkRule(NamedTuple):
    """How a search walks: onward (1) or, against all one-ways, back to where walks come from (0)."""

    onward: int
    step_free: int
    limit_mm: int


NOWHERE = SnapPoint(-1, 0, 0)


@leaf
def metres_between(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle metres, degrees in."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_lat, half_lon = (phi2 - phi1) / 2, math.radians(lon2 - lon1) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(chord, 1.0)))


@part
def _first_cell(cell_key: Int64s, key: int) -> int:
    """The first cell whose key is not lower. (np.searchsorted takes seconds to compile.)"""
    low, high = 0, len(cell_key)
    while low < high:
        middle = (low + high) // 2
        if cell_key[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low


@part
def _edge_of(points_ptr: Int32s, point: int) -> int:
    """The edge that the point belongs to: the last one that begins at or before it."""
    low, high = 0, len(points_ptr)
    while low < high:
        middle = (low + high) // 2
        if points_ptr[middle] <= point:
            low = middle + 1
        else:
            high = middle
    return low - 1


@kernel
def nearest_edge(net: StreetGrid, lat: float, lon: float, max_m: float, step_free: int) -> tuple[int, int, int]:
    """(edge, position_mm, off_mm) of the nearest point on an edge no farther than `max_m`; (-1, 0, 0) if none.

    Distances are compared on the plane that touches the point; of equal ones the segment listed first wins.
    """
    south, west, height, width = net.grid[0], net.grid[1], net.grid[2], net.grid[3]
    columns = int(net.grid[4])
    per_lat = EARTH_RADIUS_M * math.pi / 180
    per_lon = per_lat * math.cos(math.radians(lat))
    if not (math.isfinite(lat) and math.isfinite(lon)) or per_lon <= 0 or len(net.cell_key) == 0:
        return -1, 0, 0
    reach_lat, reach_lon = max_m / per_lat, max_m / per_lon
    left = max(math.floor((lon - reach_lon - west) / width), 0)
    right = min(math.floor((lon + reach_lon - west) / width), columns - 1)
    bottom = max(math.floor((lat - reach_lat - south) / height), 0)
    top = min(math.floor((lat + reach_lat - south) / height), int(net.cell_key[-1]) // columns)
    best, best_segment, best_along = max_m * max_m, -1, 0.0
    if left > right:
        return -1, 0, 0
    for row in range(bottom, top + 1):
        cell = _first_cell(net.cell_key, row * columns + left)
        while cell < len(net.cell_key) and net.cell_key[cell] <= row * columns + right:
            for place in range(net.cell_ptr[cell], net.cell_ptr[cell + 1]):
                i = net.cell_segments[place]
                x1 = (net.point_lon_e7[i] * E7 - lon) * per_lon
                y1 = (net.point_lat_e7[i] * E7 - lat) * per_lat
                dx = (net.point_lon_e7[i + 1] - net.point_lon_e7[i]) * E7 * per_lon
                dy = (net.point_lat_e7[i + 1] - net.point_lat_e7[i]) * E7 * per_lat
                square = dx * dx + dy * dy
                along = min(max(-(x1 * dx + y1 * dy) / square, 0.0), 1.0) if square > 0 else 0.0
                x, y = x1 + along * dx, y1 + along * dy
                apart = x * x + y * y
                if apart < best or (apart == best and (best_segment < 0 or i < best_segment)):
                    if step_free and net.edge_flags[_edge_of(net.points_ptr, i)] & BARRED:
                        continue
                    best, best_segment, best_along = apart, i, along
            cell += 1
    if best_segment < 0:
        return -1, 0, 0
    edge = _edge_of(net.points_ptr, best_segment)
    begin, end = net.point_mm[best_segment], net.point_mm[best_segment + 1]
    position = begin + round(best_along * (end - begin))
    # Measured to where the whole millimetre lies, and a millimetre up: never shorter than the straight line.
    share = (position - begin) / (end - begin) if end > begin else 0.0
    first, second = best_segment, best_segment + 1
    there_lat = net.point_lat_e7[first] * E7 + share * (net.point_lat_e7[second] - net.point_lat_e7[first]) * E7
    there_lon = net.point_lon_e7[first] * E7 + share * (net.point_lon_e7[second] - net.point_lon_e7[first]) * E7
    off = math.ceil(metres_between(lat, lon, there_lat, there_lon) * 1000) + 1
    return int(edge), int(position), int(off)


@kernel
def nearest_edges(
    net: StreetGrid, lat: Floats, lon: Floats, max_m: float, step_free: int
) -> tuple[Int32s, Int32s, Int32s]:
    """`nearest_edge` of many points."""
    edge, position, off = np.empty(len(lat), np.int32), np.empty(len(lat), np.int32), np.empty(len(lat), np.int32)
    for i in range(len(lat)):
        edge[i], position[i], off[i] = nearest_edge(net, lat[i], lon[i], max_m, step_free)
    return edge, position, off


@part
def _push(heap: Int64s, size: int, key: int) -> int:
    place = size
    while place > 0:
        above = (place - 1) >> 1
        if heap[above] <= key:
            break
        heap[place] = heap[above]
        place = above
    heap[place] = key
    return size + 1


@part
def _pop(heap: Int64s, size: int) -> int:
    """Remove heap[0]; the caller has read it."""
    size -= 1
    key = heap[size]
    place = 0
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        if below + 1 < size and heap[below + 1] < heap[below]:
            below += 1
        if heap[below] >= key:
            break
        heap[place] = heap[below]
        place = below
    heap[place] = key
    return size


@kernel
def from_ends(graph: StreetGraph, point: SnapPoint, onward: int) -> tuple[int, int]:
    """Millimetres between the point and its edge's start and end when walks lead away from it (`onward`) or to it."""
    to_start, to_end = point.position_mm, graph.edge_mm[point.edge] - point.position_mm
    if graph.edge_flags[point.edge] & ONE_WAY:  # no way against it, but from its very ends none is needed
        if onward and to_start > 0:
            to_start = UNREACHED
        elif not onward and to_end > 0:
            to_end = UNREACHED
    if to_start < UNREACHED:
        to_start += point.off_mm
    if to_end < UNREACHED:
        to_end += point.off_mm
    return to_start, to_end


@kernel
def along_one_edge(graph: StreetGraph, here: SnapPoint, there: SnapPoint, onward: int) -> int:
    """Millimetres from `here` to `there` without leaving their edge, or UNREACHED."""
    if here.edge != there.edge:
        return UNREACHED
    ahead = there.position_mm - here.position_mm if onward else here.position_mm - there.position_mm
    if ahead < 0 and graph.edge_flags[here.edge] & ONE_WAY:
        return UNREACHED
    return abs(ahead) + here.off_mm + there.off_mm


@kernel
def spread(graph: StreetGraph, space: SearchSpace, here: SnapPoint, there: SnapPoint, rule: WalkRule) -> int:
    """Shortest walks from `here` to all nodes in the limit: fills `space`, returns how many nodes it touched.

    With `there` on an edge the search ends when its two nodes are as near as they get.
    """
    need = THERE if rule.onward else BACK
    if rule.step_free:
        need |= STEP_FREE
    limit, size, n_touched = rule.limit_mm, 0, 0
    there_start, there_end, there_from_start, there_from_end = -1, -1, UNREACHED, UNREACHED
    if there.edge >= 0:
        there_start, there_end = graph.edge_start[there.edge], graph.edge_end[there.edge]
        there_from_start, there_from_end = from_ends(graph, there, 1 - rule.onward)
        limit = min(limit, along_one_edge(graph, here, there, rule.onward))
    to_start, to_end = from_ends(graph, here, rule.onward)
    for side in range(2):
        node = graph.edge_start[here.edge] if side == 0 else graph.edge_end[here.edge]
        mm = to_start if side == 0 else to_end
        if mm <= limit and mm < space.node_mm[node]:
            if space.node_mm[node] == UNREACHED:
                space.touched[n_touched] = node
                n_touched += 1
            space.node_mm[node] = mm
            space.parent[node] = NO_PARENT
            space.via[node] = side
            size = _push(space.heap, size, (int(mm) << 32) | int(node))
    while size > 0:
        key = space.heap[0]
        size = _pop(space.heap, size)
        mm, node = key >> 32, key & LOW_HALF
        if mm > limit:
            break
        if mm > space.node_mm[node]:
            continue
        if node == there_start:
            limit = min(limit, mm + there_from_start)
        if node == there_end:
            limit = min(limit, mm + there_from_end)
        for arc in range(graph.arcs_ptr[node], graph.arcs_ptr[node + 1]):
            if graph.arc_bits[arc] & need != need:
                continue
            onto, farther = graph.arc_node[arc], mm + graph.arc_mm[arc]
            if farther <= limit and farther < space.node_mm[onto]:
                if space.node_mm[onto] == UNREACHED:
                    space.touched[n_touched] = onto
                    n_touched += 1
                space.node_mm[onto] = farther
                space.parent[onto] = node
                space.via[onto] = graph.arc_edge[arc]
                size = _push(space.heap, size, (int(farther) << 32) | int(onto))
    return n_touched


@part
def _offer(space: SearchSpace, stop: int, mm: int, n_stops: int) -> int:
    """Keep `mm` if it is the best for the stop; returns how many stops are touched."""
    if space.stop_mm[stop] == UNREACHED:
        space.touched_stops[n_stops] = stop
        n_stops += 1
    if mm < space.stop_mm[stop]:
        space.stop_mm[stop] = mm
    return n_stops


@part
def collect_stops(
    graph: StreetGraph, space: SearchSpace, stops: SnappedStops, n_touched: int, here: SnapPoint, rule: WalkRule
) -> int:
    """Stops within the limit after `spread`: fills `space.stop_mm`, returns how many stops it touched."""
    n_stops = 0
    for place in range(stops.edge_ptr[here.edge], stops.edge_ptr[here.edge + 1]):
        stop = stops.edge_stops[place]
        there = SnapPoint(here.edge, stops.position_mm[stop], stops.off_mm[stop])
        mm = along_one_edge(graph, here, there, rule.onward)
        if mm <= rule.limit_mm:
            n_stops = _offer(space, stop, mm, n_stops)
    for i in range(n_touched):
        node = space.touched[i]
        for arc in range(graph.arcs_ptr[node], graph.arcs_ptr[node + 1]):
            edge = graph.arc_edge[arc]
            for place in range(stops.edge_ptr[edge], stops.edge_ptr[edge + 1]):
                stop = stops.edge_stops[place]
                there = SnapPoint(edge, stops.position_mm[stop], stops.off_mm[stop])
                from_start, from_end = from_ends(graph, there, 1 - rule.onward)
                if graph.edge_start[edge] == node and from_start + space.node_mm[node] <= rule.limit_mm:
                    n_stops = _offer(space, stop, from_start + space.node_mm[node], n_stops)
                if graph.edge_end[edge] == node and from_end + space.node_mm[node] <= rule.limit_mm:
                    n_stops = _offer(space, stop, from_end + space.node_mm[node], n_stops)
    return n_stops


@kernel
def forget(space: SearchSpace, n_touched: int, n_stops: int) -> None:
    """Make `space` ready for the next search."""
    for i in range(n_touched):
        space.node_mm[space.touched[i]] = UNREACHED
    for i in range(n_stops):
        space.stop_mm[space.touched_stops[i]] = UNREACHED


@kernel
def walk_to_stops(
    graph: StreetGraph, space: SearchSpace, stops: SnappedStops, here: SnapPoint, rule: WalkRule
) -> tuple[Int32s, Int32s]:
    """(rows of stops, millimetres) of all stops within the limit, in no order."""
    n_touched = spread(graph, space, here, NOWHERE, rule)
    n_stops = collect_stops(graph, space, stops, n_touched, here, rule)
    rows, mm = np.empty(n_stops, np.int32), np.empty(n_stops, np.int32)
    for i in range(n_stops):
        rows[i] = space.touched_stops[i]
        mm[i] = space.stop_mm[rows[i]]
    forget(space, n_touched, n_stops)
    return rows, mm


def new_search_space(n_nodes: int, n_arcs: int, n_stops: int) -> SearchSpace:
    """Scratch for one thread."""
    return SearchSpace(
        node_mm=np.full(n_nodes, UNREACHED, np.int32),
        parent=np.empty(n_nodes, np.int32),
        via=np.empty(n_nodes, np.int32),
        touched=np.empty(n_nodes, np.int32),
        heap=np.empty(n_arcs + 2, np.int64),  # each arc is relaxed once, and the walk enters at two nodes
        stop_mm=np.full(n_stops, UNREACHED, np.int32),
        touched_stops=np.empty(n_stops, np.int32),
    )
