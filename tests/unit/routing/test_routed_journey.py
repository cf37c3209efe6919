"""A journey that is written out on first use is the journey that it is written out as."""

from __future__ import annotations

import dataclasses
from dataclasses import FrozenInstanceError

import pytest

from routing.journeys import Journey
from routing.routed_journey import RoutedJourney
from tests.scenarios.drawn import query_of, router_of

LINES = """
    A 08:00 > B 08:10 / x, trip T1
    B 08:15 > C 08:30 / y, trip T2
"""


def _journey(**more: object) -> RoutedJourney:
    (journey,) = router_of(LINES).journeys(query_of("x_A", "y_C", "07:55", **more))
    assert isinstance(journey, RoutedJourney)
    return journey


def test_when_it_begins_and_ends_is_known_before_it_is_written() -> None:
    journey = _journey()
    assert (journey.duration_s, journey.transfers, journey.kind) == (1800, 1, "ride")
    assert journey.arrival_s - journey.departure_s == 1800
    assert journey._written is None
    assert (journey.departure_s, journey.arrival_s) == (journey.written.departure_s, journey.written.arrival_s)


def test_it_is_written_once() -> None:
    written = []

    def write() -> Journey:
        written.append(_journey().written)
        return written[-1]

    journey = RoutedJourney.of(0, 60, 0, write)
    assert written == []
    assert journey.legs == written[0].legs
    assert (journey.departure, journey.arrival) == (written[0].departure, written[0].arrival)
    assert journey.providers == {"x", "y"}
    assert journey.odds is written[0].odds
    assert len(written) == 1


def test_it_says_of_itself_what_the_written_one_says() -> None:
    journey = _journey()
    assert journey.to_dict() == journey.written.to_dict()
    assert journey == _journey()
    assert hash(journey) == hash(_journey())
    assert journey != _journey(arrive_by=False, max_transfers=2).written


def test_a_part_can_be_replaced() -> None:
    journey = _journey()
    short = dataclasses.replace(journey, legs=journey.legs[:1])
    assert len(short.legs) == 1
    assert short.departure == journey.departure


def test_it_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        _journey().transfers = 3  # type: ignore[misc]  # what is tested is that it fails
