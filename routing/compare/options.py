"""Which journeys are options: docs/semantics.md, section The comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from routing.compare.lattice import ProviderSet, bits, explore
from routing.journeys import Journey
from routing.query import Query
from routing.reconstruct import Ends
from routing.routed_journey import JourneyWriter, RoutedJourney
from routing.router import Router
from routing.search import HORIZON_S, Skeleton

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
    router = router.pinned(query)
    fronts = _Fronts(router, query, ends)
    found = unbeaten([*walks, *explore(fronts.whole, fronts.of)])
    writer = JourneyWriter(router, query, ends, fronts.timetable)
    return walk + [RoutedJourney.of(writer, option.skeleton) for option in found if option.skeleton is not None]


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


class Bound(NamedTuple):
    """What larger sets have shown of a set's front: no journey of it lies beyond.

    known_s  how long after the query's time the far end is reached at the soonest
    """

    horizon_s: int
    max_transfers: int
    known_s: int

    def within(self, chosen: ProviderSet, front: Sequence[Candidate], far_s: Callable[[Candidate], int]) -> Bound:
        """With what the front of a set that `chosen` is a part of shows. It has a journey.

        Fewer vehicles to choose from take no less time, and need no fewer transfers. A journey of that front which
        `chosen` can ride is one of its own: with the soonest, nothing with more transfers is, and with the one of
        fewest transfers nothing that is later.
        """
        soonest, fewest = min(front, key=far_s), min(front, key=lambda ride: ride.transfers)
        return Bound(
            self.horizon_s if fewest.ridden & ~chosen else min(self.horizon_s, far_s(fewest)),
            self.max_transfers if soonest.ridden & ~chosen else min(self.max_transfers, soonest.transfers),
            max(self.known_s, far_s(soonest)),
        )


class _Fronts:
    """Searches one query with the vehicles of some of its providers. Provider i of a set is the network's i-th."""

    def __init__(self, router: Router, query: Query, ends: Ends) -> None:
        self._router, self._query = router, query
        self._names = [provider.id for provider in router.network.providers]
        competing = self._names if query.providers is None else query.providers
        self.timetable, self._walks = router.timetable(query), router.walks(query)
        self._owners = router.pattern_owners(self.timetable)
        self._task, self._searcher = router.search_task(query, ends)
        self._found: dict[ProviderSet, list[Candidate]] = {}
        self.whole: ProviderSet = 0
        for provider in competing:
            self.whole |= 1 << router.provider_index(provider)

    def of(self, chosen: ProviderSet) -> Sequence[Candidate]:
        """The journeys of a set's front."""
        found = self._found[chosen] = self._search(chosen)
        return found

    def _search(self, chosen: ProviderSet) -> list[Candidate]:
        task, providers = self._task, frozenset(self._names[bit.bit_length() - 1] for bit in bits(chosen))
        bound = Bound(HORIZON_S, self._query.max_transfers, 0)
        for larger, front in self._found.items():
            if not chosen & ~larger:
                if not front:
                    return []
                bound = bound.within(chosen, front, self._far_s)
        if not self._router.can_link(self._query, providers, task.origin.stops, task.destination.stops):
            return []
        task = replace(
            task,
            allowed=self._router.allowed_of(self._query, providers, self.timetable),
            max_rounds=bound.max_transfers + 1,
            horizon_s=bound.horizon_s,
            known_s=bound.known_s,
        )
        found = self._searcher.pareto(self.timetable, self._walks, task)
        return [Candidate(ride.departure, ride.arrival, ride.transfers, self._ridden(ride), ride) for ride in found]

    def _far_s(self, ride: Candidate) -> int:
        """How long after the time of the query it is at the far end (arrive-by: how long before it leaves there)."""
        time = self._task.time
        return time - ride.departure if self._query.arrive_by else ride.arrival - time

    def _ridden(self, ride: Skeleton) -> ProviderSet:
        """All providers of the patterns ridden: what a set must have for the search to ride them."""
        ridden = 0
        for step in ride.steps:
            ridden |= self._owners[step.pattern]
        return ridden
