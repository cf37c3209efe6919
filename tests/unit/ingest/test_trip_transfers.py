"""Rows of transfers.txt that name trips or routes: which stops they are about, and which of them say anything."""

from __future__ import annotations

from typing import Literal

import pytest

from ingest.pipeline import WalkOptions
from tests.scenarios.drawn import network_of
from tests.support.timetable_text import feeds_of

# A and B: 99.9 m straight, 130 m on foot. C is far.
NETWORK = """
    stop A 0 0
    stop B 99.9 0
    stop C 5000 0
    station Z: A B
    A 08:00 > C 08:20 / x, trip T1, route IN
    A 09:00 > B 09:10 > C 09:20 / x, trip T2, route OUT
"""

Row = tuple[str, str, str, str, int, int, int]


def _rows(text: str, walk: Literal["straight", "off"] = "straight") -> list[Row]:
    """(from stop, to stop, from, to, distance, fixed time, forbidden), in their order; `*` for any trip."""
    network = network_of(feeds_of(text), WalkOptions(walk))
    rows, stops = network.trip_transfers, network.stops.id

    def named(trip: int, route: int) -> str:
        assert trip < 0 or route < 0
        return network.trips.id[trip][2:] if trip >= 0 else network.routes.id[route][2:] if route >= 0 else "*"

    return [
        (
            stops[rows.from_stop[row]][2:],
            stops[rows.to_stop[row]][2:],
            named(int(rows.from_trip[row]), int(rows.from_route[row])),
            named(int(rows.to_trip[row]), int(rows.to_route[row])),
            int(rows.distance_m[row]),
            int(rows.min_time_s[row]),
            int(rows.forbidden[row]),
        )
        for row in range(len(rows.from_stop))
    ]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("A > B 1, from trip T1", ("A", "B", "T1", "*", 130, 0, 0)),
        ("A > B 2 240, from route IN", ("A", "B", "IN", "*", 130, 240, 0)),
        ("A > B 3, to trip T2", ("A", "B", "*", "T2", 130, -1, 1)),
        ("A > A 2 60, from route IN, to trip T2", ("A", "A", "IN", "T2", 0, 60, 0)),
        ("A > A 3, from trip T1, to route OUT", ("A", "A", "T1", "OUT", 0, -1, 1)),
        ("A > B 1, from trip T1, from route IN, to trip T2, to route OUT", ("A", "B", "T1", "T2", 130, 0, 0)),
    ],
)
def test_a_row_is_kept_with_its_distance_its_time_and_what_it_names(row: str, expected: Row) -> None:
    assert _rows(f"{NETWORK}\ntransfer x {row}") == [expected]


@pytest.mark.parametrize("walk", ["straight", "off"])
def test_what_nothing_else_links_is_measured(walk: Literal["straight", "off"]) -> None:
    # 5000 m x 1.3.
    ((start, end, *_, metres, fixed, forbidden),) = _rows(f"{NETWORK}\ntransfer x A > C 0, from trip T1", walk)
    assert (start, end, fixed, forbidden) == ("A", "C", -1, 0)
    assert metres == pytest.approx(6500, abs=1)


@pytest.mark.parametrize(
    "row",
    ["A > A 1", "A > A 0", "A > A 2", "A > A 2 0", "A > B 0", "A > B 2", "A > C 3"],
)
def test_a_row_that_says_what_holds_anyway_is_left_out(row: str) -> None:
    assert _rows(f"{NETWORK}\ntransfer x {row}, from trip T1") == []


def test_such_a_row_is_kept_where_it_overrules_a_less_specific_one() -> None:
    rows = "transfer x A > A 1, from trip T1, to trip T2\ntransfer x A > A 3, from route IN"
    assert [row[2:4] for row in _rows(f"{NETWORK}\n{rows}")] == [("IN", "*"), ("T1", "T2")]
    # And where the stop's own row says something else.
    stop = "transfer x A > A 2 300\ntransfer x A > A 1, from trip T1, to trip T2"
    assert [row[2:] for row in _rows(f"{NETWORK}\n{stop}")] == [("T1", "T2", 0, 0, 0)]


def test_less_specific_rows_come_first_and_of_equals_the_first_comes_last() -> None:
    rows = [
        "A > A 3, from trip T1",
        "A > A 2 7, to trip T2",
        "A > Z 3, to trip T2",
        "A > A 3, from trip T1, to trip T2",
        "A > A 3, from route IN, to route OUT",
        "A > A 3, to route OUT",
    ]
    text = "\n".join([NETWORK, *(f"transfer x {row}" for row in rows)])
    assert [(*row[2:4], row[5]) for row in _rows(text) if row[:2] == ("A", "A")] == [
        ("*", "OUT", -1),
        ("IN", "OUT", -1),
        ("*", "T2", -1),
        ("*", "T2", 7),
        ("T1", "*", -1),
        ("T1", "T2", -1),
    ]


def test_a_station_means_those_of_its_stops_at_which_the_named_call() -> None:
    assert [row[:4] for row in _rows(f"{NETWORK}\ntransfer x Z > Z 3, from trip T1, to route OUT")] == [
        ("A", "A", "T1", "OUT"),
        ("A", "B", "T1", "OUT"),
    ]
    # Where an end names nobody, everybody is meant.
    assert [row[:2] for row in _rows(f"{NETWORK}\ntransfer x Z > Z 3, from trip T1")] == [("A", "A"), ("A", "B")]
    assert _rows(f"{NETWORK}\ntransfer x B > B 3, from trip T1") == []


def test_rows_for_everybody_and_for_staying_seated_are_none_of_these() -> None:
    assert _rows(f"{NETWORK}\ntransfer x A > B 3\nstay x T1 > T2\nleave x T1 > T2") == []


STATION = """
    station Z: A B
    pathway x A > B stairs 50 m
    pathway x A <> B elevator 40 s 8 m
"""


def _walks(text: str) -> list[tuple[int, ...]]:
    """(metres, of them at no speed, seconds of their own), with stairs and without, for each row."""
    rows = network_of(feeds_of(text), WalkOptions()).trip_transfers
    names = ("distance_m", "fixed_m", "fixed_s")
    columns = [getattr(rows, prefix + name) for prefix in ("", "step_free_") for name in names]
    return [tuple(int(column[row]) for column in columns) for row in range(len(rows.from_stop))]


def test_a_row_inside_a_station_has_the_way_by_the_pathways_with_stairs_and_without() -> None:
    row = "transfer x A > B 1, from trip T1, to trip T2"
    # 50 m at 1.2 m/s are 41.7 s; back there is the elevator alone.
    slow = NETWORK.replace("station Z: A B", STATION.replace("40 s", "45 s"))
    assert _walks(f"{slow}\n{row}") == [(50, 0, 0, 8, 8, 45)]
    quick = NETWORK.replace("station Z: A B", STATION)
    assert _walks(f"{quick}\n{row}") == [(8, 8, 40, 8, 8, 40)]
    assert _walks(f"{slow}\ntransfer x B > A 1, from trip T2") == [(8, 8, 45, 8, 8, 45)]


def test_where_there_are_only_stairs_there_is_no_way_without() -> None:
    stairs = NETWORK.replace("station Z: A B", "station Z: A B\npathway x A <> B stairs 50 m")
    assert _walks(f"{stairs}\ntransfer x A > B 2 9, from trip T1") == [(50, 0, 0, -1, 0, 0)]
    # No row for a pair that is not linked makes a way, and one that forbids needs none.
    assert _walks(f"{stairs}\ntransfer x A > B 3, from trip T1") == [(50, 0, 0, 0, 0, 0)]


def test_a_row_that_only_wheelchairs_need_is_kept() -> None:
    """By stairs A and B are linked anyway; without them only the row leads out by one door and in by another."""
    text = """
        stop A 0 0
        stop B 59.9 0
        station Z: A B
        entrance E 0 -600 of Z
        entrance F 59.9 -600 of Z
        A 08:00 > C 08:20 / x, trip T1
        A 09:00 > B 09:10 > C 09:20 / x, trip T2
        pathway x A <> B stairs 60 m
        pathway x A <> E walkway 600 m
        pathway x B <> F walkway 600 m
        transfer x A > B 0, from trip T1
    """
    # 600 m, 59.9 m x 1.3, 600 m: farther than footpaths go.
    assert _walks(text) == [(60, 0, 0, 1278, 0, 0)]
