"""Routes read the short way take what the framework takes, and refuse what it refuses, in the same words."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

import pytest
from fastapi import APIRouter, FastAPI, Query
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel
from starlette.responses import Response

from api.deps import AcceptLanguage
from api.errors import add_error_handlers
from api.motis.map_view import MapTripsParameters
from api.motis.plan_parameters import PlanParameters
from api.motis.stop_times import StopTimesParameters
from api.routes import compare, departures, motis
from api.swift_route import SwiftRoute, is_swift
from tests.support.examples import thorough

MODELS = (compare.Parameters, departures.Parameters, PlanParameters, StopTimesParameters, MapTripsParameters)
VALUES = st.sampled_from(
    ["", "1", "-1", "x", "1,2", "true", "0", "12,", "nan", "REALTIME", "2026-11-25T07:30:00+07:00", "é%", "1e9", " 3"]
)


def _router(kind: type[APIRoute], prefix: str, model: type[BaseModel]) -> APIRouter:
    router = APIRouter(prefix=prefix, route_class=kind)

    def endpoint(asked: Annotated[model, Query()], accepted: AcceptLanguage = None) -> Response:  # type: ignore[valid-type] # given
        told: Any = asked
        return Response(f"{told.model_dump_json()} {sorted(told.model_fields_set)} {accepted}")

    # Annotations are texts in this module; here they name a variable.
    endpoint.__annotations__ = {"asked": Annotated[model, Query()], "accepted": AcceptLanguage, "return": Response}
    router.add_api_route("/asked", endpoint, response_model=None)
    return router


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = FastAPI()
    for number, model in enumerate(MODELS):
        app.include_router(_router(APIRoute, f"/usual{number}", model))
        app.include_router(_router(SwiftRoute, f"/swift{number}", model))
    add_error_handlers(app)
    return TestClient(app)


@st.composite
def asked(draw: st.DrawFn) -> tuple[int, str]:
    """A model, and a query with names that it has, by their aliases or not, and others."""
    number = draw(st.integers(0, len(MODELS) - 1))
    fields = MODELS[number].model_fields
    required = [field.alias or name for name, field in fields.items() if field.is_required()]
    names = sorted({*fields, *(field.alias or name for name, field in fields.items()), "other"})
    pairs = [(name, draw(VALUES)) for name in required if draw(st.integers(0, 9))]
    pairs += draw(st.lists(st.tuples(st.sampled_from(names), VALUES), max_size=4))
    return number, urlencode(pairs)


@thorough(150)
@given(asked(), st.none() | st.sampled_from(["en", "", "x" * 1000, "x" * 1001]))
@example((2, "fromPlace=a&toPlace=b&transitModes=BUS&transitModes=RAIL,TRAM&other=1"), None)
@example((2, "fromPlace=a&to_place=b"), None)
@example((0, "from=a&to=b&from=c"), None)
@example((0, "from=a&to=b&slip=1"), None)
def test_it_is_read_as_the_framework_reads_it(client: TestClient, asked: tuple[int, str], language: str | None) -> None:
    number, query = asked
    headers = {} if language is None else {"Accept-Language": language}
    usual = client.get(f"/usual{number}/asked?{query}", headers=headers)
    swift = client.get(f"/swift{number}/asked?{query}", headers=headers)
    assert (swift.status_code, swift.content) == (usual.status_code, usual.content)


def test_what_is_asked_most_is_read_so() -> None:
    routes = {
        route.path: is_swift(route)
        for module in (compare, departures, motis)
        for route in module.router.routes
        if isinstance(route, APIRoute)
    }
    swift = {path.removeprefix("/api/v6/").removeprefix("/api/v1/") for path, found in routes.items() if found}
    assert swift >= {"compare", "departures", "plan", "stoptimes", "trip", "geocode", "map/stops", "map/trips"}
    assert not routes["/api/v1/trips/{trip_id:path}"]
