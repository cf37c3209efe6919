"""The transit graph: what planners analyse and what the router's changes are resolved from.

A networkx MultiDiGraph. Nodes are stop indices with `id`, `name`, `lat`, `lon`, `feed`, `station`. Edge keys:

* `("ride", route)`    next call of a trip: `provider`, `n_trips` (of any day), `min_ride_s`
* `"footpath"`         a walk: `distance_m`
* `"transfer"`         what transfers.txt says of the pair: `type`, `min_time_s` (None where blank), `distance_m`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import networkx as nx
import numpy as np
import polars as pl

from ingest.footpaths import WalkingLinks, walked_m
from ingest.geometry import haversine_m
from ingest.model import STATION, Footpaths, Int32s, Network

TIMED, MINIMUM, FORBIDDEN = 1, 2, 3
STOP_LEVEL_TYPES = (0, TIMED, MINIMUM, FORBIDDEN)

TransitGraph: TypeAlias = Any
"""A networkx.MultiDiGraph: networkx ships no types."""


def build_graph(network: Network, links: WalkingLinks, detour: float) -> TransitGraph:
    """All stops of all providers, joined by rides, footpaths and transfers."""
    graph = nx.MultiDiGraph(snapshot=network.snapshot_id, region=network.region)
    graph.add_nodes_from(_nodes(network))
    graph.add_edges_from(_rides(network))
    graph.add_edges_from(
        (start, end, "footpath", {"distance_m": metres})
        for start, end, metres in zip(
            links.from_stop.tolist(), links.to_stop.tolist(), links.distance_m.tolist(), strict=True
        )
    )
    graph.add_edges_from(_transfers(network, detour))
    return graph


def resolve_changes(graph: TransitGraph) -> Footpaths:
    """One row for each pair of stops between which a rider can, or must not, change: transfers.txt speaks first."""
    pairs: dict[tuple[int, int], tuple[int, int, int]] = {
        (start, end): (distance, -1, 0) for start, end, distance in _edges(graph, "footpath", "distance_m")
    }
    for start, end, data in graph.edges(data=True):
        if "type" not in data:
            continue
        walk = pairs.get((start, end))
        distance = walk[0] if walk else data["distance_m"]
        if data["type"] == FORBIDDEN:
            if walk or start == end:
                pairs[start, end] = (distance, -1, 1)
        else:
            pairs[start, end] = (distance, _fixed_time(data, start == end), 0)
    rows = np.array([(*pair, *change) for pair, change in sorted(pairs.items())], np.int32).reshape(-1, 5)
    return Footpaths(
        rows[:, 0].copy(),
        rows[:, 1].copy(),
        rows[:, 2].copy(),
        rows[:, 3].copy(),
        rows[:, 4].astype(np.uint8),
    )


def _fixed_time(data: dict[str, int | None], same_stop: bool) -> int:
    if data["type"] == TIMED:
        return 0
    if data["type"] == MINIMUM and data["min_time_s"] is not None:
        return data["min_time_s"]
    return 0 if same_stop else -1


def _edges(graph: TransitGraph, kind: str, attribute: str) -> Iterator[tuple[int, int, int]]:
    for start, end, key, value in graph.edges(keys=True, data=attribute):
        if key == kind:
            yield start, end, value


def _nodes(network: Network) -> Iterator[tuple[int, dict[str, object]]]:
    stops = network.stops
    parents = stops.parent.tolist()
    for index, (lat, lon, feed) in enumerate(
        zip(stops.lat.tolist(), stops.lon.tolist(), stops.feed.tolist(), strict=True)
    ):
        station = parents[index] if parents[index] >= 0 else index
        yield (
            index,
            {
                "id": stops.id[index],
                "name": stops.name[index],
                "lat": lat,
                "lon": lon,
                "feed": network.feeds[feed].id,
                "station": station,
            },
        )


def _rides(network: Network) -> Iterator[tuple[int, int, tuple[str, int], dict[str, int]]]:
    """One edge for each (stop, next stop, route)."""
    trips, times = network.trips, network.stop_times
    counts = np.diff(trips.times_ptr)
    n_calls = len(times.arrival)
    if n_calls == 0:
        return
    route = np.repeat(trips.route, counts)
    is_last = np.zeros(n_calls, bool)
    is_last[trips.times_ptr[1:] - 1] = True
    first = np.flatnonzero(~is_last)
    stop = _stop_of_calls(network)
    hops = pl.DataFrame(
        {
            "start": stop[first],
            "end": stop[first + 1],
            "route": route[first],
            "ride": times.arrival[first + 1] - times.departure[first],
        }
    )
    grouped = (
        hops.group_by("start", "end", "route")
        .agg(pl.len().alias("n"), pl.col("ride").min())
        .sort("start", "end", "route")
    )
    provider = network.routes.provider.tolist()
    for start, end, line, n_trips, ride in grouped.iter_rows():
        yield start, end, ("ride", line), {"provider": provider[line], "n_trips": n_trips, "min_ride_s": ride}


def _stop_of_calls(network: Network) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """The stop of each row of stop_times."""
    trips, sequences = network.trips, network.sequences
    counts = np.diff(trips.times_ptr)
    position = np.arange(int(counts.sum())) - np.repeat(trips.times_ptr[:-1], counts)
    stops: Int32s = sequences.stops[np.repeat(sequences.ptr[:-1][trips.sequence], counts) + position]
    return stops


def _transfers(network: Network, detour: float) -> Iterator[tuple[int, int, str, dict[str, object]]]:
    """Stop-level rows of transfers.txt, a station standing for its stops; the more specific row wins."""
    chosen: dict[tuple[int, int], tuple[int, int, int | None]] = {}
    transfers = network.transfers
    members = _members(network)
    for row in np.flatnonzero(_is_stop_level(network)).tolist():
        start, end = int(transfers.from_stop[row]), int(transfers.to_stop[row])
        wait = int(transfers.min_time_s[row])
        rank = (start not in members) + (end not in members)
        for pair in ((a, b) for a in members.get(start, [start]) for b in members.get(end, [end])):
            if pair not in chosen or rank > chosen[pair][0]:
                chosen[pair] = (rank, int(transfers.type[row]), wait if wait >= 0 else None)
    stops = network.stops
    for (start, end), (_, kind, minimum) in chosen.items():
        straight = haversine_m(stops.lat[start], stops.lon[start], stops.lat[end], stops.lon[end])
        metres = int(walked_m(np.nan_to_num(np.atleast_1d(straight)), detour)[0])
        yield start, end, "transfer", {"type": kind, "min_time_s": minimum, "distance_m": metres}


def _is_stop_level(network: Network) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    rows = network.transfers
    named = (rows.from_stop >= 0) & (rows.to_stop >= 0) & np.isin(rows.type, STOP_LEVEL_TYPES)
    blanket = (rows.from_route < 0) & (rows.to_route < 0) & (rows.from_trip < 0) & (rows.to_trip < 0)
    return named & blanket


def _members(network: Network) -> dict[int, list[int]]:
    """The stops of each station."""
    stops = network.stops
    members: dict[int, list[int]] = {int(row): [] for row in np.flatnonzero(stops.location_type == STATION)}
    for row in np.flatnonzero((stops.parent >= 0) & (stops.location_type == 0)).tolist():
        members.setdefault(int(stops.parent[row]), []).append(row)
    return members
