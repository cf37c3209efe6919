"""Options over a window of departures: by provider set, out of profiles, and in line with single departures."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from hypothesis import given

from routing import Query, QueryError, Router
from routing.compare import Comparison
from routing.compare.fronts import MAX_PROVIDERS, subsets
from routing.journeys import Journey
from routing.search import HORIZON_S
from tests.property.test_neutrality import SMALL, Case
from tests.property.test_neutrality import query_of_asked as query_for
from tests.scenarios.drawn import network_of, query_of, router_of
from tests.support.examples import thorough

HOUR_S = 3600


def _figures(journey: Journey) -> tuple[int, int, int]:
    return journey.departure_s, journey.arrival_s, journey.transfers


def _is_as_good(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return one[0] >= other[0] and one[1] <= other[1] and one[2] <= other[2]


@thorough(10)
@given(SMALL)
def test_scheduled_options_of_a_window_are_those_that_no_profile_of_a_proper_subset_beats(case: Case) -> None:
    feeds, questions = case
    for feed in feeds.values():
        feed.tables.pop("frequencies", None)  # those can start at any second: the tests below
    router = Router(network_of(feeds))
    names = frozenset(feeds)
    for asked in questions:
        query = query_for(asked)
        found = {
            (option.providers, _figures(option.journey))
            for option in router.compare(query, window_s=HOUR_S).options
            if option.journey.rides
        }
        profiles = {
            chosen: [
                journey for journey in router.profile(dataclasses.replace(query, providers=chosen), HOUR_S)
                if journey.kind == "ride"
            ]
            for chosen in subsets(names) if chosen
        }  # fmt: skip
        expected = set()
        for chosen, journeys in profiles.items():
            rivals = [_figures(journey) for subset, others in profiles.items() if subset < chosen for journey in others]
            expected |= {
                (chosen, _figures(journey))
                for journey in journeys
                if not any(_is_as_good(rival, _figures(journey)) for rival in rivals)
            }
        assert found == expected


@thorough(8)
@given(SMALL)
def test_an_answer_to_one_departure_of_the_window_is_never_better_than_the_window(case: Case) -> None:
    feeds, questions = case
    for feed in feeds.values():
        feed.tables.pop("frequencies", None)
    router = Router(network_of(feeds))
    for asked in questions:
        query = query_for(asked)
        window = router.compare(query, window_s=HOUR_S).options
        walk_s = next((other.journey.duration_s for other in window if not other.journey.rides), HORIZON_S + 1)
        for minutes in (0, 25, 59):
            time = query.time + timedelta(minutes=-minutes if query.arrive_by else minutes)
            for option in router.compare(dataclasses.replace(query, time=time)).options:
                near = option.journey.arrival_s if query.arrive_by else option.journey.departure_s
                since = abs(near - query.time.timestamp())
                # Walking can be begun at any second of a window, not only when a question is asked.
                if option.journey.rides and since < HOUR_S and option.journey.duration_s < walk_s:
                    figures, own = _figures(option.journey), option.providers
                    rivals = (_figures(other.journey) for other in window if other.providers <= own)
                    assert any(_is_as_good(rival, figures) for rival in rivals)


WINDOW = """
    A 08:00 > C 08:20 / x, trip X1
    A 08:30 > C 08:50 / x, trip X2
    A 08:10 > C 08:25 / y, trip Y1
    A 08:10 > C 08:45 / y, trip Y2
    A 09:00 > C 09:10 / y, trip Y3
"""


def _told(found: Comparison) -> list[str]:
    return sorted(
        f"{'+'.join(sorted(option.providers))} {option.journey.departure:%H:%M}-{option.journey.arrival:%H:%M}"
        for option in found.options
    )


def test_every_departure_of_the_window_that_is_worth_it_is_an_option_and_none_hides_a_rivals() -> None:
    found = router_of(WINDOW).compare(query_of("x_A", "x_C", "07:55"), window_s=HOUR_S)
    assert _told(found) == ["x 08:00-08:20", "x 08:30-08:50", "y 08:10-08:25"]
    assert found.to_dict()["query"]["window_s"] == HOUR_S
    seconds = found.searched[1].timestamp() - found.searched[0].timestamp()
    assert seconds == HOUR_S + HORIZON_S


def test_in_a_window_no_departure_is_better_than_another_for_being_early() -> None:
    found = router_of(WINDOW).compare(query_of("x_A", "x_C", "07:55"), window_s=HOUR_S)
    assert [option.journey.duration_s // 60 for option in found.options] == [15, 20, 20]
    assert all(option.values["margin"] == 0 for option in found.options)


def test_a_second_provider_is_listed_only_where_the_line_that_starts_at_any_second_is_no_better() -> None:
    """x comes every 10 minutes: also between the departures that are told of it, it is there before x and y."""
    text = """
        A 0:00 > B 0:10 > C 0:20 / x, every 600 from 06:00 to 10:00
        B 08:{0} > C 08:{1} / y
        A 05:00 > Q 05:01 / y
    """
    query = query_of("x_A", "x_C", "08:02")
    slow = router_of(text.format(24, 37)).compare(query, window_s=HOUR_S)
    assert {option.providers for option in slow.options} == {frozenset("x")}
    fast = router_of(text.format(17, 20)).compare(query, window_s=HOUR_S)
    assert {option.providers for option in fast.options} == {frozenset("x"), frozenset("xy")}


def test_who_arrives_in_the_window_before_the_deadline_is_compared_too() -> None:
    query: Query = query_of("x_A", "x_C", "08:50", arrive_by=True)
    assert _told(router_of(WINDOW).compare(query, window_s=HOUR_S)) == [
        "x 08:00-08:20",
        "x 08:30-08:50",
        "y 08:10-08:25",
    ]


@pytest.mark.parametrize("window_s", [0, -60, 86_401])
def test_a_window_that_is_empty_or_longer_than_a_day_is_refused(window_s: int) -> None:
    with pytest.raises(QueryError, match="window_s"):
        router_of(WINDOW).compare(query_of("x_A", "x_C", "08:00"), window_s=window_s)


def test_too_many_providers_for_a_window_are_refused_and_the_limit_told() -> None:
    text = "\n".join(f"A 08:00 > C 08:20 / p{n}" for n in range(MAX_PROVIDERS + 1))
    with pytest.raises(QueryError) as error:
        router_of(text).compare(query_of("p0_A", "p0_C", "07:55"), window_s=HOUR_S)
    assert (error.value.field, error.value.limit) == ("providers", MAX_PROVIDERS)
