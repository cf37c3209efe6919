"""The service in operation: swaps, admission, deadlines, clients that leave, administration, figures, status."""

from __future__ import annotations

import asyncio
import re
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx2 as httpx
import jsonschema
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.app import create_app
from api.deps import get_now
from api.operations.short_turns import TURN_S
from api.schemas.error import ErrorBody
from api.settings import Settings
from ingest.last_ingest import IngestOutcome, LastIngest, tell_ingest
from ingest.model import Network
from ingest.snapshot import version_folder, write_snapshot
from routing import QueryError, Router
from routing.cancel import check_cancelled
from tests.unit.api.small_city import MONDAY, two_networks

TOKEN = "dGhpcyBpcyBub3QgYSBzZWNyZXQ"
TRIP = {"from": "metro_STA", "to": "metro_C", "at": f"{MONDAY}T07:31:00+07:00"}
NOW = datetime(2026, 3, 2, 0, 31, tzinfo=UTC)
ADMIN = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Network, Network]:
    return two_networks(tmp_path_factory.mktemp("feeds"))


@pytest.fixture(autouse=True)
def _no_waiting_for_disks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda handle: None)


@pytest.fixture
def out(networks: tuple[Network, Network], tmp_path: Path) -> Path:
    write_snapshot(networks[0], tmp_path / "city")
    return tmp_path / "city"


def _app(out: Path, **settings: Any) -> FastAPI:
    settings = {"reload_poll_s": 0, "admin_token": SecretStr(TOKEN), **settings}
    app = create_app(Settings(snapshot=out, **settings))
    app.dependency_overrides[get_now] = lambda: NOW
    return app


@pytest.fixture
def client(out: Path) -> Iterator[TestClient]:
    with TestClient(_app(out)) as client:
        assert client.app.state.service.is_warm.wait(120)  # type: ignore[attr-defined] # an application of ours
        yield client


def _error(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    body = ErrorBody.model_validate(response.json()).model_dump()
    assert body["code"] == code
    return body


def _figure(client: TestClient, name: str, **labels: str) -> float:
    for line in client.get("/metrics").text.splitlines():
        match = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
        if match and match[1] == name and dict(re.findall(r'(\w+)="(.*?)"', match[2] or "")) == labels:
            return float(match[3])
    raise AssertionError(f"{name} {labels} is not told")


# --- swaps


def test_every_answer_names_its_snapshot_and_the_admin_swaps_it(
    client: TestClient, networks: tuple[Network, Network], out: Path
) -> None:
    before = client.get("/api/v1/compare", params=TRIP)
    assert before.headers["x-snapshot"] == before.json()["snapshot"]["id"] == networks[0].snapshot_id
    assert client.post("/admin/reload", headers=ADMIN).json()["outcome"] == "unchanged"
    write_snapshot(networks[1], out)
    told = client.post("/admin/reload", headers=ADMIN).json()
    assert told["outcome"] == "loaded"
    assert told["snapshot"] == networks[1].snapshot_id
    after = client.get("/api/v1/compare", params=TRIP)
    assert after.headers["x-snapshot"] == after.json()["snapshot"]["id"] == networks[1].snapshot_id
    assert [row["id"] for row in after.json()["providers"]] == ["metro"]
    assert client.get("/api/v1/providers").headers["etag"] != before.headers.get("etag")
    assert client.get("/health/ready").json()["snapshot"] == networks[1].snapshot_id
    assert _figure(client, "timbang_snapshot_processes", snapshot=networks[0].snapshot_id) == 0
    assert _figure(client, "timbang_snapshot_processes", snapshot=networks[1].snapshot_id) == 1
    assert _figure(client, "timbang_feed_end_timestamp_seconds", feed="bus") == 0
    assert (
        _figure(client, "timbang_feed_end_timestamp_seconds", feed="metro")
        == datetime(2027, 1, 1, tzinfo=UTC).timestamp()
    )
    assert _figure(client, "timbang_reloads_total", outcome="loaded") == 2


def test_a_broken_snapshot_shows_in_status_and_figures_and_the_old_one_answers(
    client: TestClient, networks: tuple[Network, Network], out: Path
) -> None:
    write_snapshot(networks[1], out)
    (version_folder(out) / "stops.lat.npy").unlink()
    told = client.post("/admin/reload", headers=ADMIN).json()
    assert told["outcome"] == "failed"
    assert told["snapshot"] == networks[0].snapshot_id
    assert client.get("/api/v1/compare", params=TRIP).json()["snapshot"]["id"] == networks[0].snapshot_id
    assert client.get("/health/ready").status_code == 200
    status = client.get("/api/v1/status")
    assert status.json()["last_reload"]["outcome"] == "failed"
    assert str(out) not in status.text
    assert _figure(client, "timbang_reload_failed") == 1


def test_an_ingest_that_failed_shows_in_status_and_figures(client: TestClient, out: Path) -> None:
    last = LastIngest(IngestOutcome.FAILED, "ENOSPC", NOW)
    assert tell_ingest(out, last)
    assert client.get("/api/v1/status").json()["parts"]["ingest"] == last.to_dict()
    metrics = cast("FastAPI", client.app).state.metrics
    metrics.ingested(last)
    metrics.ingested(None)
    assert _figure(client, "timbang_last_ingest_timestamp_seconds", outcome="failed") == NOW.timestamp()
    assert client.get("/health/ready").status_code == 200


def test_a_request_keeps_its_snapshot_while_another_is_published(
    client: TestClient, networks: tuple[Network, Network], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, swapped = threading.Event(), threading.Event()
    compare = Router.compare

    def slow(self: Router, *args: Any, **kwargs: Any) -> Any:
        begun.set()
        assert swapped.wait(60)
        return compare(self, *args, **kwargs)

    monkeypatch.setattr("api.operations.timed_router.TimedRouter.compare", slow)
    answers: list[httpx.Response] = []
    asking = threading.Thread(target=lambda: answers.append(client.get("/api/v1/compare", params=TRIP)))
    asking.start()
    assert begun.wait(60)
    write_snapshot(networks[1], out)
    assert client.post("/admin/reload", headers=ADMIN).json()["outcome"] == "loaded"
    swapped.set()
    asking.join(60)
    assert answers[0].headers["x-snapshot"] == answers[0].json()["snapshot"]["id"] == networks[0].snapshot_id
    assert {row["id"] for row in answers[0].json()["providers"]} == {"metro", "bus"}


def test_swaps_under_load_are_never_seen_half_done(networks: tuple[Network, Network], out: Path) -> None:
    app = _app(out, max_queue=100, queue_wait_s=30, reload_poll_s=0.02)
    expected: dict[str, Any] = {}
    for network in networks:
        found = Router(network)
        expected[network.snapshot_id] = [provider.id for provider in found.network.providers]

    async def run() -> tuple[set[str], int]:
        seen: set[str] = set()
        n_answers = 0
        is_over = asyncio.Event()
        transport = httpx.ASGITransport(app=app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://t") as http,
        ):
            assert await asyncio.to_thread(app.state.service.is_warm.wait, 120)

            async def ask() -> None:
                nonlocal n_answers
                while not is_over.is_set():
                    answer = await http.get("/api/v1/compare", params=TRIP)
                    assert answer.status_code == 200, answer.text
                    snapshot = answer.json()["snapshot"]["id"]
                    assert answer.headers["x-snapshot"] == snapshot
                    assert sorted(row["id"] for row in answer.json()["providers"]) == sorted(expected[snapshot])
                    seen.add(snapshot)
                    n_answers += 1

            clients = [asyncio.create_task(ask()) for _ in range(4)]
            for number in range(4):
                await asyncio.to_thread(write_snapshot, networks[(number + 1) % 2], out)
                wanted = networks[(number + 1) % 2].snapshot_id
                async with asyncio.timeout(30):
                    while app.state.service.network.snapshot_id != wanted:
                        await asyncio.sleep(0.01)
            is_over.set()
            await asyncio.gather(*clients)
        return seen, n_answers

    seen, n_answers = asyncio.run(run())
    assert seen == expected.keys()
    assert n_answers > 10


# --- load


class _Gate:
    """Holds every comparison until it is opened, asking now and then whether it is still wanted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.open = threading.Event()
        self.inside = 0
        self.given_up = 0
        monkeypatch.setattr("api.operations.timed_router.TimedRouter.compare", self._compare)

    def _compare(self, *args: Any, **kwargs: Any) -> Any:
        self.inside += 1
        try:
            while not self.open.wait(0.005):
                check_cancelled()
        except BaseException:
            self.given_up += 1
            raise
        finally:
            self.inside -= 1
        raise ZeroDivisionError("opened")


async def _until(condition: Any) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.005)


def _driven(app: FastAPI, run: Any) -> None:
    async def whole() -> None:
        transport = httpx.ASGITransport(app=app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://t") as http,
        ):
            assert await asyncio.to_thread(app.state.service.is_warm.wait, 120)
            await run(http)

    asyncio.run(whole())


def test_the_excess_is_refused_at_once_or_after_the_wait_and_life_goes_on(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = _Gate(monkeypatch)
    app = _app(out, max_computations=2, max_queue=3, queue_wait_s=0.3, deadline_s=60)

    async def run(http: httpx.AsyncClient) -> None:
        asked = [asyncio.create_task(http.get("/api/v1/compare", params=TRIP)) for _ in range(9)]
        await _until(lambda: sum(task.done() for task in asked) == 4)
        begin = time.perf_counter()
        for path in ("/health/live", "/health/ready", "/metrics", "/api/v1/status"):
            assert (await http.get(path)).status_code == 200
        assert time.perf_counter() - begin < 1
        await _until(lambda: gate.inside == 2)
        for full in [task.result() for task in asked if task.done()]:
            _error(full, 503, "overloaded")
            assert int(full.headers["retry-after"]) > 0
        await _until(lambda: sum(task.done() for task in asked) == 7)
        assert gate.inside == 2
        gate.open.set()
        answers = [(await task).status_code for task in asked]
        assert sorted(answers) == [500, 500] + [503] * 7
        told = (await http.get("/metrics")).text
        assert 'timbang_shed_total{why="queue_full"} 4.0' in told
        assert 'timbang_shed_total{why="waited_too_long"} 3.0' in told
        assert "timbang_computations 0.0" in told
        assert "timbang_queue 0.0" in told

    _driven(app, run)


def test_a_computation_is_given_up_at_its_deadline(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = _Gate(monkeypatch)

    async def run(http: httpx.AsyncClient) -> None:
        answer = await http.get("/api/v1/compare", params=TRIP)
        _error(answer, 503, "deadline_exceeded")
        assert answer.headers["retry-after"] == "10"
        assert gate.given_up == 1
        assert 'timbang_shed_total{why="deadline"} 1.0' in (await http.get("/metrics")).text

    _driven(_app(out, deadline_s=0.2), run)


def test_a_client_that_leaves_ends_its_computation_and_its_wait(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = _Gate(monkeypatch)
    app = _app(out, max_computations=1, deadline_s=60, queue_wait_s=30)
    query = "&".join(f"{name}={value}" for name, value in TRIP.items()).replace("+", "%2B")
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": "/api/v1/compare",
        "raw_path": b"/api/v1/compare", "query_string": query.encode(), "headers": [], "client": ("192.0.2.1", 1),
        "server": ("t", 80), "root_path": "",
    }  # fmt: skip

    async def run(http: httpx.AsyncClient) -> None:
        def ask() -> tuple[asyncio.Task[None], asyncio.Event, list[Any]]:
            left, sent, has_asked = asyncio.Event(), [], False

            async def receive() -> dict[str, Any]:
                nonlocal has_asked
                if has_asked:
                    await left.wait()
                    return {"type": "http.disconnect"}
                has_asked = True
                return {"type": "http.request", "body": b"", "more_body": False}

            async def send(message: Any) -> None:
                sent.append(message)

            return asyncio.create_task(app(dict(scope), receive, send)), left, sent

        (first, first_left, _), (second, second_left, second_sent) = ask(), ask()
        await _until(lambda: gate.inside == 1)
        second_left.set()
        await asyncio.wait_for(second, 10)
        assert second_sent == []
        first_left.set()
        await asyncio.wait_for(first, 10)
        assert gate.given_up == 1
        assert gate.inside == 0
        assert 'timbang_shed_total{why="left"} 2.0' in (await http.get("/metrics")).text

    _driven(app, run)


def test_who_asks_too_often_is_told_when_to_come_back_whatever_address_he_claims(out: Path) -> None:
    with TestClient(_app(out, rate_limit_per_minute=2)) as client:
        asked = [
            client.get("/api/v1/places", params={"q": "a"}, headers={"x-forwarded-for": f"192.0.2.{n}"})
            for n in range(4)
        ]
        assert [answer.status_code for answer in asked] == [200, 200, 429, 429]
        _error(asked[2], 429, "rate_limited")
        assert 0 < int(asked[2].headers["retry-after"]) <= 30
        assert client.get("/health/live").status_code == 200
        assert client.get("/").status_code == 200


# --- administration


def _admin_routes(app: FastAPI) -> list[tuple[str, str]]:
    return [
        (method, route.path.replace("{path:path}", "x"))
        for route in _all_routes(app)
        if route.path.startswith("/admin")
        for method in sorted(route.methods)
    ]


def _all_routes(app: FastAPI) -> Iterator[APIRoute]:
    found: list[Any] = list(app.routes)
    while found:
        route = found.pop(0)
        if isinstance(route, APIRoute):
            yield route
        found += getattr(getattr(route, "original_router", None), "routes", [])


def test_every_admin_route_wants_the_token_and_none_answers_to_get_or_other_origins(client: TestClient) -> None:
    app = client.app
    assert isinstance(app, FastAPI)
    routes = _admin_routes(app)
    assert ("POST", "/admin/reload") in routes
    for method, path in routes:
        assert _error(client.request(method, path), 401, "unauthorized")
        assert client.request(method, path).headers["www-authenticate"] == "Bearer"
        for wrong in ("Basic eDp5", "Bearer", "Bearer ", TOKEN, f"Bearer {TOKEN}x\u00e9".encode()):
            assert client.request(method, path, headers={"authorization": wrong}).status_code in (401, 403), wrong
        _error(client.request(method, path, headers={"authorization": f"Bearer {TOKEN[:-1]}"}), 403, "forbidden")
        for headers in ({}, ADMIN):
            got = client.get(path, headers={**headers, "origin": "https://a.example"})
            assert got.status_code == (405 if headers else 401)
            assert not [name for name in got.headers if name.startswith("access-control")]
        flight = {"origin": "https://a.example", "access-control-request-method": "POST"}
        assert client.options(path, headers=flight).status_code == 405
        assert not [name for name in client.options(path, headers=flight).headers if name.startswith("access-control")]


def test_without_a_token_there_is_no_administration(out: Path) -> None:
    app = _app(out, admin_token=None)
    with TestClient(app) as client:
        for method, path in _admin_routes(app):
            for headers in ({}, ADMIN, {"authorization": "Bearer "}, {"authorization": "Bearer None"}):
                _error(client.request(method, path, headers=headers), 404, "not_found")


# --- figures and status


def test_figures_go_by_templates_of_routes_and_never_by_paths(client: TestClient) -> None:
    for path in ("/api/v1/trips/metro_T360", "/api/v1/trips/nowhere_1", "/nothing/at/all", "/%3Cscript%3E", "/"):
        client.get(path)
    text = client.get("/metrics").text
    routes = set(re.findall(r'timbang_requests_total\{.*?route="(.*?)"', text))
    assert {"/api/v1/trips/{trip_id}", "none", "page"} <= {route.replace(":path", "") for route in routes}
    assert not any("T360" in route or "script" in route or "nothing" in route for route in routes)
    assert _figure(client, "timbang_requests_total", method="GET", route="none", status="404") == 2
    assert "timbang_request_seconds_bucket" in text
    assert "process_resident_memory_bytes" in text
    client.request("BREW", "/")
    assert 'method="other"' in client.get("/metrics").text


def test_the_router_s_part_of_a_request_is_told(client: TestClient) -> None:
    answer = client.get("/api/v1/compare", params=TRIP)
    parts = {name: float(ms) for name, ms in re.findall(r"(\w+);dur=([\d.]+)", answer.headers["server-timing"])}
    assert parts.keys() == {"queue", "router", "telling", "total"}
    assert 0 < parts["router"] < parts["total"]
    plan = client.get("/api/v6/plan", params={"fromPlace": "metro_STA", "toPlace": "metro_C", "time": TRIP["at"]})
    parts = {name: float(ms) for name, ms in re.findall(r"(\w+);dur=([\d.]+)", plan.headers["server-timing"])}
    assert 0 < parts["router"] + parts["telling"] < parts["total"]
    assert _figure(client, "timbang_router_seconds_count", route="/api/v1/compare") == 1


def test_status_tells_which_feeds_are_over_and_answers_all_the_same(out: Path) -> None:
    app = _app(out)
    app.state.status_parts["other"] = lambda: {"seen": 0}
    with TestClient(app) as client:
        schema = client.get("/openapi.json").json()["components"]
        for now, told in [
            (NOW, "ok"),
            (datetime(2025, 12, 1, 10, tzinfo=UTC), "not_yet"),
            (datetime(2026, 12, 31, 17, 30, tzinfo=UTC), "stale"),
        ]:
            app.dependency_overrides[get_now] = lambda now=now: now
            status = client.get("/api/v1/status")
            assert status.status_code == 200
            jsonschema.validate(status.json(), {"$ref": "#/components/schemas/Status", "components": schema})
            assert {row["id"]: row["status"] for row in status.json()["feeds"]} == {"metro": told, "bus": told}
            assert {row["id"]: row["status"] for row in status.json()["providers"]} == {"metro": told, "bus": told}
            assert status.json()["parts"] == {"realtime": [], "ingest": None, "other": {"seen": 0}}
            compared = client.get("/api/v1/compare", params={"from": "metro_STA", "to": "metro_C"})
            assert compared.status_code == 200
            assert {row["status"] for row in compared.json()["providers"]} == {
                "ok": {"served"}, "not_yet": {"cannot"}, "stale": {"stale"},
            }[told]  # fmt: skip


def test_a_service_that_is_told_to_stop_is_not_ready_and_still_answers(client: TestClient) -> None:
    app = client.app
    assert isinstance(app, FastAPI)
    assert client.get("/health/ready").status_code == 200
    app.state.drain.has_begun = True
    assert "about to stop" in _error(client.get("/health/ready"), 503, "not_ready")["error"]
    assert client.get("/health/live").status_code == 200
    assert client.get("/api/v1/compare", params=TRIP).status_code == 200


def test_threads_hand_on_the_interpreter_sooner_while_a_service_runs(out: Path) -> None:
    before = sys.getswitchinterval()
    with TestClient(_app(out)):
        assert sys.getswitchinterval() == pytest.approx(TURN_S)
    assert sys.getswitchinterval() == before


def test_as_many_compute_at_once_as_the_settings_say(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than the event loop's own pool has threads."""
    n = 40
    together = threading.Barrier(n)

    def meet(self: Router, *args: Any, **kwargs: Any) -> Any:
        together.wait(60)
        raise QueryError("we have met", "from")

    monkeypatch.setattr("api.operations.timed_router.TimedRouter.compare", meet)
    with TestClient(_app(out, max_computations=n)) as client, ThreadPoolExecutor(n) as clients:
        assert client.app.state.service.is_warm.wait(120)  # type: ignore[attr-defined] # an application of ours
        answers = list(clients.map(lambda _: client.get("/api/v1/compare", params=TRIP).status_code, range(n)))
    assert answers == [422] * n
