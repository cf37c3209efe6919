"""Which journeys are options: docs/semantics.md, section The comparison."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from routing.compare.lattice import ProviderSet, bits, explore
from routing.instants import instant_s
from routing.journeys import Journey
from routing.query import Query
from routing.reconstruct import Ends
from routing.router import Router
from routing.search import Skeleton

Values = tuple[int, int, int, ProviderSet]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A journey of some front. Times are seconds of the query's timetable; skeleton is None for a walk."""

    departure: int
    arrival: int
    transfers: int
    ridden: ProviderSet
    skeleton: Skeleton | None

    @property
    def values(self) -> Values:
        """What candidates are told apart by."""
        return self.departure, self.arrival, self.transfers, self.ridden


def find_options(router: Router, query: Query, ends: Ends) -> list[Journey]:
    """All options of a query, walking included, in no particular order. Raises QueryError for an unknown provider."""
    walk = router.walk(query, ends)
    epoch_s = router.timetable(query).epoch_s
    walks = [Candidate(way.departure_s - epoch_s, way.arrival_s - epoch_s, 0, 0, None) for way in walk]
    fronts = _Fronts(router, query, ends)
    found = unbeaten([*walks, *explore(fronts.whole, fronts.of)])
    return walk + [router.journey(query, ends, option.skeleton) for option in found if option.skeleton is not None]


def unbeaten(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those that no other, riding providers of theirs only, is as good as in every respect; of equals the first."""
    by_values: dict[Values, Candidate] = {}
    for candidate in candidates:
        by_values.setdefault(candidate.values, candidate)
    kept = list(by_values.values())
    return [one for one in kept if not any(_beats(other, one) for other in kept if other is not one)]


def _beats(other: Candidate, one: Candidate) -> bool:
    return (
        not other.ridden & ~one.ridden
        and other.departure >= one.departure
        and other.arrival <= one.arrival
        and other.transfers <= one.transfers
    )


class _Fronts:
    """Searches one query with the vehicles of some of its providers. Provider i of a set is the network's i-th."""

    def __init__(self, router: Router, query: Query, ends: Ends) -> None:
        self._router, self._query, self._ends = router, query, ends
        self._names = [provider.id for provider in router.network.providers]
        competing = self._names if query.providers is None else query.providers
        self._classes = router.timetable(query).classes
        self._time = instant_s(query.time) - router.timetable(query).epoch_s
        self._known_s: dict[ProviderSet, int] = {}
        self.whole: ProviderSet = 0
        for provider in competing:
            self.whole |= 1 << router.provider_index(provider)

    def of(self, chosen: ProviderSet) -> Sequence[Candidate]:
        """The journeys of a set's front."""
        providers = frozenset(self._names[bit.bit_length() - 1] for bit in bits(chosen))
        query = replace(self._query, providers=providers)
        if not self._router.can_connect(query, self._ends):
            return []
        # Fewer vehicles take no less time.
        known_s = max((least for larger, least in self._known_s.items() if not chosen & ~larger), default=0)
        found = self._router.skeletons(query, self._ends, known_s=known_s)
        self._known_s[chosen] = self._least_s(found)
        return [Candidate(ride.departure, ride.arrival, ride.transfers, self._ridden(ride), ride) for ride in found]

    def _least_s(self, found: Sequence[Skeleton]) -> int:
        if self._query.arrive_by:
            return min((self._time - ride.departure for ride in found), default=0)
        return min((ride.arrival - self._time for ride in found), default=0)

    def _ridden(self, ride: Skeleton) -> ProviderSet:
        """All providers of the patterns ridden: what a set must have for the search to ride them."""
        ptr, provider = self._classes.ptr, self._classes.provider
        ridden = 0
        for step in ride.steps:
            for owner in provider[ptr[step.pattern] : ptr[step.pattern + 1]].tolist():
                ridden |= 1 << owner
        return ridden
