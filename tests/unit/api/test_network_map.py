"""The networks as GeoJSON, and the list of providers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.network_map import network_map
from api.provider_list import provider_list
from api.schemas.network import NetworkMap, Providers
from api.served_stops import find_served_stops
from api.snapshot_extra import SnapshotExtra
from ingest.pipeline import ingest_feeds
from tests.support.gtfs_feed import GtfsFeed
from tests.unit.api.small_city import bus_feed, metro_feed


def _features(folder: Path, **feeds: GtfsFeed) -> list[dict[str, Any]]:
    network = ingest_feeds({name: feed.write_zip(folder / f"{name}.zip") for name, feed in feeds.items()}).network
    assert network is not None
    found = network_map(network, find_served_stops(network))
    NetworkMap.model_validate(found)
    features: list[dict[str, Any]] = found["features"]
    return features


def _lines(features: list[dict[str, Any]]) -> list[list[list[float]]]:
    return [feature["geometry"]["coordinates"] for feature in features if feature["properties"]["kind"] == "route"]


def test_every_route_is_a_line_and_every_served_place_a_point(tmp_path: Path) -> None:
    features = _features(tmp_path, metro=metro_feed(), bus=bus_feed())
    assert [feature["properties"] for feature in features] == [
        {"kind": "route", "provider": "metro", "route": "metro_R", "name": "M1 Timur", "color": "0072B2"},
        {"kind": "route", "provider": "bus", "route": "bus_R", "name": "7", "color": "AA0000"},
        {"kind": "stop", "provider": "metro", "id": "metro_STA", "name": "Alun-Alun"},
        {"kind": "stop", "provider": "metro", "id": "metro_B", "name": "Béta"},
        {"kind": "stop", "provider": "metro", "id": "metro_C", "name": "Cikini"},
        {"kind": "stop", "provider": "bus", "id": "bus_P", "name": "Halte Alun"},
        {"kind": "stop", "provider": "bus", "id": "bus_Q", "name": "Halte Cikini"},
    ]
    # Béta lies on the straight line between its neighbours, so it is left out of the drawing.
    assert _lines(features) == [[[106.8, -6.2], [106.84, -6.2]], [[106.8, -6.198], [106.84, -6.198]]]


def test_a_line_keeps_its_bends_and_follows_its_shape(tmp_path: Path) -> None:
    feed = bus_feed()
    feed.rows("trips")[0]["shape_id"] = "S"
    for number, (lat, lon) in enumerate([(-6.198, 106.8), (-6.19801, 106.81), (-6.18, 106.82), (-6.198, 106.84)]):
        feed.add("shapes", shape_id="S", shape_pt_lat=lat, shape_pt_lon=lon, shape_pt_sequence=number)
    assert _lines(_features(tmp_path, bus=feed)) == [
        [[106.8, -6.198], [106.81, -6.19801], [106.82, -6.18], [106.84, -6.198]]
    ]


def test_a_route_there_and_back_the_same_way_is_drawn_once(tmp_path: Path) -> None:
    feed = bus_feed()
    feed.rows("trips")[0]["direction_id"] = "0"
    feed.add("trips", route_id="R", service_id="ALL", trip_id="back", direction_id=1)
    for position, stop in enumerate("QP"):
        feed.add(
            "stop_times",
            trip_id="back",
            stop_id=stop,
            stop_sequence=position,
            arrival_time=f"0{7 + position}:00:00",
            departure_time=f"0{7 + position}:00:00",
        )
    assert len(_lines(_features(tmp_path, bus=feed))) == 1


def test_a_stop_of_two_providers_is_listed_for_each(tmp_path: Path) -> None:
    feed = metro_feed()
    feed.add("agency", agency_id="N", agency_name="N", agency_url="https://example.org", agency_timezone="Asia/Jakarta")
    feed.add("routes", route_id="R2", agency_id="N", route_short_name="N", route_type=1)
    feed.rows("trips")[-1]["route_id"] = "R2"
    region = tmp_path / "region.toml"
    region.write_text(
        'id="x"\nname={en="X"}\ntimezone="Asia/Jakarta"\ncenter=[-6.2,106.8]\n'
        '[[feed]]\nid="metro"\npath="metro.zip"\n'
        '[[provider]]\nid="m"\nname="M"\ncolor="0072B2"\nfeeds=["metro"]\n'
        '[[provider]]\nid="n"\nname="N"\ncolor="D55E00"\nagencies=["metro:N"]\n'
    )
    from ingest.region import read_region

    path = feed.write_zip(tmp_path / "metro.zip")
    network = ingest_feeds({"metro": path}, region=read_region(region)).network
    assert network is not None
    features = network_map(network, find_served_stops(network))["features"]
    stations = [f["properties"]["provider"] for f in features if f["properties"].get("id") == "metro_STA"]
    assert stations == ["m", "n"]


def test_the_list_of_providers_counts_what_trips_serve(tmp_path: Path) -> None:
    feed = metro_feed()
    feed.add("stops", stop_id="G", stop_name="Halte Hantu", stop_lat=-7, stop_lon=100)
    feed.add("routes", route_id="ghost", agency_id="M", route_short_name="9", route_type=1)
    network = ingest_feeds({"metro": feed.write_zip(tmp_path / "metro.zip")}).network
    assert network is not None
    found = provider_list(network, find_served_stops(network), SnapshotExtra())
    Providers.model_validate(found)
    assert found == {
        "region": {"id": "", "name": "", "timezone": "Asia/Jakarta", "center": pytest.approx([106.82, -6.2])},
        "providers": [
            {
                "id": "metro",
                "name": "Metro Kota",
                "color": "0072B2",
                "feeds": ["metro"],
                "n_routes": 1,
                "n_stops": 3,
                "bbox": [106.8, -6.2, 106.84, -6.2],
            }
        ],
        "examples": [],
    }
