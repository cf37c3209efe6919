"""From the start of the service until it is ready."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from ingest.snapshot import SnapshotError
from tests.support.small_service import TRIP, app_of, error_of


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


def test_before_the_start_nothing_is_answered_but_life(folder: Path) -> None:
    client = TestClient(app_of(folder))  # not entered: the start is not run
    assert client.get("/health/live").status_code == 200
    assert error_of(client, "/health/ready", 503)["code"] == "not_ready"
    assert error_of(client, "/api/v1/compare", 503, **TRIP)["code"] == "not_ready"


def test_the_service_does_not_start_without_a_snapshot(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="holds no snapshot"), TestClient(create_app(Settings(snapshot=tmp_path))):
        pass
