"""Riders of several lines: what the kernels, transforms and short ways find is what the plain twin finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from ingest.model import Floats
from routing.headways import folding
from routing.headways.boarding import rows_of
from routing.headways.lines import Line
from routing.headways.spread import Spread, after_headway
from routing.kernels.boarding import board_alone, board_together
from tests.support.boarding_twin import arrivals_by, board_first
from tests.support.examples import thorough

CLOSE = 1e-12
LATEST = 700


def _line(ride_s: int, *rows: tuple[int, int, int]) -> Line:
    return Line(0, ride_s, *(np.array(column, np.int64) for column in zip(*rows, strict=True)))


RIDES_S = {
    "any": [30, 30, 31, 32, 34, 38, 45, 70, 18],
    "none is let pass": [30, 30, 30, 29, 18],
    "many are let pass": [34, 34, 36, 36, 37, 30],
}


@st.composite
def stops(draw: DrawFn) -> list[Line]:
    """Up to five lines, the planned one first: rows that overlap, meet, or leave a pause; rides near each other."""
    lines = []
    rides_s = RIDES_S[draw(st.sampled_from(sorted(RIDES_S)))]
    for _ in range(draw(st.integers(1, 5))):
        rows, start = [], draw(st.integers(-40, 160))
        for _ in range(draw(st.integers(1, 3))):
            end = start + draw(st.sampled_from([1, 7, 40, 90, 250]))
            rows.append((start, end, draw(st.sampled_from([1, 2, 9, 20, 33, 75, 400]))))
            start = end + draw(st.sampled_from([0, 0, 1, 15, 80]))
        columns = (np.array(column, np.int64) for column in zip(*rows, strict=True))
        lines.append(Line(0, draw(st.sampled_from(rides_s)) if lines else 30, *columns))
    return lines


@st.composite
def cases(draw: DrawFn) -> tuple[list[Line], int, Floats]:
    """(lines, first second, riders of it and of each one after): often from just when a row begins or ends."""
    lines = draw(stops())
    turns = [turn for line in lines for turn in (*line.first.tolist(), *line.end.tolist()) if 0 <= turn <= 250]
    first = draw(st.one_of(st.integers(0, 200), st.sampled_from([*turns, 0])))
    riders = draw(st.lists(st.sampled_from([0, 1, 1, 2, 5]), min_size=1, max_size=50))
    return lines, first, np.array(riders, np.float64) / max(1, sum(riders))


LIMITS = st.sampled_from([LATEST, LATEST, 260, 120])


def _there(first: int, chance: Floats, limit: int) -> dict[int, float]:
    return {first + s: share for s, share in enumerate(chance.tolist()) if share > 0 and first + s <= limit}


def _told(origin: int, chance: Floats) -> dict[int, float]:
    return {origin + s: share for s, share in enumerate(chance.tolist()) if share > CLOSE}


def _assert_same(found: dict[int, float], expected: dict[int, float]) -> None:
    seconds = found.keys() | expected.keys()
    assert {s: found.get(s, 0.0) for s in seconds} == pytest.approx(
        {s: expected.get(s, 0.0) for s in seconds}, abs=CLOSE
    )


@pytest.mark.parametrize("at_least", [1, folding.AT_LEAST], ids=["transforms", "sums"])
@thorough(150)
@given(case=cases(), limit=LIMITS)
def test_what_riders_arrive_at_is_what_the_twin_says(
    at_least: int, case: tuple[list[Line], int, Floats], limit: int
) -> None:
    lines, first, riders = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folding, "AT_LEAST", at_least)
        spread = Spread.of([(first, riders)], limit)
        found = after_headway(spread, lines)
    assert len(found.chance) == 0 or found.first + len(found.chance) - 1 <= limit
    _assert_same(_told(found.first, found.chance), arrivals_by(lines, _there(first, riders, limit), limit))


@thorough(150)
@given(lines=stops(), first=st.integers(0, 200), length=st.integers(1, 40), limit=st.sampled_from([LATEST, 260]))
def test_riders_that_merge_arrive_as_if_each_were_alone(lines: list[Line], first: int, length: int, limit: int) -> None:
    """Whatever the lines are: no row may begin meanwhile."""
    begins = [begin for line in lines for begin in line.first.tolist() if begin > first]
    ready = np.arange(first, min([first + length, *begins]))
    riders = np.linspace(1, 2, len(ready))
    origin, arrivals = board_together(rows_of(lines, limit), ready, riders)
    expected = arrivals_by(lines, dict(zip(ready.tolist(), riders.tolist(), strict=True)), limit)
    _assert_same(_told(origin, arrivals), expected)


@st.composite
def busy_stops(draw: DrawFn) -> list[Line]:
    """Up to three lines whose vehicles come often, so that for long every wait is alike."""
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(-40, 100))
        rows = []
        for _ in range(draw(st.integers(1, 2))):
            end = start + draw(st.sampled_from([30, 60, 250]))
            rows.append((start, end, draw(st.sampled_from([1, 2, 5, 9, 12]))))
            start = end + draw(st.sampled_from([0, 1, 15]))
        lines.append(_line(draw(st.sampled_from([30, 31, 33, 25])) if lines else 30, *rows))
    return lines


@thorough(200)
@given(lines=busy_stops(), limit=st.sampled_from([LATEST, 150]))
def test_many_riders_arrive_as_if_each_were_alone(lines: list[Line], limit: int) -> None:
    _assert_each_is_as_if_alone(lines, 0, np.linspace(1, 2, 140), limit)


def _assert_each_is_as_if_alone(lines: list[Line], first: int, riders: Floats, limit: int) -> None:
    """What one does alone is held against the twin elsewhere here."""
    rows = rows_of(lines, limit)
    found = after_headway(Spread.of([(first, riders)], limit), lines)
    expected: dict[int, float] = {}
    for ready, share in enumerate(riders[: max(0, limit + 1 - first)].tolist(), first):
        origin, arrivals, _, _ = board_alone(rows, ready, 0)
        for second, chance in enumerate(arrivals.tolist(), origin):
            expected[second] = expected.get(second, 0.0) + share * chance
    _assert_same(_told(found.first, found.chance), expected)


@st.composite
def stops_of_a_rare_line(draw: DrawFn) -> list[Line]:
    """The planned line comes seldom, or hours later, and slower ones often: for long all but it are looked at."""
    start = draw(st.sampled_from([-90, 0, 120, 400]))
    rows = [(start, start + draw(st.sampled_from([150, 900])), draw(st.sampled_from([90, 140, 400])))]
    lines = [_line(30, *rows, *([(1500, 1900, 20)] if draw(st.booleans()) else []))]
    for _ in range(draw(st.integers(1, 4))):
        begin, rows = draw(st.integers(-90, 160)), []
        for _ in range(draw(st.integers(1, 3))):
            end = begin + draw(st.sampled_from([30, 90, 400, 900]))
            rows.append((begin, end, draw(st.sampled_from([4, 10, 20, 45, 300]))))
            begin = end + draw(st.sampled_from([0, 1, 60]))
        lines.append(_line(30 + draw(st.sampled_from([0, 1, 2, 5, 6, 9, 16, 25, 60])), *rows))
    return lines


@thorough(200)
@given(lines=stops_of_a_rare_line(), first=st.integers(0, 300), limit=st.sampled_from([1600, 500]))
def test_who_boards_before_the_planned_line_comes_arrives_as_if_alone(
    lines: list[Line], first: int, limit: int
) -> None:
    _assert_each_is_as_if_alone(lines, first, np.linspace(1, 2, 120) / 100, limit)


@thorough(100)
@given(lines=stops(), ready=st.integers(0, 200), limit=LIMITS)
def test_what_comes_and_what_is_taken_before_a_pause_is_what_the_twin_says(
    lines: list[Line], ready: int, limit: int
) -> None:
    _, _, came, taken = board_alone(rows_of(lines, limit), ready, len(lines))
    boardings = board_first(lines, np.array([ready]), np.ones(1), limit)
    nothing = np.zeros(len(lines))
    assert came == pytest.approx(boardings[0].came if boardings else nothing, abs=CLOSE)
    assert taken == pytest.approx(boardings[0].taken if boardings else nothing, abs=CLOSE)


@pytest.mark.parametrize("slower_s", range(8, 14))
def test_a_line_is_boarded_before_one_as_fast_as_the_planned_one_begins_if_it_is_there_first(slower_s: int) -> None:
    """The planned line is over; one as fast comes at 13 for sure: what comes at 1 is worth a ride 12 s longer."""
    lines = [_line(34, (0, 1, 1)), _line(34, (13, 14, 1)), _line(34 + slower_s, (1, 2, 1))]
    found = after_headway(Spread.at(1, LATEST), lines)
    assert _told(found.first, found.chance) == {min(1 + 34 + slower_s, 13 + 34): 1.0}
    _assert_same(_told(found.first, found.chance), arrivals_by(lines, {1: 1.0}, LATEST))


@pytest.mark.parametrize("begins", [15, 20, 29, 30, 31])
def test_who_is_left_when_the_planned_row_ends_waits_on_for_a_row_that_has_begun(begins: int) -> None:
    lines = [_line(30, (0, 30, 40)), _line(30, (begins, 300, 100)), _line(45, (35, 500, 50))]
    riders = dict.fromkeys(range(10, 15), 0.2)
    origin, arrivals = board_together(rows_of(lines, LATEST), np.array(list(riders)), np.full(5, 0.2))
    _assert_same(_told(origin, arrivals), arrivals_by(lines, riders, LATEST))


@thorough(60)
@given(
    lines=busy_stops(),
    headways=st.lists(st.sampled_from([1, 7, 240, 600]), min_size=6, max_size=6),
    length=st.sampled_from([1, 40, 700]),
    limit=st.sampled_from([20_000, 1500]),
    power=st.sampled_from([0, 8]),
)
def test_riders_whose_waits_are_alike_are_told_at_once(
    lines: list[Line], headways: list[int], length: int, limit: int, power: int
) -> None:
    """Whether by transforms, by sums, or evenly where one row alone runs or as many come at each second."""
    every = iter(headways)
    longer = [
        line._replace(end=line.end + 2000, headway_s=np.array([next(every) for _ in line.headway_s], np.int64))
        for line in lines
    ]
    _assert_each_is_as_if_alone(longer, 120, np.linspace(0, 1, length) ** power, limit)
