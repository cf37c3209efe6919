"""Compiles the kernels of a router, or reads them from the cache, before somebody waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from ingest.kernel_cache import base_folder, take_over
from ingest.snapshot import read_version
from routing.cheapest.find import warm_up as warm_up_prices
from routing.compiled_elsewhere import half_compiled_elsewhere
from routing.headways.warm_up import warm_up_rides, warm_up_spreads
from routing.kernels.curve import arrivals
from routing.own_bounds import LONG_WINDOW_S, SamePlaces
from routing.query import Query
from routing.reconstruct import replay
from routing.router import Router
from routing.search import Skeleton


def warm_up(router: Router) -> None:
    """By a search of each kind on the first service day."""
    queries = _queries(router)
    if not queries:
        return
    with half_compiled_elsewhere(router.folder):
        for query in queries:
            router.journeys(query)
            router.profile(query, 60)
            _warm_up_what_may_not_come_up(router, query)
            router.reach(query)
            router.travel_s(query)
        timetable = router.timetable(queries[-1])
        warm_up_rides(timetable, router.allowed(queries[-1], timetable))
    _warm_up_rest(router, queries)


def warm_up_half(meanwhile: str, folder: str | None = None) -> None:
    """What `warm_up` leaves to another process: the rest, of the snapshot's version in `folder`, if one is named.

    meanwhile: the base folder of who compiles the first half. What both need is there by the time it is needed here.
    Raises ingest.snapshot.SnapshotError and OSError.
    """
    warm_up_spreads()
    if folder is not None:
        take_over(Path(meanwhile), base_folder())
        router = Router(read_version(Path(folder)))
        _warm_up_rest(router, _queries(router))


def _warm_up_rest(router: Router, queries: Sequence[Query]) -> None:
    warm_up_spreads()
    router.fares.warm_up()
    nothing = np.empty(0, np.int64)
    arrivals(nothing, nothing, nothing, nothing, 1, 1)
    for query in queries:
        SamePlaces(router, LONG_WINDOW_S).least(query, router.ends(query))
        warm_up_prices(router, query)


def _warm_up_what_may_not_come_up(router: Router, query: Query) -> None:
    """The kernel that replays a journey, for there may be none; and those of windows, of which what is boarded at the
    near end decides which are needed."""
    ends = router.ends(query)
    task, searcher = router.search_task(query, ends)
    timetable, walks, nobody = router.timetable(query), router.walks(query), np.empty(0, np.int32)
    replay(timetable, walks, Skeleton(0, 0, ()), ends.access, 0)
    searcher.profile(timetable, walks, task, 60, (nobody, nobody))
    near_s = searcher.ready_s(timetable, walks, task)[-1]
    searcher.ahead(timetable, walks, task, searcher.catches(timetable, task, 60, near_s))


def _queries(router: Router) -> list[Query]:
    """One by when to leave, one by when to arrive; none where there is no stop."""
    ids = router.network.stops.id
    if len(ids) == 0:
        return []
    zone = datetime.now().astimezone().tzinfo
    noon = datetime.combine(router.network.first_date, datetime.min.time(), tzinfo=zone)
    return [Query(ids[0], ids[len(ids) - 1], noon, arrive_by=arrive_by) for arrive_by in (False, True)]
