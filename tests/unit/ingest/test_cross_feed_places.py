"""Which stops of several feeds are one place, and which are not."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

import pytest

from ingest.cross_feed import find_places
from ingest.cross_feed_names import normalise_address, normalise_name, similar_names
from ingest.cross_feed_places import WIDEST_PLACE_M
from ingest.model import Network
from tests.scenarios.drawn import network_of
from tests.support.gtfs_feed import GtfsFeed
from tests.support.timetable_text import feeds_of, position

Stop = tuple[str, float]
"""A name, and metres east of the centre."""


def _street(feeds: Mapping[str, list[Stop]]) -> Network:
    """Feeds whose stops 0, 1, 2 ... stand along one street, each called at by one trip that ends far away."""
    lines = [
        " > ".join([*(f"S{number} 8:{number:02d}" for number in range(len(stops))), "END 9:00"]) + f" / {feed}"
        for feed, stops in feeds.items()
    ]
    drawn = feeds_of("\n".join(lines))
    for feed_id, stops in feeds.items():
        for row, (name, east) in zip(drawn[feed_id].rows("stops"), stops, strict=False):
            lat, lon = position(east, 0)
            row.update(stop_name=name, stop_lat=f"{lat:.7f}", stop_lon=f"{lon:.7f}")
        drawn[feed_id].rows("stops")[-1].update(stop_name=f"end of {feed_id}")
    return network_of(drawn)


def _joined(network: Network) -> set[frozenset[str]]:
    """The places of more than one stop, as ids."""
    places = find_places(network)
    groups = [frozenset(network.stops.id[row] for row in places.members(place)) for place in range(len(places))]
    assert sum(map(len, groups)) == len(network.stops.lat)
    return {group for group in groups if len(group) > 1}


@pytest.mark.parametrize(
    ("name", "other", "metres", "joined"),
    [
        ("Stasiun Sudirman", "St. SUDIRMAN", 190, True),
        ("Stasiun Sudirman", "St. SUDIRMAN", 210, False),
        ("Estação São João", "sao joao", 190, True),
        ("Dukuh Atas", "Dukuh Atas BNI", 110, True),
        ("Dukuh Atas", "Dukuh Atas BNI", 130, False),
        ("Bundaran H.I.", "Halte Bundaran HI Astra", 50, True),
        ("Lebak Bulus", "Lebak Buluss", 50, True),
        ("Blok M", "Term. Blok M", 50, True),
        ("Lebak Bulus", "Lebak Bulus Bank Syariah Indonesia", 50, True),
        ("Jatinegara", "Jln. Bekasi Timur I Jatinegara", 50, False),
        ("E 34 St", "E 35 St", 10, False),
        ("Blok M", "Cipete Raya", 5, False),
        ("M", "M Raya", 5, False),
    ],
)
def test_stops_of_two_feeds_are_one_place_by_name_and_distance(
    name: str, other: str, metres: float, joined: bool
) -> None:
    network = _street({"x": [(name, 0)], "y": [(other, metres)]})
    assert _joined(network) == ({frozenset({"x_S0", "y_S0"})} if joined else set())


def test_a_station_with_its_platforms_is_one_place_and_lends_it_its_name() -> None:
    network = network_of(feeds_of("stop A 0 0\nstop B 60 0\nstation Z: A B\nA 8:00 > C 8:10 / x\nB 8:00 > C 8:10 / x"))
    assert _joined(network) == {frozenset({"x_A", "x_B", "x_Z"})}
    places = find_places(network)
    place = int(places.of_stop[network.stops.id.find("x_B")])
    assert network.stops.id[int(places.label[place])] == "x_Z"


def test_two_stops_of_one_feed_are_two_places_whatever_their_names() -> None:
    assert _joined(_street({"x": [("Blok M", 0), ("Blok M", 20)]})) == set()


def test_each_side_of_the_road_joins_its_own_counterpart() -> None:
    network = _street({"x": [("Blok M", 0), ("Blok M", 20)], "y": [("Blok M", 1), ("Blok M", 21)]})
    assert _joined(network) == {frozenset({"x_S0", "y_S0"}), frozenset({"x_S1", "y_S1"})}


def test_a_platform_left_over_joins_the_place_of_its_name() -> None:
    network = _street({"metro": [("Blok M", 0), ("Blok M", 30)], "bus": [("Terminal Blok M", -20)]})
    assert _joined(network) == {frozenset({"metro_S0", "metro_S1", "bus_S0"})}


def test_a_stop_of_another_name_in_the_same_feed_does_not_join() -> None:
    network = _street({"x": [("Blok M", 0), ("Blok M Mall", 30)], "y": [("Blok M", 5)]})
    assert _joined(network) == {frozenset({"x_S0", "y_S0"})}


def test_a_chain_of_feeds_does_not_swallow_a_street() -> None:
    network = _street({f"f{number}": [("Main", 150.0 * number)] for number in range(8)})
    places = find_places(network)
    joined = _joined(network)
    assert joined, "neighbours do join"
    for group in joined:
        east = [150 * int(stop[1]) for stop in group]
        assert max(east) - min(east) <= WIDEST_PLACE_M
    assert len(places) > 8 + 2


def test_the_order_of_feeds_does_not_matter() -> None:
    feeds = {"a": [("Main", 0.0)], "b": [("Main", 100.0)], "c": [("Main", 200.0)], "d": [("Main", 350.0)]}
    backwards = dict(reversed(feeds.items()))
    assert _joined(_street(feeds)) == _joined(_street(backwards))


def test_a_place_lies_in_the_middle_of_its_sites_also_across_the_date_line() -> None:
    network = _street({"x": [("Main", 0)], "y": [("Main", 100)]})
    lat, lon = network.stops.lat.copy(), network.stops.lon.copy()
    ends = [network.stops.id.find(stop) for stop in ("x_S0", "y_S0")]
    lat[ends], lon[ends] = 0, (179.9999, -179.9995)
    turned = dataclasses.replace(network, stops=dataclasses.replace(network.stops, lat=lat, lon=lon))
    places = find_places(turned)
    assert places.of_stop[ends[0]] == places.of_stop[ends[1]]
    assert places.lon[places.of_stop[ends[0]]] == pytest.approx(-179.9998)


def test_a_stop_that_lies_nowhere_is_a_place_of_its_own() -> None:
    network = _street({"x": [("Main", 0)], "y": [("Main", 10)]})
    lat = network.stops.lat.copy()
    lat[network.stops.id.find("y_S0")] = math.nan
    lost = dataclasses.replace(network, stops=dataclasses.replace(network.stops, lat=lat))
    assert _joined(lost) == set()
    places = find_places(lost)
    assert math.isnan(places.lat[places.of_stop[lost.stops.id.find("y_S0")]])


def test_parents_that_go_in_circles_end() -> None:
    network = _street({"x": [("Main", 0), ("Side", 500)]})
    parent = network.stops.parent.copy()
    parent[0], parent[1] = 1, 0
    circle = dataclasses.replace(network, stops=dataclasses.replace(network.stops, parent=parent))
    places = find_places(circle)
    assert sorted(places.stops.tolist()) == list(range(len(parent)))


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("  Stasiun   Manggarai ", "manggarai"),
        ("St. Manggarai", "manggarai"),
        ("34 St", "34 st"),
        ("Fulton Street", "fulton st"),
        ("Bundaran H.I.", "bundaran hi"),
        ("Version 1.5", "version 1 5"),
        ("Halte", "halte"),
        ("---", ""),
        ("駅前", "駅前"),
    ],
)
def test_names_lose_what_does_not_tell_them_apart(text: str, normalised: str) -> None:
    assert normalise_name(text) == normalised


def test_addresses_lose_scheme_and_www() -> None:
    assert normalise_address("HTTPS://www.Example.org/") == normalise_address("http://example.org") == "example.org"
    assert normalise_address("http://[") == ""


def test_likeness_is_told_row_by_row() -> None:
    assert similar_names(["blok m", "a 1"], ["blok m mall", "a 2"]).tolist() == [True, False]
    assert similar_names([], []).tolist() == []


def test_feeds_stay_apart_without_a_second_feed() -> None:
    feed = GtfsFeed(feeds_of("A 8:00 > B 8:10 / x")["x"].tables)
    assert _joined(network_of({"x": feed})) == set()
