"""/one-to-all and /one-to-many: how long it takes to everywhere, and on foot to some places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Literal

import numpy as np
from pydantic import BeforeValidator, Field

from api.motis.asked import Asked, Texts, instant_of, languages_of, place_of, point_of, split_list
from api.motis.itinerary_writer import START
from api.motis.place_writer import make_place_writer
from api.motis.plan_parameters import MOST_WALK_S, PLACE, JourneyOptions
from api.motis.queries import make_query, refuse_vehicles, walk_limit
from api.motis.told import Told
from api.motis.versions import ApiVersion
from api.query_text import is_stop
from api.schemas.motis.stops import WalkDuration
from api.state import ServiceState
from ingest.model import BOARDING_AREA, STOP, Int32s, Network
from routing import Query, Router
from routing.places import Reach, ResolvedPlace, UnknownPlaceError
from routing.query import Place
from routing.reconstruct import Ends

MOST_MINUTES = 90
MOST_MANY = 128


class OneToAllParameters(JourneyOptions):
    """What /one-to-all may be asked."""

    one: Annotated[str, Field(description=PLACE)]
    time: Annotated[str | None, Field(description="ISO 8601, without offset the city's time. Default: now.")] = None
    max_travel_time: Annotated[int, Field(ge=1, le=MOST_MINUTES, description="Minutes.")]
    arrive_by: Annotated[bool, Field(description="From everywhere to one.")] = False
    language: Annotated[Texts, Field(description="Of names, where a feed has them translated.")] = ()


class OneToManyParameters(Asked):
    """What /one-to-many may be asked."""

    one: Annotated[str, Field(description="latitude;longitude")]
    many: Annotated[
        list[str],
        BeforeValidator(split_list),
        Field(min_length=1, max_length=MOST_MANY, description="latitude;longitude of each"),
    ]
    mode: Annotated[Literal["WALK"], Field(description="Others are not offered.")] = "WALK"
    max: Annotated[float, Field(ge=0, le=MOST_WALK_S, description="Seconds.")]
    max_matching_distance: Annotated[float | None, Field(ge=0, description="Not read.")] = None
    arrive_by: Annotated[bool, Field(description="From many to one.")] = False
    with_distance: bool = False


def one_to_all(
    state: ServiceState, asked: OneToAllParameters, version: ApiVersion, now: datetime, accepted: str | None
) -> Told:  # fmt: skip
    """As schemas.motis.stops.Reachable has it. Raises UnknownPlaceError and QueryError."""
    refuse_vehicles(asked)
    network = state.network
    writer = make_place_writer(state, network, languages_of(asked.language, accepted), version)
    one = _known(network, place_of(asked.one, "one", network))
    time = instant_of(asked.time, "time", now, network)
    speed = state.extra.walk_speed_m_per_s
    query, rides = make_query(network, asked, version, (one, one), time, speed, arrive_by=asked.arrive_by)
    query = replace(query, max_walk_s=_first_walk_s(asked), modes=query.modes if rides else frozenset())
    found = [
        {"place": writer.stop(stop), "duration": -(-seconds // 60), "k": k}
        for stop, seconds, k in _reached(state.router, query, 60 * asked.max_travel_time)
    ]
    return {"one": writer.asked(one, START), "all": found}


def _known(network: Network, one: Place) -> Place:
    """Raises UnknownPlaceError for a stop that is not there."""
    if isinstance(one, str) and not is_stop(one, network):
        error = UnknownPlaceError(one)
        error.end = "one"
        raise error
    return one


def _first_walk_s(asked: OneToAllParameters) -> int:
    """What a walk may take: only the one at `one` is asked about."""
    modes, seconds, field = (
        (asked.post_transit_modes, asked.max_post_transit_time, "postTransitModes")
        if asked.arrive_by
        else (asked.pre_transit_modes, asked.max_pre_transit_time, "preTransitModes")
    )
    return min(max(walk_limit(modes, seconds, field), 0), MOST_WALK_S)


def _reached(router: Router, query: Query, limit_s: int) -> Iterator[tuple[int, int, int]]:
    """(stop, seconds, vehicles that it takes) for each stop within reach, nearest first."""
    best = router.reach(query)
    kinds = router.network.stops.location_type
    stops = np.flatnonzero((best <= limit_s) & np.isin(kinds, (STOP, BOARDING_AREA)))
    vehicles = _vehicles(router, query, best, stops.astype(np.int32))
    for row in np.lexsort((stops, best[stops])).tolist():
        yield int(stops[row]), int(best[stops[row]]), int(vehicles[row])


def _vehicles(router: Router, query: Query, best: Int32s, stops: Int32s) -> Int32s:
    """The fewest vehicles with which each of `stops` is reached as soon as with any number."""
    found = np.full(len(stops), query.max_transfers + 1, np.int32)
    open_ = np.ones(len(stops), bool)
    for vehicles in range(query.max_transfers + 1):
        fewer = (
            replace(query, modes=frozenset())
            if vehicles == 0
            else replace(query, max_transfers=vehicles - 1)
        )  # fmt: skip
        now = open_ & (router.reach(fewer)[stops] <= best[stops])
        found[now] = vehicles
        open_ &= ~now
        if not open_.any():
            break
    return found


def one_to_many(state: ServiceState, asked: OneToManyParameters) -> list[WalkDuration]:
    """Raises QueryError."""
    one = point_of(asked.one, "one")
    many = [point_of(text, "many") for text in asked.many]
    speed = state.extra.walk_speed_m_per_s
    return [
        _walk(state.router, (other, one) if asked.arrive_by else (one, other), asked, speed) for other in many
    ]  # fmt: skip


def _walk(
    router: Router,
    ends: tuple[tuple[float, float], tuple[float, float]],
    asked: OneToManyParameters,
    speed: float,
) -> WalkDuration:
    none = np.empty(0, np.int32)
    start, end = (ResolvedPlace(point, (), *point) for point in ends)
    query = Query(*ends, datetime.fromtimestamp(0, UTC), max_walk_s=int(asked.max), walk_speed_m_per_s=speed)
    found = router.walk(query, Ends(start, end, Reach(none, none, none), Reach(none, none, none)))
    if not found:
        return WalkDuration()
    (leg,) = found[0].walks
    return WalkDuration(duration=found[0].duration_s, distance=leg.distance_m if asked.with_distance else None)
