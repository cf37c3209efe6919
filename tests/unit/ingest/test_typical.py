"""Typical travel times: what riders of the busiest day took, and that no answer hangs on it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.bounds import build_bounds, no_bounds
from ingest.model import Network
from ingest.typical_kernel import MOST, UNKNOWN
from routing import Query, Router
from tests.scenarios.drawn import network_of
from tests.support.examples import thorough
from tests.support.gtfs_feed import GtfsFeed
from tests.support.strategies import SETTINGS, networks
from tests.support.timetable_text import feeds_of


def minutes(text: str, origin: str, destination: str) -> int:
    network = network_of(feeds_of(text))
    bounds, ids = build_bounds(network), network.stops.id
    start, end = (int(bounds.typical_cell[ids.find(stop)]) for stop in (origin, destination))
    return int(bounds.typical[start, end])


def test_a_rider_leaves_at_noon_and_another_at_four_and_both_wait() -> None:
    text = """
        A 12:10 > B 12:20 / x
        B 12:25 > C 12:55 / y
        A 16:02 > B 16:10 / x
        B 16:20 > C 16:25 / y
    """
    assert minutes(text, "x_A", "x_B") == (20 + 10) // 2
    assert minutes(text, "x_A", "y_C") == (55 + 25) // 2


def test_a_rider_who_arrives_once_counts_alone() -> None:
    assert minutes("A 16:05 > B 16:30 / x", "x_A", "x_B") == 30
    assert minutes("A 12:05 > B 12:30 / x\nA 20:05 > B 20:06 / x", "x_A", "x_B") == 30


def test_headways_are_written_out() -> None:
    # Every ten minutes from 06:05: a rider at noon and at four waits for five.
    assert minutes("A 0:00 > B 0:10 / x, every 600 from 06:05 to 22:00", "x_A", "x_B") == 15


def test_nobody_gets_there_in_other_hours_or_against_the_line_or_where_none_may_alight() -> None:
    assert minutes("A 08:00 > B 08:10 / x", "x_A", "x_B") == UNKNOWN
    assert minutes("A 12:10 > B 12:20 / x", "x_B", "x_A") == UNKNOWN
    assert minutes("A 12:10 > B 12:20 (board) > C 12:30 / x", "x_A", "x_B") == UNKNOWN
    assert minutes("A 12:10 > B 12:20 (alight) > C 12:30 / x", "x_B", "x_C") == UNKNOWN


def test_the_day_with_the_most_calls_counts() -> None:
    text = """
        days FEW 1111100 2026-03-02 2026-03-27
        days MANY 0000010 2026-03-07 2026-03-28
        A 12:10 > B 12:11 / x, service FEW
        A 12:10 > B 12:50 / x, service MANY
        C 12:10 > D 12:50 / x, service MANY
    """
    assert minutes(text, "x_A", "x_B") == 50


def test_very_long_is_not_unknown() -> None:
    assert minutes("A 12:00 > B 15:59 / x", "x_A", "x_B") == 239
    assert minutes("A 12:00 > B 17:00 / x", "x_A", "x_B") == MOST


def test_no_trips_have_no_typical_times() -> None:
    assert no_bounds().typical.shape == (0, 0)


@thorough(20)
@given(networks(max_feeds=2), st.integers(0, 2**32 - 1))
def test_wrong_guesses_change_no_answer(feeds: dict[str, GtfsFeed], seed: int) -> None:
    network = network_of(feeds)
    shape = network.bounds.typical.shape
    wrong = np.random.default_rng(seed).integers(0, UNKNOWN, shape, np.uint8, endpoint=True)
    unknown = np.full(shape, UNKNOWN, np.uint8)
    routers = [Router(_guessing(network, typical)) for typical in (network.bounds.typical, wrong, unknown)]
    ids, day = network.stops.id, SETTINGS[0][1]
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    stops = [stop for stop in range(len(ids)) if routers[0].ends(_query(ids[stop], ids[stop], noon)).origin.stops]
    for hours in (-4, 0, 10):
        for arrive_by in (False, True):
            query = _query(ids[stops[0]], ids[stops[-1]], noon + timedelta(hours=hours))
            query = dataclasses.replace(query, arrive_by=arrive_by)
            found = [
                [(journey.departure, journey.arrival, journey.transfers) for journey in router.journeys(query)]
                for router in routers
            ]
            assert found[0] == found[1] == found[2]


def _guessing(network: Network, typical: np.ndarray) -> Network:
    return dataclasses.replace(network, bounds=dataclasses.replace(network.bounds, typical=typical))


def _query(origin: str, destination: str, time: datetime) -> Query:
    return Query(origin, destination, time)
