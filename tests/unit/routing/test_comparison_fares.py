"""Prices in a comparison: of every option, with a badge for the least, and a reason where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from api.schemas.comparison import Comparison as Schema
from ingest.region import Region, RegionFeed, RegionProvider
from ingest.tariff_schema import TariffFile
from ingest.tariffs import Tariff
from routing import QueryError, Router
from routing.compare import Comparison
from routing.fares import Fare
from tests.scenarios.drawn import network_of, query_of
from tests.support.gtfs_feed import GtfsFeed
from tests.support.timetable_text import feeds_of

RIVALS = """
    stop A 0 0
    stop B 900 0
    A 08:00 > C 08:20 / x
    A 08:05 > C 08:30 / y
    A 08:00 > B 08:02 / z
    B 08:04 > C 08:10 / y
"""


def _feeds(fares: Mapping[str, str]) -> dict[str, GtfsFeed]:
    feeds = feeds_of(RIVALS)
    for feed_id, price in fares.items():
        amount, currency = price.split()
        feeds[feed_id].add(
            "fare_attributes", fare_id="F", price=amount, currency_type=currency, payment_method=0, transfers=0
        )
    return feeds


def priced_rivals(fares: Mapping[str, str]) -> Comparison:
    """The comparison of the rivals at 07:58, who charge so much a ride."""
    return Router(network_of(_feeds(fares))).compare(query_of("x_A", "x_C", "07:58"))


def _told(router: Router, **more: Any) -> dict[str, str]:
    """Providers of each option -> its price, or why it has none, and `!` for the cheapest."""
    found = router.compare(query_of("x_A", "x_C", "07:58", **more))
    told = {}
    for option in found.options:
        fare = option.fare
        text = f"{fare.amount} {fare.currency}" if isinstance(fare, Fare) else str(fare.reason)
        told["+".join(sorted(option.providers))] = text + ("!" if "cheapest" in option.badges else "")
    return told


def test_every_option_has_its_price_and_the_least_one_a_badge() -> None:
    router = Router(network_of(_feeds({"x": "3500 IDR", "y": "3000 IDR", "z": "1000 IDR"})))
    assert _told(router) == {"x": "3500 IDR", "y": "3000 IDR!", "y+z": "4000 IDR"}


def test_equal_prices_share_the_badge() -> None:
    router = Router(network_of(_feeds({"x": "3000 IDR", "y": "3000.00 IDR", "z": "1000 IDR"})))
    assert _told(router)["x"] == "3000 IDR!"
    assert _told(router)["y"] == "3000.00 IDR!"


def test_nothing_is_the_cheapest_where_a_price_is_unknown_or_in_another_currency() -> None:
    assert _told(Router(network_of(_feeds({"x": "3500 IDR", "y": "3000 IDR"})))) == {
        "x": "3500 IDR",
        "y": "3000 IDR",
        "y+z": "no_fare_data",
    }
    mixed = _told(Router(network_of(_feeds({"x": "3 USD", "y": "3000 IDR", "z": "1000 IDR"}))))
    assert mixed == {"x": "3 USD", "y": "3000 IDR", "y+z": "4000 IDR"}


def test_a_walk_has_neither_a_price_nor_a_reason() -> None:
    router = Router(network_of(_feeds({"x": "3500 IDR"})))
    options = router.compare(query_of("x_A", (-6.2, 106.803), "07:58")).to_dict()["options"]
    (walk,) = [option for option in options if not option["providers"]]
    assert (walk["fare"], walk["fare_unknown_reason"], walk["fare_unknown_text"]) == (None, None, None)


def _region(*tariffs: Tariff) -> Region:
    providers = tuple(RegionProvider(feed, feed.upper(), "0072B2", (feed,), ()) for feed in "xyz")
    feeds = tuple(RegionFeed(feed, "", f"{feed}.zip", "") for feed in "xyz")
    return Region("r", {"en": "R"}, "UTC", (0.0, 0.0), providers, feeds, (), tariffs)


def test_a_category_of_riders_pays_its_own_price_and_must_be_known() -> None:
    table = {
        "source": "Decree",
        "currency": "IDR",
        "riders": {"student": {"en": "Student", "id": "Pelajar"}},
        "ticket": [
            {
                "id": "all",
                "name": {"en": "All"},
                "providers": ["x", "y", "z"],
                "price": {"kind": "flat", "amount": 3000},
                "when": [{"riders": ["student"], "percent": 50}],
            }
        ],
    }
    router = Router(network_of(feeds_of(RIVALS), region=_region(Tariff("t.toml", TariffFile.model_validate(table)))))
    assert _told(router) == {"x": "3000 IDR!", "y": "3000 IDR!", "y+z": "6000 IDR"}
    assert _told(router, rider="student") == {"x": "1500 IDR!", "y": "1500 IDR!", "y+z": "3000 IDR"}
    assert router.compare(query_of("x_A", "x_C", "07:58", rider="student")).to_dict()["query"]["rider"] == "student"
    with pytest.raises(QueryError, match="there is no category of riders 'pupil'; the fares here have student"):
        _told(router, rider="pupil")


def test_the_answer_is_what_the_schema_describes() -> None:
    router = Router(network_of(_feeds({"x": "3500 IDR", "y": "0.75 USD"})))
    found = router.compare(query_of("x_A", "x_C", "07:58")).to_dict()
    assert Schema.model_validate(found).model_dump(mode="json", by_alias=True) == found
    fares = {"+".join(option["providers"]): option for option in found["options"]}
    assert fares["x"]["fare"]["tickets"] == [
        {
            "id": "x_F",
            "name": {"en": "F", "id": "F"},
            "legs": [0],
            "rule": "fare F",
            "amount": 3500,
            "currency": "IDR",
            "text": {"en": "Rp\u00a03,500", "id": "Rp\u00a03.500"},
            "providers": ["x"],
            "medium": None,
            "source": "fare_attributes.txt of feed x",
        }
    ]
    assert fares["y"]["fare"]["amount"] == 0.75
    assert fares["y+z"]["fare_unknown_reason"] == "no_fare_data"
    assert fares["y+z"]["fare_unknown_text"]["en"] == "Nothing is known of the fares of z."


def test_legs_on_a_bill_are_places_in_the_journey() -> None:
    router = Router(network_of(_feeds({"y": "3000 IDR", "z": "1000 IDR"})))
    query = query_of((-6.2, 106.8), "x_C", "07:30")
    for option in router.compare(replace(query, providers=frozenset("yz"))).options:
        assert isinstance(option.fare, Fare)
        legs = option.to_dict()["journey"]["legs"]
        for ticket in option.fare.tickets:
            assert {legs[place]["provider"] for place in ticket.legs} == set(ticket.providers)
