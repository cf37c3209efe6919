"""What there is: places, providers, feeds, the map, and who is covered."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
from starlette.testclient import TestClient

from tests.support.small_service import app_of, error_of, schema_of
from tests.unit.api.small_city import MONDAY


def test_places_are_found(client: TestClient) -> None:
    found = client.get("/api/v1/places", params={"q": "beta"}).json()
    assert found == {
        "places": [
            {
                "id": "metro_B",
                "ids": ["metro_B"],
                "name": "Béta",
                "lat": -6.2,
                "lon": 106.82,
                "providers": ["metro"],
                "kind": "stop",
            }
        ]
    }
    jsonschema.validate(found, schema_of(client, "Places"))
    assert error_of(client, "/api/v1/places", 422, q="a", limit="51")["limit"] == 50.0
    assert error_of(client, "/api/v1/places", 422)["code"] == "missing_parameter"


def test_the_catalogue_and_the_feeds_are_told(client: TestClient) -> None:
    providers = client.get("/api/v1/providers").json()
    assert [(row["id"], row["n_routes"], row["n_stops"]) for row in providers["providers"]] == [
        ("metro", 1, 3),
        ("bus", 1, 2),
    ]
    jsonschema.validate(providers, schema_of(client, "Providers"))
    feeds = client.get("/api/v1/feeds").json()
    assert [(row["id"], row["trips"], row["first_date"]) for row in feeds["feeds"]] == [
        ("metro", 84, "2026-01-01"),
        ("bus", 1, "2026-01-01"),
    ]
    jsonschema.validate(feeds, schema_of(client, "Feeds"))


def test_the_map_is_geojson(client: TestClient) -> None:
    found = client.get("/api/v1/network.geojson").json()
    assert found["type"] == "FeatureCollection"
    assert [feature["properties"]["kind"] for feature in found["features"]] == ["route"] * 2 + ["stop"] * 5
    jsonschema.validate(found, schema_of(client, "NetworkMap"))


def test_coverage_is_told_and_its_bounds_are_kept(client: TestClient) -> None:
    found = client.get("/api/v1/coverage", params={"date": MONDAY, "radius_m": "100"})
    jsonschema.validate(found.json(), schema_of(client, "Coverage"))
    # No two stops lie within 200 m of each other; nothing leaves the last stop of a line.
    areas = {row["id"]: row["reach"]["area_km2"] for row in found.json()["providers"]}
    assert areas == {"metro": pytest.approx(2 * 0.0314, rel=0.02), "bus": pytest.approx(0.0314, rel=0.02)}
    full = client.get("/api/v1/coverage", params={"date": MONDAY, "statistics": "true"}).json()
    jsonschema.validate(full, schema_of(client, "Coverage"))
    assert full["providers"][0]["statistics"]["trips"] == 84
    assert error_of(client, "/api/v1/coverage", 422, date=MONDAY, radius_m="3001")["limit"] == 3000.0
    assert error_of(client, "/api/v1/coverage", 422, date="today")["field"] == "date"


def test_people_are_counted_where_the_settings_name_them(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("lat,lon,population\n-6.2,106.8,10\n-6.3,106.8,5\n")
    with TestClient(app_of(folder, population=tmp_path / "people.csv")) as client:
        found = client.get("/api/v1/coverage", params={"date": MONDAY, "radius_m": "100"}).json()
    assert found["population"]["people"] == 15
    assert found["overall"]["reached"]["people"] == 10
    assert found["overall"]["gap"]["people"] == 5
