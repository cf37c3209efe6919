"""How each provider stands in a comparison: served, cannot (and why), no data, or stale."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.model import Network
from routing.compare.option import Option
from routing.profile_search import ride_skeletons
from routing.query import Query
from routing.reconstruct import Ends
from routing.router import Router
from routing.service_span import outside_service


@dataclass(frozen=True, slots=True)
class Standing:
    """One provider's line. `alone` and `combined` are option ids, best rank first.

    `alone_reason` says why a provider that is served only together with others has no option of its own.
    """

    id: str
    name: str
    color: str
    status: str
    reason: str | None
    best: str | None
    alone_reason: str | None
    alone: tuple[str, ...]
    combined: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return dataclasses.asdict(self) | {"alone": list(self.alone), "combined": list(self.combined)}


def standings(
    router: Router, query: Query, ends: Ends, options: Sequence[Option], window_s: int | None = None
) -> list[Standing]:
    """All providers of the snapshot, by id: those that a query leaves out are not listed."""
    asked = query.providers
    providers = [p for p in router.network.providers if asked is None or p.id in asked]
    found = []
    for provider in sorted(providers, key=lambda provider: provider.id):
        alone = tuple(option.id for option in options if option.providers == {provider.id})
        combined = tuple(option.id for option in options if option.providers > {provider.id})
        why = ("served", None) if alone else _why_not(router, query, ends, provider.id, window_s)
        status, reason = ("served", None) if combined else why
        best, alone_reason = (alone[0], None) if alone else (None, why[1])
        found.append(
            Standing(provider.id, provider.name, provider.color, status, reason, best, alone_reason, alone, combined)
        )
    return found


def _why_not(router: Router, query: Query, ends: Ends, provider: str, window_s: int | None) -> tuple[str, str | None]:
    """(status, reason) of a provider that rides no option alone."""
    network, index = router.network, router.provider_index(provider)
    routes = np.flatnonzero(network.routes.provider == index)
    trips = np.flatnonzero(np.isin(network.trips.route, routes))
    if len(trips) == 0:
        return "no_data", "no_data"
    feeds = np.unique(network.routes.feed[routes]).tolist()
    outside = outside_service(network, query.time, feeds)
    if outside:
        return ("stale" if outside == "after_service" else "cannot"), outside
    only = dataclasses.replace(query, providers=frozenset({provider}))
    timetable = router.timetable(only)
    allowed = router.allowed(only, timetable)
    if not allowed.any():
        return "cannot", "not_running"
    if not (_serves(network, trips, ends.access.stops) and _serves(network, trips, ends.egress.stops)):
        return "cannot", "no_stop_in_reach"
    rides = router.rides(only, ends) if window_s is None else next(ride_skeletons(router, only, ends, window_s), None)
    return "cannot", "beaten_by_walking" if rides else "no_connection"


def _serves(network: Network, trips: np.ndarray, stops: np.ndarray) -> bool:
    """Whether one of the trips calls at one of the stops."""
    sequences = np.unique(network.trips.sequence[trips])
    wanted = np.isin(network.sequences.stops, stops)
    calls = np.concatenate([[0], np.cumsum(wanted)])
    return bool((calls[network.sequences.ptr[sequences + 1]] > calls[network.sequences.ptr[sequences]]).any())
