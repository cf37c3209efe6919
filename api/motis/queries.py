"""From parameters of MOTIS to a query of the router, and the stops within the walks that they allow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from api.motis.modes import route_types_of, walks
from api.motis.plan_parameters import MOST_WALK_S, JourneyOptions
from api.motis.versions import ApiVersion
from ingest.model import Network
from routing import Query, QueryError, Router
from routing.places import Reach, UnknownPlaceError
from routing.query import MAX_TRANSFERS, Place
from routing.reconstruct import Ends

SLOWEST_M_PER_S = 0.1
PARAMETERS = {"origin": "fromPlace", "destination": "toPlace"}


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched: the query, its ends, and whether anything may be ridden."""

    query: Query
    ends: Ends
    rides: bool


def make_search(
    router: Router,
    options: JourneyOptions,
    version: ApiVersion,
    places: tuple[Place, Place],
    time: datetime,
    speed: float,
    *,
    arrive_by: bool,
) -> Search:
    """Raises QueryError and UnknownPlaceError. `speed` is that of riders who say nothing of theirs."""
    refuse_vehicles(options)
    query, rides = make_query(router.network, options, version, places, time, speed, arrive_by=arrive_by)
    try:
        ends = router.ends(query)
    except UnknownPlaceError as error:
        error.end = PARAMETERS[error.end]
        raise
    access = walk_limit(options.pre_transit_modes, options.max_pre_transit_time, "preTransitModes")
    egress = walk_limit(options.post_transit_modes, options.max_post_transit_time, "postTransitModes")
    ends = replace(ends, access=_within(ends.access, access), egress=_within(ends.egress, egress))
    return Search(_at_changes(query, options), ends, rides)


def make_query(
    network: Network,
    options: JourneyOptions,
    version: ApiVersion,
    places: tuple[Place, Place],
    time: datetime,
    speed: float,
    *,
    arrive_by: bool,
) -> tuple[Query, bool]:
    """The query, and whether anything may be ridden."""
    transfers = MAX_TRANSFERS if options.max_transfers is None else options.max_transfers
    transfers = transfers - 1 if version.counts_rides and options.max_transfers is not None else transfers
    modes = route_types_of(
        ["TRANSIT"] if options.transit_modes is None else options.transit_modes,
        "transitModes",
        set(network.routes.type.tolist()),
    )
    query = Query(
        *places,
        time,
        arrive_by=arrive_by,
        max_transfers=max(0, min(transfers, MAX_TRANSFERS)),
        max_walk_s=min(max(options.max_pre_transit_time, options.max_post_transit_time), MOST_WALK_S),
        walk_speed_m_per_s=speed if options.pedestrian_speed is None else options.pedestrian_speed,
        transfer_slack_s=60 * max(options.additional_transfer_time, options.min_transfer_time),
        modes=modes,
        wheelchair=options.pedestrian_profile == "WHEELCHAIR",
    )
    return query, transfers >= 0 and modes != frozenset()


def walk_limit(modes: tuple[str, ...] | None, seconds: int, field: str) -> int:
    """Seconds that a walk to or from vehicles may take: -1 where walking is not among the modes."""
    return seconds if modes is None or walks(modes, field) else -1


def refuse_vehicles(options: JourneyOptions) -> None:
    """No feed is known to say which vehicles take bicycles or cars. Raises QueryError."""
    for name, is_asked in (
        ("requireBikeTransport", options.require_bike_transport),
        ("requireCarTransport", options.require_car_transport),
    ):
        if is_asked:
            raise QueryError(f"{name} is not offered: this server does not know which vehicles carry them", name)


def _within(reach: Reach, seconds: int) -> Reach:
    """The stops that are the place itself, and those at the end of a walk that is short enough."""
    near = (reach.seconds <= seconds) | (reach.metres == 0) & (reach.seconds == 0)
    return reach if near.all() else Reach(*(np.ascontiguousarray(column[near]) for column in (
        reach.stops, reach.seconds, reach.metres
    )))  # fmt: skip


def _at_changes(query: Query, options: JourneyOptions) -> Query:
    """The query as it is searched once first and last walks are known: changes on foot may be slower."""
    if options.transfer_time_factor == 1:
        return query
    speed = max(query.walk_speed_m_per_s / options.transfer_time_factor, SLOWEST_M_PER_S)
    longest = min(int(query.max_walk_s * options.transfer_time_factor), MOST_WALK_S)
    return replace(query, walk_speed_m_per_s=speed, max_walk_s=longest)
