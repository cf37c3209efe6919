"""Departure boards and single trips."""

from __future__ import annotations

import jsonschema
from starlette.testclient import TestClient

from tests.support.small_service import error_of, schema_of
from tests.unit.api.small_city import MONDAY

BOARD = {"stop": "metro_A", "at": f"{MONDAY}T07:31"}


def test_a_board_tells_what_leaves_with_headways(client: TestClient) -> None:
    found = client.get("/api/v1/departures", params={**BOARD, "radius_m": "300", "n": "3"}).json()
    jsonschema.validate(found, schema_of(client, "Departures"))
    assert [(row["time"][11:16], row["provider"], row["headway_s"]) for row in found["events"]] == [
        ("07:40", "metro", None), ("07:40", "bus", 600), ("07:50", "metro", None), ("07:50", "bus", 600),
    ]  # fmt: skip
    assert found["events"][0]["headsign"] == "Cikini"
    later = client.get(
        "/api/v1/departures", params={**BOARD, "radius_m": "300", "n": "3", "cursor": found["later"]}
    ).json()
    assert later["from"] == found["to"]
    back = client.get(
        "/api/v1/departures", params={**BOARD, "radius_m": "300", "n": "3", "cursor": later["earlier"]}
    ).json()
    assert back["events"] == found["events"]
    buses = client.get("/api/v1/departures", params={"stop": "-6.198,106.8", "at": BOARD["at"], "modes": "3", "n": "1"})
    assert [row["feed"] for row in buses.json()["events"]] == ["bus"]
    arrivals = client.get(
        "/api/v1/departures", params={**BOARD, "stop": "metro_C", "arrivals": "true", "n": "1"}
    ).json()
    assert [(row["arrival"][11:16], row["departure"]) for row in arrivals["events"]] == [("07:40", None)]
    now = client.get("/api/v1/departures", params={"stop": "metro_STA", "n": "1"}).json()
    assert now["events"][0]["time"] == f"{MONDAY}T07:40:00+07:00"


def test_a_trip_tells_its_calls(client: TestClient) -> None:
    found = client.get("/api/v1/trips/metro_T460", params={"date": MONDAY}).json()
    jsonschema.validate(found, schema_of(client, "Trip"))
    assert [(call["stop"], call["departure"][11:16]) for call in found["calls"]] == [
        ("metro_A", "07:40"), ("metro_B", "07:45"), ("metro_C", "07:50"),
    ]  # fmt: skip
    assert [call["can_board"] for call in found["calls"]] == [True, True, False]
    assert client.get("/api/v1/trips/metro_T460").json() == found
    bus = client.get("/api/v1/trips/bus_T", params={"date": MONDAY, "start_s": str(7 * 3600 + 5)}).json()
    assert (bus["headway_s"], bus["calls"][0]["departure"][11:19]) == (600, "07:00:05")
    assert error_of(client, "/api/v1/trips/metro_X", 404)["code"] == "unknown_trip"
    assert error_of(client, "/api/v1/trips/bus_T", 404, date=MONDAY, start_s="1")["field"] == "trip_id"
    assert error_of(client, "/api/v1/trips/bus_T", 422, start_s="1")["field"] == "start_s"
    assert error_of(client, "/api/v1/departures", 404, stop="metro_X")["field"] == "stop"
    assert error_of(client, "/api/v1/departures", 422, stop="metro_A", n="257")["limit"] == 256.0
    assert error_of(client, "/api/v1/departures", 422, stop="metro_A", cursor="x")["field"] == "cursor"
