"""Options that are found only because they are cheap: docs/semantics.md, section Cheaper journeys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from routing.cheapest import PricedJourney, find_cheapest
from routing.compare.fare_term import Price
from routing.fares import Fare
from routing.instants import instant_s
from routing.journeys import Journey
from routing.profile_search import SHORTEST_STEP_S
from routing.query import Query
from routing.reconstruct import Ends
from routing.router import Router
from routing.trip_runs import may_start_later_s, run_of_leg

Priced = tuple[Journey, Price]


def with_cheaper(
    router: Router, query: Query, ends: Ends, options: Sequence[Priced], within_s: int, window_s: int | None
) -> list[Priced]:
    """The options and the cheaper journeys within a limit, less those that others beat with their prices known.

    Raises QueryError where it is too much to look through.
    """
    rides = [option for option in options if option[0].rides]
    if not rides:
        return list(options)
    if window_s is None:
        found = _found(router, query, ends, rides, within_s)
    else:
        found = list(_found_in_window(router, query, ends, within_s, window_s))
    return unbeaten(options, found, arrive_by=query.arrive_by, is_window=window_s is not None)


def _found(router: Router, query: Query, ends: Ends, rides: Iterable[Priced], within_s: int) -> list[Priced]:
    known = [PricedJourney(*ride) for ride in rides]
    return [(one.journey, one.fare) for one in find_cheapest(router, query, ends, known, within_s)]


def _found_in_window(router: Router, query: Query, ends: Ends, within_s: int, window_s: int) -> Iterator[Priced]:
    """Asked again just after the first of the answers has left (arrive-by: before the last one arrives).

    Until then no answer changes. Journeys by headway services alone, which could begin at any second, are told once a
    headway.
    """
    sign = -1 if query.arrive_by else 1
    at = sign * instant_s(query.time)
    end = at + window_s
    while at < end:
        asked = query.at(sign * at)
        rides = [(ride, router.fares.price(ride, query.rider)) for ride in router.rides(asked, ends)]
        if not rides:
            return
        found = _found(router, asked, ends, rides, within_s)
        step = end
        for journey, _ in [*rides, *found]:
            near = sign * (journey.arrival_s if query.arrive_by else journey.departure_s)
            step = min(step, near + max(1, _retold_s(journey, arrive_by=query.arrive_by)))
        walk_s = min((walk.duration_s for walk in router.walk(asked, ends)), default=None)
        for journey, price in [*rides, *found]:
            near = sign * (journey.arrival_s if query.arrive_by else journey.departure_s)
            if near < end and (walk_s is None or journey.duration_s < walk_s):
                yield journey, price
        at = step


def unbeaten(options: Sequence[Priced], found: Sequence[Priced], *, arrive_by: bool, is_window: bool) -> list[Priced]:
    """Those that no other, riding no provider that they do not ride, is as good as; of equals the first.

    Options have been held against each other before: they yield to what has been found only.
    """
    candidates = [
        _Candidate(one, _elastic_s(one[0], arrive_by=arrive_by) if is_window else 0) for one in (*options, *found)
    ]
    rule = _Rule(arrive_by, is_window)
    kept = []
    for place, one in enumerate(candidates):
        rivals = enumerate(candidates) if place >= len(options) else enumerate(candidates[len(options) :], len(options))
        if not any(
            at != place and rule.beats(other, one) and (at < place or not rule.beats(one, other))
            for at, other in rivals
        ):
            kept.append(one.priced)
    return kept


class _Candidate(NamedTuple):
    """A journey with its price, and at how many seconds from its departure on it can be started: `_elastic_s`."""

    priced: Priced
    elastic_s: int


@dataclass(frozen=True, slots=True)
class _Rule:
    arrive_by: bool
    is_window: bool

    def beats(self, one: _Candidate, other: _Candidate) -> bool:
        """Whether `one` is as good as `other` in all that is known.

        But in a window the near end (depart-at: the departure) counts only among journeys that are equal at the far end
        and in transfers; as without prices. Against a walk it always counts.
        """
        mine, its = one.priced[0], other.priced[0]
        if not mine.providers <= its.providers or mine.transfers > its.transfers:
            return False
        if not is_no_dearer(one.priced, other.priced):
            return False
        if self.is_window:
            starts = max(mine.departure_s, its.departure_s)
            until = mine.departure_s + max(0, one.elastic_s - 1)
            return starts <= until and starts + mine.duration_s <= its.arrival_s
        near, far = mine.departure_s - its.departure_s, its.arrival_s - mine.arrival_s
        if self.arrive_by:
            near, far = far, near
        if far < 0:
            return False
        is_sooner = bool(mine.rides) and (far > 0 or mine.transfers < its.transfers)
        return is_sooner or near >= 0


def is_no_dearer(one: Priced, other: Priced) -> bool:
    """Whether a price is nothing against a journey: a walk costs nothing, and who does not know a price cannot boast of
    it. A journey with a price yields to a price in the same currency only."""
    (mine, price), (its, its_price) = one, other
    if not mine.rides or not its.rides:
        return not mine.rides
    if not isinstance(its_price, Fare):
        return True
    return isinstance(price, Fare) and price.currency == its_price.currency and price.amount <= its_price.amount


def _retold_s(journey: Journey, *, arrive_by: bool) -> int:
    """How often a journey by headway services alone is told; 0 for others."""
    rides = journey.rides
    if not rides or any(ride.headway_s is None for ride in rides):
        return 0
    return max(SHORTEST_STEP_S, rides[-1 if arrive_by else 0].headway_s or 0)


def _elastic_s(journey: Journey, *, arrive_by: bool) -> int:
    """At how many seconds, from its departure on, a journey by headway services alone can be started before it is told
    again, or one of its services ends; 0 of others."""
    retold_s = _retold_s(journey, arrive_by=arrive_by)
    if not retold_s:
        return 0
    later_s = [may_start_later_s(run) for run in map(run_of_leg, journey.rides) if run is not None]
    return min(retold_s, 1 + min(later_s, default=0))
