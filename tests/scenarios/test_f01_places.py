"""Questions from and to stations and coordinates."""

from __future__ import annotations

from tests.scenarios.drawn import Place, ask, router_of
from tests.support.timetable_text import position

STATION = """
    station Z: B C
    A 08:00 > B 08:10 / x, trip T1
    A 08:01 > C 08:05 / x, trip T2
    B 09:00 > D 09:10 / x, trip T3
    C 09:05 > D 09:08 / x, trip T4
"""


def test_a_station_is_reached_at_any_of_its_stops() -> None:
    assert ask(router_of(STATION), "x_A", "x_Z", "07:55") == ["08:01 > 08:05, 0 changes: x_A 08:01 x_T2 x_C 08:05"]


def test_a_station_is_left_from_any_of_its_stops() -> None:
    assert ask(router_of(STATION), "x_Z", "x_D", "08:30") == ["09:05 > 09:08, 0 changes: x_C 09:05 x_T4 x_D 09:08"]


def test_stops_of_one_station_are_not_one_stop_for_a_change() -> None:
    # They lie 10 km apart: T1 ends at B, T4 begins at C. By T2, which ends at C, the change is none of the station's.
    text = """
        station Z: B C
        A 08:00 > B 08:10 / x, trip T1
        C 09:05 > D 09:08 / x, trip T4
    """
    assert ask(router_of(text), "x_A", "x_D", "07:55") == []
    assert ask(router_of(STATION), "x_A", "x_D", "07:55") == [
        "08:01 > 09:08, 1 change: x_A 08:01 x_T2 x_C 08:05 | x_C 09:05 x_T4 x_D 09:08"
    ]


def test_a_stop_and_its_station_are_one_place() -> None:
    assert ask(router_of(STATION), "x_B", "x_Z", "08:00") == [
        "08:00 > 08:00, 0 changes: walk x_B 08:00 x_Z 08:00 (0 m)"
    ]


LINE = """
    stop A 0 0
    stop B 20000 0
    A 08:00 > B 08:30 / x, trip T1
"""
# 99.9 m from a stop: 130 m on foot, 109 s.
NEAR_A, NEAR_B = position(0, 99.9), position(20_000, -99.9)


def test_a_coordinate_is_linked_to_the_stops_around_it() -> None:
    (line,) = ask(router_of(LINE), NEAR_A, NEAR_B, "07:55")
    start, end = (f"{lat:.6f},{lon:.6f}" for lat, lon in (NEAR_A, NEAR_B))
    assert line == (
        f"07:58:11 > 08:31:49, 0 changes: walk {start} 07:58:11 x_A 08:00 (130 m) | x_A 08:00 x_T1 x_B 08:30 | "
        f"walk x_B 08:30 {end} 08:31:49 (130 m)"
    )


def test_a_coordinate_is_no_farther_than_the_rider_will_walk() -> None:
    assert len(ask(router_of(LINE), NEAR_A, "x_B", "07:55", max_walk_s=109)) == 1
    assert ask(router_of(LINE), NEAR_A, "x_B", "07:55", max_walk_s=108) == []


def test_two_coordinates_are_walked_between() -> None:
    # 199.9 m: 260 m on foot, 217 s. Neither needs a stop.
    far = position(0, 100_000), position(0, 100_199.9)
    (line,) = ask(router_of(LINE), *far, "12:00")
    assert line.startswith("12:00 > 12:03:37, 0 changes: walk ")
    assert line.endswith("(260 m)")


def test_a_coordinate_and_a_stop_are_walked_between_both_ways() -> None:
    router = router_of(LINE)
    pairs: list[tuple[Place, Place]] = [(NEAR_A, "x_A"), ("x_A", NEAR_A)]
    for origin, destination in pairs:
        (line,) = ask(router, origin, destination, "12:00")
        assert line.startswith("12:00 > 12:01:49, 0 changes: walk ")


def test_a_coordinate_by_a_station_is_linked_to_its_stops_and_not_to_itself() -> None:
    router = router_of(f"{LINE}\nstation Z: A")
    (line,) = ask(router, NEAR_A, "x_B", "07:55")
    assert "x_A 08:00 (130 m)" in line
    assert "x_Z" not in line


def test_a_bare_stop_id_is_enough_where_there_is_one_feed() -> None:
    assert ask(router_of(LINE), "A", "B", "07:55") == ["08:00 > 08:30, 0 changes: x_A 08:00 x_T1 x_B 08:30"]


def test_the_stops_own_id_is_what_comes_after_the_first_underscore() -> None:
    router = router_of("""
        A_1 08:00 > B_2_x 08:30 / x, trip T_1
    """)
    assert ask(router, "x_A_1", "x_B_2_x", "07:55") == ["08:00 > 08:30, 0 changes: x_A_1 08:00 x_T_1 x_B_2_x 08:30"]
