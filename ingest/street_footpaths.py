"""Walking links between stops over the streets, before transfers.txt has its say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.footpaths import DEFAULT_DETOUR, WalkingLinks, paced_links
from ingest.geometry import PointIndex
from ingest.model import Int32s, Network
from ingest.progress import LINKING, LINKING_STEP_FREE, Progress, silent
from ingest.street_kernel import (
    UNREACHED,
    SnappedStops,
    SnapPoint,
    StreetGraph,
    WalkRule,
    new_search_space,
    walk_to_stops,
)
from ingest.street_model import CUT_OFF, NO_STREET, StopsOnStreets, Streets
from ingest.street_places import is_walked_to
from ingest.street_walk import SNAP_M, StreetIndex, columns_of, ground_mm, metres_of, straight_walk_mm

Pairs = NDArray[np.int32]
"""One row a pair: from and to (rows of StopsOnStreets), millimetres."""

STOPS_A_STEP = 512
THREADS = 2


@dataclass(frozen=True, slots=True)
class StreetLinks:
    """Footpaths over the streets, and what they stand on."""

    links: WalkingLinks
    stops: StopsOnStreets
    n_off_streets: int
    """Stops with no street within SNAP_M: linked by straight lines times the detour factor."""


def street_links(
    network: Network,
    streets: Streets,
    radius_m: float,
    progress: Progress = silent,
    *,
    detour: float = DEFAULT_DETOUR,
    step_free: bool = False,
    places: Int32s | None = None,
) -> StreetLinks:
    """Footpaths whose walk is at most `radius_m` x `detour` metres, the longest straight link's.

    They link all `places` (rows of the stops; default: stops and boarding areas).

    `step_free` leaves out stairs and what else bars a wheelchair; then links to step-free ways only are made.
    """
    stage = LINKING_STEP_FREE if step_free else LINKING
    progress(stage)
    stops = put_stops_on_streets(network, streets, step_free=step_free, places=places)
    limit_mm = int(min(radius_m * detour * 1000, UNREACHED - 1))
    n_stops = len(stops.stop)

    def partly(begin: int) -> None:
        progress(f"{stage}: from {begin:,} of {n_stops:,}", begin / n_stops)

    rule = WalkRule(1, int(step_free), limit_mm)
    parts = [_straight_pairs(stops, limit_mm, detour), *_street_pairs(streets, stops, rule, partly)]
    start, end, mm = np.concatenate(parts).T
    order = np.lexsort((mm, end, start))
    start, end, mm = start[order], end[order], mm[order]
    is_best = np.append(True, (start[1:] != start[:-1]) | (end[1:] != end[:-1]))[: len(start)]
    links = paced_links(stops.stop[start[is_best]], stops.stop[end[is_best]], metres_of(mm[is_best]))
    n_off = int((stops.edge == NO_STREET).sum())
    if n_off and not step_free:  # the same with stairs and without: said once
        progress(f"{LINKING}: {n_off:,} of {n_stops:,} stops are more than {SNAP_M:.0f} m from any street", 1.0)
    return StreetLinks(links, stops, n_off)


def put_stops_on_streets(
    network: Network, streets: Streets, *, step_free: bool = False, places: Int32s | None = None
) -> StopsOnStreets:
    """Snap every one of `places` (default: stops and boarding areas) that has coordinates to the nearest edge within
    SNAP_M.
    """
    table = network.stops
    rows = np.flatnonzero(is_walked_to(table)) if places is None else places
    rows = rows[np.isfinite(table.lat[rows]) & np.isfinite(table.lon[rows])]
    lat, lon = table.lat[rows], table.lon[rows]
    index = StreetIndex(streets)
    edge, position_mm, off_mm = index.snap_many(lat, lon, step_free=step_free)
    if step_free and (edge == NO_STREET).any():
        with_stairs, _, off_stairs = index.snap_many(lat, lon)
        is_cut_off = (edge == NO_STREET) & (with_stairs != NO_STREET)
        edge, off_mm = np.where(is_cut_off, CUT_OFF, edge).astype(np.int32), np.where(is_cut_off, off_stairs, off_mm)
    order = np.argsort(edge, kind="stable")
    order = order[edge[order] >= 0]
    counts = np.bincount(edge[order], minlength=len(streets.edge_mm))
    return StopsOnStreets(
        stop=rows.astype(np.int32),
        lat=lat,
        lon=lon,
        edge=edge,
        position_mm=position_mm,
        off_mm=off_mm,
        edge_ptr=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        edge_stops=order.astype(np.int32),
    )


def _straight_pairs(stops: StopsOnStreets, limit_mm: int, detour: float) -> Pairs:
    """Pairs over open ground: where a stop has no street, or the straight walk is no longer than both ways to it."""
    start, end, straight_m = PointIndex(stops.lat, stops.lon).within(stops.lat, stops.lon, limit_mm / 1000 / detour)
    mm = straight_walk_mm(straight_m, detour)
    is_open = mm <= ground_mm(stops.edge[start], stops.off_mm[start], stops.edge[end], stops.off_mm[end])
    is_open &= (start != end) & (mm <= limit_mm)
    return np.column_stack([start, end, mm])[is_open].astype(np.int32)


def _street_pairs(
    streets: Streets, stops: StopsOnStreets, rule: WalkRule, progress: Callable[[int], None]
) -> Iterator[Pairs]:
    """Pairs over the streets. Two threads share the work, each with scratch of its own; kernels hold no lock."""
    graph, snapped = columns_of(StreetGraph, streets), columns_of(SnappedStops, stops)
    n_stops = len(stops.stop)
    spaces = [new_search_space(len(graph.arcs_ptr) - 1, len(graph.arc_node), n_stops) for _ in range(THREADS)]
    points = list(zip(stops.edge.tolist(), stops.position_mm.tolist(), stops.off_mm.tolist(), strict=True))

    def work(lane: int, begin: int) -> Pairs:
        pairs = [np.empty((0, 3), np.int32)]
        for stop, (edge, *where) in enumerate(points[begin : begin + STOPS_A_STEP], start=begin):
            if edge < 0:
                continue
            rows, mm = walk_to_stops(graph, spaces[lane], snapped, SnapPoint(edge, *where), rule)
            pairs.append(np.column_stack([np.full(len(rows), stop, np.int32), rows, mm])[rows != stop])
        return np.concatenate(pairs)

    with ThreadPoolExecutor(THREADS) as pool:
        for begin in range(0, n_stops, STOPS_A_STEP * THREADS):
            progress(begin)
            steps = range(begin, min(begin + STOPS_A_STEP * THREADS, n_stops), STOPS_A_STEP)
            yield from pool.map(work, range(THREADS), steps)
