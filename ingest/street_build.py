"""From ways to the walking network: cut into segments, drop islands, join segments into edges, index by cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.arrays import Bits, Int32s, Int64s
from ingest.geometry import haversine_m
from ingest.street_chains import Chains, join_chains, mark_components
from ingest.street_grid import cells_of
from ingest.street_model import BACK, BARRED, E7, ONE_WAY, STEP_FREE, THERE, Streets
from ingest.street_tags import ONE_WAY_BACK

MIN_ISLAND_POINTS = 100
"""Smaller pieces that touch nothing else are mapping gaps: who is snapped to one could not leave it."""

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class WayPoints:
    """Walkable ways as they are mapped: way w passes points ptr[w]:ptr[w + 1]."""

    ptr: Int64s
    flags: Bits
    """For each way, what street_tags.walking_flags says."""
    node: Int64s
    """OSM id of the node at each point: ways meet where it is the same."""
    lat_e7: Int32s
    lon_e7: Int32s
    blocked: Int64s
    """Nodes that nobody gets past."""
    barred: Int64s
    """Nodes that are passed on legs only."""


@dataclass(frozen=True, slots=True)
class _Segments:
    """Straight pieces between two nodes, which are numbered from 0."""

    start: Int32s
    end: Int32s
    flags: Bits
    lat_e7: Int32s
    """Place of each node."""
    lon_e7: Int32s


def build_streets(ways: WayPoints) -> Streets:
    """The graph of all ways but small islands; no edges if no way has two points."""
    segments, dropped = _without_islands(_cut(ways))
    points_ptr, chain_nodes, chain_segment = _chains(segments)
    lat, lon = segments.lat_e7[chain_nodes], segments.lon_e7[chain_nodes]
    point_mm = _along(points_ptr, lat, lon)
    first, last = chain_nodes[points_ptr[:-1]], chain_nodes[points_ptr[1:] - 1]
    junctions, ends = np.unique(np.concatenate([first, last]), return_inverse=True)
    start, end = (side.astype(np.int32) for side in np.split(ends, 2))
    edge_mm, flags = point_mm[points_ptr[1:] - 1], segments.flags[chain_segment]
    arcs_ptr, arc_node, arc_edge, arc_bits = _arcs(len(junctions), start, end, flags)
    grid, cell_key, cell_ptr, cell_segments = cells_of(points_ptr, lat, lon)
    return Streets(
        node_lat_e7=segments.lat_e7[junctions],
        node_lon_e7=segments.lon_e7[junctions],
        edge_start=start,
        edge_end=end,
        edge_mm=edge_mm,
        edge_flags=flags,
        points_ptr=points_ptr,
        point_lat_e7=lat,
        point_lon_e7=lon,
        point_mm=point_mm,
        arcs_ptr=arcs_ptr,
        arc_node=arc_node,
        arc_edge=arc_edge,
        arc_mm=edge_mm[arc_edge],
        arc_bits=arc_bits,
        grid=grid,
        cell_key=cell_key,
        cell_ptr=cell_ptr,
        cell_segments=cell_segments,
        dropped_islands=dropped,
    )


def _cut(ways: WayPoints) -> _Segments:
    """Every piece between two neighbouring points of a way, turned so that one-way pieces lead along."""
    way = np.repeat(np.arange(len(ways.flags)), np.diff(ways.ptr))
    rows = np.flatnonzero((way[:-1] == way[1:]) & (ways.node[:-1] != ways.node[1:]))
    flags = ways.flags[way[rows]]
    turned = flags & ONE_WAY_BACK != 0
    points = np.stack([np.where(turned, rows + 1, rows), np.where(turned, rows, rows + 1)])
    flags = np.where(turned, flags & ~np.uint8(ONE_WAY_BACK) | np.uint8(ONE_WAY), flags)
    nodes = ways.node[points]
    flags[np.isin(nodes, ways.barred).any(axis=0)] |= BARRED
    # A blocked node becomes a dead end of its own for each piece that ends there: ids below zero are used once.
    blocked = np.isin(nodes, ways.blocked)
    nodes[blocked] = np.iinfo(np.int64).min + np.arange(blocked.sum())
    _, first, numbers = np.unique(nodes, return_index=True, return_inverse=True)
    numbers = numbers.reshape(2, -1).astype(np.int32)
    place = points.ravel()[first]
    return _Segments(numbers[0], numbers[1], flags.astype(np.uint8), ways.lat_e7[place], ways.lon_e7[place])


def _without_islands(segments: _Segments) -> tuple[_Segments, Int32s]:
    """The largest piece and all that are not small; and how many pieces and points went."""
    n_nodes = len(segments.lat_e7)
    component = mark_components(n_nodes, segments.start, segments.end)
    sizes = np.bincount(component, minlength=1)
    is_kept = sizes >= min(MIN_ISLAND_POINTS, sizes.max())
    lost = sizes[~is_kept]
    dropped = np.array([(lost > 0).sum(), lost.sum()], np.int32)
    nodes = is_kept[component]
    rows = nodes[segments.start]
    number = np.cumsum(nodes, dtype=np.int32) - 1
    return (
        _Segments(
            number[segments.start[rows]].astype(np.int32),
            number[segments.end[rows]].astype(np.int32),
            segments.flags[rows],
            segments.lat_e7[nodes],
            segments.lon_e7[nodes],
        ),
        dropped,
    )


def _chains(segments: _Segments) -> tuple[Int32s, Int32s, Int32s]:
    """Edges: points_ptr, the node at each point, and a segment of each edge (all of one edge have the same flags)."""
    n_nodes = len(segments.lat_e7)
    ends = np.concatenate([segments.start, segments.end])
    degree = np.bincount(ends, minlength=n_nodes)
    both = np.concatenate([segments.flags, segments.flags])
    lowest, highest = np.full(n_nodes, 255, np.uint8), np.zeros(n_nodes, np.uint8)
    np.minimum.at(lowest, ends, both)
    np.maximum.at(highest, ends, both)
    is_junction = (degree != 2) | (lowest != highest) | (highest & ONE_WAY != 0)
    order = np.argsort(ends, kind="stable").astype(np.int32)
    ptr = np.concatenate([[0], np.cumsum(degree)]).astype(np.int32)
    one_way = segments.flags & ONE_WAY != 0
    n_segments = len(segments.start)
    sizes = (n_segments + 1, 2 * n_segments, n_segments)
    chains = Chains(*(np.zeros(size, np.int32) for size in sizes))
    n_chains, n_points = join_chains(ptr, order, segments.start, segments.end, one_way, is_junction, chains)
    return chains.ptr[: n_chains + 1].copy(), chains.nodes[:n_points].copy(), chains.first[:n_chains].copy()


def _along(points_ptr: Int32s, lat_e7: Int32s, lon_e7: Int32s) -> Int32s:
    """Millimetres from the start of its edge to each point, every segment rounded up."""
    lat, lon = lat_e7 * E7, lon_e7 * E7
    steps = np.ceil(haversine_m(lat[:-1], lon[:-1], lat[1:], lon[1:]) * 1000).astype(np.int64)
    total = np.concatenate([np.zeros(min(len(lat), 1), np.int64), np.cumsum(steps)])
    base = np.repeat(total[points_ptr[:-1]], np.diff(points_ptr))
    along: Int32s = (total - base).astype(np.int32)
    return along


def _arcs(n_nodes: int, start: Int32s, end: Int32s, flags: Bits) -> tuple[Int32s, Int32s, Int32s, Bits]:
    """Both directions of every edge by the node they leave: ptr, node at the other end, edge, bits."""
    edge = np.arange(len(start), dtype=np.int32)
    leaves, arrives = np.concatenate([start, end]), np.concatenate([end, start])
    step_free = np.where(flags & BARRED, 0, STEP_FREE)
    one_way = flags & ONE_WAY != 0
    along = step_free | THERE | np.where(one_way, 0, BACK)
    against = step_free | BACK | np.where(one_way, 0, THERE)
    order = np.lexsort((arrives, leaves))
    ptr = np.concatenate([[0], np.cumsum(np.bincount(leaves, minlength=n_nodes))]).astype(np.int32)
    bits = np.concatenate([along, against])[order].astype(np.uint8)
    return ptr, arrives[order], np.concatenate([edge, edge])[order], bits
