"""Walking links by straight line."""

from __future__ import annotations

import numpy as np

from ingest.footpaths import straight_links, walked_m
from ingest.model import Network
from ingest.pipeline import WalkOptions
from tests.scenarios.drawn import network_of
from tests.support.timetable_text import feeds_of

NEIGHBOURS = """
    stop A 0 0
    stop B 99.9 0
    stop C 399.9 0
    station Z: A
    A 08:00 > B 08:10 > C 08:20 / x
    A 08:00 > B 08:10 / y
"""


def _network() -> Network:
    return network_of(feeds_of(NEIGHBOURS), WalkOptions("off"))


def _links(radius_m: float, detour: float = 1.3) -> dict[tuple[str, str], int]:
    network = _network()
    links = straight_links(network, radius_m, detour)
    ids = network.stops.id
    return {
        (ids[start], ids[end]): metres
        for start, end, metres in zip(
            links.from_stop.tolist(), links.to_stop.tolist(), links.distance_m.tolist(), strict=True
        )
    }


def test_walked_metres_are_straight_ones_times_the_detour_rounded_up() -> None:
    assert walked_m(np.array([0.0, 99.9, 100.0, 0.1]), 1.3).tolist() == [0, 130, 130, 1]


def test_stops_within_the_radius_are_linked_both_ways_and_across_feeds() -> None:
    # 99.9 m x 1.3 = 129.87; C is 399.9 m from A and 300 m from B.
    links = _links(150)
    assert links["x_A", "x_B"] == links["x_B", "x_A"] == links["x_A", "y_B"] == 130
    assert links["x_A", "y_A"] == links["y_A", "x_A"] == 0
    assert not any("x_C" in pair for pair in links)


def test_the_radius_is_of_the_straight_line_not_of_the_walk() -> None:
    assert ("x_A", "x_B") in _links(100)
    assert ("x_A", "x_B") not in _links(99.8)


def test_no_stop_is_linked_to_itself_and_no_station_to_anything() -> None:
    pairs = _links(1000).keys()
    assert not any(start == end for start, end in pairs)
    assert not any("_Z" in stop for pair in pairs for stop in pair)


def test_links_are_sorted() -> None:
    links = straight_links(_network(), 1000, 1.3)
    pairs = list(zip(links.from_stop.tolist(), links.to_stop.tolist(), strict=True))
    assert pairs == sorted(pairs)
