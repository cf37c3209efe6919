"""Calls of runs laid end to end, against loops that say the same with lists."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from routing.kernels.calls import ANOTHER_WAY, TripCalls, lay_calls, most_made_up, turn_around
from routing.kernels.layout import CAN_ALIGHT, CAN_BOARD, UNREACHED
from routing.kernels.profiles import lay_offsets, share_profiles

Trip = list[tuple[int, int, int, int]]
"""stop, flags, arrival, departure of each call"""
CALL = st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(-50, 900), st.integers(-50, 900))
TRIPS = st.lists(st.lists(CALL, min_size=1, max_size=5), min_size=1, max_size=5)


def pointers(rows: list[Trip]) -> np.ndarray:
    return np.cumsum([0, *map(len, rows)]).astype(np.int64)


def column(rows: list[Trip], place: int, kind: type = np.int32) -> np.ndarray:
    return np.array([call[place] for trip in rows for call in trip], kind)


def calls_of(trips: list[Trip]) -> TripCalls:
    """Each trip has a sequence of its own; they are kept in the other order."""
    turned = trips[::-1]
    return TripCalls(
        times_ptr=pointers(trips),
        arrival=column(trips, 2),
        departure=column(trips, 3),
        sequence=np.arange(len(trips), dtype=np.int32)[::-1].copy(),
        sequence_ptr=pointers(turned),
        stops=column(turned, 0),
        flags=column(turned, 1, np.uint8),
    )


@given(TRIPS, st.data())
def test_calls_are_laid_end_to_end(trips: list[Trip], data: st.DataObject) -> None:
    runs = data.draw(st.lists(st.tuples(st.integers(0, len(trips) - 1), st.integers(-99, 99)), max_size=6))
    parts, start_s = (np.array([run[place] for run in runs], np.int32) for place in (0, 1))
    laid = lay_calls(calls_of(trips), parts, start_s, pointers([trips[part] for part, _ in runs]))
    wanted = []
    for part, start in runs:
        last = len(trips[part]) - 1
        for place, (stop, flags, arrival, departure) in enumerate(trips[part]):
            usable = flags & (CAN_BOARD if place == 0 else 3) & (CAN_ALIGHT if place == last else 3)
            wanted.append((stop, usable, arrival + start, departure + start))
    assert list(zip(*(part.tolist() for part in laid), strict=True)) == wanted


@given(st.lists(st.lists(st.integers(-9, 9), max_size=5), max_size=5))
def test_blocks_are_turned_around_one_by_one(blocks: list[list[int]]) -> None:
    values = np.array([value for block in blocks for value in block], np.int32)
    turned = turn_around(values, np.array([*map(len, blocks)], np.int64))
    assert turned.tolist() == [-value for block in blocks for value in block[::-1]]


@given(TRIPS, st.data())
def test_the_most_that_is_made_up_is_between_any_two_calls_of_one_vehicle(
    trips: list[Trip], data: st.DataObject
) -> None:
    chosen = data.draw(st.lists(st.integers(0, len(trips) - 1), max_size=4))
    late = st.integers(-300, 300)
    live: list[Trip] = [
        [(call[0], call[1], call[2] + data.draw(late), call[3] + data.draw(late)) for call in trips[trip]]
        for trip in chosen
    ]
    if data.draw(st.booleans()) and live:
        live[-1][-1] = (6, *live[-1][-1][1:])
    found = most_made_up(
        calls_of(trips), np.arange(len(live), dtype=np.int64), np.array(chosen, np.int32), pointers(live),
        column(live, 0), column(live, 2), column(live, 3),
    )  # fmt: skip
    if any(call[0] == 6 for trip in live for call in trip):
        assert found == ANOTHER_WAY
        return
    made_up = [
        (live[row][a][3] - trips[trip][a][3]) - (live[row][b][2] - trips[trip][b][2])
        for row, trip in enumerate(chosen)
        for b in range(len(trips[trip]))
        for a in range(b)
    ]
    assert found == max([0, *made_up])


@given(st.lists(st.tuples(st.integers(2, 4), st.integers(1, 4), st.booleans()), max_size=4), st.data())
def test_profiles_hold_the_times_of_each_trip_once(shapes: list[tuple[int, int, bool]], data: st.DataObject) -> None:
    trips: list[list[list[tuple[int, int]]]] = []
    for n_calls, n_trips, _ in shapes:
        # Few numbers: then some trips take equally long.
        times = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=n_calls, max_size=n_calls)
        trips.append(data.draw(st.lists(times, min_size=n_trips, max_size=n_trips)))
    arrivals, departures = (
        np.array([call[place] for pattern in trips for trip in pattern for call in trip], np.int32) for place in (0, 1)
    )
    n_calls, n_trips = (np.array([shape[place] for shape in shapes], np.int32) for place in (0, 1))
    is_relative = np.array([shape[2] for shape in shapes], np.uint8)
    with np.errstate(over="ignore"):
        starts, profiles, n_cells = share_profiles(n_calls, n_trips, is_relative, arrivals, departures)
    offsets, latest = lay_offsets(n_calls, n_trips, is_relative, profiles, n_cells, arrivals, departures)
    row, seen, greatest = 0, set(), []
    for pattern in trips:
        best = [-UNREACHED] * len(pattern[0])
        for trip in pattern:
            begin, start = int(profiles[row]), int(starts[row])
            cells = offsets[begin : begin + len(trip)].tolist()
            assert [(a + start, d + start) for a, d in cells] == trip
            best = [max(known, cell[1]) for known, cell in zip(best, cells, strict=True)]
            seen.add((begin, begin + len(trip)))
            row += 1
        greatest += best
    assert latest.tolist() == greatest
    ends = sorted(seen)
    assert [end for _, end in ends][-1:] == [n_cells] * bool(ends)
    assert all(one[1] == other[0] for one, other in pairwise(ends)), "no cell is anybody's twice, none is nobody's"
