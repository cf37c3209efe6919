"""Queries for wheelchairs: vehicles that take them, stops that let them in, and no stairs between."""

from __future__ import annotations

from routing.kernels.layout import UNREACHED
from tests.scenarios.drawn import ask, query_of, router_of

STATION = """
    stop P 0 0
    stop Q 59.9 0
    station Z: P Q
    A 08:00 > P 08:10 / x, trip T1, wheelchair 1
    Q 08:12 > C 08:22 / x, trip T2, wheelchair 1
    Q 08:30 > C 08:40 / x, trip T3, wheelchair 1
"""
STAIRS = "pathway x P <> Q stairs 60 m"
ELEVATOR = "pathway x P <> Q elevator 300 s"


def test_stairs_are_for_others_and_the_elevator_for_all() -> None:
    router = router_of(f"{STATION}\n{STAIRS}\n{ELEVATOR}")
    assert ask(router, "x_A", "x_C", "07:55") == [
        "08:00 > 08:22, 1 change: x_A 08:00 x_T1 x_P 08:10 | walk x_P 08:10 x_Q 08:10:50 (60 m) | "
        "x_Q 08:12 x_T2 x_C 08:22"
    ]
    assert ask(router, "x_A", "x_C", "07:55", wheelchair=True) == [
        "08:00 > 08:40, 1 change: x_A 08:00 x_T1 x_P 08:10 | walk x_P 08:10 x_Q 08:15 (0 m) | x_Q 08:30 x_T3 x_C 08:40"
    ]


def test_stairs_alone_are_no_way() -> None:
    for way in (STAIRS, "pathway x P <> Q escalator 60 m", "pathway x P <> Q walkway 60 m 12 stairs"):
        router = router_of(f"{STATION}\n{way}")
        assert len(ask(router, "x_A", "x_C", "07:55")) == 1
        assert ask(router, "x_A", "x_C", "07:55", wheelchair=True) == []


def test_arriving_by_a_time_takes_the_elevator_too() -> None:
    router = router_of(f"{STATION}\n{STAIRS}\n{ELEVATOR}")
    assert ask(router, "x_A", "x_C", "08:22", arrive_by=True, wheelchair=True) == []
    (line,) = ask(router, "x_A", "x_C", "08:45", arrive_by=True, wheelchair=True)
    assert line.startswith("08:00 > 08:40")


def test_a_transfer_row_puts_no_elevator_where_there_is_none() -> None:
    router = router_of(f"{STATION}\n{STAIRS}\ntransfer x P > Q 2 60")
    assert len(ask(router, "x_A", "x_C", "07:55")) == 1
    assert ask(router, "x_A", "x_C", "07:55", wheelchair=True) == []
    # Where nothing is known of the station, the row is all there is to go by.
    router = router_of(f"{STATION}\ntransfer x P > Q 2 60")
    assert len(ask(router, "x_A", "x_C", "07:55", wheelchair=True)) == 1


ROW = "transfer x P > Q 2 60, from trip T1, to trip T2"


def test_nor_does_a_row_of_two_trips() -> None:
    router = router_of(f"{STATION}\n{STAIRS}\n{ROW}")
    assert ask(router, "x_A", "x_C", "07:55")[0].startswith("08:00 > 08:22")
    assert ask(router, "x_A", "x_C", "07:55", wheelchair=True) == []
    (line,) = ask(router_of(f"{STATION}\n{ROW}"), "x_A", "x_C", "07:55", wheelchair=True)
    assert line.startswith("08:00 > 08:22")


def test_a_row_of_two_trips_fixes_the_time_and_the_elevator_must_be_near_enough() -> None:
    router = router_of(f"{STATION}\n{STAIRS}\n{ELEVATOR}\n{ROW}")
    (line,) = ask(router, "x_A", "x_C", "07:55", wheelchair=True)
    assert "walk x_P 08:10 x_Q 08:11 (0 m) | x_Q 08:12 x_T2" in line
    # The elevator takes 300 s, the stairs 50 s.
    assert ask(router, "x_A", "x_C", "07:55", wheelchair=True, max_walk_s=299) == []
    assert len(ask(router, "x_A", "x_C", "07:55", max_walk_s=299)) == 1


def test_a_row_of_two_trips_goes_by_the_elevator_at_any_speed() -> None:
    row = "transfer x P > Q 3\ntransfer x P > Q 0, from trip T1, to trip T3"
    router = router_of(f"{STATION}\n{ELEVATOR}\n{row}")
    for speed in (0.5, 2.0):
        for wheelchair in (False, True):
            (line,) = ask(router, "x_A", "x_C", "07:55", wheelchair=wheelchair, walk_speed_m_per_s=speed)
            assert "walk x_P 08:10 x_Q 08:15 (0 m) | x_Q 08:30 x_T3" in line


def test_a_row_of_two_trips_opens_no_stop_that_is_closed() -> None:
    router = router_of(f"{STATION}\n{ROW}\nboarding x Q 2")
    assert len(ask(router, "x_A", "x_C", "07:55")) == 1
    assert ask(router, "x_A", "x_C", "07:55", wheelchair=True) == []
    line = f"{LINE}\nB 08:20 > D 08:30 / x, trip T3, wheelchair 1\ntransfer x B > B 2 60, from trip T1, to trip T3"
    assert len(ask(router_of(line), "x_A", "x_D", "07:55", wheelchair=True)) == 1
    assert ask(router_of(f"{line}\nboarding x B 2"), "x_A", "x_D", "07:55", wheelchair=True) == []


def test_a_station_without_pathways_is_taken_to_be_level() -> None:
    assert len(ask(router_of(STATION), "x_A", "x_C", "07:55", wheelchair=True)) == 1


def test_the_way_round_by_the_street_is_step_free() -> None:
    entrances = """
        entrance E 0 -10 of Z
        entrance F 59.9 -10 of Z
        pathway x P <> E elevator 60 s
        pathway x Q <> F elevator 60 s
    """
    (line,) = ask(router_of(f"{STATION}\n{STAIRS}\n{entrances}"), "x_A", "x_C", "07:55", wheelchair=True)
    # 60 s down, 59.9 m x 1.3 = 78 m (65 s), 60 s up.
    assert "walk x_P 08:10 x_Q 08:13:05 (78 m)" in line


def test_an_entrance_that_is_closed_to_wheelchairs_is_no_way_in() -> None:
    entrance = "entrance E 0 -10 of Z\npathway x P <> E walkway 60 m\npathway x Q <> E walkway 60 m"
    router = router_of(f"{STATION}\n{entrance}\nboarding x E 2")
    assert len(ask(router, "x_E", "x_C", "08:00")) == 1
    assert ask(router, "x_E", "x_C", "08:00", wheelchair=True) == []


LINE = """
    stop A 0 0
    stop B 99.9 0
    station Z: B
    A 08:00 > B 08:10 > C 08:20 / x, trip T1, wheelchair 1
    B 08:30 > D 08:40 / x, trip T2, wheelchair 1
"""


def test_a_stop_says_itself_that_no_wheelchair_boards_there() -> None:
    router = router_of(f"{LINE}\nboarding x B 2")
    assert len(ask(router, "x_A", "x_B", "07:55", max_walk_s=0)) == 1
    assert ask(router, "x_A", "x_B", "07:55", max_walk_s=0, wheelchair=True) == []
    assert ask(router, "x_A", "x_D", "07:55", wheelchair=True) == []
    # Riding through it is no matter.
    assert len(ask(router, "x_A", "x_C", "07:55", wheelchair=True)) == 1


def test_what_a_stop_does_not_say_its_station_says() -> None:
    assert ask(router_of(f"{LINE}\nboarding x Z 2"), "x_B", "x_D", "08:25", max_walk_s=0, wheelchair=True) == []
    assert len(ask(router_of(f"{LINE}\nboarding x Z 2\nboarding x B 1"), "x_B", "x_D", "08:25", wheelchair=True)) == 1


def test_a_stop_of_which_nothing_is_known_is_open() -> None:
    assert len(ask(router_of(f"{LINE}\nboarding x B 0"), "x_B", "x_D", "08:25", wheelchair=True)) == 1


def test_from_a_stop_that_is_closed_one_goes_to_the_next() -> None:
    # 99.9 m are 130 on foot, 109 s.
    text = f"{LINE}\nboarding x A 2\nB 08:05 > C 08:10 / x, trip T3, wheelchair 1"
    (line,) = ask(router_of(text), "x_A", "x_C", "07:55", wheelchair=True)
    assert line.startswith("08:03:11")
    assert "x_B 08:05 x_T3 x_C 08:10" in line


def test_how_far_a_wheelchair_gets_leaves_out_what_it_cannot_leave() -> None:
    router = router_of(f"{LINE}\nboarding x C 2")
    c = router.network.stops.id.find("x_C")
    seconds = [router.reach(query_of("x_A", "x_A", "08:00", wheelchair=wheelchair))[c] for wheelchair in (False, True)]
    assert seconds == [1200, UNREACHED]


def test_the_next_trip_of_the_vehicle_takes_nothing_from_this_one() -> None:
    text = """
        A 08:00 > B 08:10 / x, trip T1, block 7, wheelchair 1
        B 08:10 > C 08:20 / x, trip T2, block 7
    """
    router = router_of(text)
    assert ask(router, "x_A", "x_B", "07:55", wheelchair=True) == ["08:00 > 08:10, 0 changes: x_A 08:00 x_T1 x_B 08:10"]
    assert ask(router, "x_A", "x_C", "07:55", wheelchair=True) == []
    assert len(ask(router, "x_A", "x_C", "07:55")) == 1
