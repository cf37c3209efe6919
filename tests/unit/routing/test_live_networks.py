"""What live networks share with the schedule and with each other, and when their memory is given back."""

from __future__ import annotations

import gc
import weakref
from functools import cache

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.model import StopTimes
from ingest.realtime.feed_index import FeedIndex
from routing import Router
from routing.realtime.overlay import live_network
from routing.realtime.room import CallRoom
from tests.scenarios.drawn import router_of
from tests.support.realtime import Trip, call, heard, live_router, message, trip_update

TRIPS = [f"T{number}" for number in range(6)]
DATES = ["20260302", "20260303", "20260304"]
TEXT = "\n".join(f"A 08:{number}0 > B 09:{number}0 / x, trip {trip}" for number, trip in enumerate(TRIPS))


@cache
def router() -> Router:
    return router_of(TEXT)


@given(st.sets(st.tuples(st.sampled_from(TRIPS), st.sampled_from(DATES)), max_size=18))
def test_a_trip_runs_on_all_its_dates_but_those_that_it_is_cancelled_on(cancelled: set[tuple[str, str]]) -> None:
    network = router().network
    entities = [
        trip_update({"trip_id": trip, "start_date": date, "schedule_relationship": Trip.CANCELED})
        for trip, date in sorted(cancelled)
    ]
    report, patch = heard(network, message(*entities))
    assert report.applied == len(cancelled)
    live = live_network(network, [patch])
    first = network.first_date.toordinal()
    for trip, row in FeedIndex(network, "x").trips.items():
        wanted = network.services.runs[network.trips.service[row]].copy()
        for date in DATES:
            if (trip, date) in cancelled:
                wanted[np.datetime64(f"{date[:4]}-{date[4:6]}-{date[6:]}", "D").astype(object).toordinal() - first] = 0
        assert live.services.runs[live.trips.service[row]].tolist() == wanted.tolist()


def calls(*numbers: int) -> StopTimes:
    column = np.array(numbers, np.int32)
    return StopTimes(column, column + 1, column + 2, column.astype(np.float32))


def test_room_that_nobody_looks_at_any_more_is_used_again() -> None:
    room = CallRoom(calls(1, 2, 3))
    first = room.with_calls(calls(7, 8, 9, 10))
    assert first.arrival.tolist() == [1, 2, 3, 7, 8, 9, 10]
    assert first.shape_distance.tolist() == [1, 2, 3, 7, 8, 9, 10]
    address = first.arrival.ctypes.data
    del first
    second = room.with_calls(calls(5))
    assert second.arrival.ctypes.data == address
    assert second.departure.tolist() == [2, 3, 4, 6]
    assert not second.arrival.flags.writeable


def test_room_is_left_to_whoever_holds_a_part_of_it() -> None:
    room = CallRoom(calls(1))
    part = room.with_calls(calls(7, 8)).stop_sequence[1:]
    again = [room.with_calls(calls(5, 6)) for _ in range(4)]
    assert part.tolist() == [9, 10]
    assert all(table.arrival.tolist() == [1, 5, 6] for table in again)


def test_more_calls_than_there_is_room_for_get_some_of_their_own() -> None:
    room = CallRoom(calls(1))
    _ = room.with_calls(calls(2))
    assert room.with_calls(calls(*range(50))).arrival.tolist() == [1, *range(50)]


def test_a_live_network_is_gone_as_soon_as_nobody_answers_by_it() -> None:
    base = router()
    late = trip_update({"trip_id": "T1", "start_date": DATES[0]}, call(1, departure=60))
    gc.collect()
    gc.disable()
    try:
        live = live_router(base, [late])
        part = weakref.ref(live.network.stop_times.arrival)
        assert part() is not None
        del live
        assert part() is None
    finally:
        gc.enable()
