"""The oracle on networks small enough to add up by hand; the sum is in the drawing or beside the answer.

Each answer is written `departure arrival transfers`, as hours since the service day of Monday 2 March 2026 began.
"""

from __future__ import annotations

import datetime as dt

import pytest

from tests.support.oracle import Option, Oracle
from tests.support.oracle_vehicles import day_start
from tests.support.oracle_walking import Place
from tests.support.strategies import Asked
from tests.support.timetable_text import ZONE, clock, feeds_of, position

MONDAY = dt.date(2026, 3, 2)


def instant(time: str, date: dt.date = MONDAY, zone: str = ZONE) -> dt.datetime:
    hours, minutes, *seconds = map(int, time.split(":"))
    start = day_start(date, zone) + hours * 3600 + minutes * 60 + sum(seconds)
    return dt.datetime.fromtimestamp(start, dt.UTC)


def short(moment: dt.datetime, date: dt.date = MONDAY, zone: str = ZONE) -> str:
    return clock(int(moment.timestamp()) - day_start(date, zone)).removesuffix(":00")


def scoped(place: str | Place) -> Place:
    """`A` of feed x, unless another feed is named or it is a coordinate."""
    return f"x_{place}" if isinstance(place, str) and "_" not in place else place


def ask(text: str, origin: Place, destination: Place, asked: Asked, walk: str) -> list[str]:
    oracle = Oracle(feeds_of(text), walk=walk)
    found = oracle.journeys(
        scoped(origin), scoped(destination), asked.time, arrive_by=asked.arrive_by, **asked.limits()
    )
    return [f"{short(d)} {short(a)} {n}" for d, a, n in found]


def depart(
    text: str,
    origin: Place,
    destination: Place,
    time: str,
    *,
    walk: str = "off",
    max_transfers: int = 7,
    max_walk_s: int = 1200,
    slack: int = 0,
) -> list[str]:
    asked = Asked(origin, destination, instant(time), max_transfers=max_transfers, max_walk_s=max_walk_s, slack=slack)
    return ask(text, origin, destination, asked, walk)


def arrive(text: str, origin: Place, destination: Place, time: str, *, walk: str = "off") -> list[str]:
    return ask(text, origin, destination, Asked(origin, destination, instant(time), arrive_by=True), walk)


ONE_LINE = "A 08:00 > B 08:10 08:12 > C 08:20 / x"


def test_a_departure_is_caught_at_its_second_and_missed_one_later() -> None:
    assert depart(ONE_LINE, "A", "C", "08:00") == ["08:00 08:20 0"]
    assert depart(ONE_LINE, "A", "C", "08:00:01") == []
    assert depart(ONE_LINE, "B", "C", "08:12") == ["08:12 08:20 0"]


def test_a_deadline_is_met_at_its_second_and_missed_one_earlier() -> None:
    assert arrive(ONE_LINE, "A", "C", "08:20") == ["08:00 08:20 0"]
    # The one of the day before would have to leave more than 24 hours before the deadline.
    assert arrive(ONE_LINE, "A", "C", "08:19:59") == []


def test_a_journey_must_end_within_24_hours() -> None:
    assert depart(ONE_LINE, "A", "C", "08:20") == ["32:00 32:20 0"]
    assert depart(ONE_LINE, "A", "C", "08:19:59") == []


def test_the_latest_departure_is_listed_for_the_earliest_arrival() -> None:
    text = """
        A 08:00 > B 08:10 / x
        A 08:30 > B 08:40 / x
        B 09:00 > C 09:10 / x
    """
    assert depart(text, "A", "C", "07:00") == ["08:30 09:10 1"]
    assert arrive(text, "A", "C", "10:00") == ["08:30 09:10 1"]


def test_fewer_transfers_and_an_earlier_arrival_are_both_listed() -> None:
    text = """
        A 08:00 > C 09:00 / x
        A 08:05 > B 08:15 / x
        B 08:15 > C 08:30 / x
    """
    assert depart(text, "A", "C", "08:00") == ["08:05 08:30 1", "08:00 09:00 0"]
    assert arrive(text, "A", "C", "09:00") == ["08:05 08:30 1", "08:00 09:00 0"]


@pytest.mark.parametrize(("max_transfers", "answers"), [(0, []), (1, []), (2, ["08:00 08:30 2"])])
def test_the_number_of_transfers_is_one_less_than_the_vehicles(max_transfers: int, answers: list[str]) -> None:
    text = """
        A 08:00 > B 08:10 / x
        B 08:10 > C 08:20 / x
        C 08:20 > D 08:30 / x
    """
    assert depart(text, "A", "D", "08:00", max_transfers=max_transfers) == answers


def test_yesterdays_trip_runs_after_midnight_under_todays_date() -> None:
    text = """
        days MO 1000000 2026-03-02 2026-03-02
        A 25:30 > B 26:00 / x, service MO
        A 49:30 > B 50:00 / x, service MO
    """
    assert depart(text, "A", "B", "24:30") == ["25:30 26:00 0"]
    assert depart(text, "A", "B", "48:00") == ["49:30 50:00 0"]
    assert depart(text, "A", "B", "00:30") == []


def test_a_later_trip_that_overtakes_arrives_first() -> None:
    text = """
        A 08:00 > B 08:40 > C 09:20 / x
        A 08:10 > B 08:30 > C 08:55 / x
    """
    assert depart(text, "A", "C", "07:59") == ["08:10 08:55 0"]
    assert depart(text, "A", "B", "07:59") == ["08:10 08:30 0"]
    assert arrive(text, "A", "C", "09:30") == ["08:10 08:55 0"]


def test_overtaking_at_an_inner_call_only_does_not_matter_at_the_end() -> None:
    text = """
        A 08:00 > B 08:40 > C 09:00 / x
        A 08:10 > B 08:30 > C 09:10 / x
    """
    assert depart(text, "A", "B", "07:59") == ["08:10 08:30 0"]
    assert depart(text, "A", "C", "07:59") == ["08:00 09:00 0"]


def test_a_loop_is_boarded_at_its_second_visit() -> None:
    text = "A 07:00 > B 07:05 > A 07:10 > C 07:13 / x"
    assert depart(text, "A", "C", "07:05") == ["07:10 07:13 0"]
    assert depart(text, "A", "C", "06:50") == ["07:10 07:13 0"]
    assert depart(text, "B", "A", "07:00") == ["07:05 07:10 0"]


def test_who_is_there_already_rides_no_loop() -> None:
    text = """
        station Z: A B
        A 07:00 > B 07:05 > A 07:10 / x
    """
    assert depart(text, "A", "A", "06:50") == ["06:50 06:50 0"]
    assert arrive(text, "A", "Z", "08:00") == ["08:00 08:00 0"]


def test_the_same_stop_twice_in_a_row_and_hops_of_no_time_are_ridden() -> None:
    text = "A 08:00 > B 08:00 > B 08:05 > C 08:05 / x"
    assert depart(text, "A", "B", "08:00") == ["08:00 08:00 0"]
    assert depart(text, "B", "C", "08:01") == ["08:05 08:05 0"]


def test_calls_that_only_board_or_only_alight() -> None:
    text = "A 08:00 > B 08:10 (alight) > C 08:20 (board) > D 08:30 / x"
    assert depart(text, "A", "B", "08:00") == ["08:00 08:10 0"]
    assert depart(text, "A", "C", "08:00") == []
    assert depart(text, "B", "D", "08:00") == []
    assert depart(text, "C", "D", "08:00") == ["08:20 08:30 0"]


HEADWAY = "A 00:00 > B 00:10 00:11 > C 00:20 / x, every 600 from 06:00 to 07:00"


def test_a_headway_is_waited_for_half_its_length() -> None:
    # At A from 06:01: 5 minutes, then 20 of ride. Before service: from its start on.
    assert depart(HEADWAY, "A", "C", "06:01") == ["06:01 06:26 0"]
    assert depart(HEADWAY, "A", "C", "05:00") == ["06:00 06:25 0"]


def test_a_headway_downstream_is_waited_for_from_when_its_first_vehicle_comes() -> None:
    # The first vehicle passes B at 06:11: from then on 5 minutes, and 9 minutes to C.
    assert depart(HEADWAY, "B", "C", "06:00") == ["06:11 06:25 0"]
    assert depart(HEADWAY, "B", "C", "06:30") == ["06:30 06:44 0"]


def test_a_headway_ends_before_its_end_time() -> None:
    # Leaving at 06:59:59 is the last start: whoever comes by 06:54:59 still rides.
    assert depart(HEADWAY, "A", "C", "06:54:59") == ["06:54:59 07:19:59 0"]
    assert depart(HEADWAY, "A", "C", "06:55") == ["30:00 30:25 0"]
    assert arrive(HEADWAY, "A", "C", "10:00") == ["06:54:59 07:19:59 0"]


def test_arriving_by_a_headway_leaves_time_for_the_wait() -> None:
    assert arrive(HEADWAY, "A", "C", "06:45") == ["06:20 06:45 0"]
    only_monday = "days MO 1000000 2026-03-02 2026-03-02\n" + HEADWAY + ", service MO"
    assert arrive(only_monday, "A", "C", "06:25") == ["06:00 06:25 0"]
    assert arrive(only_monday, "A", "C", "06:24:59") == []


def test_of_adjacent_windows_the_one_that_comes_first_is_ridden() -> None:
    text = "A 00:00 > B 00:10 / x, every 600 from 06:00 to 07:00, every 61 from 07:00 to 08:00"
    # Too late for the first window; the second starts at 07:00 and 61 // 2 = 30 s are waited.
    assert depart(text, "A", "B", "06:55") == ["07:00 07:10:30 0"]
    assert depart(text, "A", "B", "06:54:59") == ["06:54:59 07:09:59 0"]


def test_a_headway_longer_than_twice_its_window_never_runs() -> None:
    assert depart("A 00:00 > B 00:10 / x, every 7200 from 06:00 to 07:00", "A", "B", "05:00") == []


EXACT = "A 03:00 > B 03:10 / x, exact 1200 from 06:00 to 07:00"


def test_exact_times_run_to_the_second_and_end_before_the_end() -> None:
    assert depart(EXACT, "A", "B", "06:00:01") == ["06:20 06:30 0"]
    assert depart(EXACT, "A", "B", "06:40") == ["06:40 06:50 0"]
    assert depart(EXACT, "A", "B", "06:40:01") == ["30:00 30:10 0"]
    assert arrive(EXACT, "A", "B", "06:49:59") == ["06:20 06:30 0"]


def test_a_trip_with_headways_does_not_run_at_its_own_times() -> None:
    assert depart(EXACT, "A", "B", "03:00") == ["06:00 06:10 0"]


CHANGE = """
    A 08:00 > B 08:10 / x
    B 08:10 > C 08:15 / x
    B 08:13 > C 08:20 / x
"""


def test_a_change_takes_no_time_unless_the_stop_says_so() -> None:
    assert depart(CHANGE, "A", "C", "08:00") == ["08:00 08:15 1"]
    assert depart(CHANGE + "transfer x B > B 2 180", "A", "C", "08:00") == ["08:00 08:20 1"]
    assert depart(CHANGE + "transfer x B > B 2 181", "A", "C", "08:00") == []


def test_slack_is_added_to_changes_only() -> None:
    assert depart(CHANGE, "A", "C", "08:00", slack=180) == ["08:00 08:20 1"]
    assert depart(CHANGE + "transfer x B > B 2 60", "A", "C", "08:00", slack=120) == ["08:00 08:20 1"]
    assert depart(CHANGE, "A", "B", "08:00", slack=180) == ["08:00 08:10 0"]


def test_type_3_forbids_changing_but_not_riding_through_or_starting() -> None:
    forbidden = CHANGE + "transfer x B > B 3"
    assert depart(forbidden, "A", "C", "08:00") == []
    assert depart(forbidden, "B", "C", "08:00") == ["08:10 08:15 0"]
    assert depart(ONE_LINE + "\ntransfer x B > B 3", "A", "C", "08:00") == ["08:00 08:20 0"]


def test_a_change_time_counts_neither_first_nor_last() -> None:
    text = ONE_LINE + "\ntransfer x A > A 2 600\ntransfer x C > C 2 600"
    assert depart(text, "A", "C", "08:00") == ["08:00 08:20 0"]


TWO_STOPS = """
    stop B 0 0
    stop D 239.6 0
    A 08:00 > B 08:10 / x
    D 08:12 > C 08:15 / x
    D 08:15 > C 08:20 / x
"""


def test_a_footpath_takes_its_walked_metres_at_walking_speed() -> None:
    # 239.6 m in a straight line are 312 m to walk: 260 s at 1.2 m/s, from 08:10 to 08:14:20.
    assert depart(TWO_STOPS, "A", "C", "08:00", walk="straight") == ["08:00 08:20 1"]
    assert depart(TWO_STOPS, "A", "D", "08:00", walk="straight") == ["08:00 08:14:20 0"]
    assert depart(TWO_STOPS, "A", "C", "08:00") == []


def test_no_walk_is_longer_than_the_limit() -> None:
    assert depart(TWO_STOPS, "A", "C", "08:00", walk="straight", max_walk_s=260) == ["08:00 08:20 1"]
    assert depart(TWO_STOPS, "A", "C", "08:00", walk="straight", max_walk_s=259) == []


@pytest.mark.parametrize(
    ("row", "answers"),
    [
        ("B > D 2 60", ["08:00 08:15 1"]),  # exactly the time it names, whatever the distance
        ("B > D 2 300", ["08:00 08:20 1"]),
        ("B > D 2 301", []),
        ("B > D 1", ["08:00 08:15 1"]),  # the vehicle waits
        ("B > D 0", ["08:00 08:20 1"]),  # linked at the walked distance
        ("D > B 0", []),  # a row has a direction
        ("B > D 3", []),
    ],
)
def test_transfers_link_stops_even_without_walking(row: str, answers: list[str]) -> None:
    assert depart(TWO_STOPS + "transfer x " + row, "A", "C", "08:00") == answers


def test_type_3_forbids_the_change_and_not_the_last_walk() -> None:
    text = TWO_STOPS + "transfer x B > D 3"
    assert depart(text, "A", "C", "08:00", walk="straight") == []
    assert depart(text, "A", "D", "08:00", walk="straight") == ["08:00 08:14:20 0"]


def test_a_row_makes_no_walk_shorter_than_it_is() -> None:
    far = TWO_STOPS.replace("239.6", "3000") + "transfer x B > D 2 60"
    # 3 900 m are 3 250 s to walk, whatever the row says the change takes.
    assert depart(far, "A", "C", "08:00", max_walk_s=3250) == ["08:00 08:15 1"]
    assert depart(far, "A", "C", "08:00", max_walk_s=3249) == []


def test_a_walk_all_the_way_that_a_row_makes_too_long_is_no_answer() -> None:
    text = "stop A 0 0\nstop B 100 0\nA 08:00 > B 08:10 / x\ntransfer x A > B 2 {}"
    assert depart(text.format(1200), "A", "B", "07:00") == ["07:00 07:20 0", "08:00 08:10 0"]
    assert depart(text.format(1201), "A", "B", "07:00") == ["08:00 08:10 0"]


def test_a_transfer_in_one_direction_is_not_used_in_the_other() -> None:
    text = TWO_STOPS + "transfer x B > D 2 60\ntransfer x D > B 2 600"
    assert arrive(text, "A", "C", "08:30") == ["08:00 08:15 1"]


def test_a_row_for_the_stop_wins_over_one_for_its_station() -> None:
    text = TWO_STOPS + "station Z: B\n"
    assert depart(text + "transfer x Z > D 2 60", "A", "C", "08:00") == ["08:00 08:15 1"]
    both = "transfer x B > D 2 300\ntransfer x Z > D 2 60"
    assert depart(text + both, "A", "C", "08:00") == ["08:00 08:20 1"]


def test_a_station_stands_for_all_its_stops() -> None:
    text = """
        station Z: A B
        A 08:00 > C 08:30 / x
        B 08:05 > C 08:20 / x
        C 09:00 > B 09:10 / x
    """
    assert depart(text, "Z", "C", "08:00") == ["08:05 08:20 0"]
    assert depart(text, "C", "Z", "08:30") == ["09:00 09:10 0"]


def test_footpaths_are_not_chained() -> None:
    text = """
        stop B 0 0
        stop D 300 0
        stop E 600 0
        A 08:00 > B 08:10 / x
        D 08:00 > F 08:01 / x
        E 09:00 > C 09:10 / x
    """
    assert depart(text, "A", "C", "08:00", walk="straight") == []


STAY = """
    A 08:00 > B 08:10 / x, trip T1
    B 08:10 > C 08:20 / x, trip T2
    transfer x B > B 3
"""


def test_staying_seated_is_no_transfer_and_no_change() -> None:
    assert depart(STAY + "stay x T1 > T2", "A", "C", "08:00") == ["08:00 08:20 0"]
    assert arrive(STAY + "stay x T1 > T2", "A", "C", "08:20") == ["08:00 08:20 0"]
    assert depart(STAY, "A", "C", "08:00") == []
    assert depart(STAY + "stay x T1 > T2\nleave x T1 > T2", "A", "C", "08:00") == ["08:00 08:20 0"]
    assert depart(STAY + "leave x T1 > T2\nstay x T1 > T2", "A", "C", "08:00") == []


def test_nobody_boards_where_a_trip_ends_or_leaves_where_one_begins() -> None:
    text = """
        A 08:00 > B 08:10 / x, trip T1
        B 08:10 (alight) > C 08:20 / x, trip T2
        E 08:00 > F 08:10 (board) / x, trip T3
        F 08:10 > G 08:20 / x, trip T4
        stay x T1 > T2
        stay x T3 > T4
    """
    assert depart(text, "B", "C", "08:00") == []
    assert depart(text, "E", "F", "08:00") == []
    assert depart(text, "A", "C", "08:00") == ["08:00 08:20 0"]
    assert depart(text, "E", "G", "08:00") == ["08:00 08:20 0"]


def test_a_row_from_a_trip_replaces_its_block() -> None:
    text = """
        A 08:00 > B 08:10 / x, trip T1, block 7
        B 08:10 > C 08:20 / x, trip T2, block 7
        B 08:15 > D 08:25 / x, trip T3
        transfer x B > B 3
        stay x T1 > T3
    """
    assert depart(text, "A", "C", "08:00") == []
    assert depart(text, "A", "D", "08:00") == ["08:00 08:25 0"]


def test_a_block_is_one_vehicle_of_one_service_day() -> None:
    text = """
        days MO 1000000 2026-03-02 2026-03-02
        days TU 0100000 2026-03-03 2026-03-03
        A 08:00 > B 08:10 / x, trip T1, block 7, service MO
        B 08:10 > C 08:20 / x, trip T2, block 7, service {0}
        C 08:25 > D 08:30 / x, trip T3, block 7
        transfer x B > B 3
    """
    assert depart(text.format("MO"), "A", "D", "08:00") == ["08:00 08:30 0"]
    assert depart(text.format("TU"), "A", "D", "08:00") == []
    assert depart(text.format("MO") + "leave x T1 > T2", "A", "D", "08:00") == []


def test_a_block_of_another_feed_is_another_vehicle() -> None:
    text = """
        stop B 0 0
        A 08:00 > B 08:10 / x, block 7
        B 08:10 > C 08:20 / y, block 7
    """
    assert depart(text, "A", "y_C", "08:00") == []
    assert depart(text, "A", "y_C", "08:00", walk="straight") == ["08:00 08:20 1"]


def test_service_days_begin_at_noon_minus_twelve_hours_when_clocks_change() -> None:
    text = "zone x Europe/Berlin\nA 01:30 > B 02:40 / x"
    oracle = Oracle(feeds_of(text))
    spring = oracle.journeys("x_A", "x_B", dt.datetime.fromisoformat("2026-03-29T00:00:00+01:00"))
    # Noon is 12:00 of summer time; twelve hours before is 23:00 of the winter day before.
    assert spring[0][0] == dt.datetime.fromisoformat("2026-03-29T00:30:00+01:00")
    autumn = oracle.journeys("x_A", "x_B", dt.datetime.fromisoformat("2026-10-25T00:00:00+02:00"))
    assert autumn[0][0] == dt.datetime.fromisoformat("2026-10-25T01:30:00+01:00")


def test_exceptions_of_the_calendar_add_and_remove_days() -> None:
    text = """
        days WK 1111100 2026-03-02 2026-03-08 +2026-03-07 -2026-03-03
        A 08:00 > B 08:10 / x, service WK
    """
    oracle = Oracle(feeds_of(text))
    days = [MONDAY + dt.timedelta(days=n) for n in range(-1, 8)]
    ridden = [day for day in days if oracle.journeys("x_A", "x_B", instant("08:00", day))]
    assert [f"{day:%a}" for day in ridden] == ["Mon", "Wed", "Thu", "Fri", "Sat"]


def test_coordinates_are_linked_by_straight_line_times_detour() -> None:
    text = "stop A 0 0\nstop B 5000 0\nA 08:00 > B 08:10 / x"
    # 119.6 m are 156 m to walk, 130 s; 239.6 m are 312 m, 260 s.
    found = depart(text, position(119.6, 0), position(5000, 239.6), "07:00")
    assert found == ["07:57:50 08:14:20 0"]
    assert depart(text, position(119.6, 0), "B", "07:57:51") == []


def test_walking_all_the_way_is_an_answer_and_hides_no_ride_that_leaves_later() -> None:
    text = "stop A 0 0\nstop B 299.6 0\nA 08:02 > B 08:08 / x\nA 08:00 > B 08:06 / x"
    # 299.6 m are 390 m to walk: 325 s. At 08:00 the walk beats the 08:00 ride, which the rides' own front holds.
    assert depart(text, "A", "B", "08:00", walk="straight") == ["08:00 08:05:25 0"]
    assert depart(text, "A", "B", "08:01", walk="straight") == ["08:01 08:06:25 0", "08:02 08:08 0"]
    assert arrive(text, "A", "B", "08:08", walk="straight") == ["08:02:35 08:08 0"]
    assert depart(text, "A", "B", "08:01", walk="straight", max_walk_s=324) == ["08:02 08:08 0"]


RIVALS = """
    stop B 0 0
    stop A 20000 0
    stop C 40000 0
    A 08:00 > B 08:10 > C 08:40 / x
    A 08:00 > B 08:12 > C 08:30 / y
    B 08:10 > C 08:20 / z
"""


def options(found: set[Option]) -> list[str]:
    return sorted(f"{'+'.join(sorted(ps))} {short(d)} {short(a)} {n}" for ps, d, a, n in found)


def test_every_provider_keeps_its_option_and_a_second_one_must_gain_something() -> None:
    oracle = Oracle(feeds_of(RIVALS), walk="straight")
    found = oracle.compare("x_A", "x_C", instant("08:00"))
    # x+z arrives at 08:20; y+z would miss z at B, and x+y gains nothing over y.
    assert options(found) == ["x 08:00 08:40 0", "x+z 08:00 08:20 1", "y 08:00 08:30 0"]


def test_two_feeds_can_be_one_provider() -> None:
    oracle = Oracle(feeds_of(RIVALS), walk="straight", providers={"x": "metro", "z": "metro"})
    found = oracle.compare("x_A", "x_C", instant("08:00"))
    assert options(found) == ["metro 08:00 08:20 1", "metro 08:00 08:40 0", "y 08:00 08:30 0"]
    assert oracle.journeys("x_A", "x_C", instant("08:00"), providers={"y"})[0][1] == instant("08:30")


def test_walking_rides_the_empty_set() -> None:
    text = "stop A 0 0\nstop B 299.6 0\nA 08:02 > B 08:04 / x"
    found = Oracle(feeds_of(text), walk="straight").compare("x_A", "x_B", instant("08:00"))
    assert options(found) == [" 08:00 08:05:25 0", "x 08:02 08:04 0"]


def test_an_unknown_stop_is_an_error() -> None:
    with pytest.raises(KeyError):
        depart(ONE_LINE, "A", "NOPE", "08:00")
