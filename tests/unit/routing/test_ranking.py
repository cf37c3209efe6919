"""The published rule, its weights, and how far they may move."""

from __future__ import annotations

import math

import pytest

from routing import Journey, Query, QueryError, Router
from routing.compare.ranking import RULE, Quantities, Weights, checked_weights, cost, default_weights, rank, rank_rule
from routing.fares.fare import FareReason, unknown_fare
from tests.scenarios.drawn import query_of, router_of

UNKNOWN = unknown_fare(FareReason.NO_FARE_DATA)
NAMES = ("travel", "margin", "walk", "wait", "risk", "transfer", "fare")


def quantities(journey: Journey, query: Query) -> Quantities:
    return rank_rule([], query, default_weights()).quantities(journey, UNKNOWN)


def ranked(router: Router, query: Query, weights: Weights, *, backwards: bool = False) -> list[Journey]:
    journeys = router.journeys(query)[:: -1 if backwards else 1]
    priced = [(journey, router.fares.price(journey)) for journey in journeys]
    return [row.journey for row in rank(priced, rank_rule(priced, query, weights))]


def test_the_published_weights_are_those_that_the_rule_names() -> None:
    assert tuple(default_weights()) == NAMES
    assert all(name in RULE for name in NAMES)


def test_the_cost_is_a_sum_of_weights_times_quantities() -> None:
    values = dict(zip(NAMES, (1000, 200, 300, 100, 40, 2, 60), strict=True))
    # 1000 + 0.5 x 200 + 0.5 x 300 + 0.5 x 100 + 0.25 x 40 + 300 x 2 + 60 = 1970.
    assert cost(values, default_weights()) == 1970


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
    none = {"risk": 0, "fare": 0}
    assert quantities(sooner, query) == {"travel": 1800, "margin": 300, "walk": 109, "wait": 491, "transfer": 1} | none
    assert quantities(slow, query) == {"travel": 2700, "margin": 600, "walk": 0, "wait": 0, "transfer": 0} | none


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
    router = router_of(TEXT)
    # 1800 + 150 + 54.5 + 245.5 + 300 = 2550 against 2700 + 300 = 3000.
    assert [j.transfers for j in ranked(router, query, default_weights())] == [1, 0]
    # A change that costs 1000 turns it round: 3250 against 3000.
    assert [j.transfers for j in ranked(router, query, checked_weights({"transfer": 1000}))] == [0, 1]
    assert [j.transfers for j in ranked(router, query, default_weights(), backwards=True)] == [1, 0]


def test_equal_costs_go_to_the_earlier_arrival() -> None:
    query = query_of("x_A", "x_C", "07:55")
    none = dict.fromkeys(NAMES, 0.0)
    found = ranked(router_of(TEXT), query, none, backwards=True)
    assert [f"{j.arrival:%H:%M}" for j in found] == ["08:30", "08:50"]
