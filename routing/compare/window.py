"""Options over all departures of a window: docs/semantics.md, section The comparison."""

from __future__ import annotations

from collections.abc import Mapping

from routing.compare.fronts import Front, ProviderSet, Ridden, competing, find_fronts, subsets
from routing.journeys import Journey
from routing.query import Query
from routing.reconstruct import Ends
from routing.router import Router
from routing.search import HORIZON_S


def find_window_options(router: Router, query: Query, ends: Ends, window_s: int) -> list[Journey]:
    """All options of a window, walking included, in no particular order.

    A journey that rides exactly S is an option unless the profile of a proper subset of S holds one that leaves no
    earlier, arrives no later and has no more transfers. Walking all the way can be started at any second.
    """
    walk = router.walk(query, ends)
    walk_s = walk[0].duration_s if walk else HORIZON_S + 1
    fronts = find_fronts(router, query, ends, window_s, competing(router, query))
    rides = [
        ride.journey(router, ends)
        for chosen, front in fronts.items()
        for ride in front.rides
        if ride.providers == chosen and ride.duration_s < walk_s and not _is_beaten(ride, fronts)
    ]
    return [*walk, *rides]


def _is_beaten(ride: Ridden, fronts: Mapping[ProviderSet, Front]) -> bool:
    """Whether the front of a proper subset holds a journey that is at least as good in every respect."""
    return any(
        other.is_as_good_as(ride)
        for subset in subsets(ride.providers)
        if subset and subset != ride.providers
        for other in fronts[subset].rides
    )
