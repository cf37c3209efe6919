"""Cheap journeys of a query within a limit on time: docs/semantics.md, section Cheaper journeys."""

from __future__ import annotations

from routing.cheapest.passes import LaidOut, NotInNumbersError, lay_out
from routing.cheapest.plain import TooMuchError, search_plainly
from routing.cheapest.quick import TooManyLabelsError, search_quickly
from routing.cheapest.task import CheapTask, Found, cheap_task
from routing.cheapest.written import PricedJourney, write
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


def find_cheapest(router: Router, query: Query, ends: Ends, best_s: int, within_s: int) -> list[PricedJourney]:
    """Rides of which none beats another with price as a criterion, all at a known price, in no particular order.

    best_s: UTC seconds of the earliest arrival (arrive-by: the latest departure) of any ride; journeys up to
    `within_s` later (earlier) are looked for. Raises QueryError where that is too much for the fares of the network.
    """
    task, found = cheap_found(router, query, ends, best_s, within_s)
    return [write(router, query, ends, task, one) for one in found]


def cheap_found(
    router: Router, query: Query, ends: Ends, best_s: int, within_s: int, *, plainly: bool = False
) -> tuple[CheapTask, list[Found]]:
    """The same before they are written out. `plainly`: without the kernel."""
    task = cheap_question(router, query, ends, best_s, within_s)
    try:
        laid_out = None if plainly else _laid_out(task)
        return task, search_plainly(task) if laid_out is None else search_quickly(task, laid_out)
    except (TooMuchError, TooManyLabelsError):
        raise QueryError(
            "there is too much to look through for cheaper journeys in so much time; ask for less", "cheapest_within_s"
        ) from None


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
