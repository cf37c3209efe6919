"""Of all ways to the earliest arrival, the one that leaves latest is told; and no vehicle is let go by for nothing."""

from __future__ import annotations

from tests.scenarios.drawn import ask, router_of


def test_the_feeder_that_leaves_latest_is_taken() -> None:
    # All three feeders catch T9 at 09:00.
    text = """
        A 08:00 > B 08:10 / x, trip T1
        A 08:20 > B 08:30 / x, trip T2
        A 08:50 > B 09:00 / x, trip T3
        B 09:00 > C 09:10 / x, trip T9
    """
    assert ask(router_of(text), "x_A", "x_C", "07:00") == [
        "08:50 > 09:10, 1 change: x_A 08:50 x_T3 x_B 09:00 | x_B 09:00 x_T9 x_C 09:10"
    ]


def test_a_later_departure_on_another_line_with_no_more_transfers_wins() -> None:
    text = """
        A 08:00 > B 08:30 / x, trip SLOW
        A 08:20 > D 08:25 / x, trip FAST
        D 08:25 > B 08:35 / x, trip SHUTTLE
        B 09:00 > C 09:10 / x, trip T9
    """
    # SLOW: one change, leaves 08:00. FAST and SHUTTLE: two changes, leave 08:20, arrive at the same time: that is more
    # transfers for no earlier arrival, and not listed.
    assert ask(router_of(text), "x_A", "x_C", "07:00") == [
        "08:00 > 09:10, 1 change: x_A 08:00 x_SLOW x_B 08:30 | x_B 09:00 x_T9 x_C 09:10"
    ]


def test_for_fewer_transfers_a_later_arrival_is_listed_too() -> None:
    text = """
        A 08:00 > C 09:30 / x, trip DIRECT
        A 08:05 > B 08:30 / x, trip T1
        B 08:40 > C 09:10 / x, trip T2
    """
    assert ask(router_of(text), "x_A", "x_C", "07:00") == [
        "08:05 > 09:10, 1 change: x_A 08:05 x_T1 x_B 08:30 | x_B 08:40 x_T2 x_C 09:10",
        "08:00 > 09:30, 0 changes: x_A 08:00 x_DIRECT x_C 09:30",
    ]


def test_the_middle_vehicle_is_the_first_that_can_be_caught() -> None:
    # B 08:10 to D: T2 (08:12) and T3 (08:30) both catch T9 at 09:00. The rider takes T2.
    text = """
        A 08:00 > B 08:10 / x, trip T1
        B 08:12 > D 08:20 / x, trip T2
        B 08:30 > D 08:38 / x, trip T3
        D 09:00 > C 09:10 / x, trip T9
    """
    assert ask(router_of(text), "x_A", "x_C", "07:00") == [
        "08:00 > 09:10, 2 changes: x_A 08:00 x_T1 x_B 08:10 | x_B 08:12 x_T2 x_D 08:20 | x_D 09:00 x_T9 x_C 09:10"
    ]


def test_the_walk_to_the_first_vehicle_begins_as_late_as_it_can() -> None:
    # 217 s before 09:00.
    text = """
        stop A 0 0
        stop P 199.9 0
        P 09:00 > C 09:10 / x, trip T1
        A 04:00 > Z 04:10 / x
    """
    assert ask(router_of(text), "x_A", "x_C", "07:00") == [
        "08:56:23 > 09:10, 0 changes: walk x_A 08:56:23 x_P 09:00 (260 m) | x_P 09:00 x_T1 x_C 09:10"
    ]


def test_the_latest_departure_reaches_through_a_headway() -> None:
    # T9 leaves B at 09:00. The headway vehicle must start by 08:50, so one is ready at 08:45.
    text = """
        A 0:00 > B 0:10 / x, trip H, every 600 from 06:00 to 10:00
        B 09:00 > C 09:10 / x, trip T9
    """
    assert ask(router_of(text), "x_A", "x_C", "08:41") == [
        "08:45 > 09:10, 1 change: x_A 08:50 x_H x_B 09:00, every 600 | x_B 09:00 x_T9 x_C 09:10"
    ]
