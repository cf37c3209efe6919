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
from routing.search import WHOLE_FRONT, Skeleton, Wanted
from routing.timetable import Timetable

ProviderSet = frozenset[str]


class _Answer(NamedTuple):
    """What is found up to an instant, in seconds of the search, and all providers of the vehicles in it."""

    until: int
    ridden: ProviderSet
    found: list[Skeleton]


class _Answers(NamedTuple):
    """Those of one set, and from which instant on each of them is found, ascending."""

    at: list[int]
    answers: list[_Answer]


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
        self._answers: dict[tuple[int, int], dict[ProviderSet, _Answers]] = defaultdict(dict)
        """(the timetable's begin, the last second of interest) -> set -> its answers, by instant"""
        self._soonest: dict[ProviderSet, tuple[int, int]] = {}
        """set -> (when it was asked last, when the far end was reached then)"""

    def skeletons(self, query: Query, ends: Ends, wanted: Wanted = WHOLE_FRONT) -> list[Skeleton]:
        """As of Router."""
        chosen, sign = query.providers, -1 if query.arrive_by else 1
        if chosen is None:
            return super().skeletons(query, ends, wanted)
        timetable, at = self._timetable(query), sign * instant_s(query.time)
        end = at + wanted.horizon_s
        answers = self._answers[timetable.epoch_s, end]
        for larger, told in answers.items():
            if chosen <= larger:
                row = bisect_right(told.at, at) - 1
                if row >= 0 and at <= told.answers[row].until and told.answers[row].ridden <= chosen:
                    return told.answers[row].found
        wanted = wanted._replace(known_s=max(wanted.known_s, self._known_s(chosen, at)))
        found = self._skeletons(query, ends, timetable, wanted)
        until = end
        if found:
            near, far = zip(*(_ends_of(ride, timetable, sign) for ride in found), strict=True)
            until, self._soonest[chosen] = min(near), (at, min(far))
        own = answers.setdefault(chosen, _Answers([], []))
        row = bisect_right(own.at, at)
        own.at.insert(row, at)
        own.answers.insert(row, _Answer(until, self._ridden(timetable, found), found))
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
