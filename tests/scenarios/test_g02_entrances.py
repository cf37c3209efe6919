"""Stations with entrances are walked into and out of through these."""

from __future__ import annotations

from tests.scenarios.drawn import ask, router_of
from tests.support.timetable_text import position

# The platform lies right beside the street, its only entrance 99.9 m to the east.
STATION = """
    stop P 0 0
    station Z: P
    entrance E 99.9 0 of Z
    A 08:00 > P 08:10 / x, trip T1
    P 08:30 > C 08:40 / x, trip T2
    stop B 199.8 0
    B 09:00 > D 09:10 / y, trip T3
"""
WAY = "pathway x P <> E walkway 120 m"
BESIDE_E = position(99.9, 99.9)  # 130 m on foot


def test_a_coordinate_is_walked_to_by_the_entrance() -> None:
    # 250 m are 208.3 s; without pathways: 100 m and 99.9 m make 141.4 m straight, 184 m on foot, 154 s.
    (line,) = ask(router_of(f"{STATION}\n{WAY}"), BESIDE_E, "x_C", "08:20")
    assert "08:26:31 x_P 08:30 (250 m)" in line
    (line,) = ask(router_of(STATION), BESIDE_E, "x_C", "08:20")
    assert "08:27:26 x_P 08:30 (184 m)" in line


def test_and_back() -> None:
    (line,) = ask(router_of(f"{STATION}\n{WAY}"), "x_A", BESIDE_E, "07:55")
    assert line.startswith("08:00 > 08:13:29")


def test_an_entrance_can_be_left_from_and_gone_to() -> None:
    router = router_of(f"{STATION}\n{WAY}")
    assert ask(router, "x_E", "x_C", "08:20") == [
        "08:28:20 > 08:40, 0 changes: walk x_E 08:28:20 x_P 08:30 (120 m) | x_P 08:30 x_T2 x_C 08:40"
    ]
    assert ask(router, "x_A", "x_E", "07:55") == [
        "08:00 > 08:11:40, 0 changes: x_A 08:00 x_T1 x_P 08:10 | walk x_P 08:10 x_E 08:11:40 (120 m)"
    ]
    assert ask(router, "x_E", "x_P", "09:00") == ["09:00 > 09:01:40, 0 changes: walk x_E 09:00 x_P 09:01:40 (120 m)"]


def test_an_entrance_without_pathways_stands_for_where_it_is() -> None:
    (line,) = ask(router_of(STATION), "x_E", "x_C", "08:20")
    assert "walk x_E 08:28:11 x_P 08:30 (130 m)" in line


def test_a_change_to_another_provider_goes_out_by_the_entrance() -> None:
    # 120 m inside, and 100 m to B, which are 130 on foot; straight from P it would be 260.
    (line,) = ask(router_of(f"{STATION}\n{WAY}"), "x_A", "y_D", "07:55")
    assert "walk x_P 08:10 y_B 08:13:29 (250 m)" in line


def test_the_entrance_that_makes_the_whole_walk_shortest_is_taken() -> None:
    far = "entrance F 160 0 of Z\npathway x P <> F walkway 400 m"
    (line,) = ask(router_of(f"{STATION}\n{WAY}\n{far}"), "x_A", "y_D", "07:55")
    assert "y_B 08:13:" in line
    near = far.replace("400 m", "121 m")
    (line,) = ask(router_of(f"{STATION}\n{WAY}\n{near}"), "x_A", "y_D", "07:55")
    # 121 m and 40 x 1.3 = 52.
    assert "walk x_P 08:10 y_B 08:12:25 (173 m)" in line


def test_a_way_out_only_lets_nobody_in() -> None:
    router = router_of(f"{STATION}\npathway x P > E exit 120 m")
    assert len(ask(router, "x_A", "x_E", "07:55")) == 1
    assert ask(router, "x_E", "x_C", "08:20") == []


def test_a_walk_through_entrances_is_no_longer_than_the_radius_allows() -> None:
    # 500 m x 1.3 are 650: 519 m inside and 130 outside are linked, 522 and 130 are not.
    assert len(ask(router_of(f"{STATION}\n{WAY.replace('120', '519')}"), "x_A", "y_D", "07:55")) == 1
    assert ask(router_of(f"{STATION}\n{WAY.replace('120', '522')}"), "x_A", "y_D", "07:55") == []


def test_a_platform_that_pathways_join_with_no_entrance_is_walked_to_from_the_street() -> None:
    text = f"{STATION}\nstop Q 0 10\nstation Z: Q\nQ 08:00 > C 08:45 / x, trip T4\npathway x P <> Q walkway 20 m"
    (line,) = ask(router_of(text), "x_A", "y_D", "07:55")
    assert "walk x_P 08:10 y_B 08:13:37 (260 m)" in line


def test_stop_access_0_leads_through_the_entrance_without_pathways_too() -> None:
    # 100 m + 100 m, each by the straight rule; and B is 130 m farther.
    (line,) = ask(router_of(f"{STATION}\naccess x P 0"), BESIDE_E, "x_C", "08:20")
    assert "x_P 08:30 (260 m)" in line


def test_stop_access_1_leads_in_from_the_street_too() -> None:
    (line,) = ask(router_of(f"{STATION}\n{WAY}\naccess x P 1"), BESIDE_E, "x_C", "08:20")
    assert "08:27:26 x_P 08:30 (184 m)" in line


def test_a_station_as_a_place_is_its_platforms() -> None:
    assert ask(router_of(f"{STATION}\n{WAY}"), "x_A", "x_Z", "07:55") == [
        "08:00 > 08:10, 0 changes: x_A 08:00 x_T1 x_P 08:10"
    ]
