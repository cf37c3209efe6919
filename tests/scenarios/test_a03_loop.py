"""A line that calls at one stop twice: each visit is a call of its own."""

from __future__ import annotations

from tests.scenarios.drawn import ask, query_of, router_of

LOOP = "A 08:00 > B 08:10 > C 08:20 > A 08:30 > D 08:40 / x, trip T1"


def test_the_second_visit_is_boarded_where_that_leaves_later() -> None:
    # Both visits of A lead to D at 08:40; the later departure is listed.
    assert ask(router_of(LOOP), "x_A", "x_D", "07:50") == ["08:30 > 08:40, 0 changes: x_A 08:30 x_T1 x_D 08:40"]


def test_the_first_visit_is_boarded_where_the_ride_ends_before_the_second() -> None:
    assert ask(router_of(LOOP), "x_A", "x_C", "07:50") == ["08:00 > 08:20, 0 changes: x_A 08:00 x_T1 x_C 08:20"]


def test_the_second_visit_can_be_reached_from_between() -> None:
    assert ask(router_of(LOOP), "x_B", "x_A", "07:50") == ["08:10 > 08:30, 0 changes: x_B 08:10 x_T1 x_A 08:30"]


def test_the_legs_tell_which_visit_is_meant() -> None:
    (journey,) = router_of(LOOP).journeys(query_of("x_A", "x_D", "07:50"))
    (leg,) = journey.rides
    assert (leg.from_stop_sequence, leg.to_stop_sequence) == (4, 5)
    assert leg.intermediate_stops == ()


def test_a_rider_at_the_loop_rides_nowhere_to_be_where_he_is() -> None:
    assert ask(router_of(LOOP), "x_A", "x_A", "07:50") == ["07:50 > 07:50, 0 changes: walk x_A 07:50 x_A 07:50 (0 m)"]
