"""A journey that is written out on first use is the journey that it is written out as."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError

import pytest

from routing.journeys import Journey
from routing.routed_journey import JourneyWriter, RoutedJourney
from routing.search import Skeleton
from tests.scenarios.drawn import query_of, router_of
from tests.support.realtime import call, live_router, trip_update

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
    told = journey.departure, journey.arrival
    assert journey._written is None
    assert (journey.departure_s, journey.arrival_s) == (journey.written.departure_s, journey.written.arrival_s)
    assert told == (journey.written.departure, journey.written.arrival)
    assert [time.isoformat() for time in told] == [time.isoformat() for time in (journey.departure, journey.arrival)]


def test_it_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Journey] = []
    write = JourneyWriter.write

    def counted(self: JourneyWriter, skeleton: Skeleton) -> Journey:
        written.append(write(self, skeleton))
        return written[-1]

    monkeypatch.setattr(JourneyWriter, "write", counted)
    journey = _journey()
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


def test_it_stays_what_it_is_when_real_time_comes_in_before_it_is_read() -> None:
    router = router_of(LINES + "A 0:00 > C 0:50 / y, trip H1, every 600 from 06:00 to 10:00")
    query = query_of("x_A", "y_C", "07:55", max_transfers=1)
    told = [journey.to_dict() for journey in router.journeys(query)]
    found = router.journeys(query)
    router.use(live_router(router, [trip_update({"trip_id": "T1", "start_date": "20260302"}, call(1, departure=120))]))
    assert [journey.to_dict() for journey in found] == told
    assert [journey.to_dict() for journey in router.journeys(query)] != told


def test_it_stays_what_it_is_when_other_days_were_asked_for_since() -> None:
    router = router_of(LINES)
    (journey,) = router.journeys(query_of("x_A", "y_C", "07:55"))
    for day in range(3, 9):
        router.journeys(query_of("x_A", "y_C", "07:55", date=f"2026-03-0{day}"))
    assert journey.legs == _journey().legs


def test_it_is_the_same_for_all_threads_that_read_it_first() -> None:
    with ThreadPoolExecutor(8) as pool:
        journey = _journey()
        told = list(pool.map(lambda _: journey.to_dict(), range(16)))
    assert all(one == told[0] for one in told)


def test_a_part_can_be_replaced() -> None:
    journey = _journey()
    short = dataclasses.replace(journey, legs=journey.legs[:1])
    assert len(short.legs) == 1
    assert short.departure == journey.departure


def test_it_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        _journey().transfers = 3  # type: ignore[misc]  # what is tested is that it fails
