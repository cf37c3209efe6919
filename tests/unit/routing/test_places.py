"""From names and coordinates to stops within reach."""

from __future__ import annotations

import pytest

from ingest.model import Network
from routing import Router
from routing.on_foot import OnFoot
from routing.places import PlaceFinder, Reach, UnknownPlaceError
from routing.query import Place
from routing.walks import walk_table
from tests.scenarios.drawn import network_of, query_of, router_of
from tests.support.timetable_text import feeds_of, position

TEXT = """
    stop A 0 0
    stop B 99.9 0
    stop C 399.9 0
    station Z: A B
    A 08:00 > B 08:10 > C 08:20 / x
"""


def _finder_of(network: Network) -> PlaceFinder:
    return PlaceFinder(network, OnFoot(network))


def _finder(text: str = TEXT) -> PlaceFinder:
    return _finder_of(router_of(text).network)


def _seconds(reach: Reach, router: Router) -> dict[str, int]:
    ids = router.network.stops.id
    return {ids[stop][2:]: int(s) for stop, s in zip(reach.stops.tolist(), reach.seconds.tolist(), strict=True)}


def test_a_stop_is_itself_and_a_station_its_stops() -> None:
    ids = router_of(TEXT).network.stops.id
    assert _finder().resolve("x_A").stops == (ids.find("x_A"),)
    assert _finder().resolve("x_Z").stops == (ids.find("x_A"), ids.find("x_B"))


def test_a_coordinate_has_no_stops_of_its_own() -> None:
    assert _finder().resolve((1.5, 2.5)).stops == ()


def test_a_bare_id_is_taken_where_there_is_one_feed_only() -> None:
    assert _finder().resolve("A").stops == _finder().resolve("x_A").stops
    with pytest.raises(UnknownPlaceError, match="'A'"):
        _finder(TEXT + "A 08:00 > B 08:10 / y\n").resolve("A")


def test_an_unknown_stop_is_named() -> None:
    with pytest.raises(UnknownPlaceError, match="'x_NOPE'") as error:
        _finder().resolve("x_NOPE")
    assert error.value.place == "x_NOPE"


def test_entrances_stand_for_where_they_are() -> None:
    feeds = feeds_of(TEXT)
    row = next(row for row in feeds["x"].rows("stops") if row["stop_id"] == "A")
    feeds["x"].add("stops", **(row | {"stop_id": "E", "location_type": "2", "parent_station": "Z"}))
    router = Router(network_of(feeds))
    place = _finder_of(router.network).resolve("x_E")
    assert place.stops == ()
    walks = walk_table(router.network, 1.2)
    reach = _finder_of(router.network).reach(place, walks, 1200, 1.2, onward=True)
    assert _seconds(reach, router) == {"A": 0, "B": 109, "C": 434}


def test_a_stop_reaches_itself_at_once_and_its_neighbours_on_foot() -> None:
    router = router_of(TEXT)
    walks = walk_table(router.network, 1.2)
    reach = _finder().reach(_finder().resolve("x_A"), walks, 1200, 1.2, onward=True)
    # 130 m and 520 m.
    assert _seconds(reach, router) == {"A": 0, "B": 109, "C": 434}
    assert reach.metres.tolist() == [0, 130, 520]
    assert _seconds(_finder().reach(_finder().resolve("x_A"), walks, 433, 1.2, onward=True), router) == {
        "A": 0,
        "B": 109,
    }


def test_a_station_reaches_by_the_nearest_of_its_stops() -> None:
    router = router_of(TEXT)
    walks = walk_table(router.network, 1.2)
    reach = _finder().reach(_finder().resolve("x_Z"), walks, 1200, 1.2, onward=True)
    # C is 300 m from B: 390 m, 325 s.
    assert _seconds(reach, router) == {"A": 0, "B": 0, "C": 325}


def test_a_coordinate_reaches_as_far_as_the_rider_walks_and_no_farther() -> None:
    router = router_of(TEXT)
    walks = walk_table(router.network, 1.2)
    place = _finder().resolve(position(0, 99.9))
    assert _seconds(_finder().reach(place, walks, 109, 1.2, onward=True), router) == {"A": 109}
    assert _seconds(_finder().reach(place, walks, 108, 1.2, onward=True), router) == {}
    far = _finder().reach(place, walks, 3600, 1.2, onward=True)
    assert far.stops.tolist() == sorted(far.stops.tolist())
    assert len(far.stops) == 3


def test_walking_all_the_way_needs_one_footpath_or_a_straight_line() -> None:
    near, far = position(0, 99.9), position(0, 50_000)
    assert _walk("x_A", "x_C") == (434, 520)
    assert _walk("x_A", "x_C", 433) is None
    assert _walk("x_C", "x_Z") == (325, 390)  # the nearer of the two stops of the station
    assert _walk("x_C", "x_Z", 324) is None
    assert _walk(near, "x_A") == (109, 130)
    assert _walk("x_A", near) == (109, 130)
    assert _walk(near, near) == (0, 0)
    assert _walk(near, far, 3600) is None


def _walk(start: Place, end: Place, max_walk_s: int = 1200) -> tuple[int, int] | None:
    router = router_of(TEXT)
    query = query_of(start, end, "08:00", max_walk_s=max_walk_s)
    return _finder().walk(router.ends(query), max_walk_s, 1.2)


def test_behind_an_entrance_lie_the_stops_that_its_ways_lead_to() -> None:
    text = """
        stop A 0 0
        stop B 5000 0
        station Z: A
        entrance E 99.9 0 of Z
        A 08:00 > B 08:10 / x
        pathway x E > A walkway 60 m
        pathway x A > E elevator 30 s
    """
    router = router_of(text)
    finder, walks = _finder(text), walk_table(router.network, 1.2)
    place = finder.resolve(position(199.8, 0))
    # 130 m and 60 m; and back 30 s and 130 m.
    inward = finder.reach(place, walks, 1200, 1.2, onward=True)
    assert (inward.seconds.tolist(), inward.metres.tolist()) == ([159], [190])
    outward = finder.reach(place, walks.egress, 1200, 1.2, onward=False)
    assert (outward.seconds.tolist(), outward.metres.tolist()) == ([139], [130])
    assert finder.reach(place, walks, 158, 1.2, onward=True).stops.tolist() == []
