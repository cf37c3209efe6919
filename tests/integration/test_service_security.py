"""What strangers may try: addresses, bodies, names from hostile feeds, too much at once; and what code may never do."""

from __future__ import annotations

import json
import logging
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.logs import ACCESS, JsonFormatter
from api.schemas.error import ErrorBody
from api.settings import Settings
from api.stop_groups import MOST_RADIUS_M
from ingest.pipeline import ingest_feeds
from ingest.snapshot import write_snapshot
from tests.unit.api.small_city import HOSTILE, MONDAY, bus_feed, metro_feed, write_city

ROOT = Path(__file__).parents[2]
CODE = ("api", "routing", "ingest", "feeds")
CORPUS = ROOT / ".." / "shared" / "corpus" / "feeds"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("service")
    write_city(folder)
    (folder / "page" / "assets").mkdir(parents=True)
    (folder / "page" / "index.html").write_text("<!doctype html><title>Page</title>")
    (folder / "page" / "assets" / "a.mjs").write_text("export {};")
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    app = create_app(Settings(snapshot=folder / "city", page=folder / "page", reload_poll_s=0))
    with TestClient(app) as client:
        assert app.state.service.is_warm.wait(120)
        yield client


def _refused(client: TestClient, path: str, statuses: tuple[int, ...], **kwargs: Any) -> dict[str, Any]:
    response = client.request(kwargs.pop("method", "GET"), path, **kwargs)
    assert response.status_code in statuses, (path, response.status_code, response.text[:300])
    body = ErrorBody.model_validate(response.json()).model_dump()
    assert not re.search(r"Traceback|\.py\b|site-packages|/home/|/tmp/|uvicorn|starlette", response.text)
    return body


@pytest.mark.parametrize(
    "path",
    [
        "/%2e%2e/%2e%2e/etc/passwd",
        "/assets/%2e%2e/index.html",
        "/assets/..%2findex.html",
        "/..%5c..%5cboot.ini",
        "/%00",
        "/assets/a.mjs%00",
        "/assets/a.mjs%00.html",
        "/index.html%20",
        "/%c0%ae%c0%ae/etc/passwd",
        "//etc/passwd",
        "/assets/",
        "/assets",
        "/.git/config",
        "/tiles.json",
        "/api/v1/trips/..%2f..%2fetc%2fpasswd",
        "/api/v1/trips/%00",
        "/api/v1/trips/" + "x" * 501,
        "/api/v1/compare?from=%00&to=%0d%0aSet-Cookie:x=1",
        "/api/v1/compare?from=../../etc/passwd&to=metro_C",
        f"/api/v1/departures?stop={'x' * 5000}",
        "/api/v1/places?q=" + "x" * 201,
        "/api/v6/plan?fromPlace=%00&toPlace=metro_C",
        "/api/v6/stop?stopId=..%2f..%2f",
    ],
)
def test_addresses_lead_to_no_file_and_to_no_failure(client: TestClient, path: str) -> None:
    _refused(client, path, (404, 422))


def test_an_overlong_address_and_body_are_refused_with_their_limits(client: TestClient) -> None:
    assert _refused(client, "/api/v1/places?q=" + "x" * 9000, (414,))["limit"] == 8192
    many = {"one": "0;0", "many": ["0;0"] * 20_000, "max": 60}
    assert _refused(client, "/api/v1/one-to-many", (413,), method="POST", json=many)["limit"] == 65_536
    assert _refused(client, "/admin/reload", (413,), method="POST", content=b"x" * 70_000)["code"] == "body_too_large"


TRIP = {"from": "metro_STA", "to": "metro_C", "at": f"{MONDAY}T07:31:00+07:00"}
PLAN = {"fromPlace": "metro_STA", "toPlace": "metro_C", "time": TRIP["at"]}


@pytest.mark.parametrize(
    ("path", "base", "field", "value", "limit"),
    [
        ("/api/v1/compare", TRIP, "max_transfers", 16, 15),
        ("/api/v1/compare", TRIP, "max_walk_s", 3601, 3600),
        ("/api/v1/compare", TRIP, "walk_speed_m_per_s", 10.1, 10),
        ("/api/v1/compare", TRIP, "transfer_slack_s", 3601, 3600),
        ("/api/v1/compare", TRIP, "cheapest_within_s", 7201, 7200),
        ("/api/v1/compare", TRIP, "window_s", 86_401, 86_400),
        ("/api/v6/stoptimes", {"stopId": "metro_STA"}, "n", 257, 256),
        ("/api/v6/stoptimes", {"stopId": "metro_STA"}, "window", 86_401, 86_400),
        ("/api/v6/plan", PLAN, "searchWindow", 86_401, 86_400),
        ("/api/v6/plan", PLAN, "numItineraries", 51, 50),
        ("/api/v6/one-to-all", {"one": "metro_STA", "time": TRIP["at"]}, "maxTravelTime", 91, 90),
        ("/api/v1/departures", {"stop": "metro_STA"}, "window_s", 86_401, 86_400),
        ("/api/v1/departures", {"stop": "metro_STA"}, "radius_m", MOST_RADIUS_M + 1, MOST_RADIUS_M),
        ("/api/v1/places", {"q": "a"}, "limit", 51, 50),
        ("/api/v1/coverage", {"date": MONDAY}, "radius_m", 3001, 3000),
    ],
)
def test_what_would_cost_too_much_is_refused_by_name_and_limit(
    client: TestClient, path: str, base: dict[str, str], field: str, value: float, limit: float
) -> None:
    body = _refused(client, path, (422,), params={**base, field: value})
    assert body["field"] == field
    assert body["code"] == "out_of_range"
    assert body["limit"] == limit


def test_one_to_many_has_a_bound_too(client: TestClient) -> None:
    many = {"one": "0;0", "many": ["0;0"] * 129, "max": 60}
    assert _refused(client, "/api/v1/one-to-many", (422,), method="POST", json=many)["field"] == "many"


def test_every_answer_has_the_headers_that_keep_browsers_from_harm(client: TestClient) -> None:
    for path in ("/", "/assets/a.mjs", "/api/v1/providers", "/nothing", "/metrics", "/health/live", "/openapi.json"):
        headers = client.get(path, headers={"origin": "https://a.example"}).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
        assert "permissions-policy" in headers
        assert "server" not in headers
        assert "access-control-allow-credentials" not in headers
        assert ("access-control-allow-origin" in headers) == (path != "/metrics")


def test_other_origins_may_read_and_no_more(client: TestClient) -> None:
    for method, status in (("GET", 200), ("POST", 400), ("DELETE", 400)):
        flight = {"origin": "https://a.example", "access-control-request-method": method}
        assert client.options("/api/v1/compare", headers=flight).status_code == status


HOSTILE_NAMES = (
    HOSTILE,
    "\r\nSet-Cookie: a=b",
    "\x1b]0;owned\x07",
    "{{7*7}}${7*7}",
    "\u202egnp.exe",
    "'; DROP TABLE stops;--",
)


def test_hostile_names_reach_no_header_and_no_line_of_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    bus = bus_feed("Halte " + "".join(HOSTILE_NAMES))
    feeds = {"metro": metro_feed().write_zip(tmp_path / "m.zip"), "bus": bus.write_zip(tmp_path / "b.zip")}
    network = ingest_feeds(feeds).network
    assert network is not None
    write_snapshot(network, tmp_path / "city")
    with (
        caplog.at_level(logging.INFO),
        TestClient(create_app(Settings(snapshot=tmp_path / "city", reload_poll_s=0))) as client,
    ):
        for name in HOSTILE_NAMES:
            _ask_with(client, name)
            assert name not in client.get("/metrics").text
    lines = [JsonFormatter().format(record) for record in caplog.records]
    assert [record for record in caplog.records if record.name == ACCESS]
    for line in lines:
        assert line.isascii()
        assert line.isprintable()
        json.loads(line)


def _ask_with(client: TestClient, name: str) -> None:
    for path, params in (
        ("/api/v1/places", {"q": "halte"}),
        ("/api/v1/departures", {"stop": "bus_P", "at": f"{MONDAY}T08:00"}),
        ("/api/v1/compare", {"from": name, "to": "bus_Q"}),
        (f"/api/v1/trips/{quote(name)}", {}),
        ("/api/v6/geocode", {"text": name}),
    ):
        answer = client.get(path, params=params, headers={"x-request-id": name.encode("ascii", "replace").decode()})
        assert answer.status_code < 500
        assert answer.headers["content-type"].partition(";")[0].endswith("json")
        assert "set-cookie" not in answer.headers
        assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", answer.headers["x-request-id"])
        assert "".join(f"{key}{value}" for key, value in answer.headers.items()).isprintable()
        assert "\x1b" not in answer.text


@pytest.mark.real_feeds
def test_hostile_feeds_are_served_harmlessly(tmp_path: Path) -> None:
    feeds = sorted(CORPUS.glob("h*.zip")) + sorted(CORPUS.glob("r70*.zip"))
    if not feeds:
        pytest.skip("the corpus of broken feeds is not beside the checkout")
    chosen = [feed for feed in feeds if feed.name.partition("_")[0] in ("h02", "h22", "r70")]
    assert chosen
    for feed in chosen:
        network = ingest_feeds({"x": feed}).network
        if network is None:
            continue
        write_snapshot(network, tmp_path / feed.stem)
        with TestClient(create_app(Settings(snapshot=tmp_path / feed.stem, reload_poll_s=0))) as client:
            for path in ("/api/v1/providers", "/api/v1/feeds", "/api/v1/network.geojson", "/api/v1/status", "/metrics"):
                answer = client.get(path)
                assert answer.status_code == 200, (feed.name, path)
                assert not answer.headers["content-type"].startswith("text/html")
                assert "".join(f"{key}{value}" for key, value in answer.headers.items()).isprintable()


# --- the code itself


def test_nothing_that_was_kept_is_ever_run() -> None:
    forbidden = re.compile(
        r"\bpickle\.(load|loads|Unpickler)|allow_pickle=True|yaml\.load\(|\beval\(|\bexec\(|marshal\.loads|shelve\.open"
        r"|os\.system\(|shell=True|tempfile\.mktemp\(|verify=False"
    )
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in CODE
        for path in (ROOT / folder).rglob("*.py")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if forbidden.search(line)
    ]
    assert not found


def test_bandit_finds_nothing_severe() -> None:
    bandit = shutil.which("bandit", path=str(Path(sys.executable).parent))
    assert bandit, "bandit comes with the development packages"
    ran = subprocess.run(
        [bandit, "-q", "-r", "-lll", "-x", "api/web", *CODE],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout


def test_every_package_that_serves_is_pinned_by_hash_and_has_a_licence(tmp_path: Path) -> None:
    pinned = (ROOT / "requirements" / "serve.txt").read_text("utf-8").replace("\\\n", " ").splitlines()
    rows = [line for line in pinned if line and not line.startswith("#")]
    assert rows
    assert all("==" in row and "--hash=sha256:" in row for row in rows)
    tool = shutil.which("cyclonedx-py", path=str(Path(sys.executable).parent))
    assert tool, "cyclonedx-py comes with the development packages"
    out = tmp_path / "sbom.json"
    ran = subprocess.run(
        [tool, "environment", "--gather-license-texts", "-o", str(out), sys.executable],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    found = {part["name"].lower().replace("_", "-"): part for part in json.loads(out.read_text("utf-8"))["components"]}
    names = {row.partition("==")[0].lower().replace("_", "-") for row in rows}
    assert len(names & found.keys()) > len(names) * 0.8, "the rest is for other systems"
    assert not [name for name in sorted(names & found.keys()) if not found[name].get("licenses")]


def test_tokens_that_can_be_guessed_are_refused_and_the_real_one_is_never_shown(folder: Path) -> None:
    for token in ("short", "a" * 40, "with space in it and more of it", "ümlaut" * 8):
        with pytest.raises(ValueError, match="admin_token"):
            Settings(snapshot=folder / "city", admin_token=token)  # type: ignore[arg-type] # as the environment has it
    settings = Settings(snapshot=folder, admin_token="dGhpcyBpcyBub3QgYSBzZWNyZXQ")  # type: ignore[arg-type] # as above
    assert "dGhp" not in repr(settings) + str(settings.model_dump())


def test_the_service_s_description_holds_no_administration(client: TestClient) -> None:
    app = client.app
    assert isinstance(app, FastAPI)
    assert not [path for path in app.openapi()["paths"] if path.startswith(("/admin", "/metrics"))]
