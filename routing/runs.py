"""Which trips run in a window: the vehicle runs of service days, and who stays seated from one trip to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import combinations
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from ingest.model import Int32s, Int64s, Network

IN_SEAT, NOT_IN_SEAT = 4, 5
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class VehicleRuns:
    """Scheduled runs of the window: run r is trips parts[ptr[r]:ptr[r + 1]], on service day `day`.

    start_s is the start of that service day, in seconds since the window's epoch, plus what exact_times adds.
    """

    ptr: Int64s
    parts: Int32s
    start_s: Int32s
    day: Int32s


@dataclass(frozen=True, slots=True)
class HeadwayRuns:
    """Rows of frequencies.txt that touch the window, each on one service day. Seconds since the window's epoch."""

    trip: Int32s
    start_s: Int32s
    end_s: Int32s
    headway_s: Int32s
    day: Int32s


@dataclass(frozen=True, slots=True)
class ServiceDay:
    """One service date in one time zone, and when it starts in the window."""

    date: date
    zone: int
    start_s: int


@dataclass(frozen=True, slots=True)
class TripSpans:
    """First departure and last arrival of each trip, in seconds of its service day, and its time zone."""

    first: Int32s
    last: Int32s
    zone: NDArray[np.int16]
    first_stop: Int32s
    last_stop: Int32s


def trip_spans(network: Network) -> TripSpans:
    """Spans of all trips of the network."""
    trips, times, sequences = network.trips, network.stop_times, network.sequences
    agency = network.routes.agency[trips.route]
    return TripSpans(
        first=times.departure[trips.times_ptr[:-1]],
        last=times.arrival[trips.times_ptr[1:] - 1],
        zone=network.agencies.zone[agency],
        first_stop=sequences.stops[sequences.ptr[:-1][trips.sequence]],
        last_stop=sequences.stops[sequences.ptr[1:][trips.sequence] - 1],
    )


@lru_cache(maxsize=1024)
def day_start_s(service_date: date, zone: str) -> int:
    """UTC seconds of noon minus 12 hours. GTFS reference, field type Time."""
    noon = datetime(service_date.year, service_date.month, service_date.day, 12, tzinfo=ZoneInfo(zone))
    return int(noon.timestamp()) - DAY_S // 2


def service_days(network: Network, spans: TripSpans, epoch_s: int, span_s: int) -> Iterator[ServiceDay]:
    """The service dates of each time zone from which a trip can reach into the window."""
    # The last vehicle of a headway row leaves its first stop before `end`, and its trip's own times come on top.
    longest = int(spans.last.max(initial=0)) + int(network.headways.end.max(initial=0))
    first = datetime.fromtimestamp(epoch_s - longest, UTC).date() - timedelta(days=2)
    last = datetime.fromtimestamp(epoch_s + span_s, UTC).date() + timedelta(days=1)
    end = network.first_date + timedelta(days=network.services.runs.shape[1])
    day, zones = max(first, network.first_date), np.flatnonzero(np.bincount(spans.zone)).tolist()
    while day <= last and day < end:
        for zone in zones:
            yield ServiceDay(day, zone, day_start_s(day, network.zones[zone]) - epoch_s)
        day += timedelta(days=1)


def active_trips(network: Network, spans: TripSpans, day: ServiceDay) -> NDArray[np.bool_]:
    """Which trips run on that service date."""
    runs = network.services.runs[:, (day.date - network.first_date).days]
    active: NDArray[np.bool_] = (runs[network.trips.service] == 1) & (spans.zone == day.zone)
    return active


def scheduled_runs(network: Network, spans: TripSpans, epoch_s: int, span_s: int) -> VehicleRuns:
    """All scheduled runs that are under way at some instant of the window."""
    links = SeatLinks(network, spans)
    pieces = []
    for day in service_days(network, spans, epoch_s, span_s):
        active = active_trips(network, spans, day)
        pieces += [
            links.chains(active & (network.trips.is_headway == 0), day),
            _exact_runs(network, spans, active, day),
        ]
    merged = _concatenate(pieces)
    return _under_way(merged, spans, span_s)


def headway_runs(network: Network, spans: TripSpans, epoch_s: int, span_s: int) -> HeadwayRuns:
    """All exact_times=0 rows with a vehicle under way in the window."""
    rows = network.headways
    duration = spans.last - spans.first
    kept: list[tuple[NDArray[np.int64], int, int]] = []
    for day in service_days(network, spans, epoch_s, span_s):
        active = active_trips(network, spans, day)
        begin, end = rows.start + day.start_s, rows.end + day.start_s + duration[rows.trip]
        inside = (rows.exact == 0) & active[rows.trip] & (begin < span_s) & (end > 0)
        kept.append((np.flatnonzero(inside), day.start_s, day.date.toordinal()))
    chosen = np.concatenate([np.empty(0, np.int64), *(found for found, _, _ in kept)]).astype(np.int64)
    counts = [len(found) for found, _, _ in kept]
    start = np.repeat(np.array([start for _, start, _ in kept], np.int64), counts)
    return HeadwayRuns(
        trip=rows.trip[chosen],
        start_s=(rows.start[chosen] + start).astype(np.int32),
        end_s=(rows.end[chosen] + start).astype(np.int32),
        headway_s=rows.headway_s[chosen],
        day=np.repeat(np.array([day for _, _, day in kept], np.int32), counts),
    )


def _exact_runs(network: Network, spans: TripSpans, active: NDArray[np.bool_], day: ServiceDay) -> VehicleRuns:
    """exact_times=1 rows: one run each headway from start on, the last before end."""
    rows = network.headways
    wanted = np.flatnonzero((rows.exact == 1) & active[rows.trip])
    bounds = zip(rows.start[wanted].tolist(), rows.end[wanted].tolist(), rows.headway_s[wanted].tolist(), strict=True)
    starts = [np.arange(start, end, headway, dtype=np.int64) for start, end, headway in bounds]
    counts = [len(start) for start in starts]
    trips = np.repeat(rows.trip[wanted], counts)
    offsets = np.concatenate([np.empty(0, np.int64), *starts]).astype(np.int64) - spans.first[trips] + day.start_s
    return _single_trip_runs(trips, offsets.astype(np.int32), day)


def _single_trip_runs(trips: Int32s, start_s: Int32s, day: ServiceDay) -> VehicleRuns:
    return VehicleRuns(
        np.arange(len(trips) + 1, dtype=np.int64), trips, start_s, np.full(len(trips), day.date.toordinal(), np.int32)
    )


class SeatLinks:
    """Where riders stay seated: transfer_type 4 rows, and consecutive trips of one block."""

    def __init__(self, network: Network, spans: TripSpans) -> None:
        self._network, self._spans = network, spans
        rows = network.transfers
        named = (rows.from_trip >= 0) & (rows.to_trip >= 0)
        self._explicit = self._pairs(named & (rows.type == IN_SEAT))
        self._cancelled = set(self._pairs(named & (rows.type == NOT_IN_SEAT)))
        self._with_row = {start for start, _ in self._explicit}
        block = network.trips.block
        trips = np.flatnonzero(block >= 0)
        # Two keys are sorted sooner than three; of equal ones the first trip stays first.
        last = spans.last[trips].astype(np.int64)
        span = spans.first[trips].astype(np.int64) * (int(last.max(initial=0)) - int(last.min(initial=0)) + 1) + last
        self._by_block = trips[np.lexsort((span, block[trips]))]

    def _pairs(self, rows: NDArray[np.bool_]) -> list[tuple[int, int]]:
        transfers = self._network.transfers
        return list(
            dict.fromkeys(zip(transfers.from_trip[rows].tolist(), transfers.to_trip[rows].tolist(), strict=True))
        )

    def chains(self, active: NDArray[np.bool_], day: ServiceDay) -> VehicleRuns:
        """The active trips of a day, those in which riders stay seated strung together; each maximal string once.

        A string of trips that a query may tell apart is cut there too: who may not ride the second rides the first.
        """
        following = self._following(active)
        linked = {trip for pair in following.items() for trip in (pair[0], *pair[1])}
        alone = active.copy()
        alone[list(linked)] = False
        single = np.flatnonzero(alone).astype(np.int32)
        strings = [*_maximal_strings(following)]
        strings += dict.fromkeys(part for string in strings for part in _shorter_strings(string, self._class_of))
        parts = [trip for string in strings for trip in string]
        lengths = np.array([len(string) for string in strings], np.int64)
        ptr = np.concatenate([np.arange(len(single) + 1), len(single) + np.cumsum(lengths)]).astype(np.int64)
        count = len(single) + len(strings)
        return VehicleRuns(
            ptr,
            np.concatenate([single, np.array(parts, np.int32)]),
            np.full(count, day.start_s, np.int32),
            np.full(count, day.date.toordinal(), np.int32),
        )

    def _class_of(self, trip: int) -> tuple[int, int, bool]:
        """What a query tells trips apart by: provider, route type, whether a wheelchair can ride."""
        network, route = self._network, int(self._network.trips.route[trip])
        is_accessible = int(network.trips.wheelchair[trip]) == 1
        return int(network.routes.provider[route]), int(network.routes.type[route]), is_accessible

    def _following(self, active: NDArray[np.bool_]) -> dict[int, list[int]]:
        """Trip -> the trips that it becomes on a day."""
        spans = self._spans
        following: dict[int, list[int]] = {}
        for start, end in self._explicit:
            if (
                (start, end) not in self._cancelled
                and active[start]
                and active[end]
                and spans.last[start] <= spans.first[end]
            ):
                following.setdefault(start, []).append(end)
        for start, end in self._in_blocks(active):
            if start not in self._with_row and (start, end) not in self._cancelled:
                following.setdefault(start, []).append(end)
        return following

    def _in_blocks(self, active: NDArray[np.bool_]) -> list[tuple[int, int]]:
        block, spans = self._network.trips.block, self._spans
        trips = self._by_block[active[self._by_block]]
        start, end = trips[:-1], trips[1:]
        joined = (
            (block[start] == block[end])
            & (spans.last_stop[start] == spans.first_stop[end])
            & (spans.last[start] <= spans.first[end])
        )
        return list(zip(start[joined].tolist(), end[joined].tolist(), strict=True))


def _maximal_strings(following: dict[int, list[int]]) -> Iterator[tuple[int, ...]]:
    """Every path from a trip that follows none to a trip that none follows."""
    followers = {trip for trips in following.values() for trip in trips}
    told: set[int] = set()
    roots = [trip for trip in following if trip not in followers]
    # Only trips that take no time can follow each other in a ring; a ring has no first trip, so any will do.
    for root in (*roots, *following):
        if root in told:
            continue
        stack: list[tuple[int, ...]] = [(root,)]
        while stack:
            string = stack.pop()
            onward = [trip for trip in following.get(string[-1], ()) if trip not in string]
            if not onward:
                told.update(string)
                yield string
            stack += [(*string, trip) for trip in onward]


def _shorter_strings(
    string: tuple[int, ...], class_of: Callable[[int], tuple[int, int, bool]]
) -> Iterator[tuple[int, ...]]:
    """The parts of a string that begin and end where the class of its trips changes, but for the whole of it."""
    cuts = [0, *(place for place in range(1, len(string)) if class_of(string[place - 1]) != class_of(string[place]))]
    for begin, end in combinations([*cuts, len(string)], 2):
        if end - begin < len(string):
            yield string[begin:end]


def _concatenate(pieces: list[VehicleRuns]) -> VehicleRuns:
    if not pieces:
        none = np.empty(0, np.int32)
        return VehicleRuns(np.zeros(1, np.int64), none, none, none)
    lengths = np.concatenate([np.diff(piece.ptr) for piece in pieces])
    return VehicleRuns(
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        np.concatenate([piece.parts for piece in pieces]).astype(np.int32),
        np.concatenate([piece.start_s for piece in pieces]).astype(np.int32),
        np.concatenate([piece.day for piece in pieces]).astype(np.int32),
    )


def _under_way(runs: VehicleRuns, spans: TripSpans, span_s: int) -> VehicleRuns:
    """The runs that begin before the window ends and end after it begins."""
    if len(runs.day) == 0:
        return runs
    begin = spans.first[runs.parts[runs.ptr[:-1]]] + runs.start_s
    end = spans.last[runs.parts[runs.ptr[1:] - 1]] + runs.start_s
    kept = np.flatnonzero((begin < span_s) & (end >= 0))
    lengths = np.diff(runs.ptr)[kept]
    ptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    rows = np.repeat(runs.ptr[:-1][kept] - ptr[:-1], lengths) + np.arange(int(ptr[-1]))
    return VehicleRuns(ptr, runs.parts[rows], runs.start_s[kept], runs.day[kept])
