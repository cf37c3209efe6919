"""Hubs: betweenness of places on the fastest expected journeys, weighted by how often vehicles leave.

Model: docs/graph.md, section Hubs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra

from ingest.graph_edges import PlaceEdges
from ingest.model import Floats, Int32s

SERVICE_DAY_S = 18 * 3600
"""Over which a day's departures are spread to get a headway; the expected wait is half of that."""
ALL_ORIGINS = 300
"""Up to so many places every one is an origin; beyond, SAMPLED_ORIGINS draws, with replacement, by departures."""
SAMPLED_ORIGINS = 96
SEED = 20260302
LEAST_S = 1e-3
"""A cost of 0 would be no edge in a sparse matrix."""


@dataclass(frozen=True, slots=True)
class Centrality:
    """Shares of all journeys, an origin and a destination drawn in proportion to their departures.

    passing     that ride through a place, or change or walk on there    shape (n_places,)
    changing    that board another vehicle there                         shape (n_places,)
    departures  vehicles a day                                           shape (n_places,)
    n_origins   how many origins were searched
    is_sampled  whether they are a sample
    """

    passing: Floats
    changing: Floats
    departures: Floats
    n_origins: int
    is_sampled: bool


def find_centrality(edges: PlaceEdges) -> Centrality:
    """Brandes' accumulation over one shortest-path tree an origin."""
    n_places = len(edges.places)
    departures = _departures(edges)
    total = departures.sum()
    if total == 0:
        none = np.zeros(n_places)
        return Centrality(none, none, departures, 0, is_sampled=False)
    share = departures / total
    layers = _Layers.of(edges)
    origins, weights, is_sampled = _origins(share)
    passing, changing = np.zeros(n_places), np.zeros(n_places)
    for origin, weight in zip(origins.tolist(), weights.tolist(), strict=True):
        passed, changed = _flows(layers, share, origin)
        passing += weight * passed
        changing += weight * changed
    return Centrality(passing, changing, departures, len(origins), is_sampled)


def _departures(edges: PlaceEdges) -> Floats:
    rides = edges.rides
    counts = np.bincount(rides["start"].to_numpy(), rides["departures"].to_numpy(), len(edges.places))
    return counts.astype(np.float64)


def _origins(share: Floats) -> tuple[NDArray[np.int64], Floats, bool]:
    served = np.flatnonzero(share)
    if len(served) <= ALL_ORIGINS:
        return served, share[served], False
    drawn = np.random.default_rng(SEED).choice(served, SAMPLED_ORIGINS, p=share[served])
    origins, times = np.unique(drawn, return_counts=True)
    return origins, times / SAMPLED_ORIGINS, True


@dataclass(frozen=True, slots=True)
class _Layers:
    """A node where riders are ready to board, one where they have alighted, and one a route, for each place.

    Nodes: 0..P-1 boarding at a place, P..2P-1 alighted at it, then one each (place, route) that is ridden.
    """

    costs: sp.csr_matrix
    place: Int32s
    """The place of each node."""
    n_places: int

    @classmethod
    def of(cls, edges: PlaceEdges) -> _Layers:
        n_places, rides, walks = len(edges.places), edges.rides, edges.walks
        riding = _vehicle_nodes(rides)
        vehicle = riding.with_columns(node=pl.int_range(2 * n_places, 2 * n_places + pl.len(), dtype=pl.Int32))
        hops = rides.join(vehicle, left_on=["start", "route"], right_on=["place", "route"]).join(
            vehicle, left_on=["end", "route"], right_on=["place", "route"], suffix="_end"
        )
        boarded = vehicle.filter(pl.col("departures") > 0)
        every = np.arange(n_places)
        parts = [
            (hops["node"], hops["node_end"], hops["ride_s"]),
            (boarded["place"], boarded["node"], SERVICE_DAY_S / 2 / boarded["departures"]),
            (vehicle["node"], vehicle["place"] + n_places, np.zeros(len(vehicle))),
            (every + n_places, every, np.zeros(n_places)),
            (walks["start"] + n_places, walks["end"], walks["seconds"]),
        ]
        start, end, cost = (np.concatenate([np.asarray(part[side]) for part in parts]) for side in range(3))
        size = 2 * n_places + len(vehicle)
        shape = (size, size)
        costs = sp.csr_matrix((np.maximum(cost.astype(np.float64), LEAST_S), (start, end)), shape)
        place = np.concatenate([every, every, vehicle["place"].to_numpy()]).astype(np.int32)
        return cls(costs, place, n_places)


def _vehicle_nodes(rides: pl.DataFrame) -> pl.DataFrame:
    """(place, route) with the departures of the route's busiest hop from there: 0 where it only arrives."""
    leaving = rides.group_by(pl.col("start").alias("place"), "route").agg(pl.col("departures").max())
    arriving = rides.select(place="end", route="route", departures=pl.lit(0.0))
    both = pl.concat([leaving.select("place", "route", "departures"), arriving])
    return both.group_by("place", "route").agg(pl.col("departures").max()).sort("place", "route")


def _flows(layers: _Layers, share: Floats, origin: int) -> tuple[Floats, Floats]:
    """Shares of the journeys from `origin` that pass, and that change at, each place.

    A journey starts as if alighted at its origin and ends ready to board at its destination: so it may
    walk before the first vehicle and after the last, by one footpath, like between two.
    """
    n = layers.n_places
    root = n + origin
    costs, before = dijkstra(layers.costs, indices=root, return_predecessors=True)
    ends = np.where(np.isfinite(costs[:n]), share, 0.0)
    ends[origin] = 0.0
    flow = np.concatenate([ends, np.zeros(len(costs) - n)])
    reached = np.flatnonzero(before >= 0)
    carried, previous = flow.tolist(), before.tolist()
    for node in reached[np.argsort(costs[reached], kind="stable")[::-1]].tolist():
        carried[previous[node]] += carried[node]
    flow = np.array(carried)
    entering = reached[layers.place[before[reached]] != layers.place[reached]]
    # Who ends here has come, but neither passes nor boards again; the first vehicle is no change.
    passed = np.bincount(layers.place[entering], flow[entering], n) - ends
    changed = np.where(before[:n] == root, 0.0, flow[:n] - ends)
    passed[origin] = changed[origin] = 0.0
    return np.maximum(passed, 0.0), np.maximum(changed, 0.0)
