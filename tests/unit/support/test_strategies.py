"""Drawn networks hold the traps they promise, and most questions about them have an answer."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import Phase, given, settings

from tests.support.examples import thorough
from tests.support.gtfs_feed import GtfsFeed, Row
from tests.support.oracle import Oracle
from tests.support.strategies import Asked, cases
from tests.support.strategies_transfers import transfer_cases

N = 150


def test_drawn_questions_are_worth_asking() -> None:
    seen: Counter[str] = Counter()

    @settings(thorough(N), max_examples=N, derandomize=True, phases=[Phase.generate])
    @given(cases())
    def look_at(case: tuple[dict[str, GtfsFeed], list[Asked]]) -> None:
        network, questions = case
        oracle = Oracle(network, walk="straight")
        seen.update(_traps(network))
        for asked in questions:
            found = oracle.journeys(
                asked.origin, asked.destination, asked.time, arrive_by=asked.arrive_by, **asked.limits()
            )
            seen["question"] += 1
            seen["answered by a ride"] += any(arrival > departure for departure, arrival, _ in found)
            seen["change"] += any(transfers for _, _, transfers in found)

    look_at()
    assert seen["answered by a ride"] >= seen["question"] / 2
    assert seen["change"] >= seen["question"] / 50
    missing = [trap for trap in TRAPS if not seen[trap]]
    assert missing == []


@pytest.mark.parametrize("stations", [False, True])
def test_drawn_rows_of_trips_and_routes_change_answers(stations: bool) -> None:
    seen: Counter[str] = Counter()

    @settings(thorough(N), max_examples=N, derandomize=True, phases=[Phase.generate])
    @given(transfer_cases(stations=stations))
    def look_at(case: tuple[dict[str, GtfsFeed], list[Asked]]) -> None:
        network, questions = case
        without = {
            feed_id: GtfsFeed({**feed.tables, "transfers": [row for row in feed.rows("transfers") if not _names(row)]})
            for feed_id, feed in network.items()
        }
        for asked in questions:
            answers = [
                Oracle(feeds, walk="straight").journeys(
                    asked.origin, asked.destination, asked.time, arrive_by=asked.arrive_by, **asked.limits()
                )
                for feeds in (network, without)
            ]
            seen["question"] += 1
            seen["changed"] += answers[0] != answers[1]
            seen["changed in a wheelchair"] += asked.wheelchair and answers[0] != answers[1]

    look_at()
    assert seen["changed"] >= seen["question"] / 15
    assert not stations or seen["changed in a wheelchair"] >= seen["question"] / 30


def _names(row: Row) -> bool:
    """Whether a row of types 0 to 3 names a trip or a route."""
    ids = [f"{side}_{kind}_id" for side in ("from", "to") for kind in ("trip", "route")]
    return row["transfer_type"] < "4" and any(row.get(name) for name in ids)


TRAPS = [
    "several feeds",
    "station",
    "loop",
    "same stop twice in a row",
    "zero-time hop",
    "dwell",
    "after midnight",
    "two days on",
    "overtaking",
    "block",
    "headway",
    "exact headway",
    "headway longer than its window",
    "no pick-up",
    "no drop-off",
    "day added",
    "day removed",
    *(f"transfer type {kind}" for kind in range(6)),
    "change at one stop",
    "change from a trip",
    "change to a route",
]


def _traps(network: dict[str, GtfsFeed]) -> set[str]:
    found = {"several feeds"} if len(network) > 1 else set()
    for feed in network.values():
        found |= _traps_of_calls(feed) | _traps_of_rows(feed)
    return found


def _traps_of_rows(feed: GtfsFeed) -> set[str]:
    found = {f"transfer type {row['transfer_type']}" for row in feed.rows("transfers")}
    exceptions = {row["exception_type"] for row in feed.rows("calendar_dates")}
    tests = {
        "station": any(row["location_type"] == "1" for row in feed.rows("stops")),
        "change at one stop": any(
            row.get("from_stop_id") == row.get("to_stop_id", "") for row in feed.rows("transfers")
        ),
        "change from a trip": any(
            row.get("from_trip_id") and row["transfer_type"] < "4" for row in feed.rows("transfers")
        ),
        "change to a route": any(row.get("to_route_id") for row in feed.rows("transfers")),
        "day added": "1" in exceptions,
        "day removed": "2" in exceptions,
        "block": any(row["block_id"] for row in feed.rows("trips")),
        "headway": any(row["exact_times"] == "0" for row in feed.rows("frequencies")),
        "exact headway": any(row["exact_times"] == "1" for row in feed.rows("frequencies")),
        "headway longer than its window": any(row["headway_secs"] == "7200" for row in feed.rows("frequencies")),
    }
    return found | {trap for trap, is_there in tests.items() if is_there}


def _traps_of_calls(feed: GtfsFeed) -> set[str]:
    trips: dict[str, list[dict[str, str]]] = {}
    for row in feed.rows("stop_times"):
        trips.setdefault(row["trip_id"], []).append(row)
    found = set()
    spans: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for calls in trips.values():
        stops = tuple(call["stop_id"] for call in calls)
        spans.setdefault(stops, []).append((calls[0]["departure_time"], calls[-1]["arrival_time"]))
        hops = list(pairwise(calls))
        tests = {
            "loop": len(set(stops)) < len(stops),
            "same stop twice in a row": any(a["stop_id"] == b["stop_id"] for a, b in hops),
            "zero-time hop": any(a["departure_time"] == b["arrival_time"] for a, b in hops),
            "dwell": any(call["arrival_time"] != call["departure_time"] for call in calls),
            "after midnight": any(call["arrival_time"] >= "24:00:00" for call in calls),
            "two days on": any(call["arrival_time"] >= "48:00:00" for call in calls),
            "no pick-up": any(call["pickup_type"] == "1" for call in calls),
            "no drop-off": any(call["drop_off_type"] == "1" for call in calls),
        }
        found |= {trap for trap, is_there in tests.items() if is_there}
    if any(a[0] < b[0] and a[1] > b[1] for group in spans.values() for a in group for b in group):
        found.add("overtaking")
    return found
