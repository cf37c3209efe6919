"""The service of the small city as integration tests ask it: its folder, its application, errors and schemas."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.deps import get_now
from api.schemas.error import ErrorBody
from api.settings import Settings
from tests.unit.api.small_city import MONDAY, write_city

NOW = datetime(2026, 3, 2, 0, 31, tzinfo=UTC)
TRIP = {"from": "metro_STA", "to": "metro_C", "at": f"{MONDAY}T07:31:00+07:00"}


def write_service(folder: Path) -> Path:
    """The snapshot under `city`, and a page that was built into `page`."""
    write_city(folder)
    (folder / "page" / "assets").mkdir(parents=True)
    (folder / "page" / "index.html").write_text("<!doctype html><title>Page</title>")
    (folder / "page" / "assets" / "app-1.mjs").write_text("export {};")
    (folder / "page" / "secret.env").write_text("password")
    (folder / "outside.html").write_text("outside")
    (folder / "page" / "link.html").symlink_to(folder / "outside.html")
    return folder


def app_of(folder: Path, **settings: Any) -> FastAPI:
    """The application, at a time that stands still."""
    app = create_app(Settings(snapshot=folder / "city", **{"page": folder / "page", **settings}))
    app.dependency_overrides[get_now] = lambda: NOW
    return app


def error_of(client: TestClient, path: str, status: int, **params: str) -> dict[str, Any]:
    """The body of an error, which must have the one shape and tell nothing of our insides."""
    response = client.get(path, params=params)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert "Traceback" not in response.text
    assert ".py" not in response.text
    return ErrorBody.model_validate(response.json()).model_dump()


def schema_of(client: TestClient, name: str) -> dict[str, Any]:
    """A schema of the description, with all that it refers to."""
    components = client.get("/openapi.json").json()["components"]
    return {"$ref": f"#/components/schemas/{name}", "components": components}
