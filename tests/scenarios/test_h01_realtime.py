"""What riders are told when vehicles do not do as the schedule says."""

from __future__ import annotations

import pytest

from ingest.realtime.patch import Alert
from routing import RideLeg
from tests.scenarios.drawn import ask, query_of, router_of
from tests.support.realtime import NOW, Entity, Trip, Update, call, gtfs_rt, heard, live_router, message, trip_update

TEXT = """
    A 08:00 > B 08:10 08:12 > C 08:20 > D 08:30 / x, trip T1
    A 08:10 > B 08:20 08:22 > C 08:30 > D 08:40 / x, trip T2
    A 23:50 > B 24:30 > C 25:10 / x, trip N1
    P 0:00 > Q 0:10 / x, trip F1, exact 600 from 06:00 to 10:00
    P 0:00 > R 0:10 / x, trip H1, every 600 from 06:00 to 10:00
    L 09:00 > M 09:05 > L 09:10 > N 09:15 / x, trip L1
"""
DAY = {"start_date": "20260302"}
T1 = {"trip_id": "T1", **DAY}


def told(*entities: Entity, start: str = "x_A", end: str = "x_D", time: str = "07:55", **more: object) -> list[str]:
    return ask(live_router(router_of(TEXT), entities), start, end, time, **more)


def test_a_delay_is_carried_along_the_trip() -> None:
    line = told(trip_update(T1, call(1, departure=300)))[0]
    assert line == "08:05 > 08:35, 0 changes: x_A 08:05 x_T1 x_D 08:35"


def test_a_vehicle_that_is_late_is_passed_by_the_next_one() -> None:
    assert told(trip_update(T1, call(1, departure=900)))[0].endswith("x_A 08:10 x_T2 x_D 08:40")


def test_a_delay_is_carried_over_a_stop_that_is_skipped() -> None:
    calls = call(1, departure=300), call(2, schedule_relationship=Update.SKIPPED)
    assert told(trip_update(T1, *calls))[0].endswith("x_A 08:05 x_T1 x_D 08:35")
    assert told(trip_update(T1, *calls), end="x_B")[0].endswith("x_A 08:10 x_T2 x_B 08:20")


def test_after_no_data_the_schedule_holds_but_nobody_goes_back_in_time() -> None:
    calls = call(1, departure=1200), call(2, schedule_relationship=Update.NO_DATA)
    assert told(trip_update(T1, *calls), time="08:15")[0].endswith("x_A 08:20 x_T1 x_D 08:30")


def test_a_delay_between_two_that_are_told_bends_where_it_must() -> None:
    calls = call(1, departure=1200), call(4, arrival=0)
    assert told(trip_update(T1, *calls), time="08:15")[0].endswith("x_A 08:20 x_T1 x_D 08:30")
    early = trip_update(T1, call(3, arrival=-900))
    assert told(early, start="x_B", end="x_C", time="08:00")[0].endswith("x_B 08:05 x_T1 x_C 08:05")


def test_times_count_and_not_the_delay_that_stands_beside_them() -> None:
    update = call(1, departure="08:03")
    update.departure.delay = 9999
    assert told(trip_update(T1, update))[0].startswith("08:03 > 08:33")


def test_the_delay_of_a_trip_counts_where_no_call_is_told_of() -> None:
    assert told(trip_update(T1, delay=120))[0].startswith("08:02 > 08:32")


@pytest.mark.parametrize("relationship", [Trip.CANCELED, Trip.DELETED])
def test_a_cancelled_trip_does_not_run_that_day_and_runs_the_next(relationship: int) -> None:
    gone = trip_update({**T1, "schedule_relationship": relationship})
    assert told(gone)[0].startswith("08:10 > 08:40")
    assert told(gone, date="2026-03-03")[0].startswith("08:00 > 08:30")


def test_a_trip_after_midnight_is_of_the_day_before() -> None:
    late = trip_update({"trip_id": "N1", **DAY}, call(2, arrival=600))
    assert told(late, start="x_A", end="x_C", time="23:00")[0].startswith("23:50 > 01:20+1")
    now_s = NOW + 18 * 3600
    undated = trip_update({"trip_id": "N1"}, call(2, arrival=600))
    router = live_router(router_of(TEXT), [undated], now_s=now_s)
    assert ask(router, "x_A", "x_C", "23:00")[0].startswith("23:50 > 01:20+1")


def test_an_added_trip_is_ridden_and_named() -> None:
    extra = trip_update(
        {"trip_id": "EX", "route_id": "R", **DAY, "schedule_relationship": Trip.ADDED},
        call(1, "A", departure="08:01"),
        call(2, "D", arrival="08:05"),
    )
    extra.trip_update.trip.route_id = router_of(TEXT).network.routes.id[0].removeprefix("x_")
    router = live_router(router_of(TEXT), [extra])
    leg = router.journeys(query_of("x_A", "x_D", "07:55"))[0].legs[0]
    assert isinstance(leg, RideLeg)
    assert (leg.trip_id, leg.scheduled_departure, leg.realtime) == ("x_EX", None, True)
    assert router.compare(query_of("x_A", "x_D", "07:55")).options[0].journey.legs[0].to_place.id == "x_D"


def test_a_replaced_trip_goes_another_way() -> None:
    other = trip_update(
        {**T1, "schedule_relationship": Trip.REPLACEMENT},
        call(1, "A", departure="08:00"),
        call(2, "M", arrival="08:08", departure="08:09"),
        call(3, "D", arrival="08:15"),
    )
    assert told(other, end="x_M")[0].startswith("08:00 > 08:08")
    assert told(other)[0].startswith("08:00 > 08:15")
    assert told(other, end="x_B")[0].startswith("08:10 > 08:20")


def test_a_duplicated_trip_runs_beside_its_original() -> None:
    copy = trip_update({**T1, "schedule_relationship": Trip.DUPLICATED})
    given = copy.trip_update.trip_properties
    given.trip_id, given.start_date, given.start_time = "DUP", "20260302", "08:04:00"
    assert told(copy)[0].endswith("x_A 08:00 x_T1 x_D 08:30")
    assert told(copy, time="08:01")[0].endswith("x_A 08:04 x_DUP x_D 08:34")


def test_one_vehicle_of_exact_frequencies_is_late_and_the_others_are_not() -> None:
    late = trip_update({"trip_id": "F1", "start_time": "06:10:00", **DAY}, call(1, departure=120))
    lines = [told(late, start="x_P", end="x_Q", time=time)[0][:13] for time in ("06:01", "06:11", "06:13")]
    assert lines == ["06:12 > 06:22", "06:12 > 06:22", "06:20 > 06:30"]
    assert told(late, start="x_P", end="x_Q", time="06:01", date="2026-03-03")[0].startswith("06:10 > 06:20")


def test_a_vehicle_of_a_headway_service_whose_time_is_known_is_a_timetable() -> None:
    known = trip_update(
        {"trip_id": "H1", "start_time": "06:03:00", **DAY, "schedule_relationship": Trip.UNSCHEDULED},
        call(1, departure="06:03"),
    )
    router = live_router(router_of(TEXT), [known])
    journeys = router.journeys(query_of("x_P", "x_R", "06:02"))
    assert journeys[0].rides[0].headway_s is None
    assert journeys[0].rides[0].departure.minute == 3


def test_a_loop_is_told_apart_by_stop_sequence() -> None:
    late = trip_update({"trip_id": "L1", **DAY}, call(3, departure=240))
    assert told(late, start="x_L", end="x_M", time="08:55")[0].startswith("09:00 > 09:05")
    assert told(late, start="x_L", end="x_N", time="09:06")[0].startswith("09:14 > 09:19")


def test_a_schedule_is_answered_from_where_that_is_asked() -> None:
    router = router_of(TEXT + "\n# its own router\n")
    router.use(live_router(router, [trip_update(T1, call(1, departure=300))]))
    assert ask(router, "x_A", "x_D", "07:55")[0].startswith("08:05")
    assert ask(router, "x_A", "x_D", "07:55", use_realtime=False)[0].startswith("08:00")
    kept = router.journeys(query_of("x_A", "x_D", "07:55"))
    router.use(None)
    assert ask(router, "x_A", "x_D", "07:55")[0].startswith("08:00")
    assert kept[0].legs[0].departure.minute == 5, "a journey is written as it was found"


def test_both_times_are_told() -> None:
    router = live_router(router_of(TEXT), [trip_update(T1, call(1, departure=300), call(4, arrival=60))])
    leg = router.journeys(query_of("x_A", "x_D", "07:55"))[0].rides[0].to_dict()
    assert [leg[name][11:16] for name in ("departure", "scheduled_departure", "arrival", "scheduled_arrival")] == [
        "08:05", "08:00", "08:31", "08:30",
    ]  # fmt: skip
    assert leg["realtime"]
    assert leg["intermediate_stops"][0]["scheduled_arrival"][11:16] == "08:10"
    plain = router_of(TEXT).journeys(query_of("x_A", "x_D", "07:55"))[0].rides[0].to_dict()
    assert plain["scheduled_departure"] == plain["departure"]
    assert not plain["realtime"]


def test_alerts_are_with_the_legs_that_they_are_for() -> None:
    text = gtfs_rt.TranslatedString
    alert = gtfs_rt.Alert(
        informed_entity=[gtfs_rt.EntitySelector(stop_id="D")],
        header_text=text(translation=[text.Translation(text="<b>Closed</b>", language="en")]),
        url=text(translation=[text.Translation(text="javascript:alert(1)", language="en")]),
    )
    router = live_router(router_of(TEXT), [Entity(id="a", alert=alert)])
    found = router.journeys(query_of("x_A", "x_D", "07:55"))[0].rides[0].alerts
    assert [isinstance(one, Alert) and one.header["en"] for one in found] == ["<b>Closed</b>"]
    assert not found[0].url
    assert router.journeys(query_of("x_A", "x_B", "07:55"))[0].rides[0].alerts == ()


@pytest.mark.parametrize(
    ("trip", "calls", "reason"),
    [
        ({"trip_id": "NOPE"}, [call(1, departure=1)], "unknown_trip"),
        ({**T1, "route_id": "OTHER"}, [call(1, departure=1)], "route_mismatch"),
        ({**T1, "start_date": "20260231"}, [call(1, departure=1)], "bad_start_date"),
        ({**T1, "start_time": "25:99:00"}, [call(1, departure=1)], "bad_start_time"),
        ({**T1, "start_time": "08:01:00"}, [call(1, departure=1)], "start_time_mismatch"),
        ({**T1, "start_date": "19700101"}, [call(1, departure=1)], "not_running"),
        (T1, [], "nothing_said"),
        (T1, [call(9, departure=1)], "unknown_stop_sequence"),
        (T1, [call(stop="NOPE", departure=1)], "unknown_stop"),
        (T1, [call(1, "D", departure=1)], "stop_mismatch"),
        (T1, [call(departure=1)], "stop_missing"),
        (T1, [call(1, departure=1), call(1, departure=2)], "duplicate_stop"),
        (T1, [call(2, departure=1), call(1, departure=2)], "out_of_order"),
        (T1, [call(n, departure=1) for n in range(1, 6)], "too_many_updates"),
        (T1, [call(1, departure=2**31 - 1)], "time_out_of_range"),
        (T1, [call(1, departure=-(2**31))], "time_out_of_range"),
        (T1, [call(1, departure=1800), call(2, arrival=0)], "times_decrease"),
        ({"trip_id": "L1", **DAY}, [call(stop="L", departure=1)], "ambiguous_stop"),
        ({"trip_id": "F1", **DAY}, [call(1, departure=1)], "start_time_missing"),
        ({"trip_id": "F1", **DAY, "start_time": "06:05:00"}, [call(1, departure=1)], "start_time_mismatch"),
        ({"trip_id": "H1", **DAY, "start_time": "06:05:00", "schedule_relationship": Trip.CANCELED}, [],
         "headway_vehicle"),
        ({"trip_id": "NEW", **DAY, "schedule_relationship": Trip.ADDED}, [], "unknown_route"),
    ],
)  # fmt: skip
def test_a_bad_entity_is_counted_by_its_reason_and_costs_no_other(
    trip: dict[str, object], calls: list[Update], reason: str
) -> None:
    network = router_of(TEXT).network
    good = trip_update({"trip_id": "T2", **DAY}, call(1, departure=60))
    report, patch = heard(network, message(trip_update(trip, *calls), good))
    assert {name.value: count for name, count in report.ignored.items()} == {reason: 1}
    assert (report.outcome, report.applied, len(patch.trips)) == ("apply partly", 1, 1)
