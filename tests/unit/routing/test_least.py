"""Which rows of the bounds a query reads."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from itertools import permutations
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.bounds import build_bounds, no_bounds
from ingest.model import BOUND_UNIT_S, Bounds
from routing import Query, Router
from routing.compare.other_headway import OtherHeadway
from routing.least import MOST_CELLS, LeastTimes, least_times
from routing.places import Reach, ResolvedPlace
from tests.scenarios.drawn import network_of, query_of, router_of
from tests.support.examples import thorough
from tests.support.gtfs_feed import GtfsFeed
from tests.support.realtime import call, live_router, trip_update
from tests.support.strategies import SETTINGS, networks
from tests.support.timetable_text import position

LINES = """
    A 08:00 > B 08:10 > C 08:40 / x
    C 08:50 > D 09:00 / y
"""


def least_of(router: Router, **changes: object) -> LeastTimes:
    query = dataclasses.replace(query_of("x_A", "y_D", "07:00"), **changes)
    return router.least(query, router.ends(query))


def minutes(router: Router, least: LeastTimes, stop: str) -> float:
    return float(least.table.any_rides[router.network.stops.id.find(stop)]) * least.unit_s / 60


def test_depart_at_looks_towards_the_destination_and_arrive_by_away_from_the_origin() -> None:
    router = router_of(LINES)
    assert minutes(router, least_of(router), "x_B") == 40
    assert minutes(router, least_of(router, arrive_by=True), "x_B") == 10


def test_who_walks_faster_may_take_less_in_proportion() -> None:
    router = router_of(LINES)
    assert least_of(router, walk_speed_m_per_s=0.6).unit_s == BOUND_UNIT_S
    assert least_of(router, walk_speed_m_per_s=2.4).unit_s == BOUND_UNIT_S // 2


EVERY = "A 0:00 > B 0:10 / x, trip H, every 1200 from 06:00 to 10:00"


def test_waits_are_counted_unless_the_query_or_real_time_lets_nobody_wait() -> None:
    router = router_of(f"{EVERY}\nB 08:00 > C 08:10 / x, trip T")
    ride, wait = 10, 10
    found = {
        waited: least_of(router, destination="x_B", headway_wait=waited) for waited in ("expected", "worst", "none")
    }
    assert {waited: minutes(router, least, "x_A") for waited, least in found.items()} == {
        "expected": ride + wait,
        "worst": ride + wait,
        "none": ride,
    }
    assert found["none"].table.one_ride.tolist() == found["none"].table.any_rides.tolist()
    vehicle = {"trip_id": "H", "start_time": "07:00:00", "start_date": "20260302"}
    told = []
    for trip in ({"trip_id": "T", "start_date": "20260302"}, vehicle):
        live = live_router(router, [trip_update(trip, call(1, departure=60))])
        told.append(minutes(router, least_of(live, destination="x_B", use_realtime=True), "x_A"))
    assert told == [ride + wait, ride]
    other = OtherHeadway(router, "x_H", 60)
    assert minutes(router, least_of(other, destination="x_B"), "x_A") == ride


def test_without_bounds_nothing_is_known() -> None:
    router = router_of(LINES)
    unbounded = Router(dataclasses.replace(router.network, bounds=no_bounds()))
    assert least_of(unbounded).unit_s == 0
    query = query_of("x_A", "y_D", "07:00")
    found = [router.skeletons(query, router.ends(query)) for router in (router, unbounded)]
    assert found[0] == found[1] != []


@pytest.mark.parametrize(("n_near", "is_known"), [(0, False), (2, True), (MOST_CELLS + 1, False)])
def test_a_coordinate_is_as_far_as_the_nearest_stop_around_it(n_near: int, is_known: bool) -> None:
    cells = np.arange(600, dtype=np.int32)
    table = np.broadcast_to((cells % 100 + 5).astype(np.uint8)[:, None, None], (600, 3, 600)).copy()
    bounds = dataclasses.replace(no_bounds(), cell=cells, toward=table, away=table)
    near = np.arange(n_near, dtype=np.int32) + 7
    place = ResolvedPlace((0.0, 0.0), (), 0.0, 0.0)
    found = least_times(bounds, place, Reach(near, near, near), 1.2, onward=False)
    assert (found.unit_s > 0) == is_known
    if is_known:
        assert set(found.table.any_rides.tolist()) == {12}


@pytest.mark.parametrize(
    ("onward", "known", "expected"),
    [(False, [3, 7, 6, 9], [7, 7, 8, 9]), (True, [4, 4, 8, 1], [5, 5, 8, 6])],
)
def test_what_the_cells_of_other_stops_know_of_the_end_counts_where_it_pays(
    onward: bool, known: list[int], expected: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    cell = np.array([0, 0, 1, 1], np.int32)
    toward, away = (
        np.repeat(np.array(rows, np.uint8)[:, None, :], 3, axis=1)
        for rows in ([[5, 5, 5, 4], [3, 7, 6, 9]], [[1, 2, 7, 3], [4, 4, 8, 1]])
    )
    by_stop = (np.ascontiguousarray(table.transpose(2, 0, 1)) for table in (toward, away))
    bounds = Bounds(cell, toward, away, *by_stop, cell, no_bounds().typical)
    place, reach = ResolvedPlace("x_C", (2,), 0.0, 0.0), Reach(cell[:0], cell[:0], cell[:0])

    def rows(*, is_fine: bool) -> list[list[int]]:
        found = least_times(bounds, place, reach, 1.2, onward=onward, is_fine=is_fine)
        assert not any(row.flags.writeable for row in found.table)
        return [row.tolist() for row in found.table]

    assert rows(is_fine=True) == [expected] * 3
    assert rows(is_fine=False) == [known] * 3  # two stops in a cell: it does not pay
    monkeypatch.setattr("routing.least.MANY_STOPS", 2)
    assert rows(is_fine=False) == [expected] * 3


@thorough(20)
@given(networks(max_feeds=3, headways=True), st.integers(1, 3))
def test_answers_are_those_without_bounds_however_few_the_cells(feeds: dict[str, GtfsFeed], most: int) -> None:
    network = network_of(feeds)
    with patch("ingest.bounds.MOST_CELLS", most):
        few = build_bounds(network)
    ids, noon = network.stops.id, SETTINGS[0][1]
    assert few.away.shape[0] <= most
    assert len(few.away_of) == len(few.toward_of) == (len(ids) if few.away.shape[0] < len(ids) else 0)
    bounded, free = (Router(dataclasses.replace(network, bounds=bounds)) for bounds in (few, no_bounds()))
    with patch("routing.least.MANY_STOPS", 1):
        for number, (origin, destination) in enumerate(permutations(ids, 2)):
            for arrive_by in (False, True):
                time = datetime(noon.year, noon.month, noon.day, 7 + 3 * (number % 4), tzinfo=UTC)
                query = Query(origin, destination, time, arrive_by=arrive_by, max_walk_s=600)
                for ask in (Router.journeys, lambda router, query: router.profile(query, 3600)):
                    found, expected = (
                        [(one.departure_s, one.arrival_s, one.transfers) for one in ask(router, query)]
                        for router in (bounded, free)
                    )
                    assert found == expected


def test_copies_of_a_stop_are_as_far_as_the_stop() -> None:
    text = "A 08:00 > B 08:10 / x, trip T1\nB 08:12 > D 09:00 / x, trip T2\ntransfer x B > B 2 300, from trip T1"
    router = router_of(text)
    query = query_of("x_A", "x_D", "07:00")
    stops = router.timetable(query).stops
    least = router.least(query, router.ends(query))
    assert stops.n_copies > 0
    copied = stops.stop_of[len(stops.copies_ptr) - 1 :]
    assert np.array_equal(least.table.any_rides[-stops.n_copies :], least.table.any_rides[copied])


def test_a_walk_before_a_ride_beyond_the_bounds_is_no_way_barred() -> None:
    # B is farther than the table can say, and the walk to A longer than the unit that is left between far and no way.
    router = router_of("stop A 0 0\nstop B 90000 0\nA 08:00 > B 13:30 / x")
    place = position(0, 200)
    query = dataclasses.replace(query_of("x_A", "x_B", "07:00"), origin=place)
    assert [journey.transfers for journey in router.journeys(query)] == [0]


def test_who_has_waited_for_a_headway_service_does_not_wait_for_it_again() -> None:
    # Seen from 08:05 on, who leaves at 08:00 must be there before 08:35. He boards H at 08:20, 10 minutes from C.
    router = router_of("""
        A 08:00 > B 08:10 / x
        B 0:00 > C 0:10 / x, trip H, every 1200 from 06:00 to 10:00
        A 08:05 > C 08:35 / x
    """)
    query = query_of("x_A", "x_C", "07:55")
    skeletons = router.profile_skeletons(query, router.ends(query), 1800)
    epoch_s = router.timetable(query).epoch_s
    start_s = int(query.time.timestamp()) - epoch_s
    found = [((one.departure - start_s) // 60, (one.arrival - start_s) // 60) for one in skeletons or ()]
    assert sorted(found) == [(5, 35), (10, 40)]
