"""Windows with headway services, which can start at any second: what a front says of each, single questions say too."""

from __future__ import annotations

import dataclasses
import datetime as dt

from hypothesis import given

from routing import Journey, Query, Router
from routing.compare.fronts import Ridden, find_front
from routing.search import HORIZON_S
from tests.property.test_metamorphic import query_of as query_of_asked
from tests.property.test_profile_search import Case, later
from tests.scenarios.drawn import network_of, query_of, router_of
from tests.support.examples import thorough
from tests.support.strategies import cases

WINDOW_S = 7200

# A train that beats the bus for who leaves from 08:12 to 08:15: in between two times at which the bus is told.
BUS_AND_TRAIN = """
    A 0:00 > C 0:20 / x, every 1800 from 06:00 to 10:00
    A 08:15 > C 08:32 / y
"""


def first_arrival(rides: list[Ridden], ready_s: int) -> int | None:
    """Of who is ready at an instant."""
    starts = [(max(ride.from_s, ready_s), ride) for ride in rides]
    there = [start + ride.duration_s for start, ride in starts if start <= ride.until_s]
    return min((arrival for arrival in there if arrival - ready_s <= HORIZON_S), default=None)


def last_departure(rides: list[Ridden], by_s: int) -> int | None:
    """Of who has to be there by an instant."""
    starts = [(min(ride.until_s, by_s - ride.duration_s), ride) for ride in rides]
    leave = [start for start, ride in starts if start >= ride.from_s]
    return max((departure for departure in leave if by_s - departure <= HORIZON_S), default=None)


def front_of(router: Router, query: Query, *, is_first_enough: bool = False) -> list[Ridden]:
    front = find_front(router, query, router.ends(query), WINDOW_S, is_first_enough=is_first_enough)
    return [*front.rides, *front.beyond]


def is_as_good(ride: Ridden, journey: Journey, query: Query) -> bool:
    """Whether a ride of a front is, to who asks for the other."""
    ready = int(query.time.timestamp())
    if query.arrive_by:
        start = min(ride.until_s, ready - ride.duration_s)
        is_in_time = start >= max(ride.from_s, journey.departure_s)
    else:
        start = max(ride.from_s, ready)
        is_in_time = start <= ride.until_s and start + ride.duration_s <= journey.arrival_s
    return is_in_time and ride.transfers <= journey.transfers


def check(router: Router, query: Query, steps: range) -> None:
    """Whether the front holds what single questions find, at some seconds of the window; and so does that of those
    alone who are there first."""
    ends, now = router.ends(query), int(query.time.timestamp())
    fronts = [front_of(router, query, is_first_enough=is_first_enough) for is_first_enough in (False, True)]
    for seconds in steps:
        ready = now - seconds if query.arrive_by else now + seconds
        asked = later(query, ready - now)
        alone = router.rides(asked, ends)
        for journey in alone:
            assert any(is_as_good(ride, journey, asked) for ride in fronts[0]), (asked, journey)
        for rides in fronts:
            if query.arrive_by:
                assert last_departure(rides, ready) == max((ride.departure_s for ride in alone), default=None), asked
            else:
                assert first_arrival(rides, ready) == min((ride.arrival_s for ride in alone), default=None), asked


def test_a_bus_is_told_once_to_who_wants_to_be_there_first() -> None:
    router = router_of(BUS_AND_TRAIN)
    query = query_of("x_A", "x_C", "08:00")
    at = int(query.time.timestamp())
    told = [
        (ride.providers, ride.from_s - at, ride.until_s - at)
        for ride in front_of(router, query, is_first_enough=True)
        if ride.departure_s < at + WINDOW_S
    ]
    # By bus it takes 15 minutes of waiting and 20: longer than who leaves for the train after 07:57 has left to wait.
    assert told == [
        (frozenset("y"), 15 * 60, 15 * 60),
        (frozenset("x"), 15 * 60 + 1, 105 * 60 - 1),
    ]


def test_a_train_that_is_quicker_than_the_bus_for_three_minutes_is_told() -> None:
    router = router_of(BUS_AND_TRAIN)
    query = query_of("x_A", "x_C", "08:00")
    told = {(ride.providers, ride.departure_s) for ride in front_of(router, query)}
    at = int(query.time.timestamp())
    assert (frozenset("y"), at + 15 * 60) in told
    check(router, query, range(0, WINDOW_S, 30))


def test_so_it_is_for_who_has_to_be_there_in_time() -> None:
    router = router_of(BUS_AND_TRAIN)
    query = query_of("x_A", "x_C", "09:30", arrive_by=True)
    assert frozenset("y") in {ride.providers for ride in front_of(router, query)}
    check(router, query, range(0, WINDOW_S, 30))


def test_a_bus_that_a_train_has_beaten_can_be_started_again_as_soon_as_the_train_has_left() -> None:
    text = "A 0:00 > C 0:20 / x, every 1800 from 06:00 to 10:00\nA 08:03 > C 08:20 / y"
    router = router_of(text)
    query = query_of("x_A", "x_C", "08:00")
    at = int(query.time.timestamp())
    bus = [ride for ride in front_of(router, query) if ride.providers == {"x"}]
    assert bus[0].from_s == at + 3 * 60 + 1
    check(router, query, range(0, WINDOW_S, 30))


def test_a_bus_cannot_be_started_after_its_service_has_ended() -> None:
    router = router_of("A 0:00 > C 0:20 / x, every 600 from 06:00 to 08:30")
    query = query_of("x_A", "x_C", "08:00")
    at = int(query.time.timestamp())
    # The last second from which half a headway later is before the end.
    inside = [ride for ride in front_of(router, query) if ride.departure_s < at + WINDOW_S]
    assert max(ride.until_s for ride in inside) == at + 30 * 60 - 1 - 300
    check(router, query, range(0, WINDOW_S, 10))


def test_a_train_at_the_end_of_a_bus_ride_is_quicker_for_a_while_too() -> None:
    text = """
        A 0:00 > B 0:05 > C 0:40 / x, every 1200 from 06:00 to 10:00
        B 08:25 > C 08:35 / y
        B 08:55 > C 09:05 / y
    """
    router = router_of(text)
    query = query_of("x_A", "x_C", "08:00")
    assert len([ride for ride in front_of(router, query) if ride.providers == {"x", "y"}]) == 2
    check(router, query, range(0, WINDOW_S, 30))


def test_a_bus_that_pauses_can_be_started_again_when_it_runs_again() -> None:
    router = router_of("A 0:00 > C 0:20 / x, every 600 from 06:00 to 08:30, every 600 from 09:00 to 10:00")
    query = query_of("x_A", "x_C", "08:00")
    at = int(query.time.timestamp())
    buses = [ride for ride in front_of(router, query, is_first_enough=True) if ride.departure_s < at + WINDOW_S]
    assert [(ride.from_s - at, ride.until_s - at) for ride in buses] == [
        (0, 25 * 60 - 1), (60 * 60, 115 * 60 - 1)
    ]  # fmt: skip
    check(router, query, range(0, WINDOW_S, 10))


# At best a bus of x reaches the train of 08:55 for who leaves at 08:40; its service has ended by then.
TRAIN_BEHIND_THE_LAST_BUS = """
    A 0:00 > B 0:05 / x, every 1200 from 06:00 to 08:30
    B 08:55 > C 09:00 / y
    A 08:35 > D 08:50 > C 09:10 / y
    A 0:00 > C 0:40 / z, every 600 from 06:00 to 12:00
"""


def test_who_misses_his_train_when_the_last_bus_has_left_hides_nobody() -> None:
    router = router_of(TRAIN_BEHIND_THE_LAST_BUS)
    query = query_of("z_A", "z_C", "08:00")
    at = int(query.time.timestamp())
    trains = [ride for ride in front_of(router, query, is_first_enough=True) if ride.providers == {"y"}]
    assert [ride.departure_s - at for ride in trains if ride.departure_s < at + WINDOW_S] == [35 * 60]
    check(router, query, range(0, WINDOW_S, 10))


def test_so_it_is_with_who_has_to_be_there_in_time() -> None:
    text = """
        B 0:00 > C 0:05 / x, every 1200 from 09:30 to 12:00
        A 09:00 > B 09:05 / y
        A 08:50 > D 09:10 > C 09:25 / y
        A 0:00 > C 0:40 / z, every 600 from 06:00 to 12:00
    """
    check(router_of(text), query_of("z_A", "z_C", "10:00", arrive_by=True), range(0, WINDOW_S, 10))


def test_who_rides_fewer_vehicles_to_his_train_is_not_hidden_by_who_leaves_later_and_rides_more() -> None:
    text = """
        A 0:00 > B 0:05 / x, every 600 from 06:00 to 12:00
        B 0:00 > D 0:05 / x, every 120 from 06:00 to 12:00
        D 08:50 > C 09:00 / y
        B 08:40 > C 09:05 / y
        A 0:00 > C 0:23 / z, every 1800 from 06:00 to 12:00
    """
    router = router_of(text)
    query = query_of("z_A", "z_C", "08:05")
    at = int(query.time.timestamp())
    trains = {ride.transfers: ride.departure_s - at for ride in front_of(router, query) if "y" in ride.providers}
    assert trains == {1: 25 * 60, 2: 29 * 60}
    check(router, query, range(0, WINDOW_S, 10))


@thorough(15)
@given(cases(max_questions=2))
def test_a_front_holds_what_single_questions_find_at_any_second(case: Case) -> None:
    network, questions = case
    router = Router(network_of(network))
    for query in map(query_of_asked, questions):
        if not router.ends(query).is_same_place:
            check(router, query, range(0, WINDOW_S, 97))


def test_a_bus_goes_on_over_the_midnight_of_utc_at_which_windows_are_cut() -> None:
    router = router_of("A 0:00 > C 0:20 / x, every 600 from 06:00 to 30:00")
    query = query_of("x_A", "x_C", "23:30")
    shifted = dataclasses.replace(query, time=query.time.astimezone(dt.timezone(dt.timedelta(hours=7))))
    check(router, shifted, range(0, WINDOW_S, 61))
