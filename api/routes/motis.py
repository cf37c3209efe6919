"""The endpoints of MOTIS 2, v1 to v6."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query
from starlette.responses import Response

from api.deps import AcceptLanguage, Now, State
from api.json_response import model_response, models_response, plain_response
from api.motis.geocoding import GeocodeParameters, ReverseGeocodeParameters, geocode, reverse_geocode
from api.motis.map_view import (
    BoxParameters,
    MapStopsParameters,
    MapTripsParameters,
    initial,
    map_levels,
    map_stops,
    map_trips,
)
from api.motis.plan import plan
from api.motis.plan_parameters import PlanParameters
from api.motis.reachable import OneToAllParameters, OneToManyParameters, one_to_all, one_to_many
from api.motis.stop_times import StopParameters, StopTimesParameters, stop_info, stop_times
from api.motis.trips import RefreshParameters, TripParameters, refresh_itinerary, trip
from api.motis.versions import ApiVersion, versions_of
from api.operations.stopwatch import watched
from api.schemas.motis.itinerary import Itinerary
from api.schemas.motis.map import InitialView, MotisHealth, Rentals, TripSegment
from api.schemas.motis.place import MotisPlace
from api.schemas.motis.plan import PlanResponse
from api.schemas.motis.stops import Match, Reachable, StopInfo, StopTimes, WalkDuration
from api.software import SOFTWARE
from api.swift_route import SwiftRoute
from api.validators import snapshot_only

router = APIRouter(tags=["MOTIS 2"], route_class=SwiftRoute)

Endpoint = Callable[..., Response]
NO_RENTALS = Rentals(provider_groups=[], providers=[], stations=[], vehicles=[], zones=[])


def _add(path: str, answer: Any, make: Callable[[ApiVersion], Endpoint], *, fixed: bool = False) -> None:
    """Put an endpoint under each of its versions. fixed: the answer depends on the snapshot only."""
    for version, is_described in versions_of(path):
        endpoint = make(version)
        router.add_api_route(
            f"/api/v{version.number}/{path}",
            endpoint,
            response_model=answer,
            include_in_schema=is_described,
            dependencies=[Depends(snapshot_only)] if fixed else [],
            operation_id=f"v{version.number}_{path.replace('/', '_').replace('-', '_')}",
            summary=f"{path} (MOTIS v{version.number})",
        )


def _plan(version: ApiVersion) -> Endpoint:
    def endpoint(
        asked: Annotated[PlanParameters, Query()], state: State, now: Now, accepted: AcceptLanguage = None
    ) -> Response:  # fmt: skip
        """Journeys that none beats on departure, arrival and transfers, in a window of time, page by page."""
        with watched().telling():
            answer = plan(state, asked, version, now, accepted)
        return plain_response(answer)

    return endpoint


def _trip(version: ApiVersion) -> Endpoint:
    def endpoint(
        asked: Annotated[TripParameters, Query()], state: State, now: Now, accepted: AcceptLanguage = None
    ) -> Response:  # fmt: skip
        """A vehicle from its first stop to its last."""
        return plain_response(trip(state, asked, version, now, accepted))

    return endpoint


def _refresh_itinerary(version: ApiVersion) -> Endpoint:
    def endpoint(
        asked: Annotated[RefreshParameters, Query()], state: State, now: Now, accepted: AcceptLanguage = None
    ) -> Response:  # fmt: skip
        """An itinerary put together again from its id."""
        return plain_response(refresh_itinerary(state, asked, version, now, accepted))

    return endpoint


def _stop_times(version: ApiVersion) -> Endpoint:
    def endpoint(
        asked: Annotated[StopTimesParameters, Query()], state: State, now: Now, accepted: AcceptLanguage = None
    ) -> Response:  # fmt: skip
        """Departures or arrivals at a stop and what riders take for the same place, page by page."""
        return plain_response(stop_times(state, asked, version, now, accepted))

    return endpoint


def _stop(version: ApiVersion) -> Endpoint:
    def endpoint(
        asked: Annotated[StopParameters, Query()], state: State, accepted: AcceptLanguage = None
    ) -> Response:  # fmt: skip
        """A stop and the routes that serve it."""
        return plain_response(stop_info(state, asked, version, accepted))

    return endpoint


def _one_to_all(version: ApiVersion) -> Endpoint:
    def endpoint(
        asked: Annotated[OneToAllParameters, Query()], state: State, now: Now, accepted: AcceptLanguage = None
    ) -> Response:  # fmt: skip
        """Every stop that is reached in time, from one place or to it."""
        return plain_response(one_to_all(state, asked, version, now, accepted))

    return endpoint


def _one_to_many(version: ApiVersion) -> Endpoint:
    def endpoint(asked: Annotated[OneToManyParameters, Query()], state: State) -> Response:
        """Walks from one coordinate to many, or from many to one; in their order, empty where there is none."""
        return models_response(one_to_many(state, asked), {})

    return endpoint


def _geocode(version: ApiVersion) -> Endpoint:
    def endpoint(
        asked: Annotated[GeocodeParameters, Query()], state: State, accepted: AcceptLanguage = None
    ) -> Response:  # fmt: skip
        """Stations and stops by name, in any case, with or without accents, slips of the pen forgiven."""
        return models_response(geocode(state, asked, version, accepted))

    return endpoint


def _reverse_geocode(version: ApiVersion) -> Endpoint:
    def endpoint(
        asked: Annotated[ReverseGeocodeParameters, Query()], state: State, accepted: AcceptLanguage = None
    ) -> Response:  # fmt: skip
        """The stations and stops nearest to a coordinate."""
        return models_response(reverse_geocode(state, asked, version, accepted))

    return endpoint


def _initial(version: ApiVersion) -> Endpoint:
    def endpoint(state: State) -> Response:
        """Where a map opens, and what this server can do."""
        return model_response(initial(state, SOFTWARE), {})

    return endpoint


def _map_stops(version: ApiVersion) -> Endpoint:
    def endpoint(
        asked: Annotated[MapStopsParameters, Query()], state: State, accepted: AcceptLanguage = None
    ) -> Response:  # fmt: skip
        """Stops in a part of the map."""
        return plain_response(map_stops(state, asked, version, accepted))

    return endpoint


def _map_trips(version: ApiVersion) -> Endpoint:
    def endpoint(
        asked: Annotated[MapTripsParameters, Query()], state: State, now: Now, accepted: AcceptLanguage = None
    ) -> Response:  # fmt: skip
        """Vehicles under way in a part of the map."""
        return plain_response(map_trips(state, asked, version, now, accepted))

    return endpoint


def _map_levels(version: ApiVersion) -> Endpoint:
    def endpoint(asked: Annotated[BoxParameters, Query()], state: State) -> Response:
        """Floors of stops in a part of the map, highest first."""
        return plain_response(map_levels(state, asked), {})

    return endpoint


def _rentals(version: ApiVersion) -> Endpoint:
    def endpoint() -> Response:
        """Nothing is rented out: every list is empty."""
        return model_response(NO_RENTALS, {})

    return endpoint


def _health(version: ApiVersion) -> Endpoint:
    def endpoint() -> Response:
        """The server answers. /health/ready says whether it is warm."""
        return model_response(MotisHealth(), {})

    return endpoint


_add("plan", PlanResponse, _plan)
_add("trip", Itinerary, _trip)
_add("refresh-itinerary", Itinerary, _refresh_itinerary)
_add("stoptimes", StopTimes, _stop_times)
_add("stop", StopInfo, _stop, fixed=True)
_add("one-to-all", Reachable, _one_to_all)
_add("one-to-many", list[WalkDuration], _one_to_many, fixed=True)
_add("geocode", list[Match], _geocode, fixed=True)
_add("reverse-geocode", list[Match], _reverse_geocode, fixed=True)
_add("map/initial", InitialView, _initial, fixed=True)
_add("map/stops", list[MotisPlace], _map_stops, fixed=True)
_add("map/trips", list[TripSegment], _map_trips)
_add("map/levels", list[float], _map_levels, fixed=True)
_add("map/rentals", Rentals, _rentals)
_add("rentals", Rentals, _rentals)
_add("health", MotisHealth, _health)


@router.post("/api/v1/one-to-many", response_model=list[WalkDuration], operation_id="v1_one_to_many_post")
def one_to_many_post(asked: Annotated[OneToManyParameters, Body()], state: State) -> Response:
    """The same as by GET, for lists that are too long for an address."""
    return models_response(one_to_many(state, asked), {})


@router.get("/tiles/{path:path}", status_code=204, include_in_schema=False)
def no_tiles(path: str) -> Response:
    """The MOTIS web interface asks for tiles of a street map, and draws none where there is nothing."""
    return Response(status_code=204)
