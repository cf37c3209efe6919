"""Arrive-by is the mirror of depart-at: the latest departure, and for it the earliest arrival."""

from __future__ import annotations

from tests.scenarios.drawn import ask, router_of

LINE = """
    A 08:00 > B 08:10 / x, trip T1
    A 08:20 > B 08:30 / x, trip T2
    A 08:40 > B 08:50 / x, trip T3
"""


def test_the_last_trip_that_is_in_time_is_taken() -> None:
    assert ask(router_of(LINE), "x_A", "x_B", "08:45", arrive_by=True) == [
        "08:20 > 08:30, 0 changes: x_A 08:20 x_T2 x_B 08:30"
    ]


def test_an_arrival_at_the_deadline_is_in_time_and_a_second_later_is_not() -> None:
    router = router_of(LINE)
    assert ask(router, "x_A", "x_B", "08:30", arrive_by=True) == ["08:20 > 08:30, 0 changes: x_A 08:20 x_T2 x_B 08:30"]
    assert ask(router, "x_A", "x_B", "08:29:59", arrive_by=True) == [
        "08:00 > 08:10, 0 changes: x_A 08:00 x_T1 x_B 08:10"
    ]


def test_of_equal_departures_the_earliest_arrival_is_told() -> None:
    # T1 leaves at 08:00; from B both T8 and T9 are in time for 09:00, T8 is there first.
    text = """
        A 08:00 > B 08:10 / x, trip T1
        B 08:15 > C 08:30 / x, trip T8
        B 08:40 > C 08:55 / x, trip T9
    """
    assert ask(router_of(text), "x_A", "x_C", "09:00", arrive_by=True) == [
        "08:00 > 08:30, 1 change: x_A 08:00 x_T1 x_B 08:10 | x_B 08:15 x_T8 x_C 08:30"
    ]


def test_fewer_transfers_are_kept_beside_a_later_departure() -> None:
    text = """
        A 08:00 > C 08:50 / x, trip DIRECT
        A 08:10 > B 08:20 / x, trip T1
        B 08:25 > C 08:40 / x, trip T2
    """
    assert ask(router_of(text), "x_A", "x_C", "09:00", arrive_by=True) == [
        "08:10 > 08:40, 1 change: x_A 08:10 x_T1 x_B 08:20 | x_B 08:25 x_T2 x_C 08:40",
        "08:00 > 08:50, 0 changes: x_A 08:00 x_DIRECT x_C 08:50",
    ]


def test_a_headway_is_left_for_in_time() -> None:
    # Arrival 08:30, 10 minutes on the way, 5 minutes of wait: 08:15.
    assert ask(
        router_of("A 0:00 > B 0:10 / x, trip H, every 600 from 06:00 to 10:00"), "x_A", "x_B", "08:30", arrive_by=True
    ) == ["08:15 > 08:30, 0 changes: x_A 08:20 x_H x_B 08:30, every 600"]


def test_after_the_last_vehicle_the_last_second_of_the_window_counts() -> None:
    # x is at most 09:59:59, so one leaves at 09:54:59 and is there at 10:09:59.
    assert ask(
        router_of("A 0:00 > B 0:10 / x, trip H, every 600 from 06:00 to 10:00"), "x_A", "x_B", "12:00", arrive_by=True
    ) == ["09:54:59 > 10:09:59, 0 changes: x_A 09:59:59 x_H x_B 10:09:59, every 600"]


def test_walking_all_the_way_ends_at_the_deadline() -> None:
    # 199.9 m: 260 m on foot, 217 s.
    text = """
        stop A 0 0
        stop P 199.9 0
        A 05:00 > Z 05:10 / x
        P 05:00 > Z 05:10 / x
    """
    assert ask(router_of(text), "x_A", "x_P", "08:30", arrive_by=True) == [
        "08:26:23 > 08:30, 0 changes: walk x_A 08:26:23 x_P 08:30 (260 m)"
    ]


def test_nothing_that_leaves_more_than_a_day_before_the_deadline_is_known() -> None:
    text = """
        days ONCE 1000000 2026-03-02 2026-03-02
        A 08:00 > B 08:10 / x, trip T1, service ONCE
    """
    router = router_of(text)
    assert len(ask(router, "x_A", "x_B", "08:00", date="2026-03-03", arrive_by=True)) == 1
    assert ask(router, "x_A", "x_B", "08:00:01", date="2026-03-03", arrive_by=True) == []
