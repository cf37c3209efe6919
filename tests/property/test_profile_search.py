"""A profile holds what single questions find, at every second of its window, and nothing else."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.bounds import no_bounds
from routing import Journey, Query, Router
from routing.profile_search import day_parts
from tests.property.test_metamorphic import query_of
from tests.scenarios.drawn import network_of
from tests.support.examples import thorough
from tests.support.gtfs_feed import GtfsFeed
from tests.support.strategies import Asked, cases

Case = tuple[dict[str, GtfsFeed], list[Asked]]
Times = tuple[int, int, int]
WINDOWS = st.sampled_from([1, 60, 1800, 7200, 30_000, 86_400])


def times(journey: Journey) -> Times:
    """(departure, arrival, transfers), in UTC seconds."""
    return journey.departure_s, journey.arrival_s, journey.transfers


def later(query: Query, seconds: int) -> Query:
    """The question asked so many seconds later."""
    instant = query.time.timestamp() + seconds
    return dataclasses.replace(query, time=dt.datetime.fromtimestamp(instant, query.time.tzinfo))


def asked_one_by_one(router: Router, query: Query, window_s: int) -> set[Times]:
    """Rides that single questions find in the window: asked again just after the first of the answers is gone."""
    found: set[Times] = set()
    sign = -1 if query.arrive_by else 1
    seconds = 0
    while seconds < window_s:
        journeys = router.journeys(later(query, sign * seconds))
        # Who leaves with the vehicle might walk instead, from then on.
        walk_s = min((j.duration_s for j in journeys if j.kind == "walk"), default=90_000)
        rides = [times(j) for j in journeys if j.kind == "ride"]
        near = [sign * (ride[1 if query.arrive_by else 0] - int(query.time.timestamp())) for ride in rides]
        found.update(ride for ride, at in zip(rides, near, strict=True) if at < window_s and ride[1] - ride[0] < walk_s)
        seconds = min(near, default=seconds + 600) + 1
    return found


def without_headways(network: dict[str, GtfsFeed]) -> dict[str, GtfsFeed]:
    """The network with its headway services run once, by their timetables."""
    for feed in network.values():
        feed.tables.pop("frequencies", None)
    return network


@thorough(15)
@given(cases(max_questions=3), WINDOWS)
def test_a_profile_is_the_union_of_single_answers(case: Case, window_s: int) -> None:
    network, questions = case
    router = Router(network_of(without_headways(network)))
    for query in map(query_of, questions):
        profile = [times(j) for j in router.profile(query, window_s) if j.kind == "ride"]
        assert len(profile) == len(set(profile))
        assert profile == sorted(profile)
        if not router.ends(query).is_same_place:
            expected = asked_one_by_one(router, query, window_s)
            assert set(profile) == expected, (query, set(profile) - expected, expected - set(profile))


@thorough(15)
@given(cases(max_questions=3), WINDOWS)
def test_each_journey_of_a_profile_is_the_answer_at_its_end_of_the_window(case: Case, window_s: int) -> None:
    network, questions = case
    router = Router(network_of(network))
    for query in map(query_of, questions):
        for ride in _rides(router, query, window_s):
            near = (ride[1] if query.arrive_by else ride[0]) - int(query.time.timestamp())
            assert (-window_s < near <= 0) if query.arrive_by else (0 <= near < window_s)
            alone = [times(j) for j in router.journeys(later(query, near))]
            assert ride in alone


@thorough(15)
@given(cases(max_questions=3), WINDOWS, st.integers(1, 3600))
def test_a_wider_window_loses_no_journey(case: Case, window_s: int, more_s: int) -> None:
    network, questions = case
    router = Router(network_of(network))
    for query in map(query_of, questions):
        wider = set(_rides(router, query, min(window_s + more_s, 86_400)))
        assert wider >= set(_rides(router, query, window_s))


def _rides(router: Router, query: Query, window_s: int) -> Iterator[Times]:
    return (times(journey) for journey in router.profile(query, window_s) if journey.kind == "ride")


@thorough(10)
@given(cases(max_questions=3), WINDOWS)
def test_bounds_by_cells_of_many_stops_leave_no_journey_of_a_window_out(case: Case, window_s: int) -> None:
    network, questions = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ingest.bounds.MOST_CELLS", 2)
        data = network_of(without_headways(network))
    bounded, unbounded = Router(data), Router(dataclasses.replace(data, bounds=no_bounds()))
    for query in map(query_of, questions):
        found = [[times(journey) for journey in router.profile(query, window_s)] for router in (bounded, unbounded)]
        assert found[0] == found[1]


@thorough(25)
@given(cases(max_questions=3, headways=True), st.booleans())
def test_bounds_that_count_waits_leave_no_journey_of_a_window_out(case: Case, is_unwaited: bool) -> None:
    network, questions = case
    data = network_of(network)
    bounded, unbounded = Router(data), Router(dataclasses.replace(data, bounds=no_bounds()))
    for query in map(query_of, questions):
        asked = dataclasses.replace(query, headway_wait="none") if is_unwaited else query
        # One question, and a whole search of a window where the first vehicle has a timetable.
        found = []
        for router in (bounded, unbounded):
            ends = router.ends(asked)
            parts = [router.profile_skeletons(part, ends, part_s) for part, part_s in day_parts(asked, 20_000)]
            found.append((parts, [times(journey) for journey in router.journeys(asked)]))
        assert found[0] == found[1]
