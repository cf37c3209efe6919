"""The journeys of a window that are not beaten, for every set of providers, in as few searches as will do."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from routing.compare.lattice import bits
from routing.compare.shared_searches import SharedSearches
from routing.instants import after
from routing.journeys import Journey
from routing.profile_search import Told, ride_skeletons
from routing.query import Query, QueryError
from routing.reconstruct import Ends
from routing.router import Router
from routing.search import Skeleton, Wanted
from routing.timetable import Timetable

ProviderSet = frozenset[str]


@dataclass(frozen=True, slots=True)
class Ridden:
    """A journey of a window before it is written out. Times are UTC seconds.

    from_s, until_s  it can be started at any second from the one to the other, in the same time; both are `departure_s`
                     if it cannot
    providers        the exact set ridden
    """

    departure_s: int
    arrival_s: int
    transfers: int
    from_s: int
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
        starts = max(self.from_s, other.departure_s)
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
    router: Router, query: Query, ends: Ends, window_s: int, names: ProviderSet, *, is_first_enough: bool = False
) -> dict[ProviderSet, Front]:
    """The front of every non-empty subset of `names`: of the rides that its vehicles alone allow.

    Larger sets are searched first: where a front rides none of some providers, it is also the front without them.
    is_first_enough: only the rides that are there first, for whom transfers do not count.
    """
    fronts: dict[ProviderSet, Front] = {}
    router = SharedSearches(router, window_s)
    for chosen in sorted(subsets(names), key=len, reverse=True):
        if chosen and chosen not in fronts:
            asked = dataclasses.replace(query, providers=chosen)
            front = find_front(router, asked, ends, window_s, is_first_enough=is_first_enough)
            for left_out in subsets(chosen - front.providers):
                fronts.setdefault(chosen - left_out, front)
    return fronts


def find_front(router: Router, query: Query, ends: Ends, window_s: int, *, is_first_enough: bool = False) -> Front:
    """The rides of Router.profile with the providers of `query`, walking left aside. is_first_enough: as above."""
    inside = list(ride_skeletons(router, query, ends, window_s, is_first_enough=is_first_enough))
    last = dataclasses.replace(query, time=after(query.time, -window_s if query.arrive_by else window_s))
    wanted = Wanted(is_first_enough=is_first_enough)
    beyond = [(last, Told(skeleton)) for skeleton in router.skeletons(last, ends, wanted)]
    rides = _Rides(router, ends)
    return Front([rides.ridden(*one) for one in inside], [rides.ridden(*one) for one in beyond])


class _Rides:
    """Makes the rides of a front."""

    def __init__(self, router: Router, ends: Ends) -> None:
        self._timetables: dict[int, Timetable] = {}
        self._router = router
        self._providers = SkeletonProviders(router, ends)

    def ridden(self, part: Query, told: Told) -> Ridden:
        """What is told of a question, as it is ridden."""
        timetable, skeleton = self._timetable(part), told.skeleton
        departure_s = timetable.epoch_s + skeleton.departure
        earlier_s, later_s = (told.elastic_s, 0) if part.arrive_by else (0, told.elastic_s)
        return Ridden(
            departure_s=departure_s,
            arrival_s=timetable.epoch_s + skeleton.arrival,
            transfers=skeleton.transfers,
            from_s=departure_s - earlier_s,
            until_s=departure_s + later_s,
            providers=self._providers.of(part, timetable, skeleton),
            query=part,
            skeleton=skeleton,
        )

    def _timetable(self, part: Query) -> Timetable:
        """Looked up once for each of the few questions."""
        key = id(part)
        if key not in self._timetables:
            self._timetables[key] = self._router.timetable(part)
        return self._timetables[key]


class SkeletonProviders:
    """Which providers a skeleton rides: by its patterns, and by writing it out where one of them has several."""

    def __init__(self, router: Router, ends: Ends) -> None:
        self._router, self._ends = router, ends
        self._ids = [provider.id for provider in router.network.providers]
        self._sets: dict[int, ProviderSet] = {}

    def of(self, query: Query, timetable: Timetable, skeleton: Skeleton) -> ProviderSet:
        """Ids."""
        owners, found = self._router.pinned(query).pattern_owners(timetable), 0
        for step in skeleton.steps:
            owner = owners[step.pattern]
            if owner.bit_count() != 1:
                return self._router.journey(query, self._ends, skeleton).providers
            found |= owner
        if found not in self._sets:
            self._sets[found] = frozenset(self._ids[bit.bit_length() - 1] for bit in bits(found))
        return self._sets[found]
