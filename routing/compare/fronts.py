"""The journeys of a window that are not beaten, for every set of providers, in as few searches as will do."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np

from routing.compare.shared_searches import SharedSearches
from routing.instants import after
from routing.journeys import Journey
from routing.profile_search import retold_s, ride_skeletons
from routing.query import Query, QueryError
from routing.reconstruct import Ends
from routing.router import Router
from routing.search import Skeleton
from routing.timetable import Timetable

ProviderSet = frozenset[str]


@dataclass(frozen=True, slots=True)
class Ridden:
    """A journey of a window before it is written out. Times are UTC seconds.

    until_s    up to when it can be started at any second, in the same time; `departure_s` if it cannot
    providers  the exact set ridden
    """

    departure_s: int
    arrival_s: int
    transfers: int
    until_s: int
    providers: ProviderSet
    query: Query
    skeleton: Skeleton

    @property
    def duration_s(self) -> int:
        """Seconds from leaving to arriving."""
        return self.arrival_s - self.departure_s

    def is_as_good_as(self, other: Ridden) -> bool:
        """Whether, started at some second, it leaves no earlier, arrives no later and has no more transfers."""
        starts = max(self.departure_s, other.departure_s)
        return (
            self.transfers <= other.transfers
            and starts <= self.until_s
            and starts + self.duration_s <= other.arrival_s
        )  # fmt: skip

    def journey(self, router: Router, ends: Ends) -> Journey:
        """Written out."""
        return router.journey(self.query, ends, self.skeleton)


@dataclass(frozen=True, slots=True)
class Front:
    """The rides of a window that are not beaten, and those of who comes after it.

    beyond  the answer to the question at the end of the window (arrive-by: at its beginning): what beats rides in it
    """

    rides: Sequence[Ridden]
    beyond: Sequence[Ridden]

    @property
    def providers(self) -> ProviderSet:
        """All that are ridden. Without the others the front is the same."""
        return frozenset[str]().union(*(ride.providers for ride in (*self.rides, *self.beyond)))


MAX_PROVIDERS = 10
"""The fronts of all their sets are kept at once: 2 to the power of this."""


def competing(router: Router, query: Query) -> ProviderSet:
    """The providers that a query lets compete. Raises QueryError if they are unknown, or too many for a window."""
    providers = query.providers
    if providers is None:
        providers = frozenset(provider.id for provider in router.network.providers)
    for provider in sorted(providers):
        router.provider_index(provider)
    if len(providers) > MAX_PROVIDERS:
        raise QueryError(
            f"{len(providers)} providers are too many for a window; name at most {MAX_PROVIDERS}",
            "providers",
            MAX_PROVIDERS,
        )
    return providers


def subsets(names: Iterable[str]) -> Iterable[ProviderSet]:
    """All subsets, the empty one among them, smaller ones first."""
    ordered = sorted(names)
    return map(frozenset, chain.from_iterable(combinations(ordered, size) for size in range(len(ordered) + 1)))


def find_fronts(
    router: Router, query: Query, ends: Ends, window_s: int, names: ProviderSet
) -> dict[ProviderSet, Front]:
    """The front of every non-empty subset of `names`: of the rides that its vehicles alone allow.

    Larger sets are searched first: where a front rides none of some providers, it is also the front without them.
    """
    fronts: dict[ProviderSet, Front] = {}
    router = SharedSearches(router)
    for chosen in sorted(subsets(names), key=len, reverse=True):
        if chosen and chosen not in fronts:
            front = find_front(router, dataclasses.replace(query, providers=chosen), ends, window_s)
            for left_out in subsets(chosen - front.providers):
                fronts.setdefault(chosen - left_out, front)
    return fronts


def find_front(router: Router, query: Query, ends: Ends, window_s: int) -> Front:
    """The rides of Router.profile with the providers of `query`, walking left aside."""
    inside = list(ride_skeletons(router, query, ends, window_s))
    last = dataclasses.replace(query, time=after(query.time, -window_s if query.arrive_by else window_s))
    beyond = [(last, skeleton) for skeleton in router.skeletons(last, ends)]
    providers, told = SkeletonProviders(router, ends), _told(router, [*inside, *beyond])
    return Front(
        [
            _ridden(router, part, skeleton, providers, _elastic_s(router, part, skeleton, told))
            for part, skeleton in inside
        ],
        [_ridden(router, part, skeleton, providers, 0) for part, skeleton in beyond],
    )


Told = dict[tuple[tuple[int, int, int], ...], set[int]]
"""The vehicles of a journey by headway services alone -> when it is told to leave, in UTC seconds."""


def _told(router: Router, found: Sequence[tuple[Query, Skeleton]]) -> Told:
    told: Told = defaultdict(set)
    for part, skeleton in found:
        timetable = router.timetable(part)
        if retold_s(timetable, skeleton, arrive_by=part.arrive_by):
            told[_vehicles(timetable, skeleton)].add(timetable.epoch_s + skeleton.departure)
    return told


def _vehicles(timetable: Timetable, skeleton: Skeleton) -> tuple[tuple[int, int, int], ...]:
    """(trip of the network, where it is boarded, where it is left), whatever the timetable calls its pattern."""
    trips = timetable.trips
    parts = (int(trips.parts[trips.parts_ptr[trips.pattern_first[step.pattern]]]) for step in skeleton.steps)
    return tuple((trip, step.board, step.alight) for trip, step in zip(parts, skeleton.steps, strict=True))


def _elastic_s(router: Router, part: Query, skeleton: Skeleton, told: Told) -> int:
    """For how long a journey can start at any second: until it is told again, else at once."""
    timetable = router.timetable(part)
    step_s = retold_s(timetable, skeleton, arrive_by=part.arrive_by)
    if not step_s:
        return 0
    departure_s = timetable.epoch_s + skeleton.departure
    later = (at - departure_s for at in told[_vehicles(timetable, skeleton)])
    return min((seconds for seconds in later if 0 < seconds <= step_s), default=0)


def _ridden(router: Router, part: Query, skeleton: Skeleton, providers: SkeletonProviders, elastic_s: int) -> Ridden:
    timetable = router.timetable(part)
    departure_s = timetable.epoch_s + skeleton.departure
    return Ridden(
        departure_s=departure_s,
        arrival_s=timetable.epoch_s + skeleton.arrival,
        transfers=skeleton.transfers,
        until_s=departure_s + elastic_s,
        providers=providers.of(part, timetable, skeleton),
        query=part,
        skeleton=skeleton,
    )


class SkeletonProviders:
    """Which providers a skeleton rides: by its patterns, and by writing it out where one of them has several."""

    def __init__(self, router: Router, ends: Ends) -> None:
        self._router, self._ends = router, ends
        self._ids = [provider.id for provider in router.network.providers]

    def of(self, query: Query, timetable: Timetable, skeleton: Skeleton) -> ProviderSet:
        """Ids."""
        classes = timetable.classes
        found = set()
        for step in skeleton.steps:
            rows = np.unique(classes.provider[classes.ptr[step.pattern] : classes.ptr[step.pattern + 1]])
            if len(rows) != 1:
                return self._router.journey(query, self._ends, skeleton).providers
            found.add(self._ids[int(rows[0])])
        return frozenset(found)
