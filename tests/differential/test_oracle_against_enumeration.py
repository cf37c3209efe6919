"""On networks of a few trips the oracle finds what trying every sequence of rides finds."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from hypothesis import given

from tests.support.examples import thorough
from tests.support.gtfs_feed import GtfsFeed
from tests.support.oracle import Oracle
from tests.support.oracle_bisection import front_by_bisection
from tests.support.oracle_enumeration import earliest_by_enumeration
from tests.support.strategies import Asked, cases


@thorough(100)
@given(cases(max_feeds=2, max_trips=2, max_questions=2))
def test_the_oracle_finds_what_every_sequence_of_rides_finds(
    case: tuple[dict[str, GtfsFeed], list[Asked]],
) -> None:
    network, questions = case
    oracle = Oracle(network, walk="straight")
    for asked in questions:
        asked = replace(asked, max_transfers=min(asked.max_transfers, 2))
        question = oracle.question(asked.origin, asked.destination, asked.time, **asked.limits())
        instant = int(asked.time.timestamp())
        answer = question.arrive_by if asked.arrive_by else question.depart_at
        earliest = partial(earliest_by_enumeration, question)
        assert answer(instant) == front_by_bisection(earliest, instant, arrive_by=asked.arrive_by)
