"""The transit graph: what planners analyse. It is built from the same Network that the router is compiled from.

A networkx MultiDiGraph. Nodes are stop indices with `id`, `name`, `lat`, `lon`, `feed`, `station`. Edge keys:

* `("ride", route)`  next call of a trip: `provider`, `n_trips` (of any day), `min_ride_s`
* `"footpath"`       a change that takes its walk: `distance_m`; where parts of it take a time of their own, such as
                     elevators, also `fixed_m` and `fixed_s` of ingest.model.Footpaths
* `"transfer"`       a change for which transfers.txt fixes a time or which it forbids: `distance_m`,
                     `min_time_s` (None where forbidden), `forbidden`; from a stop to itself: a change there
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import networkx as nx
import numpy as np
import polars as pl

from ingest.model import Int32s, Network

TransitGraph: TypeAlias = Any
"""A networkx.MultiDiGraph: networkx ships no types."""


def build_graph(network: Network) -> TransitGraph:
    """All stops of all providers, joined by rides and by the changes between them."""
    graph = nx.MultiDiGraph(snapshot=network.snapshot_id, region=network.region)
    graph.add_nodes_from(_nodes(network))
    graph.add_edges_from(_rides(network))
    graph.add_edges_from(_changes(network))
    return graph


def _changes(network: Network) -> Iterator[tuple[int, int, str, dict[str, object]]]:
    paths = network.footpaths
    columns = (paths.from_stop, paths.to_stop, paths.distance_m, paths.min_time_s, paths.forbidden)
    own = zip(paths.fixed_m.tolist(), paths.fixed_s.tolist(), strict=True)
    rows = zip(*(column.tolist() for column in columns), own, strict=True)
    for start, end, metres, fixed, forbidden, (own_m, own_s) in rows:
        if fixed < 0 and not forbidden:
            timed = {"fixed_m": own_m, "fixed_s": own_s} if own_s else {}
            yield start, end, "footpath", {"distance_m": metres, **timed}
        else:
            minimum = None if forbidden else fixed
            yield start, end, "transfer", {"distance_m": metres, "min_time_s": minimum, "forbidden": bool(forbidden)}


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
