"""Every journey of a router replays against the raw feeds, whatever the network holds, and none does with a change."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ingest.pipeline import WalkOptions
from ingest.replay import Terms, replay_journeys
from routing.compare.comparison import query_dict
from routing.query import HEADWAY_WAITS
from tests.differential.test_router_against_oracle import RADIUS_M, query_of
from tests.support.examples import thorough
from tests.support.gtfs_feed import GtfsFeed
from tests.support.replaying import answered, compared, faults_of, router_on, written
from tests.support.strategies import Asked, cases
from tests.support.strategies_transfers import transfer_cases

STRAIGHT = WalkOptions("straight", RADIUS_M)
TERMS = Terms(walk="straight", detour=STRAIGHT.detour)
NOT_CHECKED = ("kind", "geometry", "interchangeable")
"""Which other lines are as good is no part of a journey."""
WAITS = st.sampled_from(HEADWAY_WAITS)
Case = tuple[dict[str, GtfsFeed], list[Asked]]


def _faults(case: Case, headway_wait: str) -> list[str]:
    network, asked = case
    queries = [replace(query_of(question), headway_wait=headway_wait) for question in asked]
    with written(network) as paths:
        router = router_on(paths, STRAIGHT)
        return faults_of(answered(router, queries), paths, TERMS) + faults_of(compared(router, queries), paths)


@thorough(26)
@given(cases(max_questions=8), WAITS)
def test_all_journeys_of_drawn_networks_replay(case: Case, headway_wait: str) -> None:
    assert _faults(case, headway_wait) == []


@thorough(20)
@given(cases(max_questions=8, stations=True), WAITS)
def test_inside_stations_and_in_wheelchairs_too(case: Case, headway_wait: str) -> None:
    assert _faults(case, headway_wait) == []


@thorough(26)
@given(transfer_cases(), WAITS)
def test_changes_between_named_trips_too(case: Case, headway_wait: str) -> None:
    assert _faults(case, headway_wait) == []


@thorough(20)
@given(transfer_cases(stations=True), WAITS)
def test_such_changes_inside_stations_and_in_wheelchairs_too(case: Case, headway_wait: str) -> None:
    assert _faults(case, headway_wait) == []


@thorough(10)
@given(st.one_of(cases(max_questions=3), transfer_cases()), st.sampled_from([1800, 5400]))
def test_all_journeys_of_a_window_replay(case: Case, window_s: int) -> None:
    network, asked = case
    with written(network) as paths:
        router = router_on(paths, STRAIGHT)
        queries = [query_of(question) for question in asked]
        profiles = [[journey.to_dict() for journey in router.profile(query, window_s)] for query in queries]
        # Each is an answer to the question at its own time.
        asked_at_any_time = [query_dict(query) | {"time": None} for query in queries]
        pairs = zip(asked_at_any_time, profiles, strict=True)
        assert faults_of([{"query": query, "journeys": found} for query, found in pairs], paths, TERMS) == []


@thorough(25)
@given(st.one_of(cases(max_questions=4), transfer_cases()), st.integers(1, 3000))
def test_no_journey_replays_with_one_field_of_it_changed(case: Case, number: int) -> None:
    network, asked = case
    with written(network) as paths:
        right = answered(router_on(paths, STRAIGHT), map(query_of, asked))
        wrong = [change for document in right if document["journeys"] for change in _changed(document, number)]
        found = replay_journeys([document for _, _, document in wrong], paths, terms=TERMS)
        told = {(fault.journey, fault.leg) for fault in found.faults}
        for place, (name, leg, document) in enumerate(wrong):
            # When a journey begins is when its first leg is waited for.
            where = {(f"[{place}].journeys[0]", at) for at in (None, leg or 0)}
            assert where & told, (name, leg, document)


def _changed(document: Mapping[str, Any], number: int) -> Iterator[tuple[str, int | None, dict[str, Any]]]:
    """(field, its leg, the document with the first journey alone and another value in that field), field by field."""
    alone = {"query": document["query"], "journeys": document["journeys"][:1]}
    for at, leg in enumerate(alone["journeys"][0]["legs"]):
        for name, value in leg.items():
            if name not in NOT_CHECKED:
                wrong = copy.deepcopy(alone)
                wrong["journeys"][0]["legs"][at][name] = _other(name, value, number)
                yield name, at, wrong
    for name in ("departure", "arrival", "transfers", "providers"):
        wrong = copy.deepcopy(alone)
        wrong["journeys"][0][name] = _other(name, wrong["journeys"][0][name], number)
        yield name, None, wrong


def _other(name: str, value: Any, number: int) -> Any:
    """A value of the same kind that is another one."""
    if name in ("departure", "arrival", "scheduled_departure", "scheduled_arrival"):
        return (datetime.fromisoformat(value) + timedelta(seconds=number)).isoformat()
    if name == "service_date":
        return (date.fromisoformat(value) + timedelta(days=1)).isoformat()
    if name == "distance_m":
        return 2 * value + 10 + number
    if name in ("providers", "intermediate_stops"):
        return value[:-1] if value else [_call(number)] if name == "intermediate_stops" else ["nobody"]
    if name == "alerts":
        return [*value, {"header": "Late"}]
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + (number if isinstance(value, int) else number / 1000)
    if value is None:
        return number
    return f"1{value}" if "," in value else f"{value}9"


def _call(number: int) -> dict[str, Any]:
    time = "2026-03-02T08:00:00+07:00"
    return {"stop": f"S{number}", "arrival": time, "departure": time}
