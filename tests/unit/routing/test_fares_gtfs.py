"""Fares of GTFS, both versions, on journeys small enough to add up in the head."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from routing.fares import Fare, FareReason, UnknownFare, price
from tests.support.fare_journeys import book_of, journey_of
from tests.support.fare_oracle import OracleRide
from tests.support.fare_strategies import DAY, FEEDS, LINES, base_feed
from tests.support.gtfs_feed import GtfsFeed

SEQUENCES = {(feed, route): stops for feed in FEEDS for route, stops in LINES.items()}


def ride(feed: str, route: str, ends: str, times: str, *, seated: bool = False) -> OracleRide:
    """`ends` is S1-S3, `times` 08:00-08:20."""
    stops = LINES[route]
    board, alight = (stops.index(stop) for stop in ends.split("-"))
    start, end = (DAY + dt.timedelta(hours=int(t[:2]), minutes=int(t[3:5])) for t in times.split("-"))
    return OracleRide(feed, feed, route, stops[board : alight + 1], start, end, seated)


def cost(feed: GtfsFeed, *rides: OracleRide, rider: str | None = None) -> str:
    """`3500 IDR: F+F` for two tickets F, or why it is unknown."""
    found = price(journey_of(rides, SEQUENCES), book_of({"a": feed}), rider)
    if isinstance(found, UnknownFare):
        return str(found.reason)
    names = "+".join(ticket.name["en"] for ticket in found.tickets)
    return f"{found.amount} {found.currency}: {names}"


ONE = ride("a", "R1", "S1-S3", "08:00-08:20")
THEN = ride("a", "R2", "S3-S2", "08:30-08:50")


def version_1(**fare: object) -> GtfsFeed:
    feed = base_feed("a")
    common = {"fare_id": "F", "price": "3500", "currency_type": "IDR", "payment_method": 0, "transfers": "0"}
    feed.add("fare_attributes", **(common | fare))
    return feed


def test_without_rules_a_fare_is_for_any_ride() -> None:
    assert cost(version_1(), ONE) == "3500 IDR: F"
    assert cost(version_1(), ONE, THEN) == "7000 IDR: F+F"


@pytest.mark.parametrize(("transfers", "told"), [("0", "7000 IDR: F+F"), ("1", "3500 IDR: F"), ("", "3500 IDR: F")])
def test_transfers_say_how_often_riders_may_change(transfers: str, told: str) -> None:
    assert cost(version_1(transfers=transfers), ONE, THEN) == told


@pytest.mark.parametrize(("seconds", "told"), [(1800, "3500 IDR: F"), (1799, "7000 IDR: F+F")])
def test_the_last_boarding_must_be_within_the_duration(seconds: int, told: str) -> None:
    assert cost(version_1(transfers="", transfer_duration=seconds), ONE, THEN) == told


def test_staying_seated_is_no_transfer() -> None:
    then = ride("a", "R2", "S3-S2", "08:30-08:50", seated=True)
    assert cost(version_1(transfers="0"), ONE, then) == "3500 IDR: F"


def test_rules_name_routes_and_zones() -> None:
    feed = version_1(transfers="")
    feed.add("fare_rules", fare_id="F", route_id="R1", origin_id="Z1", destination_id="Z2")
    assert cost(feed, ONE) == "3500 IDR: F"
    assert cost(feed, ride("a", "R1", "S1-S4", "08:00-08:30")) == "no_matching_fare"  # to zone 3
    assert cost(feed, ride("a", "R2", "S3-S2", "08:00-08:30")) == "no_matching_fare"


def test_all_contained_zones_must_be_ridden_through_and_no_others() -> None:
    feed = version_1()
    for zone in ("Z1", "Z2"):
        feed.add("fare_rules", fare_id="F", route_id="R1", contains_id=zone)
    assert cost(feed, ONE) == "3500 IDR: F"
    assert cost(feed, ride("a", "R1", "S1-S2", "08:00-08:10")) == "no_matching_fare"
    assert cost(feed, ride("a", "R1", "S1-S4", "08:00-08:30")) == "no_matching_fare"


def test_a_fare_without_rules_does_not_undercut_those_with_rules() -> None:
    feed = version_1(price="9000")
    feed.add("fare_rules", fare_id="F", route_id="R1")
    feed.add("fare_attributes", fare_id="FREE", price="0", currency_type="IDR", payment_method=0, transfers="")
    assert cost(feed, ONE) == "9000 IDR: F"


def test_a_free_ride_costs_nothing_because_the_feed_says_so() -> None:
    feed = version_1(price="0")
    found = price(journey_of([ONE], SEQUENCES), book_of({"a": feed}))
    assert isinstance(found, Fare)
    assert found.amount == 0
    assert [ticket.source for ticket in found.tickets] == ["fare_attributes.txt of feed a"]


def test_cents_are_kept_as_decimals() -> None:
    feed = version_1(price="4.70", currency_type="BRL")
    found = price(journey_of([ONE, THEN, ONE], SEQUENCES), book_of({"a": feed}))
    assert isinstance(found, Fare)
    assert (found.amount, str(found.amount), found.currency) == (Decimal("14.1"), "14.10", "BRL")


def test_a_feed_without_fares_has_an_unknown_one_and_says_whose() -> None:
    found = price(journey_of([ONE, THEN], SEQUENCES), book_of({"a": base_feed("a")}))
    assert isinstance(found, UnknownFare)
    assert (found.reason, found.legs) == (FareReason.NO_FARE_DATA, (0, 1))
    assert found.text == {
        "en": "Nothing is known of the fares of A.",
        "id": "Tarif A tidak diketahui.",
    }


def test_prices_in_two_currencies_have_no_sum() -> None:
    feeds = {"a": version_1(), "b": base_feed("b")}
    feeds["b"].add("fare_attributes", fare_id="U", price="1.25", currency_type="USD", payment_method=0, transfers="0")
    rides = [ONE, ride("b", "R1", "S1-S3", "08:30-08:50")]
    found = price(journey_of(rides, SEQUENCES), book_of(feeds))
    assert isinstance(found, UnknownFare)
    assert found.reason is FareReason.SEVERAL_CURRENCIES


def version_2() -> GtfsFeed:
    """Network N1 is line R1, N2 line R2; a single ride is 2000 on N1 and 3000 on N2."""
    feed = base_feed("a")
    for route, network, group, product, amount in (("R1", "N1", "G", "P", 2000), ("R2", "N2", "H", "Q", 3000)):
        feed.add("route_networks", route_id=route, network_id=network)
        feed.add("fare_products", fare_product_id=product, fare_product_name=product, amount=amount, currency="IDR")
        feed.add("fare_leg_rules", leg_group_id=group, network_id=network, fare_product_id=product)
    return feed


def transfer(feed: GtfsFeed, pair: str, kind: int, product: str = "", **more: object) -> GtfsFeed:
    feed.add(
        "fare_transfer_rules",
        from_leg_group_id=pair[0].strip("-"),
        to_leg_group_id=pair[1].strip("-"),
        fare_transfer_type=kind,
        fare_product_id=product,
        **more,
    )
    return feed


def test_legs_without_a_transfer_rule_are_paid_apart() -> None:
    assert cost(version_2(), ONE, THEN) == "5000 IDR: P+Q"


@pytest.mark.parametrize(
    ("kind", "told"), [(0, "2700 IDR: P+T"), (1, "4500 IDR: P+D+Q"), (2, "700 IDR: T"), (-1, "5000 IDR: P+Q")]
)
def test_the_type_says_what_is_paid_with_a_transfer(kind: int, told: str) -> None:
    feed = version_2()
    feed.add("fare_products", fare_product_id="T", fare_product_name="T", amount=700, currency="IDR")
    feed.add("fare_products", fare_product_id="D", fare_product_name="D", amount=-500, currency="IDR")
    if kind >= 0:
        transfer(feed, "GH", kind, "D" if kind == 1 else "T")
    assert cost(feed, ONE, THEN) == told


def test_transfer_rules_are_for_one_direction() -> None:
    assert cost(transfer(version_2(), "HG", 0), ONE, THEN) == "5000 IDR: P+Q"


def test_a_second_transfer_of_type_2_adds_to_what_came_before() -> None:
    feed = version_2()
    feed.add("fare_products", fare_product_id="T", fare_product_name="T", amount=1500, currency="IDR")
    feed.add("fare_products", fare_product_id="U", fare_product_name="U", amount=100, currency="IDR")
    transfer(transfer(feed, "GH", 2, "T"), "HG", 2, "U")
    back = ride("a", "R1", "S2-S3", "09:00-09:10")
    assert cost(feed, ONE, THEN, back) == "1600 IDR: T+U"


@pytest.mark.parametrize(
    ("kind", "limit", "is_free"),
    [
        (0, 3000, True),
        (0, 2999, False),
        (1, 1800, True),
        (1, 1799, False),
        (2, 600, True),
        (2, 599, False),
        (3, 1800, True),
    ],
)
def test_the_type_of_a_limit_says_from_when_to_when(kind: int, limit: int, is_free: bool) -> None:
    feed = transfer(version_2(), "GH", 0, duration_limit=limit, duration_limit_type=kind)
    assert cost(feed, ONE, THEN) == ("2000 IDR: P+transfer" if is_free else "5000 IDR: P+Q")


def test_a_run_of_transfers_is_counted_and_timed_from_its_first_leg() -> None:
    legs = [
        ride("a", "R1", "S1-S2", f"{8 + n // 2:02}:{n % 2 * 30:02}-{8 + n // 2:02}:{n % 2 * 30 + 5:02}")
        for n in range(4)
    ]
    free = version_2()
    transfer(free, "GG", 0, transfer_count=-1)
    assert cost(free, *legs) == "2000 IDR: P+transfer+transfer+transfer"
    twice = version_2()
    transfer(twice, "GG", 0, transfer_count=2)
    assert cost(twice, *legs).startswith("4000 IDR")
    hour = version_2()
    transfer(hour, "GG", 0, transfer_count=-1, duration_limit=3600, duration_limit_type=1)
    assert cost(hour, *legs[:3]) == "2000 IDR: P+transfer+transfer"
    assert cost(hour, *legs).startswith("4000 IDR")


def test_the_least_transfer_count_that_is_enough_is_chosen() -> None:
    feed = version_2()
    feed.add("fare_products", fare_product_id="T", fare_product_name="T", amount=700, currency="IDR")
    transfer(feed, "GG", 0, "", transfer_count=1)
    transfer(feed, "GG", 0, "T", transfer_count=-1)
    legs = [ride("a", "R1", "S1-S2", f"08:{n * 10:02}-08:{n * 10 + 5:02}") for n in range(3)]
    assert cost(feed, *legs) == "2700 IDR: P+transfer+T"


def test_empty_groups_of_transfers_mean_those_that_no_rule_lists() -> None:
    feed = version_2()
    transfer(transfer(feed, "-H", 0), "GG", 0, transfer_count=1)
    assert cost(feed, ONE, THEN) == "5000 IDR: P+Q"  # G is listed as a start, so the empty one does not mean it
    other = version_2()
    transfer(other, "-H", 0)
    assert cost(other, ONE, THEN) == "2000 IDR: P+transfer"


def test_empty_networks_mean_those_that_no_rule_lists() -> None:
    feed = base_feed("a")
    feed.add("route_networks", route_id="R1", network_id="N1")
    for product, amount, network in (("P", 2000, "N1"), ("REST", 900, "")):
        feed.add("fare_products", fare_product_id=product, fare_product_name=product, amount=amount, currency="IDR")
        feed.add("fare_leg_rules", network_id=network, fare_product_id=product)
    assert cost(feed, ONE) == "2000 IDR: P"
    assert cost(feed, THEN) == "900 IDR: REST"
    for rule in feed.rows("fare_leg_rules"):
        rule["rule_priority"] = ""
    assert cost(feed, ONE) == "900 IDR: REST"  # now empty means any, and both offers stand
    feed.rows("fare_leg_rules")[0]["rule_priority"] = "1"
    assert cost(feed, ONE) == "2000 IDR: P"


def test_a_platform_is_in_the_areas_of_its_station_unless_it_has_its_own() -> None:
    feed = base_feed("a")
    feed.add("fare_products", fare_product_id="P", fare_product_name="P", amount=2000, currency="IDR")
    feed.add("stop_areas", area_id="X", stop_id="ST")
    feed.add("fare_leg_rules", to_area_id="X", fare_product_id="P")
    assert cost(feed, ONE) == "2000 IDR: P"
    feed.add("stop_areas", area_id="Y", stop_id="S3")
    assert cost(feed, ONE) == "no_matching_fare"


def test_timeframes_look_at_the_clock_and_the_date_at_the_stop() -> None:
    feed = version_2()
    feed.add("timeframes", timeframe_group_id="EARLY", start_time="00:00:00", end_time="08:00:00", service_id="WK")
    feed.add("fare_products", fare_product_id="E", fare_product_name="E", amount=1500, currency="IDR")
    feed.add("fare_leg_rules", network_id="N1", fare_product_id="E", from_timeframe_group_id="EARLY")
    assert cost(feed, ride("a", "R1", "S1-S3", "07:59-08:20")) == "1500 IDR: E"
    assert cost(feed, ONE) == "2000 IDR: P"  # at 08:00 it is over
    sunday = OracleRide("a", "a", "R1", ("S1", "S2"), DAY - dt.timedelta(hours=17), DAY - dt.timedelta(hours=16))
    assert cost(feed, sunday) == "2000 IDR: P"


def test_joined_legs_are_priced_from_end_to_end() -> None:
    feed = base_feed("a")
    for route in LINES:
        feed.add("route_networks", route_id=route, network_id="N")
    for stop, area in (("S1", "X"), ("S3", "Y"), ("S2", "Z")):
        feed.add("stop_areas", stop_id=stop, area_id=area)
    for product, amount, pair in (("P", 2000, "XY"), ("Q", 1000, "YZ"), ("J", 5000, "XZ")):
        feed.add("fare_products", fare_product_id=product, fare_product_name=product, amount=amount, currency="IDR")
        feed.add("fare_leg_rules", from_area_id=pair[0], to_area_id=pair[1], fare_product_id=product)
    assert cost(feed, ONE, THEN) == "3000 IDR: P+Q"
    feed.add("fare_leg_join_rules", from_network_id="N", to_network_id="N")
    assert cost(feed, ONE, THEN) == "5000 IDR: J"


def test_riders_pay_for_their_category_and_may_pay_the_full_fare() -> None:
    feed = version_2()
    for rider, is_default in (("adult", 1), ("child", 0)):
        feed.add(
            "rider_categories", rider_category_id=rider, rider_category_name=rider, is_default_fare_category=is_default
        )
    feed.rows("fare_products")[0]["rider_category_id"] = "adult"
    feed.add(
        "fare_products",
        fare_product_id="P",
        fare_product_name="half",
        rider_category_id="child",
        amount=1000,
        currency="IDR",
    )
    assert cost(feed, ONE) == "2000 IDR: P"
    assert cost(feed, ONE, rider="child") == "1000 IDR: half"
    assert cost(feed, THEN, rider="child") == "3000 IDR: Q"


def test_what_is_paid_together_is_paid_with_one_medium() -> None:
    feed = transfer(version_2(), "GH", 0, "T")
    for medium in ("cash", "card"):
        feed.add("fare_media", fare_media_id=medium, fare_media_name=medium.title(), fare_media_type=0)
    feed.rows("fare_products")[0]["fare_media_id"] = "cash"
    feed.add(
        "fare_products", fare_product_id="P", fare_product_name="P", fare_media_id="card", amount=2400, currency="IDR"
    )
    feed.add(
        "fare_products", fare_product_id="T", fare_product_name="T", fare_media_id="card", amount=0, currency="IDR"
    )
    found = price(journey_of([ONE, THEN], SEQUENCES), book_of({"a": feed}))
    assert isinstance(found, Fare)
    assert [(t.name["en"], t.medium, t.amount) for t in found.tickets] == [("P", "Card", 2400), ("T", "Card", 0)]


def test_version_2_counts_where_a_feed_has_both() -> None:
    feed = version_2()
    feed.add("fare_attributes", fare_id="F", price="1", currency_type="IDR", payment_method=0, transfers="")
    assert cost(feed, ONE) == "2000 IDR: P"
