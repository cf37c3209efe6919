"""Plain trip updates read from the bytes of a message, tens of thousands in a fraction of the time that objects take.

Plain is an entity that says how one trip of the schedule runs, with ids in ASCII and every field once. Whatever is not
plain is left to the protobuf library, entity by entity; so is a whole message that is not sound outside.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.arrays import Int64s
from ingest.compiled import kernel, part
from ingest.realtime.kernels import DELAY, NOTHING, TIME

Bytes = NDArray[np.uint8]

(BEGIN, END, IS_PLAIN, TRIP, TRIP_END, DATE, DATE_END, ROUTE, ROUTE_END, DIRECTION, DELAY_S, HAS_DELAY, CALLS,
 CALLS_END) = range(14)  # fmt: skip
"""Columns of entities: where the bytes of texts begin and end, DIRECTION -1 for none, and rows of calls."""
(AT_SEQUENCE, STOP, STOP_END, RELATION, ARRIVAL_IS, ARRIVAL, DEPARTURE_IS, DEPARTURE) = range(8)
"""Columns of calls."""
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FIRST_EXTENSION = 1000
_LONGEST_VARINT = 10
_MOST_INT32, _MOST_UINT32 = 2**31 - 1, 2**32 - 1
_SCHEDULED_TRIP, _UNSCHEDULED_TRIP, _MOST_RELATION = 0, 2, 3


class Scanned(NamedTuple):
    """A message that is sound outside."""

    header: bytes
    entities: NDArray[np.int64]
    """Shape (entities, 14)."""
    calls: NDArray[np.int64]
    """Shape (calls, 8); those of plain entities."""


def scan_message(data: bytes) -> Scanned | None:
    """None where the message is left to the protobuf library as a whole."""
    view = np.frombuffer(data, np.uint8)
    none = np.empty((0, 14), np.int64), np.empty((0, 8), np.int64)
    found = np.zeros(4, np.int64)
    if not _scan(view, *none, found):
        return None
    entities, calls = np.zeros((int(found[0]), 14), np.int64), np.zeros((int(found[1]), 8), np.int64)
    _scan(view, entities, calls, found)
    return Scanned(data[int(found[2]) : int(found[3])], entities, calls)


@part
def _varint(data: Bytes, at: int, end: int) -> tuple[int, int]:
    """(value, behind it); behind is -1 where there is none."""
    value = np.int64(0)
    for place in range(_LONGEST_VARINT):
        if at + place >= end:
            return 0, -1
        byte = np.int64(data[at + place])
        if place == _LONGEST_VARINT - 1 and byte > 1:
            return 0, -1
        value |= (byte & np.int64(0x7F)) << np.int64(7 * place)
        if byte < 0x80:
            return int(value), at + place + 1
    return 0, -1


@part
def _field(data: Bytes, at: int, end: int) -> tuple[int, int, int, int, int]:
    """(number, wire type, number's value or where its bytes begin, where they end, behind it); behind is -1 where
    there is no field."""
    key, at = _varint(data, at, end)
    number, kind = key >> 3, key & 7
    if at < 0 or number <= 0 or number > 2**29:
        return 0, 0, 0, 0, -1
    if kind == _VARINT:
        value, behind = _varint(data, at, end)
        return number, kind, value, 0, behind
    if kind == _BYTES:
        length, at = _varint(data, at, end)
        if at < 0 or length < 0 or length > end - at:
            return 0, 0, 0, 0, -1
        return number, kind, at, at + length, at + length
    length = 8 if kind == _FIXED64 else 4
    if kind not in (_FIXED64, _FIXED32) or length > end - at:
        return 0, 0, 0, 0, -1
    return number, kind, at, at + length, at + length


@part
def _is_ascii(data: Bytes, at: int, end: int) -> bool:
    for place in range(at, end):  # noqa: SIM110 # numba compiles loops, not generators
        if data[place] >= 0x80:
            return False
    return True


@kernel
def _scan(data: Bytes, entities: NDArray[np.int64], calls: NDArray[np.int64], found: Int64s) -> bool:
    """Count (with empty tables) or fill. found: entities, calls, where the header begins and ends."""
    at, n, n_calls, has_header = 0, 0, 0, False
    is_counting = len(entities) == 0
    row = np.zeros(14, np.int64)
    while at < len(data):
        number, kind, begin, end, at = _field(data, at, len(data))
        if at < 0 or kind != _BYTES or number > 2 or (number == 1 and has_header):
            return False
        if number == 1:
            has_header = True
            found[2], found[3] = begin, end
            continue
        row[:] = 0
        row[BEGIN], row[END], row[CALLS] = begin, end, n_calls
        after = _entity(data, begin, end, row, calls, n_calls, is_counting)
        if after >= 0:
            n_calls = after
            row[IS_PLAIN] = 1
        row[CALLS_END] = n_calls
        if not is_counting:
            entities[n] = row
        n += 1
    found[0], found[1] = n, n_calls
    return has_header


@part
def _entity(
    data: Bytes, at: int, end: int, row: Int64s, calls: NDArray[np.int64], n_calls: int, is_counting: bool
) -> int:
    """How many calls there are with those of this entity; -1 if it is not plain."""
    has_id = has_update = False
    while at < end:
        number, kind, begin, stop, at = _field(data, at, end)
        if at < 0 or kind != _BYTES:
            return -1
        if number == 1 and not has_id:
            has_id = True
        elif number == 3 and not has_update:
            has_update = True
            n_calls = _trip_update(data, begin, stop, row, calls, n_calls, is_counting)
            if n_calls < 0:
                return -1
        else:
            return -1
    return n_calls if has_id and has_update else -1


@part
def _trip_update(
    data: Bytes, at: int, end: int, row: Int64s, calls: NDArray[np.int64], n_calls: int, is_counting: bool
) -> int:
    has_trip = False
    call = np.zeros(8, np.int64)
    while at < end:
        number, kind, begin, stop, at = _field(data, at, end)
        if at < 0:
            return -1
        if number == 1 and kind == _BYTES and not has_trip:
            has_trip = True
            if not _descriptor(data, begin, stop, row):
                return -1
        elif number == 2 and kind == _BYTES:
            if not _call(data, begin, stop, call):
                return -1
            # An entity that turns out not to be plain may have more calls than were counted.
            if not is_counting and n_calls < len(calls):
                calls[n_calls] = call
            n_calls += 1
        elif number == 5 and kind == _VARINT and not row[HAS_DELAY]:
            if begin > _MOST_INT32 or begin < -_MOST_INT32:
                return -1
            row[DELAY_S], row[HAS_DELAY] = begin, 1
        elif number == 3 and kind == _BYTES:
            if not _is_sound(data, begin, stop):
                return -1
        elif not (number == 4 and kind == _VARINT) and number < _FIRST_EXTENSION:
            return -1
    return n_calls if has_trip else -1


@part
def _is_sound(data: Bytes, at: int, end: int) -> bool:
    """Whether bytes are a message in which nothing is nested, as a vehicle's description."""
    while at < end:
        _, _, _, _, at = _field(data, at, end)
        if at < 0:
            return False
    return True


@part
def _descriptor(data: Bytes, at: int, end: int, row: Int64s) -> bool:
    """A trip by its id and its date."""
    row[DIRECTION] = -1
    while at < end:
        number, kind, begin, stop, at = _field(data, at, end)
        if at < 0:
            return False
        if number in (1, 3, 5) and kind == _BYTES:
            column = TRIP if number == 1 else DATE if number == 3 else ROUTE
            if row[column + 1] or not _is_ascii(data, begin, stop):
                return False
            row[column], row[column + 1] = begin, stop
        elif number == 4 and kind == _VARINT:
            if begin not in (_SCHEDULED_TRIP, _UNSCHEDULED_TRIP):
                return False
        elif number == 6 and kind == _VARINT:
            if begin < 0 or begin > _MOST_UINT32:
                return False
            row[DIRECTION] = begin
        elif number < _FIRST_EXTENSION:
            return False
    return bool(row[TRIP_END] > row[TRIP] and row[DATE_END] - row[DATE] == 8)


@part
def _call(data: Bytes, at: int, end: int, call: Int64s) -> bool:
    """An update of a call."""
    call[:] = 0
    call[AT_SEQUENCE] = -1
    has_arrival = has_departure = False
    while at < end:
        number, kind, begin, stop, at = _field(data, at, end)
        if at < 0:
            return False
        if number == 1 and kind == _VARINT:
            if begin < 0 or begin > _MOST_UINT32:
                return False
            call[AT_SEQUENCE] = begin
        elif number == 2 and kind == _BYTES and not has_arrival:
            has_arrival = True
            if not _event(data, begin, stop, call, ARRIVAL_IS):
                return False
        elif number == 3 and kind == _BYTES and not has_departure:
            has_departure = True
            if not _event(data, begin, stop, call, DEPARTURE_IS):
                return False
        elif number == 4 and kind == _BYTES:
            if not _is_ascii(data, begin, stop):
                return False
            call[STOP], call[STOP_END] = begin, stop
        elif number == 5 and kind == _VARINT:
            if begin < 0 or begin > _MOST_RELATION:
                return False
            call[RELATION] = begin
        elif not (number == 7 and kind == _VARINT) and number < _FIRST_EXTENSION:
            return False
    return True


@part
def _event(data: Bytes, at: int, end: int, call: Int64s, column: int) -> bool:
    """What it gives, and the seconds: of a delay and a time, the time counts."""
    call[column] = NOTHING
    while at < end:
        number, kind, value, _, at = _field(data, at, end)
        if at < 0:
            return False
        if number == 1 and kind == _VARINT:
            if value > _MOST_INT32 or value < -_MOST_INT32:
                return False
            if call[column] != TIME:
                call[column], call[column + 1] = DELAY, value
        elif number == 2 and kind == _VARINT:
            call[column], call[column + 1] = TIME, value
        elif not (number in (3, 4) and kind == _VARINT) and number < _FIRST_EXTENSION:
            return False
    return True
