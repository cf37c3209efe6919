"""A timetable that breaks what kernels rely on is refused: they check no bounds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from routing.kernels.layout import Side
from routing.timetable import PatternClasses, Timetable, check_timetable, pattern_owners
from tests.scenarios.drawn import query_of, router_of

LINE = """
    A 08:00 > B 08:10 08:12 > C 08:20 / x
    A 09:00 > B 09:10 09:12 > C 09:20 / x
"""


def _timetable() -> Timetable:
    return router_of(LINE).timetable(query_of("x_A", "x_C", "15:00"))


def test_what_is_compiled_passes() -> None:
    timetable = _timetable()
    check_timetable(timetable)
    assert timetable.n_patterns == len(timetable.forward.trips_ptr) - 1 == 1


def test_the_owners_of_a_pattern_are_all_whose_trips_it_has() -> None:
    providers = np.array([1, 70, 0, 0], np.int32)
    none = np.zeros(4, np.int32)
    classes = PatternClasses(np.array([0, 1, 3, 4]), providers, none, none.astype(np.uint8))
    assert pattern_owners(classes) == [0b10, 1 << 70 | 1, 1]


def _spoilt(side: str, **changes: np.ndarray | Callable[[Side], np.ndarray]) -> Timetable:
    timetable = _timetable()
    here: Side = getattr(timetable, side)
    made = {name: change(here) if callable(change) else change for name, change in changes.items()}
    return timetable._replace(**{side: here._replace(**made)})


def _column(table: str, column: int, values: list[int]) -> Callable[[Side], np.ndarray]:
    """A table of a side with other values in one column."""

    def of(side: Side) -> np.ndarray:
        rows: np.ndarray = getattr(side, table).copy()
        rows[:, column] = values
        return rows

    return of


@pytest.mark.parametrize("side", ["forward", "backward"])
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"call_stops": np.array([0, 1, 3], np.int32)}, "a stop that is not there"),
        ({"call_stops": np.array([0, 1, -1], np.int32)}, "a stop that is not there"),
        ({"calls_ptr": np.array([0, 1], np.int32)}, "fewer than two calls"),
        ({"call_flags": np.array([1, 3], np.uint8)}, "a call is missing"),
        ({"call_latest": np.array([0], np.int32)}, "a call is missing"),
        ({"trips_ptr": np.array([0, 0], np.int32)}, "no trip"),
        ({"trips_ptr": np.array([0, 1, 2], np.int32)}, "a pattern is missing"),
        ({"trips": np.zeros((3, 2), np.int32)}, "a trip is missing"),
        ({"offsets": np.zeros((6, 1), np.int32)}, "times are missing"),
        ({"trips": _column("trips", 1, [0, 0, 0, 1])}, "a trip has no times"),
        ({"trips": _column("trips", 1, [0, 0, 0, -1])}, "a trip has no times"),
        ({"trips": _column("trips", 0, [7200, 3600, 90_000, 93_600])}, "trips are not in order of time"),
        ({"boardings": _column("boardings", 0, [0, 3])}, "a boarding is at no call"),
        ({"boardings": _column("boardings", 0, [0, -1])}, "a boarding is at no call"),
        ({"boardings": _column("boardings", 0, [1, 1])}, "a boarding is at another stop"),
        ({"boardings": np.zeros((1, 4), np.int32)}, "a boarding is missing"),
        ({"boardings_ptr": np.array([0, 2], np.int32)}, "boardings_ptr has the wrong length"),
        ({"boardings": _column("boardings", 1, [0, 1])}, "a boarding says otherwise than its call"),
        ({"boardings": _column("boardings", 2, [0, 0])}, "a boarding says otherwise than its call"),
        ({"boardings": _column("boardings", 3, [0, 1])}, "a boarding says otherwise than its call"),
        ({"board_stops": np.array([0, 0, 3], np.int32)}, "a call is boarded at another stop"),
        ({"board_stops": np.array([0, 1, 2], np.int32)}, "a call is boarded at another stop"),
        ({"alight_stops": np.array([0, 0, 2], np.int32)}, "a call is left at another stop"),
        ({"call_last": np.array([0, 0], np.int32)}, "a last departure is another"),
        ({"first_trips": np.zeros((1, 1), np.int32)}, "first trips are missing"),
        ({"first_trips": np.ones((2, 1), np.int32)}, "the first trip is not the first"),
        ({"first_trips": np.array([[0], [5]], np.int32)}, "a first trip is not there"),
    ],
)
def test_a_broken_array_is_named(side: str, changes: dict[str, np.ndarray], message: str) -> None:
    with pytest.raises(ValueError, match=f"{side}: .*{message}"):
        check_timetable(_spoilt(side, **changes))


@pytest.mark.parametrize("time", [1_500_000_000, -1_500_000_000])
@pytest.mark.parametrize("column", [0, 1])
def test_a_time_that_might_overflow_is_refused(column: int, time: int) -> None:
    times = _timetable().forward.offsets.copy()
    times[1, column] = time
    with pytest.raises(ValueError, match="forward: a time is out of range"):
        check_timetable(_spoilt("forward", offsets=times))


@pytest.mark.parametrize("time", [1_500_000_000, -1_500_000_000])
def test_a_start_that_might_overflow_is_refused(time: int) -> None:
    with pytest.raises(ValueError, match="forward: a time is out of range"):
        check_timetable(_spoilt("forward", trips=_column("trips", 0, [time] * 4)))


@pytest.mark.parametrize("side", ["forward", "backward"])
def test_a_last_call_that_can_be_boarded_is_refused(side: str) -> None:
    last = getattr(_timetable(), side).calls_ptr[1] - 1
    stops = getattr(_timetable(), side).call_stops
    n_stops = _timetable().n_stops
    ptr = np.searchsorted([stops[last]], np.arange(n_stops + 1)).astype(np.int32)
    with pytest.raises(ValueError, match="a last call can be boarded"):
        check_timetable(_spoilt(side, boardings=np.array([[last, 0, 0, 0]], np.int32), boardings_ptr=ptr))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stop_of": np.array([0, 2, 1], np.int32)}, "the first stops are not the network's"),
        ({"stop_of": np.array([0, 1, 2, 3], np.int32)}, "a copy is of a stop that is not there"),
        ({"copies": np.array([0, 1, 1], np.int32)}, "copies do not list every stop once"),
        ({"rule_to": np.array([3], np.int32)}, "a rule is for a stop that is not there"),
    ],
)
def test_copies_that_are_none_are_refused(changes: dict[str, np.ndarray], message: str) -> None:
    timetable = _timetable()
    with pytest.raises(ValueError, match=message):
        check_timetable(timetable._replace(stops=timetable.stops._replace(**changes)))
