"""Departure boards: every event in its place, headway services told as such, pages that fit together."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.model import CAN_ALIGHT, CAN_BOARD, Network
from routing.boards import MOST_EVENTS, Board, BoardQuery, make_board
from routing.call_index import CallIndex
from routing.runs import day_start_s
from routing.trip_runs import trip_zone
from tests.scenarios.drawn import network_of, router_of
from tests.support.examples import thorough
from tests.support.gtfs_feed import GtfsFeed
from tests.support.strategies import networks

LINE = "A 08:00 > B 08:10 08:12 > C 08:20 / x, trip T1"
HEADWAY = "A 0:00 > B 0:10 0:12 > C 0:20 / x, trip H, every 600 from 06:00 to 10:00"
Told = tuple[str, int, int | None]
"""(trip, UTC second, headway)"""


def _board(network: Network, stop: str, time: int, **more: Any) -> Board:
    stops = np.array([network.stops.id.find(stop)], np.int32)
    asked = {"n": 3, **more}
    return make_board(CallIndex(network), BoardQuery(stops, time, **asked))


def _clock(network: Network, text: str) -> int:
    """UTC seconds of a time on the first day that the drawing runs on."""
    hour, minute = map(int, text.split(":"))
    return day_start_s(_day(network), network.zones[0]) + 60 * (60 * hour + minute)


def _day(network: Network) -> date:
    first = int(np.flatnonzero(network.services.runs.any(axis=0))[0])
    return network.first_date + timedelta(days=first)


def _told(network: Network, board: Board) -> list[tuple[str, str, int | None]]:
    start = day_start_s(_day(network), network.zones[0])
    return [
        (network.trips.id[event.run.trip], str(timedelta(seconds=event.at_s - start)), event.run.headway_s)
        for event in board.events
    ]


@pytest.fixture(scope="module")
def network() -> Network:
    return router_of(f"{LINE}\n{HEADWAY}").network


def test_departures_are_told_from_a_time_on_with_the_vehicles_that_a_headway_promises(network: Network) -> None:
    board = _board(network, "x_B", _clock(network, "08:02"), n=2)
    # Two leave at 08:12: of events at one instant all are told, so three in place of two.
    assert _told(network, board) == [("x_H", "8:02:00", 600), ("x_T1", "8:12:00", None), ("x_H", "8:12:00", 600)]


def test_arrivals_have_their_own_times_and_the_first_stop_has_none(network: Network) -> None:
    board = _board(network, "x_C", _clock(network, "08:15"), arrivals=True, n=2)
    assert [row[:2] for row in _told(network, board)] == [("x_T1", "8:20:00"), ("x_H", "8:20:00")]
    assert _board(network, "x_A", _clock(network, "08:00"), arrivals=True).events == ()


def test_nothing_leaves_the_last_stop(network: Network) -> None:
    assert _board(network, "x_C", _clock(network, "08:00")).events == ()


def test_the_last_ones_before_a_time_are_told_in_order(network: Network) -> None:
    board = _board(network, "x_B", _clock(network, "08:12"), later=False, n=2)
    assert [row[1] for row in _told(network, board)] == ["7:52:00", "8:02:00"]


def test_a_window_holds_all_its_events(network: Network) -> None:
    board = _board(network, "x_A", _clock(network, "08:00"), n=1, window_s=1800)
    # 08:00 twice, then one every ten minutes up to 08:30.
    assert [row[1] for row in _told(network, board)] == ["8:00:00", "8:00:00", "8:10:00", "8:20:00", "8:30:00"]


def test_only_the_wanted_route_types_are_told(network: Network) -> None:
    types = frozenset(network.routes.type.tolist())
    assert _board(network, "x_A", _clock(network, "08:00"), route_types=types).events
    assert _board(network, "x_A", _clock(network, "08:00"), route_types=frozenset()).events == ()


def test_a_board_is_not_endless() -> None:
    network = router_of(HEADWAY.replace("600", "1")).network
    board = _board(network, "x_A", _clock(network, "06:00"), n=1, window_s=14_400)
    assert len(board.events) == MOST_EVENTS
    assert board.end_s == board.events[-1].at_s + 1


def test_after_the_last_day_the_board_says_how_far_it_looked(network: Network) -> None:
    end = day_start_s(network.first_date + timedelta(days=network.services.runs.shape[1] + 2), network.zones[0])
    board = _board(network, "x_A", end)
    assert board.events == ()
    assert (board.start_s, board.end_s) == (end, end + 14 * 86_400)


def test_a_stop_that_nothing_calls_at_has_an_empty_board(network: Network) -> None:
    assert make_board(CallIndex(network), BoardQuery(np.empty(0, np.int32), 0, 5)).events == ()


@st.composite
def _asked(draw: st.DrawFn) -> tuple[dict[str, GtfsFeed], int, int, int, bool, bool]:
    """A network, which stop, seconds into its middle day, how many, arrivals, later."""
    return (
        draw(networks(max_feeds=2, max_trips=4)), draw(st.integers(0, 7)), draw(st.integers(-7_200, 100_000)),
        draw(st.integers(1, 6)), draw(st.booleans()), draw(st.booleans()),
    )  # fmt: skip


@thorough(25)
@given(_asked())
def test_a_board_holds_what_the_tables_say_and_its_pages_fit_together(
    asked: tuple[dict[str, GtfsFeed], int, int, int, bool, bool],
) -> None:
    feeds, which, into_day, n, arrivals, later = asked
    network = network_of(feeds)
    stop = which % len(network.stops.lat)
    days = np.flatnonzero(network.services.runs.any(axis=0))
    if len(days) == 0:
        return
    middle = network.first_date + timedelta(days=int(days[len(days) // 2]))
    time = day_start_s(middle, network.zones[0]) + into_day
    index, stops = CallIndex(network), np.array([stop], np.int32)
    board = make_board(index, BoardQuery(stops, time, n, arrivals=arrivals, later=later))
    everything = _all_events(network, stop, arrivals=arrivals)
    found = [(network.trips.id[e.run.trip], e.at_s, e.run.headway_s) for e in board.events]
    assert sorted(found, key=repr) == sorted(
        (row for row in everything if board.start_s <= row[1] < board.end_s), key=repr
    )
    assert [at for _, at, _ in found] == sorted(at for _, at, _ in found)
    assert (board.start_s if later else board.end_s) == time
    is_more = [row for row in everything if (row[1] >= board.end_s if later else row[1] < board.start_s)]
    assert len(found) >= n or not [row for row in is_more if abs(row[1] - time) < 12 * 86_400]
    # There and back again: the page after this one, read backwards, ends where this one does.
    edge = board.end_s if later else board.start_s
    back = make_board(index, BoardQuery(stops, edge, max(len(found), 1), arrivals=arrivals, later=not later))
    assert {(e.run.trip, e.at_s) for e in board.events} <= {(e.run.trip, e.at_s) for e in back.events}
    again = make_board(index, BoardQuery(stops, board.start_s, 0, arrivals=arrivals, until_s=board.end_s))
    assert [(e.run.trip, e.at_s) for e in again.events] == [(e.run.trip, e.at_s) for e in board.events]


def _all_events(network: Network, stop: int, *, arrivals: bool) -> list[Told]:
    """Every event at a stop, day by day and trip by trip."""
    found: list[Told] = []
    for column in range(network.services.runs.shape[1]):
        day = network.first_date + timedelta(days=column)
        for trip in range(len(network.trips.route)):
            if network.services.runs[int(network.trips.service[trip]), column]:
                begin = day_start_s(day, trip_zone(network, trip))
                for offset, headway in vehicles_of(network, trip):
                    found += _calls(network, trip, stop, begin + offset, headway, arrivals=arrivals)
    return found


def vehicles_of(network: Network, trip: int) -> list[tuple[int, int | None]]:
    """(seconds that the trip's times are moved by, headway) of each vehicle of a day."""
    if not network.trips.is_headway[trip]:
        return [(0, None)]
    first = int(network.stop_times.departure[int(network.trips.times_ptr[trip])])
    rows = network.headways
    return [
        (start - first, None if rows.exact[row] else int(rows.headway_s[row]))
        for row in np.flatnonzero(rows.trip == trip).tolist()
        for start in range(int(rows.start[row]), int(rows.end[row]), int(rows.headway_s[row]))
    ]


def _calls(
    network: Network, trip: int, stop: int, base: int, headway: int | None, *, arrivals: bool
) -> list[Told]:  # fmt: skip
    sequence = int(network.trips.sequence[trip])
    first, end = (int(network.sequences.ptr[sequence + side]) for side in (0, 1))
    times = network.stop_times.arrival if arrivals else network.stop_times.departure
    wanted, outer = (CAN_ALIGHT, first) if arrivals else (CAN_BOARD, end - 1)
    rows = int(network.trips.times_ptr[trip]) - first
    return [
        (network.trips.id[trip], base + int(times[rows + call]), headway)
        for call in range(first, end)
        if network.sequences.stops[call] == stop and call != outer and int(network.sequences.flags[call]) & wanted
    ]


def test_pages_of_a_day_follow_each_other_without_gap_or_overlap(network: Network) -> None:
    index, stops = CallIndex(network), np.array([network.stops.id.find("x_B")], np.int32)
    edge, pages = _clock(network, "05:00"), []
    for _ in range(12):
        pages.append(make_board(index, BoardQuery(stops, edge, 3)))
        edge = pages[-1].end_s
    assert all(one.end_s == other.start_s for one, other in pairwise(pages))
    times = [event.at_s for page in pages for event in page.events]
    assert times == sorted(times)
    assert len({(event.run.trip, event.at_s) for page in pages for event in page.events}) == len(times)
    assert datetime.fromtimestamp(times[0], UTC) == datetime.fromtimestamp(_clock(network, "06:12"), UTC)
