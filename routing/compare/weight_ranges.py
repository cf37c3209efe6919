"""How far each weight of the rule may move before an option's rank changes. Exact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from routing.compare.ranking import Quantities, Weights, cost, exact

Range = tuple[float, float | None]
"""(low, high): the rank holds between them. At an end two costs are equal. None is no upper end."""
Step = tuple[Fraction, int]
"""(a weight at which two costs meet, by how much the rank changes beyond it)."""


def weight_ranges(values: Sequence[Quantities], ranks: Sequence[int], weights: Weights) -> list[dict[str, Range]]:
    """For each option and weight, the others fixed, where the option keeps its rank.

    Costs are linear in each weight, so two options meet at one weight at most; where one overtakes an option
    exactly where the option overtakes another, its rank holds on.
    """
    costs = [cost(row, weights) for row in values]
    return [
        {name: _range(values, costs, ranks, index, name, exact(weight)) for name, weight in weights.items()}
        for index in range(len(values))
    ]


def _range(
    values: Sequence[Quantities],
    costs: Sequence[Fraction],
    ranks: Sequence[int],
    mine: int,
    name: str,
    weight: Fraction,
) -> Range:
    up: list[Step] = []
    down: list[Step] = []
    for other in range(len(values)):
        slope = Fraction(values[mine][name]) - Fraction(values[other][name])
        if slope == 0:
            continue
        gap = costs[mine] - costs[other]
        is_ahead = ranks[mine] <= ranks[other]
        meets = weight - gap / slope
        if meets >= weight and (gap or is_ahead == (slope > 0)):
            up.append((meets, 1 if is_ahead else -1))
        if meets <= weight and (gap or is_ahead == (slope < 0)):
            down.append((-meets, 1 if is_ahead else -1))
    high, low = _first_change(up), _first_change(down)
    return 0.0 if low is None else max(0.0, float(-low)), None if high is None else float(high)


def _first_change(steps: Iterable[Step]) -> Fraction | None:
    """Where the sum of the steps is not 0 for the first time; None if it never is."""
    change = 0
    by_weight: dict[Fraction, int] = {}
    for meets, step in sorted(steps):
        by_weight[meets] = by_weight.get(meets, 0) + step
    for meets, step in by_weight.items():
        change += step
        if change:
            return meets
    return None


def ranges_dict(ids: Sequence[str], ranges: Sequence[dict[str, Range]]) -> list[dict[str, Any]]:
    """JSON-ready, an entry an option."""
    return [
        {"option": option, "weights": {name: {"low": low, "high": high} for name, (low, high) in rows.items()}}
        for option, rows in zip(ids, ranges, strict=True)
    ]
