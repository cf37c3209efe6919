"""Cheap journeys of a query within a limit on time: docs/semantics.md, section Cheaper journeys."""

from __future__ import annotations

from collections.abc import Sequence

from routing.cheapest.layout import LaidOut, lay_out
from routing.cheapest.passes import NotInNumbersError
from routing.cheapest.plain import TooMuchError, search_plainly
from routing.cheapest.quick import TooManyLabelsError, search_quickly
from routing.cheapest.task import CheapTask, Found, Step, cheap_task
from routing.cheapest.written import PricedJourney, write
from routing.fares import Fare
from routing.instants import instant_s
from routing.kernels.raptor import first_vehicle
from routing.query import Query, QueryError
from routing.reconstruct import Ends
from routing.router import Router
from routing.search import HORIZON_S

MAX_WITHIN_S = 7200


def check_within(within_s: int) -> None:
    """Raises QueryError for a limit below 0 or above MAX_WITHIN_S."""
    if not 0 <= within_s <= MAX_WITHIN_S:
        bound = MAX_WITHIN_S if within_s > 0 else 0
        raise QueryError(
            f"cheapest_within_s is {within_s}; it must lie between 0 and {MAX_WITHIN_S}", "cheapest_within_s", bound
        )


def find_cheapest(
    router: Router, query: Query, ends: Ends, known: Sequence[PricedJourney], within_s: int
) -> list[PricedJourney]:
    """Rides of which none beats another with price as a criterion, all at a known price, in no particular order.

    known: rides that have been found before, one at least: from the earliest arrival (arrive-by: the latest departure)
    of them on journeys are looked for that arrive up to `within_s` later (leave earlier). What they beat is not told
    again. Raises QueryError where that is too much to look through.
    """
    if query.arrive_by:
        best_s = max(one.journey.departure_s for one in known)
    else:
        best_s = min(one.journey.arrival_s for one in known)
    task, found = cheap_found(router, query, ends, best_s, within_s, known=known)
    return [write(router, query, ends, task, one) for one in found]


def cheap_found(
    router: Router,
    query: Query,
    ends: Ends,
    best_s: int,
    within_s: int,
    *,
    known: Sequence[PricedJourney] = (),
    plainly: bool = False,
) -> tuple[CheapTask, list[Found]]:
    """The same before they are written out. `plainly`: without the kernel."""
    task = cheap_question(router, query, ends, best_s, within_s)
    try:
        laid_out = None if plainly else _laid_out(task)
        if laid_out is None:
            return task, search_plainly(task)
        return task, search_quickly(task, laid_out, _as_found(task, known))
    except (TooMuchError, TooManyLabelsError):
        raise QueryError(
            "there is too much to look through for cheaper journeys in so much time; ask for less", "cheapest_within_s"
        ) from None


def warm_up(router: Router, query: Query) -> None:
    """Compile the kernels, or read them from the cache, where the fares of the network are for them."""
    side = router.timetable(query).forward
    first_vehicle(side.run_lo, side.run_hi, side.run_board_wait, side.run_alight_wait, 0, 0, 0)
    task = cheap_question(router, query, router.ends(query), instant_s(query.time), 60)
    laid_out = _laid_out(task)
    if laid_out is not None:
        search_quickly(task, laid_out)


def _as_found(task: CheapTask, known: Sequence[PricedJourney]) -> list[Found]:
    """Journeys in seconds of the side."""
    row = {provider.id: bit for bit, provider in enumerate(task.network.providers)}
    found = []
    for journey, fare in ((one.journey, one.fare) for one in known):
        if isinstance(fare, Fare):
            times = journey.departure_s - task.timetable.epoch_s, journey.arrival_s - task.timetable.epoch_s
            near, far = (-times[1], -times[0]) if task.arrive_by else times
            ridden = sum(1 << row[provider] for provider in journey.providers)
            steps = (Step(-1, 0, 0, -1),) * (journey.transfers + 1)
            found.append(Found(near, far, ridden, fare.amount, fare.currency, steps))
    return found


def _laid_out(task: CheapTask) -> LaidOut | None:
    try:
        return lay_out(task)
    except NotInNumbersError:
        return None


def cheap_question(router: Router, query: Query, ends: Ends, best_s: int, within_s: int) -> CheapTask:
    """A query as both ways to search take it."""
    timetable = router.timetable(query)
    task, searcher = router.search_task(query, ends)
    best = best_s - timetable.epoch_s
    time, limit = (-task.time, within_s - best) if query.arrive_by else (task.time, best + within_s)
    limit = min(limit, time + HORIZON_S)
    return cheap_task(
        router.fares, query.rider, router.network, timetable, router.walks(query), ends.access, task, limit, searcher
    )
