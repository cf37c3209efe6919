"""Messages that are scanned mean what they mean to the protobuf library: plain or not, sound or not."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from google.transit import gtfs_realtime_pb2 as gtfs_rt
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.realtime import message as message_module
from ingest.realtime.apply import apply_message
from ingest.realtime.feed_index import FeedIndex
from ingest.realtime.wire import IS_PLAIN, scan_message
from tests.property.test_realtime import base
from tests.support.examples import thorough
from tests.support.realtime import NOW, Entity, Trip, Update, call, message, trip_update

Property = gtfs_rt.TripUpdate.StopTimeUpdate.StopTimeProperties
MONDAY, NO_DATE = "20260302", "20260232"


@pytest.fixture(scope="module")
def index() -> FeedIndex:
    return FeedIndex(base()[2], "x")


def outcome(index: FeedIndex, data: bytes) -> tuple[Any, ...]:
    """Everything that is made of a message, comparable."""
    report, found = apply_message(index, data, NOW)
    if found is None:
        return report, None
    columns = {name: getattr(found.trips, name) for name in found.trips.__slots__}
    told = {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in columns.items()}
    return report, told, found.alerts, found.vehicles


def check(index: FeedIndex, data: bytes) -> None:
    with patch.object(message_module, "SCANNED_FROM", 0):
        scanned = outcome(index, data)
    with patch.object(message_module, "scan_message", lambda data: None):
        assert scanned == outcome(index, data)


SECONDS = st.integers(-700, 700) | st.sampled_from([2**31 - 1, -(2**31)])
EVENTS = st.none() | SECONDS | st.sampled_from(["08:01", "08:07"])


@st.composite
def updates(draw: st.DrawFn) -> Update:
    """Of a call: mostly good."""
    found = call(
        draw(st.sampled_from([None, 1, 2, 3, 4, 9])), draw(st.sampled_from(["", "", "A", "B", "é", "Z"])),
        draw(EVENTS), draw(EVENTS),
    )  # fmt: skip
    if draw(st.integers(0, 3)) == 0:
        found.schedule_relationship = draw(st.sampled_from([0, 1, 2, 3]))
    if draw(st.integers(0, 7)) == 0:
        found.stop_time_properties.assigned_stop_id = draw(st.sampled_from(["A", "Z"]))
    if draw(st.integers(0, 7)) == 0:
        found.arrival.uncertainty = 30
    return found


@st.composite
def entities(draw: st.DrawFn) -> Entity:
    """Trip updates that are plain, or nearly."""
    trip: dict[str, Any] = {"trip_id": draw(st.sampled_from(["T0", "T1", "T2", "T3", "", "nobody", "é"]))}
    trip["start_date"] = draw(st.sampled_from([MONDAY, MONDAY, MONDAY, NO_DATE, "20300101", ""]))
    extras = {
        "route_id": st.sampled_from(["R", "", "other"]), "direction_id": st.integers(0, 2),
        "start_time": st.sampled_from(["08:00:00", "x"]), "schedule_relationship": st.sampled_from([0, 2, 3, 1, 5]),
    }  # fmt: skip
    for name, values in extras.items():
        if draw(st.integers(0, 4)) == 0:
            trip[name] = draw(values)
    found = trip_update(trip, *draw(st.lists(updates(), max_size=3)), name=draw(st.sampled_from(["e", "é"])))
    if draw(st.integers(0, 3)) == 0:
        found.trip_update.delay = draw(SECONDS)
    if draw(st.integers(0, 5)) == 0:
        found.trip_update.vehicle.label = "7"
        found.trip_update.timestamp = NOW
    if draw(st.integers(0, 9)) == 0:
        found.is_deleted = True
    return found


MESSAGES = st.lists(entities(), max_size=5).map(lambda rows: message(*rows))
PLAIN = trip_update({"trip_id": "T1", "start_date": MONDAY}, call(2, arrival=60, departure=90))


@thorough(400)
@given(MESSAGES)
def test_a_sound_message(index: FeedIndex, data: bytes) -> None:
    check(index, data)


@thorough(400)
@given(MESSAGES, st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=4), st.booleans())
@example(message(PLAIN), [(30, 255)], True)
def test_a_message_with_bytes_that_are_not_its_own(
    index: FeedIndex, data: bytes, harms: list[tuple[int, int]], cut: bool
) -> None:
    harmed = bytearray(data)
    for at, byte in harms:
        harmed[at % len(harmed)] = byte
    check(index, bytes(harmed[: harms[0][0]] if cut else harmed))


@thorough(300)
@given(st.binary(max_size=200))
def test_bytes_that_are_no_message(index: FeedIndex, data: bytes) -> None:
    check(index, data)


def test_what_is_plain_and_what_is_not() -> None:
    def is_plain(entity: Entity) -> list[int]:
        scanned = scan_message(message(entity))
        assert scanned is not None
        return scanned.entities[:, IS_PLAIN].tolist()

    assert is_plain(PLAIN) == [1]
    assert is_plain(trip_update({"trip_id": "T1"}, call(2, arrival=60))) == [0]  # without a date
    canceled = {"trip_id": "T1", "start_date": MONDAY, "schedule_relationship": Trip.CANCELED}
    assert is_plain(trip_update(canceled)) == [0]
    assert is_plain(Entity(id="v", vehicle=gtfs_rt.VehiclePosition())) == [0]
    assert scan_message(b"") is None
    assert scan_message(message(PLAIN)[:-1]) is None


def test_fields_that_come_twice_are_merged_as_the_library_merges_them(index: FeedIndex) -> None:
    whole = message(PLAIN)
    check(index, whole + whole)
    twice = Entity(id="e").SerializePartialToString() + PLAIN.SerializeToString() + PLAIN.SerializeToString()
    check(index, message() + b"\x12" + bytes([len(twice)]) + twice)


def test_only_a_large_message_is_scanned(index: FeedIndex) -> None:
    small, large = (message(*[PLAIN] * n) for n in (1, 2000))
    assert len(small) < message_module.SCANNED_FROM < len(large)
    with patch.object(message_module, "scan_message", wraps=scan_message) as scan:
        assert outcome(index, small)[0].applied == 1
        assert not scan.called
        assert outcome(index, large)[0].applied == 1
        assert scan.called
