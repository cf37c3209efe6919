"""Walking inside stations: shortest ways along pathways between platforms, boarding areas and entrances."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from ingest.footpaths import WalkingLinks
from ingest.geometry import haversine_m
from ingest.model import BOARDING_AREA, ENTRANCE, STOP, Int32s, Network, StationWays
from ingest.pathway_costs import Way, pathway_ways, step_free_pathways, way_of

ENTRANCES_ONLY = 0
"""stop_access of a stop that is reached by the entrances of its station only."""
CLOSED = 2
"""wheelchair_boarding of what a wheelchair cannot enter."""
LONGEST_MM, LONGEST_S = 36_000_000, 3600
"""An hour at 10 m/s: no query allows a longer walk."""
NOWHERE = way_of(0)

Arcs = dict[int, list[tuple[int, Way]]]
Row = tuple[int, int, int, int, int]
"""from, to, distance_m, fixed_m, fixed_s."""


@dataclass(frozen=True, slots=True)
class Stations:
    """What pathways say of walking.

    between   from stop to stop (boarding areas among them) of one station
    ways      between entrances and stops
    piece     stop -> number of the piece of pathways, joined in any direction, that it lies on; -1 for none
    """

    between: WalkingLinks
    ways: StationWays
    piece: Int32s


def find_stations(network: Network, detour: float, *, step_free: bool = False) -> Stations:
    """All ways inside stations; `step_free` leaves out stairs and entrances that are closed to wheelchairs.

    `detour` makes ways of straight lines, where the stops of a station are reached by its entrances only and no
    pathways lead there.
    """
    kind = network.stops.location_type
    whole = _arcs(network, detour, step_free=False)
    arcs = _arcs(network, detour, step_free=True) if step_free else whole
    nodes = sorted(whole)
    between, ways = [], []
    for start in nodes:
        if kind[start] not in (STOP, BOARDING_AREA, ENTRANCE):
            continue
        for end, way in sorted(_shortest(arcs, start).items()):
            row = _row(start, end, way)
            if kind[start] == ENTRANCE:
                ways += [row] if kind[end] in (STOP, BOARDING_AREA) else []
            elif kind[end] == ENTRANCE:
                ways.append(row)
            elif kind[end] in (STOP, BOARDING_AREA) and start != end:
                between.append(row)
    return Stations(
        WalkingLinks(*_columns(between)), StationWays(*_columns(ways)), _pieces(whole, len(network.stops.lat))
    )


def _row(start: int, end: int, way: Way) -> Row:
    paced_m = -(-way.paced_mm // 1000)
    distance_m = max(paced_m, -(-(way.paced_mm + way.fixed_mm) // 1000))
    return start, end, distance_m, distance_m - paced_m, way.fixed_s


def _columns(rows: list[Row]) -> Iterator[Int32s]:
    table = np.array(rows, np.int32).reshape(-1, 5)
    return (np.ascontiguousarray(column) for column in table.T)


def _arcs(network: Network, detour: float, *, step_free: bool) -> Arcs:
    """Place -> the places that one pathway leads to from there."""
    rows, closed = network.pathways, network.stops.wheelchair == CLOSED
    usable = step_free_pathways(rows) if step_free else np.ones(len(rows.mode), bool)
    shut = {row for row in np.flatnonzero(closed & (network.stops.location_type == ENTRANCE)).tolist() if step_free}
    ends = (rows.from_stop.tolist(), rows.to_stop.tolist(), rows.both_ways.tolist())
    edges = [
        (start, end, both, way)
        for start, end, both, way, is_usable in zip(*ends, pathway_ways(network), usable.tolist(), strict=True)
        if is_usable
    ]
    edges += [(start, end, 1, way) for start, end, way in _entrances_only(network, detour)]
    on_pathways = {*ends[0], *ends[1]}
    edges += [(start, end, 1, NOWHERE) for start, end in _boarding_areas(network, on_pathways)]
    arcs: Arcs = {}
    for start, end, both, way in edges:
        if start in shut or end in shut:
            continue
        arcs.setdefault(start, []).append((end, way))
        arcs.setdefault(end, [])
        if both:
            arcs[end].append((start, way))
    return arcs


def _boarding_areas(network: Network, on_pathways: set[int]) -> Iterator[tuple[int, int]]:
    """(platform, boarding area) of the platforms that pathways lead to, or to one of whose areas they do."""
    stops = network.stops
    areas = np.flatnonzero((stops.location_type == BOARDING_AREA) & (stops.parent >= 0))
    pairs = list(zip(stops.parent[areas].tolist(), areas.tolist(), strict=True))
    joined = {platform for platform, area in pairs if not on_pathways.isdisjoint((platform, area))}
    return ((platform, area) for platform, area in pairs if platform in joined)


def _entrances_only(network: Network, detour: float) -> Iterator[tuple[int, int, Way]]:
    """Straight ways to stops that their station's entrances alone lead to, in stations without pathways."""
    stops = network.stops
    known = np.isfinite(stops.lat) & np.isfinite(stops.lon)
    told = {int(stops.parent[row]) for row in np.append(network.pathways.from_stop, network.pathways.to_stop)}
    hidden = known & (stops.parent >= 0) & (stops.location_type == STOP) & (stops.access == ENTRANCES_ONLY)
    entrances = _by_station(stops.parent, np.flatnonzero(known & (stops.location_type == ENTRANCE)))
    for station, inner in _by_station(stops.parent, np.flatnonzero(hidden)).items():
        doors = entrances.get(station, [])
        if station in told or not doors:
            continue
        for start, end in [*product(doors, inner), *combinations(inner, 2)]:
            straight = haversine_m(stops.lat[start], stops.lon[start], stops.lat[end], stops.lon[end])
            yield start, end, way_of(float(straight) * detour)


def _by_station(parent: Int32s, rows: Iterable[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(int(parent[row]), []).append(int(row))
    return found


def _shortest(arcs: Arcs, start: int) -> dict[int, Way]:
    """The best way from `start` to every place, none of more than an hour (Dijkstra)."""
    best = {start: NOWHERE}
    done: dict[int, Way] = {}
    queue = [(NOWHERE, start)]
    while queue:
        way, place = heapq.heappop(queue)
        if place in done:
            continue
        done[place] = way
        for onto, further in arcs.get(place, ()):
            farther = way.then(further)
            if onto not in done and (onto not in best or farther < best[onto]):
                best[onto] = farther
                heapq.heappush(queue, (farther, onto))
    return {place: way for place, way in done.items() if way.paced_mm <= LONGEST_MM and way.fixed_s <= LONGEST_S}


def _pieces(arcs: Arcs, n_stops: int) -> Int32s:
    """Number of the piece that each stop lies on, one-way pathways taken both ways; -1 off pathways."""
    neighbours: dict[int, set[int]] = {place: set() for place in arcs}
    for start, ends in arcs.items():
        for end, _ in ends:
            neighbours[start].add(end)
            neighbours[end].add(start)
    piece = np.full(n_stops, -1, np.int32)
    for number, first in enumerate(sorted(arcs)):
        waiting = [first] if piece[first] < 0 else []
        while waiting:
            place = waiting.pop()
            if piece[place] < 0:
                piece[place] = number
                waiting += neighbours[place]
    return piece
