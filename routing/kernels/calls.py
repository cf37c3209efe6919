"""Calls of runs laid end to end, and blocks of them turned around: one pass each, without tables of rows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from routing.kernels.compiled import kernel
from routing.kernels.layout import CAN_ALIGHT, CAN_BOARD, NEVER, Bits, Int32s, Int64s


class TripCalls(NamedTuple):
    """The calls of all trips of a network: trip t has rows times_ptr[t]:times_ptr[t + 1] of the times."""

    times_ptr: Int64s
    arrival: Int32s
    departure: Int32s
    sequence: Int32s
    """trip -> its sequence"""
    sequence_ptr: Int64s
    stops: Int32s
    """Sequence by sequence, as flags"""
    flags: Bits


@kernel
def lay_calls(trips: TripCalls, parts: Int32s, start_s: Int32s, ptr: Int64s) -> tuple[Int32s, Bits, Int32s, Int32s]:
    """(stops, flags, arrivals, departures): the calls of trip parts[i], start_s[i] later, at rows ptr[i]:ptr[i + 1].

    Nobody alights where a trip begins or boards where it ends.
    """
    n = ptr[len(parts)]
    stops, flags = np.empty(n, np.int32), np.empty(n, np.uint8)
    arrivals, departures = np.empty(n, np.int32), np.empty(n, np.int32)
    for part in range(len(parts)):
        trip, out = parts[part], ptr[part]
        row, place = trips.times_ptr[trip], trips.sequence_ptr[trips.sequence[trip]]
        length = ptr[part + 1] - out
        for call in range(length):
            stops[out + call] = trips.stops[place + call]
            flags[out + call] = trips.flags[place + call]
            arrivals[out + call] = trips.arrival[row + call] + start_s[part]
            departures[out + call] = trips.departure[row + call] + start_s[part]
        if length > 0:
            flags[out] &= CAN_BOARD
            flags[out + length - 1] &= CAN_ALIGHT
    return stops, flags, arrivals, departures


@kernel
def turn_around(values: Int32s, lengths: Int64s) -> Int32s:
    """Blocks of so many values, laid end to end, each with its last value first, and all of them negated."""
    turned = np.empty(len(values), np.int32)
    begin = 0
    for block in range(len(lengths)):
        end = begin + lengths[block]
        for place in range(lengths[block]):
            turned[begin + place] = -values[end - 1 - place]
        begin = end
    return turned


ANOTHER_WAY = -1


@kernel
def most_made_up(trips: TripCalls, rows: Int64s, trip: Int32s, ptr: Int64s, stop: Int32s, arrival: Int32s,
                 departure: Int32s) -> int:  # fmt: skip
    """The most seconds that one of the vehicles `rows` is later at a departure than at an arrival further on.

    Vehicle r is trip[r] with the calls at ptr[r]:ptr[r + 1]. ANOTHER_WAY where one does not call where its trip does.
    """
    most = 0
    for index in range(len(rows)):
        row = rows[index]
        first, planned = ptr[row], trips.times_ptr[trip[row]]
        place = trips.sequence_ptr[trips.sequence[trip[row]]]
        latest = NEVER
        for call in range(ptr[row + 1] - first):
            if stop[first + call] != trips.stops[place + call]:
                return ANOTHER_WAY
            most = max(most, latest - (arrival[first + call] - trips.arrival[planned + call]))
            latest = max(latest, departure[first + call] - trips.departure[planned + call])
    return int(most)
