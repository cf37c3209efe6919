"""Which lines go from one stop to another, and when; which of them are told as interchangeable."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ingest.model import CAN_ALIGHT
from routing import Query, Router
from routing.headways.interchangeable import interchangeable_lines
from routing.headways.lines import Line, Ride, is_headway, lines_between, rides_between, scheduled_between
from routing.timetable import Timetable
from tests.scenarios.drawn import query_of, router_of

HOUR = 3600
TEXT = """
    A 0:00 > B 0:10 0:12 > C 0:20 / x, trip P, route 1, every 600 from 06:00 to 10:00
    Z 0:00 > A 0:05 0:06 > C 0:30 / x, trip Q, route 2, every 900 from 07:00 to 09:00
    A 0:00 > C 0:09 > A 0:12 > C 0:20 / x, trip R, route 2, every 1200 from 06:30 to 09:30
    A 0:00 > C 0:15 (board) / x, trip N, every 300 from 06:00 to 10:00
    A 08:00 > C 08:20 / x, trip S
    A 08:10 > B 08:15 > C 08:40 / x, trip T
    A 08:05 > C 08:50 / x, trip U
"""


def _asked(text: str = TEXT) -> tuple[Router, Query, Timetable]:
    router, query = router_of(text), query_of("x_A", "x_C", "08:00")
    return router, query, router.timetable(query)


def _pattern(router: Router, timetable: Timetable, trip: str) -> int:
    row = list(router.network.trips.id).index(trip)
    parts = timetable.trips
    at = np.searchsorted(parts.parts_ptr, np.flatnonzero(parts.parts == row)[0], "right") - 1
    return int(np.searchsorted(parts.pattern_first, at, "right")) - 1


def _clocks(seconds: list[int], timetable: Timetable) -> list[float]:
    """Hours of the day of the question, +07:00."""
    zero = 17 * HOUR  # midnight there, in the UTC day before
    return [(second + timetable.epoch_s - zero) % (24 * HOUR) / HOUR for second in seconds]


def test_the_planned_line_comes_first_and_each_line_has_its_rows_at_the_stop() -> None:
    router, query, timetable = _asked()
    lines = lines_between(timetable, router.allowed(query, timetable), Ride(_pattern(router, timetable, "x_P"), 0, 2))
    told = {router.network.trips.id[line.trip]: line for line in lines}
    assert next(iter(told)) == "x_P"
    assert {trip: line.ride_s for trip, line in told.items()} == {"x_P": 1200, "x_Q": 1440, "x_R": 480}
    for trip, first, end, headway_s in (("x_P", 6, 10, 600), ("x_Q", 7.1, 9.1, 900), ("x_R", 6.7, 9.7, 1200)):
        line = told[trip]
        assert _clocks(line.first.tolist(), timetable) == pytest.approx([first] * len(line.first))
        assert _clocks(line.end.tolist(), timetable) == pytest.approx([end] * len(line.end))
        assert set(line.headway_s.tolist()) == {headway_s}


def test_the_ride_of_the_planned_line_is_the_planned_one_even_if_a_shorter_one_is_there() -> None:
    router, query, timetable = _asked()
    ride = Ride(_pattern(router, timetable, "x_R"), 0, 1)
    lines = lines_between(timetable, router.allowed(query, timetable), ride)
    assert lines[0].ride_s == 540
    assert len(lines) == 3  # neither itself again, nor what cannot be left there, nor what has a timetable


def test_what_may_not_be_ridden_is_not_there() -> None:
    router, query, timetable = _asked()
    planned, other = _pattern(router, timetable, "x_P"), _pattern(router, timetable, "x_Q")
    allowed = router.allowed(query, timetable).copy()
    allowed[other] = 0
    lines = lines_between(timetable, allowed, Ride(planned, 0, 2))
    assert [router.network.trips.id[line.trip] for line in lines] == ["x_P", "x_R"]


def test_rides_are_those_that_a_plain_search_finds() -> None:
    router, query, timetable = _asked()
    allowed, side = router.allowed(query, timetable), timetable.forward
    ride = Ride(_pattern(router, timetable, "x_P"), 0, 2)
    start, end = (int(side.call_stops[side.calls_ptr[ride.pattern] + position]) for position in (0, 2))
    expected = []
    for pattern in range(len(side.calls_ptr) - 1):
        calls = range(int(side.calls_ptr[pattern]), int(side.calls_ptr[pattern + 1]))
        boardings = set(side.boardings[:, 0].tolist())
        for board in (call for call in calls if side.call_stops[call] == start and call in boardings):
            off = [c for c in calls if c > board and side.call_stops[c] == end and side.call_flags[c] & CAN_ALIGHT]
            expected += [Ride(pattern, board - calls[0], call - calls[0]) for call in off[:1]]
    assert sorted(rides_between(timetable, allowed, ride)) == sorted(expected)
    assert len(expected) == 6
    assert rides_between(timetable, np.zeros_like(allowed), ride) == []


def test_of_scheduled_vehicles_the_first_to_arrive_counts_from_each_departure_on() -> None:
    router, query, timetable = _asked()
    ride = Ride(_pattern(router, timetable, "x_S"), 0, 1)
    assert not is_headway(timetable, ride.pattern)
    assert is_headway(timetable, _pattern(router, timetable, "x_P"))
    departures, arrivals = scheduled_between(timetable, router.allowed(query, timetable), ride, frozenset({0}))
    day = [(d, a) for d, a in zip(departures.tolist(), arrivals.tolist(), strict=True)][:3]
    leave, arrive = (_clocks(list(column), timetable) for column in zip(*day, strict=True))
    assert leave == pytest.approx([8, 8 + 5 / 60, 8 + 10 / 60])
    assert arrive == pytest.approx([8 + 20 / 60, 8 + 40 / 60, 8 + 40 / 60])  # who waits at 08:05 is sooner with 08:10
    nobody, _ = scheduled_between(timetable, router.allowed(query, timetable), ride, frozenset())
    assert len(nobody) == 0


def _line(trip: int, ride_s: int, *rows: tuple[int, int, int]) -> Line:
    return Line(trip, ride_s, *(np.array(column, np.int64) for column in zip(*rows, strict=True)))


def _told(lines: list[Line], ready: int, limit: int = 10_000) -> list[tuple[int, int]]:
    found = interchangeable_lines(_asked()[0].network, lines, ready, limit)
    return [(line.headway_s, line.ride_s) for line in found]


def test_the_headway_told_is_that_of_the_row_whose_vehicle_comes_first() -> None:
    rows = (0, 100, 10), (100, 400, 20), (400, 900, 40)
    for ready, headway_s in ((50, 10), (99, 10), (100, 20), (399, 20), (400, 40)):
        assert _told([_line(0, 300, (0, 900, 300)), _line(1, 200, *rows)], ready) == [(headway_s, 200)]


def test_trips_of_a_route_come_as_often_as_all_of_them_together() -> None:
    planned = _line(0, 300, (0, 900, 300))
    assert _told([planned, _line(1, 200, (0, 900, 30)), _line(1, 190, (0, 900, 60))], 10) == [(20, 200)]


def test_the_best_line_is_told_first() -> None:
    # Half a headway and the ride: 15 + 200 and 5 + 209.
    lines = [_line(0, 300, (0, 900, 300)), _line(1, 200, (0, 900, 30)), _line(0, 209, (0, 900, 10))]
    assert _told(lines, 10) == [(10, 209), (30, 200)]


@pytest.mark.parametrize(("limit", "is_told"), [(249, False), (250, True)])
def test_a_line_that_arrives_after_the_limit_is_not_told(limit: int, is_told: bool) -> None:
    lines = [_line(0, 200, (0, 900, 300)), _line(1, 200, (50, 900, 30))]
    assert bool(_told(lines, 10, limit)) is is_told


def test_a_line_is_told_from_half_of_its_vehicles_on() -> None:
    # After s seconds the planned one is there (600 - s) / 2 later on average: 212 s slower is as good up to s = 176.
    planned = _line(0, 300, (0, 5000, 600))
    told = [slower_s for slower_s in range(150, 300) if _told([planned, _line(1, 300 + slower_s, (0, 5000, 600))], 10)]
    assert told == list(range(150, 213))


def test_nobody_waits_for_a_line_alone() -> None:
    assert _told([_line(0, 300, (0, 900, 300))], 10) == []


def test_the_router_keeps_the_lines_of_a_filter_apart() -> None:
    router, query, timetable = _asked()
    ride = Ride(_pattern(router, timetable, "x_P"), 0, 2)
    rows = router.allowed(query, timetable)
    assert router.headway_lines(query, timetable, rows, ride) is router.headway_lines(query, timetable, rows, ride)
    none = np.zeros_like(rows)
    assert len(router.headway_lines(replace(query, wheelchair=True), timetable, none, ride)) == 1
    assert len(router.headway_lines(query, timetable, rows, ride)) == 3
    assert len(router.headway_lines(query, timetable, rows, Ride(ride.pattern, 0, 1))) == 1
