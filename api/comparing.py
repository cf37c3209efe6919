"""From a comparison as it was asked for, in words, to the answer: one road for the command line and the service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.query_text import network_zone, optional, parse_modes, parse_names, parse_place, parse_time, parse_weights
from ingest.model import Network
from routing import Query, QueryError, Router
from routing.compare import Comparison

DEFAULT_WALK_SPEED_M_PER_S = 1.2
PARAMETERS = {"origin": "from", "destination": "to"}
"""What users call the fields of a Query, where that differs."""


@dataclass(frozen=True, slots=True)
class CompareRequest:
    """What was asked. Texts are as typed; without `at` and `arrive_by` the trip leaves now."""

    origin: str
    destination: str
    at: str | None = None
    arrive_by: str | None = None
    max_transfers: int = 7
    max_walk_s: int = 1200
    walk_speed_m_per_s: float = DEFAULT_WALK_SPEED_M_PER_S
    transfer_slack_s: int = 0
    providers: str | None = None
    modes: str | None = None
    wheelchair: bool = False
    headway_wait: str = "expected"
    weights: str | None = None
    rider: str | None = None
    use_realtime: bool = True
    window_s: int | None = None
    cheapest_within_s: int | None = None


def build_query(request: CompareRequest, network: Network, now: datetime) -> Query:
    """Raises QueryError, its `field` being the name of the request's parameter."""
    if request.at is not None and request.arrive_by is not None:
        raise QueryError("give at or arrive_by, not both", "arrive_by")
    zone = network_zone(network)
    arrive_by = request.arrive_by is not None
    asked, field = (request.arrive_by, "arrive_by") if arrive_by else (request.at, "at")
    time = now.astimezone(zone).replace(microsecond=0) if asked is None else parse_time(asked, field, zone)
    return Query(
        origin=parse_place(request.origin, "from", network),
        destination=parse_place(request.destination, "to", network),
        time=time,
        arrive_by=arrive_by,
        max_transfers=request.max_transfers,
        max_walk_s=request.max_walk_s,
        walk_speed_m_per_s=request.walk_speed_m_per_s,
        transfer_slack_s=request.transfer_slack_s,
        providers=optional(parse_names, request.providers, "providers"),
        modes=optional(parse_modes, request.modes, "modes"),
        wheelchair=request.wheelchair,
        headway_wait=request.headway_wait,
        rider=request.rider,
        use_realtime=request.use_realtime,
    )


def run_comparison(router: Router, request: CompareRequest, now: datetime) -> Comparison:
    """Raises QueryError and UnknownPlaceError."""
    query = build_query(request, router.network, now)
    weights = optional(parse_weights, request.weights, "weights")
    return router.compare(query, weights, window_s=request.window_s, cheapest_within_s=request.cheapest_within_s)
