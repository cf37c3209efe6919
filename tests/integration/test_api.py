"""The HTTP service on a small city: answers, errors, headers, and the description of it all."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.deps import get_now
from api.logs import JsonFormatter
from api.middleware import CONTENT_SECURITY_POLICY
from api.schemas.error import ErrorBody
from api.settings import Settings
from ingest.snapshot import SnapshotError
from routing.answer import Answer
from tests.unit.api.small_city import MONDAY, write_city

NOW = datetime(2026, 3, 2, 0, 31, tzinfo=UTC)
TRIP = {"from": "metro_STA", "to": "metro_C", "at": f"{MONDAY}T07:31:00+07:00"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The snapshot under `city`, and a page that was built into `page`."""
    folder = tmp_path_factory.mktemp("service")
    write_city(folder)
    (folder / "page" / "assets").mkdir(parents=True)
    (folder / "page" / "index.html").write_text("<!doctype html><title>Page</title>")
    (folder / "page" / "assets" / "app-1.mjs").write_text("export {};")
    (folder / "page" / "secret.env").write_text("password")
    (folder / "outside.html").write_text("outside")
    (folder / "page" / "link.html").symlink_to(folder / "outside.html")
    return folder


def _app(folder: Path, **settings: Any) -> FastAPI:
    app = create_app(Settings(snapshot=folder / "city", **{"page": folder / "page", **settings}))
    app.dependency_overrides[get_now] = lambda: NOW
    return app


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(_app(folder)) as client:
        yield client


def _error(client: TestClient, path: str, status: int, **params: str) -> dict[str, Any]:
    """The body of an error, which must have the one shape and tell nothing of our insides."""
    response = client.get(path, params=params)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert "Traceback" not in response.text
    assert ".py" not in response.text
    return ErrorBody.model_validate(response.json()).model_dump()


def _schema(client: TestClient, name: str) -> dict[str, Any]:
    components = client.get("/openapi.json").json()["components"]
    return {"$ref": f"#/components/schemas/{name}", "components": components}


def test_rivals_are_compared(client: TestClient) -> None:
    found = client.get("/api/v1/compare", params=TRIP).json()
    options = [(o["rank"], o["providers"], o["departure"][11:19], o["arrival"][11:19]) for o in found["options"]]
    assert options == [(1, ["metro"], "07:40:00", "07:50:00"), (2, ["bus"], "07:31:00", "08:14:04")]
    assert [(p["id"], p["status"], p["best"]) for p in found["providers"]] == [
        ("bus", "served", found["options"][1]["id"]),
        ("metro", "served", found["options"][0]["id"]),
    ]
    assert found["query"]["from"] == "metro_STA"
    assert found["reason"] is None
    jsonschema.validate(found, _schema(client, "Comparison"))


def test_the_answer_is_the_comparison_as_python_gives_it(client: TestClient) -> None:
    from api.comparing import CompareRequest, run_comparison

    request = CompareRequest(TRIP["from"], TRIP["to"], at=TRIP["at"])
    app = client.app
    assert isinstance(app, FastAPI)
    expected = run_comparison(app.state.service.router, request, NOW).to_dict()
    assert client.get("/api/v1/compare", params=TRIP).json() == expected


def test_coordinates_local_times_and_an_unescaped_plus_are_understood(client: TestClient) -> None:
    place = client.get("/api/v1/compare", params={**TRIP, "from": "-6.2,106.8", "at": f"{MONDAY}T07:31"}).json()
    assert place["options"][0]["arrival"] == f"{MONDAY}T07:50:00+07:00"
    plus = client.get(f"/api/v1/compare?from=metro_STA&to=metro_C&at={MONDAY}T07:31:00+07:00")
    assert plus.json()["query"]["time"] == TRIP["at"]


def test_without_a_time_the_trip_leaves_now(client: TestClient) -> None:
    found = client.get("/api/v1/compare", params={"from": "metro_STA", "to": "metro_C"}).json()
    assert found["query"]["time"] == "2026-03-02T07:31:00+07:00"


def test_a_deadline_is_kept(client: TestClient) -> None:
    asked = {"from": "metro_STA", "to": "metro_C", "arrive_by": f"{MONDAY}T07:49", "providers": "metro"}
    found = client.get("/api/v1/compare", params=asked).json()
    assert [option["arrival"] for option in found["options"]] == [f"{MONDAY}T07:40:00+07:00"]
    assert [provider["id"] for provider in found["providers"]] == ["metro"]


def test_what_may_be_ridden_can_be_narrowed_and_ranked_anew(client: TestClient) -> None:
    bus = client.get("/api/v1/compare", params={**TRIP, "modes": "3"}).json()
    assert [option["providers"] for option in bus["options"]] == [["bus"]]
    weighed = client.get("/api/v1/compare", params={**TRIP, "weights": "travel:0,margin:1,walk:0,wait:0"}).json()
    # Only the margin counts: the bus leaves at once, the metro after nine minutes.
    assert [option["providers"] for option in weighed["options"]] == [["bus"], ["metro"]]
    assert weighed["ranking"]["weights"]["margin"] == 1


def test_no_option_is_an_answer_with_a_reason(client: TestClient) -> None:
    response = client.get("/api/v1/compare", params={**TRIP, "at": "2027-03-02T07:31"})
    assert response.status_code == 200
    assert response.json()["options"] == []
    assert response.json()["reason"] == "after_service"
    jsonschema.validate(response.json(), _schema(client, "Comparison"))


def test_every_reason_why_there_is_no_option_fits_the_schema(client: TestClient) -> None:
    schema = _schema(client, "Comparison")
    for change, reason in [
        ({"to": "metro_A"}, "same_place"),
        ({"to": "bus_P"}, "walk_only"),
        ({"at": "2025-01-01T08:00"}, "before_service"),
        ({"from": "0,0"}, "no_stop_in_reach"),
        ({"from": "metro_C", "to": "metro_STA"}, "no_connection"),
    ]:
        found = client.get("/api/v1/compare", params={**TRIP, **change}).json()
        assert found["reason"] == reason
        jsonschema.validate(found, schema)


@pytest.mark.parametrize(
    ("change", "status", "code", "field", "limit"),
    [
        ({"from": "metro_X"}, 404, "unknown_stop", "from", None),
        ({"to": "nowhere"}, 404, "unknown_stop", "to", None),
        ({"from": ""}, 422, "invalid_value", "from", None),
        ({"to": "95,0"}, 422, "out_of_range", "to", "±90,±180"),
        ({"at": "soon"}, 422, "invalid_value", "at", None),
        ({"at": "1066-10-14"}, 422, "out_of_range", "at", "1970-2199"),
        ({"arrive_by": "2026-03-02T08:00"}, 422, "invalid_value", "arrive_by", None),
        ({"max_transfers": "16"}, 422, "out_of_range", "max_transfers", 15.0),
        ({"max_transfers": "-1"}, 422, "out_of_range", "max_transfers", 0.0),
        ({"max_transfers": "many"}, 422, "invalid_value", "max_transfers", None),
        ({"max_walk_s": "3601"}, 422, "out_of_range", "max_walk_s", 3600.0),
        ({"walk_speed_m_per_s": "11"}, 422, "out_of_range", "walk_speed_m_per_s", 10.0),
        ({"walk_speed_m_per_s": "nan"}, 422, "invalid_value", "walk_speed_m_per_s", None),
        ({"transfer_slack_s": "1e9"}, 422, "invalid_value", "transfer_slack_s", None),
        ({"providers": "tram"}, 422, "invalid_value", "providers", None),
        ({"providers": ","}, 422, "invalid_value", "providers", None),
        ({"modes": "bus"}, 422, "invalid_value", "modes", None),
        ({"wheelchair": "perhaps"}, 422, "invalid_value", "wheelchair", None),
        ({"headway_wait": "long"}, 422, "invalid_value", "headway_wait", None),
        ({"weights": "price=1"}, 422, "invalid_value", "weights", None),
        ({"weights": "walk=-1"}, 422, "out_of_range", "weights", 0.0),
        ({"weights": "walk"}, 422, "invalid_value", "weights", None),
        ({"rider": "nobody"}, 422, "invalid_value", "rider", None),
        ({"form": "x"}, 422, "unknown_parameter", "form", None),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(
    change: dict[str, str], status: int, code: str, field: str, limit: object, client: TestClient
) -> None:
    found = _error(client, "/api/v1/compare", status, **{**TRIP, **change})
    assert (found["code"], found["field"], found["limit"]) == (code, field, limit)


def test_a_missing_parameter_is_named(client: TestClient) -> None:
    found = _error(client, "/api/v1/compare", 422, to="metro_C")
    assert (found["code"], found["field"]) == ("missing_parameter", "from")


def test_unknown_addresses_and_methods_have_the_same_shape(client: TestClient) -> None:
    assert _error(client, "/api/v2/compare", 404) == {
        "error": "Not Found",
        "code": "not_found",
        "field": None,
        "limit": None,
    }
    refused = client.post("/api/v1/compare")
    assert refused.status_code == 405
    assert refused.headers["allow"] == "GET"
    assert refused.json()["code"] == "method_not_allowed"


def test_an_address_that_is_too_long_is_refused_with_its_limit(client: TestClient) -> None:
    found = _error(client, "/api/v1/places", 414, q="x" * 9000)
    assert (found["code"], found["limit"]) == ("address_too_long", 8192.0)


def test_our_own_failure_is_told_without_its_inside(folder: Path) -> None:
    app = _app(folder)

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("the password is 1234")

    with TestClient(app) as client:
        response = client.get("/broken")
    assert response.status_code == 500
    assert response.json()["code"] == "internal_error"
    assert "1234" not in response.text
    assert response.headers["content-security-policy"] == CONTENT_SECURITY_POLICY


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
    jsonschema.validate(found, _schema(client, "Places"))
    assert _error(client, "/api/v1/places", 422, q="a", limit="51")["limit"] == 50.0
    assert _error(client, "/api/v1/places", 422)["code"] == "missing_parameter"


def test_the_catalogue_and_the_feeds_are_told(client: TestClient) -> None:
    providers = client.get("/api/v1/providers").json()
    assert [(row["id"], row["n_routes"], row["n_stops"]) for row in providers["providers"]] == [
        ("metro", 1, 3),
        ("bus", 1, 2),
    ]
    jsonschema.validate(providers, _schema(client, "Providers"))
    feeds = client.get("/api/v1/feeds").json()
    assert [(row["id"], row["trips"], row["first_date"]) for row in feeds["feeds"]] == [
        ("metro", 84, "2026-01-01"),
        ("bus", 1, "2026-01-01"),
    ]
    jsonschema.validate(feeds, _schema(client, "Feeds"))


def test_the_map_is_geojson(client: TestClient) -> None:
    found = client.get("/api/v1/network.geojson").json()
    assert found["type"] == "FeatureCollection"
    assert [feature["properties"]["kind"] for feature in found["features"]] == ["route"] * 2 + ["stop"] * 5
    jsonschema.validate(found, _schema(client, "NetworkMap"))


def test_coverage_is_told_and_its_bounds_are_kept(client: TestClient) -> None:
    found = client.get("/api/v1/coverage", params={"date": MONDAY, "radius_m": "100"})
    jsonschema.validate(found.json(), _schema(client, "Coverage"))
    # No two stops lie within 200 m of each other; nothing leaves the last stop of a line.
    areas = {row["id"]: row["reach"]["area_km2"] for row in found.json()["providers"]}
    assert areas == {"metro": pytest.approx(2 * 0.0314, rel=0.02), "bus": pytest.approx(0.0314, rel=0.02)}
    full = client.get("/api/v1/coverage", params={"date": MONDAY, "statistics": "true"}).json()
    jsonschema.validate(full, _schema(client, "Coverage"))
    assert full["providers"][0]["statistics"]["trips"] == 84
    assert _error(client, "/api/v1/coverage", 422, date=MONDAY, radius_m="3001")["limit"] == 3000.0
    assert _error(client, "/api/v1/coverage", 422, date="today")["field"] == "date"


def test_health_is_live_at_once_and_ready_when_warm(client: TestClient) -> None:
    app = client.app
    assert isinstance(app, FastAPI)
    service = app.state.service
    assert client.get("/health/live").json() == {"status": "live"}
    assert service.is_warm.wait(120)
    ready = client.get("/health/ready")
    assert ready.json() == {"status": "ready", "snapshot": service.network.snapshot_id, "providers": 2}
    service.is_warm.clear()
    cold = client.get("/health/ready")
    service.is_warm.set()
    assert cold.status_code == 503
    assert cold.json()["code"] == "not_ready"
    assert int(cold.headers["retry-after"]) > 0


def test_people_are_counted_where_the_settings_name_them(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("lat,lon,population\n-6.2,106.8,10\n-6.3,106.8,5\n")
    with TestClient(_app(folder, population=tmp_path / "people.csv")) as client:
        found = client.get("/api/v1/coverage", params={"date": MONDAY, "radius_m": "100"}).json()
    assert found["population"]["people"] == 15
    assert found["overall"]["reached"]["people"] == 10
    assert found["overall"]["gap"]["people"] == 5


def test_before_the_start_nothing_is_answered_but_life(folder: Path) -> None:
    client = TestClient(_app(folder))  # not entered: the start is not run
    assert client.get("/health/live").status_code == 200
    assert _error(client, "/health/ready", 503)["code"] == "not_ready"
    assert _error(client, "/api/v1/compare", 503, **TRIP)["code"] == "not_ready"


def test_the_service_does_not_start_without_a_snapshot(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="holds no snapshot"), TestClient(create_app(Settings(snapshot=tmp_path))):
        pass


def test_the_page_is_served_with_a_strict_policy(client: TestClient) -> None:
    page = client.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>Page</title>" in page.text
    for response in (page, client.get("/api/v1/feeds"), client.get("/nothing")):
        assert response.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
    script = client.get("/assets/app-1.mjs")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in script.headers["cache-control"]
    assert client.head("/").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/secret.env",
        "/link.html",
        "/../outside.html",
        "/%2e%2e/outside.html",
        "/..%2foutside.html",
        "/assets/..%2f..%2foutside.html",
        "/assets/",
        "/%00",
        "/index.html%00.png",
    ],
)
def test_nothing_but_the_page_s_own_files_is_served(path: str, client: TestClient) -> None:
    assert client.get(path).status_code == 404


def test_a_page_that_is_not_built_says_so(folder: Path, tmp_path: Path) -> None:
    with TestClient(_app(folder, page=tmp_path)) as client:
        page = client.get("/")
    assert page.status_code == 200
    assert "The page is not built" in page.text
    # Nothing that the policy would block.
    assert not re.search(r"<(script|style)| style=| on\w+=", page.text)


def test_a_request_s_id_comes_back_if_it_is_harmless(client: TestClient) -> None:
    assert client.get("/health/live", headers={"X-Request-ID": "abc-1"}).headers["x-request-id"] == "abc-1"
    for bad in ("a b", "x" * 65, "a\x1b[31m"):
        assert client.get("/health/live", headers={"X-Request-ID": bad}).headers["x-request-id"] != bad


def test_pages_of_any_origin_may_read_unless_the_settings_name_some(folder: Path, client: TestClient) -> None:
    asked = {"Origin": "https://a.example"}
    anyone = client.get("/health/live", headers=asked).headers
    assert anyone["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in anyone
    assert "ETag" in anyone["access-control-expose-headers"]
    with TestClient(_app(folder, cors_origins=["https://a.example"])) as some:
        assert some.get("/health/live", headers=asked).headers["access-control-allow-origin"] == asked["Origin"]
        other = some.get("/health/live", headers={"Origin": "https://b.example"}).headers
        assert "access-control-allow-origin" not in other
    with TestClient(_app(folder, cors_origins=[])) as nobody:
        assert "access-control-allow-origin" not in nobody.get("/health/live", headers=asked).headers


def test_other_origins_may_only_read(client: TestClient) -> None:
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    assert client.options("/api/v1/one-to-many", headers=asked).status_code == 400
    allowed = client.options("/api/v6/plan", headers={**asked, "Access-Control-Request-Method": "GET"})
    assert allowed.headers["access-control-allow-methods"] == "GET"


FIXED = [
    "/api/v1/providers", "/api/v1/feeds", "/api/v1/places?q=beta", "/api/v1/network.geojson",
    f"/api/v1/coverage?date={MONDAY}&radius_m=100", "/api/v1/geocode?text=beta", "/api/v1/map/initial",
    "/api/v1/reverse-geocode?place=-6.2,106.8", "/api/v6/map/stops?min=-7,106&max=-6,107",
    "/api/v6/stop?stopId=metro_A",
]  # fmt: skip


@pytest.mark.parametrize("path", FIXED)
def test_who_has_the_answer_of_this_snapshot_is_told_so(path: str, client: TestClient) -> None:
    first = client.get(path)
    tag = first.headers["etag"]
    assert first.status_code == 200
    assert tag.startswith('W/"')
    for given in (tag, tag[2:], f'"other", {tag}', "*"):
        again = client.get(path, headers={"If-None-Match": given})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["x-content-type-options"] == "nosniff"
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    other = client.get(path, headers={"Accept-Language": "xx"})
    assert other.headers["etag"] != tag
    assert client.get(path, headers={"Accept-Language": "xx", "If-None-Match": tag}).status_code == 200


def test_what_depends_on_the_clock_has_no_validator(client: TestClient) -> None:
    for path in ("/health/live", "/api/v1/compare?from=metro_STA&to=metro_C", "/api/v1/departures?stop=metro_A"):
        assert "etag" not in client.get(path, headers={"If-None-Match": "*"}).headers
    refused = client.get("/api/v1/places")
    assert refused.status_code == 422
    assert "etag" not in refused.headers


def test_another_snapshot_has_other_validators(folder: Path, tmp_path: Path, client: TestClient) -> None:
    from ingest.pipeline import ingest_feeds
    from ingest.snapshot import write_snapshot
    from tests.unit.api.small_city import bus_feed

    network = ingest_feeds({"bus": bus_feed("Elsewhere").write_zip(tmp_path / "bus.zip")}).network
    assert network is not None
    write_snapshot(network, tmp_path / "city")
    with TestClient(create_app(Settings(snapshot=tmp_path / "city", page=tmp_path))) as other:
        path = "/api/v1/providers"
        assert other.get(path).headers["etag"] != client.get(path).headers["etag"]


def test_long_answers_are_compressed_for_those_who_take_that(client: TestClient) -> None:
    path, params = "/api/v1/compare", {**TRIP}
    plain = client.get(path, params=params, headers={"Accept-Encoding": "identity"})
    packed = client.get(path, params=params, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["vary"]
    assert packed.json() == plain.json()
    assert "content-encoding" not in client.get("/health/live", headers={"Accept-Encoding": "gzip"}).headers


def test_a_request_is_one_line_of_the_log(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="timbang.access"):
        client.get("/api/v1/places%0a%1b[31m?q=secret-place", headers={"X-Request-ID": "id-1"})
    (record,) = caplog.records
    row = json.loads(JsonFormatter().format(record))
    assert (row["request_id"], row["method"], row["status"]) == ("id-1", "GET", 404)
    assert row["path"] == "/api/v1/places\n\x1b[31m"
    assert row["duration_ms"] >= 0
    # Where people want to go is nobody's business.
    assert "secret-place" not in str(row)


BOARD = {"stop": "metro_A", "at": f"{MONDAY}T07:31"}


def test_a_board_tells_what_leaves_with_headways(client: TestClient) -> None:
    found = client.get("/api/v1/departures", params={**BOARD, "radius_m": "300", "n": "3"}).json()
    jsonschema.validate(found, _schema(client, "Departures"))
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
    jsonschema.validate(found, _schema(client, "Trip"))
    assert [(call["stop"], call["departure"][11:16]) for call in found["calls"]] == [
        ("metro_A", "07:40"), ("metro_B", "07:45"), ("metro_C", "07:50"),
    ]  # fmt: skip
    assert [call["can_board"] for call in found["calls"]] == [True, True, False]
    assert client.get("/api/v1/trips/metro_T460").json() == found
    bus = client.get("/api/v1/trips/bus_T", params={"date": MONDAY, "start_s": str(7 * 3600 + 5)}).json()
    assert (bus["headway_s"], bus["calls"][0]["departure"][11:19]) == (600, "07:00:05")
    assert _error(client, "/api/v1/trips/metro_X", 404)["code"] == "unknown_trip"
    assert _error(client, "/api/v1/trips/bus_T", 404, date=MONDAY, start_s="1")["field"] == "trip_id"
    assert _error(client, "/api/v1/trips/bus_T", 422, start_s="1")["field"] == "start_s"
    assert _error(client, "/api/v1/departures", 404, stop="metro_X")["field"] == "stop"
    assert _error(client, "/api/v1/departures", 422, stop="metro_A", n="257")["limit"] == 256.0
    assert _error(client, "/api/v1/departures", 422, stop="metro_A", cursor="x")["field"] == "cursor"


def test_the_description_is_valid_and_knows_only_our_errors(client: TestClient) -> None:
    found = client.get("/openapi.json").json()
    assert found["openapi"].startswith("3.1")
    assert not re.search("HTTPValidationError|ValidationError", client.get("/openapi.json").text)
    for schema in found["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    for path, operations in found["paths"].items():
        for operation in operations.values():
            assert set(operation["responses"]) - {"304"} == {"200", "4XX", "5XX"}, path
            assert operation["description"], path


def test_every_field_of_a_comparison_is_typed(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    todo, seen = ["Comparison"], set()
    while todo:
        name = todo.pop()
        seen.add(name)
        schema = schemas[name]
        assert schema["type"] == "object"
        assert schema["additionalProperties"] is False, name
        for field, part in schema["properties"].items():
            assert {"type", "$ref", "anyOf", "oneOf", "enum", "const"} & part.keys(), f"{name}.{field} is untyped"
        todo += [found for found in re.findall(r"schemas/(\w+)", str(schema)) if found not in seen]
    assert {"RideLeg", "WalkLeg", "StopCall", "WeightRange", "InterchangeableLine"} <= seen


def test_many_at_once_get_the_same_answer(client: TestClient) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def ask(_: int) -> Any:
        return client.get("/api/v1/compare", params=TRIP).json()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(24)))
    assert all(found == answers[0] for found in answers)


def test_reasons_of_answers_are_those_of_the_schema() -> None:
    from typing import get_args

    from api.schemas.comparison import Reason

    named = set(re.findall(r"[a-z]+_[a-z_]+", Answer.__doc__ or ""))
    assert set(get_args(Reason)) == named - {"unknown_origin", "unknown_destination"}
