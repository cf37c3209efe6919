"""Which journeys are options: docs/semantics.md, section The comparison."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from itertools import combinations

from routing.journeys import Journey
from routing.query import Query, QueryError
from routing.reconstruct import Ends
from routing.router import Router

MAX_PROVIDERS = 10
"""One search a subset: 2 to the power of this is what a query may cost."""

Times = tuple[int, int, int]
"""(departure, arrival, transfers), in seconds of the query's timetable."""
Fronts = dict[frozenset[str], list[Times]]


def find_options(router: Router, query: Query, ends: Ends) -> list[Journey]:
    """All options of a query, walking included, in no particular order."""
    walk = router.walk(query, ends)
    epoch_s = router.timetable(query).epoch_s
    fronts: Fronts = {frozenset(): [_walk_times(journey, epoch_s) for journey in walk]}
    options = list(walk)
    for chosen in provider_sets(competing(router, query)):
        front = router.skeletons(dataclasses.replace(query, providers=chosen), ends)
        fronts[chosen] = [(ride.departure, ride.arrival, ride.transfers) for ride in front]
        options += [
            router.journey(query, ends, ride)
            for ride, times in zip(front, fronts[chosen], strict=True)
            if not _is_beaten(times, chosen, fronts)
        ]
    return options


def _walk_times(journey: Journey, epoch_s: int) -> Times:
    return journey.departure_s - epoch_s, journey.arrival_s - epoch_s, 0


def competing(router: Router, query: Query) -> frozenset[str]:
    """The providers that a query lets compete. Raises QueryError if they are too many for one comparison."""
    providers = query.providers
    if providers is None:
        providers = frozenset(provider.id for provider in router.network.providers)
    if len(providers) > MAX_PROVIDERS:
        raise QueryError(
            f"{len(providers)} providers are too many for one comparison; name at most {MAX_PROVIDERS}",
            "providers",
            MAX_PROVIDERS,
        )
    return providers


def provider_sets(providers: Iterable[str]) -> Iterator[frozenset[str]]:
    """Every non-empty set, smaller ones first, so that proper subsets come before their supersets."""
    names = sorted(providers)
    for size in range(1, len(names) + 1):
        yield from (frozenset(chosen) for chosen in combinations(names, size))


def _is_beaten(times: Times, chosen: frozenset[str], fronts: Fronts) -> bool:
    """Whether a front of a proper subset holds a journey that is at least as good in every respect."""
    departure, arrival, transfers = times
    return any(
        other[0] >= departure and other[1] <= arrival and other[2] <= transfers
        for subset, front in fronts.items()
        if subset < chosen
        for other in front
    )
