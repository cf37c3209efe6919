"""Plain trip updates of a message, bound to the trips, days and stops of a feed all at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.arrays import Int64s
from ingest.realtime import wire
from ingest.realtime.descriptors import Ignored, RunFinder
from ingest.realtime.feed_index import FeedIndex
from ingest.realtime.kernels import NOWHERE, UNKNOWN


class PlainBlock(NamedTuple):
    """Trips that run as the schedule has them but for times; calls of row r are rows ptr[r]:ptr[r + 1] of `calls`."""

    entities: Int64s
    """The number of each in its message."""
    trip: Int64s
    day: Int64s
    day_start_s: Int64s
    delay_s: Int64s
    has_delay: NDArray[np.bool_]
    ptr: Int64s
    calls: NDArray[np.int64]
    """Shape (calls, 8), as the columns of calls of TripUpdates."""


def bind_plain(index: FeedIndex, finder: RunFinder, data: bytes, scanned: wire.Scanned) -> tuple[PlainBlock, list[int]]:
    """What is as it should be; and the numbers of those that are not, for whoever says what is wrong with them."""
    plain = np.flatnonzero(scanned.entities[:, wire.IS_PLAIN])
    rows = scanned.entities[plain]
    trip = _rows_of(data, rows[:, wire.TRIP], rows[:, wire.TRIP_END], index.trips, -1)
    day = _days(finder, data, rows)
    is_good = (trip >= 0) & (day >= 0)
    trips = index.network.trips
    known = np.maximum(trip, 0)
    if len(trips.route):
        route = _rows_of(data, rows[:, wire.ROUTE], rows[:, wire.ROUTE_END], index.routes, -1)
        is_good &= (rows[:, wire.ROUTE_END] == rows[:, wire.ROUTE]) | (route == np.asarray(trips.route)[known])
        direction = np.asarray(trips.direction)[known]
        said = rows[:, wire.DIRECTION]
        is_good &= (said < 0) | (direction == -1) | (direction == said)
        is_good &= np.asarray(trips.is_headway)[known] == 0
        column = day - index.days.first
        is_inside = (column >= 0) & (column < index.days.n)
        runs = index.network.services.runs[np.asarray(trips.service)[known], np.where(is_inside, column, 0)]
        is_good &= is_inside & (runs == 1)
        n_calls = rows[:, wire.CALLS_END] - rows[:, wire.CALLS]
        is_good &= n_calls <= np.diff(index.schedule.times_ptr)[known]
    else:
        is_good[:] = False
    return _block(index, data, scanned, plain[is_good], trip[is_good], day[is_good]), plain[~is_good].tolist()


def _rows_of(data: bytes, begin: Int64s, end: Int64s, rows: dict[str, int], otherwise: int) -> Int64s:
    """Of the texts between; they are ASCII."""
    get = rows.get
    texts = [data[start:stop].decode("ascii") for start, stop in zip(begin.tolist(), end.tolist(), strict=True)]
    return np.array([get(text, otherwise) for text in texts], np.int64)


def _days(finder: RunFinder, data: bytes, rows: NDArray[np.int64]) -> Int64s:
    """Service dates as ordinals, -1 for what is no date. A message has few dates and many trips."""
    known: dict[bytes, int] = {}
    found = []
    for begin in rows[:, wire.DATE].tolist():
        text = data[begin : begin + 8]
        if text not in known:
            try:
                known[text] = finder.date(text.decode("ascii"))
            except Ignored:
                known[text] = -1
        found.append(known[text])
    return np.array(found, np.int64)


def _block(
    index: FeedIndex, data: bytes, scanned: wire.Scanned, numbers: Int64s, trip: Int64s, day: Int64s
) -> PlainBlock:  # fmt: skip
    rows = scanned.entities[numbers]
    lengths = rows[:, wire.CALLS_END] - rows[:, wire.CALLS]
    ptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    picked = scanned.calls[np.repeat(rows[:, wire.CALLS] - ptr[:-1], lengths) + np.arange(int(ptr[-1]))]
    calls = picked.copy()
    begin, end = picked[:, wire.STOP], picked[:, wire.STOP_END]
    named = np.flatnonzero(end > begin)
    calls[:, wire.STOP] = NOWHERE
    calls[named, wire.STOP] = _rows_of(data, begin[named], end[named], index.stops, UNKNOWN)
    calls[:, wire.STOP_END] = NOWHERE  # in TripUpdates: the stop where it calls in place of that
    return PlainBlock(
        entities=numbers,
        trip=trip,
        day=day,
        day_start_s=_day_starts(index, trip, day),
        delay_s=rows[:, wire.DELAY_S],
        has_delay=rows[:, wire.HAS_DELAY] == 1,
        ptr=ptr,
        calls=calls,
    )


def _day_starts(index: FeedIndex, trip: Int64s, day: Int64s) -> Int64s:
    zone = np.asarray(index.zone)[np.asarray(index.network.trips.route)[trip]].astype(np.int64)
    pairs, inverse = np.unique(day << 16 | zone, return_inverse=True)
    zones = index.network.zones
    starts = [index.day_start(pair >> 16, zones[pair & 0xFFFF]) for pair in pairs.tolist()]
    found: Int64s = np.array(starts, np.int64)[inverse]
    return found
