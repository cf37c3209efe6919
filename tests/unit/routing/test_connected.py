"""What could be linked at all: certain where it says no."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from routing import Router
from tests.property.test_neutrality import Case, query_of_asked
from tests.scenarios.drawn import network_of, query_of, router_of
from tests.support.examples import thorough
from tests.support.strategies import cases

LINES = """
    A 08:00 > B 08:10 / x
    B 08:20 > C 08:30 / y
    D 08:00 > E 08:30 / z
"""


@pytest.mark.parametrize(
    ("destination", "providers", "linked"),
    [
        ("x_B", None, True),
        ("y_C", None, True),
        ("y_C", {"x", "z"}, False),
        ("y_C", {"y"}, False),
        ("z_E", None, False),
        ("y_C", set(), False),
    ],
)
def test_stops_are_linked_by_the_vehicles_that_may_be_ridden(
    destination: str, providers: set[str] | None, linked: bool
) -> None:
    router = router_of(LINES)
    query = query_of("x_A", destination, "07:55", providers=None if providers is None else frozenset(providers))
    assert router.can_connect(query, router.ends(query)) is linked


def test_neither_times_nor_transfers_are_looked_at() -> None:
    router = router_of(LINES)
    query = query_of("x_A", "y_C", "07:55", max_transfers=0)
    assert router.journeys(query) == []
    assert router.can_connect(query, router.ends(query))


@thorough(15)
@given(cases(max_feeds=3, max_trips=4, max_questions=3))
def test_where_a_journey_is_found_the_ends_are_linked(case: Case) -> None:
    network, questions = case
    router = Router(network_of(network))
    for asked in map(query_of_asked, questions):
        for provider in router.network.providers:
            query = replace(asked, providers=frozenset({provider.id}))
            ends = router.ends(query)
            assert router.can_connect(query, ends) or not router.rides(query, ends)
