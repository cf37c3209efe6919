"""The distribution of arrivals, second by second: sums that a person can check, and every case there is."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction
from itertools import product
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from routing.headways.lines import Line
from routing.headways.spread import Spread, after_headway, after_scheduled
from tests.support.simulated_arrivals import Row, Stop

LIMIT = 150


def line(ride_s: int, *rows: tuple[int, int, int]) -> Line:
    """A line of rows (first, end, headway)."""
    return Line(0, ride_s, *(np.array(column, np.int64) for column in zip(*rows, strict=True)))


def spread(chances: dict[int, float], limit: int = LIMIT) -> Spread:
    """These instants, with their chances."""
    return Spread.of([(instant, np.array([chance])) for instant, chance in chances.items()], limit)


def told(found: Spread) -> dict[int, float]:
    """Its instants, with their chances."""
    return {instant: float(found.chance[instant - found.first]) for instant in found.instants().tolist()}


def test_a_wait_is_every_second_of_the_headway_alike() -> None:
    assert told(after_headway(Spread.at(10, LIMIT), [line(20, (0, 100, 4))])) == pytest.approx(
        {30: 0.25, 31: 0.25, 32: 0.25, 33: 0.25}
    )


def test_who_is_early_waits_for_the_first_vehicle() -> None:
    assert told(after_headway(Spread.at(0, LIMIT), [line(20, (50, 100, 2))])) == pytest.approx({70: 0.5, 71: 0.5})


def test_the_end_of_a_row_leaves_some_for_the_next_one() -> None:
    # Two of four seconds are left; the other riders wait for the row that begins at 60.
    rows = line(20, (0, 12, 4), (60, 100, 2))
    assert told(after_headway(Spread.at(10, LIMIT), [rows])) == pytest.approx({30: 0.25, 31: 0.25, 80: 0.25, 81: 0.25})


def test_the_end_of_the_last_row_leaves_some_behind() -> None:
    found = after_headway(Spread.at(10, LIMIT), [line(20, (0, 12, 4))])
    assert told(found) == pytest.approx({30: 0.25, 31: 0.25})
    assert (found.quantile(0.1), found.quantile(0.5), found.quantile(0.51)) == (30, 31, None)


def test_what_arrives_after_the_limit_does_not_arrive() -> None:
    assert told(after_headway(Spread.at(10, 31), [line(20, (0, 100, 4))])) == pytest.approx({30: 0.25, 31: 0.25})
    assert told(Spread.at(30, 31).later(1)) == {31: 1}
    assert told(Spread.at(30, 31).later(2)) == {}
    assert told(Spread.at(32, 31)) == {}


def test_of_two_lines_the_first_to_come_is_boarded() -> None:
    # Both within two seconds: at 10 unless neither comes then.
    lines = [line(20, (0, 100, 2)), line(20, (0, 100, 2))]
    assert told(after_headway(Spread.at(10, LIMIT), lines)) == pytest.approx({30: 0.75, 31: 0.25})


def test_a_faster_line_is_boarded_whenever_it_comes_first() -> None:
    # The fast one comes at one of 100 seconds, within the two of the planned one with chance 1/100 each.
    lines = [line(20, (0, 500, 2)), line(5, (0, 500, 100))]
    found = told(after_headway(Spread.at(10, LIMIT), lines))
    assert found == pytest.approx({15: 0.01, 16: 0.01 * 0.5, 30: 0.5 * 0.99, 31: 0.5 * 0.98})


def test_a_slower_line_is_boarded_while_that_is_no_worse_than_waiting_on() -> None:
    # Planned: 10 + 0..9 + 20. After s seconds without it, it is there at (s + 1 + 9) / 2 + 30 on average; the other
    # one, 3 slower, at s + 33: no later as long as s <= 4.
    lines = [line(20, (0, 500, 10)), line(23, (0, 500, 10))]
    found = told(after_headway(Spread.at(10, LIMIT), lines))
    slow = [0.1 * (9 - s) / 10 for s in range(5)]
    fast = [0.1 * (1 - 0.1 * min(s, 5)) for s in range(10)]
    expected: dict[int, float] = {}
    for s, chance in enumerate(fast):
        expected[30 + s] = expected.get(30 + s, 0) + chance
    for s, chance in enumerate(slow):
        expected[33 + s] = expected.get(33 + s, 0) + chance
    assert found == pytest.approx(expected)
    assert sum(found.values()) == pytest.approx(1)


def test_the_first_vehicle_to_arrive_is_taken_and_who_misses_the_last_does_not_arrive() -> None:
    departures, arrivals = np.array([10, 12, 20], np.int32), np.array([40, 40, 60], np.int32)
    ready = spread({9: 0.1, 12: 0.2, 13: 0.3, 21: 0.4})
    found = after_scheduled(ready, departures, arrivals)
    assert told(found) == pytest.approx({40: 0.3, 60: 0.3})
    assert found.quantile(0.9) is None


def test_shares_that_a_sum_meets_exactly_are_met() -> None:
    found = spread(dict.fromkeys(range(10), 0.1))
    assert [found.quantile(share) for share in (0.1, 0.5, 0.9, 1.0)] == [0, 4, 8, 9]


@st.composite
def stops(draw: DrawFn) -> list[tuple[int, list[tuple[int, int, int]]]]:
    """(ride, rows) of up to three lines with at most four rows in all."""
    lines = []
    left = 4
    for _ in range(draw(st.integers(1, 3))):
        rows, start = [], draw(st.integers(0, 40))
        for _ in range(min(left, draw(st.sampled_from([1, 1, 2])))):
            end = start + draw(st.sampled_from([2, 5, 30, 60]))
            rows.append((start, end, draw(st.integers(1, 6))))
            start = end + draw(st.sampled_from([0, 0, 3, 40]))
        left -= len(rows)
        if rows:
            lines.append((draw(st.sampled_from([20, 20, 21, 22, 24, 10])), rows))
    return lines


READY = st.dictionaries(st.integers(0, 80), st.integers(1, 5), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None)
@given(stops(), READY, st.sampled_from([LIMIT, 60]))
def test_every_case_there_is_adds_up_to_the_distribution(
    drawn: list[tuple[int, list[tuple[int, int, int]]]], weights: dict[int, int], limit: int
) -> None:
    total = sum(weights.values())
    ready = spread({instant: weight / total for instant, weight in weights.items()}, limit)
    found = told(after_headway(ready, [line(ride_s, *rows) for ride_s, rows in drawn]))
    expected: dict[float, Fraction] = {}
    for instant, weight in weights.items():
        if instant <= limit:
            for arrival, chance in _every_case(drawn, instant, limit).items():
                expected[arrival] = expected.get(arrival, Fraction(0)) + chance * Fraction(weight, total)
    expected.pop(inf, None)
    assert found == pytest.approx({int(arrival): float(chance) for arrival, chance in expected.items()}, abs=1e-9)


@settings(max_examples=200, deadline=None)
@given(stops(), st.integers(0, 80))
def test_no_line_makes_the_mean_arrival_later(drawn: list[tuple[int, list[tuple[int, int, int]]]], ready: int) -> None:
    lines = [line(ride_s, *rows) for ride_s, rows in drawn]
    assert _mean(lines, ready) <= _mean(lines[:1], ready) + 1e-6


def _mean(lines: list[Line], ready: int) -> float:
    """The mean arrival; who does not arrive counts as if he did at the limit."""
    found = told(after_headway(Spread.at(ready, LIMIT), lines))
    return sum(arrival * chance for arrival, chance in found.items()) + (1 - sum(found.values())) * LIMIT


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 40), st.integers(15, 45)), min_size=1, max_size=4))
def test_half_of_the_riders_of_a_headway_leg_are_there_when_planned(drawn: list[tuple[int, int]]) -> None:
    """The planned line is the one that is expected first."""
    headway_s, ride_s = planned = min(drawn, key=lambda found: found[0] // 2 + found[1])
    drawn.remove(planned)
    lines = [line(ride_s, (0, 1000, headway_s)) for headway_s, ride_s in (planned, *drawn)]
    half = after_headway(Spread.at(10, 2000), lines).quantile(0.5)
    assert half is not None
    assert half <= 10 + headway_s // 2 + ride_s


def _every_case(drawn: list[tuple[int, list[tuple[int, int, int]]]], ready: int, limit: int) -> dict[float, Fraction]:
    """Arrival -> how many of all ways that vehicles can come lead to it."""
    rows = [Row(n == 0, ride_s, *row) for n, (ride_s, of_line) in enumerate(drawn) for row in of_line]
    stop, cases = Stop(rows), list(product(*(range(row.headway) for row in rows)))
    arrivals = Counter(stop.arrival(ready, limit, _Loaded(phases)) for phases in cases)
    return {arrival: Fraction(count, len(cases)) for arrival, count in arrivals.items()}


class _Loaded(random.Random):
    """Dice that fall as they are told to."""

    def __init__(self, falls: tuple[int, ...]) -> None:
        super().__init__(0)
        self._falls = iter(falls)

    def randrange(self, *_: int) -> int:  # type: ignore[override] # only the one form that the simulation uses
        return next(self._falls)
