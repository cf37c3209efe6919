"""The published rule, its weights, and how far they may move."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import QueryError
from routing.compare.ranking import RULE, checked_weights, cost, default_weights, quantities, rank, weight_ranges
from tests.scenarios.drawn import query_of, router_of

NAMES = ("travel", "margin", "walk", "wait", "transfer")

VALUES = st.fixed_dictionaries({name: st.integers(0, 3600).map(float) for name in NAMES})


def test_the_published_weights_are_those_that_the_rule_names() -> None:
    assert tuple(default_weights()) == NAMES
    assert all(name in RULE for name in NAMES)


def test_the_cost_is_a_sum_of_weights_times_quantities() -> None:
    values = dict(zip(NAMES, (1000, 200, 300, 100, 2), strict=True))
    # 1000 + 0.5 x 200 + 0.5 x 300 + 0.5 x 100 + 300 x 2 = 1900.
    assert cost(values, default_weights()) == 1900


def test_a_query_changes_some_weights_and_leaves_the_others() -> None:
    weights = checked_weights({"walk": 3})
    assert weights["walk"] == 3.0
    assert {name: weights[name] for name in NAMES if name != "walk"} == {
        name: value for name, value in default_weights().items() if name != "walk"
    }
    assert checked_weights(None) == default_weights()


@pytest.mark.parametrize("changes", [{"speed": 1}, {"walk": -1}, {"walk": math.nan}, {"walk": math.inf}])
def test_a_weight_that_makes_no_sense_is_refused(changes: dict[str, float]) -> None:
    with pytest.raises(QueryError) as error:
        checked_weights(changes)
    assert error.value.field == "weights"


TEXT = """
    stop B 0 0
    stop P 99.9 0
    A 08:00 > B 08:10 / x, trip T1
    P 08:20 > C 08:30 / x, trip T2
    A 08:05 > C 08:50 / x, trip SLOW
"""


def test_quantities_are_seconds_of_the_journey() -> None:
    query = query_of("x_A", "x_C", "07:55")
    sooner, slow = router_of(TEXT).journeys(query)
    # 30 min; leaves 5 min after it is asked for; 109 s on foot; at P by 08:11:49, so 491 s of wait; one change.
    assert quantities(sooner, query) == {"travel": 1800, "margin": 300, "walk": 109, "wait": 491, "transfer": 1}
    assert quantities(slow, query) == {"travel": 2700, "margin": 600, "walk": 0, "wait": 0, "transfer": 0}


def test_for_a_deadline_the_margin_is_what_one_is_early() -> None:
    query = query_of("x_A", "x_C", "09:00", arrive_by=True)
    (slow,) = (journey for journey in router_of(TEXT).journeys(query) if journey.transfers == 0)
    assert quantities(slow, query)["margin"] == 600


def test_the_margin_is_counted_across_a_change_of_clocks() -> None:
    # 01:50+01:00 to 03:10+02:00 are 20 minutes.
    router = router_of("zone x Europe/Berlin\nA 04:10 > B 04:20 / x, trip T")
    query = query_of("x_A", "x_B", "01:50", date="2026-03-29", zone="Europe/Berlin")
    (journey,) = router.journeys(query)
    assert journey.departure.isoformat() == "2026-03-29T04:10:00+02:00"
    # 01:50+01:00 is 00:50Z, 04:10+02:00 is 02:10Z: 80 minutes, not 140.
    assert quantities(journey, query)["margin"] == 80 * 60


def test_least_cost_ranks_first() -> None:
    query = query_of("x_A", "x_C", "07:55")
    journeys = router_of(TEXT).journeys(query)
    # 1800 + 150 + 54.5 + 245.5 + 300 = 2550 against 2700 + 300 = 3000.
    assert [j.transfers for _, j in rank(journeys, query, default_weights())] == [1, 0]
    # A change that costs 1000 turns it round: 3250 against 3000.
    assert [j.transfers for _, j in rank(journeys, query, checked_weights({"transfer": 1000}))] == [0, 1]
    assert rank(journeys[::-1], query, default_weights()) == rank(journeys, query, default_weights())


def test_equal_costs_go_to_the_earlier_arrival() -> None:
    query = query_of("x_A", "x_C", "07:55")
    journeys = router_of(TEXT).journeys(query)
    none = dict.fromkeys(NAMES, 0.0)
    ranked = rank(journeys[::-1], query, none)
    assert [f"{j.arrival:%H:%M}" for _, j in ranked] == ["08:30", "08:50"]


@given(st.lists(VALUES, min_size=2, max_size=4), st.sampled_from(NAMES))
def test_inside_its_range_an_option_keeps_its_rank_and_at_its_ends_it_meets_another(
    values: list[dict[str, float]], name: str
) -> None:
    weights = default_weights()
    for index in range(len(values)):
        low, high = weight_ranges(values, weights, index)[name]
        assert 0 <= low <= weights[name] <= (math.inf if high is None else high)
        place = _place(values, weights, index)
        for share in (0.01, 0.5, 0.99):
            top = max(10 * weights[name], 10_000.0) if high is None else high
            inside = {**weights, name: low + (top - low) * share}
            if not _ties(values, inside, index) and not _ties(values, weights, index):
                assert _place(values, inside, index) == place
        for bound in (low, high):
            if bound:
                assert _gap(values, {**weights, name: bound}, index) < 1e-6 * (1 + cost(values[index], weights))


def _place(values: list[dict[str, float]], weights: Mapping[str, float], index: int) -> int:
    mine = cost(values[index], weights)
    return sum(cost(other, weights) < mine for other in values)


def _gap(values: list[dict[str, float]], weights: Mapping[str, float], index: int) -> float:
    """The least difference between the cost of one and that of another."""
    mine = cost(values[index], weights)
    return min(abs(cost(other, weights) - mine) for i, other in enumerate(values) if i != index)


def _ties(values: list[dict[str, float]], weights: Mapping[str, float], index: int) -> bool:
    return _gap(values, weights, index) < 1e-6
