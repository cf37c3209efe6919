"""Hypothesis strategies: networks of tests.support.strategies with fares of all kinds, and questions about them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from ingest.region import Region, RegionFeed, RegionProvider
from ingest.tariff_schema import TariffFile
from ingest.tariffs import Tariff
from routing import Query, Router
from tests.scenarios.drawn import network_of
from tests.support.fare_strategies import FEEDS, draw_version_1, draw_version_2, rarely, tariff_files, tickets
from tests.support.gtfs_feed import GtfsFeed
from tests.support.oracle_vehicles import seconds_of
from tests.support.strategies import Asked, networks, questions
from tests.support.timetable_text import add_service, clock, position

DAY, SPAN = dt.date(2026, 3, 3), dt.timedelta(days=6)
ZONES = ["Z1", "Z2", "Z3", ""]


@dataclass(frozen=True)
class PricedNetwork:
    """Feeds with fares, each its own provider, and tariff files as dictionaries of their TOML."""

    feeds: dict[str, GtfsFeed]
    tariffs: tuple[dict[str, Any], ...]

    def router(self) -> Router:
        """By way of the whole ingest."""
        return Router(network_of(self.feeds, region=region_of(self.feeds, self.tariffs)))


def region_of(feeds: dict[str, GtfsFeed], tariffs: tuple[dict[str, Any], ...]) -> Region:
    """Each feed its own provider."""
    return Region(
        id="drawn",
        name={"en": "Drawn"},
        timezone="Asia/Jakarta",
        center=(0.0, 0.0),
        providers=tuple(RegionProvider(feed, feed.upper(), "0072B2", (feed,), ()) for feed in feeds),
        feeds=tuple(RegionFeed(feed, "", f"{feed}.zip", "") for feed in feeds),
        trips=(),
        tariffs=tuple(Tariff(f"{n}.toml", TariffFile.model_validate(file)) for n, file in enumerate(tariffs)),
    )


@st.composite
def priced_networks(draw: DrawFn, *, max_trips: int = 3, simple: bool = False) -> PricedNetwork:
    """Fares of version 1, 2 or none, and tariffs on top. `simple`: tariffs and plain fares of version 1 only."""
    drawn = draw(st.one_of(busy_networks(), networks(max_feeds=3, max_trips=max_trips)))
    feeds = dict(zip(FEEDS, drawn.values(), strict=False))
    for feed in feeds.values():
        for row in feed.rows("stops"):
            row["zone_id"] = draw(st.sampled_from(ZONES))
        version = draw(st.sampled_from([0, 1] if simple else [0, 1, 1, 2, 2]))
        if version == 1:
            draw_version_1(draw, feed)
            _prune_version_1(feed, simple=simple)
        elif version == 2:
            draw_version_2(draw, feed)
            _prune_version_2(feed)
    files = draw(st.lists(tariff_files(), max_size=2))
    # Where nothing is known of a price there is little to find: most feeds have a ticket of their own.
    own = [feed for feed in feeds if draw(rarely([True, True], [False]))]
    files += [draw(own_tariffs(feed)) for feed in own]
    hours = sorted({_hour(feed) for feed in feeds.values()})
    fitted = (_fitted(draw, file, f, hours, list(feeds), simple=simple) for f, file in enumerate(files))
    return PricedNetwork(feeds, tuple(file for file in fitted if file["ticket"]))


@st.composite
def own_tariffs(draw: DrawFn, provider: str) -> dict[str, Any]:
    """A ticket of one provider, with any price that is known."""
    amount = draw(st.sampled_from([500, 1500, 3500, 5000]))
    step = {"base": amount // 2, "base_km": 1, "step": amount, "measure": draw(st.sampled_from(["ridden", "between"]))}
    pairs = "S1\nS2 {0}\nS3 {1} {0}\nS4 {2} {1} {0}".format(amount, amount + 400, 2 * amount)
    price = draw(
        st.sampled_from(
            [
                {"kind": "flat", "amount": amount},
                {"kind": "distance", **step, "round_km": draw(st.sampled_from(["none", "nearest", "up"]))},
                {"kind": "matrix", "prices": pairs},
            ]
        )
    )
    ticket = draw(tickets()) | {"providers": [provider], "min_providers": 1, "price": price}
    return {"source": "drawn", "currency": "IDR", "riders": {"child": {"en": "Child"}}, "ticket": [ticket]}


@st.composite
def busy_networks(draw: DrawFn) -> dict[str, GtfsFeed]:
    """Two or three feeds whose lines run side by side along four places within an hour: many ways, few traps."""
    return {feed_id: draw(busy_feeds(number)) for number, feed_id in enumerate(FEEDS[: draw(st.sampled_from([2, 3]))])}


@st.composite
def busy_feeds(draw: DrawFn, number: int) -> GtfsFeed:
    """Lines over some of the places in order; one in four is a headway service."""
    feed = GtfsFeed()
    feed.add("agency", agency_id="A", agency_name="A", agency_url="https://a.example", agency_timezone="Asia/Jakarta")
    for site in range(4):
        lat, lon = position(site * 1500, 60 * number)
        place = {"stop_lat": f"{lat:.7f}", "stop_lon": f"{lon:.7f}", "location_type": 0, "parent_station": ""}
        feed.add("stops", stop_id=f"S{site + 1}", stop_name=f"S{site + 1}", **place)
    add_service(feed, "DAILY", "1111111", DAY - SPAN, DAY + SPAN)
    add_service(feed, "SOME", "0101010", DAY - SPAN, DAY + SPAN)
    for line in range(draw(st.sampled_from([1, 2, 2]))):
        route = f"R{line + 1}"
        feed.add("routes", route_id=route, agency_id="A", route_short_name=route, route_type=3)
        sites = sorted(draw(st.sets(st.integers(1, 4), min_size=2, max_size=4)))
        is_headway = draw(st.sampled_from([False, False, False, True]))
        for _ in range(1 if is_headway else draw(st.integers(1, 3))):
            trip = f"T{len(feed.rows('trips')) + 1}"
            feed.add("trips", route_id=route, service_id="DAILY", trip_id=trip, block_id="")
            time = 8 * 3600 + 300 * draw(st.integers(0, 8))
            for at, site in enumerate(sites):
                if at:
                    time += draw(st.sampled_from([300, 240, 600])) * (site - sites[at - 1])
                clocks = {"arrival_time": clock(time), "departure_time": clock(time)}
                feed.add("stop_times", trip_id=trip, stop_id=f"S{site}", stop_sequence=at, **clocks)
            if is_headway:
                for start, end in ((8, 8.5), (8.5, 9.5)):
                    feed.add(
                        "frequencies",
                        trip_id=trip,
                        start_time=clock(int(start * 3600)),
                        end_time=clock(int(end * 3600)),
                        headway_secs=draw(st.sampled_from([300, 601, 1200])),
                        exact_times=0,
                    )
    return feed


def _fitted(
    draw: DrawFn, file: dict[str, Any], number: int, hours: list[int], feeds: list[str], *, simple: bool
) -> dict[str, Any]:
    """A tariff file whose clocks are those at which the trips of the network run."""
    tickets = []
    for n, ticket in enumerate(file["ticket"]):
        providers = [provider for provider in ticket["providers"] if provider in feeds]
        if not providers:
            continue
        fitted = ticket | {"id": f"t{number}-{n}", "providers": providers}
        fitted["min_providers"] = min(ticket["min_providers"], len(providers))
        if "minutes" in ticket:
            fitted["minutes"] = draw(st.sampled_from([5, 15, 30, 90]))
        cases = []
        for case in ticket.get("when", ()):
            hour = draw(st.sampled_from(hours))
            clock = {"from": f"{hour:02}:20", "until": f"{hour:02}:{draw(st.sampled_from([35, 50]))}"}
            cases.append(case | (clock if "from" in case else {}))
        if cases:
            fitted["when"] = cases
        if simple:
            fitted["interrupted"] = False
        tickets.append(fitted)
    fitted_file = file | {"ticket": tickets}
    if simple:
        fitted_file["currency"] = "IDR"
    return fitted_file


def _hour(feed: GtfsFeed) -> int:
    return min(seconds_of(row["departure_time"]) for row in feed.rows("stop_times")) // 3600 % 24


def _ids(feed: GtfsFeed, table: str, column: str) -> set[str]:
    return {"", *(row[column] for row in feed.rows(table))}


def _keep(feed: GtfsFeed, table: str, holds: Any) -> None:
    kept = [row for row in feed.rows(table) if holds(row)]
    if kept:
        feed.tables[table] = kept
    else:
        feed.tables.pop(table, None)


def _prune_version_1(feed: GtfsFeed, *, simple: bool) -> None:
    """Zones that no stop is in are no zones; `simple`: and one currency, and no zones in between."""
    zones, routes = _ids(feed, "stops", "zone_id"), _ids(feed, "routes", "route_id")
    _keep(feed, "fare_rules", lambda row: row["route_id"] in routes)
    for row in feed.rows("fare_rules"):
        for column in ("origin_id", "destination_id", "contains_id"):
            if row[column] not in zones or (simple and column == "contains_id"):
                row[column] = ""
    for row in feed.rows("fare_attributes"):
        if simple:
            row["currency_type"] = "IDR"
        if row["transfer_duration"]:
            row["transfer_duration"] = {"1800": "600", "5400": "2400"}[row["transfer_duration"]]


def _prune_version_2(feed: GtfsFeed) -> None:
    """Rows that name what the feed does not have go."""
    stops, routes = _ids(feed, "stops", "stop_id"), _ids(feed, "routes", "route_id")
    _keep(feed, "stop_areas", lambda row: row["stop_id"] in stops)
    _keep(feed, "route_networks", lambda row: row["route_id"] in routes)
    areas, groups = _ids(feed, "stop_areas", "area_id"), _ids(feed, "route_networks", "network_id")
    for row in feed.rows("fare_leg_rules"):
        for column, known in (("network_id", groups), ("from_area_id", areas), ("to_area_id", areas)):
            if row[column] not in known:
                row[column] = ""
    for row in feed.rows("timeframes"):
        row["service_id"] = {"WK": "DAILY", "SUN": "SOME"}[row["service_id"]]
    _keep(
        feed,
        "fare_leg_join_rules",
        lambda row: row["from_stop_id"] in stops and row["to_stop_id"] in stops and row["from_network_id"] in groups,
    )


@st.composite
def priced_cases(
    draw: DrawFn, *, max_trips: int = 3, max_questions: int = 3, simple: bool = False
) -> tuple[PricedNetwork, list[tuple[Asked, int, str | None]]]:
    """A network, and (question, seconds of detour, category of riders)."""
    network = draw(priced_networks(max_trips=max_trips, simple=simple))
    asked = []
    for _ in range(draw(st.integers(1, max_questions))):
        question = draw(questions(network.feeds))
        if draw(st.booleans()):  # across the whole network
            ends = draw(st.tuples(st.sampled_from(sorted(network.feeds)), st.sampled_from(sorted(network.feeds))))
            last = [network.feeds[ends[1]].rows("stops")[-1]["stop_id"]]
            question = replace(question, origin=f"{ends[0]}_S1", destination=f"{ends[1]}_{last[0]}")
        question = replace(question, max_transfers=min(question.max_transfers, 2))
        within_s = draw(st.sampled_from([1800, 600, 3600, 0]))
        asked.append((question, within_s, draw(rarely([None], ["child"]))))
    return network, asked


def query_of(asked: Asked, rider: str | None) -> Query:
    """As the router takes it."""
    return Query(
        asked.origin,
        asked.destination,
        asked.time,
        arrive_by=asked.arrive_by,
        max_transfers=asked.max_transfers,
        max_walk_s=asked.max_walk_s,
        walk_speed_m_per_s=asked.walk_speed,
        transfer_slack_s=asked.slack,
        headway_wait=asked.headway_wait,
        rider=rider,
    )
