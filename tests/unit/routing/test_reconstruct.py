"""From vehicles to journeys: times, names, legs."""

from __future__ import annotations

from typing import Any

from routing import Journey, Router
from tests.scenarios.drawn import network_of, query_of, router_of
from tests.support.timetable_text import feeds_of, position

TEXT = """
    stop B 0 0
    stop P 99.9 0
    station Z: A
    A 08:00 > M 08:04 08:05 > B 08:10 / x, trip T1
    P 08:20 > C 08:30 / y, trip T2
    A 0:00 > D 0:10 / x, trip H, every 600 from 06:00 to 10:00
"""


def _one(origin: str | tuple[float, float], destination: str | tuple[float, float], **more: Any) -> Journey:
    (journey,) = router_of(TEXT).journeys(query_of(origin, destination, "07:55", **more))
    return journey


def test_a_ride_leg_tells_what_a_rider_needs_to_know() -> None:
    (leg,) = _one("x_A", "x_B").rides
    assert (leg.provider, leg.feed, leg.trip_id, leg.route_id) == ("x", "x", "x_T1", "x_R-T1")
    assert (leg.route.short_name, leg.route.type) == ("T1", 3)
    assert (leg.from_place.name, leg.to_place.name) == ("A", "B")
    assert (leg.from_stop_sequence, leg.to_stop_sequence) == (1, 3)
    assert (str(leg.service_date), leg.headway_s, leg.wait_s, leg.stay_seated) == ("2026-03-02", None, 0, False)


def test_calls_between_are_listed_with_both_times() -> None:
    (leg,) = _one("x_A", "x_B").rides
    (call,) = leg.intermediate_stops
    assert (call.stop, f"{call.arrival:%H:%M}", f"{call.departure:%H:%M}") == ("x_M", "08:04", "08:05")


def test_without_a_headsign_the_last_stop_is_named() -> None:
    feeds = feeds_of(TEXT)
    feeds["x"].rows("trips")[0]["trip_headsign"] = "Central"
    (journey,) = Router(network_of(feeds)).journeys(query_of("x_A", "x_B", "07:55"))
    assert journey.rides[0].headsign == "Central"
    assert _one("x_A", "x_B").rides[0].headsign == "B"


def test_a_change_on_foot_is_a_leg_of_its_own_and_the_wait_comes_after_it() -> None:
    journey = _one("x_A", "y_C")
    assert [type(leg).__name__ for leg in journey.legs] == ["RideLeg", "WalkLeg", "RideLeg"]
    (walk,), onward = journey.walks, journey.rides[1]
    # 130 m, 109 s: at P by 08:11:49, T2 leaves at 08:20.
    assert (walk.from_place.id, walk.to_place.id, walk.distance_m) == ("x_B", "y_P", 130)
    assert f"{walk.arrival:%H:%M:%S}" == "08:11:49"
    assert onward.wait_s == 491
    assert journey.providers == {"x", "y"}
    assert journey.duration_s == 1800


def test_waits_walks_and_rides_are_the_whole_of_a_journey() -> None:
    for journey in (_one("x_A", "y_C"), _one("x_A", "x_D"), _one(position(0, 99.9), "y_C")):
        riding = sum(int((leg.arrival - leg.departure).total_seconds()) for leg in journey.rides)
        assert riding + journey.walk_s + journey.wait_s == journey.duration_s


def test_a_headway_leg_tells_its_headway_and_the_expected_wait() -> None:
    journey = _one("x_A", "x_D")
    (leg,) = journey.rides
    assert (leg.headway_s, leg.wait_s) == (600, 300)
    assert (f"{journey.departure:%H:%M}", f"{leg.departure:%H:%M}", f"{leg.arrival:%H:%M}") == (
        "07:55",
        "08:00",
        "08:10",
    )


def test_times_are_those_of_the_clock_at_the_stop() -> None:
    # 06:55 UTC and 07:55 in Jakarta are asked for in the same way.
    journey = _one("x_A", "x_B", zone="UTC", date="2026-03-02")
    assert journey.departure.isoformat() == "2026-03-03T08:00:00+07:00"


def test_a_stop_with_a_zone_of_its_own_shows_it() -> None:
    feeds = feeds_of(TEXT)
    next(row for row in feeds["x"].rows("stops") if row["stop_id"] == "B")["stop_timezone"] = "Asia/Makassar"
    (journey,) = Router(network_of(feeds)).journeys(query_of("x_A", "x_B", "07:55"))
    assert journey.arrival.isoformat() == "2026-03-02T09:10:00+08:00"
    assert journey.duration_s == 600


def test_from_a_station_the_ride_begins_at_its_stop_without_a_walk() -> None:
    journey = _one("x_Z", "x_B")
    assert [type(leg).__name__ for leg in journey.legs] == ["RideLeg"]
    assert journey.rides[0].from_stop == "x_A"


def test_walks_from_and_to_a_coordinate_carry_its_name() -> None:
    at = position(0, 99.9)
    journey = _one(at, "y_C")
    walk = journey.walks[0]
    assert walk.from_place.id == f"{at[0]:.6f},{at[1]:.6f}"
    assert (walk.from_place.lat, walk.from_place.lon) == at
    assert walk.to_place.id == "y_P"


def test_walking_all_the_way_names_both_ends() -> None:
    (journey,) = router_of(TEXT).journeys(query_of("x_B", "y_P", "07:55"))
    assert (journey.kind, journey.transfers, journey.providers) == ("walk", 0, frozenset())
    assert (journey.legs[0].from_place.id, journey.legs[0].to_place.id) == ("x_B", "y_P")


def test_a_walk_through_the_hour_that_clocks_skip_takes_as_long_as_it_takes() -> None:
    text = TEXT + "zone x Europe/Berlin\nzone y Europe/Berlin\n"
    query = query_of("x_B", "y_P", "01:59:00", date="2026-03-29", zone="Europe/Berlin")
    (journey,) = router_of(text).journeys(query)
    assert journey.arrival.timestamp() - journey.departure.timestamp() == 109
    assert journey.arrival.isoformat() == "2026-03-29T03:00:49+02:00"


def test_seated_trips_are_two_legs_and_only_the_first_waits() -> None:
    router = router_of("""
        A 08:00 > B 08:10 / x, trip T1, block 1
        B 08:15 > C 08:20 / x, trip T2, block 1
    """)
    (journey,) = router.journeys(query_of("x_A", "x_C", "07:55"))
    first, second = journey.rides
    assert (first.stay_seated, second.stay_seated, second.wait_s) == (False, True, 0)
    assert (first.from_stop_sequence, first.to_stop_sequence) == (1, 2)
    assert (second.from_stop_sequence, second.to_stop_sequence) == (1, 2)
    assert first.headsign == "B"
    assert second.headsign == "C"


def test_stops_without_a_place_are_shown_at_nought() -> None:
    feeds = feeds_of("A 08:00 > B 08:10 / x")
    row = feeds["x"].rows("stops")[1]
    row["stop_lat"] = row["stop_lon"] = "0"
    (journey,) = Router(network_of(feeds)).journeys(query_of("x_A", "x_B", "07:55"))
    assert (journey.rides[0].to_place.lat, journey.rides[0].to_place.lon) == (0.0, 0.0)
