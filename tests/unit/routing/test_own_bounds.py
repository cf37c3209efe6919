"""Least times of one question: what they leave out that those of all cannot, and that nobody is faster."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.bounds import no_bounds
from ingest.model import BOUND_UNIT_S
from routing import Query, Router
from routing.kernels.layout import NO_WAY, UNREACHED
from routing.own_bounds import LONG_WINDOW_S, Hops, SamePlaces, ways_of
from tests.scenarios.drawn import network_of, query_of, router_of
from tests.support.examples import thorough
from tests.support.gtfs_feed import GtfsFeed
from tests.support.strategies import SETTINGS, networks

DAY_S = 86_400


def minutes(router: Router, query: Query, window_s: int = DAY_S) -> Mapping[str, int]:
    """Least minutes from each stop to the destination (arrive-by: from the origin)."""
    least = SamePlaces(router, window_s).least(query, router.ends(query))
    units = least.table.any_rides.astype(int)
    return {name: int(unit) for name, unit in zip(router.network.stops.id, units, strict=False)}


def test_only_what_the_question_may_ride_counts() -> None:
    router = router_of("A 08:00 > B 08:10 / fast\nA 08:00 > B 08:40 / slow")
    query = query_of("fast_A", "fast_B", "07:00")
    assert minutes(router, query)["fast_A"] == 10
    slow = dataclasses.replace(query, providers=frozenset({"slow"}))
    assert minutes(router, slow)["fast_A"] == 40
    assert minutes(router, slow, LONG_WINDOW_S - 1)["fast_A"] == 10
    back = dataclasses.replace(slow, arrive_by=True)
    assert minutes(router, back)["fast_B"] == 40


def test_only_what_runs_in_its_timetable_counts() -> None:
    router = router_of("""
        days FAST 1111111 2026-03-10 2026-03-12
        A 08:00 > B 08:10 / x, service FAST
        A 0:00 > B 0:20 / x, every 600 from 06:00 to 10:00
        A 0:00 > B 0:21 / y, every 1200 from 06:00 to 10:00
    """)
    query = query_of("x_A", "x_B", "07:00")
    assert minutes(router, query)["x_A"] == 25
    assert minutes(router, dataclasses.replace(query, providers=frozenset({"y"})))["x_A"] == 31
    assert minutes(router, dataclasses.replace(query, headway_wait="none"))["x_A"] == 20
    # As the search counts it: who waits for the whole headway.
    assert minutes(router, dataclasses.replace(query, headway_wait="worst"))["x_A"] == 30
    assert minutes(router, dataclasses.replace(query, time=query.time.replace(day=10)))["x_A"] == 10


@given(
    st.lists(st.tuples(*[st.integers(0, 3)] * 2, st.integers(0, 9), st.integers(-1, 2)), max_size=20),
    st.lists(st.integers(0, 1), min_size=3, max_size=3),
)
def test_of_each_pair_of_nodes_the_fastest_allowed_way_counts(
    drawn: list[tuple[int, int, int, int]], allowed: list[int]
) -> None:
    rows = sorted(drawn, key=lambda row: row[:3])
    hops = Hops(*np.array(rows, np.int32).reshape(-1, 4).T.copy(), n_nodes=4)
    ways = ways_of(hops, np.array(allowed, np.uint8))
    found = {
        (start, int(ways.ends[way])): int(ways.seconds[way])
        for start in range(4)
        for way in range(ways.ptr[start], ways.ptr[start + 1])
    }
    ridden = [row for row in rows if row[3] < 0 or allowed[row[3]]]
    assert found == {row[:2]: row[2] for row in reversed(ridden)}
    assert len(ways.ends) == len(ways.seconds) == len(found) == ways.ptr[4]


def test_they_end_at_the_very_place_and_not_in_its_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.bounds.MOST_CELLS", 1)
    router = router_of("A 08:00 > B 08:10 > C 08:20 / x")
    query = query_of("x_A", "x_C", "07:00")
    assert router.least(query, router.ends(query)).table.any_rides.tolist() == [0, 0, 0]
    assert minutes(router, query) == {"x_A": 20, "x_B": 10, "x_C": 0}


def test_without_bounds_in_the_snapshot_they_are_all_there_is() -> None:
    router = router_of("A 08:00 > B 08:10 / x\nD 08:00 > E 08:10 / x")
    unbounded = Router(dataclasses.replace(router.network, bounds=no_bounds()))
    query = query_of("x_A", "x_B", "07:00")
    assert minutes(unbounded, query) == {"x_A": 10, "x_B": 0, "x_D": NO_WAY, "x_E": NO_WAY}
    assert unbounded.profile(query, DAY_S) == router.profile(query, DAY_S) != []


@thorough(25)
@given(networks(max_feeds=3, headways=True))
def test_nobody_is_anywhere_sooner_than_they_say(feeds: dict[str, GtfsFeed]) -> None:
    network = network_of(feeds)
    router = Router(dataclasses.replace(network, bounds=no_bounds()))
    ids, noon = network.stops.id, SETTINGS[0][1]
    for place in range(len(ids)):
        for hour, arrive_by in ((0, False), (8, True), (22, False)):
            time = datetime(noon.year, noon.month, noon.day, hour, tzinfo=UTC)
            query = Query(ids[place], ids[place], time, arrive_by=arrive_by)
            ends = router.ends(query)
            if not ends.origin.stops:
                continue
            # They lead to the far end of a question, and it is asked how far all are from its near end.
            other = dataclasses.replace(query, arrive_by=not arrive_by)
            units = SamePlaces(router, DAY_S).least(other, ends).table.any_rides[: len(ids)].astype(int)
            seconds = router.reach(query)
            reached = seconds < UNREACHED
            assert (units[reached] != NO_WAY).all()
            assert (units[reached] * BOUND_UNIT_S <= seconds[reached]).all()
            assert np.array_equal(units[list(ends.origin.stops)], np.zeros(len(ends.origin.stops)))
