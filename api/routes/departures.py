"""GET /api/v1/departures and /api/v1/trips/{trip_id}."""

from __future__ import annotations

from datetime import date as Date
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.departures import BoardRequest, departures, trip_view
from api.deps import LANGUAGE, AcceptLanguage, Now, State
from api.in_language import asked_languages
from api.json_response import full_response
from api.schemas.departures import Departures, Trip
from api.stop_groups import MOST_RADIUS_M
from api.swift_route import SwiftRoute
from ingest.translated_names import network_in
from routing.boards import MOST_EVENTS

router = APIRouter(prefix="/api/v1", tags=["departures"], route_class=SwiftRoute)


class Parameters(BaseModel):
    """What may be asked. A name that is not here is an error, so that a slip is not overlooked."""

    model_config = ConfigDict(extra="forbid")

    stop: Annotated[str, Field(description="A stop or station id (FEED_STOPID), or lat,lon.")]
    at: Annotated[
        str | None, Field(description="From then on: ISO 8601, without offset the city's time. Default: now.")
    ] = None
    arrivals: Annotated[bool, Field(description="Arrivals in place of departures.")] = False
    n: Annotated[int, Field(ge=1, le=MOST_EVENTS, description="At least so many events, if there are.")] = 20
    window_s: Annotated[
        int, Field(ge=0, le=86_400, description=f"All events of so many seconds, but no more than {MOST_EVENTS}.")
    ] = 0
    radius_m: Annotated[
        int | None,
        Field(
            ge=0,
            le=MOST_RADIUS_M,
            description="Also stops so near. Default: those that riders take for the same place; 300 for lat,lon.",
        ),
    ] = None
    modes: Annotated[str | None, Field(description="GTFS route types, separated by commas: only these.")] = None
    cursor: Annotated[
        str | None, Field(max_length=64, description="`earlier` or `later` of an answer: its neighbouring page.")
    ] = None
    lang: Annotated[str | None, Field(description=LANGUAGE)] = None
    use_realtime: Annotated[bool, Field(description="False: as the schedule has it.")] = True


@router.get("/departures", response_model=Departures)
def board(asked: Annotated[Parameters, Query()], state: State, now: Now, accepted: AcceptLanguage = None) -> Response:
    """What leaves a stop or arrives there, of all providers, with the headway of services without a timetable."""
    shown = state.shown(use_realtime=asked.use_realtime)
    spoken = network_in(shown.network, asked_languages(asked.lang, accepted))
    request = BoardRequest(**asked.model_dump(exclude={"lang", "use_realtime"}))
    return full_response(departures(state, request, shown, spoken, now))


@router.get("/trips/{trip_id:path}", response_model=Trip)
def trip(
    trip_id: Annotated[str, Path(description="A trip id (FEED_TRIPID).", max_length=500)],
    state: State,
    now: Now,
    date: Annotated[Date | None, Query(description="The service date. Default: the next on which it runs.")] = None,
    start_s: Annotated[
        int | None,
        Query(ge=0, le=1_000_000, description="Which vehicle of a trip by headway: when it starts in the service day."),
    ] = None,
    lang: Annotated[str | None, Query(description=LANGUAGE)] = None,
    use_realtime: Annotated[bool, Query(description="False: as the schedule has it.")] = True,
    accepted: AcceptLanguage = None,
) -> Response:
    """One vehicle: its calls, its line on the map, its headway if it has no timetable."""
    shown = state.shown(use_realtime=use_realtime)
    spoken = network_in(shown.network, asked_languages(lang, accepted))
    return full_response(trip_view(state, trip_id, date, start_s, spoken, now))
