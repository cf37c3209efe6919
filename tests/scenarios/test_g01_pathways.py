"""Inside stations riders walk along pathways: how long they take, and which way they lead."""

from __future__ import annotations

import pytest

from routing import Router
from tests.scenarios.drawn import ask, network_of, router_of
from tests.support.timetable_text import feeds_of

# Two platforms 59.9 m apart: 78 m by the straight rule, 65 s.
PLATFORMS = """
    stop P 0 0
    stop Q 59.9 0
    station Z: P Q
    A 08:00 > P 08:10 / x, trip T1
    Q 08:30 > C 08:40 / x, trip T2
"""


def change(pathways: str, **more: object) -> str:
    """The walk of the journey from A to C, such as `08:10 08:11:05 78 m`."""
    (line,) = ask(router_of(f"{PLATFORMS}\n{pathways}"), "x_A", "x_C", "07:55", **more)
    walk = line.split(" | ")[1].split()
    assert (walk[1], walk[3]) == ("x_P", "x_Q")
    return f"{walk[2]} {walk[4]} {walk[5][1:]} m"


def test_a_station_without_pathways_is_walked_straight() -> None:
    assert change("") == "08:10 08:11:05 78 m"


@pytest.mark.parametrize(
    ("pathway", "walk"),
    [
        ("walkway 90 m", "08:10 08:11:15 90 m"),  # 90 / 1.2
        ("walkway 90 m 200 s", "08:10 08:13:20 90 m"),  # traversal_time speaks first
        ("walkway", "08:10 08:10:50 60 m"),  # the straight line, without a detour
        ("stairs 48 stairs", "08:10 08:10:20 24 m"),  # half a metre each
        ("stairs -48 stairs", "08:10 08:10:20 24 m"),
        ("stairs 48 stairs 30 m", "08:10 08:10:25 30 m"),  # the length speaks first
        ("elevator", "08:10 08:10:40 0 m"),  # 30 s and a level
        ("elevator 12 m", "08:10 08:10:40 12 m"),
        ("elevator 12 m 100 s", "08:10 08:11:40 12 m"),
    ],
)
def test_a_pathway_takes_what_its_fields_say(pathway: str, walk: str) -> None:
    assert change(f"pathway x P > Q {pathway}") == walk


@pytest.mark.parametrize(
    ("mode", "walk"),
    [
        ("stairs", "08:10 08:10:30 36 m"),  # three levels of 12 m
        ("escalator", "08:10 08:10:45 60 m"),  # of 15 s
        ("elevator", "08:10 08:11 0 m"),  # 30 s, and 10 s each
        ("walkway", "08:10 08:10:50 60 m"),
    ],
)
def test_levels_tell_how_long_stairs_and_elevators_are(mode: str, walk: str) -> None:
    assert change(f"level x P 1\nlevel x Q -2\npathway x P > Q {mode}") == walk


def test_a_rider_hurries_along_a_walkway_and_not_in_an_elevator() -> None:
    station = """
        node N 30 0 of Z
        pathway x P > N walkway 60 m
        pathway x N > Q elevator 90 s
    """
    assert change(station) == "08:10 08:12:20 60 m"
    assert change(station, walk_speed_m_per_s=2.0) == "08:10 08:12 60 m"
    assert change(station, walk_speed_m_per_s=0.5) == "08:10 08:13:30 60 m"


def test_the_quickest_of_several_ways_counts() -> None:
    station = """
        node N 30 0 of Z
        pathway x P > N walkway 60 m
        pathway x N > Q walkway 50 m
        pathway x P > Q walkway 111 m
        pathway x P > Q elevator 95 s
    """
    assert change(station) == "08:10 08:11:32 110 m"  # 110 / 1.2 = 91.7


def test_time_in_an_elevator_counts_as_walking_for_the_limit() -> None:
    station = "pathway x P > Q elevator 300 s"
    assert change(station, max_walk_s=300) == "08:10 08:15 0 m"
    assert ask(router_of(f"{PLATFORMS}\n{station}"), "x_A", "x_C", "07:55", max_walk_s=299) == []


def test_a_one_way_pathway_leads_one_way() -> None:
    back = "Q 08:00 > P 08:01 / x, trip T0\nQ 08:00 > R 08:20 / x, trip T3"
    router = router_of(f"{PLATFORMS}\n{back}\npathway x P > Q escalator 60 s")
    assert ask(router, "x_P", "x_Q", "09:00")[0] == "09:00 > 09:01, 0 changes: walk x_P 09:00 x_Q 09:01 (60 m)"
    # No straight line leads back: 65 s by the rule for stations without pathways.
    assert ask(router, "x_Q", "x_P", "09:00") == ["08:00+1 > 08:01+1, 0 changes: x_Q 08:00+1 x_T0 x_P 08:01+1"]


def test_an_exit_gate_is_no_way_in_whatever_the_feed_says() -> None:
    router = router_of(f"{PLATFORMS}\nC 08:00 > Q 08:10 / x, trip T3\npathway x P <> Q exit 20 m")
    assert len(ask(router, "x_P", "x_Q", "09:00")) == 1
    assert [line for line in ask(router, "x_Q", "x_P", "09:00") if "walk" in line] == []


def test_transfers_txt_speaks_before_pathways() -> None:
    station = "pathway x P > Q walkway 90 m\ntransfer x P > Q 2 240"
    assert change(station) == "08:10 08:14 90 m"
    station = "pathway x P > Q walkway 90 m\ntransfer x P > Q 3"
    assert ask(router_of(f"{PLATFORMS}\n{station}"), "x_A", "x_C", "07:55") == []


def test_a_way_inside_counts_however_long_it_is() -> None:
    assert change("pathway x P > Q walkway 1000 m") == "08:10 08:23:54 1000 m"


def test_a_pathway_to_a_boarding_area_leads_to_its_platform() -> None:
    feeds = feeds_of(f"{PLATFORMS}\npathway x P > Q walkway 90 m")
    feeds["x"].add("stops", stop_id="Q1", stop_lat="-6.2", stop_lon="106.8", location_type=4, parent_station="Q")
    feeds["x"].rows("pathways")[0]["to_stop_id"] = "Q1"
    (line,) = ask(Router(network_of(feeds)), "x_A", "x_C", "07:55")
    assert "walk x_P 08:10 x_Q 08:11:15 (90 m)" in line
