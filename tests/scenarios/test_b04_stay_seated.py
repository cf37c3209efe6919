"""Riders stay in the vehicle where one trip becomes another: no transfer, no time, no slack."""

from __future__ import annotations

from tests.scenarios.drawn import ask, router_of

TWO = """
    A 08:00 > B 08:10 / x, trip T1{block}
    B 08:10 > C 08:20 / x, trip T2{block}
"""
BLOCK = TWO.format(block=", block 7")
SEATED = "08:00 > 08:20, 0 changes: x_A 08:00 x_T1 x_B 08:10 | x_B 08:10 x_T2 x_C 08:20, seated"
CHANGED = "08:00 > 08:20, 1 change: x_A 08:00 x_T1 x_B 08:10 | x_B 08:10 x_T2 x_C 08:20"


def test_consecutive_trips_of_a_block_are_one_ride() -> None:
    assert ask(router_of(BLOCK), "x_A", "x_C", "07:55") == [SEATED]
    assert ask(router_of(BLOCK), "x_A", "x_C", "07:55", max_transfers=0, transfer_slack_s=600) == [SEATED]


def test_without_a_block_it_is_a_change() -> None:
    assert ask(router_of(TWO.format(block="")), "x_A", "x_C", "07:55") == [CHANGED]


def test_a_type_4_row_joins_trips_of_no_block_and_of_different_stops() -> None:
    assert ask(router_of(f"{TWO.format(block='')}\nstay x T1 > T2"), "x_A", "x_C", "07:55") == [SEATED]
    apart = """
        A 08:00 > B 08:10 / x, trip T1
        D 08:15 > C 08:20 / x, trip T2
        stay x T1 > T2
    """
    assert ask(router_of(apart), "x_A", "x_C", "07:55") == [
        "08:00 > 08:20, 0 changes: x_A 08:00 x_T1 x_B 08:10 | x_D 08:15 x_T2 x_C 08:20, seated"
    ]


def test_a_type_5_row_cancels_what_the_block_says() -> None:
    assert ask(router_of(f"{BLOCK}\nleave x T1 > T2"), "x_A", "x_C", "07:55") == [CHANGED]


def test_of_two_rows_with_one_key_the_first_counts() -> None:
    stay, leave = "stay x T1 > T2", "leave x T1 > T2"
    assert ask(router_of(f"{TWO.format(block='')}\n{stay}\n{leave}"), "x_A", "x_C", "07:55") == [SEATED]
    assert ask(router_of(f"{TWO.format(block='')}\n{leave}\n{stay}"), "x_A", "x_C", "07:55") == [CHANGED]


def test_a_type_4_row_replaces_what_the_block_says() -> None:
    # T1 becomes T3 as the row says, and T2 no longer follows it.
    text = f"{BLOCK}\nB 08:12 > D 08:30 / x, trip T3\nstay x T1 > T3"
    router = router_of(text)
    assert ask(router, "x_A", "x_D", "07:55", max_transfers=0) == [
        "08:00 > 08:30, 0 changes: x_A 08:00 x_T1 x_B 08:10 | x_B 08:12 x_T3 x_D 08:30, seated"
    ]
    assert ask(router, "x_A", "x_C", "07:55") == [CHANGED]


def test_a_vehicle_that_parts_leads_both_ways() -> None:
    text = f"{TWO.format(block='')}\nB 08:12 > D 08:30 / x, trip T3\nstay x T1 > T2\nstay x T1 > T3"
    router = router_of(text)
    assert ask(router, "x_A", "x_C", "07:55") == [SEATED]
    assert len(ask(router, "x_A", "x_D", "07:55", max_transfers=0)) == 1


def test_trips_of_a_block_that_overlap_or_end_elsewhere_are_not_joined() -> None:
    overlap = """
        A 08:00 > B 08:10 / x, trip T1, block 7
        B 08:09 > C 08:20 / x, trip T2, block 7
    """
    elsewhere = """
        A 08:00 > B 08:10 / x, trip T1, block 7
        D 08:10 > C 08:20 / x, trip T2, block 7
    """
    for text in (overlap, elsewhere):
        assert ask(router_of(text), "x_A", "x_C", "07:55") == []


def test_riders_stay_through_three_trips() -> None:
    text = f"{BLOCK}\nC 08:25 > D 08:30 / x, trip T3, block 7"
    assert ask(router_of(text), "x_A", "x_D", "07:55", max_transfers=0) == [
        "08:00 > 08:30, 0 changes: x_A 08:00 x_T1 x_B 08:10 | x_B 08:10 x_T2 x_C 08:20, seated | "
        "x_C 08:25 x_T3 x_D 08:30, seated"
    ]


def test_a_trip_that_does_not_run_that_day_breaks_the_chain() -> None:
    text = f"""
        days TUE 0100000 2026-03-02 2026-03-08
        {BLOCK.replace("trip T2", "service TUE, trip T2")}
    """
    assert ask(router_of(text), "x_A", "x_C", "07:55", max_transfers=0) == []
    assert ask(router_of(text), "x_A", "x_C", "07:55", max_transfers=0, date="2026-03-03") == [SEATED]
