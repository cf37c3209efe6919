"""What a leg looks like on a map."""

from __future__ import annotations

from itertools import groupby

import pytest

from ingest.model import Network
from routing import Router
from tests.scenarios.drawn import network_of, query_of
from tests.support.gtfs_feed import GtfsFeed
from tests.support.timetable_text import feeds_of

Points = list[tuple[float, float]]
# Stops on the parallel 5 degrees north; the shape bows north between them. (lon, lat)
STOPS = {"A": (10.0, 5.0), "B": (10.1, 5.0), "C": (10.2, 5.0)}
BOW: Points = [(10.0, 5.0), (10.05, 5.02), (10.1, 5.0), (10.15, 5.02), (10.2, 5.0)]


def _feed(shape: Points | None, distances: list[float] | None = None, called: list[float] | None = None) -> GtfsFeed:
    feed = feeds_of("A 08:00 > B 08:30 > C 09:00 / x, trip T")["x"]
    for row in feed.rows("stops"):
        lon, lat = STOPS[row["stop_id"]]
        row["stop_lat"], row["stop_lon"] = str(lat), str(lon)
    if shape is not None:
        feed.rows("trips")[0]["shape_id"] = "S"
    for index, (lon, lat) in enumerate(shape or []):
        feed.add(
            "shapes",
            shape_id="S",
            shape_pt_lat=lat,
            shape_pt_lon=lon,
            shape_pt_sequence=index,
            shape_dist_traveled=distances[index] if distances else None,
        )
    for row, distance in zip(feed.rows("stop_times"), called or [], strict=False):
        row["shape_dist_traveled"] = str(distance)
    return feed


def _drawn(feed: GtfsFeed, origin: str, destination: str) -> Points:
    network: Network = network_of({"x": feed})
    (journey,) = Router(network).journeys(query_of(f"x_{origin}", f"x_{destination}", "07:55"))
    # A call may fall on a point of the shape, which is then there twice.
    return [point for point, _ in groupby(journey.rides[0].geometry)]


def test_without_a_shape_it_is_straight_from_stop_to_stop() -> None:
    assert _drawn(_feed(None), "A", "C") == [STOPS["A"], STOPS["B"], STOPS["C"]]
    assert _drawn(_feed(None), "B", "C") == [STOPS["B"], STOPS["C"]]


def test_with_a_shape_it_is_the_part_between_the_calls() -> None:
    assert _drawn(_feed(BOW), "A", "C") == BOW
    assert _drawn(_feed(BOW), "A", "B") == BOW[:3]
    assert _drawn(_feed(BOW), "B", "C") == BOW[2:]


def test_distances_say_where_the_calls_are_rather_than_what_is_near() -> None:
    # B is called at after 1.5 of 4, half way down the first bow.
    feed = _feed(BOW, [0, 1, 2, 3, 4], [0, 1.5, 4])
    assert _drawn(feed, "A", "B") == [*BOW[:2], (10.075, 5.01)]
    assert _drawn(feed, "B", "C") == [(10.075, 5.01), *BOW[2:]]


def test_distances_that_stand_in_one_file_only_are_not_used() -> None:
    assert _drawn(_feed(BOW, None, [0, 1.5, 4]), "A", "B") == BOW[:3]
    assert _drawn(_feed(BOW, [0, 1, 2, 3, 4]), "A", "B") == BOW[:3]


def test_distances_that_do_not_rise_are_not_used() -> None:
    assert _drawn(_feed(BOW, [0, 0, 0, 0, 0], [0, 0, 0]), "A", "B") == BOW[:3]


def test_a_shape_that_runs_the_other_way_is_not_drawn_backwards() -> None:
    assert _drawn(_feed(BOW[::-1]), "A", "C") == [STOPS["A"], STOPS["B"], STOPS["C"]]


@pytest.mark.parametrize("shape", [[(10.0, 5.0)], [(10.0, 5.0)] * 3])
def test_a_shape_of_one_place_is_no_shape(shape: Points) -> None:
    assert _drawn(_feed(shape), "A", "C") == [STOPS["A"], STOPS["B"], STOPS["C"]]


def test_a_stop_without_a_place_is_left_out() -> None:
    feed = _feed(None)
    feed.rows("stops")[1]["stop_lat"] = "0"
    feed.rows("stops")[1]["stop_lon"] = "0"
    assert _drawn(feed, "A", "C") == [STOPS["A"], STOPS["C"]]
