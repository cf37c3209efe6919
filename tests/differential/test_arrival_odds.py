"""When riders really arrive: what is computed is what many simulated riders find, to 1 % of the journey."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given

from routing import Journey
from tests.differential.test_router_against_oracle import RADIUS_M, query_of, router_of
from tests.support.examples import thorough
from tests.support.followed import TOLERANCE, differences, is_likely, planned_rides, rides_headway
from tests.support.gtfs_feed import GtfsFeed
from tests.support.oracle import Oracle
from tests.support.oracle_vehicles import day_start
from tests.support.simulated_arrivals import simulate
from tests.support.strategies import Asked, cases
from tests.support.timetable_text import ZONE, feeds_of

TRIALS, SEED = 20_000, 20260302

DRAWN = {
    "one line": "A 0:00 > B 0:10 0:12 > C 0:20 / x, every 601 from 06:00 to 20:00",
    "two lines one after the other": """
        A 0:00 > B 0:10 / x, every 600 from 06:00 to 20:00
        B 0:00 > C 0:15 / x, every 1260 from 06:00 to 20:00
    """,
    "three lines, changes that take time": """
        stop B 0 0
        stop P 200 0
        transfer x B > B 2 120
        A 0:00 > B 0:10 / x, every 300 from 06:00 to 20:00
        B 0:00 > D 0:15 / x, every 900 from 06:00 to 20:00
        D 0:00 > C 0:20 / x, every 420 from 06:00 to 20:00
    """,
    "a walk between": """
        stop B 0 0
        stop P 200 0
        A 0:00 > B 0:10 / x, every 600 from 06:00 to 20:00
        P 0:00 > C 0:15 / y, every 700 from 06:00 to 20:00
    """,
    "a train after the bus": """
        A 0:00 > B 0:10 / x, every 600 from 06:00 to 20:00
        B 0:00 > C 0:30 / x, exact 900 from 06:00 to 20:00
    """,
    "a train before and a train after": """
        A 08:00 > D 08:20 / x
        D 0:00 > B 0:10 / x, every 1200 from 06:00 to 20:00
        B 0:00 > C 0:30 / x, exact 480 from 06:03 to 20:00
    """,
    "trains that overtake": """
        A 0:00 > B 0:10 / x, every 1200 from 06:00 to 20:00
        B 08:12 > C 09:12 / x
        B 08:19 > C 08:40 / x
        B 08:31 > C 09:20 / x
        B 08:33 > C 09:00 / x
    """,
    "the last train may be missed": """
        A 0:00 > B 0:10 / x, every 3000 from 06:00 to 20:00
        B 08:40 > C 09:00 / x
    """,
    "a row that ends, and the next": """
        A 0:00 > B 0:10 / x, trip T1, every 1200 from 06:00 to 08:10
        A 0:00 > B 0:10 / x, trip T2, every 300 from 08:05 to 08:10
        B 0:00 > C 0:15 / x, trip T3, every 600 from 06:00 to 08:25
        B 0:00 > C 0:15 / x, trip T4, every 1800 from 08:25 to 20:00
    """,
    "two lines as fast": """
        A 0:00 > C 0:30 / x, every 600 from 06:00 to 20:00
        A 0:00 > C 0:30 / x, every 900 from 06:00 to 20:00
    """,
    "a slower line and a faster one": """
        A 0:00 > C 0:30 / x, every 600 from 06:00 to 20:00
        A 0:00 > C 0:33 / x, every 720 from 06:00 to 20:00
        A 0:00 > C 0:20 / x, every 3600 from 06:00 to 20:00
    """,
    "two slower lines, after a first ride": """
        B 0:00 > A 0:10 / x, every 480 from 06:00 to 20:00
        A 0:00 > C 0:30 / x, every 1200 from 06:00 to 20:00
        A 0:00 > D 0:05 > C 0:34 / x, every 900 from 06:00 to 20:00
        A 0:00 > E 0:05 > C 0:37 / x, every 700 from 06:00 to 20:00
    """,
    "lines of which one ends and one begins": """
        B 0:00 > A 0:10 / x, every 900 from 06:00 to 20:00
        A 0:00 > C 0:30 / x, every 1200 from 06:00 to 08:20
        A 0:00 > C 0:36 / x, every 900 from 08:15 to 20:00
        A 0:00 > C 0:40 / x, every 600 from 05:00 to 08:18
    """,
    "a line of another provider": """
        A 0:00 > C 0:30 / x, every 600 from 06:00 to 20:00
        A 0:00 > C 0:30 / y, every 300 from 06:00 to 20:00
    """,
}
FROM_B = ("two slower lines, after a first ride", "lines of which one ends and one begins")


def _riders(oracle: Oracle, asked: Asked, journey: Journey, trials: int) -> list[float]:
    question = oracle.question(asked.origin, asked.destination, asked.time, **asked.limits())
    changes = {(start[0], end[0]): seconds for start, end, seconds in question.changes}
    rides = planned_rides(journey, lambda start, end: changes[start, end])
    around = [asked.time + dt.timedelta(days=days) for days in (-1, 1)]
    vehicles = [vehicle for at in around for vehicle in oracle.vehicles_around(at)]
    return simulate(vehicles, rides, int(journey.departure.timestamp()), trials, SEED)


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in DRAWN.items()])
@pytest.mark.parametrize("arrive_by", [False, True], ids=["depart", "arrive"])
def test_the_odds_of_a_drawn_journey_are_the_simulated_ones(text: str, arrive_by: bool) -> None:
    feeds = feeds_of(text)
    router, oracle = router_of(feeds), Oracle(feeds, walk="straight", radius_m=RADIUS_M)
    midnight = day_start(dt.date(2026, 3, 2), ZONE)
    time = dt.datetime.fromtimestamp(midnight + (10 if arrive_by else 8) * 3600, dt.UTC)
    origin = "x_B" if text in [DRAWN[name] for name in FROM_B] else "x_A"
    asked = Asked(origin, "y_C" if "/ y" in text else "x_C", time, arrive_by, slack=60)
    journeys = [journey for journey in router.journeys(query_of(asked)) if rides_headway(journey)]
    assert journeys
    for journey in journeys:
        arrivals = _riders(oracle, asked, journey, TRIALS)
        assert max(differences(journey, arrivals)) <= TOLERANCE or is_likely(journey, arrivals), journey


@thorough(16)
@given(cases(max_feeds=2, max_questions=3, headways=True))
def test_the_odds_of_journeys_on_networks_of_chance_are_the_simulated_ones(
    case: tuple[dict[str, GtfsFeed], list[Asked]],
) -> None:
    network, questions = case
    if any(row.get(name) for feed in network.values() for row in feed.rows("transfers")
           for name in ("from_trip_id", "to_trip_id", "from_route_id", "to_route_id")):  # fmt: skip
        return  # the simulation knows one time of change for a pair of stops
    router, oracle = router_of(network), Oracle(network, walk="straight", radius_m=RADIUS_M)
    for asked in questions:
        for journey in filter(rides_headway, router.journeys(query_of(asked))):
            assert is_likely(journey, _riders(oracle, asked, journey, 4000)), (asked, journey)
