"""Journeys, or the one reason why there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.model import Network
from routing.journeys import Journey
from routing.places import UnknownPlaceError
from routing.query import Query
from routing.reconstruct import Ends
from routing.router import Router
from routing.service_span import outside_service


@dataclass(frozen=True, slots=True)
class Answer:
    """`reason` is None, or one of unknown_origin, unknown_destination, before_service, after_service,
    no_stop_in_reach, no_connection, same_place, walk_only."""

    journeys: Sequence[Journey]
    reason: str | None


def answer(router: Router, query: Query) -> Answer:
    """Never raises for a place that is not there. Raises QueryError for an unknown provider."""
    try:
        ends = router.ends(query)
        journeys = router.journeys(query)
    except UnknownPlaceError as error:
        return Answer((), f"unknown_{error.end}")
    if ends.is_same_place:
        return Answer(journeys, "same_place")
    if any(journey.kind == "ride" for journey in journeys):
        return Answer(journeys, None)
    if journeys:
        return Answer(journeys, "walk_only")
    return Answer((), why_none(router.network, query, ends))


def why_none(network: Network, query: Query, ends: Ends) -> str:
    """Why there is no journey."""
    outside = outside_service(network, query.time)
    if outside:
        return outside
    if len(ends.access.stops) == 0 or len(ends.egress.stops) == 0:
        return "no_stop_in_reach"
    return "no_connection"
