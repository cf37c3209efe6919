"""TransJakarta, whose buses come by headway: arrivals are those of simulated riders, and the other lines are true."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ingest.pipeline import ingest_feeds
from routing import Journey, Query, RideLeg, Router
from tests.support.followed import TOLERANCE, differences, is_likely, planned_rides, rides_headway
from tests.support.gtfs_feed import GtfsFeed
from tests.support.oracle_vehicles import Call, HeadwayVehicle, Schedule, Vehicle
from tests.support.simulated_arrivals import simulate

FOLDER = Path(__file__).parents[2] / ".." / "shared" / "feeds" / "jakarta"
JAKARTA = ZoneInfo("Asia/Jakarta")
# The newer feed has one headway a day; the older one changes it at 6, 9, 16 and 20 o'clock.
FEEDS = {"transjakarta_2024-06.zip": date(2026, 3, 3), "transjakarta_2023-12.zip": date(2024, 12, 3)}
BLOK_M, SENAYAN, KALI_BESAR = "tj_P00017", "tj_G00696", "tj_G00060"
TRIALS, SEED = 6_000, 5

pytestmark = [
    pytest.mark.real_feeds,
    pytest.mark.skipif(not FOLDER.exists(), reason="the feeds of Jakarta do not lie beside this checkout"),
]


@cache
def _router(name: str) -> Router:
    found = ingest_feeds({"tj": FOLDER / name, "mrt": FOLDER / "mrt.zip"}).network
    assert found is not None
    return Router(found)


@cache
def _vehicles(name: str) -> list[Vehicle]:
    """Of the raw feeds, from the day before to the day after the next."""
    schedules = [Schedule(key, GtfsFeed.read(FOLDER / file), key) for key, file in (("tj", name), ("mrt", "mrt.zip"))]
    days = [FEEDS[name] + timedelta(days=number) for number in (-1, 0, 1, 2)]
    return [vehicle for schedule in schedules for day in days for vehicle in schedule.vehicles_on(day)]


def _at(name: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{FEEDS[name]}T{clock}").replace(tzinfo=JAKARTA)


def _journeys(name: str, pairs: list[tuple[str, str, str]], *, arrive_by: bool = False) -> list[Journey]:
    queries = [Query(start, end, _at(name, clock), arrive_by=arrive_by) for start, end, clock in pairs]
    return [journey for query in queries for journey in _router(name).journeys(query) if rides_headway(journey)]


def _chance(name: str, seed: int, count: int) -> list[tuple[str, str, str]]:
    """Pairs of stops drawn by chance, at times near and far from a change of headways."""
    stops = [stop for stop in _router(name).network.stops.id if stop.startswith("tj_")]
    dice = random.Random(seed)
    clocks = ["07:30", "08:40", "15:45", "19:50", "21:15"]
    return [(*dice.sample(stops, 2), dice.choice(clocks)) for _ in range(count)]


def _check(name: str, journey: Journey) -> None:
    walks = {
        (leg.from_place.id, leg.to_place.id): int(leg.arrival.timestamp() - leg.departure.timestamp())
        for leg in journey.walks
    }
    rides = planned_rides(journey, lambda start, end: walks.get((start, end), 0))
    arrivals = simulate(_vehicles(name), rides, int(journey.departure.timestamp()), TRIALS, SEED)
    assert max(differences(journey, arrivals)) <= TOLERANCE or is_likely(journey, arrivals), journey.to_dict()


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("arrive_by", [False, True], ids=["depart", "arrive"])
def test_real_arrivals_are_those_of_simulated_riders(name: str, arrive_by: bool) -> None:
    known = [(BLOK_M, SENAYAN, "08:50"), (BLOK_M, KALI_BESAR, "15:50")]
    journeys = _journeys(name, known, arrive_by=arrive_by)
    assert len(journeys) >= 2
    by_chance = islice(_journeys(name, _chance(name, 1 + arrive_by, 9), arrive_by=arrive_by), 4)
    for journey in [*journeys, *by_chance]:
        _check(name, journey)


def test_riders_of_corridor_1_take_the_buses_of_it_that_turn_back_earlier() -> None:
    """Beside the line to Kali Besar, every 400 s, one turns at Monas, every 800 s, and one at Tosari, every 1600 s."""
    (journey,) = _journeys("transjakarta_2024-06.zip", [(BLOK_M, SENAYAN, "07:30")])
    (leg,) = journey.rides
    assert (leg.trip_id, leg.headway_s) == ("tj_1-R07", 400)
    (line,) = leg.interchangeable
    assert (line.route_id, line.trip_ids, line.headway_s, line.ride_s) == ("tj_1", ("tj_1-P28", "tj_1-P23"), 533, 667)
    half = journey.arrival_p50
    assert half is not None
    # None of waits up to 400, 800 and 1600 s is over by 136 s in half of all cases; 200 s were counted.
    assert 60 <= (journey.arrival - half).total_seconds() <= 70


@pytest.mark.parametrize("name", FEEDS)
def test_every_line_that_is_listed_is_one_that_a_rider_can_take(name: str) -> None:
    journeys = _journeys(name, [(BLOK_M, SENAYAN, "07:30"), *_chance(name, 3, 60)])
    legs = [leg for journey in journeys for leg in journey.rides if leg.interchangeable]
    assert len(legs) >= 10
    for leg in legs:
        for line in leg.interchangeable:
            assert leg.trip_id not in line.trip_ids
            found = [_ride(name, trip, leg) for trip in line.trip_ids]
            assert all(found), (leg.trip_id, line)
            headways = [headway for headway, _ in filter(None, found)]
            assert line.headway_s == round(1 / sum(1 / headway for headway in headways))
            assert (min(headways), line.ride_s) == found[0]


def _ride(name: str, trip: str, leg: RideLeg) -> tuple[int, int] | None:
    """(headway, ride) of a trip that runs from stop to stop of a leg when the rider waits there for that."""
    planned = int(leg.departure.timestamp())
    ready = planned - leg.wait_s
    found = []
    for vehicle in _vehicles(name):
        if isinstance(vehicle, HeadwayVehicle) and trip in vehicle.trips and vehicle.provider == leg.provider:
            for on, off in _pairs(vehicle, leg):
                rows = [(max(start + on.departure, ready), headway) for start, end, headway in vehicle.rows
                        if end + on.departure > ready]  # fmt: skip
                if rows and min(rows)[0] < planned + (leg.headway_s or 0):
                    found.append((off.arrival - on.departure, min(rows)[1]))
    return min(found)[::-1] if found else None


def _pairs(vehicle: HeadwayVehicle, leg: RideLeg) -> list[tuple[Call, Call]]:
    calls = vehicle.calls
    return [
        (on, off)
        for i, on in enumerate(calls)
        if on.stop == leg.from_stop and on.can_board
        for off in calls[i + 1 :]
        if off.stop == leg.to_stop and off.can_alight
    ]
