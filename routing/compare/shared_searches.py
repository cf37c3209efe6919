"""A router that searches for the sets of providers of one window, and uses for one set what another has shown."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import NamedTuple

from routing.compare.lattice import bits
from routing.instants import instant_s
from routing.own_bounds import SamePlaces
from routing.query import Query
from routing.reconstruct import Ends
from routing.router import Router
from routing.search import HORIZON_S, Skeleton, Wanted
from routing.timetable import Timetable

ProviderSet = frozenset[str]


class _Answer(NamedTuple):
    """What is found at every instant at..until, and all providers of the vehicles in it. Seconds of the search."""

    at: int
    until: int
    ridden: ProviderSet
    found: list[Skeleton]


class SharedSearches(SamePlaces):
    """`router`, asked for journeys between two places with the vehicles of several sets at many instants.

    An answer holds until the first of its journeys leaves, and that of a larger set is that of a smaller one if it
    rides nothing else. And nobody who leaves later arrives sooner, nor who has fewer vehicles to choose from: so a
    search knows how far off the far end is at least. Not for use by several threads at once, nor both for all journeys
    and for those alone that are there first.
    """

    def __init__(self, router: Router, window_s: int) -> None:
        _ = router.fares, router.services  # laid out once, for both
        super().__init__(router, window_s)
        self._names = [provider.id for provider in router.network.providers]
        self._sets: dict[int, ProviderSet] = {}
        self._answers: dict[tuple[int, int], dict[ProviderSet, list[_Answer]]] = defaultdict(dict)
        """(the timetable's begin, the last second of interest) -> set -> its answers, by instant"""
        self._soonest: dict[ProviderSet, tuple[int, int]] = {}
        """set -> (when it was asked last, when the far end was reached then)"""

    def skeletons(
        self, query: Query, ends: Ends, horizon_s: int = HORIZON_S, known_s: int = 0, *, is_first_enough: bool = False
    ) -> list[Skeleton]:
        """As of Router."""
        chosen, sign = query.providers, -1 if query.arrive_by else 1
        if chosen is None:
            return super().skeletons(query, ends, horizon_s, known_s, is_first_enough=is_first_enough)
        timetable, at = self._timetable(query), sign * instant_s(query.time)
        answers = self._answers[timetable.epoch_s, at + horizon_s]
        for larger, told in answers.items():
            row = bisect_right(told, at, key=lambda answer: answer.at) - 1
            if chosen <= larger and row >= 0 and at <= told[row].until and told[row].ridden <= chosen:
                return told[row].found
        known_s = max(known_s, self._known_s(chosen, at))
        found = self._skeletons(query, ends, timetable, Wanted(horizon_s, known_s, is_first_enough))
        until = at + horizon_s
        if found:
            near, far = zip(*(_ends_of(ride, timetable, sign) for ride in found), strict=True)
            until, self._soonest[chosen] = min(near), (at, min(far))
        own = answers.setdefault(chosen, [])
        own.insert(
            bisect_right(own, at, key=lambda answer: answer.at),
            _Answer(at, until, self._ridden(timetable, found), found),
        )
        return found

    def _known_s(self, chosen: ProviderSet, at: int) -> int:
        return max(
            (far - at for larger, (before, far) in self._soonest.items() if chosen <= larger and before <= at),
            default=0,
        )

    def _ridden(self, timetable: Timetable, found: list[Skeleton]) -> ProviderSet:
        """All providers of the patterns ridden: what a set must have for a search to ride them."""
        owners, ridden = self.pattern_owners(timetable), 0
        for ride in found:
            for step in ride.steps:
                ridden |= owners[step.pattern]
        if ridden not in self._sets:
            self._sets[ridden] = frozenset(self._names[bit.bit_length() - 1] for bit in bits(ridden))
        return self._sets[ridden]


def _ends_of(ride: Skeleton, timetable: Timetable, sign: int) -> tuple[int, int]:
    """When it is at the near and at the far end, in seconds of the search."""
    departure, arrival = (sign * (timetable.epoch_s + seconds) for seconds in (ride.departure, ride.arrival))
    return (departure, arrival) if sign > 0 else (arrival, departure)
