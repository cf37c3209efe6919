"""Comparisons with price as a criterion: nothing cheaper is missed, nothing else is lost, and names decide nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import assume, event, given

from routing import Query, Router
from routing.compare import Comparison
from routing.compare.option import Option
from routing.fares import Fare
from tests.property.test_cheapest import Case, best_of, expected
from tests.property.test_neutrality import _scoped
from tests.support.cheap_oracle import Cheap
from tests.support.cheap_strategies import PricedNetwork, priced_cases, query_of
from tests.support.examples import thorough
from tests.support.replaying import faults_of, written

WINDOW_S = 1200


@thorough(20)
@given(priced_cases())
def test_no_journey_is_cheaper_than_what_is_told(case: Case) -> None:
    network, questions = case
    router = network.router()
    missed: Counter[str] = Counter()
    for asked, within_s, rider in questions:
        query = query_of(asked, rider if rider in router.fares.riders else None)
        best_s = None if router.ends(query).is_same_place else best_of(router, query)
        without, found = router.compare(query), router.compare(query, cheapest_within_s=within_s)
        for option in without.options:
            assert any(is_as_good(other, option) for other in found.options), "an option is lost"
        if best_s is None or not any(option.providers for option in without.options):
            assert [option.id for option in without.options] == [option.id for option in found.options]
            continue
        best_s = best_of_options(without, arrive_by=query.arrive_by)
        for cheap in expected(network, asked, best_s, within_s, query.rider):
            assert any(beats_cheap(option, cheap, asked.arrive_by) for option in found.options), cheap
            missed[str(any(beats_cheap(option, cheap, asked.arrive_by) for option in without.options))] += 1
    event(f"found without prices: {sorted(missed)}")


def best_of_options(found: Comparison, *, arrive_by: bool) -> int:
    rides = [option.journey for option in found.options if option.providers]
    return max(ride.departure_s for ride in rides) if arrive_by else min(ride.arrival_s for ride in rides)


def is_as_good(one: Option, other: Option) -> bool:
    """In everything but price, and in price where both are known."""
    mine, its = one.journey, other.journey
    if isinstance(other.fare, Fare) and one.providers:
        if not isinstance(one.fare, Fare) or one.fare.currency != other.fare.currency:
            return False
        if one.fare.amount > other.fare.amount:
            return False
    times = mine.departure_s >= its.departure_s and mine.arrival_s <= its.arrival_s
    return times and mine.transfers <= its.transfers and one.providers <= other.providers


def beats_cheap(option: Option, cheap: Cheap, arrive_by: bool) -> bool:
    """Whether an option is as good as a journey of the oracle, or a walk is."""
    journey = option.journey
    if not option.providers:
        return journey.departure_s >= cheap.departure and journey.arrival_s <= cheap.arrival
    if not isinstance(option.fare, Fare) or option.fare.currency != cheap.currency:
        return False
    is_dearer = option.fare.amount > cheap.amount
    if is_dearer or journey.transfers > cheap.transfers or not option.providers <= cheap.ridden:
        return False
    near, far = journey.departure_s - cheap.departure, cheap.arrival - journey.arrival_s
    if arrive_by:
        near, far = far, near
    return far > 0 or (far == 0 and (near >= 0 or journey.transfers < cheap.transfers))


@thorough(10)
@given(priced_cases(max_questions=2))
def test_the_order_of_feeds_and_their_names_change_no_price_and_no_time(case: Case) -> None:
    network, questions = case
    assume(len(network.feeds) > 1)
    names = {feed: f"r{9 - index}" for index, feed in enumerate(network.feeds)}
    back = {new: old for old, new in names.items()}
    before, after = network.router(), renamed(network, names).router()
    for asked, within_s, rider in questions:
        query = query_of(asked, rider if rider in before.fares.riders else None)
        moved = replace(query, origin=_scoped(query.origin, names), destination=_scoped(query.destination, names))
        for window_s in (None, WINDOW_S):
            old = before.compare(query, window_s=window_s, cheapest_within_s=within_s)
            new = after.compare(moved, window_s=window_s, cheapest_within_s=within_s)
            assert figures(new, back) == figures(old, {})


def figures(found: Comparison, names: dict[str, str]) -> list[tuple[object, ...]]:
    return sorted(
        (
            sorted(names.get(provider, provider) for provider in option.providers),
            option.journey.departure_s,
            option.journey.arrival_s,
            option.journey.transfers,
            (option.fare.currency, option.fare.amount) if isinstance(option.fare, Fare) else ("", 0),
        )
        for option in found.options
    )


def renamed(network: PricedNetwork, names: dict[str, str]) -> PricedNetwork:
    """The same in another order, tariffs among them."""
    feeds = {names[feed]: network.feeds[feed] for feed in reversed(network.feeds)}
    return PricedNetwork(feeds, tuple(_renamed_file(file, names) for file in reversed(network.tariffs)))


def _renamed_file(file: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    def scoped(text: str) -> str:
        feed, _, rest = text.partition("_")
        return f"{names.get(feed, feed)}_{rest}"

    tickets = []
    for ticket in file["ticket"]:
        other = ticket | {"providers": [names[provider] for provider in ticket["providers"]]}
        for key in {"routes", "except_routes"} & ticket.keys():
            other[key] = [scoped(route) for route in ticket[key]]
        if "linked" in ticket:
            other["linked"] = [[scoped(stop) for stop in group] for group in ticket["linked"]]
        tickets.append(other)
    return file | {"ticket": tickets}


@thorough(10)
@given(priced_cases(max_questions=2))
def test_a_window_holds_the_answer_to_the_question_at_each_of_its_departures(case: Case) -> None:
    """What is told at the beginning of a window is told for the window, or something as good that leaves no earlier."""
    network, questions = case
    router = network.router()
    for asked, within_s, rider in questions:
        query = query_of(asked, rider if rider in router.fares.riders else None)
        alone = router.compare(query, cheapest_within_s=within_s)
        window = router.compare(query, window_s=WINDOW_S, cheapest_within_s=within_s)
        for option in alone.options:
            if is_inside(option, query) and option.journey.duration_s < walk_s(router, query):
                assert any(is_as_good_later(other, option, query) for other in window.options), option.journey
        assert all(
            any(is_as_good(o, x) for o in window.options) for x in router.compare(query, window_s=WINDOW_S).options
        )


def is_as_good_later(one: Option, other: Option, query: Query) -> bool:
    """As is_as_good; a journey by headway services alone is told once a headway, and may start at any second in it."""
    journey = one.journey
    rides = journey.rides
    if one.providers and all(ride.headway_s for ride in rides):
        shift = min(
            max(0, other.journey.departure_s - journey.departure_s),
            max(60, rides[-1 if query.arrive_by else 0].headway_s or 0),
        )
        on_time = journey.departure_s + shift >= other.journey.departure_s
        if on_time and journey.arrival_s + shift <= other.journey.arrival_s:
            moved = replace(other, journey=journey)
            return is_as_good(one, moved)
    return is_as_good(one, other)


def is_inside(option: Option, query: Query) -> bool:
    if query.arrive_by:
        return 0 <= query.time.timestamp() - option.journey.arrival_s < WINDOW_S
    return 0 <= option.journey.departure_s - query.time.timestamp() < WINDOW_S


def walk_s(router: Router, query: Query) -> int:
    ends = router.ends(query)
    walks = [] if ends.is_same_place else router.walk(query, ends)
    return min((walk.duration_s for walk in walks), default=10**9)


@thorough(20)
@given(priced_cases(max_questions=4))
def test_cheaper_journeys_replay_against_the_feeds(case: Case) -> None:
    network, questions = case
    router = network.router()
    told = []
    for asked, within_s, rider in questions:
        query = query_of(asked, rider if rider in router.fares.riders else None)
        told.append(router.compare(query, cheapest_within_s=within_s).to_dict())
    with written(network.feeds) as paths:
        assert faults_of(told, paths) == []
