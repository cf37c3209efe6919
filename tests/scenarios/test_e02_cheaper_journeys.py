"""Journeys that a search without prices never finds, because they are later."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ingest.region import Region, RegionFeed, RegionProvider
from ingest.tariff_schema import TariffFile
from ingest.tariffs import Tariff
from routing import Query, QueryError, Router
from routing.compare import Comparison
from routing.fares import Fare
from tests.scenarios.drawn import line_of, network_of, query_of
from tests.support.timetable_text import feeds_of

LINES = """
    stop A 0 0
    stop B 4000 0
    stop C 8000 0
    A 08:00 > C 08:20 / express, trip E1
    A 08:02 > B 08:15 > C 08:30 / bus, trip B1
    A 08:12 > B 08:25 > C 08:40 / bus, trip B2
"""


def ticket(name: str, amount: int, **more: Any) -> dict[str, Any]:
    return {"id": name, "name": {"en": name}, "providers": [name], "price": {"kind": "flat", "amount": amount}, **more}


def router_of(text: str, *tickets: dict[str, Any]) -> Router:
    feeds = feeds_of(text)
    file = {"source": "drawn", "currency": "IDR", "ticket": list(tickets)}
    region = Region(
        id="drawn",
        name={"en": "Drawn"},
        timezone="Asia/Jakarta",
        center=(0.0, 0.0),
        providers=tuple(RegionProvider(feed, feed, "0072B2", (feed,), ()) for feed in feeds),
        feeds=tuple(RegionFeed(feed, "", f"{feed}.zip", "") for feed in feeds),
        trips=(),
        tariffs=(Tariff("t.toml", TariffFile.model_validate(file)),),
    )
    return Router(network_of(feeds, region=region))


def told(found: Comparison, query: Query) -> list[tuple[str, int | None]]:
    options = sorted(found.options, key=lambda option: (option.journey.arrival_s, option.journey.departure_s))
    return [
        (line_of(option.journey, query), int(option.fare.amount) if isinstance(option.fare, Fare) else None)
        for option in options
    ]


ONE = """
    stop A 0 0
    stop C 8000 0
    A 08:00 > C 08:20 / x, trip E1, route fast
    A 08:02 > C 08:30 / x, trip B1, route slow
    A 08:12 > C 08:40 / x, trip B2, route slow
"""


def one_provider() -> Router:
    return router_of(ONE, ticket("x", 9000, routes=["x_fast"]), ticket("x", 3000, routes=["x_slow"], id="x2"))


def test_a_cheaper_trip_that_arrives_later_is_missed_without_prices_and_found_with_them() -> None:
    router, query = one_provider(), query_of("x_A", "x_C", "08:00")
    fast = ("08:00 > 08:20, 0 changes: x_A 08:00 x_E1 x_C 08:20", 9000)
    slow = ("08:02 > 08:30, 0 changes: x_A 08:02 x_B1 x_C 08:30", 3000)
    assert told(router.compare(query), query) == [fast]
    assert told(router.compare(query, cheapest_within_s=600), query) == [fast, slow]
    badges = [option.badges for option in router.compare(query, cheapest_within_s=600).options]
    assert sum("cheapest" in badge for badge in badges) == 1


def test_the_limit_is_to_the_second() -> None:
    router, query = one_provider(), query_of("x_A", "x_C", "08:00")
    assert len(router.compare(query, cheapest_within_s=599).options) == 1


def test_who_must_arrive_by_a_time_may_leave_earlier_for_less() -> None:
    express = "A 08:25 > C 08:44 / x, trip E2, route fast"
    router = router_of(
        ONE + express, ticket("x", 9000, routes=["x_fast"]), ticket("x", 3000, routes=["x_slow"], id="x2")
    )
    query = query_of("x_A", "x_C", "08:45", arrive_by=True)
    fast = ("08:25 > 08:44, 0 changes: x_A 08:25 x_E2 x_C 08:44", 9000)
    slow = ("08:12 > 08:40, 0 changes: x_A 08:12 x_B2 x_C 08:40", 3000)
    assert told(router.compare(query), query) == [fast]
    assert told(router.compare(query, cheapest_within_s=13 * 60), query) == [slow, fast]
    assert told(router.compare(query, cheapest_within_s=13 * 60 - 1), query) == [fast]


def test_in_a_window_each_departure_has_its_own_limit() -> None:
    router, query = one_provider(), query_of("x_A", "x_C", "07:55")
    found = router.compare(query, window_s=1800, cheapest_within_s=600)
    assert told(found, query) == [
        ("08:00 > 08:20, 0 changes: x_A 08:00 x_E1 x_C 08:20", 9000),
        ("08:02 > 08:30, 0 changes: x_A 08:02 x_B1 x_C 08:30", 3000),
        ("08:12 > 08:40, 0 changes: x_A 08:12 x_B2 x_C 08:40", 3000),
    ]


def test_a_bus_hides_no_train_that_leaves_when_its_service_has_ended() -> None:
    """From 08:25 on, half a headway before the end, no bus is promised; started at 08:28 it would be there sooner."""
    router = router_of(
        """
        A 0:00 > C 0:20 / x, every 600 from 06:00 to 08:30
        A 08:28 > C 08:54 / x, trip Z
        """,
        ticket("x", 3000),
    )
    query = query_of("x_A", "x_C", "08:10")
    for within_s in (None, 600):
        found = router.compare(query, window_s=1800, cheapest_within_s=within_s)
        assert [text for text, _ in told(found, query) if "x_Z" in text] == [
            "08:28 > 08:54, 0 changes: x_A 08:28 x_Z x_C 08:54"
        ], within_s


def test_an_unknown_price_neither_hides_a_price_nor_is_hidden_by_one() -> None:
    router = router_of(ONE, ticket("x", 3000, routes=["x_slow"]))
    query = query_of("x_A", "x_C", "08:00")
    assert told(router.compare(query, cheapest_within_s=600), query) == [
        ("08:00 > 08:20, 0 changes: x_A 08:00 x_E1 x_C 08:20", None),
        ("08:02 > 08:30, 0 changes: x_A 08:02 x_B1 x_C 08:30", 3000),
    ]


def test_a_vehicle_is_let_go_by_where_the_next_one_is_cheaper() -> None:
    """From 08:20 on the train costs less; the bus is there at 08:10."""
    off_peak = [{"from": "08:20", "until": "24:00", "amount": 2000}]
    router = router_of(
        """
        stop A 0 0
        stop B 4000 0
        stop C 8000 0
        A 08:00 > B 08:10 / bus, trip B1
        B 08:12 > C 08:30 / train, trip T1
        B 08:22 > C 08:40 / train, trip T2
        """,
        ticket("bus", 1000),
        ticket("train", 5000, when=off_peak),
    )
    query = query_of("bus_A", "train_C", "08:00")
    found = router.compare(query, cheapest_within_s=900)
    assert told(found, query) == [
        ("08:00 > 08:30, 1 change: bus_A 08:00 bus_B1 bus_B 08:10 | walk bus_B 08:10 train_B 08:10 (0 m) | "
         "train_B 08:12 train_T1 train_C 08:30", 6000),
        ("08:00 > 08:40, 1 change: bus_A 08:00 bus_B1 bus_B 08:10 | walk bus_B 08:10 train_B 08:10 (0 m) | "
         "train_B 08:22 train_T2 train_C 08:40", 3000),
    ]  # fmt: skip
    later = max(found.options, key=lambda option: option.journey.arrival_s).journey
    assert [leg.wait_s for leg in later.rides] == [0, 720]
    assert later.wait_s == 720
    assert later.providers == {"bus", "train"}


def test_headway_services_first_are_left_for_as_late_as_the_train_allows() -> None:
    router = router_of(
        """
        stop A 0 0
        stop B 4000 0
        stop C 8000 0
        A 08:00 > C 08:30 / taxi, trip X1
        A 0:00 > B 0:10 / bus, every 600 from 06:00 to 10:00
        B 08:30 > C 08:45 / train, trip T1
        """,
        ticket("taxi", 90_000),
        ticket("bus", 1000),
        ticket("train", 2000),
    )
    query = query_of("bus_A", "train_C", "08:00")
    (cheap,) = (o for o in router.compare(query, cheapest_within_s=900).options if o.providers == {"bus", "train"})
    # Five minutes of waiting for the bus and ten in it: at 08:15 it is time to go.
    assert f"{cheap.journey.departure:%H:%M:%S}" == "08:15:00"
    assert isinstance(cheap.fare, Fare)
    assert cheap.fare.amount == Decimal(3000)


def test_every_set_of_providers_is_looked_through() -> None:
    """The express is first; the bus alone and both together have cheaper ways, and none hides the other's."""
    router = router_of(LINES, ticket("express", 9000), ticket("bus", 3000))
    query = query_of("bus_A", "bus_C", "08:00")
    with_prices = told(router.compare(query, cheapest_within_s=1800), query)
    assert [price for _, price in with_prices] == [9000, 3000]


@pytest.mark.parametrize("within_s", [-1, 7201])
def test_a_limit_out_of_bounds_is_an_error_that_names_it(within_s: int) -> None:
    router, query = one_provider(), query_of("x_A", "x_C", "08:00")
    with pytest.raises(QueryError, match=r"it must lie between 0 and 7200") as error:
        router.compare(query, cheapest_within_s=within_s)
    assert error.value.field == "cheapest_within_s"


def test_a_walk_and_nothing_to_ride_are_left_as_they_are() -> None:
    router = one_provider()
    before_service = query_of("x_A", "x_C", "08:00", date="2027-03-02")
    assert router.compare(before_service, cheapest_within_s=600).options == ()
    same = query_of("x_A", "x_A", "08:00")
    assert router.compare(same, cheapest_within_s=600).reason == "same_place"
    assert [option.journey.duration_s for option in router.compare(same, cheapest_within_s=600).options] == [0]
