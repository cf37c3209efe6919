"""The graph as a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from ingest.graph import build_graph
from ingest.graph_export import ExportError, export_graph
from ingest.model import Network
from tests.scenarios.drawn import network_of
from tests.support.timetable_text import feeds_of

TEXT = """
    stop A 0 0
    stop B 99.9 0
    stop C 5000 0
    station Z: A B
    A 08:00 > B 08:10 > C 08:20 / x, trip T1
    A 09:00 > B 09:09 > C 09:20 / x, trip T2
    transfer x A > B 2 180
    transfer x B > A 3
    transfer x C > C 2 60
    A 08:00 > C 08:20 / y, trip T1
"""


@pytest.fixture(scope="module")
def network() -> Network:
    return network_of(feeds_of(TEXT))


def _graphml(network: Network, path: Path, **options: Any) -> Any:
    export_graph(build_graph(network), network, path, **options)
    return nx.read_graphml(path, node_type=int, force_multigraph=True)


def _geojson(network: Network, path: Path, **options: Any) -> list[dict[str, Any]]:
    export_graph(build_graph(network), network, path, **options)
    found = json.loads(path.read_text("utf-8"))
    assert found["type"] == "FeatureCollection"
    features: list[dict[str, Any]] = found["features"]
    assert all(feature["type"] == "Feature" for feature in features)
    return features


def test_graphml_reads_back_as_the_same_graph(network: Network, tmp_path: Path) -> None:
    built, read = build_graph(network), _graphml(network, tmp_path / "g.graphml")
    assert read.is_directed()
    assert read.graph["snapshot"] == network.snapshot_id
    assert sorted(read.edges()) == sorted(built.edges())
    assert {data["stop_id"] for _, data in read.nodes(data=True)} == set(network.stops.id)
    a = read.nodes[network.stops.id.find("x_A")]
    assert (a["name"], a["feed"], a["station"]) == ("A", "x", "x_Z")
    assert a["lat"] == pytest.approx(network.stops.lat[network.stops.id.find("x_A")])


def test_graphml_keeps_the_type_of_every_attribute(network: Network, tmp_path: Path) -> None:
    read = _graphml(network, tmp_path / "g.graphml")
    a, b, c = (network.stops.id.find(f"x_{name}") for name in "ABC")
    rides = [data for data in read.get_edge_data(a, b).values() if data["kind"] == "ride"]
    expected = {"kind": "ride", "provider": "x", "n_trips": 1}
    assert {(ride["route"], ride["route_short_name"], ride["min_ride_s"]) for ride in rides} == {
        ("x_R-T1", "T1", 600),
        ("x_R-T2", "T2", 540),
    }
    assert all(expected.items() <= ride.items() for ride in rides)
    changes = [
        next(data for data in read.get_edge_data(*pair).values() if data["kind"] == "transfer")
        for pair in ((a, b), (b, a), (c, c))
    ]
    assert [(change.get("min_time_s"), change["forbidden"]) for change in changes] == [
        (180, False),
        (None, True),
        (60, False),
    ]


def test_edge_ids_are_unique_in_the_file(network: Network, tmp_path: Path) -> None:
    read = _graphml(network, tmp_path / "g.graphml")
    ids = [key for _, _, key in read.edges(keys=True)]
    assert len(set(ids)) == len(ids) == build_graph(network).number_of_edges()


def test_without_footpaths_changes_at_one_stop_stay(network: Network, tmp_path: Path) -> None:
    read = _graphml(network, tmp_path / "g.graphml", footpaths=False)
    kinds = [(start == end, data["kind"]) for start, end, data in read.edges(data=True)]
    assert set(kinds) == {(False, "ride"), (True, "transfer")}
    assert kinds.count((False, "ride")) == 5


def test_geojson_has_points_for_stops_and_lines_between_them(network: Network, tmp_path: Path) -> None:
    features = _geojson(network, tmp_path / "g.geojson")
    built = build_graph(network)
    assert len(features) == built.number_of_nodes() + built.number_of_edges()
    a = network.stops.id.find("x_A")
    node = next(feature for feature in features if feature["id"] == a)
    assert node["geometry"]["type"] == "Point"
    lon, lat = node["geometry"]["coordinates"]
    assert (lon, lat) == pytest.approx((network.stops.lon[a], network.stops.lat[a]), abs=1e-6)
    ride = next(f for f in features if f["properties"].get("kind") == "ride")
    assert ride["geometry"]["type"] == "LineString"
    assert len(ride["geometry"]["coordinates"]) == 2
    assert ride["properties"]["from_stop_id"] in set(network.stops.id)
    at_one_stop = next(f for f in features if f["properties"].get("from_stop_id") == "x_C" and "ride" not in f["id"]
                       and f["properties"]["to_stop_id"] == "x_C")  # fmt: skip
    assert at_one_stop["geometry"] is None


def test_a_stop_without_position_has_no_geometry(network: Network, tmp_path: Path) -> None:
    built = build_graph(network)
    built.nodes[0]["lat"] = float("nan")
    for name in ("g.geojson", "g.graphml"):
        export_graph(built, network, tmp_path / name)
    features = json.loads((tmp_path / "g.geojson").read_text("utf-8"))["features"]
    assert features[0]["geometry"] is None
    assert "lat" not in nx.read_graphml(tmp_path / "g.graphml", node_type=int).nodes[0]


def test_names_that_xml_cannot_hold_leave_a_file_that_reads(tmp_path: Path) -> None:
    feeds = feeds_of("A 8:00 > B 8:10 / x")
    network = network_of(feeds)
    built = build_graph(network)
    built.nodes[0]["name"] = "<b>\x1b[31m & \ud800\uffff\x00"
    export_graph(built, network, tmp_path / "g.graphml")
    assert nx.read_graphml(tmp_path / "g.graphml", node_type=int).nodes[0]["name"] == "<b>�[31m & ���"
    export_graph(built, network, tmp_path / "g.geojson")
    assert json.loads((tmp_path / "g.geojson").read_text("utf-8"))["features"][0]["properties"]["name"].startswith(
        "<b>"
    )


def test_another_ending_is_refused(network: Network, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"\.graphml or \.geojson"):
        export_graph(build_graph(network), network, tmp_path / "g.gexf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["g.graphml", "g.geojson"])
def test_a_failed_export_leaves_the_old_file(network: Network, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("old")
    broken = build_graph(network)
    broken.add_edge(0, 1, ("ride", 10_000), provider=0, n_trips=1, min_ride_s=1)
    with pytest.raises(IndexError):
        export_graph(broken, network, tmp_path / name)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, "old")]
