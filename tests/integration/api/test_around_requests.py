"""What is around every request: its id, its line of the log, other origins, validators, compression."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.logs import JsonFormatter
from api.settings import Settings
from tests.support.small_service import TRIP, app_of
from tests.unit.api.small_city import MONDAY


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
    with TestClient(app_of(folder, cors_origins=["https://a.example"])) as some:
        assert some.get("/health/live", headers=asked).headers["access-control-allow-origin"] == asked["Origin"]
        other = some.get("/health/live", headers={"Origin": "https://b.example"}).headers
        assert "access-control-allow-origin" not in other
    with TestClient(app_of(folder, cors_origins=[])) as nobody:
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
