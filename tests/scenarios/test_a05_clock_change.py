"""Days on which clocks change: a service day starts at noon minus 12 hours, and instants are computed.

In Berlin, clocks go from 02:00 to 03:00 on 2026-03-29 and from 03:00 back to 02:00 on 2026-10-25. Noon minus 12 hours
is then 23:00 of Saturday and 01:00 of Sunday.
"""

from __future__ import annotations

from datetime import timedelta

from routing import Router
from tests.scenarios.drawn import ask, query_of, router_of

BERLIN = "Europe/Berlin"
SPRING, AUTUMN = "2026-03-29", "2026-10-25"


def _router() -> Router:
    return router_of("""
        zone x Europe/Berlin
        A 01:30 > B 03:30 / x, trip NIGHT
        A 09:00 > B 09:10 / x, trip MORNING
    """)


def test_times_after_the_change_are_those_on_the_clock() -> None:
    for date in (SPRING, AUTUMN, "2026-06-01"):
        assert ask(_router(), "x_A", "x_B", "08:00", date=date, zone=BERLIN) == [
            "09:00 > 09:10, 0 changes: x_A 09:00 x_MORNING x_B 09:10"
        ]


def test_in_spring_a_trip_of_two_hours_that_night_takes_two_hours() -> None:
    # The day starts at 23:00+01:00 = 22:00Z. 01:30 on is 23:30Z = 00:30+01:00; two hours on is 01:30Z = 03:30+02:00.
    (journey,) = _router().journeys(query_of("x_A", "x_B", "00:00", date=SPRING, zone=BERLIN))
    assert journey.departure.isoformat() == "2026-03-29T00:30:00+01:00"
    assert journey.arrival.isoformat() == "2026-03-29T03:30:00+02:00"
    assert journey.duration_s == 7200


def test_in_autumn_a_trip_of_two_hours_that_night_takes_two_hours() -> None:
    # The day starts at 01:00+02:00 = 23:00Z. 01:30 on is 00:30Z = 02:30+02:00; two hours on is 02:30Z = 03:30+01:00.
    (journey,) = _router().journeys(query_of("x_A", "x_B", "01:30", date=AUTUMN, zone=BERLIN))
    assert journey.departure.isoformat() == "2026-10-25T02:30:00+02:00"
    assert journey.arrival.isoformat() == "2026-10-25T03:30:00+01:00"
    assert journey.duration_s == 7200


def test_an_overlap_of_service_days_offers_both_vehicles() -> None:
    # Spring: Saturday's 24:15 is 00:15 of Sunday; Sunday's 01:15 is 00:15 too (its day begins at 23:00).
    router = router_of("""
        zone x Europe/Berlin
        A 24:15 > B 24:30 / x, trip LATE
        A 01:15 > C 01:30 / x, trip EARLY
    """)
    assert ask(router, "x_A", "x_B", "00:00", date=SPRING, zone=BERLIN) == [
        "00:15 > 00:30, 0 changes: x_A 00:15 x_LATE x_B 00:30"
    ]
    assert ask(router, "x_A", "x_C", "00:00", date=SPRING, zone=BERLIN) == [
        "00:15 > 00:30, 0 changes: x_A 00:15 x_EARLY x_C 00:30"
    ]


def test_a_day_of_clock_change_still_ends_the_search_after_86400_seconds() -> None:
    query = query_of("x_A", "x_B", "09:00:01", date="2026-03-28", zone=BERLIN)
    (journey,) = _router().journeys(query)
    assert timedelta(0) < journey.arrival - query.time <= timedelta(days=1)
    assert journey.departure.isoformat() == "2026-03-29T00:30:00+01:00"


def test_two_zones_of_one_network_meet_at_one_instant() -> None:
    # Makassar is an hour ahead of Jakarta: 08:30 there is 07:30 here.
    router = router_of("""
        zone y Asia/Makassar
        A 07:00 > M 07:20 / x, trip T1
        M 08:30 > Z 09:00 / y, trip T2
    """)
    assert ask(router, "x_A", "y_Z", "06:00") == [
        "07:00 > 09:00, 1 change: x_A 07:00 x_T1 x_M 07:20 | walk x_M 07:20 y_M 07:20 (0 m) | y_M 08:30 y_T2 y_Z 09:00"
    ]
