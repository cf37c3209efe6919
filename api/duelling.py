"""From a duel as it was asked for, in words, to the answer: one road for the command line and the service."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from api.comparing import CompareRequest, build_query
from routing import Query, QueryError, Router
from routing.compare.duel import Duel
from routing.compare.duel import duel as find_duel
from routing.instants import seconds_between


@dataclass(frozen=True, slots=True)
class DuelRequest:
    """What was asked. `at` of `asked` is the day; without `begin` it is from midnight, without `until` to midnight."""

    asked: CompareRequest
    begin: time | None = None
    until: time | None = None


def run_duel(router: Router, request: DuelRequest, now: datetime) -> Duel:
    """Raises QueryError and UnknownPlaceError."""
    query, window_s = _window(build_query(request.asked, router.network, now), request)
    if query.rider is not None and query.rider not in router.fares.riders:
        told = ", ".join(sorted(router.fares.riders)) or "none"
        raise QueryError(f"there is no category of riders {query.rider!r}; the fares here have {told}", "rider")
    return find_duel(router, query, window_s)


def _window(query: Query, request: DuelRequest) -> tuple[Query, int | None]:
    """None is the whole day. Clocks are those of the query's zone, whatever they do on that day."""
    if request.begin is None and request.until is None:
        return query, None
    begin = _at(query, request.begin or time())
    if request.until is None:
        end = _at(replace(query, time=query.time + timedelta(days=1)), time())
    else:
        end = _at(query, request.until)
    seconds = seconds_between(begin, end)
    if seconds <= 0:
        raise QueryError("until must be later than from", "until")
    return replace(query, time=begin), seconds


def _at(query: Query, clock: time) -> datetime:
    return datetime.combine(query.time.date(), clock, query.time.tzinfo)
