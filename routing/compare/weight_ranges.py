"""How far each weight of the rule may move before an option's rank changes. Exact."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from routing.compare.ranking import Quantities, Weights, exact

Range = tuple[float, float | None]
"""(low, high): the rank holds between them. At an end two costs are equal. None is no upper end."""
Step = tuple[int, int, int]
"""(gap, slope, change): gap / slope away from the weight two costs meet, and beyond it the rank changes by so much."""


def weight_ranges(values: Sequence[Quantities], ranks: Sequence[int], weights: Weights) -> list[dict[str, Range]]:
    """For each option and weight, the others fixed, where the option keeps its rank.

    Costs are linear in each weight, so two options meet at one weight at most; where one overtakes an option
    exactly where the option overtakes another, its rank holds on.
    """
    # Whole numbers are a tenth of the work of fractions: quantities count in units of 1 / parts, weights of 1 / shares.
    parts = math.lcm(*(Fraction(value).denominator for row in values for value in row.values()))
    shares = math.lcm(*(exact(weight).denominator for weight in weights.values()))
    rows = [{name: int(row[name] * parts) for name in weights} for row in values]
    whole = {name: int(exact(weight) * shares) for name, weight in weights.items()}
    costs = [sum(weight * row[name] for name, weight in whole.items()) for row in rows]
    return [
        {
            name: _range(
                [row[name] - mine[name] for row in rows],
                [other - cost for other in costs],
                [rank <= other for other in ranks],
                whole[name],
                shares,
            )
            for name in weights
        }
        for mine, cost, rank in zip(rows, costs, ranks, strict=True)
    ]


def _range(slopes: Sequence[int], gaps: Sequence[int], is_ahead: Sequence[bool], weight: int, shares: int) -> Range:
    """What others have more of the quantity and cost more, and whether the option is ahead of them (or is equal)."""
    up: list[Step] = []
    down: list[Step] = []
    for slope, gap, ahead in zip(slopes, gaps, is_ahead, strict=True):
        if slope == 0:
            continue
        # The more of the weight, the more another one costs that has more of the quantity.
        side = (up if ahead == (slope < 0) else down) if gap == 0 else (down if (gap > 0) == (slope > 0) else up)
        side.append((abs(gap), abs(slope), 1 if ahead else -1))
    high, low = _first_change(up), _first_change(down)
    # Python divides whole numbers of any size to the nearest float.
    return (
        0.0 if low is None else max(0.0, (weight * low[1] - low[0]) / (low[1] * shares)),
        None if high is None else (weight * high[1] + high[0]) / (high[1] * shares),
    )


def _first_change(steps: Sequence[Step]) -> Step | None:
    """The one at which the sum of the steps is not 0 for the first time; None if it never is."""
    if len(steps) < 2:
        return steps[0] if steps else None
    common = math.lcm(*(slope for _, slope, _ in steps))
    by_distance: dict[int, tuple[int, Step]] = {}
    for step in steps:
        distance = step[0] * (common // step[1])
        change, _ = by_distance.get(distance, (0, step))
        by_distance[distance] = change + step[2], step
    so_far = 0
    for distance in sorted(by_distance):
        change, step = by_distance[distance]
        so_far += change
        if so_far:
            return step
    return None


def ranges_dict(ids: Sequence[str], ranges: Sequence[dict[str, Range]]) -> list[dict[str, Any]]:
    """JSON-ready, an entry an option."""
    return [
        {"option": option, "weights": {name: {"low": low, "high": high} for name, (low, high) in rows.items()}}
        for option, rows in zip(ids, ranges, strict=True)
    ]
