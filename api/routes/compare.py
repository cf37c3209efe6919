"""GET /api/v1/compare."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.comparing import CompareRequest, run_comparison
from api.deps import LANGUAGE, AcceptLanguage, Now, State
from api.in_language import asked_languages, comparison_in
from api.json_response import BY_LANGUAGE, plain_response
from api.operations.stopwatch import watched
from api.schemas.comparison import Comparison
from api.schemas.realtime import REALTIME_HEADER
from api.swift_route import SwiftRoute
from ingest.translated_names import network_in
from routing.cheapest import MAX_WITHIN_S
from routing.profile_search import MAX_WINDOW_S
from routing.query import MAX_TRANSFERS, MAX_WALK_S

router = APIRouter(prefix="/api/v1", tags=["compare"], route_class=SwiftRoute)

PLACE = "A stop id (FEED_STOPID) or lat,lon."


class Parameters(BaseModel):
    """What may be asked. A name that is not here is an error, so that a slip is not overlooked."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    from_: Annotated[str, Field(alias="from", description=PLACE)]
    to: Annotated[str, Field(description=PLACE)]
    at: Annotated[
        str | None, Field(description="Leave then or later: ISO 8601, without offset the city's time. Default: now.")
    ] = None
    arrive_by: Annotated[str | None, Field(description="Arrive then or earlier, in place of `at`.")] = None
    max_transfers: Annotated[int, Field(ge=0, le=MAX_TRANSFERS)] = 7
    max_walk_s: Annotated[int, Field(ge=0, le=MAX_WALK_S, description="Seconds that a single walk may take.")] = 1200
    walk_speed_m_per_s: Annotated[
        float | None, Field(ge=0.1, le=10, description="Default: the snapshot's, else 1.2.")
    ] = None
    transfer_slack_s: Annotated[int, Field(ge=0, le=3600, description="Seconds to spare at each change.")] = 0
    providers: Annotated[str | None, Field(description="Ids, separated by commas: only these compete.")] = None
    modes: Annotated[str | None, Field(description="GTFS route types, separated by commas: only these.")] = None
    wheelchair: Annotated[bool, Field(description="Only vehicles that take wheelchairs, and no stairs.")] = False
    headway_wait: Annotated[
        Literal["expected", "worst", "none"],
        Field(description="What a search counts as the wait for a service with headways only: half of one, one, or 0."),
    ] = "expected"
    weights: Annotated[str | None, Field(description="Changed weights of the ranking, such as `travel:1,walk:2`.")] = (
        None
    )
    rider: Annotated[
        str | None, Field(description="A category of riders that fares are for, such as a concession.")
    ] = None
    window_s: Annotated[
        int | None,
        Field(ge=1, le=MAX_WINDOW_S, description="Compare all departures (arrivals) of so many seconds, not of one."),
    ] = None
    cheapest_within_s: Annotated[
        int | None,
        Field(
            ge=0,
            le=MAX_WITHIN_S,
            description="Look also for cheaper journeys up to so many seconds later (arrive-by: leaving earlier).",
        ),
    ] = None
    lang: Annotated[str | None, Field(description=LANGUAGE)] = None
    use_realtime: Annotated[bool, Field(description="False: as the schedule has it.")] = True


@router.get("/compare", response_model=Comparison)
def compare(asked: Annotated[Parameters, Query()], state: State, now: Now, accepted: AcceptLanguage = None) -> Response:
    """What rival providers offer between two places, alone and together, ranked by one published rule."""
    languages = asked_languages(asked.lang, accepted)
    speed = asked.walk_speed_m_per_s
    request = CompareRequest(
        origin=asked.from_,
        destination=asked.to,
        at=asked.at,
        arrive_by=asked.arrive_by,
        max_transfers=asked.max_transfers,
        max_walk_s=asked.max_walk_s,
        walk_speed_m_per_s=state.extra.walk_speed_m_per_s if speed is None else speed,
        transfer_slack_s=asked.transfer_slack_s,
        providers=asked.providers,
        modes=asked.modes,
        wheelchair=asked.wheelchair,
        headway_wait=asked.headway_wait,
        weights=asked.weights,
        rider=asked.rider,
        use_realtime=asked.use_realtime,
        window_s=asked.window_s,
        cheapest_within_s=asked.cheapest_within_s,
    )
    found = run_comparison(state.router, request, now)
    use = state.realtime_use(found.network, now, use_realtime=asked.use_realtime)
    with watched().routing():  # when riders really arrive, and lines on a map, are worked out where they are read
        answer = comparison_in(found, network_in(found.network, languages)).to_dict()
    return plain_response(answer, {**BY_LANGUAGE, REALTIME_HEADER: use.header()})
