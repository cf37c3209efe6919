"""Our network read the way nigiri reads the same feeds, one rule after another: what explains different answers.

Nothing of this is timed. Each step adds one of nigiri's readings to the ones before it; answers that become equal at a
step differed because of it. The readings were taken from its GTFS loader (src/loader/gtfs, build_footpaths.cc and
link_nearby_stations.cc) and tried on small feeds.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path

import networkx as nx
import numpy as np

from benchmarks.blank_times import blank_calls, fill_by_position
from ingest.bounds import no_bounds
from ingest.geometry import PointIndex
from ingest.model import STATION, STOP, Footpaths, Headways, Int32s, Int64s, Network, StopTimes
from ingest.trip_transfers import no_trip_transfers

MINUTE = 60
CHANGE_MIN = 2
WALK_M_PER_MIN = 90
OTHER_FEED_M = 300.0
SAME_NAME_M = 500.0
FORBIDDEN = 3

Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]


def steps(
    network: Network, feeds: Mapping[str, Path], radius_m: float, max_footpath_min: int
) -> Iterator[tuple[str, Network]]:
    """(what is read like nigiri from this step on, network)."""
    network = dataclasses.replace(network, bounds=no_bounds())
    if len(network.headways.trip):
        network = dataclasses.replace(network, headways=expanded_headways(network.headways))
        yield "headways as departures at fixed times", network
    changes = minute_changes(network, radius_m, max_footpath_min)
    network = dataclasses.replace(network, footpaths=changes, trip_transfers=no_trip_transfers())
    yield "its change and walking times", network
    network = dataclasses.replace(network, stop_times=whole_minutes(network))
    yield "times cut to whole minutes", network
    blank = blank_calls(network, feeds)
    if blank.any():
        network = dataclasses.replace(network, stop_times=fill_by_position(network, blank))
        yield "blank times by position, not distance", network


def expanded_headways(rows: Headways) -> Headways:
    """A vehicle at `start` and each headway after it, headways rounded to minutes, a last part period dropped."""
    headway = np.maximum(np.floor(rows.headway_s / MINUTE + 0.5).astype(np.int32), 1) * MINUTE
    start, end = _cut(rows.start), _cut(rows.end)
    end = start + (end - start) // headway * headway
    return Headways(rows.trip, start, end.astype(np.int32), headway.astype(np.int32), np.ones_like(rows.exact))


def minute_changes(network: Network, radius_m: float, max_footpath_min: int) -> Footpaths:
    """Two minutes to change at a stop; between stops its links, chained to walks shorter than `max_footpath_min`."""
    graph = link_graph(network, radius_m)
    n_stops = len(network.stops.lat)
    rows = [(stop, stop, CHANGE_MIN) for stop in range(n_stops)]
    for stop in graph:
        reached = nx.single_source_dijkstra_path_length(graph, stop, cutoff=max_footpath_min - 1, weight="minutes")
        rows += [(stop, end, minutes) for end, minutes in reached.items() if end != stop]
    table = np.array(sorted(rows), np.int32).reshape(-1, 3)
    none = np.zeros(len(table), np.int32)
    return Footpaths(
        from_stop=table[:, 0].copy(),
        to_stop=table[:, 1].copy(),
        distance_m=none,
        fixed_m=none,
        fixed_s=none,
        min_time_s=table[:, 2] * np.int32(MINUTE),
        forbidden=np.zeros(len(table), np.uint8),
    )


def link_graph(network: Network, radius_m: float) -> nx.Graph:
    """Which stops and stations are linked, and for how many whole `minutes`, before links are chained."""
    stops = network.stops
    widest = max(radius_m, SAME_NAME_M, OTHER_FEED_M)
    known = np.flatnonzero(np.isin(stops.location_type, (STOP, STATION)))  # entrances are left out
    lat, lon = stops.lat[known], stops.lon[known]
    start, end, metres = PointIndex(lat, lon).within(lat, lon, widest)
    start, end = known[start], known[end]
    same_feed = stops.feed[start] == stops.feed[end]
    near = same_feed & ((metres <= radius_m) | _belong_together(network, start, end)) & (metres <= widest)
    near |= ~same_feed & (metres <= OTHER_FEED_M)
    near &= start < end
    walk = np.where(same_feed, np.ceil(metres / WALK_M_PER_MIN), np.floor(metres / WALK_M_PER_MIN + 0.5))
    minutes = np.maximum(walk, CHANGE_MIN).astype(int)
    graph = nx.Graph()
    links = zip(start[near].tolist(), end[near].tolist(), minutes[near].tolist(), strict=True)
    graph.add_weighted_edges_from(links, weight="minutes")
    graph.add_weighted_edges_from(_given_transfers(network), weight="minutes")
    return graph


def _given_transfers(network: Network) -> Iterator[tuple[int, int, int]]:
    """Rows of transfers.txt between two stops, both ways, whatever trips and routes they are limited to."""
    rows = network.transfers
    used = (rows.from_stop >= 0) & (rows.to_stop >= 0) & (rows.from_stop != rows.to_stop) & (rows.type != FORBIDDEN)
    seconds = np.maximum(rows.min_time_s[used], 0)
    for start, end, wait in zip(
        rows.from_stop[used].tolist(), rows.to_stop[used].tolist(), seconds.tolist(), strict=True
    ):
        yield start, end, max(CHANGE_MIN, wait // MINUTE)


def whole_minutes(network: Network) -> StopTimes:
    """Stop times without their seconds."""
    times = network.stop_times
    return dataclasses.replace(times, arrival=_cut(times.arrival), departure=_cut(times.departure))


def _belong_together(network: Network, start: Int64s, end: Int64s) -> Bools:
    """Stops with one name, with one station, or of which one is the other's station."""
    stops = network.stops
    _, name = np.unique(np.array(list(stops.name)), return_inverse=True)
    same_station = (stops.parent[start] == stops.parent[end]) & (stops.parent[start] >= 0)
    family = (stops.parent[start] == end) | (stops.parent[end] == start)
    together: Bools = (name[start] == name[end]) | same_station | family
    return together


def _cut(seconds: Int32s) -> Int32s:
    return (seconds // MINUTE * MINUTE).astype(np.int32)
