"""Rows of transfers.txt that name trips or routes speak for those alone, the more specific one before the other."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from routing.kernels.layout import UNREACHED
from tests.scenarios.drawn import ask, query_of, router_of

# T1 and T2 come in on one route; T3, T4 and T5 go on, T3 and T5 on one route.
AT_B = """
    A 08:00 > B 08:10 / x, trip T1, route IN
    Z 08:00 > B 08:10 / x, trip T2, route IN
    B 08:10 > C 08:20 / x, trip T3, route OUT
    B 08:13 > C 08:25 / x, trip T4
    B 08:15 > C 08:30 / x, trip T5, route OUT
"""


def _caught(text: str, origin: str = "A", destination: str = "C", **more: object) -> str:
    """The trip that is changed to, or "" if there is no journey."""
    lines = ask(router_of(text), f"x_{origin}", f"x_{destination}", "07:55", **more)
    assert len(lines) <= 1
    return lines[0].split(" | ")[-1].split()[2].removeprefix("x_") if lines else ""


def test_without_such_a_row_the_first_trip_is_caught() -> None:
    assert (_caught(AT_B), _caught(AT_B, "Z")) == ("T3", "T3")


@pytest.mark.parametrize(
    ("named", "caught", "caught_from_z"),
    [
        ("from trip T1, to trip T3", "T4", "T3"),
        ("from trip T1, to route OUT", "T4", "T3"),
        ("from route IN, to trip T3", "T4", "T4"),
        ("from trip T1", "", "T3"),
        ("to trip T3", "T4", "T4"),
        ("from route IN, to route OUT", "T4", "T4"),
        ("from route IN", "", ""),
        ("to route OUT", "T4", "T4"),
    ],
)
def test_a_row_forbids_the_change_to_those_that_it_names_and_to_no_others(
    named: str, caught: str, caught_from_z: str
) -> None:
    text = f"{AT_B}\ntransfer x B > B 3, {named}"
    assert (_caught(text), _caught(text, "Z")) == (caught, caught_from_z)


def test_beside_a_trip_its_route_says_nothing_more() -> None:
    text = f"{AT_B}\ntransfer x B > B 3, from trip T1, from route IN, to trip T3, to route OUT"
    assert (_caught(text), _caught(text, "Z")) == ("T4", "T3")


LADDER = [
    "from trip T1, to trip T3",
    "from trip T1, to route OUT",
    "to trip T3",
    "from route IN, to route OUT",
    "from route IN",
    "",
]
"""Rows for the change from T1 to T3, most specific first."""


@pytest.mark.parametrize(("special", "general"), list(combinations(LADDER, 2)))
def test_the_more_specific_row_counts_wherever_it_stands(special: str, general: str) -> None:
    for special_type, general_type, caught in ((1, 3, True), (3, 1, False)):
        named = (special_type, special), (general_type, general)
        rows = [f"transfer x B > B {kind}, {words}".rstrip(", ") for kind, words in named]
        for order in (rows, rows[::-1]):
            assert (_caught("\n".join([AT_B, *order])) == "T3") is caught


def test_a_row_of_trips_for_a_station_counts_before_one_of_its_stop_for_all() -> None:
    station = f"station S: B\n{AT_B}\ntransfer x S > S 3, from trip T1, to trip T3"
    assert (_caught(f"{station}\ntransfer x B > B 1"), _caught(f"{station}\ntransfer x B > B 1", "Z")) == ("T4", "T3")


def test_of_equally_specific_rows_one_of_the_stop_counts_and_then_the_first() -> None:
    rows = "transfer x S > S 3, from trip T1, to trip T3\ntransfer x B > S 1, from trip T1, to trip T3"
    assert _caught(f"station S: B\n{AT_B}\n{rows}") == "T3"
    both = "transfer x B > B 3, from trip T1\ntransfer x B > B 1, to trip T3"
    assert _caught(f"{AT_B}\n{both}") == ""
    assert _caught("\n".join([AT_B, *both.splitlines()[::-1]])) == "T3"


def test_a_time_is_that_of_the_pair_to_the_second_and_slack_comes_on_top() -> None:
    # 08:10 + 300 s = 08:15; T4 is at 08:13 for everybody.
    text = f"{AT_B}\ntransfer x B > B 2 240\ntransfer x B > B 2 300, from trip T1"
    assert (_caught(text), _caught(text, "Z")) == ("T5", "T5")
    assert _caught(text, transfer_slack_s=1) == ""
    assert _caught(f"{AT_B}\ntransfer x B > B 2 301, from trip T1") == ""
    assert (_caught(text.replace("240", "180"), "Z"), _caught(text.replace("240", "180"))) == ("T4", "T5")


def test_a_vehicle_that_waits_is_caught_where_a_change_takes_its_time() -> None:
    text = f"{AT_B}\ntransfer x B > B 2 300\ntransfer x B > B 1, from trip T1, to trip T3"
    assert (_caught(text), _caught(text, "Z")) == ("T3", "T5")


def test_riding_through_and_the_first_and_last_walk_are_no_changes() -> None:
    text = """
        A 08:00 > B 08:10 08:12 > C 08:20 / x, trip T1
        transfer x B > B 3, from trip T1
        transfer x B > B 3, to trip T1
    """
    for ends, line in {
        ("x_A", "x_C"): "08:00 > 08:20, 0 changes: x_A 08:00 x_T1 x_C 08:20",
        ("x_A", "x_B"): "08:00 > 08:10, 0 changes: x_A 08:00 x_T1 x_B 08:10",
        ("x_B", "x_C"): "08:12 > 08:20, 0 changes: x_B 08:12 x_T1 x_C 08:20",
    }.items():
        assert ask(router_of(text), *ends, "07:55") == [line]


# 99.9 m straight, 130 m on foot, 109 s: 08:11:49. F is 1300 m on foot, 1084 s: 08:28:04.
ON_FOOT = """
    stop B 0 0
    stop P 99.9 0
    stop F 999.9 0
    A 08:00 > B 08:10 / x, trip T1
    Z 08:00 > B 08:10 / x, trip T2
    P 08:11:49 > C 08:20 / x, trip T3
    P 08:20 > C 08:30 / x, trip T4
    F 08:28:04 > E 08:40 / x, trip T5
"""


def test_a_row_for_two_trips_speaks_for_a_footpath_too() -> None:
    for row, caught in {"2 110": "T4", "2 109": "T3", "3": "T4", "1": "T3"}.items():
        text = f"{ON_FOOT}\ntransfer x B > P {row}, from trip T1, to trip T3"
        assert (_caught(text), _caught(text, "Z")) == (caught, "T3")


def test_a_row_for_two_trips_links_stops_for_them_alone() -> None:
    text = f"{ON_FOOT}\ntransfer x B > F 0, from trip T1, to trip T5"
    assert ask(router_of(text), "x_A", "x_E", "07:55") == [
        "08:00 > 08:40, 1 change: x_A 08:00 x_T1 x_B 08:10 | walk x_B 08:10 x_F 08:28:04 (1300 m) | "
        "x_F 08:28:04 x_T5 x_E 08:40"
    ]
    assert ask(router_of(text), "x_A", "x_E", "07:55", max_walk_s=1083) == []
    assert ask(router_of(text), "x_Z", "x_E", "07:55") == []
    # Nor does it lead to the first vehicle or from the last.
    assert ask(router_of(text), "x_B", "x_E", "07:55") == []
    assert ask(router_of(text), "x_A", "x_F", "07:55") == []


def test_rows_one_way_do_not_hold_the_other_way_in_either_search() -> None:
    # From B to P in 60 s, from P to B in 600 s, for T1 and T3 alone.
    text = """
        stop B 0 0
        stop P 99.9 0
        A 08:00 > B 08:10 > P 08:30 / x, trip T1
        P 08:11 > C 08:20 / x, trip T3
        P 08:30 > B 08:35 > D 08:40 / x, trip T4
        transfer x B > P 2 60, from trip T1, to trip T3
        transfer x P > B 2 600, from trip T3, to trip T1
    """
    line = (
        "08:00 > 08:20, 1 change: x_A 08:00 x_T1 x_B 08:10 | walk x_B 08:10 x_P 08:11 (130 m) | "
        "x_P 08:11 x_T3 x_C 08:20"
    )
    assert ask(router_of(text), "x_A", "x_C", "08:20", arrive_by=True) == [line]
    assert ask(router_of(text), "x_A", "x_C", "08:00") == [line]
    slow = text.replace("2 60,", "2 61,")
    assert ask(router_of(slow), "x_A", "x_C", "08:20", arrive_by=True) == []


def test_who_stays_seated_changes_from_the_trip_that_he_leaves() -> None:
    text = """
        A 08:00 > B 08:10 / x, trip T1, block 7
        B 08:10 > D 08:20 / x, trip T2, block 7
        D 08:20 > C 08:30 / x, trip T3
    """
    assert _caught(f"{text}\ntransfer x D > D 3, from trip T1, to trip T3") == "T3"
    assert _caught(f"{text}\ntransfer x D > D 3, from trip T2, to trip T3") == ""
    # Staying seated itself is no change that a row of type 3 could forbid.
    assert _caught(f"{text}\ntransfer x B > B 3, from trip T1, to trip T2") == "T3"


@pytest.mark.parametrize(("kind", "arrival"), [("every", "08:25"), ("exact", "08:20")])
def test_trips_of_frequencies_are_named_like_others(kind: str, arrival: str) -> None:
    # At B from 08:10 on: after half a headway, or at 08:10 itself; then 10 minutes to C.
    text = f"""
        A 08:00 > B 08:10 / x, trip T1
        Z 08:00 > B 08:10 / x, trip T2
        B 0:00 > C 0:10 / x, trip T3, {kind} 600 from 06:00 to 10:00
        transfer x B > B 3, from trip T1, to trip T3
    """
    assert ask(router_of(text), "x_A", "x_C", "07:55") == []
    (line,) = ask(router_of(text), "x_Z", "x_C", "07:55")
    assert line.startswith(f"08:00 > {arrival}, 1 change")


def test_seconds_to_every_stop_are_those_to_the_stop_itself_not_to_a_trip_there() -> None:
    text = f"{AT_B}\ntransfer x B > B 3, from trip T1, to trip T3\ntransfer x B > B 2 240, from trip T2"
    router = router_of(text)
    stops = router.network.stops.id
    reached = router.reach(query_of("x_A", "x_A", "08:00"))
    assert reached.shape == (len(stops),)
    seconds = {stops[row]: int(reached[row]) for row in range(len(stops))}
    assert seconds == {"x_A": 0, "x_B": 600, "x_C": 1500, "x_Z": UNREACHED}
    back = router.reach(query_of("x_C", "x_C", "08:30", arrive_by=True))
    # From Z by T2 and, four minutes later at least, by T5.
    assert int(back[stops.find("x_Z")]) == int(back[stops.find("x_A")]) == 1800
    times = [query_of("x_A", "x_A", "08:00").time]
    assert np.array_equal(router.matrix(["x_A", "x_Z"], ["x_C"], times), [[[1500]], [[1800]]])
