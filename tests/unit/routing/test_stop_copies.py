"""Copies of stops: as few as transfers.txt needs, and changes between them as its rows say."""

from __future__ import annotations

import numpy as np

from routing import Router
from routing.kernels.layout import UNREACHED
from routing.timetable import Timetable
from tests.scenarios.drawn import query_of, router_of

TEXT = """
    stop B 0 0
    stop P 99.9 0
    A 08:00 > B 08:10 / x, trip T1, route IN
    A 08:05 > B 08:15 / x, trip T2, route IN
    B 08:20 > C 08:30 / x, trip T3, route OUT
    B 08:25 > C 08:35 / x, trip T4, route OUT
    P 08:25 > C 08:35 / x, trip T5
"""


def _compiled(text: str, date: str = "2026-03-02") -> tuple[Router, Timetable]:
    router = router_of(text)
    return router, router.timetable(query_of("x_A", "x_C", "15:00", date=date))


def _stops_of(text: str) -> list[str]:
    """The stop of each copy, by name."""
    router, timetable = _compiled(text)
    stop_of = timetable.stops.stop_of[len(router.network.stops.lat) :]
    return [router.network.stops.id[stop][2:] for stop in stop_of]


def test_without_rows_that_name_anybody_there_are_no_copies() -> None:
    router, timetable = _compiled(TEXT + "transfer x B > B 2 60")
    assert timetable.stops.n_copies == 0
    assert timetable.n_stops == len(router.network.stops.lat)
    assert router.walks(query_of("x_A", "x_C", "15:00")).forward.change_s.tolist().count(60) == 1


def test_two_named_trips_need_a_copy_each_and_a_route_one_for_all_its_trips() -> None:
    assert _stops_of(TEXT + "transfer x B > B 3, from trip T1, to trip T3") == ["B", "B"]
    assert _stops_of(TEXT + "transfer x B > B 3, from route IN, to route OUT") == ["B", "B"]
    assert _stops_of(TEXT + "transfer x B > B 3, from route IN") == ["B"]
    assert _stops_of(TEXT + "transfer x B > B 3, from route IN\ntransfer x B > B 3, from trip T1") == ["B", "B"]


def test_trips_that_are_treated_alike_stay_in_one_pattern() -> None:
    patterns = {
        rows: _compiled(f"{TEXT}\n{rows}")[1].n_patterns
        for rows in (
            "",
            "transfer x B > B 3, from route IN, to route OUT",
            "transfer x B > B 3, from trip T1, to route OUT",
        )
    }
    assert list(patterns.values()) == [3, 3, 4]


def test_a_row_whose_other_trip_does_not_run_needs_no_copy() -> None:
    text = f"days TUE 0100000 2026-03-01 2026-03-08\n{TEXT}".replace("trip T3", "service TUE, trip T3")
    text += "transfer x B > B 3, from trip T1, to trip T3"
    # The timetable of a day reaches into the next one.
    assert [_compiled(text, date)[1].stops.n_copies for date in ("2026-03-02", "2026-03-05")] == [2, 0]


def test_changes_between_copies_are_those_of_the_stop_but_for_the_pair() -> None:
    router, timetable = _compiled(TEXT + "transfer x B > B 2 60\ntransfer x B > B 2 5, from trip T1, to trip T3")
    table, stops = router.walks(query_of("x_A", "x_C", "15:00")), timetable.stops
    walks, b, p = table.forward, router.network.stops.id.find("x_B"), router.network.stops.id.find("x_P")
    left, boarded = (int(stop) for stop in (stops.rule_from[0], stops.rule_to[0]))
    assert stops.stop_of[[left, boarded]].tolist() == [b, b]
    rows = {
        (start, int(walks.stops[row])): (int(walks.change_by_foot_s[row]), int(walks.walk_s[row]))
        for start in range(timetable.n_stops)
        for row in range(int(walks.ptr[start]), int(walks.ptr[start + 1]))
    }
    # Nobody boards where T1 is left, or leaves T3 where it is boarded.
    assert rows == {
        (b, boarded): (60, 0),
        (left, b): (60, 0),
        (left, boarded): (5, 0),
        (b, p): (109, 109),
        (left, p): (109, 109),
        (p, b): (109, 109),
        (p, boarded): (109, 109),
    }
    assert walks.change_s[b] == 60
    back = table.backward
    ends = np.repeat(np.arange(timetable.n_stops), np.diff(back.ptr))
    assert {(int(a), int(z)) for a, z in zip(back.stops, ends, strict=True)} == set(rows)


def test_a_trip_that_is_left_and_boarded_at_one_copy_changes_there_by_its_row() -> None:
    text = """
        A 08:00 > B 08:10 > A 08:20 > B 08:30 > C 08:40 / x, trip T1, route LOOP
        A 09:00 > B 09:10 > A 09:20 > B 09:30 > C 09:40 / x, trip T2, route LOOP
    """
    for row, change in {"2 90": 90, "3": UNREACHED}.items():
        router, timetable = _compiled(f"{text}\ntransfer x B > B {row}, from route LOOP, to route LOOP")
        copy = timetable.n_stops - 1
        assert timetable.stops.n_copies == 1
        assert router.walks(query_of("x_A", "x_C", "15:00")).forward.change_s[copy] == change


def test_a_reach_holds_a_stop_and_its_copies_alike() -> None:
    router, timetable = _compiled(TEXT + "transfer x B > B 3, from trip T1, to trip T3")
    query = query_of("x_B", "x_C", "15:00")
    reach = router.ends(query).access
    copies = reach.at_copies(timetable.stops)
    names = [router.network.stops.id[stop] for stop in timetable.stops.stop_of[copies.stops]]
    assert sorted(zip(names, copies.seconds.tolist(), copies.metres.tolist(), strict=True)) == [
        ("x_B", 0, 0),
        ("x_B", 0, 0),
        ("x_B", 0, 0),
        ("x_P", 109, 130),
    ]
