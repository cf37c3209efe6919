"""transfer_type 3: no change of vehicles this way. Walking it to the first or from the last vehicle is no change."""

from __future__ import annotations

from tests.scenarios.drawn import ask, router_of

# 99.9 m straight, 130 m on foot, 109 s.
PAIR = """
    stop B 0 0
    stop P 99.9 0
    A 08:00 > B 08:10 / x, trip T1
    P 08:20 > C 08:30 / x, trip T2
"""


def test_a_forbidden_pair_is_no_change() -> None:
    assert len(ask(router_of(PAIR), "x_A", "x_C", "07:55")) == 1
    assert ask(router_of(f"{PAIR}\ntransfer x B > P 3"), "x_A", "x_C", "07:55") == []


def test_the_other_way_round_stays_open() -> None:
    assert len(ask(router_of(f"{PAIR}\ntransfer x P > B 3"), "x_A", "x_C", "07:55")) == 1


def test_the_forbidden_way_is_walked_to_the_first_vehicle_and_from_the_last() -> None:
    router = router_of(f"{PAIR}\ntransfer x B > P 3")
    assert ask(router, "x_B", "x_C", "08:00") == [
        "08:18:11 > 08:30, 0 changes: walk x_B 08:18:11 x_P 08:20 (130 m) | x_P 08:20 x_T2 x_C 08:30"
    ]
    assert ask(router, "x_A", "x_P", "07:55") == [
        "08:00 > 08:11:49, 0 changes: x_A 08:00 x_T1 x_B 08:10 | walk x_B 08:10 x_P 08:11:49 (130 m)"
    ]


def test_a_change_at_a_stop_itself_can_be_forbidden() -> None:
    at_b = """
        A 08:00 > B 08:10 / x, trip T1
        B 08:20 > C 08:30 / x, trip T2
    """
    assert len(ask(router_of(at_b), "x_A", "x_C", "07:55")) == 1
    assert ask(router_of(f"{at_b}\ntransfer x B > B 3"), "x_A", "x_C", "07:55") == []


def test_a_forbidden_stop_is_passed_by_way_of_another() -> None:
    # No change at B, but off at B, over to P and on from there.
    router = router_of(f"{PAIR}\nB 08:20 > D 08:30 / x, trip T3\ntransfer x B > B 3")
    assert len(ask(router, "x_A", "x_C", "07:55")) == 1
    assert ask(router, "x_A", "x_D", "07:55") == []


def test_a_row_of_stations_forbids_for_all_their_stops_but_those_that_a_row_names() -> None:
    both = f"{PAIR}\nstation S: B\nstation Q: P\ntransfer x S > Q 3"
    assert ask(router_of(both), "x_A", "x_C", "07:55") == []
    assert len(ask(router_of(f"{both}\ntransfer x B > P 0"), "x_A", "x_C", "07:55")) == 1
