"""Footpaths are not chained, and an early walk hides no later ride."""

from __future__ import annotations

from tests.scenarios.drawn import ask, router_of

# B, P and Q lie 399.9 m apart in a row: B - P and P - Q are linked (500 m), B - Q is not. 520 m are 434 s.
ROW = """
    stop B 0 0
    stop P 399.9 0
    stop Q 799.8 0
    A 08:00 > B 08:10 / x, trip T1
    Q 08:40 > C 09:00 / x, trip T2
"""


def test_two_footpaths_are_never_walked_one_after_the_other() -> None:
    # A third line makes P a stop of the network, so that both footpaths exist.
    assert ask(router_of(f"{ROW}\nP 08:00 > Z 08:30 / x, trip T9"), "x_A", "x_C", "07:55") == []


def test_one_footpath_is() -> None:
    assert ask(router_of(f"{ROW}\nP 08:30 > C 08:50 / x, trip T3"), "x_A", "x_C", "07:55") == [
        "08:00 > 08:50, 1 change: x_A 08:00 x_T1 x_B 08:10 | walk x_B 08:10 x_P 08:17:14 (520 m) | "
        "x_P 08:30 x_T3 x_C 08:50"
    ]


def test_a_stop_reached_early_on_foot_does_not_swallow_a_later_ride_whose_own_footpath_leads_on() -> None:
    # P is walked to by 08:17:14 (ready, but no further walk); T4 brings the rider there at 08:20, and he may walk on to
    # Q by 08:27:14 and catch T2.
    text = f"{ROW}\nB 08:10 > P 08:20 / x, trip T4"
    assert ask(router_of(text), "x_A", "x_C", "07:55") == [
        "08:00 > 09:00, 2 changes: x_A 08:00 x_T1 x_B 08:10 | x_B 08:10 x_T4 x_P 08:20 | "
        "walk x_P 08:20 x_Q 08:27:14 (520 m) | x_Q 08:40 x_T2 x_C 09:00"
    ]


def test_the_first_walk_and_the_last_are_footpaths_too() -> None:
    # To B from P: 434 s before 08:00 is 07:52:46. From Q's neighbour: T1 from B, then 434 s on from P.
    text = """
        stop A 0 0
        stop P 399.9 0
        stop B 50000 0
        stop Q 50399.9 0
        A 08:00 > B 08:30 / x, trip T1
        P 12:00 > Q 12:30 / x, trip T2
    """
    assert ask(router_of(text), "x_P", "x_Q", "07:50") == [
        "07:52:46 > 08:37:14, 0 changes: walk x_P 07:52:46 x_A 08:00 (520 m) | x_A 08:00 x_T1 x_B 08:30 | "
        "walk x_B 08:30 x_Q 08:37:14 (520 m)"
    ]


def test_no_walk_is_longer_than_the_rider_will_walk() -> None:
    text = f"{ROW}\nP 08:30 > C 08:50 / x, trip T3"
    assert len(ask(router_of(text), "x_A", "x_C", "07:55", max_walk_s=434)) == 1
    assert ask(router_of(text), "x_A", "x_C", "07:55", max_walk_s=433) == []
