"""What must hold between answers, whatever the network: no expected answer is needed to see that one is wrong."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from routing import Journey, Query, RideLeg, Router, WalkLeg
from routing.query import MAX_TRANSFERS
from routing.search import HORIZON_S, WHOLE_FRONT, Wanted
from tests.scenarios.drawn import network_of
from tests.support.examples import thorough
from tests.support.gtfs_feed import GtfsFeed
from tests.support.oracle_vehicles import day_start, seconds_of
from tests.support.strategies import Asked, calls_of, cases
from tests.support.timetable_text import clock

Case = tuple[dict[str, GtfsFeed], list[Asked]]
SMALL = cases(max_feeds=2, max_trips=4, max_questions=3)


def query_of(asked: Asked) -> Query:
    """The question, as the router is asked it."""
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


def _rides(router: Router, query: Query, wanted: Wanted = WHOLE_FRONT) -> list[tuple[int, int, int]]:
    """(departure, arrival, transfers) of journeys in vehicles, in UTC seconds."""
    ends = router.ends(query)
    epoch_s = router.timetable(query).epoch_s
    return [(r.departure + epoch_s, r.arrival + epoch_s, r.transfers) for r in router.skeletons(query, ends, wanted)]


def _earliest(rides: Sequence[tuple[int, int, int]], transfers: int) -> int | None:
    return min((arrival for _, arrival, n in rides if n <= transfers), default=None)


def _instant(query: Query) -> int:
    return int(query.time.timestamp())


@thorough(15)
@given(cases())
def test_a_travel_time_is_that_of_the_best_journey(case: Case) -> None:
    network, questions = case
    router = Router(network_of(network))
    for asked in questions:
        query = query_of(asked)
        ends = [journey.departure_s if query.arrive_by else journey.arrival_s for journey in router.journeys(query)]
        best = min((abs(end - _instant(query)) for end in ends), default=None)
        assert router.travel_s(query) == best


@thorough(10)
@given(cases(), st.integers(0, HORIZON_S))
def test_what_is_known_of_who_is_there_changes_nothing(case: Case, within_s: int) -> None:
    network, questions = case
    router = Router(network_of(network))
    for query in map(query_of, questions):
        rides = _rides(router, query)
        there = [abs((departure if query.arrive_by else arrival) - _instant(query)) for departure, arrival, _ in rides]
        known = min(there, default=0), max(there, default=0), within_s  # the last may well be wrong
        for within in known:
            assert _rides(router, query, Wanted(within_s=within)) == rides
            first = _rides(router, query, Wanted(within_s=within, is_first_enough=True))
            assert [ride[:2] for ride in first] == [ride[:2] for ride in rides[-1:]]


@thorough(8)
@given(SMALL, st.integers(0, 3), st.sampled_from([-600, -60, 0, 300]))
def test_an_added_trip_never_makes_an_arrival_later(case: Case, chosen: int, shift: int) -> None:
    network, questions = case
    more = copy.deepcopy(network)
    _add_copy(next(iter(more.values())), chosen, shift)
    before, after = Router(network_of(network)), Router(network_of(more))
    for query in (dataclasses.replace(query_of(asked), arrive_by=False) for asked in questions):
        old, new = _rides(before, query), _rides(after, query)
        for transfers in range(query.max_transfers + 1):
            arrival = _earliest(old, transfers)
            sooner = _earliest(new, transfers)
            assert arrival is None or (sooner is not None and sooner <= arrival)


def _add_copy(feed: GtfsFeed, chosen: int, shift: int) -> None:
    """One more trip: a copy of one that is there, some seconds earlier or later, in no block and no frequency."""
    trip = feed.rows("trips")[chosen % len(feed.rows("trips"))]
    calls = calls_of(feed, trip["trip_id"])
    shift = max(shift, -seconds_of(calls[0]["arrival_time"]))
    feed.tables["trips"].append(trip | {"trip_id": "COPY", "block_id": ""})
    for call in calls:
        times = {name: clock(seconds_of(call[name]) + shift) for name in ("arrival_time", "departure_time")}
        feed.tables["stop_times"].append(call | times | {"trip_id": "COPY"})


@thorough(8)
@given(SMALL)
def test_leaving_later_never_arrives_earlier(case: Case) -> None:
    network, questions = case
    router = Router(network_of(network))
    for query in (dataclasses.replace(query_of(asked), arrive_by=False) for asked in questions):
        waits = (0, 1, 59, 600, 3600)
        fronts = [_rides(router, dataclasses.replace(query, time=query.time + timedelta(seconds=w))) for w in waits]
        for (_, front), (wait, later) in pairwise(zip(waits, fronts, strict=True)):
            for transfers in range(query.max_transfers + 1):
                early, late = _earliest(front, transfers), _earliest(later, transfers)
                # What only the later question can know arrives beyond the horizon of the earlier one.
                horizon = _instant(query) + wait + HORIZON_S
                assert late is None or late > horizon - wait or (early is not None and early <= late)


@thorough(8)
@given(SMALL)
def test_forward_and_backward_agree(case: Case) -> None:
    network, questions = case
    router = Router(network_of(network))
    for asked in questions:
        query = dataclasses.replace(query_of(asked), arrive_by=True)
        deadline = _instant(query)
        for departure, arrival, transfers in _rides(router, query):
            zone = query.time.tzinfo
            again = dataclasses.replace(query, arrive_by=False, max_transfers=transfers)
            at = query.time + timedelta(seconds=departure - deadline)
            assert at.tzinfo is zone
            assert _earliest(_rides(router, dataclasses.replace(again, time=at)), transfers) == arrival <= deadline
            late = dataclasses.replace(again, time=at + timedelta(seconds=1))
            missed = _earliest(_rides(router, late), transfers)
            assert missed is None or missed > deadline


@thorough(8)
@given(SMALL)
def test_walking_farther_or_changing_more_often_never_arrives_later(case: Case) -> None:
    network, questions = case
    router = Router(network_of(network))
    for query in (dataclasses.replace(query_of(asked), arrive_by=False) for asked in questions):
        front = _rides(router, query)
        farther = _rides(router, dataclasses.replace(query, max_walk_s=query.max_walk_s + 600))
        oftener = _rides(router, dataclasses.replace(query, max_transfers=min(query.max_transfers + 2, MAX_TRANSFERS)))
        assert [ride for ride in oftener if ride[2] <= query.max_transfers] == front
        for transfers in range(query.max_transfers + 1):
            arrival, sooner = _earliest(front, transfers), _earliest(farther, transfers)
            assert arrival is None or (sooner is not None and sooner <= arrival)


@thorough(10)
@given(SMALL)
def test_journeys_ride_real_trips_in_time_order_from_end_to_end(case: Case) -> None:
    network, questions = case
    router = Router(network_of(network))
    for asked in questions:
        query = query_of(asked)
        ends = router.ends(query)
        for journey in router.journeys(query):
            _check_chain(journey, query)
            origin, destination = (
                {router.network.stops.id[stop] for stop in place.stops} for place in (ends.origin, ends.destination)
            )
            assert _is_at(journey.legs[0], "from_place", asked.origin, origin)
            assert _is_at(journey.legs[-1], "to_place", asked.destination, destination)
            for leg in journey.rides:
                _check_ride(network, leg, query.headway_wait)


def _is_at(leg: RideLeg | WalkLeg, end: str, place: str | tuple[float, float], stops: set[str]) -> bool:
    """Whether a leg begins or ends at the place asked for: rides do so at one of its stops."""
    at: str = getattr(leg, end).id
    if isinstance(leg, RideLeg):
        return at in stops
    return at == (place if isinstance(place, str) else f"{place[0]:.6f},{place[1]:.6f}")


def _check_chain(journey: Journey, query: Query) -> None:
    instants = [int(time.timestamp()) for leg in journey.legs for time in (leg.departure, leg.arrival)]
    assert instants == sorted(instants)
    assert int(journey.departure.timestamp()) <= instants[0]
    assert int(journey.arrival.timestamp()) == instants[-1]
    boarded = [leg for leg in journey.rides if not leg.stay_seated]
    assert journey.transfers == max(len(boarded) - 1, 0) <= query.max_transfers
    assert journey.providers == {leg.provider for leg in journey.rides}
    for before, after in pairwise(journey.legs):
        assert isinstance(before, RideLeg) or isinstance(after, RideLeg), "two walks in a row"
        if not (isinstance(after, RideLeg) and after.stay_seated):
            assert before.to_place.id == after.from_place.id
    for walk in journey.walks:
        assert walk.distance_m <= query.max_walk_s * query.walk_speed_m_per_s + 1
    start, end = int(journey.departure.timestamp()), int(journey.arrival.timestamp())
    if query.arrive_by:
        assert _instant(query) - HORIZON_S <= start <= end <= _instant(query)
    else:
        assert _instant(query) <= start <= end <= _instant(query) + HORIZON_S


def _check_ride(network: dict[str, GtfsFeed], leg: RideLeg, headway_wait: str) -> None:
    """The leg's times and stops are those of its trip in the feed on that service date."""
    feed = network[leg.feed]
    scope = len(leg.feed) + 1
    calls = {int(row["stop_sequence"]): row for row in calls_of(feed, leg.trip_id[scope:])}
    on, off = calls[leg.from_stop_sequence], calls[leg.to_stop_sequence]
    assert (on["stop_id"], off["stop_id"]) == (leg.from_stop[scope:], leg.to_stop[scope:])
    assert leg.from_stop_sequence < leg.to_stop_sequence
    assert on["pickup_type"] != "1" or leg.stay_seated
    zone = feed.rows("agency")[0]["agency_timezone"]
    midnight = day_start(leg.service_date, zone)
    first = seconds_of(calls[min(calls)]["departure_time"])
    start = int(leg.departure.timestamp()) - (seconds_of(on["departure_time"]) - first)
    assert start == int(leg.arrival.timestamp()) - (seconds_of(off["arrival_time"]) - first)
    windows = [row for row in feed.rows("frequencies") if f"{leg.feed}_{row['trip_id']}" == leg.trip_id]
    if not windows:
        assert start == midnight + first
        return
    assert any(_may_start(row, start - midnight, leg.headway_s, headway_wait) for row in windows)


def _may_start(row: dict[str, str], start: int, headway_s: int | None, headway_wait: str) -> bool:
    low, high, headway = seconds_of(row["start_time"]), seconds_of(row["end_time"]), int(row["headway_secs"])
    if row["exact_times"] == "1":
        return headway_s is None and start in range(low, high, headway)
    wait = {"expected": headway // 2, "worst": headway, "none": 0}[headway_wait]
    return headway_s == headway and low + wait <= start < high


@thorough(10)
@given(SMALL)
def test_no_journey_or_option_is_beaten_by_another(case: Case) -> None:
    network, questions = case
    router = Router(network_of(network))
    for query in map(query_of, questions):
        journeys = router.journeys(query)
        rides = [_times(journey) for journey in journeys if journey.kind == "ride"]
        assert not [pair for pair in _pairs(rides) if _covers(*pair)]
        for walk in (_times(journey) for journey in journeys if journey.kind == "walk"):
            assert not any(walk[0] >= ride[0] and walk[1] <= ride[1] for ride in rides)
        if router.ends(query).is_same_place:
            assert [journey.kind for journey in journeys] == ["walk"]


def _times(journey: Journey) -> tuple[int, int, int]:
    return int(journey.departure.timestamp()), int(journey.arrival.timestamp()), journey.transfers


def _covers(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return one[0] >= other[0] and one[1] <= other[1] and one[2] <= other[2]


def _pairs(values: list[tuple[int, int, int]]) -> Iterator[tuple[tuple[int, int, int], tuple[int, int, int]]]:
    yield from ((a, b) for i, a in enumerate(values) for j, b in enumerate(values) if i != j)


@thorough(10)
@given(cases(max_feeds=3, max_trips=4, max_questions=2))
def test_each_option_rides_exactly_its_set_and_beats_every_subset(case: Case) -> None:
    network, questions = case
    router = Router(network_of(network))
    for query in map(query_of, questions):
        options = router.compare(query).options
        for option in options:
            assert option.providers == {leg.provider for leg in option.journey.rides}
            assert not [
                other
                for other in options
                if other.providers < option.providers and _covers(_times(other.journey), _times(option.journey))
            ]
        assert [option.rank for option in options] == sorted(option.rank for option in options)
        assert len({option.id for option in options}) == len(options)


@thorough(4)
@given(cases(max_feeds=3, max_trips=4, max_questions=1))
def test_the_same_question_always_has_the_same_bytes_for_an_answer(case: Case) -> None:
    network, questions = case
    data = network_of(network)
    routers = [Router(data) for _ in range(2)]
    for query in map(query_of, questions):
        answers = {
            json.dumps(router.compare(query).to_dict(), ensure_ascii=False) for _ in range(10) for router in routers
        }
        assert len(answers) == 1


NUMBERED = {"stop_id": "s", "trip_id": "t", "route_id": "r", "service_id": "c", "block_id": "b"}
"""Column -> what its new ids begin with. Other columns say the same kind of id by another name."""
SAME_AS = {"parent_station": "stop_id"}
SHUFFLED = ("stops", "routes", "trips", "calendar", "calendar_dates", "stop_times")
"""In other files the order of rows may mean something: which of two rules for one pair counts."""


@thorough(12)
@given(SMALL, st.randoms(use_true_random=False))
def test_renumbering_changes_nothing(case: Case, chance: Random) -> None:
    network, questions = case
    renamed, stops = {}, {}
    for name, feed in network.items():
        renamed[name], new_ids = _renumbered(feed, chance)
        stops |= {f"{name}_{old}": f"{name}_{new}" for old, new in new_ids.items()}
    before, after = Router(network_of(network)), Router(network_of(renamed))
    for query in map(query_of, questions):
        origin, destination = (
            stops[place] if isinstance(place, str) else place for place in (query.origin, query.destination)
        )
        asked = dataclasses.replace(query, origin=origin, destination=destination)
        assert _rides(before, query) == _rides(after, asked)


def _renumbered(feed: GtfsFeed, chance: Random) -> tuple[GtfsFeed, dict[str, str]]:
    """The feed with other ids that sort otherwise, and its rows in another order; old stop id -> new one."""
    given_ids: dict[str, list[str]] = {column: [] for column in NUMBERED}
    for rows in feed.tables.values():
        for row in rows:
            for column, value in row.items():
                if (kind := _kind(column)) and value and value not in given_ids[kind]:
                    given_ids[kind].append(value)
    new_ids = {
        kind: dict(
            zip(values, chance.sample([f"{NUMBERED[kind]}{i}" for i in range(len(values))], len(values)), strict=True)
        )
        for kind, values in given_ids.items()
    }
    tables = {}
    for name, rows in feed.tables.items():
        tables[name] = [
            {
                column: new_ids[kind][value] if (kind := _kind(column)) and value else value
                for column, value in row.items()
            }
            for row in rows
        ]
        if name in SHUFFLED:
            chance.shuffle(tables[name])
    return GtfsFeed(tables), new_ids["stop_id"]


def _kind(column: str) -> str | None:
    """Which ids a column holds, such as `stop_id` for from_stop_id."""
    column = SAME_AS.get(column, column).removeprefix("from_").removeprefix("to_")
    return column if column in NUMBERED else None
