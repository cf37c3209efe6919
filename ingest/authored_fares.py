"""Fares of a description, as rows of fare_attributes.txt and fare_rules.txt (GTFS fares v1)."""

from __future__ import annotations

import math
from itertools import pairwise

import networkx as nx
from pyproj import Geod

from ingest.authored_description import Description, DistanceFare, FlatFare, MatrixFare

Row = tuple[object, ...]
Rows = list[Row]

ATTRIBUTE_COLUMNS = (
    "fare_id",
    "price",
    "currency_type",
    "payment_method",
    "transfers",
    "agency_id",
    "transfer_duration",
)
RULE_COLUMNS = ("fare_id", "route_id", "origin_id", "destination_id")
# Every provider here is paid at the gate.
BEFORE_BOARDING = 1
UNLIMITED = ""


def fare_rows(description: Description) -> tuple[Rows, Rows]:
    """Rows of fare_attributes.txt and of fare_rules.txt; none where the description says nothing of fares.

    A fare by pair of stations makes each station a zone of its own: see `has_zones`. Its ticket lasts until the
    rider leaves the provider's gates, so changes inside cost nothing.
    """
    fare = description.fare
    if fare is None:
        return [], []
    if isinstance(fare, FlatFare):
        return _flat_rows(description, fare)
    prices = fare.prices if isinstance(fare, MatrixFare) else _distance_prices(description, fare)
    attributes = [
        (_fare_id(price), price, description.currency, BEFORE_BOARDING, UNLIMITED, description.agency["id"], "")
        for price in sorted(set(prices.values()))
    ]
    rules: Rows = [
        (_fare_id(price), "", origin, destination) for (origin, destination), price in sorted(prices.items())
    ]
    return list(attributes), rules


def has_zones(description: Description) -> bool:
    """Whether stops need a zone_id: their own id."""
    return isinstance(description.fare, MatrixFare | DistanceFare)


def _flat_rows(description: Description, fare: FlatFare) -> tuple[Rows, Rows]:
    fare_id = _fare_id(fare.price)
    transfers = UNLIMITED if fare.transfer_s else 0
    attribute = (
        fare_id,
        fare.price,
        description.currency,
        BEFORE_BOARDING,
        transfers,
        description.agency["id"],
        fare.transfer_s or "",
    )
    return [attribute], [(fare_id, line.id, "", "") for line in description.lines]


def _distance_prices(description: Description, fare: DistanceFare) -> dict[tuple[str, str], int]:
    kilometres = dict(nx.all_pairs_dijkstra_path_length(station_graph(description), weight="km"))
    return {
        (origin, destination): price_of(fare, km * fare.detour)
        for origin, reached in kilometres.items()
        for destination, km in reached.items()
        if origin != destination
    }


def price_of(fare: DistanceFare, km: float) -> int:
    """What `km` kilometres cost: each step begun beyond the base counts whole."""
    steps = math.ceil(max(0.0, round(km - fare.base_km, 6)) / fare.step_km)
    return min(fare.cap, fare.base + fare.step * steps)


def station_graph(description: Description) -> nx.Graph:
    """Stations, with an edge between neighbours on any run; `km` is the straight line between them."""
    geod = Geod(ellps="WGS84")
    stations = description.stations
    graph = nx.Graph()
    for line in description.lines:
        for run in line.runs:
            for one, other in pairwise(run.stops):
                a, b = stations[one], stations[other]
                metres = geod.line_length([a.lon, b.lon], [a.lat, b.lat])
                graph.add_edge(one, other, km=metres / 1000)
    return graph


def _fare_id(price: int) -> str:
    return f"F{price}"
