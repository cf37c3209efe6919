"""Least travel times: what they say of small networks, and that no journey is faster."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.bound_kernels import FARTHEST, NOT_REACHED
from ingest.bounds import build_bounds, no_bounds, stop_cells
from ingest.model import BOUND_UNIT_S, Bounds, Network
from routing import Query, Router
from routing.kernels.layout import UNREACHED
from tests.scenarios.drawn import network_of
from tests.support.examples import thorough
from tests.support.gtfs_feed import GtfsFeed
from tests.support.strategies import SETTINGS, networks
from tests.support.timetable_text import feeds_of

ONE_RIDE, ANY, FEWEST, UNWAITED = 0, 1, 2, 3


def drawn(text: str) -> tuple[Network, Bounds]:
    network = network_of(feeds_of(text))
    return network, build_bounds(network)


def least(network: Network, table: np.ndarray, row: int, cell_of: str, stop: str) -> int:
    """Units between the cell of one stop and another stop."""
    ids = network.stops.id
    return int(table[network.bounds.cell[ids.find(cell_of)], row, ids.find(stop)])


def test_what_all_cells_know_of_a_stop_lies_together_where_it_says_more(monkeypatch: pytest.MonkeyPatch) -> None:
    network, bounds = drawn(LINES)
    assert bounds.toward_of.shape == bounds.away_of.shape == (0, 0, 0)
    monkeypatch.setattr("ingest.bounds.MOST_CELLS", 2)
    bounds = build_bounds(network)
    assert bounds.away.shape[0] == 2 < len(network.stops.id)
    for table, by_stop in ((bounds.toward, bounds.toward_of), (bounds.away, bounds.away_of)):
        assert by_stop.flags.c_contiguous
        assert np.array_equal(by_stop, np.moveaxis(table, 2, 0))


LINES = """
    A 08:00 > B 08:10 08:30 > C 08:40 / x
    A 09:00 > B 09:08 > C 09:20 / x
    C 10:00 > D 10:05 / y
"""


def test_each_hop_counts_as_its_fastest_trip_runs_it_and_nobody_waits() -> None:
    network, bounds = drawn(LINES)
    # 8 min in the second trip, 10 min in the first, 5 min in the other line, whose train leaves an hour later.
    assert least(network, bounds.away, ANY, "x_A", "x_C") == 18 * 60 // BOUND_UNIT_S
    assert least(network, bounds.away, ANY, "x_A", "y_D") == 23 * 60 // BOUND_UNIT_S
    assert least(network, bounds.toward, ANY, "y_D", "x_A") == 23 * 60 // BOUND_UNIT_S


def test_with_one_ride_only_one_line_is_ridden() -> None:
    network, bounds = drawn(LINES)
    assert least(network, bounds.away, ONE_RIDE, "x_A", "x_C") == 18 * 60 // BOUND_UNIT_S
    assert least(network, bounds.away, ONE_RIDE, "x_A", "y_D") == NOT_REACHED
    assert least(network, bounds.toward, ONE_RIDE, "y_D", "x_A") == NOT_REACHED


def test_nobody_rides_against_the_line() -> None:
    network, bounds = drawn(LINES)
    assert least(network, bounds.away, ANY, "y_D", "x_A") == NOT_REACHED
    assert least(network, bounds.toward, ANY, "x_A", "y_D") == NOT_REACHED


def test_walks_count_at_the_speed_that_bounds_are_made_for() -> None:
    text = "stop B 0 0\nstop P 99.9 0\nA 08:00 > B 08:10 / x\nP 08:00 > C 08:10 / x"
    network, bounds = drawn(text)
    # 130 m at 1.2 m/s are 108 s and a part of one.
    assert least(network, bounds.away, ONE_RIDE, "x_B", "x_P") == 108 // BOUND_UNIT_S
    assert least(network, bounds.away, ONE_RIDE, "x_A", "x_P") == 708 // BOUND_UNIT_S
    assert least(network, bounds.away, ANY, "x_A", "x_C") == 1308 // BOUND_UNIT_S
    assert least(network, bounds.away, ONE_RIDE, "x_A", "x_C") == NOT_REACHED


def test_who_stays_seated_rides_once() -> None:
    text = "A 08:00 > B 08:10 / x, trip T1, block 1\nB 08:12 > C 08:20 / x, trip T2, block 1"
    network, bounds = drawn(text)
    assert least(network, bounds.away, ONE_RIDE, "x_A", "x_C") == 18 * 60 // BOUND_UNIT_S
    assert least(network, bounds.toward, ONE_RIDE, "x_C", "x_A") == 18 * 60 // BOUND_UNIT_S


def test_the_fewest_rides_are_counted_with_a_walk_between_two_of_them_but_not_two_walks() -> None:
    text = """
        stop B 0 0
        stop P 400 0
        stop Q 850 0
        A 08:00 > B 08:10 / x
        P 08:00 > C 08:10 > D 08:20 / x
        Q 08:00 > E 08:10 / x
    """
    network, bounds = drawn(text)
    stops = [f"x_{name}" for name in "ABPCDQE"]
    assert [least(network, bounds.away, FEWEST, "x_A", stop) for stop in stops] == [
        0,
        1,
        1,
        2,
        2,
        NOT_REACHED,
        NOT_REACHED,
    ]
    assert [least(network, bounds.toward, FEWEST, "x_D", stop) for stop in stops][:5] == [2, 1, 1, 1, 0]
    # P to Q is too far to walk at once, and B to Q by way of P is two walks.
    assert least(network, bounds.away, FEWEST, "x_B", "x_Q") == NOT_REACHED


def test_a_stop_walked_to_with_few_rides_is_left_on_foot_with_more() -> None:
    # P is walked to from B after one ride; only who rides to it, with two, walks on to Q.
    text = """
        stop B 0 0
        stop P 400 0
        stop Q 850 0
        A 08:00 > B 08:10 / x
        B 08:20 > C 08:25 / x
        C 08:30 > P 08:40 / x
        Q 09:00 > E 09:10 / x
    """
    network, bounds = drawn(text)
    assert [least(network, bounds.away, FEWEST, "x_A", f"x_{stop}") for stop in "BPQE"] == [1, 1, 3, 4]


def test_of_a_line_entered_farther_back_later_the_rest_is_looked_at_too() -> None:
    text = "A 08:00 > C 08:10 / x\nB 08:00 > C 08:10 > D 08:20 / x\nA 08:00 > Z 08:10 / x\nZ 08:20 > B 08:30 / x"
    network, bounds = drawn(text)
    assert [least(network, bounds.away, FEWEST, "x_A", f"x_{stop}") for stop in "CDZB"] == [1, 2, 1, 2]
    # Against the line, from D: C, then B with the same ride.
    assert [least(network, bounds.toward, FEWEST, "x_D", f"x_{stop}") for stop in "CBZA"] == [1, 1, 2, 2]


def test_who_stays_seated_takes_no_further_vehicle() -> None:
    text = "A 08:00 > B 08:10 / x, trip T1, block 1\nB 08:12 > C 08:20 / x, trip T2, block 1"
    network, bounds = drawn(text)
    assert least(network, bounds.away, FEWEST, "x_A", "x_C") == 1
    assert least(network, bounds.toward, FEWEST, "x_C", "x_A") == 1


EVERY = "A 0:00 > B 0:10 > C 0:20 / x, every 1200 from 06:00 to 10:00"


def test_who_boards_a_headway_service_waits_half_a_headway_for_it() -> None:
    text = f"""
        {EVERY}
        A 0:00 > B 0:10 / y, every 600 from 06:00 to 10:00, every 900 from 10:00 to 11:00
        C 07:00 > D 07:05 / z
    """
    network, bounds = drawn(text)
    assert bounds.away.shape[1] == 4
    units = {
        ("x_A", "x_C"): 30,
        # Each vehicle is waited for, and only where it is boarded.
        ("x_B", "x_C"): 20,
        ("y_A", "y_B"): 15,
        ("x_A", "z_D"): 35,
    }
    for (start, end), minutes in units.items():
        expected = minutes * 60 // BOUND_UNIT_S
        assert least(network, bounds.away, ANY, start, end) == expected
        assert least(network, bounds.toward, ANY, end, start) == expected
        unwaited = least(network, bounds.away, UNWAITED, start, end)
        assert unwaited == least(network, bounds.toward, UNWAITED, end, start) < expected
    assert least(network, bounds.away, ONE_RIDE, "x_A", "x_C") == 30 * 60 // BOUND_UNIT_S
    assert least(network, bounds.toward, ONE_RIDE, "x_C", "x_A") == 30 * 60 // BOUND_UNIT_S


@pytest.mark.parametrize(
    "other",
    [
        "A 0:00 > B 0:10 > C 0:20 / x, exact 1200 from 12:00 to 20:00",
        "A 08:00 > B 08:10 > C 08:20 / x",
    ],
)
def test_nobody_waits_for_a_line_that_has_a_timetable_at_times(other: str) -> None:
    network, bounds = drawn(f"{EVERY}\n{other}")
    assert bounds.away.shape[1] == 3
    assert least(network, bounds.away, ANY, "x_A", "x_C") == 20 * 60 // BOUND_UNIT_S


def test_who_stays_seated_in_a_headway_service_waits_once() -> None:
    text = f"""
        {EVERY}, trip T1, block 1
        C 0:20 > D 0:30 / x, trip T2, block 1, every 1200 from 06:20 to 10:20
    """
    network, bounds = drawn(text)
    for table, one, other in ((bounds.away, "x_A", "x_D"), (bounds.toward, "x_D", "x_A")):
        assert [least(network, table, row, one, other) * BOUND_UNIT_S for row in (ONE_RIDE, ANY)] == [40 * 60] * 2


def test_far_away_is_told_from_no_way() -> None:
    network, bounds = drawn("A 08:00 > B 13:00 > C 14:00 / x\nE 08:00 > F 08:10 / x")
    assert least(network, bounds.away, ANY, "x_A", "x_B") == FARTHEST
    assert least(network, bounds.away, ANY, "x_A", "x_C") == FARTHEST
    assert least(network, bounds.away, ONE_RIDE, "x_A", "x_C") == FARTHEST
    assert least(network, bounds.away, ANY, "x_A", "x_F") == NOT_REACHED


@pytest.mark.parametrize("most", [1, 2, 5, 100])
def test_every_stop_is_in_a_cell_and_cells_are_as_many_as_allowed(most: int) -> None:
    chance = np.random.default_rng(1)
    cells = stop_cells(chance.uniform(-7, -6, 37), chance.uniform(106, 107, 37), most)
    assert sorted(set(cells.tolist())) == list(range(cells.max() + 1))
    assert cells.max() + 1 <= most


def test_stops_of_a_cell_lie_together_and_unknown_places_do_no_harm() -> None:
    cells = stop_cells(np.array([0.0, 0.001, 5.0, 5.001, np.nan]), np.array([0.0, 0.0, 9.0, 9.0, 1.0]), 2)
    assert cells[0] == cells[1]
    assert cells[2] == cells[3] != cells[0]


def test_no_stops_have_no_cells() -> None:
    assert len(stop_cells(np.empty(0), np.empty(0), 10)) == 0
    assert len(no_bounds().cell) == 0


@thorough(25)
@given(st.booleans().flatmap(lambda headways: networks(max_feeds=3, headways=headways)))
def test_nobody_is_anywhere_sooner_than_the_bounds_say(feeds: dict[str, GtfsFeed]) -> None:
    network = network_of(feeds)
    router = Router(network)
    ids, bounds = network.stops.id, network.bounds
    noon = SETTINGS[0][1]
    for origin in range(len(ids)):
        for hour in (0, 8, 22):
            time = datetime(noon.year, noon.month, noon.day, hour, tzinfo=UTC)
            for wait, row in (("expected", ANY), ("none", -1 if bounds.away.shape[1] > UNWAITED else ANY)):
                query = Query(ids[origin], ids[origin], time, walk_speed_m_per_s=1.2, headway_wait=wait)
                seconds, places = router.reach(query), router.ends(query).origin.stops
                if not places:
                    continue
                units = bounds.away[bounds.cell[list(places)], row].astype(int).min(axis=0)
                reached = seconds < UNREACHED
                assert (units[reached] != NOT_REACHED).all()
                assert (units[reached] * BOUND_UNIT_S <= seconds[reached]).all()


@thorough(25)
@given(networks(max_feeds=3))
def test_nobody_is_anywhere_with_fewer_vehicles_than_the_bounds_say(feeds: dict[str, GtfsFeed]) -> None:
    network = network_of(feeds)
    # Without bounds, which would leave out the very journeys that show them wrong.
    router = Router(replace(network, bounds=no_bounds()))
    ids, bounds = network.stops.id, network.bounds
    noon = SETTINGS[0][1]
    time = datetime(noon.year, noon.month, noon.day, 7, tzinfo=UTC)
    for origin, destination in product(range(len(ids)), repeat=2):
        query = Query(ids[origin], ids[destination], time)
        ends = router.ends(query)
        if not (ends.origin.stops and ends.destination.stops):
            continue
        starts, goals = list(ends.origin.stops), list(ends.destination.stops)
        least_away = bounds.away[bounds.cell[starts], FEWEST][:, goals].min()
        least_toward = bounds.toward[bounds.cell[goals], FEWEST][:, starts].min()
        for ride in router.rides(query, ends):
            assert max(least_away, least_toward) <= ride.transfers + 1
