"""GET /api/v1/compare on a small city: what is answered, and that it is what Python gives."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jsonschema
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.support.small_service import NOW, TRIP, app_of, schema_of
from tests.unit.api.small_city import MONDAY


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
    jsonschema.validate(found, schema_of(client, "Comparison"))


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
    jsonschema.validate(response.json(), schema_of(client, "Comparison"))


def test_every_reason_why_there_is_no_option_fits_the_schema(client: TestClient) -> None:
    schema = schema_of(client, "Comparison")
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


def test_many_at_once_get_the_same_answer(folder: Path) -> None:
    def ask(_: int) -> tuple[int, Any]:
        response = patient.get("/api/v1/compare", params=TRIP)
        return response.status_code, response.json()

    # On a busy machine a turn may come later than the second that a service waits by default: 503 is no wrong answer.
    with TestClient(app_of(folder, queue_wait_s=60)) as patient, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(24)))
    assert {status for status, _ in answers} == {200}
    assert all(found == answers[0] for found in answers)
