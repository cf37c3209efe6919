"""What planners ask of a transit graph: does it hold together, where does it break, where do providers meet, what
are its hubs. docs/graph.md defines every figure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import networkx as nx
import numpy as np
import polars as pl

from ingest.cross_feed_places import Places
from ingest.graph import TransitGraph
from ingest.graph_cuts import find_cuts
from ingest.graph_edges import AnalysisError, PlaceEdges, place_edges, simple_graph
from ingest.graph_hubs import SEED, Centrality, find_centrality
from ingest.model import Network

__all__ = ["AnalysisError", "Components", "CutPlace", "GraphAnalysis", "Hub", "Meeting", "PlaceName", "analyse"]

LISTED = 50
"""Hubs, cuts and meeting places that are listed by name; all are counted."""


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A place as people find it: a name, and the ids of all its stops in every feed."""

    name: str
    stops: tuple[str, ...]
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class Components:
    """Weakly connected components of the places that are ridden: how many, and the places of each, largest first."""

    of: str
    """`riding`, `riding and walking`, or a provider's id (its rides alone)."""
    n_components: int
    n_places: int
    largest: tuple[int, ...]
    """At most ten."""


@dataclass(frozen=True, slots=True)
class CutPlace:
    """A place without which others lose the largest part of their network."""

    place: PlaceName
    cut_off: int
    """Places that would be cut off, not counting itself."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where the vehicles of two providers are within one change of each other."""

    providers: tuple[str, str]
    shared_places: int
    """Places at which both call."""
    footpath_pairs: int
    """Pairs of places, one of each provider, joined by a footpath."""
    shortest_walk_m: int | None
    examples: tuple[PlaceName, ...]
    """Shared places, the busiest first; at most five."""


@dataclass(frozen=True, slots=True)
class Hub:
    """A place by what the fastest expected journeys do there: shares of all journeys, 0 to 1."""

    place: PlaceName
    providers: tuple[str, ...]
    changing: float
    passing: float
    departures: float
    """Vehicles on the day."""


@dataclass(frozen=True, slots=True)
class GraphAnalysis:
    """Answers for one service date, or for an average day."""

    on: date | None
    snapshot: str
    stops: int
    places: int
    places_ridden: int
    places_of_several_feeds: int
    components: tuple[Components, ...]
    cuts_riding: tuple[CutPlace, ...]
    n_cuts_riding: int
    cuts_walking: tuple[CutPlace, ...]
    n_cuts_walking: int
    meetings: tuple[Meeting, ...]
    hubs: tuple[Hub, ...]
    origins: int
    origins_sampled: bool
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self) | {"on": None if self.on is None else self.on.isoformat()}


def analyse(graph: TransitGraph, network: Network, on: date | None = None) -> GraphAnalysis:
    """Analyse the graph of `network` by what runs `on` a service date; None means an average day.

    Raises AnalysisError for a date outside the snapshot.
    """
    edges = place_edges(graph, network, on)
    names = _Names(network, edges.places)
    riding, walking = (simple_graph(edges, walking=walk) for walk in (False, True))
    cuts = [find_cuts(found) for found in (riding, walking)]
    centrality = find_centrality(edges)
    served = _served(edges)
    return GraphAnalysis(
        on=on,
        snapshot=network.snapshot_id,
        stops=len(network.stops.lat),
        places=len(edges.places),
        places_ridden=riding.number_of_nodes(),
        places_of_several_feeds=_of_several_feeds(network, edges.places),
        components=_components(network, edges, riding, walking),
        cuts_riding=names.cuts(cuts[0]),
        n_cuts_riding=len(cuts[0]),
        cuts_walking=names.cuts(cuts[1]),
        n_cuts_walking=len(cuts[1]),
        meetings=_meetings(network, edges, served, centrality, names),
        hubs=_hubs(network, served, centrality, names),
        origins=centrality.n_origins,
        origins_sampled=centrality.is_sampled,
        seed=SEED,
    )


class _Names:
    """Places by name."""

    def __init__(self, network: Network, places: Places) -> None:
        self._stops, self._places = network.stops, places

    def __call__(self, place: int) -> PlaceName:
        lat, lon = float(self._places.lat[place]), float(self._places.lon[place])
        known = bool(np.isfinite(lat) and np.isfinite(lon))
        return PlaceName(
            name=self._stops.name[int(self._places.label[place])],
            stops=tuple(self._stops.id[stop] for stop in self._places.members(place).tolist()),
            lat=round(lat, 6) if known else None,
            lon=round(lon, 6) if known else None,
        )

    def cuts(self, found: dict[int, int]) -> tuple[CutPlace, ...]:
        worst = sorted(found.items(), key=lambda cut: (-cut[1], cut[0]))[:LISTED]
        return tuple(CutPlace(self(place), lost) for place, lost in worst)


def _served(edges: PlaceEdges) -> pl.DataFrame:
    """Which provider calls where: distinct `place`, `provider`."""
    ends = [edges.rides.select(pl.col(end).alias("place"), "provider") for end in ("start", "end")]
    return pl.concat(ends).unique().sort("place", "provider")


def _of_several_feeds(network: Network, places: Places) -> int:
    rows = pl.DataFrame({"place": places.of_stop, "feed": network.stops.feed})
    return rows.unique().group_by("place").len().filter(pl.col("len") > 1).height


def _components(network: Network, edges: PlaceEdges, riding: Any, walking: Any) -> tuple[Components, ...]:
    graphs = [("riding and walking", walking), ("riding", riding)]
    graphs += [
        (provider.id, simple_graph(edges, walking=False, provider=index))
        for index, provider in enumerate(network.providers)
    ]
    return tuple(_count(name, graph) for name, graph in graphs)


def _count(name: str, graph: Any) -> Components:
    sizes = sorted((len(found) for found in nx.connected_components(graph)), reverse=True)
    return Components(name, len(sizes), sum(sizes), tuple(sizes[:10]))


def _meetings(
    network: Network, edges: PlaceEdges, served: pl.DataFrame, centrality: Centrality, names: _Names
) -> tuple[Meeting, ...]:
    other = served.rename({"provider": "rival"})
    shared = served.join(other, on="place").filter(pl.col("provider") < pl.col("rival"))
    walks = (
        edges.walks.join(served, left_on="start", right_on="place")
        .join(other, left_on="end", right_on="place")
        .filter(pl.col("provider") != pl.col("rival"))
        # A footpath and its way back are one pair.
        .select(
            pl.min_horizontal("provider", "rival").alias("provider"),
            pl.max_horizontal("provider", "rival").alias("rival"),
            pl.when(pl.col("provider") < pl.col("rival")).then("start").otherwise("end").alias("a"),
            pl.when(pl.col("provider") < pl.col("rival")).then("end").otherwise("start").alias("b"),
            "metres",
        )
        .group_by("provider", "rival", "a", "b")
        .agg(pl.col("metres").min())
    )
    counts = walks.group_by("provider", "rival").agg(pl.len().alias("pairs"), pl.col("metres").min())
    places: dict[tuple[int, int], list[int]] = {}
    for place, a, b in shared.iter_rows():
        places.setdefault((a, b), []).append(place)
    on_foot = {(a, b): (pairs, metres) for a, b, pairs, metres in counts.iter_rows()}
    found = []
    for a, b in sorted(places.keys() | on_foot.keys()):
        both = sorted(places.get((a, b), []), key=lambda place: (-centrality.departures[place], place))
        pairs, metres = on_foot.get((a, b), (0, None))
        ids = (network.providers[a].id, network.providers[b].id)
        found.append(Meeting(ids, len(both), pairs, metres, tuple(names(place) for place in both[:5])))
    return tuple(sorted(found, key=lambda meeting: (-meeting.shared_places, -meeting.footpath_pairs)))


def _hubs(network: Network, served: pl.DataFrame, centrality: Centrality, names: _Names) -> tuple[Hub, ...]:
    """By the share that changes, then by the share that passes, then by departures."""
    order = np.lexsort((-centrality.departures, -centrality.passing, -centrality.changing))[:LISTED].tolist()
    own: dict[int, list[str]] = {}
    for place, provider in served.filter(pl.col("place").is_in(order)).iter_rows():
        own.setdefault(place, []).append(network.providers[provider].id)
    return tuple(
        Hub(
            place=names(place),
            providers=tuple(own.get(place, [])),
            changing=round(float(centrality.changing[place]), 6),
            passing=round(float(centrality.passing[place]), 6),
            departures=round(float(centrality.departures[place]), 3),
        )
        for place in order
        if centrality.departures[place] > 0 or place in own
    )
