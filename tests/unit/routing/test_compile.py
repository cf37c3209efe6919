"""From runs to patterns: the arrays, both ways."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
from hypothesis import given

from ingest.model import CAN_ALIGHT, CAN_BOARD
from routing.compile import compile_timetable
from routing.kernels.layout import UNREACHED, Side
from routing.runs import DAY_S
from routing.timetable import Timetable, check_timetable, trip_times
from tests.scenarios.drawn import network_of
from tests.support.examples import thorough
from tests.support.gtfs_feed import GtfsFeed
from tests.support.strategies import networks
from tests.support.timetable_text import feeds_of

MONDAY = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())


def _timetable(text: str, span_s: int = DAY_S) -> Timetable:
    return compile_timetable(network_of(feeds_of(text)), MONDAY, span_s)


def _arrivals(side: Side, pattern: int) -> list[list[int]]:
    """Trip by trip."""
    return [trip_times(side, pattern, trip)[0].tolist() for trip in range(_n_trips(side)[pattern])]


def _departures(side: Side, pattern: int) -> list[list[int]]:
    """Trip by trip."""
    return [trip_times(side, pattern, trip)[1].tolist() for trip in range(_n_trips(side)[pattern])]


def _n_trips(side: Side) -> list[int]:
    return np.diff(side.trips_ptr).tolist()


LINE = """
    A 08:00 > B 08:10 08:12 > C 08:20 / x
    A 09:00 > B 09:10 09:12 > C 09:20 / x
"""


def test_trips_of_the_same_stops_are_one_pattern_in_order_of_time() -> None:
    timetable = _timetable(LINE)
    assert timetable.n_patterns == 1
    # 08:00 in Jakarta is 01:00 UTC, 3600 s after the window opens.
    assert _departures(timetable.forward, 0) == [[3600, 4320, 4800], [7200, 7920, 8400]]
    assert _arrivals(timetable.forward, 0) == [[3600, 4200, 4800], [7200, 7800, 8400]]


def test_nobody_alights_at_the_first_call_or_boards_at_the_last() -> None:
    side = _timetable(LINE).forward
    assert side.call_flags.tolist() == [CAN_BOARD, CAN_BOARD | CAN_ALIGHT, CAN_ALIGHT]
    assert side.boardings_ptr.tolist() == [0, 1, 2, 2]
    assert side.boardings[:, 0].tolist() == [0, 1]


def test_an_overtaking_trip_is_in_a_pattern_of_its_own() -> None:
    timetable = _timetable(f"{LINE}\nA 08:05 > B 08:07 > C 08:10 / x")
    assert sorted(_n_trips(timetable.forward)) == [1, 2]


def test_trips_of_other_providers_or_rules_are_in_other_patterns() -> None:
    text = f"{LINE}\nA 10:00 > B 10:10 (alight) > C 10:20 / x\nA 10:00 > B 10:10 > C 10:20 / y"
    timetable = _timetable(text)
    assert timetable.n_patterns == 3
    assert sorted(timetable.classes.provider.tolist()) == [0, 0, 1]


def test_trips_that_take_equally_long_share_their_times() -> None:
    side = _timetable(f"{LINE}\nA 10:00 > B 10:15 10:16 > C 10:20 / x").forward
    assert side.trips.tolist() == [[3600, 0], [7200, 0], [10_800, 3]]
    assert side.offsets.T.tolist() == [[0, 600, 1200, 0, 900, 1200], [0, 720, 1200, 0, 960, 1200]]
    assert side.call_latest.tolist() == [0, 960, 1200]


def test_a_boarding_knows_when_the_last_trip_leaves() -> None:
    side = _timetable(f"{LINE}\nD 0:00 > A 0:10 / x, every 600 from 08:00 to 10:00").forward
    # At A 09:00, at B 09:12, and at D as long as vehicles run.
    assert sorted(side.call_last[side.boardings[:, 0]].tolist()) == [7200, 7920, UNREACHED]


def test_days_follow_each_other_in_a_pattern() -> None:
    timetable = _timetable(LINE, span_s=2 * DAY_S)
    assert [row[0] for row in _departures(timetable.forward, 0)] == [3600, 7200, 3600 + DAY_S, 7200 + DAY_S]
    assert np.diff(timetable.trips.service_day).tolist() == [0, 1, 0]


def test_the_backward_side_is_the_forward_one_with_time_negated() -> None:
    side = _timetable(LINE).backward
    assert side.call_stops.tolist() == [2, 1, 0]
    # The last trip comes first; its arrival at C, negated, is when one boards there looking back.
    assert _departures(side, 0) == [[-8400, -7800, -7200], [-4800, -4200, -3600]]
    assert _arrivals(side, 0) == [[-8400, -7920, -7200], [-4800, -4320, -3600]]
    assert side.call_flags.tolist() == [CAN_BOARD, CAN_BOARD | CAN_ALIGHT, CAN_ALIGHT]


def test_a_headway_trip_is_a_pattern_of_offsets_with_its_runs() -> None:
    timetable = _timetable("A 13:00 > B 13:10 13:12 > C 13:20 / x, trip T, every 601 from 08:00 to 10:00")
    side = timetable.forward
    assert (_departures(side, 0), _arrivals(side, 0)) == ([[0, 720, 1200]], [[0, 600, 1200]])
    assert side.runs_ptr.tolist() == [0, 1]
    assert [column.tolist() for column in (side.run_lo, side.run_hi, side.run_board_wait, side.run_alight_wait)] == [
        [3600],
        [10_799],
        [300],
        [0],
    ]
    back = timetable.backward
    assert [column.tolist() for column in (back.run_lo, back.run_hi, back.run_board_wait, back.run_alight_wait)] == [
        [-10_799],
        [-3900],
        [0],
        [300],
    ]
    assert timetable.trips.run_headway_s.tolist() == [601]
    assert timetable.trips.run_end.tolist() == [10_800]


def test_seated_trips_are_one_pattern_whose_joint_is_two_calls() -> None:
    timetable = _timetable("""
        A 08:00 > B 08:10 / x, trip T1, block 1
        B 08:12 > C 08:20 / x, trip T2, block 1
    """)
    side = timetable.forward
    assert timetable.n_patterns == 1
    assert side.call_stops.tolist() == [0, 1, 1, 2]
    assert side.call_flags.tolist() == [CAN_BOARD, CAN_ALIGHT, CAN_BOARD, CAN_ALIGHT]
    assert timetable.trips.parts.tolist() == [0, 1]


def test_a_pattern_that_changes_route_type_under_seated_riders_has_both_classes() -> None:
    feeds = feeds_of("A 08:00 > B 08:10 / x, trip T1, block 1\nB 08:12 > C 08:20 / x, trip T2, block 1")
    feeds["x"].rows("routes")[1]["route_type"] = "1"
    classes = compile_timetable(network_of(feeds), MONDAY, DAY_S).classes
    # Both trips, and each by itself for queries that allow one of the two.
    types = [sorted(classes.route_type[a:b].tolist()) for a, b in pairwise(classes.ptr.tolist())]
    assert sorted(types) == [[1], [1, 3], [3]]


def test_a_window_without_service_compiles_to_nothing() -> None:
    past = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp())
    timetable = compile_timetable(network_of(feeds_of(LINE)), past, DAY_S)
    assert timetable.n_patterns == 0
    check_timetable(timetable)


def test_all_arrays_are_read_only() -> None:
    timetable = _timetable(LINE)
    for group in (timetable.forward, timetable.backward, timetable.trips, timetable.classes):
        assert not any(array.flags.writeable for array in group)


@thorough(10)
@given(networks(max_feeds=3))
def test_within_a_pattern_no_trip_overtakes_and_the_backward_side_mirrors(network: dict[str, GtfsFeed]) -> None:
    built = network_of(network)
    timetable = compile_timetable(built, int(datetime(2026, 3, 3, tzinfo=UTC).timestamp()), 2 * DAY_S)
    for pattern in range(timetable.n_patterns):
        forward, backward = timetable.forward, timetable.backward
        for trips in (_arrivals(forward, pattern), _departures(forward, pattern)):
            assert (np.diff(np.array(trips), axis=0) >= 0).all()
        mirrored = [[-time for time in reversed(trip)] for trip in reversed(_departures(forward, pattern))]
        assert _arrivals(backward, pattern) == mirrored
        mirrored = [[-time for time in reversed(trip)] for trip in reversed(_arrivals(forward, pattern))]
        assert _departures(backward, pattern) == mirrored
