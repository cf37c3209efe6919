"""Compiles the kernels of a router, or reads them from the cache, before somebody waits for them."""

from __future__ import annotations

from datetime import datetime

from routing.cheapest.find import warm_up as warm_up_prices
from routing.headways.warm_up import compiled_elsewhere, warm_up_odds
from routing.query import Query
from routing.router import Router


def warm_up(router: Router) -> None:
    """By a search of each kind on the first service day."""
    ids = router.network.stops.id
    if len(ids) == 0:
        return
    zone = datetime.now().astimezone().tzinfo
    noon = datetime.combine(router.network.first_date, datetime.min.time(), tzinfo=zone)
    with compiled_elsewhere():
        router.fares.warm_up()
        for arrive_by in (False, True):
            query = Query(ids[0], ids[len(ids) - 1], noon, arrive_by=arrive_by)
            router.journeys(query)
            router.reach(query)
            router.profile(query, 60)
            warm_up_prices(router, query)
    timetable = router.timetable(query)
    warm_up_odds(timetable, router.allowed(query, timetable))
