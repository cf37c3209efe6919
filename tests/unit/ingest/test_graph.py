"""The transit graph."""

from __future__ import annotations

from typing import Any

import networkx as nx

from ingest.graph import TransitGraph, build_graph
from ingest.model import Network
from ingest.pipeline import WalkOptions
from tests.scenarios.drawn import network_of
from tests.support.timetable_text import feeds_of

WALK = WalkOptions()
NETWORK = """
    stop A 0 0
    stop B 99.9 0
    stop C 5000 0
    station Z: A B
    A 08:00 > B 08:10 08:12 > C 08:20 / x, trip T1
    A 09:00 > B 09:09 09:12 > C 09:20 / x, trip T2
    A 08:00 > C 08:20 / y, trip T1
"""


def _built(text: str, options: WalkOptions = WALK) -> tuple[Network, TransitGraph]:
    network = network_of(feeds_of(text), options)
    return network, build_graph(network)


def test_nodes_are_all_stops_with_their_station() -> None:
    network, graph = _built(NETWORK)
    nodes = {data["id"]: data for _, data in graph.nodes(data=True)}
    assert set(nodes) == set(network.stops.id)
    assert nodes["x_B"]["station"] == network.stops.id.find("x_Z")
    assert nodes["x_C"]["station"] == network.stops.id.find("x_C")
    assert (nodes["y_A"]["feed"], nodes["y_A"]["name"]) == ("y", "A")


def test_each_route_has_an_edge_from_call_to_call() -> None:
    network, graph = _built(NETWORK)
    a, b, c = (network.stops.id.find(f"x_{stop}") for stop in "ABC")
    rides = {
        (start, end): data
        for start, end, key, data in graph.edges(keys=True, data=True)
        if key == ("ride", network.routes.id.find("x_R-T2"))
    }
    assert set(rides) == {(a, b), (b, c)}
    assert rides[a, b] == {"provider": 0, "n_trips": 1, "min_ride_s": 540}
    assert rides[b, c]["min_ride_s"] == 480


def test_the_quickest_of_all_trips_of_a_route_is_told() -> None:
    feeds = feeds_of(NETWORK)
    for row in feeds["x"].rows("trips"):
        row["route_id"] = "R-T1"
    network = network_of(feeds, WalkOptions("off"))
    graph: Any = build_graph(network)
    a, b = network.stops.id.find("x_A"), network.stops.id.find("x_B")
    edge = graph.get_edge_data(a, b, ("ride", network.routes.id.find("x_R-T1")))
    assert edge == {"provider": 0, "n_trips": 2, "min_ride_s": 540}


def test_it_is_a_graph_that_networkx_can_analyse() -> None:
    network, graph = _built(NETWORK)
    a, c = network.stops.id.find("x_A"), network.stops.id.find("y_C")
    assert nx.has_path(graph, a, c)
    assert not nx.has_path(graph, network.stops.id.find("x_Z"), c)


def test_an_elevator_takes_its_own_time() -> None:
    station = "station Z: A B\npathway x A <> B elevator 5 m 90 s"
    network, graph = _built(f"{NETWORK}\n{station}")
    a, b = network.stops.id.find("x_A"), network.stops.id.find("x_B")
    assert graph.edges[a, b, "footpath"] == {"distance_m": 5, "fixed_m": 5, "fixed_s": 90}


def test_changes_are_edges_of_their_kind() -> None:
    network, graph = _built(f"{NETWORK}\ntransfer x A > B 2 240\ntransfer x B > B 3")
    a, b = network.stops.id.find("x_A"), network.stops.id.find("x_B")
    assert graph.edges[b, a, "footpath"] == {"distance_m": 130}
    assert graph.edges[a, b, "transfer"] == {"distance_m": 130, "min_time_s": 240, "forbidden": False}
    assert graph.edges[b, b, "transfer"] == {"distance_m": 0, "min_time_s": None, "forbidden": True}
    assert not graph.has_edge(a, b, "footpath")
