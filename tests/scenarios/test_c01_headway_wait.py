"""exact_times=0: vehicles come each `headway` seconds, nobody knows when; a rider waits half of it."""

from __future__ import annotations

from tests.scenarios.drawn import ask, query_of, router_of

LINE = "A 0:00 > B 0:10 0:12 > C 0:20 / x, trip H, every 600 from 06:00 to 10:00"


def test_a_rider_waits_half_the_headway() -> None:
    # Ready 08:00, wait 300 s: leaves 08:05, and is 20 minutes on the way.
    assert ask(router_of(LINE), "x_A", "x_C", "08:00") == [
        "08:00 > 08:25, 0 changes: x_A 08:05 x_H x_C 08:25, every 600"
    ]


def test_half_an_odd_headway_is_rounded_down() -> None:
    odd = LINE.replace("600", "601")
    assert ask(router_of(odd), "x_A", "x_C", "08:00") == [
        "08:00 > 08:25, 0 changes: x_A 08:05 x_H x_C 08:25, every 601"
    ]


def test_whoever_is_early_waits_for_the_first_vehicle_and_half_the_headway() -> None:
    # x = max(05:00, 06:00) + 300 s = 06:05; as late as 06:00 one can leave for the same arrival.
    assert ask(router_of(LINE), "x_A", "x_C", "05:00") == [
        "06:00 > 06:25, 0 changes: x_A 06:05 x_H x_C 06:25, every 600"
    ]


def test_on_the_way_the_vehicle_is_as_far_behind_as_its_offset() -> None:
    # At B, ready 08:00: start = 08:00 - 12 min + 5 min = 07:53, leaves B at 08:05, C at 08:13.
    assert ask(router_of(LINE), "x_B", "x_C", "08:00") == [
        "08:00 > 08:13, 0 changes: x_B 08:05 x_H x_C 08:13, every 600"
    ]


def test_each_change_waits_anew() -> None:
    # 08:00 + 5 + 10 = 08:15 at B; B ready 08:15 + 150 s = 08:17:30, and 10 minutes on.
    text = f"{LINE}\nB 0:00 > D 0:10 / x, trip I, every 300 from 06:00 to 10:00"
    assert ask(router_of(text), "x_A", "x_D", "08:00") == [
        "08:00 > 08:27:30, 1 change: x_A 08:05 x_H x_B 08:15, every 600 | x_B 08:17:30 x_I x_D 08:27:30, every 300"
    ]


def test_a_timetable_and_a_headway_compete_on_expected_times() -> None:
    # Headway: C at 08:25. A scheduled trip at 08:06 is there at 08:24.
    text = f"{LINE}\nA 08:06 > C 08:24 / x, trip T1"
    assert ask(router_of(text), "x_A", "x_C", "08:00") == ["08:06 > 08:24, 0 changes: x_A 08:06 x_T1 x_C 08:24"]
    assert ask(router_of(text.replace("08:24", "08:26")), "x_A", "x_C", "08:00") == [
        "08:00 > 08:25, 0 changes: x_A 08:05 x_H x_C 08:25, every 600"
    ]


def test_the_wait_is_part_of_the_leg() -> None:
    (journey,) = router_of(LINE).journeys(query_of("x_A", "x_C", "08:00"))
    assert journey.wait_s == 300
    assert journey.duration_s == 1500


def test_the_trips_own_times_are_offsets_wherever_they_start() -> None:
    late = LINE.replace("A 0:00 > B 0:10 0:12 > C 0:20", "A 13:00 > B 13:10 13:12 > C 13:20")
    assert ask(router_of(late), "x_A", "x_C", "08:00") == [
        "08:00 > 08:25, 0 changes: x_A 08:05 x_H x_C 08:25, every 600"
    ]
    assert ask(router_of(late), "x_A", "x_C", "12:00") == [
        "06:00+1 > 06:25+1, 0 changes: x_A 06:05+1 x_H x_C 06:25+1, every 600"
    ]


def test_a_profile_tells_a_headway_service_once_a_headway() -> None:
    query = query_of("x_A", "x_C", "08:00")
    journeys = router_of(LINE.replace("600", "900")).profile(query, 3600)
    assert [f"{j.departure:%H:%M} > {j.arrival:%H:%M}" for j in journeys] == [
        "08:00 > 08:27", "08:15 > 08:42", "08:30 > 08:57", "08:45 > 09:12"
    ]  # fmt: skip
