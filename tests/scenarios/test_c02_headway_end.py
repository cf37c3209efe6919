"""The end of a headway window, and several windows of one trip."""

from __future__ import annotations

from routing import Router
from tests.scenarios.drawn import ask, network_of, router_of
from tests.support.timetable_text import feeds_of

LINE = "A 0:00 > B 0:10 / x, trip H, every 600 from 06:00 to 10:00"


def test_the_last_vehicle_starts_before_the_end() -> None:
    # x = ready + 300 s < 10:00, so 09:54:59 still rides and 09:55 does not: it rides tomorrow.
    assert ask(router_of(LINE), "x_A", "x_B", "09:54:59") == [
        "09:54:59 > 10:09:59, 0 changes: x_A 09:59:59 x_H x_B 10:09:59, every 600"
    ]
    assert ask(router_of(LINE), "x_A", "x_B", "09:55") == [
        "06:00+1 > 06:15+1, 0 changes: x_A 06:05+1 x_H x_B 06:15+1, every 600"
    ]


def test_a_window_shorter_than_half_its_headway_has_no_ride() -> None:
    assert ask(router_of("A 0:00 > B 0:10 / x, trip H, every 600 from 06:00 to 06:05"), "x_A", "x_B", "05:00") == []
    assert ask(router_of("A 0:00 > B 0:10 / x, trip H, every 600 from 06:00 to 06:05:01"), "x_A", "x_B", "05:00") == [
        "06:00 > 06:15, 0 changes: x_A 06:05 x_H x_B 06:15, every 600"
    ]


def test_downstream_the_window_ends_later_by_the_offset() -> None:
    # B is 10 minutes on: x = ready - 10 min + 5 min < 10:00, so ready < 10:05.
    text = "A 0:00 > B 0:10 > C 0:20 / x, trip H, every 600 from 06:00 to 10:00"
    assert ask(router_of(text), "x_B", "x_C", "10:04:59") == [
        "10:04:59 > 10:19:59, 0 changes: x_B 10:09:59 x_H x_C 10:19:59, every 600"
    ]
    assert ask(router_of(text), "x_B", "x_C", "10:05")[0].startswith("06:10+1 > ")


def _two_windows(first: int, second: int) -> Router:
    """A trip with one headway from 06:00 to 08:00 and another from then to 10:00."""
    feeds = feeds_of(f"A 0:00 > B 0:10 / x, trip H, every {first} from 06:00 to 08:00")
    feeds["x"].add(
        "frequencies",
        trip_id="H",
        start_time="08:00:00",
        end_time="10:00:00",
        headway_secs=second,
        exact_times=0,
    )
    return Router(network_of(feeds))


def test_while_vehicles_of_the_first_window_run_they_are_taken() -> None:
    # 07:59 + 30 s = 07:59:30, before the end of the window; the other one gives 08:00 + 900 s.
    assert ask(_two_windows(60, 1800), "x_A", "x_B", "07:59") == [
        "07:59 > 08:09:30, 0 changes: x_A 07:59:30 x_H x_B 08:09:30, every 60"
    ]


def test_when_the_first_window_has_none_left_the_second_is_waited_for() -> None:
    # 07:50 + 900 s = 08:05 is too late for the first window; the second gives max(07:50, 08:00) + 30 s.
    assert ask(_two_windows(1800, 60), "x_A", "x_B", "07:50") == [
        "08:00 > 08:10:30, 0 changes: x_A 08:00:30 x_H x_B 08:10:30, every 60"
    ]


def test_the_rare_window_is_taken_while_its_vehicle_is_the_sooner_one() -> None:
    # First window: 07:44 + 900 s = 07:59, still before 08:00. Second: 08:00 + 30 s. The first is sooner.
    assert ask(_two_windows(1800, 60), "x_A", "x_B", "07:44") == [
        "07:44 > 08:09, 0 changes: x_A 07:59 x_H x_B 08:09, every 1800"
    ]


def test_a_window_over_midnight_belongs_to_the_day_before() -> None:
    text = "A 0:00 > B 0:10 / x, trip H, every 600 from 22:00 to 26:00"
    # 01:00 of Tuesday is 25:00 of Monday.
    assert ask(router_of(text), "x_A", "x_B", "01:00", date="2026-03-03") == [
        "01:00 > 01:15, 0 changes: x_A 01:05 x_H x_B 01:15, every 600"
    ]
