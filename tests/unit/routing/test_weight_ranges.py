"""How far a weight may move: an option keeps its rank just inside a bound, and loses it just outside."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.compare.ranking import Quantities, Weights, cost, exact
from routing.compare.weight_ranges import weight_ranges

NAMES = ("travel", "transfer", "fare")
WEIGHTS = {"travel": 1.0, "transfer": 0.3, "fare": 2.0}
ROWS = st.fixed_dictionaries(
    {
        "travel": st.integers(0, 6),
        "transfer": st.integers(0, 3),
        "fare": st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(7, 2), Fraction(5)]),
    }
)


def _ranks(rows: Sequence[Quantities], weights: Weights) -> list[int]:
    """Of equal costs the earlier row is ahead, as if it arrived earlier; equal rows share a rank."""
    keys = [(cost(row, weights), _tie(rows, row)) for row in rows]
    return [1 + sum(other < key for other in keys) for key in keys]


def _tie(rows: Sequence[Quantities], row: Quantities) -> int:
    return next(place for place, other in enumerate(rows) if other == row)


@given(st.lists(ROWS, min_size=2, max_size=5))
def test_a_rank_holds_inside_its_range_and_not_beyond(rows: list[Quantities]) -> None:
    ranks = _ranks(rows, WEIGHTS)
    least = 1e-9
    for place, ranges in enumerate(weight_ranges(rows, ranks, WEIGHTS)):
        for name, (low, high) in ranges.items():
            assert 0 <= low <= WEIGHTS[name] <= (float("inf") if high is None else high)
            inside = [low + least if low else 0.0] if low < WEIGHTS[name] else []
            inside += [1e6] if high is None else [high - least] if high > WEIGHTS[name] else []
            beyond = [low - least] if low else []
            beyond += [] if high is None else [high + least]
            # At a weight of 0 itself costs may meet; anywhere else a tie would be a bound.
            for weight in inside:
                if weight or not _meets(rows, place, name):
                    assert _ranks(rows, {**WEIGHTS, name: weight})[place] == ranks[place], (name, weight)
            for weight in beyond:
                if weight > 0:
                    assert _ranks(rows, {**WEIGHTS, name: weight})[place] != ranks[place], (name, weight)


def _meets(rows: Sequence[Quantities], place: int, name: str) -> bool:
    costs = [cost(row, {**WEIGHTS, name: 0.0}) for row in rows]
    return costs.count(costs[place]) > 1


def test_where_one_overtakes_and_another_is_overtaken_at_once_the_rank_holds_on() -> None:
    # At travel 2 the first costs 4 + 10, the second 12 + 2, the third 6 + 8: all 14. There the ends change places.
    rows = [{"travel": 2, "fare": 10}, {"travel": 3, "fare": 8}, {"travel": 6, "fare": 2}]
    found = weight_ranges(rows, [3, 2, 1], {"travel": 1.0, "fare": 1.0})
    assert [row["travel"] for row in found] == [(0.0, 2.0), (0.0, None), (0.0, 2.0)]


@pytest.mark.parametrize("mine", [0, 1])
def test_where_costs_are_equal_already_the_range_ends_at_the_weight_itself(mine: int) -> None:
    rows = [{"travel": 2, "fare": 1}, {"travel": 1, "fare": 2}]
    weights = {"travel": 1.0, "fare": 1.0}
    # The first is ahead by arriving earlier: a little more of travel, or less of fare, and it is behind.
    found = weight_ranges(rows, [1, 2], weights)[mine]
    assert found == {"travel": (0.0, 1.0), "fare": (1.0, None)}


def test_weights_are_taken_as_they_are_written() -> None:
    assert exact(0.1) == Fraction(1, 10)
    # 0.1 x 3 and 0.3 x 1 are equal, as they are not in binary fractions.
    assert cost({"a": 3}, {"a": 0.1}) == cost({"a": 1}, {"a": 0.3})
