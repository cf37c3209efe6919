"""How long rides are: along shapes, from stop to stop, and between stations by the shortest way."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from ingest.model import Floats, Network
from routing.fares.lengths import Between, Lengths
from routing.fares.line_kernel import places_in_order
from routing.fares.rides import Ride
from tests.scenarios.drawn import network_of
from tests.support.examples import thorough
from tests.support.gtfs_feed import GtfsFeed
from tests.support.lines_twin import places_in_order as twin
from tests.support.timetable_text import feeds_of, position

THERE_AND_BACK = """
    stop A 0 0
    stop B 1000 20
    stop C 2000 0
    A 08:00 > B 08:05 > C 08:10 > B 08:15 > A 08:20 / x, trip T1
"""


def _shaped(feed: GtfsFeed, metres: list[tuple[float, float]], told: list[float] | None = None) -> GtfsFeed:
    for at, (east, north) in enumerate(metres):
        lat, lon = position(east, north)
        feed.add("shapes", shape_id="S", shape_pt_lat=lat, shape_pt_lon=lon, shape_pt_sequence=at)
        if told is not None:
            feed.rows("shapes")[-1]["shape_dist_traveled"] = str(told[at])
    for trip in feed.rows("trips"):
        trip["shape_id"] = "S"
    return feed


def _along(network: Network) -> list[int]:
    return [round(float(metres)) for metres in Lengths(network).along(0)]


def test_without_a_shape_a_line_is_straight_from_stop_to_stop() -> None:
    assert _along(network_of(feeds_of(THERE_AND_BACK))) == pytest.approx([0, 1000, 2000, 3001, 4001], abs=2)


def test_a_line_that_comes_back_by_the_same_road_is_followed_both_ways() -> None:
    feeds = feeds_of(THERE_AND_BACK)
    _shaped(feeds["x"], [(0, 0), (1000, 0), (2000, 0), (1000, 0), (0, 0)])
    assert _along(network_of(feeds)) == pytest.approx([0, 1000, 2000, 3000, 4000], abs=2)


def test_a_bend_counts() -> None:
    feeds = feeds_of(THERE_AND_BACK)
    _shaped(feeds["x"], [(0, 0), (500, 1200), (1000, 0), (2000, 0), (1000, 0), (0, 0)])
    assert _along(network_of(feeds))[:3] == pytest.approx([0, 2600, 3600], abs=25)  # B is nearest to the way down


def test_told_distances_place_stops_whatever_their_unit() -> None:
    feeds = feeds_of(THERE_AND_BACK)
    _shaped(feeds["x"], [(0, 0), (2000, 0), (0, 0)], [0, 1.25, 2.5])  # miles or so: 1.25 is 2000 m
    for call, told in zip(feeds["x"].rows("stop_times"), ("0", "0.5", "1.25", "2", "2.5"), strict=True):
        call["shape_dist_traveled"] = told
    assert _along(network_of(feeds)) == pytest.approx([0, 800, 2000, 3200, 4000], abs=2)


def test_a_stop_without_a_place_makes_a_length_unknown() -> None:
    network = network_of(feeds_of(THERE_AND_BACK))
    lat = network.stops.lat.copy()
    lat[network.stops.id.find("x_B")] = np.nan
    network = dataclasses.replace(network, stops=dataclasses.replace(network.stops, lat=lat))
    now = dt.datetime(2026, 3, 2)
    ride = Ride(0, "x", "x", 0, 0, 1, now, now, 0, 0, False, "x_T1", 1, 2)
    assert np.isnan(Lengths(network).ridden_m(ride))


def test_the_shortest_way_between_stations_is_over_all_lines_of_the_provider() -> None:
    network = network_of(
        feeds_of("""
        stop A 0 0
        stop B 3000 0
        stop B2 3000 40
        stop C 3000 3000
        station Z: B B2
        A 08:00 > B 08:10 / x
        B2 08:00 > C 08:10 / x
        A 08:00 > D 09:00 / y
    """)
    )
    between = Between(network, Lengths(network), ["x"])
    find = network.stops.id.find
    assert between.metres(find("x_A"), find("x_C")) == pytest.approx(
        5960, abs=45
    )  # 3000 and 2960 to the other platform
    assert between.metres(find("x_C"), find("x_A")) == between.metres(find("x_A"), find("x_C"))
    assert between.metres(find("x_B"), find("x_B2")) == 0
    assert between.metres(find("x_A"), find("y_D")) == np.inf


@st.composite
def lines(draw: DrawFn) -> tuple[Floats, Floats]:
    """A line on a grid, that comes back upon itself and stands still at times, and calls near it."""
    steps = draw(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=1, max_size=40))
    points = np.cumsum([(0, 0), *steps], axis=0) * 50.0
    near = st.tuples(st.integers(0, len(points) - 1), st.integers(-40, 40), st.integers(-40, 40))
    calls = draw(st.lists(near, min_size=1, max_size=12))
    if draw(st.booleans()):
        calls.sort()
    return points, np.array([points[at] + (y, x) for at, y, x in calls])


@thorough(300)
@given(drawn=lines())
def test_the_kernel_places_calls_where_the_twin_does(drawn: tuple[Floats, Floats]) -> None:
    points, calls = drawn
    measure = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    assert places_in_order(points, calls, measure).tolist() == twin(points, calls, measure).tolist()
