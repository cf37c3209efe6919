"""exact_times=1: a timetable in short form."""

from __future__ import annotations

from tests.scenarios.drawn import ask, router_of

LINE = "A 0:00 > B 0:10 / x, trip E, exact 1200 from 06:00 to 07:00"


def test_vehicles_leave_at_the_start_and_each_headway_after() -> None:
    # 06:00, 06:20, 06:40; 07:00 is the end, exclusive.
    router = router_of(LINE)
    assert ask(router, "x_A", "x_B", "05:50") == ["06:00 > 06:10, 0 changes: x_A 06:00 x_E x_B 06:10"]
    assert ask(router, "x_A", "x_B", "06:00:01") == ["06:20 > 06:30, 0 changes: x_A 06:20 x_E x_B 06:30"]
    assert ask(router, "x_A", "x_B", "06:40") == ["06:40 > 06:50, 0 changes: x_A 06:40 x_E x_B 06:50"]
    assert ask(router, "x_A", "x_B", "06:40:01") == ["06:00+1 > 06:10+1, 0 changes: x_A 06:00+1 x_E x_B 06:10+1"]


def test_a_second_before_the_end_a_vehicle_still_leaves() -> None:
    router = router_of(LINE.replace("07:00", "07:00:01"))
    assert ask(router, "x_A", "x_B", "06:41") == ["07:00 > 07:10, 0 changes: x_A 07:00 x_E x_B 07:10"]


def test_the_trip_itself_does_not_run() -> None:
    router = router_of(LINE.replace("A 0:00 > B 0:10", "A 03:00 > B 03:10"))
    assert ask(router, "x_A", "x_B", "02:50") == ["06:00 > 06:10, 0 changes: x_A 06:00 x_E x_B 06:10"]


def test_nobody_stays_seated_from_a_trip_of_frequencies_txt() -> None:
    text = """
        A 06:00 > B 06:10 / x, trip E, block 7, exact 1200 from 06:00 to 06:20
        B 06:10 > C 06:20 / x, trip T2, block 7
    """
    assert ask(router_of(text), "x_A", "x_C", "05:50", max_transfers=0) == []
    assert len(ask(router_of(text), "x_A", "x_C", "05:50")) == 1
