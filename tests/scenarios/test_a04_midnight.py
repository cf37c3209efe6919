"""Trips after midnight belong to the service day before."""

from __future__ import annotations

from tests.scenarios.drawn import ask, query_of, router_of

# Runs on Mondays only; 2026-03-02 is one.
NIGHT = """
    days MON 1000000 2026-03-02 2026-03-08
    A 23:50 > B 24:10 > C 25:00 / x, trip T1, service MON
    A 25:30 > B 25:40 / x, trip T2, service MON
    A 48:30 > B 48:40 / x, trip T3, service MON
"""


def test_a_trip_runs_on_over_midnight() -> None:
    # 25:00 of Monday is 01:00 of Tuesday.
    assert ask(router_of(NIGHT), "x_A", "x_C", "23:00") == ["23:50 > 01:00+1, 0 changes: x_A 23:50 x_T1 x_C 01:00+1"]


def test_a_trip_that_begins_after_midnight_runs_on_the_next_calendar_day() -> None:
    router = router_of(NIGHT)
    assert ask(router, "x_A", "x_B", "00:00", date="2026-03-03") == [
        "01:30 > 01:40, 0 changes: x_A 01:30 x_T2 x_B 01:40"
    ]
    # On Monday at 01:00 only a Sunday's trips could be under way, and there are none: the next is Monday's own.
    assert ask(router, "x_A", "x_B", "01:00") == ["23:50 > 00:10+1, 0 changes: x_A 23:50 x_T1 x_B 00:10+1"]


def test_the_service_date_of_a_leg_is_the_day_before() -> None:
    (journey,) = router_of(NIGHT).journeys(query_of("x_A", "x_B", "01:00", date="2026-03-03"))
    assert str(journey.rides[0].service_date) == "2026-03-02"


def test_a_trip_two_days_after_its_service_day_is_found() -> None:
    # 48:30 of Monday is 00:30 of Wednesday.
    assert ask(router_of(NIGHT), "x_A", "x_B", "00:00", date="2026-03-04") == [
        "00:30 > 00:40, 0 changes: x_A 00:30 x_T3 x_B 00:40"
    ]


def test_a_vehicle_that_left_yesterday_is_boarded_on_the_way() -> None:
    assert ask(router_of(NIGHT), "x_B", "x_C", "00:05", date="2026-03-03") == [
        "00:10 > 01:00, 0 changes: x_B 00:10 x_T1 x_C 01:00"
    ]


def test_nothing_later_than_a_day_is_known() -> None:
    daily = "A 08:00 > B 08:10 / x, trip T1"
    router = router_of(
        f"{daily}\ndays ONCE 0010000 2026-03-04 2026-03-04\nA 08:00 > C 08:10 / x, trip T2, service ONCE"
    )
    # T2 runs on Wednesday. It arrives at 08:10: known from Tuesday 08:10 on, unknown a second before.
    assert ask(router, "x_A", "x_C", "08:10", date="2026-03-03") == [
        "08:00+1 > 08:10+1, 0 changes: x_A 08:00+1 x_T2 x_C 08:10+1"
    ]
    assert ask(router, "x_A", "x_C", "08:09:59", date="2026-03-03") == []
