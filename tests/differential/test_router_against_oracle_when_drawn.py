"""The router and the oracle agree on feeds that contradict themselves or stand on an edge: chance seldom draws them."""

from __future__ import annotations

import datetime as dt
from itertools import product

import pytest

from tests.differential.test_router_against_oracle import RADIUS_M, check_comparison, check_journeys, router_of
from tests.support.oracle import Oracle
from tests.support.oracle_vehicles import day_start
from tests.support.strategies import Asked
from tests.support.timetable_text import ZONE, feeds_of, position

BEHIND_A = position(-100, 0)

SEATED = """
    A 08:00 > B 08:10 / x, trip T1
    B 08:10 > C 08:20 / x, trip T2
    transfer x B > B 3
    stay x T1 > T2
"""
BLOCK = """
    A 08:00 > B 08:10 / x, trip T1, block 7
    B 08:10 > C 08:20 / x, trip T2, block 7
    B 08:15 > D 08:20 / x, trip T3
    transfer x B > B 3
"""
STATION = """
    station Z: A B
    D 07:00 > A 08:00 / x
    B 08:01 > C 08:10 / x
    B 08:05 > C 08:20 / x
    D 07:00 > B 08:00 / x
"""
NEAR = """
    stop A 0 0
    stop B 100 0
    A 08:00 > B 08:10 > C 08:20 / x
    B 08:00 > C 08:15 / x
"""
FAR = NEAR.replace("100 0", "3000 0")
EVERY = "A 00:00 > B 00:10 > C 00:20 / x, every 600 from 08:00 to 09:00\n"

CASES = {
    "of rows of types 4 and 5 with one key the first counts": (SEATED + "leave x T1 > T2", "x_A", "x_C"),
    "a row of type 5 cancels a block": (BLOCK + "leave x T1 > T2", "x_A", "x_C"),
    "a row of type 4 replaces a block": (BLOCK + "stay x T1 > T3", "x_A", "x_C"),
    "a row replaces a block on days without its trip": (
        "days ONCE 1000000 2026-03-09 2026-03-09\n"
        + BLOCK.replace("trip T3", "trip T3, service ONCE")
        + "stay x T1 > T3",
        "x_A",
        "x_C",
    ),
    "seated riders move to another stop": (
        "A 08:00 > B 08:10 / x, trip T1\nD 08:15 > C 08:20 / x, trip T2\nstay x T1 > T2",
        "x_A",
        "x_C",
    ),
    "two trips of no time continue into each other": (
        "A 08:00 > B 08:00 / x, trip T1\nB 08:00 > A 08:00 / x, trip T2\nstay x T1 > T2\nstay x T2 > T1",
        "x_A",
        "x_B",
    ),
    "a trip continues into itself": ("A 08:00 > B 08:10 / x, trip T1\nstay x T1 > T1", "x_A", "x_B"),
    "a headway trip continues into none": (
        SEATED.replace("T1\n", "T1, every 600 from 08:00 to 09:00\n", 1),
        "x_A",
        "x_C",
    ),
    "trips of a block leave in one second": (
        "A 08:00 > B 08:00 / x, block 7\nB 08:00 > C 08:00 / x, block 7\ntransfer x B > B 3",
        "x_A",
        "x_C",
    ),
    "two rows leave a stop and a station to choose from": (
        STATION + "transfer x A > Z 2 60\ntransfer x Z > B 2 300",
        "x_D",
        "x_C",
    ),
    "a station's row to itself holds at each of its stops": (STATION + "transfer x Z > Z 2 60", "x_D", "x_C"),
    "a row far off is too far to walk": (FAR + "transfer x A > B 2 60", "x_A", "x_C"),
    "a row says that the vehicle waits": (NEAR + "transfer x A > B 1", "x_A", "x_C"),
    "a row makes the walk all the way too long": (NEAR + "transfer x A > B 2 1201", "x_A", "x_B"),
    "a row makes the walk all the way just short enough": (NEAR + "transfer x A > B 2 1200", "x_A", "x_B"),
    "from a coordinate to a stop": (NEAR, BEHIND_A, "x_B"),
    "from a stop to a coordinate": (NEAR, "x_C", BEHIND_A),
    "from a coordinate to itself": (NEAR, BEHIND_A, BEHIND_A),
    "from a stop to itself": (NEAR, "x_A", "x_A"),
    "two feeds at one place": ("A 08:00 > B 08:10 > A 08:20 / x\nA 08:00 > C 09:00 / y", "x_A", "y_A"),
    "a trip three days long": ("A 00:00 > B 71:30 > C 72:30 / x", "x_B", "x_C"),
    "headways and a timetable leave together": (EVERY + "A 08:15 > C 08:33 / x", "x_A", "x_C"),
    "two headways on one road": (EVERY + EVERY.replace("600", "61"), "x_A", "x_C"),
    "from one headway to another": (EVERY + "C 00:00 > D 00:05 / y, every 7 from 08:00 to 09:00", "x_A", "y_D"),
}

INSIDE = """
    stop P 0 0
    stop Q 60 0
    stop B 300 0
    station Z: P Q
    entrance E 0 -30 of Z
    entrance F 60 -30 of Z
    A 08:00 > P 08:10 / x, wheelchair 1
    Q 08:12 > C 08:20 / x, wheelchair 1
    Q 08:20 > C 08:30 / x, wheelchair 1
    B 08:14 > C 08:24 / y, wheelchair 1
    pathway x P <> E walkway 40 m
    pathway x Q > F exit 50 m
    pathway x F > Q elevator 60 s
"""
NAMED = """
    stop P 0 0
    stop Q 60 0
    stop S 900 0
    station Z: P Q
    A 08:00 > P 08:10 / x, wheelchair 1, trip T1
    Q 08:11 > C 08:20 / x, wheelchair 1, trip T2, route R
    P 08:12 > C 08:25 / x, wheelchair 1, trip T3, route R
    S 08:22 > C 08:24 / x, wheelchair 1, trip T4
"""
STATIONS = {
    "out by one entrance and in by another": (INSIDE, "x_A", "x_C"),
    "stairs and an elevator": (INSIDE + "pathway x P > Q stairs\npathway x P > Q elevator", "x_A", "x_C"),
    "an entrance to another entrance": (INSIDE, "x_E", "x_F"),
    "an entrance to a stop": (INSIDE, "x_E", "x_Q"),
    "a closed platform": (INSIDE + "boarding x Q 2", "x_A", "x_C"),
    "a closed station with an open platform": (INSIDE + "boarding x Z 2\nboarding x Q 1", "x_P", "x_C"),
    "a closed entrance": (INSIDE + "boarding x F 2", "x_A", "x_C"),
    "a row between platforms that no step-free way joins": (
        INSIDE + "pathway x P <> Q stairs\nboarding x F 2\ntransfer x P > Q 2 30",
        "x_A",
        "x_C",
    ),
    "from a coordinate": (INSIDE, BEHIND_A, "x_C"),
    "a row of trips between platforms that no step-free way joins": (
        NAMED + "pathway x P <> Q stairs\ntransfer x P > Q 2 30, from trip T1, to trip T2",
        "x_A",
        "x_C",
    ),
    "a row of trips where stairs and an elevator lead": (
        NAMED + "pathway x P <> Q stairs\npathway x P <> Q elevator\ntransfer x P > Q 1, from trip T1, to route R",
        "x_A",
        "x_C",
    ),
    "a row of trips to a platform far off, by an elevator": (
        NAMED + "pathway x P > S elevator 120 s\ntransfer x P > S 0, from trip T1, to trip T4",
        "x_A",
        "x_C",
    ),
    "a row of trips at a closed platform": (
        NAMED + "boarding x Q 2\npathway x P <> Q walkway\ntransfer x P > Q 1, from trip T1, to trip T2",
        "x_A",
        "x_C",
    ),
    "a row of trips that change at one closed platform": (
        NAMED + "boarding x P 2\ntransfer x P > P 2 60, from trip T1, to trip T3",
        "x_A",
        "x_C",
    ),
}

TIMES = [(7, 0), (8, 0), (8, 1), (8, 14), (8, 20), (8, 30), (9, 30)]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_router_answers_drawn_edges_as_the_oracle_does(
    case: tuple[str, str | tuple[float, float], str | tuple[float, float]],
) -> None:
    text, origin, destination = case
    feeds = feeds_of(text)
    router, oracle = router_of(feeds), Oracle(feeds, walk="straight", radius_m=RADIUS_M)
    midnight = day_start(dt.date(2026, 3, 2), ZONE)
    for hours, minutes in TIMES:
        time = dt.datetime.fromtimestamp(midnight + hours * 3600 + minutes * 60, dt.UTC)
        for arrive_by in (False, True):
            asked = Asked(origin, destination, time, arrive_by)
            check_journeys(router, oracle, asked)
            check_comparison(router, oracle, asked)


@pytest.mark.parametrize("day", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)], ids=["short", "long"])
def test_the_hours_around_a_change_of_clocks_are_the_oracles(day: dt.date) -> None:
    text = """
        zone x Europe/Berlin
        stop A 0 0
        stop B 200 0
        A 00:30 > C 00:50 > B 01:20 / x
        A 01:30 > C 02:10 > B 03:40 / x
        A 02:30 > C 02:40 > B 02:50 / x
        A 00:00 > C 00:30 > B 00:40 / x, every 900 from 01:00 to 04:00
    """
    feeds = feeds_of(text)
    router, oracle = router_of(feeds), Oracle(feeds, walk="straight", radius_m=RADIUS_M)
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
    for quarter in range(-12, 16):
        time = midnight + dt.timedelta(minutes=15 * quarter)
        for origin, destination in (("x_A", "x_C"), ("x_A", "x_B"), ("x_A", "x_A")):
            for arrive_by in (False, True):
                asked = Asked(origin, destination, time, arrive_by)
                check_journeys(router, oracle, asked)
                check_comparison(router, oracle, asked)


@pytest.mark.parametrize("case", STATIONS.values(), ids=STATIONS.keys())
def test_stations_are_walked_as_the_oracle_does(
    case: tuple[str, str | tuple[float, float], str | tuple[float, float]],
) -> None:
    text, origin, destination = case
    feeds = feeds_of(text)
    router, oracle = router_of(feeds), Oracle(feeds, walk="straight", radius_m=RADIUS_M)
    midnight = day_start(dt.date(2026, 3, 2), ZONE)
    for hours, minutes in ((7, 55), (8, 0), (8, 15), (8, 31)):
        time = dt.datetime.fromtimestamp(midnight + hours * 3600 + minutes * 60, dt.UTC)
        for arrive_by, wheelchair in product((False, True), repeat=2):
            asked = Asked(origin, destination, time, arrive_by, wheelchair=wheelchair)
            check_journeys(router, oracle, asked)
            check_comparison(router, oracle, asked)
