"""The MOTIS 2 endpoints on the small city: answers, versions, paging, errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fastapi import FastAPI
from polyline_rs import decode_latlon
from starlette.testclient import TestClient

from api.app import create_app
from api.deps import get_now
from api.motis.versions import DESCRIBED
from api.settings import Settings
from tests.unit.api.small_city import MONDAY

SCHEMA = Path(__file__).parents[2] / ".." / "shared" / "checks" / "motis" / "motis-schema-npm.json"
"""Types of the npm client, as a JSON schema, where they lie beside the checkout."""
AT = f"{MONDAY}T07:31:00+07:00"
TRIP = {"fromPlace": "metro_STA", "toPlace": "metro_C", "time": AT}
STREET = {"fromPlace": "-6.2,106.8", "toPlace": "-6.2,106.84", "time": AT}
BOX = {"min": "-6.25,106.9", "max": "-6.15,106.7"}


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    app = create_app(Settings(snapshot=folder / "city"))
    app.dependency_overrides[get_now] = lambda: datetime(2026, 3, 2, 0, 31, tzinfo=UTC)
    with TestClient(app) as client:
        # A page is cut short after some seconds, and kernels may still have to be compiled.
        assert app.state.service.is_warm.wait(300)
        yield client


def _get(client: TestClient, path: str, **params: Any) -> Any:
    response = client.get(f"/api/{path}", params=params)
    assert response.status_code == 200, response.text
    return response.json()


def _valid(name: str, data: Any) -> None:
    """As the npm client types it."""
    if SCHEMA.exists():
        definitions = json.loads(SCHEMA.read_text("utf-8"))["definitions"]
        jsonschema.Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": definitions}).validate(data)


def _error(client: TestClient, path: str, status: int = 422, **params: Any) -> dict[str, Any]:
    response = client.get(f"/api/{path}", params=params)
    assert response.status_code == status, response.text
    body: dict[str, Any] = response.json()
    _valid("Error", body)
    assert body["error"]
    return body


def _clock(itinerary: dict[str, Any]) -> tuple[str, str]:
    return itinerary["startTime"][11:16], itinerary["endTime"][11:16]


def test_a_plan_lists_the_departures_of_a_window_with_providers_and_ranks(client: TestClient) -> None:
    found = _get(client, "v6/plan", **TRIP, numItineraries=2)
    _valid("PlanResponse", found)
    # 07:31 is 00:31 UTC. The metro leaves every ten minutes; a page grows by whole windows of 15.
    metro = [_clock(row) for row in found["itineraries"] if row["providers"] == ["metro"]]
    assert metro == [("00:40", "00:50"), ("00:50", "01:00"), ("01:00", "01:10")]
    assert [row["rank"] for row in found["itineraries"]][:1] == [1]
    (leg,) = found["itineraries"][0]["legs"]
    assert (leg["mode"], leg["from"]["stopId"], leg["to"]["stopId"]) == ("SUBWAY", "metro_A", "metro_C")
    assert [place["name"] for place in leg["intermediateStops"]] == ["Béta"]
    assert (leg["tripId"], leg["provider"]) == ("20260302_07:40_metro_T460", "metro")
    assert leg["from"]["tz"] == "Asia/Jakarta"
    standing = {row["id"]: len(row["alone"]) for row in found["comparison"]["providers"]}
    assert standing["metro"] == 3
    assert found["comparison"]["complete"] is False


def test_extra_properties_never_stand_where_clients_expect_plain_maps(client: TestClient) -> None:
    found = _get(client, "v6/plan", **TRIP)
    assert all(isinstance(value, str) for value in found["requestParameters"].values())
    assert all(type(value) is int for value in found["debugOutput"].values())


def test_with_comparison_every_provider_has_its_own(client: TestClient) -> None:
    found = _get(client, "v6/plan", **TRIP, withComparison=True)
    assert {tuple(row["providers"]) for row in found["itineraries"]} == {("metro",), ("bus",)}
    assert {row["id"]: row["status"] for row in found["comparison"]["providers"]} == {
        "bus": "served",
        "metro": "served",
    }
    assert found["comparison"]["complete"] is True
    (bus,) = (row for row in found["itineraries"] if row["providers"] == ["bus"])
    assert [leg["mode"] for leg in bus["legs"]] == ["WALK", "BUS", "WALK"]
    assert bus["legs"][1]["headway"] == 600


def test_a_plan_that_arrives_by_keeps_the_deadline(client: TestClient) -> None:
    found = _get(client, "v6/plan", **{**TRIP, "time": f"{MONDAY}T07:49:00+07:00"}, arriveBy=True, numItineraries=2)
    ends = [row["endTime"] for row in found["itineraries"] if row["providers"] == ["metro"]]
    assert ends == [f"{MONDAY}T00:20:00Z", f"{MONDAY}T00:30:00Z", f"{MONDAY}T00:40:00Z"]


def test_without_a_window_only_what_is_best_at_the_time_is_told(client: TestClient) -> None:
    found = _get(client, "v6/plan", **TRIP, timetableView=False)
    assert [_clock(row) for row in found["itineraries"]] == [("00:40", "00:50")]
    later = _get(client, "v6/plan", **TRIP, timetableView=False, pageCursor=found["nextPageCursor"])
    assert _clock(later["itineraries"][0])[0] > "00:40"


def test_pages_go_both_ways_and_back(client: TestClient) -> None:
    asked = {**TRIP, "numItineraries": 2, "transitModes": "SUBWAY"}
    first = _get(client, "v6/plan", **asked)
    later = _get(client, "v6/plan", **asked, pageCursor=first["nextPageCursor"])
    back = _get(client, "v6/plan", **asked, pageCursor=later["previousPageCursor"])
    earlier = _get(client, "v6/plan", **asked, pageCursor=first["previousPageCursor"])
    assert [_clock(row)[0] for row in first["itineraries"]] == ["00:40", "00:50", "01:00"]
    assert _clock(later["itineraries"][0])[0] == "01:10"
    assert back["itineraries"] == first["itineraries"]
    assert _clock(earlier["itineraries"][-1])[0] == "00:30"
    assert later["direct"] == []


def test_lists_with_commas_and_repeated_mean_the_same(client: TestClient) -> None:
    once = client.get("/api/v6/plan", params={**TRIP, "transitModes": "SUBWAY,BUS"}).json()
    twice = client.get("/api/v6/plan", params={**TRIP, "transitModes": ["SUBWAY", "BUS"]}).json()
    assert once == twice
    assert once["itineraries"]


@pytest.mark.parametrize(
    ("change", "modes"),
    [
        ({"transitModes": "BUS"}, {"BUS"}),
        ({"transitModes": "RAIL"}, {"SUBWAY"}),
        ({"transitModes": "FERRY"}, set()),
        ({"transitModes": ""}, set()),
        ({"pedestrianProfile": "WHEELCHAIR"}, set()),  # no trip of the city says that it takes wheelchairs
        ({"maxTravelTime": 5}, set()),
        ({"maxPreTransitTime": 0, "maxPostTransitTime": 0}, {"SUBWAY"}),  # the bus is 240 s away on foot
    ],
)
def test_what_is_ridden_can_be_narrowed(change: dict[str, Any], modes: set[str], client: TestClient) -> None:
    found = _get(client, "v6/plan", **{**TRIP, **change})
    assert {leg["mode"] for row in found["itineraries"] for leg in row["legs"]} - {"WALK"} == modes


def test_walking_all_the_way_is_told_apart_and_its_limit_kept(client: TestClient) -> None:
    near = {"fromPlace": "-6.2,106.8", "toPlace": "-6.198,106.8", "time": AT}
    (walk,) = _get(client, "v6/plan", **near)["direct"]
    assert [leg["mode"] for leg in walk["legs"]] == ["WALK"]
    assert (walk["legs"][0]["from"]["name"], walk["legs"][0]["to"]["name"]) == ("START", "END")
    assert _get(client, "v6/plan", **near, maxDirectTime=60)["direct"] == []
    assert _get(client, "v6/plan", **near, directModes="BIKE")["direct"] == []
    told = _get(client, "v6/plan", **near, maxDirectTime=10_000)["requestParameters"]
    assert told["maxDirectTime"] == "3600"


def test_rides_that_take_much_longer_than_walking_are_on_no_page(client: TestClient) -> None:
    places = {"fromPlace": "-6.2,106.8", "toPlace": "-6.2,106.82"}
    near = {**places, "time": AT, "maxDirectTime": 3600, "pedestrianSpeed": 8}
    far = _get(client, "v6/plan", **near)
    assert far["itineraries"]
    slow = _get(client, "v6/plan", **near, fastestDirectFactor=0.5)
    later = _get(client, "v6/plan", **near, fastestDirectFactor=0.5, pageCursor=slow["nextPageCursor"])
    assert slow["itineraries"] == later["itineraries"] == []
    assert slow["direct"]
    assert later["direct"] == []


def test_levels_of_coordinates_are_not_read(client: TestClient) -> None:
    plain, floor = (
        _get(client, "v6/plan", **{**STREET, "fromPlace": place}) for place in ("-6.2,106.8", "-6.2,106.8,-1")
    )
    assert plain["itineraries"] == floor["itineraries"]


def test_detail_of_lines_can_be_left_out(client: TestClient) -> None:
    legs = _get(client, "v6/plan", **TRIP, detailedLegs=False)["itineraries"][0]["legs"]
    assert [leg["legGeometry"] for leg in legs] == [{"points": "", "precision": 6, "length": 0}]


def test_versions_differ_where_motis_did(client: TestClient) -> None:
    for version in range(1, 7):
        found = _get(client, f"v{version}/plan", **TRIP)
        leg = found["itineraries"][0]["legs"][0]
        line = leg["legGeometry"]
        precision = 7 if version == 1 else 6
        assert line["precision"] == precision
        assert decode_latlon(line["points"], precision)[0] == pytest.approx((-6.2, 106.8), abs=1e-5)
        assert (leg["from"].get("level") == 0) is (version < 6)
    # Before v3 the number of transfers was one of rides: 0 means that nothing is ridden.
    assert _get(client, "v2/plan", **TRIP, maxTransfers=0)["itineraries"] == []
    assert _get(client, "v2/plan", **TRIP, maxTransfers=1)["itineraries"]
    assert _get(client, "v3/plan", **TRIP, maxTransfers=0)["itineraries"]
    window = {**BOX, "zoom": 14, "startTime": AT, "endTime": f"{MONDAY}T07:33:00+07:00"}
    assert "routeShortName" in _get(client, "v1/map/trips", **window)[0]["trips"][0]
    assert "displayName" in _get(client, "v4/map/trips", **window)[0]["trips"][0]


def test_an_endpoint_answers_from_its_first_version_on(client: TestClient) -> None:
    known = {
        "plan": TRIP, "trip": {"tripId": "metro_T460"}, "stoptimes": {"stopId": "metro_A"},
        "stop": {"stopId": "metro_A"}, "reverse-geocode": {"place": "-6.2,106.8"},
        "map/trips": {**BOX, "zoom": 9, "startTime": AT, "endTime": AT}, "map/stops": BOX, "map/levels": BOX,
        "one-to-all": {"one": "metro_A", "maxTravelTime": 30}, "geocode": {"text": "a"},
        "one-to-many": {"one": "-6.2;106.8", "many": "-6.2;106.8", "max": 60},
    }  # fmt: skip
    plan = _get(client, "v6/plan", **TRIP)
    known["refresh-itinerary"] = {"itineraryId": plan["itineraries"][0]["id"]}
    for path, described in DESCRIBED.items():
        for version in range(1, 7):
            response = client.get(f"/api/v{version}/{path}", params=known.get(path, {}))
            assert response.status_code == (200 if version >= described[0] else 404), f"v{version}/{path}"
    assert client.get("/api/v7/plan", params=TRIP).status_code == 404
    assert client.get("/tiles/14/1/2.mvt").status_code == 204


def test_a_trip_is_found_by_its_id_of_a_day_and_by_the_plain_one(client: TestClient) -> None:
    found = _get(client, "v6/trip", tripId="20260302_07:40_metro_T460")
    _valid("TripResponse", found)
    assert (found["startTime"], found["endTime"], found["transfers"]) == (
        f"{MONDAY}T00:40:00Z",
        f"{MONDAY}T00:50:00Z",
        0,
    )
    assert found["legs"][0]["tripId"] == "20260302_07:40_metro_T460"
    assert _get(client, "v6/trip", tripId="metro_T460") == found
    bus = _get(client, "v6/trip", tripId="20260302_06:20:30_bus_T")
    assert (bus["startTime"], bus["legs"][0]["headway"]) == (f"{MONDAY}T23:20:30Z".replace("03-02", "03-01"), 600)
    for bad, status in [("metro_X", 404), ("20260302_07:41_metro_T460", 404), ("20270302_07:40_metro_T460", 404)]:
        assert _error(client, "v6/trip", status, tripId=bad)["field"] == "tripId"
    assert _error(client, "v6/trip", tripId="20261332_07:40_metro_T460")["field"] == "tripId"


def test_an_itinerary_is_put_together_again_from_its_id(client: TestClient) -> None:
    for change in ({}, {"transitModes": "BUS"}, {**STREET, "transitModes": "BUS"}):
        found = _get(client, "v6/plan", **{**TRIP, **change})
        for itinerary in found["itineraries"]:
            again = _get(client, "v6/refresh-itinerary", itineraryId=itinerary["id"])
            _valid("RefreshItineraryResponse", again)
            assert again == {key: value for key, value in itinerary.items() if key != "rank"}


@pytest.mark.parametrize("text", ["", "x", "eJw", "eJyLjgUAARUAuQ", "AAAA", "a" * 4000, "%00", "eJzLSM3JyQcABiwCFQ"])
def test_an_id_that_is_none_is_refused(text: str, client: TestClient) -> None:
    assert _error(client, "v6/refresh-itinerary", itineraryId=text)["field"] == "itineraryId"


def test_a_board_tells_departures_of_all_that_is_one_place(client: TestClient) -> None:
    found = _get(client, "v6/stoptimes", stopId="metro_A", time=AT, n=2)
    _valid("StoptimesResponse", found)
    assert [row["place"]["departure"][11:16] for row in found["stopTimes"]] == ["00:40", "00:50"]
    assert found["place"]["name"] == "Alun-Alun"
    near = _get(client, "v6/stoptimes", stopId="metro_A", time=AT, n=3, radius=300)
    assert [(row["place"]["departure"][11:16], row["provider"], row.get("headway")) for row in near["stopTimes"]] == [
        ("00:40", "metro", None), ("00:40", "bus", 600), ("00:50", "metro", None), ("00:50", "bus", 600),
    ]  # fmt: skip
    assert (
        _get(client, "v6/stoptimes", stopId="metro_A", time=AT, n=1, radius=300, mode="BUS")["stopTimes"][0]["mode"]
        == "BUS"
    )
    assert (
        _get(client, "v6/stoptimes", stopId="metro_STA", time=AT, n=1)["stopTimes"][0]["place"]["stopId"] == "metro_A"
    )
    center = _get(client, "v6/stoptimes", center="-6.2,106.8", radius=10, time=AT, n=1)
    assert center["stopTimes"][0]["provider"] == "metro"
    assert _get(client, "v6/stoptimes", stopId="metro_A", n=0)["stopTimes"] == []


def test_a_board_of_arrivals_looks_back_and_both_sides_can_be_told(client: TestClient) -> None:
    back = _get(client, "v6/stoptimes", stopId="metro_C", time=AT, n=2, arriveBy=True)
    assert [row["place"]["arrival"][11:16] for row in back["stopTimes"]] == ["00:20", "00:30"]
    ahead = _get(
        client, "v6/stoptimes", stopId="metro_C", time=AT, n=1, arriveBy=True, direction="LATER", fetchStops=True
    )
    assert [place["name"] for place in ahead["stopTimes"][0]["previousStops"]] == ["Alun-Alun", "Béta"]
    both = _get(client, "v6/stoptimes", stopId="metro_B", time=AT, n=1, both=True)
    assert [row["place"]["arrival"][11:16] for row in both["stopTimes"]] == ["00:35", "00:35"]


def test_pages_of_a_board_go_both_ways_and_back(client: TestClient) -> None:
    asked = {"stopId": "metro_A", "time": AT, "n": 2, "radius": 300}
    first = _get(client, "v6/stoptimes", **asked)
    later = _get(client, "v6/stoptimes", **asked, pageCursor=first["nextPageCursor"])
    back = _get(client, "v6/stoptimes", **asked, pageCursor=later["previousPageCursor"])
    earlier = _get(client, "v6/stoptimes", **asked, pageCursor=first["previousPageCursor"])
    assert back["stopTimes"] == first["stopTimes"]
    ids = [
        [(row["tripId"], row["place"]["departure"]) for row in page["stopTimes"]] for page in (earlier, first, later)
    ]
    assert len({event for page in ids for event in page}) == sum(map(len, ids))
    assert [event[1] for page in ids for event in page] == sorted(event[1] for page in ids for event in page)


def test_a_stop_tells_its_routes(client: TestClient) -> None:
    found = _get(client, "v6/stop", stopId="metro_STA")
    _valid("StopInfoResponse", found)
    assert [route["routeId"] for route in found["routes"]] == ["metro_R"]
    assert found["place"]["modes"] == ["SUBWAY"]


def test_one_to_all_tells_minutes_and_the_vehicles_that_it_takes(client: TestClient) -> None:
    found = _get(client, "v6/one-to-all", one="metro_STA", time=f"{MONDAY}T07:40:00+07:00", maxTravelTime=60)
    _valid("OneToAllResponse", found)
    reached = {row["place"]["stopId"]: (row["duration"], row["k"]) for row in found["all"]}
    assert reached["metro_A"] == (0, 0)
    assert reached["metro_B"] == (5, 1)
    assert reached["metro_C"] == (10, 1)
    assert reached["bus_P"][1] == 0
    back = _get(
        client, "v6/one-to-all", one="metro_C", time=f"{MONDAY}T07:50:00+07:00", maxTravelTime=20, arriveBy=True
    )
    assert {row["place"]["stopId"]: row["k"] for row in back["all"]}["metro_A"] == 1
    walk = _get(client, "v6/one-to-all", one="-6.2,106.8", time=AT, maxTravelTime=10, transitModes="FERRY")
    assert {row["k"] for row in walk["all"]} == {0}


def test_one_to_many_walks(client: TestClient) -> None:
    asked = {"one": "-6.2;106.8", "many": ["-6.2;106.801", "-6.3;106.9"], "mode": "WALK", "max": 900}
    found = _get(client, "v1/one-to-many", **asked, withDistance=True, arriveBy=False, maxMatchingDistance=25)
    _valid("OneToManyResponse", found)
    assert found[1] == {}
    assert found[0]["distance"] / 1.2 == pytest.approx(found[0]["duration"], abs=1)
    posted = client.post("/api/v1/one-to-many", json={**asked, "withDistance": True})
    assert posted.json() == found


def test_names_are_found_and_what_was_typed_is_marked(client: TestClient) -> None:
    found = _get(client, "v1/geocode", text="cik", language="en")
    _valid("GeocodeResponse", found)
    assert [(row["name"], row["tokens"]) for row in found] == [("Cikini", [[0, 3]]), ("Halte Cikini", [[6, 3]])]
    assert found[0]["modes"] == ["SUBWAY"]
    assert [row["name"] for row in _get(client, "v1/geocode", text="cik", mode="BUS")] == ["Halte Cikini"]
    assert _get(client, "v1/geocode", text="cik", type="ADDRESS") == []
    assert [row["id"] for row in _get(client, "v1/geocode", text="a", place="-6.198,106.84", numResults=1)] == ["bus_Q"]
    box = {"min": "-6.199,106.7", "max": "-6.1,106.9"}
    assert {row["providers"][0] for row in _get(client, "v1/geocode", text="cik", **box)} == {"bus"}
    (point,) = _get(client, "v1/geocode", text="-6.2, 106.8")
    assert (point["type"], point["lat"], point["lon"]) == ("PLACE", -6.2, 106.8)


def test_the_nearest_stops_are_found_by_position(client: TestClient) -> None:
    found = _get(client, "v1/reverse-geocode", place="-6.1985,106.8", numResults=2)
    _valid("ReverseGeocodeResponse", found)
    assert [row["id"] for row in found] == ["bus_P", "metro_STA"]
    assert _get(client, "v1/reverse-geocode", place="0,0") == []


def test_the_map_is_drawn(client: TestClient) -> None:
    initial = _get(client, "v1/map/initial")
    _valid("InitialResponse", initial)
    assert initial["serverConfig"]["maxOneToManySize"] == 128
    stops = _get(client, "v6/map/stops", **BOX)
    _valid("StopsResponse", stops)
    assert {row["stopId"] for row in stops} == {"metro_A", "metro_B", "metro_C", "bus_P", "bus_Q"}
    grouped = _get(client, "v6/map/stops", **BOX, grouped=True, modes="SUBWAY")
    assert {row["stopId"] for row in grouped} == {"metro_STA", "metro_B", "metro_C"}
    window = {**BOX, "zoom": 14, "startTime": f"{MONDAY}T07:41:00+07:00", "endTime": f"{MONDAY}T07:42:00+07:00"}
    trips = _get(client, "v6/map/trips", **window)
    _valid("TripsResponse", trips)
    # The metro of 07:40 is between its first two stops; of the buses of every ten minutes three are under way.
    assert [row["departure"][11:16] for row in trips if row["mode"] == "SUBWAY"] == ["00:40"]
    assert [row["departure"][11:16] for row in trips if row["mode"] == "BUS"] == ["00:20", "00:30", "00:40"]
    assert len(decode_latlon(trips[0]["polyline"], 5)) >= 2
    assert {row["mode"] for row in _get(client, "v6/map/trips", **{**window, "zoom": 10})} == {"SUBWAY"}
    assert _get(client, "v6/map/trips", **{**window, "min": "1,1", "max": "2,2"}) == []
    assert _get(client, "v1/map/levels", **BOX) == []
    rentals = _get(client, "v1/rentals", **BOX)
    _valid("RentalsResponse", rentals)
    assert not any(rentals.values())


@pytest.mark.parametrize(
    ("path", "params", "status", "field", "limit"),
    [
        ("v6/plan", {**TRIP, "fromPlace": "nowhere_X"}, 404, "fromPlace", None),
        ("v6/plan", {**TRIP, "toPlace": "nowhere_X"}, 404, "toPlace", None),
        ("v6/plan", {**TRIP, "toPlace": "95,0"}, 422, "toPlace", "±90,±180"),
        ("v6/plan", {**TRIP, "toPlace": " "}, 422, "toPlace", None),
        ("v6/plan", {**TRIP, "time": "soon"}, 422, "time", None),
        ("v6/plan", {**TRIP, "via": "metro_B"}, 422, "via", None),
        ("v6/plan", {**TRIP, "transitModes": "ROCKET"}, 422, "transitModes", None),
        ("v6/plan", {**TRIP, "directModes": "BUS"}, 422, "directModes", None),
        ("v6/plan", {**TRIP, "numItineraries": 51}, 422, "numItineraries", 50.0),
        ("v6/plan", {**TRIP, "searchWindow": 86_401}, 422, "searchWindow", 86_400.0),
        ("v6/plan", {**TRIP, "transferTimeFactor": 0.5}, 422, "transferTimeFactor", 1.0),
        ("v6/plan", {**TRIP, "requireBikeTransport": True}, 422, "requireBikeTransport", None),
        ("v6/plan", {**TRIP, "pageCursor": "LATER|x"}, 422, "pageCursor", None),
        ("v6/plan", {**TRIP, "pageCursor": "WINDOW|5|4"}, 422, "pageCursor", None),
        ("v6/plan", {**TRIP, "language": "not a tag"}, 422, "language", None),
        ("v6/plan", {"fromPlace": "metro_A"}, 422, "toPlace", None),
        ("v6/stoptimes", {"stopId": "nowhere_X"}, 404, "stopId", None),
        ("v6/stoptimes", {}, 422, "stopId", None),
        ("v6/stoptimes", {"stopId": "metro_A", "n": 257}, 422, "n", 256.0),
        ("v6/stoptimes", {"stopId": "metro_A", "radius": 5001}, 422, "radius", 5000.0),
        ("v6/one-to-all", {"one": "metro_A", "maxTravelTime": 91}, 422, "maxTravelTime", 90.0),
        ("v6/one-to-all", {"one": "nowhere_X", "maxTravelTime": 9}, 404, "one", None),
        ("v1/one-to-many", {"one": "0;0", "many": ",".join(["0;0"] * 129), "max": 9}, 422, "many", None),
        ("v1/geocode", {"text": "a", "numResults": 51}, 422, "numResults", 50.0),
        ("v1/geocode", {"text": "a", "type": "TOWN"}, 422, "type", None),
        ("v1/reverse-geocode", {"place": "here"}, 422, "place", None),
        ("v6/map/stops", {"min": "0,0"}, 422, "max", None),
        ("v6/map/trips", {**BOX, "zoom": 9, "startTime": AT, "endTime": f"{MONDAY}T17:31"}, 422, "endTime", 7200.0),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name_and_limit(
    path: str, params: dict[str, Any], status: int, field: str, limit: object, client: TestClient
) -> None:
    found = _error(client, path, status, **params)
    assert (found["field"], found["limit"]) == (field, limit)


def test_names_are_told_in_the_language_that_is_asked_for(client: TestClient) -> None:
    assert isinstance(client.app, FastAPI)
    assert _get(client, "v6/plan", **TRIP, language=["en", "id"])["itineraries"]
