"""The transit graph as flat columns between places: what its analysis counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import networkx as nx
import numpy as np
import polars as pl

from ingest.cross_feed_places import Places, find_places
from ingest.graph import TransitGraph
from ingest.model import Floats, Network

WALK_M_PER_S = 1.2
"""Of changes for which transfers.txt fixes no time."""


class AnalysisError(Exception):
    """A date that the snapshot knows nothing of."""


@dataclass(frozen=True, slots=True)
class PlaceEdges:
    """Rides and walks between places, loops left out.

    rides  start end (Int32, places), route (Int32), provider (Int32), ride_s (Int32), departures (Float64, a day);
           one row each (start, end, route) that is ridden on the day
    walks  start end (Int32, places), metres (Int32), seconds (Float64); one row each (start, end) that riders may
           change by
    """

    places: Places
    rides: pl.DataFrame
    walks: pl.DataFrame


def place_edges(graph: TransitGraph, network: Network, on: date | None) -> PlaceEdges:
    """The edges of `graph` between the places of `network` on a service date, or on an average day for None.

    Raises AnalysisError for a date outside the snapshot.
    """
    places = find_places(network)
    rides, walks = _edge_rows(graph)
    rides = rides.join(_hop_departures(network, on), on=["start", "end", "route"], how="inner")
    provider = pl.Series(network.routes.provider.astype(np.int32)[rides["route"].to_numpy()])
    rides = _between_places(rides.with_columns(provider=provider), places)
    grouped = rides.group_by("start", "end", "route", "provider").agg(
        pl.col("ride_s").min(), pl.col("departures").sum()
    )
    shortest = _between_places(walks, places).group_by("start", "end").agg(pl.col("metres", "seconds").min())
    return PlaceEdges(places, grouped.sort("start", "end", "route"), shortest.sort("start", "end"))


def _edge_rows(graph: TransitGraph) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Ride edges and the changes that riders may make, between stops."""
    rides: list[tuple[int, int, int, int]] = []
    walks: list[tuple[int, int, int, float]] = []
    for start, end, key, data in graph.edges(keys=True, data=True):
        if key == "footpath":
            paced_m = data["distance_m"] - data.get("fixed_m", 0)
            walks.append((start, end, data["distance_m"], paced_m / WALK_M_PER_S + data.get("fixed_s", 0)))
        elif key != "transfer":
            rides.append((start, end, key[1], data["min_ride_s"]))
        elif not data["forbidden"]:
            walks.append((start, end, data["distance_m"], float(data["min_time_s"])))
    integers = ("start", "end", "route", "ride_s")
    types = {"start": pl.Int32, "end": pl.Int32, "metres": pl.Int32, "seconds": pl.Float64}
    return (
        pl.DataFrame(rides, schema=dict.fromkeys(integers, pl.Int32), orient="row"),
        pl.DataFrame(walks, schema=types, orient="row"),
    )


def _between_places(edges: pl.DataFrame, places: Places) -> pl.DataFrame:
    ends = [pl.Series(end, places.of_stop[edges[end].to_numpy()], pl.Int32) for end in ("start", "end")]
    return edges.with_columns(ends).filter(pl.col("start") != pl.col("end"))


def _hop_departures(network: Network, on: date | None) -> pl.DataFrame:
    """How many vehicles a day make each hop: `start`, `end` (stops), `route`, `departures` > 0."""
    trips, sequences = network.trips, network.sequences
    counted = (
        pl.DataFrame({"sequence": trips.sequence, "route": trips.route, "departures": _vehicles(network, on)})
        .group_by("sequence", "route")
        .sum()
        .filter(pl.col("departures") > 0)
    )
    n_calls = np.diff(sequences.ptr)
    sequence = np.repeat(np.arange(len(n_calls), dtype=np.int32), n_calls)
    goes_on = np.flatnonzero(sequence[:-1] == sequence[1:])
    hops = pl.DataFrame(
        {"sequence": sequence[goes_on], "start": sequences.stops[goes_on], "end": sequences.stops[goes_on + 1]}
    )
    return hops.join(counted, on="sequence").group_by("start", "end", "route").agg(pl.col("departures").sum())


def _vehicles(network: Network, on: date | None) -> Floats:
    """How often each trip runs on the date; for None on an average day on which its feed has any service."""
    trips, headways = network.trips, network.headways
    runs = np.where(trips.is_headway == 1, 0.0, 1.0)
    in_period = np.ceil((headways.end - headways.start) / np.maximum(headways.headway_s, 1))
    np.add.at(runs, headways.trip, np.maximum(in_period, 0))
    known = trips.service >= 0
    daily: Floats = np.where(known, runs * _daily(network, on)[np.maximum(trips.service, 0)], 0.0)
    return daily


def _daily(network: Network, on: date | None) -> Floats:
    """For each service 1 or 0 on a date; for None the share of its feed's days on which it runs."""
    services = network.services
    if on is not None:
        day = (on - network.first_date).days
        if not 0 <= day < services.runs.shape[1]:
            raise AnalysisError(f"{on}: the snapshot has no service dates there")
        return services.runs[:, day].astype(np.float64)
    days = np.zeros(len(network.feeds))
    for feed in range(len(network.feeds)):
        days[feed] = services.runs[services.feed == feed].any(axis=0).sum()
    share: Floats = services.runs.sum(axis=1) / np.maximum(days[services.feed], 1)
    return share


def simple_graph(edges: PlaceEdges, *, walking: bool, provider: int | None = None) -> Any:
    """The undirected networkx.Graph of the places that are ridden to or from; with `walking`, joined on foot too."""
    rides = edges.rides if provider is None else edges.rides.filter(pl.col("provider") == provider)
    graph = nx.Graph()
    graph.add_edges_from(zip(rides["start"].to_list(), rides["end"].to_list(), strict=True))
    if walking:
        ridden = list(graph)
        walks = edges.walks.filter(pl.col("start").is_in(ridden) & pl.col("end").is_in(ridden))
        graph.add_edges_from(zip(walks["start"].to_list(), walks["end"].to_list(), strict=True))
    return graph
