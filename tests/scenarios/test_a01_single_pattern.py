"""One line of one provider, three trips that follow each other."""

from __future__ import annotations

from tests.scenarios.drawn import ask, router_of

LINE = """
    A 08:00 > B 08:10 08:12 > C 08:20 / x, trip T1
    A 09:00 > B 09:10 09:12 > C 09:20 / x, trip T2
    A 10:00 > B 10:10 10:12 > C 10:20 / x, trip T3
"""


def test_the_next_trip_is_taken() -> None:
    assert ask(router_of(LINE), "x_A", "x_C", "08:01") == ["09:00 > 09:20, 0 changes: x_A 09:00 x_T2 x_C 09:20"]


def test_who_is_ready_when_it_leaves_catches_it_and_a_second_later_does_not() -> None:
    router = router_of(LINE)
    assert ask(router, "x_A", "x_C", "08:00") == ["08:00 > 08:20, 0 changes: x_A 08:00 x_T1 x_C 08:20"]
    assert ask(router, "x_A", "x_C", "08:00:01") == ["09:00 > 09:20, 0 changes: x_A 09:00 x_T2 x_C 09:20"]


def test_a_middle_stop_is_left_at_the_arrival_and_boarded_at_the_departure() -> None:
    router = router_of(LINE)
    assert ask(router, "x_A", "x_B", "08:00") == ["08:00 > 08:10, 0 changes: x_A 08:00 x_T1 x_B 08:10"]
    assert ask(router, "x_B", "x_C", "08:11") == ["08:12 > 08:20, 0 changes: x_B 08:12 x_T1 x_C 08:20"]


def test_nobody_rides_backwards() -> None:
    assert ask(router_of(LINE), "x_C", "x_A", "08:00") == []


def test_calls_that_allow_only_one_way_on_or_off_are_kept_to() -> None:
    router = router_of("""
        A 08:00 > B 08:10 (alight) > C 08:20 (board) > D 08:30 / x, trip T1
    """)
    assert ask(router, "x_A", "x_B", "08:00") == ["08:00 > 08:10, 0 changes: x_A 08:00 x_T1 x_B 08:10"]
    assert ask(router, "x_B", "x_D", "08:00") == []
    assert ask(router, "x_A", "x_C", "08:00") == []
    assert ask(router, "x_C", "x_D", "08:00") == ["08:20 > 08:30, 0 changes: x_C 08:20 x_T1 x_D 08:30"]
