"""Tickets of tariff files on journeys small enough to add up in the head."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from routing.fares import Fare, FareReason, UnknownFare, price
from tests.support.fare_journeys import book_of, journey_of
from tests.support.fare_strategies import DAY, FEEDS, LINES, base_feed
from tests.unit.routing.test_fares_gtfs import ride

SEQUENCES = {(feed, route): stops for feed in FEEDS for route, stops in LINES.items()}
CITY = {feed: base_feed(feed) for feed in FEEDS}
Table = dict[str, Any]


def ticket(name: str, providers: str, amount: int = 3500, **more: Any) -> Table:
    kind = {"kind": "flat", "amount": amount}
    return {
        "id": name,
        "name": {"en": name},
        "providers": list(providers),
        "price": kind,
        "transfers": "unlimited",
    } | more


def tariff(*tickets: Table, **more: Any) -> Table:
    return {"source": "Decree", "url": "https://d.example", "currency": "IDR", "ticket": list(tickets)} | more


def cost(tables: list[Table], *rides: Any, rider: str | None = None, feeds: Any = CITY) -> str:
    """`3500: t(1 2)` for a ticket t for the first and second ride, or why it is unknown."""
    found = price(journey_of(rides, SEQUENCES), book_of(feeds, tables), rider)
    if isinstance(found, UnknownFare):
        return str(found.reason)
    tickets = (f"{t.id}({' '.join(str(leg + 1) for leg in t.legs)})" for t in found.tickets)
    return f"{found.amount}: {'+'.join(tickets)}"


A = ride("a", "R1", "S1-S3", "08:00-08:20")
B = ride("b", "R1", "S2-S3", "08:30-08:50")
A2 = ride("a", "R2", "S3-S2", "09:00-09:20")


def test_a_ticket_pays_for_rides_that_follow_each_other() -> None:
    tables = [tariff(ticket("t", "a"), ticket("u", "b", 5000))]
    assert cost(tables, A, A2) == "3500: t(1 2)"
    assert cost(tables, A, B, A2) == "12000: t(1)+u(2)+t(3)"


def test_a_ticket_that_may_be_interrupted_pays_for_rides_around_others() -> None:
    tables = [tariff(ticket("t", "a", interrupted=True), ticket("u", "b", 5000))]
    assert cost(tables, A, B, A2) == "8500: t(1 3)+u(2)"


@pytest.mark.parametrize(
    ("minutes", "until", "told"),
    [
        (60, "boarding", "3500: t(1 2)"),
        (59, "boarding", "7000: t(1)+t(2)"),
        (80, "alighting", "3500: t(1 2)"),
        (79, "alighting", "7000: t(1)+t(2)"),
    ],
)
def test_minutes_run_from_the_first_boarding(minutes: int, until: str, told: str) -> None:
    assert cost([tariff(ticket("t", "a", minutes=minutes, minutes_until=until))], A, A2) == told


def test_a_ticket_that_must_be_used_up_in_time_is_none_for_a_longer_ride() -> None:
    assert cost([tariff(ticket("t", "a", minutes=19, minutes_until="alighting"))], A) == "no_matching_fare"


def test_an_integrated_ticket_needs_its_providers_and_its_links() -> None:
    single = [ticket("t", "a"), ticket("u", "b", 5000)]
    joint = ticket("j", "ab", 4000, min_providers=2, linked=[["a_ST", "b_S2"]])
    assert cost([tariff(*single, joint)], A, B) == "4000: j(1 2)"
    assert cost([tariff(*single, joint)], A, A2) == "3500: t(1 2)"
    elsewhere = joint | {"linked": [["a_S1", "b_S2"]]}
    assert cost([tariff(*single, elsewhere)], A, B) == "8500: t(1)+u(2)"
    assert cost([tariff(*single, joint)], B, A) == "8500: u(1)+t(2)"  # left at b_S3, boarded at a_S1


def test_an_integrated_ticket_does_not_replace_the_fares_of_a_feed_and_a_single_one_does() -> None:
    feeds = CITY | {"a": base_feed("a")}
    feeds["a"].add("fare_attributes", fare_id="F", price="900", currency_type="IDR", payment_method=0, transfers="")
    joint = ticket("j", "ab", 4000, min_providers=2)
    assert cost([tariff(joint)], A, feeds=feeds) == "900: a_F(1)"
    assert cost([tariff(ticket("t", "a"))], A, feeds=feeds) == "3500: t(1)"
    assert cost([tariff(ticket("t", "a", routes=["a_R2"]))], A, feeds=feeds) == "900: a_F(1)"
    assert cost([tariff(ticket("t", "a"), last_day=DAY.date() - dt.timedelta(1))], A, feeds=feeds) == "900: a_F(1)"


@pytest.mark.parametrize(
    ("routes", "told"),
    [
        ({"routes": ["a_R*"]}, "3500: t(1)"),
        ({"routes": ["a_*1"]}, "3500: t(1)"),
        ({"routes": ["a_R"]}, "900: a_F(1)"),
        ({"routes": ["a_R."]}, "900: a_F(1)"),
        ({"except_routes": ["a_R1"]}, "900: a_F(1)"),
        ({"except_routes": ["a_R2", "b_*"]}, "3500: t(1)"),
        ({"routes": ["a_*"], "except_routes": ["a_*1"]}, "900: a_F(1)"),
    ],
)
def test_a_ticket_is_for_some_routes_and_leaves_the_others_to_the_feed(routes: dict[str, list[str]], told: str) -> None:
    feeds = CITY | {"a": base_feed("a")}
    feeds["a"].add("fare_attributes", fare_id="F", price="900", currency_type="IDR", payment_method=0, transfers="")
    assert cost([tariff(ticket("t", "a", **routes))], A, feeds=feeds) == told


@pytest.mark.parametrize(
    ("day", "told"), [(-1, "tariff_not_valid"), (0, "3500: t(1)"), (1, "3500: t(1)"), (2, "tariff_not_valid")]
)
def test_a_tariff_holds_from_its_first_day_to_its_last(day: int, told: str) -> None:
    first = DAY.date() - dt.timedelta(days=day)
    assert cost([tariff(ticket("t", "a"), first_day=first, last_day=first + dt.timedelta(1))], A) == told


def test_an_unknown_price_is_never_zero_and_says_why() -> None:
    reason = {"en": "Rates are set by the driver.", "id": "Tarif ditentukan sopir."}
    unknown = ticket("t", "a") | {"price": {"kind": "unknown", "reason": reason}}
    feeds = CITY | {"a": base_feed("a")}
    feeds["a"].add("fare_attributes", fare_id="F", price="0", currency_type="IDR", payment_method=0, transfers="")
    found = price(journey_of([B, A], SEQUENCES), book_of(feeds, [tariff(unknown, ticket("u", "b"))]))
    assert isinstance(found, UnknownFare)
    assert (found.reason, found.legs, found.text) == (FareReason.NOT_PUBLISHED, (1,), reason)


WHEN = [
    ({"from": "07:00", "until": "08:00"}, 3500),
    ({"from": "08:00", "until": "08:01"}, 2000),
    ({"until": "24:00"}, 2000),
    ({"days": "mon"}, 2000),
    ({"days": "tue wed holiday"}, 3500),
    ({"riders": ["child"]}, 3500),
    ({"first_day": DAY.date()}, 2000),
    ({"last_day": DAY.date() - dt.timedelta(1)}, 3500),
]


@pytest.mark.parametrize(("conditions", "amount"), WHEN)
def test_another_price_counts_where_all_its_conditions_hold(conditions: Table, amount: int) -> None:
    table = tariff(ticket("t", "a", when=[conditions | {"amount": 2000}]), riders={"child": {"en": "Child"}})
    assert cost([table], A) == f"{amount}: t(1)"


def test_a_holiday_is_no_day_of_the_week() -> None:
    cases = [{"days": "holiday", "amount": 1}, {"days": "mon", "amount": 2}]
    assert cost([tariff(ticket("t", "a", when=cases), holidays=[DAY.date()])], A) == "1: t(1)"
    assert cost([tariff(ticket("t", "a", when=cases))], A) == "2: t(1)"


def test_the_first_case_that_holds_counts_and_riders_who_say_nothing_have_none() -> None:
    cases = [{"riders": ["child"], "amount": 0}, {"percent": 50}]
    table = tariff(ticket("t", "a", when=cases), riders={"child": {"en": "Child"}})
    assert cost([table], A, rider="child") == "0: t(1)"
    assert cost([table], A) == "1750: t(1)"


def test_a_cap_comes_before_a_percentage_and_a_case_may_have_its_own() -> None:
    assert cost([tariff(ticket("t", "a", cap=3000, when=[{"percent": 50}]))], A) == "1500: t(1)"
    assert cost([tariff(ticket("t", "a", cap=3000, when=[{"cap": 3200}]))], A) == "3200: t(1)"


DISTANCE = {"kind": "distance", "base": 1000, "step": 250}


@pytest.mark.parametrize(
    ("more", "amount"),
    [
        ({}, 2500),  # 5.525 km: six begun
        ({"round_km": "nearest"}, 2500),
        ({"base_km": 5}, 1250),
        ({"base_km": 6}, 1000),
        ({"step_km": 2}, 1750),
        ({"factor": Decimal("0.98"), "round_km": "nearest"}, 2250),  # 5.414 km
        ({"round_km": "up", "factor": Decimal("1.1")}, 2750),  # 6.077 km
    ],
)
def test_kilometres_are_counted_as_the_file_says(more: Table, amount: int) -> None:
    assert cost([tariff(ticket("t", "a") | {"price": DISTANCE | more})], A) == f"{amount}: t(1)"


def test_ridden_kilometres_add_up_and_those_between_do_not() -> None:
    there_and_back = A, ride("a", "R2", "S3-S2", "08:30-08:50")
    ridden = DISTANCE | {"round_km": "nearest"}
    # 5.525 km there; 4.904 to S5 and 5.749 from there to S2, of which 10.653 is 11.
    assert cost([tariff(ticket("t", "a") | {"price": ridden})], *there_and_back) == "5250: t(1 2)"
    between = ridden | {"measure": "between"}  # S1 to S2 is 1.237 km
    assert cost([tariff(ticket("t", "a") | {"price": between})], *there_and_back) == "1250: t(1 2)"


def test_a_matrix_names_stops_stations_or_zones() -> None:
    matrix = {"kind": "matrix", "prices": "S1\nST 700\nZ3 900 800"}
    tables = [tariff(ticket("t", "a") | {"price": matrix})]
    assert cost(tables, A) == "700: t(1)"
    assert cost(tables, ride("a", "R1", "S1-S4", "08:00-08:30")) == "900: t(1)"
    assert cost(tables, ride("a", "R1", "S1-S2", "08:00-08:10")) == "no_matching_fare"


def test_every_ticket_says_what_it_is_for_and_who_says_so() -> None:
    tables = [
        tariff(ticket("t", "a", cap=3000), ticket("u", "b", when=[{"from": "08:00", "until": "09:00", "amount": 1}]))
    ]
    found = price(journey_of([A, B], SEQUENCES), book_of(CITY, tables))
    assert isinstance(found, Fare)
    one, other = found.tickets
    assert (one.id, one.rule, one.providers, one.source) == ("t", "flat, cap 3000", ("a",), "Decree https://d.example")
    assert (other.id, other.rule, other.amount) == ("u", "08:00 to 09:00", Decimal(1))
    assert one.name == {"en": "t", "id": "t"}
