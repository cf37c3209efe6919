"""Several lines between two stops: who waits boards whichever comes first, if that is no worse than waiting on."""

from __future__ import annotations

from typing import Any

import pytest

from routing import RideLeg
from tests.scenarios.drawn import query_of, router_of
from tests.scenarios.test_c05_arrival_odds import odds

PLANNED = "A 0:00 > C 0:20 / x, trip P, route 1, every 600 from 06:00 to 10:00"


def leg(text: str, time: str = "08:00", origin: str = "x_A", **more: Any) -> RideLeg:
    """The headway leg of the only journey."""
    (journey,) = router_of(text).journeys(query_of(origin, "x_C", time, **more))
    return next(ride for ride in journey.rides if ride.headway_s)


def told(found: RideLeg) -> list[str]:
    """`route every headway, ride: trips` of each."""
    return [
        f"{line.route_id} every {line.headway_s}, {line.ride_s}: {' '.join(line.trip_ids)}"
        for line in found.interchangeable
    ]


def test_a_line_that_rides_as_long_is_as_good() -> None:
    assert told(leg(f"{PLANNED}\nA 0:00 > C 0:20 / x, trip Q, route 2, every 900 from 06:00 to 10:00")) == [
        "x_2 every 900, 1200: x_Q"
    ]


def test_a_line_alone_has_none() -> None:
    assert told(leg(PLANNED)) == []
    (journey,) = router_of("A 08:00 > C 08:20 / x\nA 08:01 > C 08:22 / x").journeys(query_of("x_A", "x_C", "07:55"))
    assert [ride.interchangeable for ride in journey.rides] == [()]


def test_a_rare_line_that_is_faster_is_boarded_when_it_comes() -> None:
    assert told(leg(f"{PLANNED}\nA 0:00 > C 0:12 / x, trip Q, route 2, every 3600 from 06:00 to 10:00")) == [
        "x_2 every 3600, 720: x_Q"
    ]


@pytest.mark.parametrize(("ride", "is_listed"), [("0:23:32", True), ("0:23:33", False), ("0:40", False)])
def test_a_slower_line_is_listed_if_mostly_it_is_no_worse_than_waiting_on(ride: str, is_listed: bool) -> None:
    # After s seconds the planned one comes (600 - s) / 2 s later on average: a line 212 s slower is as good up to
    # s = 176. Of 600 * 599 / 2 ways in which it comes first, sum(599 - s) = 90,447 are not later, just over half.
    other = f"A 0:00 > C {ride} / x, trip Q, route 2, every 600 from 06:00 to 10:00"
    assert bool(told(leg(f"{PLANNED}\n{other}"))) is is_listed


def test_a_line_that_runs_at_another_time_is_not_listed() -> None:
    other = "A 0:00 > C 0:15 / x, trip Q, route 2, every 1200 from"
    assert told(leg(f"{PLANNED}\n{other} 08:10 to 12:00")) == []
    assert told(leg(f"{PLANNED}\n{other} 08:09 to 12:00")) == ["x_2 every 1200, 900: x_Q"]
    assert told(leg(f"{PLANNED}\n{other} 06:00 to 08:00")) == []
    assert told(leg(f"{PLANNED}\n{other} 06:00 to 08:00:01")) == ["x_2 every 1200, 900: x_Q"]


def test_a_line_of_the_next_morning_is_not_listed_for_who_may_miss_the_last_vehicle() -> None:
    text = f"{PLANNED}\nA 0:00 > C 0:15 / x, trip Q, route 2, every 600 from 06:00 to 09:00"
    assert told(leg(text, "09:54")) == []


def test_trips_of_one_route_are_one_entry_and_count_together() -> None:
    text = f"""{PLANNED}
        A 0:00 > C 0:20 / x, trip Q1, route 2, every 1800 from 06:00 to 10:00
        A 0:00 > D 0:05 > C 0:19 / x, trip Q2, route 2, every 900 from 06:00 to 10:00
        A 0:00 > C 0:20 > E 0:30 / x, trip P2, route 1, every 1200 from 06:00 to 10:00
    """
    assert told(leg(text)) == ["x_2 every 600, 1140: x_Q2 x_Q1", "x_1 every 1200, 1200: x_P2"]


def test_a_line_must_be_boarded_and_left_where_the_leg_is() -> None:
    text = f"""{PLANNED}
        C 0:00 > A 0:20 / x, trip Q1, every 600 from 06:00 to 10:00
        A 0:00 (alight) > C 0:20 / x, trip Q2, every 600 from 06:00 to 10:00
        A 0:00 > C 0:20 (board) > D 0:30 / x, trip Q3, every 600 from 06:00 to 10:00
        A 0:00 > D 0:10 / x, trip Q4, every 600 from 06:00 to 10:00
    """
    assert told(leg(text)) == []


def test_of_a_trip_that_passes_twice_the_shorter_way_counts() -> None:
    twice = "A 0:00 > D 0:05 > A 0:10 > C 0:28 > E 0:40 > C 0:50 / x, trip Q, route 2, every 900 from 05:00 to 10:00"
    assert told(leg(f"{PLANNED}\n{twice}")) == ["x_2 every 900, 1080: x_Q"]


def test_a_line_of_another_provider_is_never_among_them() -> None:
    text = f"stop A 0 0\n{PLANNED}\nA 0:00 > C 0:20 / y, trip Q, every 300 from 06:00 to 10:00"
    (option,) = (o for o in router_of(text).compare(query_of("x_A", "x_C", "08:00")).options if o.providers == {"x"})
    assert [line for ride in option.journey.rides for line in ride.interchangeable] == []
    assert odds(option.journey) == ["08:20:59", "08:24:59", "08:28:59"]


def test_what_the_query_does_not_allow_is_not_among_them() -> None:
    text = f"{PLANNED}, wheelchair 1\nA 0:00 > C 0:20 / x, trip Q, route 2, every 900 from 06:00 to 10:00"
    assert told(leg(text, wheelchair=True)) == []
    assert told(leg(text)) == ["x_2 every 900, 1200: x_Q"]


def test_lines_that_transfers_txt_treats_in_another_way_are_not_among_them() -> None:
    text = f"""{PLANNED}
        A 0:00 > C 0:20 / x, trip Q, route 2, every 900 from 06:00 to 10:00
        B 0:00 > A 0:10 / x, trip F, every 60 from 06:00 to 10:00
        transfer x A > A 2 300, to trip Q
    """
    assert told(leg(text, origin="x_B")) == []


def test_the_odds_are_those_of_the_first_to_come() -> None:
    # Neither has come after waits of 0..s with (1 - (s + 1) / 600) (1 - (s + 1) / 900): to 9/10 at s = 36, to a half at
    # 209, to a tenth at 473.
    text = f"{PLANNED}\nA 0:00 > C 0:20 / x, trip Q, route 2, every 900 from 06:00 to 10:00"
    (journey,) = router_of(text).journeys(query_of("x_A", "x_C", "08:00"))
    assert f"{journey.arrival:%H:%M:%S}" == "08:25:00"
    assert odds(journey) == ["08:20:36", "08:23:29", "08:27:53"]


def test_the_json_of_a_leg_lists_them() -> None:
    found = leg(f"{PLANNED}\nA 0:00 > C 0:20 > D 0:30 / x, trip Q, route 2, every 900 from 06:00 to 10:00").to_dict()
    assert found["interchangeable"] == [
        {
            "route_id": "x_2",
            "route_short_name": "2",
            "route_long_name": "",
            "trip_id": "x_Q",
            "trip_ids": ["x_Q"],
            "headsign": "D",
            "headway_s": 900,
            "ride_s": 1200,
        }
    ]
