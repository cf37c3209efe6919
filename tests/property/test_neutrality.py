"""No provider is favoured: names and orders decide nothing, and how feeds are cut decides nothing either."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import assume, given

from ingest.region import Region, RegionFeed, RegionProvider
from routing import Query, Router
from routing.compare import Comparison
from routing.journeys import Journey, RideLeg
from tests.scenarios.drawn import network_of, query_of, router_of
from tests.support.examples import thorough
from tests.support.gtfs_feed import GtfsFeed
from tests.support.strategies import Asked, cases
from tests.support.timetable_text import feeds_of

Case = tuple[dict[str, GtfsFeed], list[Asked]]
Names = Mapping[str, str]
SMALL = cases(max_feeds=3, max_trips=3, max_questions=2)


def query_of_asked(asked: Asked) -> Query:
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
    )


def _scoped(place: str | tuple[float, float], names: Names) -> str | tuple[float, float]:
    """A stop id of a renamed feed."""
    if not isinstance(place, str):
        return place
    feed, _, stop = place.partition("_")
    return f"{names.get(feed, feed)}_{stop}"


def _seen(comparison: Comparison, names: Names) -> list[tuple[object, ...]]:
    """Each option with its rank, cost and legs, provider and feed ids translated by `names`; in order of rank."""
    return [
        (
            option.rank,
            sorted(names.get(provider, provider) for provider in option.providers),
            round(option.cost, 6),
            option.badges,
            *_outline(option.journey, names),
        )
        for option in comparison.options
    ]


def _explained(comparison: Comparison, names: Names) -> tuple[object, ...]:
    """What is said of the options; those that share a rank may be told in either order."""
    told = comparison.to_dict()
    ranges = {
        option.rank: row["weights"] for option, row in zip(comparison.options, told["ranking"]["ranges"], strict=True)
    }
    return (
        sorted(pair["text"]["en"] for pair in told["trade_offs"]),
        sorted((names.get(row["provider"], row["provider"]), row["why"], row["text"]["en"]) for row in told["dropped"]),
        {option.rank: row for option, row in zip(comparison.options, ranges, strict=True)},
        told["ranking"]["fares"],
    )


def _outline(journey: Journey, names: Names) -> tuple[object, ...]:
    legs = [
        (
            _scoped(leg.trip_id, names) if isinstance(leg, RideLeg) else "walk",
            _scoped(leg.from_place.id, names),
            _scoped(leg.to_place.id, names),
            leg.departure.timestamp(),
            leg.arrival.timestamp(),
        )
        for leg in journey.legs
    ]
    return journey.departure.timestamp(), journey.arrival.timestamp(), journey.transfers, legs


@thorough(12)
@given(SMALL)
def test_the_order_of_feeds_and_their_names_change_no_option(case: Case) -> None:
    network, questions = case
    assume(len(network) > 1)
    # The names sort the other way round, and the feeds come in another order.
    new_names = {feed: f"r{9 - index}" for index, feed in enumerate(network)}
    renamed = {new_names[feed]: network[feed] for feed in reversed(network)}
    back = {new: old for old, new in new_names.items()}
    before, after = Router(network_of(network)), Router(network_of(renamed))
    for asked in questions:
        moved = replace(
            asked, origin=_scoped(asked.origin, new_names), destination=_scoped(asked.destination, new_names)
        )
        old, new = before.compare(query_of_asked(asked)), after.compare(query_of_asked(moved))
        assert _seen(new, back) == _seen(old, {})
        assert {back[s.id]: (s.status, s.reason, s.alone_reason) for s in new.providers} == {
            s.id: (s.status, s.reason, s.alone_reason) for s in old.providers
        }
        assert _explained(new, back) == _explained(old, {})


@pytest.mark.parametrize("slow", ["a", "z"])
def test_who_is_first_in_the_alphabet_is_not_first_in_rank(slow: str) -> None:
    fast = "z" if slow == "a" else "a"
    router = router_of(f"""
        A 08:00 > C 08:30 / {slow}, trip T
        A 08:00 > C 08:20 / {fast}, trip T
        A 12:00 > C 12:30 / m, trip T
    """)
    options = router.compare(query_of("m_A", "m_C", "08:00")).options
    assert [sorted(option.providers) for option in options] == [[fast], [slow], ["m"]]


def test_two_that_are_equal_in_everything_share_a_rank() -> None:
    """Any order between them could only come from their names."""
    router = router_of("""
        A 08:00 > C 08:20 / a, trip T
        A 08:00 > C 08:20 / z, trip T
        A 07:00 > B 07:01 / m, trip T
        B 07:00 > C 07:01 / m, trip U
    """)
    options = router.compare(query_of("m_A", "m_C", "07:30")).options
    assert [(option.rank, sorted(option.providers)) for option in options] == [(1, ["a"]), (1, ["z"])]


@thorough(8)
@given(SMALL)
def test_a_provider_that_runs_nothing_changes_nothing_but_the_standing(case: Case) -> None:
    network, questions = case
    idle = copy.deepcopy(next(iter(network.values())))
    for table in ("calendar", "calendar_dates"):
        idle.tables.pop(table, None)
    for service in {row["service_id"] for row in idle.rows("trips")}:
        idle.add("calendar_dates", service_id=service, date="20250101", exception_type="1")
    for row in idle.rows("stops"):
        row["stop_lat"] = str(float(row["stop_lat"]) + 5)
    before, after = Router(network_of(network)), Router(network_of(network | {"idle": idle}))
    for query in map(query_of_asked, questions):
        old, new = before.compare(query), after.compare(query)
        assert _seen(new, {}) == _seen(old, {})
        assert [s for s in new.providers if s.id != "idle"] == list(old.providers)
        (standing,) = (s for s in new.providers if s.id == "idle")
        assert (standing.status, standing.reason, standing.alone, standing.combined) == (
            "stale",
            "after_service",
            (),
            (),
        )


@thorough(8)
@given(cases(max_feeds=2, max_trips=3, max_questions=2))
def test_two_feeds_of_one_provider_are_as_good_as_one_feed(case: Case) -> None:
    """Ids are made apart, so the feeds share no stop: every footpath, transfer and block stays as it was."""
    network, questions = case
    zones = {row["agency_timezone"] for feed in network.values() for row in feed.rows("agency")}
    assume(len(network) == 2 and len(zones) == 1)
    apart = Router(network_of(network, region=_region("one", list(network))))
    together = Router(network_of({"all": _merged(network)}, region=_region("one", ["all"])))
    for asked in questions:
        moved = replace(asked, origin=_in_one(asked.origin), destination=_in_one(asked.destination))
        old, new = apart.compare(query_of_asked(asked)), together.compare(query_of_asked(moved))
        assert [_figures(option.journey) for option in new.options] == [
            _figures(option.journey) for option in old.options
        ]
        assert [(s.id, s.status, len(s.alone)) for s in new.providers] == [
            (s.id, s.status, len(s.alone)) for s in old.providers
        ]


def _figures(journey: Journey) -> tuple[float, float, int]:
    return journey.departure.timestamp(), journey.arrival.timestamp(), journey.transfers


def _region(provider: str, feeds: list[str]) -> Region:
    return Region(
        id="drawn",
        name={"en": "Drawn"},
        timezone="UTC",
        center=(0.0, 0.0),
        providers=(RegionProvider(provider, provider, "0072B2", tuple(feeds), ()),),
        feeds=tuple(RegionFeed(feed, "", f"{feed}.zip", "") for feed in feeds),
        trips=(),
    )


def _in_one(place: str | tuple[float, float]) -> str | tuple[float, float]:
    """The stop of the merged feed: its id carries the feed that it came from."""
    if not isinstance(place, str):
        return place
    feed, _, stop = place.partition("_")
    return f"all_{feed}-{stop}"


def _merged(network: Mapping[str, GtfsFeed]) -> GtfsFeed:
    """The rows of all feeds in one, every id with its feed's id before it."""
    merged = GtfsFeed()
    for feed_id, feed in network.items():
        for table, rows in feed.tables.items():
            for row in rows:
                scoped = {
                    name: f"{feed_id}-{value}" if value and _is_id(name) else value for name, value in row.items()
                }
                merged.tables.setdefault(table, []).append(scoped)
    return merged


def _is_id(column: str) -> bool:
    return column.endswith("_id") or column == "parent_station"


def test_agencies_of_one_feed_can_compete() -> None:
    feeds = feeds_of("A 08:00 > C 08:20 / x, trip T1\nA 08:05 > C 08:30 / x, trip T2")
    feed = feeds["x"]
    feed.add("agency", **(feed.rows("agency")[0] | {"agency_id": "B"}))
    feed.rows("routes")[1]["agency_id"] = "B"
    providers = (
        RegionProvider("first", "First", "0072B2", (), ("x:A",)),
        RegionProvider("second", "Second", "D55E00", (), ("x:B",)),
    )
    router = Router(network_of(feeds, region=replace(_region("", ["x"]), providers=providers)))
    options = router.compare(query_of("x_A", "x_C", "07:55")).options
    assert [sorted(option.providers) for option in options] == [["first"], ["second"]]
