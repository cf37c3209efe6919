"""Blank times between timed calls."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.interpolation import BLANK, interpolate_times


def fill(
    arrivals: list[int], departures: list[int], distances: list[float], starts: list[int]
) -> tuple[list[int], list[int]]:
    """The times of calls as lists; `starts` are the places of first calls."""
    is_start = np.zeros(len(arrivals), np.bool_)
    is_start[starts] = True
    filled = interpolate_times(
        np.array(arrivals, np.int32), np.array(departures, np.int32), np.array(distances, np.float64), is_start
    )
    return filled[0].tolist(), filled[1].tolist()


NAN = float("nan")


def test_blanks_are_spread_evenly_from_departure_to_arrival() -> None:
    # 100 to 200 in three hops: 33.3 each, rounded down.
    arrivals, departures = fill([90, BLANK, BLANK, 200], [100, BLANK, BLANK, 210], [NAN] * 4, [0])
    assert arrivals == [90, 133, 166, 200]
    assert departures == [100, 133, 166, 210]


def test_distances_decide_where_all_are_known() -> None:
    assert fill([0, BLANK, BLANK, 1000], [0, BLANK, BLANK, 1000], [5.0, 6.0, 14.0, 15.0], [0])[0] == [0, 100, 900, 1000]


def test_distances_that_fall_or_are_missing_do_not() -> None:
    for distances in ([5.0, 16.0, 14.0, 15.0], [5.0, NAN, 14.0, 15.0], [NAN, 6.0, 14.0, 15.0], [5.0, 5.0, 5.0, 5.0]):
        assert fill([0, BLANK, BLANK, 900], [0, BLANK, BLANK, 900], distances, [0])[0] == [0, 300, 600, 900]


def test_whole_shares_are_not_rounded_to_the_second_before() -> None:
    for hops in range(2, 60):
        blanks = [BLANK] * (hops - 1)
        times = [0, *blanks, 60 * hops]
        assert fill(times, times, [NAN] * (hops + 1), [0])[0] == [60 * hop for hop in range(hops + 1)]


def test_each_trip_looks_only_at_its_own_calls() -> None:
    times = [0, BLANK, 100, 500, BLANK, 700]
    assert fill(times, times, [0.0, 50.0, 100.0, 0.0, 1.0, 4.0], [0, 3])[0] == [0, 50, 100, 500, 550, 700]


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 5), st.floats(0, 1e4)), min_size=1, max_size=8))
def test_filled_times_never_run_backwards(hops: list[tuple[int, int, float]]) -> None:
    times, distances = [0], [0.0]
    for seconds, blanks, metres in hops:
        step = metres / (blanks + 1)
        distances += [distances[-1] + step * (place + 1) for place in range(blanks + 1)]
        times += [BLANK] * blanks + [max(times[0], *times) + seconds]
    arrivals, departures = fill(times, times, distances, [0])
    assert arrivals == departures == sorted(arrivals)
    assert all(given_time in (BLANK, filled) for given_time, filled in zip(times, arrivals, strict=True))
