"""How long a change takes: at one stop, on a footpath, as transfers.txt fixes it, and with a rider's slack."""

from __future__ import annotations

import pytest

from tests.scenarios.drawn import ask, router_of

AT_B = """
    A 08:00 > B 08:10 / x, trip T1
    B 08:10 > C 08:20 / x, trip T2
    B 08:13 > C 08:30 / x, trip T3
    B 08:20 > C 08:40 / x, trip T4
"""


def _caught(text: str, origin: str = "x_A", destination: str = "x_C", **more: object) -> str:
    (line,) = ask(router_of(text), origin, destination, "07:55", **more)
    return line


def test_a_change_at_one_stop_takes_no_time() -> None:
    assert _caught(AT_B) == "08:00 > 08:20, 1 change: x_A 08:00 x_T1 x_B 08:10 | x_B 08:10 x_T2 x_C 08:20"


def test_the_stops_own_row_fixes_what_a_change_there_takes() -> None:
    # 08:10 + 180 s = 08:13.
    assert _caught(f"{AT_B}\ntransfer x B > B 2 180").endswith("x_B 08:13 x_T3 x_C 08:30")
    assert _caught(f"{AT_B}\ntransfer x B > B 2 181").endswith("x_B 08:20 x_T4 x_C 08:40")


def test_a_riders_slack_comes_on_top() -> None:
    # 08:10 + 120 s + 60 s = 08:13.
    assert _caught(f"{AT_B}\ntransfer x B > B 2 120", transfer_slack_s=60).endswith("x_B 08:13 x_T3 x_C 08:30")
    assert _caught(f"{AT_B}\ntransfer x B > B 2 120", transfer_slack_s=61).endswith("x_B 08:20 x_T4 x_C 08:40")


def test_slack_is_not_asked_before_the_first_vehicle_or_after_the_last() -> None:
    assert ask(router_of(AT_B), "x_A", "x_B", "08:00", transfer_slack_s=600) == [
        "08:00 > 08:10, 0 changes: x_A 08:00 x_T1 x_B 08:10"
    ]


# 199.9 m in a straight line: 260 m on foot, and 260 / 1.2 = 216.67, so 217 s: 08:10 + 3:37 = 08:13:37.
ON_FOOT = """
    stop B 0 0
    stop P 199.9 0
    A 08:00 > B 08:10 / x, trip T1
    P 08:13:36 > C 08:20 / x, trip T2
    P 08:13:37 > C 08:30 / x, trip T3
    P 08:20 > C 08:40 / x, trip T4
"""


def test_a_footpath_takes_its_metres_over_the_speed_rounded_up() -> None:
    assert _caught(ON_FOOT) == (
        "08:00 > 08:30, 1 change: x_A 08:00 x_T1 x_B 08:10 | walk x_B 08:10 x_P 08:13:37 (260 m) | "
        "x_P 08:13:37 x_T3 x_C 08:30"
    )


def test_who_walks_faster_is_sooner_there() -> None:
    # 260 / 1.3 = 200 s: 08:13:20.
    assert _caught(ON_FOOT, walk_speed_m_per_s=1.3).endswith("x_P 08:13:36 x_T2 x_C 08:20")


def test_slack_comes_on_top_of_a_footpath() -> None:
    assert _caught(ON_FOOT, transfer_slack_s=1).endswith("x_P 08:20 x_T4 x_C 08:40")


@pytest.mark.parametrize(
    ("row", "caught"),
    [("2 30", "x_T2"), ("2 217", "x_T3"), ("2 600", "x_T4"), ("1", "x_T2"), ("0", "x_T3"), ("2", "x_T3")],
)
def test_a_row_for_a_pair_speaks_before_the_distance(row: str, caught: str) -> None:
    # 2 with a time: exactly that; 1: at once; 0, or 2 without a time: what the walk takes.
    assert f" {caught} " in _caught(f"{ON_FOOT}\ntransfer x B > P {row}")


def test_what_counts_for_the_walking_budget_is_the_walk_even_where_a_row_fixes_the_time() -> None:
    fixed = f"{ON_FOOT}\ntransfer x B > P 2 30"
    assert len(ask(router_of(fixed), "x_A", "x_C", "07:55", max_walk_s=217)) == 1
    assert ask(router_of(fixed), "x_A", "x_C", "07:55", max_walk_s=216) == []


def test_a_row_links_stops_that_lie_outside_the_radius() -> None:
    # 599.9 m is beyond 500 m; 780 m on foot, 650 s: 08:20:50.
    far = """
        stop B 0 0
        stop P 599.9 0
        A 08:00 > B 08:10 / x, trip T1
        P 08:20:50 > C 08:40 / x, trip T2
    """
    assert ask(router_of(far), "x_A", "x_C", "07:55") == []
    assert ask(router_of(f"{far}\ntransfer x B > P 0"), "x_A", "x_C", "07:55") == [
        "08:00 > 08:40, 1 change: x_A 08:00 x_T1 x_B 08:10 | walk x_B 08:10 x_P 08:20:50 (780 m) | "
        "x_P 08:20:50 x_T2 x_C 08:40"
    ]


def test_a_row_of_stations_means_their_stops_and_one_of_stops_wins() -> None:
    stations = f"{ON_FOOT}\nstation S: B\nstation Q: P\ntransfer x S > Q 2 30"
    assert " x_T2 " in _caught(stations)
    assert " x_T4 " in _caught(f"{stations}\ntransfer x B > P 2 600")
    assert " x_T4 " in _caught(f"{ON_FOOT}\nstation S: B\nstation Q: P\ntransfer x B > P 2 600\ntransfer x S > Q 2 30")
