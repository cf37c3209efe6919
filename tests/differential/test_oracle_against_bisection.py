"""The oracle's backward search finds what halving with its forward search finds."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given

from tests.support.examples import thorough
from tests.support.gtfs_feed import GtfsFeed
from tests.support.oracle import Oracle
from tests.support.oracle_bisection import front_by_bisection
from tests.support.strategies import Asked, cases


@thorough(80)
@given(cases(max_questions=2))
def test_forward_and_backward_search_agree(case: tuple[dict[str, GtfsFeed], list[Asked]]) -> None:
    network, questions = case
    oracle = Oracle(network, walk="straight")
    for asked in questions:
        question = oracle.question(asked.origin, asked.destination, asked.time, **asked.limits())
        instant = int(asked.time.timestamp())
        answer = question.arrive_by if asked.arrive_by else question.depart_at
        assert answer(instant) == front_by_bisection(question.earliest, instant, arrive_by=asked.arrive_by)


@thorough(80)
@given(cases(max_questions=2))
def test_leaving_later_never_arrives_earlier(case: tuple[dict[str, GtfsFeed], list[Asked]]) -> None:
    network, questions = case
    oracle = Oracle(network, walk="straight")
    for asked in questions:
        question = oracle.question(asked.origin, asked.destination, asked.time, **asked.limits())
        instant = int(asked.time.timestamp())
        end = instant + 24 * 3600
        arrivals = [question.earliest(instant + wait, end) for wait in (0, 1, 60, 300, 3600)]
        for earlier, later in pairwise(arrivals):
            assert all(b is None or (a is not None and a <= b) for a, b in zip(earlier, later, strict=True))
