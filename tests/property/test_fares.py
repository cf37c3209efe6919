"""The cheapest set of tickets is what trying every set finds, on drawn fares, tariffs and journeys."""

from __future__ import annotations

import os
from decimal import Decimal

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from routing.fares import Fare, FareReason, UnknownFare, price
from tests.support.fare_journeys import book_of, journey_of
from tests.support.fare_oracle import FareOracle
from tests.support.fare_strategies import FEEDS, LINES, City, cities, journeys

EXAMPLES = int(os.environ.get("TIMBANG_EXAMPLES", "40"))
SEQUENCES = {(feed, route): stops for feed in FEEDS for route, stops in LINES.items()}
SLOW = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


@SLOW
@given(cities(), st.data())
def test_a_fare_is_the_least_sum_over_all_ways_to_split_the_rides(city: City, data: st.DataObject) -> None:
    asked = data.draw(
        st.lists(st.tuples(journeys(city.ridden), st.sampled_from([None, "child"])), min_size=8, max_size=16)
    )
    book, oracle = book_of(city.feeds, city.tariffs), FareOracle(city.feeds, city.tariffs)
    for rides, rider in asked:
        sums = oracle.cheapest(rides, rider)
        found = price(journey_of(rides, SEQUENCES), book, rider)
        if not sums:
            assert isinstance(found, UnknownFare), (rides, rider)
            mixed = oracle.can_be_mixed(rides, rider)
            assert (found.reason is FareReason.SEVERAL_CURRENCIES) == mixed, (rides, rider)
            event(f"unknown: {found.reason}")
            continue
        currency = min(sums)
        assert isinstance(found, Fare), (found, sums, rides, rider)
        assert (found.currency, found.amount) == (currency, sums[currency]), (found.tickets, rides, rider)
        event(f"{len(found.tickets)} tickets")
        assert sum((ticket.amount for ticket in found.tickets), Decimal(0)) == found.amount
        assert {leg for ticket in found.tickets for leg in ticket.legs} == set(range(len(rides)))
        for ticket in found.tickets:
            assert ticket.currency == currency
            assert ticket.providers == tuple(sorted({rides[leg].provider for leg in ticket.legs}))
