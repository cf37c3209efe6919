"""An express leaves later and arrives sooner: RAPTOR's premise does not hold, the answer must."""

from __future__ import annotations

from tests.scenarios.drawn import ask, router_of

OVERTAKING = """
    A 08:00 > B 08:20 > C 08:40 / x, trip SLOW
    A 08:05 > B 08:15 > C 08:25 / x, trip FAST
    A 08:10 > B 08:30 > C 08:50 / x, trip SLOWER
"""


def test_the_later_trip_that_arrives_first_is_taken() -> None:
    assert ask(router_of(OVERTAKING), "x_A", "x_C", "07:50") == ["08:05 > 08:25, 0 changes: x_A 08:05 x_FAST x_C 08:25"]


def test_who_boards_beyond_the_overtaking_takes_what_comes_first_there() -> None:
    # At B the express (08:15) is before the slow one (08:20).
    router = router_of(OVERTAKING)
    assert ask(router, "x_B", "x_C", "08:10") == ["08:15 > 08:25, 0 changes: x_B 08:15 x_FAST x_C 08:25"]
    assert ask(router, "x_B", "x_C", "08:16") == ["08:20 > 08:40, 0 changes: x_B 08:20 x_SLOW x_C 08:40"]


def test_the_missed_express_leaves_the_slow_trip_behind_it() -> None:
    assert ask(router_of(OVERTAKING), "x_A", "x_C", "08:06") == [
        "08:10 > 08:50, 0 changes: x_A 08:10 x_SLOWER x_C 08:50"
    ]


def test_arriving_by_a_deadline_takes_the_express_too() -> None:
    # Deadline 08:45: SLOW (08:40) and FAST (08:25) are in time; FAST leaves later.
    assert ask(router_of(OVERTAKING), "x_A", "x_C", "08:45", arrive_by=True) == [
        "08:05 > 08:25, 0 changes: x_A 08:05 x_FAST x_C 08:25"
    ]
