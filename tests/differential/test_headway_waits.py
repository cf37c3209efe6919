"""Each way to count the wait for a headway service gives the oracle's answers, there and back."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from routing.query import HEADWAY_WAITS
from tests.differential.test_router_against_oracle import (
    RADIUS_M,
    check_comparison,
    check_journeys,
    instants,
    query_of,
    router_of,
)
from tests.support.examples import thorough
from tests.support.gtfs_feed import GtfsFeed
from tests.support.oracle import Oracle
from tests.support.strategies import Asked, cases

HEADWAYS = cases(max_feeds=2, max_questions=6, headways=True)


@thorough(40)
@given(HEADWAYS)
def test_whatever_wait_is_counted_the_router_answers_as_the_oracle_does(
    case: tuple[dict[str, GtfsFeed], list[Asked]],
) -> None:
    network, questions = case
    router, oracle = router_of(network), Oracle(network, walk="straight", radius_m=RADIUS_M)
    for drawn in questions:
        for wait in HEADWAY_WAITS:
            for arrive_by in (False, True):
                asked = replace(drawn, headway_wait=wait, arrive_by=arrive_by)
                check_journeys(router, oracle, asked)
        check_comparison(router, oracle, drawn)


@thorough(30)
@given(HEADWAYS)
def test_a_longer_wait_never_arrives_earlier(case: tuple[dict[str, GtfsFeed], list[Asked]]) -> None:
    network, questions = case
    router = router_of(network)
    for drawn in questions:
        asked = replace(drawn, arrive_by=False)
        none, expected, worst = (
            min(
                (instants(j.arrival)[0] for j in router.journeys(query_of(replace(asked, headway_wait=wait)))),
                default=0,
            )
            for wait in ("none", "expected", "worst")
        )
        assert not expected or 0 < none <= expected
        assert not worst or 0 < expected <= worst
