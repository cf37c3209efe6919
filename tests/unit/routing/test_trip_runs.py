"""Single vehicles: found by date and start, ridden, and known again from the leg of a journey."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ingest.model import Network
from routing import Router
from routing.journeys import RideLeg
from routing.trip_runs import find_run, next_run, ride_leg, run_of_leg, runs_on
from tests.scenarios.drawn import MONDAY, ask, query_of, router_of
from tests.support.timetable_text import ZONE

DRAWN = """
A 08:00 > B 08:10 08:12 > C 25:20 / x, trip T1
A 0:00 > B 0:10 0:12 > C 0:20 / x, trip H, every 600 from 06:00 to 10:00
A 0:00 > C 0:15 / x, trip E, exact 1200 from 06:00 to 07:00
"""
DAY = date.fromisoformat(MONDAY)


@pytest.fixture(scope="module")
def router() -> Router:
    return router_of(DRAWN)


def _trip(network: Network, name: str) -> int:
    row = network.trips.id.find(name)
    assert row >= 0
    return row


def _clock(instant: int) -> str:
    return datetime.fromtimestamp(instant, ZoneInfo(ZONE)).strftime("%d %H:%M")


def test_a_scheduled_trip_has_one_vehicle_a_day(router: Router) -> None:
    network = router.network
    run = find_run(network, _trip(network, "x_T1"), DAY)
    assert run is not None
    assert (run.start_s, run.headway_s, run.service_date) == (8 * 3600, None, DAY)
    tomorrow = (DAY + timedelta(days=1)).strftime("%d")
    assert _clock(run.arrival_s(2)) == f"{tomorrow} 01:20"
    assert find_run(network, run.trip, DAY, 8 * 3600) == run
    assert find_run(network, run.trip, DAY, 8 * 3600 + 1) is None


def test_a_headway_trip_has_any_vehicle_of_its_period(router: Router) -> None:
    network = router.network
    trip = _trip(network, "x_H")
    first, other = find_run(network, trip, DAY), find_run(network, trip, DAY, 6 * 3600 + 77)
    assert first is not None
    assert other is not None
    assert (first.start_s, first.headway_s) == (6 * 3600, 600)
    assert other.departure_s(1) - first.departure_s(1) == 77
    assert find_run(network, trip, DAY, 10 * 3600) is None
    assert find_run(network, trip, DAY, 5 * 3600) is None


def test_exact_times_are_those_of_the_period(router: Router) -> None:
    network = router.network
    trip = _trip(network, "x_E")
    run = find_run(network, trip, DAY, 6 * 3600 + 1200)
    assert run is not None
    assert (run.headway_s, run.start_s) == (None, 6 * 3600 + 1200)
    assert find_run(network, trip, DAY, 6 * 3600 + 1) is None


def test_no_vehicle_runs_before_the_first_day_or_after_the_last(router: Router) -> None:
    network = router.network
    trip = _trip(network, "x_T1")
    after = network.first_date + timedelta(days=network.services.runs.shape[1])
    for day in (network.first_date - timedelta(days=1), after, date.min, date.max):
        assert not runs_on(network, trip, day)
        assert find_run(network, trip, day) is None


def test_without_a_date_the_next_vehicle_is_meant_and_after_the_end_the_last_one(router: Router) -> None:
    network = router.network
    trip, zone = _trip(network, "x_T1"), ZoneInfo(ZONE)
    run = next_run(network, trip, datetime(DAY.year, DAY.month, DAY.day, 23, tzinfo=zone))
    assert run is not None
    assert run.service_date == DAY
    late = next_run(network, trip, datetime(2100, 1, 1, tzinfo=zone))
    assert late is not None
    assert runs_on(network, trip, late.service_date)


def test_a_leg_knows_its_vehicle(router: Router) -> None:
    assert ask(router, "x_A", "x_C", "06:30")
    for journey in router.journeys(query_of("x_A", "x_C", "06:30")):
        for leg in journey.rides:
            run = run_of_leg(leg)
            assert run is not None
            sequences = router.network.stop_times.stop_sequence[run.rows].tolist()
            again = ride_leg(run, sequences.index(leg.from_stop_sequence), sequences.index(leg.to_stop_sequence))
            assert _told(again) == _told(leg)


def _told(leg: RideLeg) -> dict[str, object]:
    return {name: value for name, value in leg.to_dict().items() if name != "wait_s"}
