"""What a comparison must find, the long way: one search for each set of providers."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from routing import Query, Router

Option = tuple[tuple[int, int, int], tuple[str, ...]]
"""((departure, arrival, transfers), the set ridden); instants are UTC seconds."""


def options_of_every_subset(router: Router, query: Query) -> list[Option]:
    """The options that ride something, in order."""
    ends = router.ends(query)
    epoch_s = router.timetable(query).epoch_s
    fronts = {frozenset[str](): [(way.departure_s, way.arrival_s, 0) for way in router.walk(query, ends)]}
    found: list[Option] = []
    names = sorted(provider.id for provider in router.network.providers)
    for size in range(1, len(names) + 1):
        for chosen in map(frozenset, combinations(names, size)):
            rides = router.skeletons(replace(query, providers=chosen), ends)
            front = [(epoch_s + ride.departure, epoch_s + ride.arrival, ride.transfers) for ride in rides]
            less = [other for subset, known in fronts.items() if subset < chosen for other in known]
            found += [(times, tuple(sorted(chosen))) for times in front if not any(_covers(o, times) for o in less)]
            fronts[chosen] = front
    return sorted(found)


def _covers(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return one[0] >= other[0] and one[1] <= other[1] and one[2] <= other[2]
