"""Hypothesis strategies: small cities with fares of both versions and tariffs, and journeys through them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.support.fare_oracle import OracleRide
from tests.support.gtfs_feed import GtfsFeed
from tests.support.timetable_text import position

ZONE = "Asia/Jakarta"
FEEDS = ("a", "b", "c")
"""Each is the feed of a provider of the same name."""
LINES = {"R1": ("S1", "S2", "S3", "S4"), "R2": ("S3", "S5", "S2", "S6")}
PLACES = {
    "S1": (0, 0),
    "S2": (1200, 300),
    "S3": (5400, -900),
    "S4": (11_000, 0),
    "S5": (5600, 4000),
    "S6": (21_000, 9000),
}
STATIONS = {"S3": "ST", "S5": "ST"}
ZONES = {"S1": "Z1", "S2": "Z1", "S3": "Z2", "S4": "Z3", "S5": "Z2"}
AREAS = [("S1", "X"), ("S2", "X"), ("ST", "Y"), ("S3", "X"), ("S4", "Y"), ("S2", "Y")]
DAY = dt.datetime(2026, 3, 2, tzinfo=ZoneInfo(ZONE))
"""A Monday."""


@dataclass(frozen=True)
class City:
    """Feeds with fares, and tariff files as dictionaries of their TOML."""

    feeds: Mapping[str, GtfsFeed]
    tariffs: tuple[dict[str, Any], ...]
    ridden: tuple[str, ...] = FEEDS
    """The feeds that journeys ride."""


def base_feed(feed_id: str) -> GtfsFeed:
    """Two lines that share two stops, without fares; the lines of feed b are run by two agencies."""
    feed = GtfsFeed()
    agencies = ("A1", "A2") if feed_id == "b" else ("A1",)
    for agency in agencies:
        feed.add("agency", agency_id=agency, agency_name=agency, agency_url="https://a.example", agency_timezone=ZONE)
    shift = 300 * FEEDS.index(feed_id)
    lat, lon = position(5500 + shift, 0)
    feed.add("stops", stop_id="ST", stop_lat=lat, stop_lon=lon, stop_name="ST", location_type=1)
    for stop, (east, north) in PLACES.items():
        lat, lon = position(east + shift, north)
        inside = {"zone_id": ZONES.get(stop, ""), "parent_station": STATIONS.get(stop, "")}
        feed.add("stops", stop_id=stop, stop_lat=lat, stop_lon=lon, stop_name=stop, **inside)
    dates = {"start_date": "20260101", "end_date": "20261231"}
    week = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), 1)
    feed.add("calendar", service_id="WK", **week, saturday=0, sunday=0, **dates)
    feed.add("calendar", service_id="SUN", **dict.fromkeys(week, 0), saturday=0, sunday=1, **dates)
    for number, (route, stops) in enumerate(LINES.items()):
        feed.add(
            "routes", route_id=route, agency_id=agencies[number % len(agencies)], route_short_name=route, route_type=3
        )
        feed.add("trips", route_id=route, service_id="WK", trip_id=f"T{route}")
        for at, stop in enumerate(stops):
            time = f"{8 + at:02}:00:00"
            feed.add(
                "stop_times",
                trip_id=f"T{route}",
                stop_id=stop,
                stop_sequence=at,
                arrival_time=time,
                departure_time=time,
            )
    return feed


@st.composite
def cities(draw: DrawFn) -> City:
    """Feeds have fares of version 1, 2 or none, and tariffs come on top; or all is ridden on one feed without any."""
    feeds = {}
    alone = draw(st.sampled_from([0, 1, 2, 2]))
    for feed_id in FEEDS:
        feed = base_feed(feed_id)
        version = alone or draw(st.sampled_from([1, 1, 2, 2, 2, 0]))
        if version == 1:
            draw_version_1(draw, feed)
        elif version == 2:
            draw_version_2(draw, feed)
        feeds[feed_id] = feed
        if alone:
            return City(feeds, (), (feed_id,))
    files = draw(st.lists(tariff_files(), max_size=2))
    tariffs = [
        file | {"ticket": [ticket | {"id": f"t{f}-{n}"} for n, ticket in enumerate(file["ticket"])]}
        for f, file in enumerate(files)
    ]
    return City(feeds, tuple(tariffs))


def rarely(often: list[Any], seldom: list[Any]) -> SearchStrategy[Any]:
    """One of `seldom` about one time in five."""
    return st.sampled_from([*often * max(1, 4 * len(seldom) // len(often)), *seldom])


def draw_version_1(draw: DrawFn, feed: GtfsFeed) -> None:
    """Up to four fares, some with rules."""
    agencies = [row["agency_id"] for row in feed.rows("agency")]
    for number in range(draw(st.integers(1, 4))):
        fare = f"F{number}"
        feed.add(
            "fare_attributes",
            fare_id=fare,
            price=draw(st.sampled_from(["1000", "2500", "4000", "0", "3000.5"])),
            currency_type=draw(rarely(["IDR"], ["USD"])),
            payment_method=0,
            transfers=draw(st.sampled_from(["", "0", "1", "2"])),
            agency_id=draw(rarely([""], agencies)),
            transfer_duration=draw(st.sampled_from(["", "", "1800", "5400"])),
        )
        for _ in range(draw(st.integers(0, 3))):
            feed.add(
                "fare_rules",
                fare_id=fare,
                route_id=draw(st.sampled_from(["", "", *LINES])),
                origin_id=draw(st.sampled_from(["", "", "Z1", "Z2"])),
                destination_id=draw(st.sampled_from(["", "", "Z2", "Z3"])),
                contains_id=draw(rarely([""], ["Z1", "Z2", "Z3"])),
            )


def draw_version_2(draw: DrawFn, feed: GtfsFeed) -> None:
    """Networks, areas, times, riders and media, and rules that use them."""
    for route, network in (("R1", "N1"), ("R2", draw(st.sampled_from(["N2", "N1", ""])))):
        if network:
            feed.add("route_networks", route_id=route, network_id=network)
    for stop, area in sorted(draw(st.sets(st.sampled_from(AREAS)))):
        feed.add("stop_areas", stop_id=stop, area_id=area)
    feed.add("timeframes", timeframe_group_id="EARLY", start_time="00:00:00", end_time="07:00:00", service_id="WK")
    feed.add("timeframes", timeframe_group_id="SUNDAY", service_id="SUN")
    feed.add("rider_categories", rider_category_id="adult", rider_category_name="Adult", is_default_fare_category=1)
    feed.add("rider_categories", rider_category_id="child", rider_category_name="Child", is_default_fare_category=0)
    feed.add("fare_media", fare_media_id="cash", fare_media_type=0)
    feed.add("fare_media", fare_media_id="card", fare_media_type=2)
    products = draw_products(draw, feed)
    groups = draw_leg_rules(draw, feed, products)
    draw_transfer_rules(draw, feed, products, groups)
    if draw(rarely([False], [True])):
        ends = draw(st.sampled_from([("", ""), ("ST", "S3"), ("S2", "S2")]))
        feed.add(
            "fare_leg_join_rules", from_network_id="N1", to_network_id="N1", from_stop_id=ends[0], to_stop_id=ends[1]
        )


def draw_products(draw: DrawFn, feed: GtfsFeed) -> list[str]:
    """Products for leg rules and transfers, each at one price or more."""
    keys = st.tuples(st.sampled_from(["P", "Q", "D"]), rarely([""], ["adult", "child"]), rarely([""], ["cash", "card"]))
    rows = sorted(draw(st.sets(keys, min_size=1, max_size=5)))
    for name, rider, medium in rows:
        amounts = ["-500", "0", "700"] if name == "D" else ["1000", "2000", "2500", "6000"]
        feed.add(
            "fare_products",
            fare_product_id=name,
            rider_category_id=rider,
            fare_media_id=medium,
            amount=draw(st.sampled_from(amounts)),
            currency=draw(rarely(["IDR"], ["USD"])),
        )
    return sorted({row[0] for row in rows})


def draw_leg_rules(draw: DrawFn, feed: GtfsFeed, products: list[str]) -> list[str]:
    """Leg rules; returns their leg groups."""
    networks = ["", *sorted({row["network_id"] for row in feed.rows("route_networks")})]
    areas = ["", "", "", "", *sorted({row["area_id"] for row in feed.rows("stop_areas")})]
    by_priority = draw(st.booleans())
    groups = set()
    for _ in range(draw(st.integers(1, 4))):
        group = draw(rarely(["G", "H"], [""]))
        priority = {"rule_priority": draw(st.sampled_from(["", "1", "2"]))} if by_priority else {}
        feed.add(
            "fare_leg_rules",
            leg_group_id=group,
            network_id=draw(st.sampled_from(networks)),
            from_area_id=draw(st.sampled_from(areas)),
            to_area_id=draw(st.sampled_from(areas)),
            from_timeframe_group_id=draw(rarely([""], ["EARLY", "SUNDAY"])),
            to_timeframe_group_id=draw(rarely([""], ["EARLY"])),
            fare_product_id=draw(st.sampled_from(products)),
            **priority,
        )
        groups.add(group)
    return sorted(groups - {""})


def draw_transfer_rules(draw: DrawFn, feed: GtfsFeed, products: list[str], groups: list[str]) -> None:
    """Up to five transfer rules, none with the key of another."""
    ends = st.sampled_from(["", *groups, *groups])
    seen = set()
    for _ in range(draw(st.integers(0, 5))):
        start, end = draw(ends), draw(ends)
        row = {
            "from_leg_group_id": start,
            "to_leg_group_id": end,
            "fare_product_id": draw(st.sampled_from(["", *products])),
            "transfer_count": draw(st.sampled_from(["-1", "1", "2"])) if start == end else "",
            "duration_limit": draw(st.sampled_from(["", "1800", "7200"])),
        }
        if tuple(row.values()) in seen:
            continue
        seen.add(tuple(row.values()))
        row["duration_limit_type"] = draw(st.sampled_from(["0", "1", "2", "3"])) if row["duration_limit"] else ""
        feed.add("fare_transfer_rules", **row, fare_transfer_type=draw(st.sampled_from(["0", "1", "2"])))


@st.composite
def tariff_files(draw: DrawFn) -> dict[str, Any]:
    """A file of one or two tickets; their ids are given later."""
    file: dict[str, Any] = {
        "source": "drawn",
        "currency": draw(rarely(["IDR"], ["USD"])),
        "riders": {"child": {"en": "Child"}},
        "ticket": draw(st.lists(tickets(), min_size=1, max_size=2)),
    }
    if draw(rarely([False], [True])):
        file["holidays"] = [DAY.date()]
    if draw(rarely([False], [True])):
        file["last_day"] = DAY.date() - dt.timedelta(days=draw(st.integers(0, 1)))
    return file


@st.composite
def tickets(draw: DrawFn) -> dict[str, Any]:
    """A ticket of any kind, of one provider or several."""
    providers = draw(st.sampled_from([["a"], ["b"], ["a", "b"], ["a", "b", "c"]]))
    ticket: dict[str, Any] = {
        "name": {"en": "drawn"},
        "providers": providers,
        "price": draw(prices()),
        "transfers": draw(st.sampled_from([0, 1, "unlimited", "unlimited"])),
        "interrupted": draw(rarely([False], [True])),
        "min_providers": draw(st.integers(1, min(2, len(providers)))),
    }
    if draw(rarely([False], [True])):
        ticket["routes"] = draw(st.sampled_from([["a_R1", "b_R1", "b_R2"], ["a_*", "b_*2"]]))
    if draw(rarely([False], [True])):
        ticket["except_routes"] = draw(st.sampled_from([["a_R1"], ["b_*"], ["a_*2", "c_R1"]]))
    if draw(st.booleans()):
        ticket["minutes"] = draw(st.sampled_from([30, 60, 90]))
        ticket["minutes_until"] = draw(st.sampled_from(["boarding", "alighting"]))
    if draw(rarely([False], [True])):
        ticket["linked"] = [["a_S2", "b_S2", "c_S2"], ["a_ST", "b_S3", "c_S4"]]
    if draw(rarely([False], [True])):
        ticket["cap"] = draw(st.sampled_from([2000, 4000]))
    if draw(st.booleans()):
        ticket["when"] = draw(st.lists(cases(), min_size=1, max_size=2))
    return ticket


@st.composite
def prices(draw: DrawFn) -> dict[str, Any]:
    """A price of any kind."""
    kind = draw(st.sampled_from(["flat", "flat", "distance", "distance", "matrix", "unknown"]))
    if kind == "flat":
        return {"kind": "flat", "amount": draw(st.sampled_from([1500, 3500, Decimal("2.75")]))}
    if kind == "unknown":
        return {"kind": "unknown", "reason": {"en": "not yet"}}
    if kind == "matrix":
        return {
            "kind": "matrix",
            "prices": draw(st.sampled_from(["S1\nS2 500\nST 900 700\nZ3 1500 1200 800", "S1 1 2\nS4 3 4"])),
        }
    return {
        "kind": "distance",
        "base": draw(st.sampled_from([0, 1000])),
        "base_km": draw(st.sampled_from([0, 5, Decimal("7.5")])),
        "step": draw(st.sampled_from([250, 999])),
        "step_km": draw(st.sampled_from([1, 2, Decimal("0.5")])),
        "measure": draw(st.sampled_from(["ridden", "between"])),
        "round_km": draw(st.sampled_from(["none", "nearest", "up"])),
        "factor": draw(st.sampled_from([1, Decimal("1.25")])),
    }


@st.composite
def cases(draw: DrawFn) -> dict[str, Any]:
    """A `when`."""
    case: dict[str, Any] = {}
    if draw(st.booleans()):
        case["riders"] = ["child"]
    if draw(st.booleans()):
        case |= {"from": "06:00", "until": draw(st.sampled_from(["06:30", "07:00"]))}
    if draw(rarely([False], [True])):
        case["days"] = draw(st.sampled_from(["mon", "holiday sat", "tue mon"]))
    if draw(rarely([False], [True])):
        case["first_day"] = DAY.date() + dt.timedelta(days=draw(st.integers(0, 1)))
    effect = draw(
        st.sampled_from([{"amount": 900}, {"percent": 50}, {"cap": 1200}, {"percent": Decimal("33.3"), "cap": 3000}])
    )
    return case | effect


@st.composite
def journeys(draw: DrawFn, feeds: tuple[str, ...] = FEEDS) -> list[OracleRide]:
    """One to five rides one after the other; that they meet is nothing that a price looks at."""
    time = DAY + dt.timedelta(hours=5, minutes=draw(st.integers(30, 100)))
    rides: list[OracleRide] = []
    for _ in range(draw(st.integers(1, 5))):
        feed = draw(st.sampled_from(feeds if not rides else [*feeds, rides[-1].feed, rides[-1].feed]))
        route = draw(st.sampled_from(sorted(LINES)))
        board = draw(st.integers(0, 2))
        alight = draw(st.integers(board + 1, 3))
        seated = bool(rides) and rides[-1].feed == feed and draw(rarely([False], [True]))
        departure = time + dt.timedelta(minutes=draw(st.sampled_from([0, 5, 20, 45])))
        time = departure + dt.timedelta(minutes=draw(st.sampled_from([5, 10, 25, 40])))
        rides.append(OracleRide(feed, feed, route, LINES[route][board : alight + 1], departure, time, seated))
    return rides
