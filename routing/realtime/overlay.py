"""`live_network`: patches of feeds laid over a Network. Nothing of the Network is changed, and most is shared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from ingest.model import (
    Bits,
    Headways,
    Int32s,
    Int64s,
    Network,
    Services,
    StopSequences,
    StopTimes,
    Transfers,
    Trips,
    TripTransfers,
)
from ingest.realtime.patch import TAKES_OUT, ChangeKind, FeedPatch, TripChanges, distinct_changes, joined_changes
from routing.csr import ranges
from routing.realtime.alerts import AlertIndex
from routing.realtime.faster import faster_s, is_wait_known
from routing.realtime.live import LiveNetwork, LiveRows, extended, with_rows
from routing.realtime.room import CallRoom

_ALL = frozenset((-1,))
_HIDDEN = (ChangeKind.CANCELLED, ChangeKind.DELETED)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The further rows of trips: vehicles, then what is left of headway trips on dates with vehicles taken out."""

    vehicles: TripChanges
    left_trip: Int32s
    left_day: Int32s

    @property
    def like(self) -> Int32s:
        """Row of the schedule that each is like, -1 for none."""
        return np.concatenate([self.vehicles.trip, self.left_trip]).astype(np.int32)


def live_network(network: Network, patches: Sequence[FeedPatch], room: CallRoom | None = None) -> LiveNetwork:
    """`network` as all `patches` have it, bound to this very network.

    room: of this network's stop_times, where live networks of it are made again and again.
    """
    changes = distinct_changes(joined_changes([patch.trips for patch in patches]))
    known = changes.kind != ChangeKind.DELETED
    taken = _taken_out(changes)
    rows = _Rows(changes, *_left(network, taken))
    sequences, sequence = _sequences(network, changes, rows)
    services = _Services(network, taken, rows)
    trips = _trips(network, rows, sequence)
    first_trip, first_call = len(network.trips.route), len(network.stop_times.arrival)
    hidden = np.isin(changes.kind, _HIDDEN)
    service, shown = services.of_trips(hidden, ~known)
    scheduled = services.scheduled
    stop_times = (room or CallRoom(network.stop_times)).with_calls(_further_calls(network, rows))
    is_skipped = _skipped(network, changes)
    new_of = _new_rows(network, rows, hidden, first_trip)
    live = LiveRows(
        first_trip=first_trip,
        first_call=first_call,
        kind=np.concatenate([changes.kind, np.full(len(rows.left_trip), ChangeKind.UPDATED, np.int8)]),
        trip=np.concatenate([np.where(np.isin(changes.kind, TAKES_OUT), changes.trip, -1), rows.left_trip]).astype(
            np.int32
        ),
        day=np.concatenate([changes.day, rows.left_day]).astype(np.int32),
        start_s=np.concatenate([changes.start_s, np.full(len(rows.left_trip), -1, np.int32)]),
        shift_s=np.concatenate([changes.shift_s, np.zeros(len(rows.left_trip), np.int32)]),
        is_known=_padded(changes.is_known, len(stop_times.arrival) - first_call),
        is_skipped=_padded(is_skipped, len(stop_times.arrival) - first_call),
        by_run=_by_run(rows, known, first_trip),
        feeds=_oldest(patches),
        alerts=AlertIndex.of([alert for patch in patches for alert in patch.alerts]),
        vehicles=tuple(vehicle for patch in patches for vehicle in patch.vehicles),
        shown_service=shown,
        scheduled_service=scheduled,
        faster_s=faster_s(network, changes),
        is_wait_known=is_wait_known(network, changes),
    )
    same = {field.name: getattr(network, field.name) for field in fields(Network)}
    changed: dict[str, Any] = {
        "sequences": sequences,
        "trips": replace(trips, service=service),
        "stop_times": stop_times,
        "services": services.table,
        "headways": _headways(network, taken, rows),
        "transfers": _named_transfers(network.transfers, new_of),
        "trip_transfers": _named_transfers(network.trip_transfers, new_of),
    }
    return LiveNetwork(**same | changed, live=live)


def _oldest(patches: Sequence[FeedPatch]) -> dict[str, int]:
    """feed -> when the oldest of its messages was made."""
    found: dict[str, int] = {}
    for patch in patches:
        found[patch.feed] = min(found.get(patch.feed, patch.timestamp_s), patch.timestamp_s)
    return found


def _padded(bits: Bits, size: int) -> Bits:
    return np.concatenate([bits, np.zeros(size - len(bits), np.uint8)])


Taken = Mapping[tuple[int, int], frozenset[int]]
"""(trip, service date) -> first departures of the vehicles taken out, -1 among them for all."""


def _taken_out(changes: TripChanges) -> Taken:
    taken = np.isin(changes.kind, TAKES_OUT)
    whole, some = np.flatnonzero(taken & (changes.start_s < 0)), np.flatnonzero(taken & (changes.start_s >= 0))
    # Most by far, and nothing to be told apart: one set for all.
    found = dict.fromkeys(zip(changes.trip[whole].tolist(), changes.day[whole].tolist(), strict=True), _ALL)
    columns = (column[some].tolist() for column in (changes.trip, changes.day, changes.start_s))
    for trip, day, start_s in zip(*columns, strict=True):
        found[trip, day] = found.get((trip, day), frozenset()) | {start_s}
    return found


def _left(network: Network, taken: Taken) -> tuple[Int32s, Int32s]:
    """(trip, date) of headway trips that lose some of their vehicles, not all."""
    some = [key for key, starts in taken.items() if -1 not in starts and network.trips.is_headway[key[0]]]
    return np.array([trip for trip, _ in some], np.int32), np.array([day for _, day in some], np.int32)


def _by_run(rows: _Rows, known: np.ndarray[Any, np.dtype[np.bool_]], first: int) -> dict[tuple[int, int, int], int]:
    changes = rows.vehicles
    told = np.flatnonzero(np.isin(changes.kind, TAKES_OUT) & known)
    columns = (column[told].tolist() for column in (changes.trip, changes.day, changes.start_s))
    keys = zip(*columns, strict=True)
    return dict(zip(keys, (first + told).tolist(), strict=True))


def _trips(network: Network, rows: _Rows, sequence: Int32s) -> Trips:
    trips, changes = network.trips, rows.vehicles
    like = np.maximum(rows.like, 0)
    is_new = rows.like < 0
    n_left = len(rows.left_trip)
    ids, signs = (*changes.id, *[""] * n_left), (*changes.headsign, *[""] * n_left)
    new_ids = {text: row for row, text in enumerate(changes.id) if text and trips.id.find(text) < 0}
    lengths = np.concatenate([np.diff(changes.ptr), np.diff(trips.times_ptr)[rows.left_trip]])

    def column(values: Any, otherwise: int) -> Any:
        added = np.where(is_new, otherwise, values[like]) if len(values) else np.full(len(like), otherwise)
        return np.concatenate([values, added.astype(values.dtype)])

    route = np.concatenate([changes.route, trips.route[rows.left_trip]])
    is_headway = np.concatenate([np.zeros(len(changes), np.uint8), np.ones(n_left, np.uint8)])
    return Trips(
        id=extended(trips.id, rows.like, ids, new_ids=list(new_ids.values())),
        headsign=extended(trips.headsign, rows.like, signs),
        short_name=extended(trips.short_name, rows.like),
        route=np.concatenate([trips.route, route]).astype(np.int32),
        service=trips.service,
        sequence=np.concatenate([trips.sequence, sequence]).astype(np.int32),
        direction=column(trips.direction, -1),
        block=_blocks(trips, rows),
        shape=_shapes(trips, rows, column(trips.shape, -1)),
        wheelchair=column(trips.wheelchair, 0),
        times_ptr=np.concatenate([trips.times_ptr, trips.times_ptr[-1] + np.cumsum(lengths)]).astype(np.int64),
        is_headway=np.concatenate([trips.is_headway, is_headway]),
    )


def _blocks(trips: Trips, rows: _Rows) -> Int32s:
    """Vehicles of the schedule stay in their blocks, where riders stay seated; others are alone."""
    stays = np.concatenate([np.isin(rows.vehicles.kind, TAKES_OUT), np.ones(len(rows.left_trip), bool)])
    block = np.where(stays, trips.block[np.maximum(rows.like, 0)] if len(trips.block) else -1, -1)
    return np.concatenate([trips.block, block]).astype(np.int32)


def _shapes(trips: Trips, rows: _Rows, shape: Int32s) -> Int32s:
    """Whoever goes another way has no line on the map but through its stops."""
    other = np.flatnonzero(rows.vehicles.kind == ChangeKind.REPLACED)
    shape[len(trips.shape) + other] = -1
    return shape


def _sequences(network: Network, changes: TripChanges, rows: _Rows) -> tuple[StopSequences, Int32s]:
    """(all stop sequences, the sequence of each further row): those of the schedule where nothing is altered."""
    known, trips = network.sequences, network.trips
    lengths = np.diff(changes.ptr)
    sequence = np.where(changes.trip >= 0, trips.sequence[np.maximum(changes.trip, 0)], -1).astype(np.int64)
    like = np.maximum(sequence, 0)
    same = (sequence >= 0) & (np.diff(known.ptr)[like] == lengths)
    compared = np.flatnonzero(same)
    calls = ranges(changes.ptr[:-1][compared], lengths[compared])
    planned = ranges(known.ptr[:-1][like[compared]], lengths[compared])
    differs = (changes.stop[calls] != known.stops[planned]) | (changes.flags[calls] != known.flags[planned])
    altered = np.bincount(np.repeat(compared, lengths[compared])[differs], minlength=len(lengths)) > 0
    own = np.flatnonzero(~same | altered)
    numbers: dict[tuple[bytes, bytes], int] = {}
    stops, flags = [known.stops], [known.flags]
    sizes: list[int] = []
    for row in own.tolist():
        part = slice(int(changes.ptr[row]), int(changes.ptr[row + 1]))
        key = changes.stop[part].tobytes(), changes.flags[part].tobytes()
        if key not in numbers:
            numbers[key] = len(known.ptr) - 1 + len(numbers)
            stops.append(changes.stop[part])
            flags.append(changes.flags[part])
            sizes.append(part.stop - part.start)
        sequence[row] = numbers[key]
    ptr = np.concatenate([known.ptr, known.ptr[-1] + np.cumsum(np.array(sizes, np.int64))]).astype(np.int64)
    table = StopSequences(ptr, np.concatenate(stops), np.concatenate(flags)) if sizes else known
    return table, np.concatenate([sequence, trips.sequence[rows.left_trip]]).astype(np.int32)


def _further_calls(network: Network, rows: _Rows) -> StopTimes:
    """The calls of the further rows of trips."""
    times, changes = network.stop_times, rows.vehicles
    ptr = network.trips.times_ptr
    left = ranges(ptr[:-1][rows.left_trip], np.diff(ptr)[rows.left_trip])
    return StopTimes(
        arrival=np.concatenate([changes.arrival, times.arrival[left]]),
        departure=np.concatenate([changes.departure, times.departure[left]]),
        stop_sequence=np.concatenate([changes.sequence, times.stop_sequence[left]]),
        shape_distance=np.concatenate([_distances(network, changes), times.shape_distance[left]]),
    )


def _distances(network: Network, changes: TripChanges) -> Any:
    """shape_dist_traveled of calls of vehicles that follow a trip; NaN for others."""
    found = np.full(int(changes.ptr[-1]), np.nan, np.float32)
    follows = np.flatnonzero((changes.trip >= 0) & (changes.kind != ChangeKind.REPLACED))
    lengths = np.diff(changes.ptr)[follows]
    rows = ranges(network.trips.times_ptr[:-1][changes.trip[follows]], lengths)
    found[ranges(changes.ptr[:-1][follows], lengths)] = network.stop_times.shape_distance[rows]
    return found


def _skipped(network: Network, changes: TripChanges) -> Bits:
    """Where a vehicle that keeps to its trip passes a stop that it would call at."""
    found = np.zeros(int(changes.ptr[-1]), np.uint8)
    follows = np.flatnonzero((changes.trip >= 0) & (changes.kind != ChangeKind.REPLACED))
    lengths = np.diff(changes.ptr)[follows]
    calls = ranges(changes.ptr[:-1][follows], lengths)
    planned = ranges(network.sequences.ptr[:-1][network.trips.sequence[changes.trip[follows]]], lengths)
    found[calls] = (changes.flags[calls] == 0) & (network.sequences.flags[planned] != 0)
    return found


class _Services:
    """Further services: those of the schedule less some dates, and single dates."""

    def __init__(self, network: Network, taken: Taken, rows: _Rows) -> None:
        self._network, self._rows = network, rows
        self._days = network.first_date.toordinal()
        self._made: list[Bits] = []
        self._feed: list[int] = []
        self._first = len(network.services.feed)
        self._of_trip = self._shortened(taken)
        self._never = self._add(np.zeros(network.services.runs.shape[1], np.uint8), -1)
        self._single: dict[int, int] = {}
        days = np.concatenate([rows.vehicles.day, rows.left_day]).tolist()
        self._on = np.array([self._day(day) for day in days], np.int32)
        self.table: Services = with_rows(
            network.services, np.array(self._made, np.uint8).reshape(-1, network.services.runs.shape[1]),
            np.array(self._feed, np.int32),
        )  # fmt: skip

    def _add(self, runs: Bits, feed: int) -> int:
        self._made.append(runs)
        self._feed.append(feed)
        return self._first + len(self._made) - 1

    def _day(self, day: int) -> int:
        if day not in self._single:
            runs = np.zeros(self._network.services.runs.shape[1], np.uint8)
            runs[day - self._days] = 1
            self._single[day] = self._add(runs, -1)
        return self._single[day]

    def _shortened(self, taken: Taken) -> tuple[Int64s, Int32s]:
        """(trips, their services less the dates on which they, or some of their vehicles, are taken out)."""
        services, all_dates = self._network.services, np.array([*taken], np.int64).reshape(-1, 2)
        order = np.lexsort((all_dates[:, 1], all_dates[:, 0]))
        trips, days = all_dates[order].T
        is_first = np.ones(len(trips), bool)
        is_first[1:] = trips[1:] != trips[:-1]
        starts = np.flatnonzero(is_first)
        # Most lose one date, and many that one of the same service.
        key = np.asarray(self._network.trips.service)[trips].astype(np.int64) << 32 | days
        ends = np.append(starts, len(trips))[1:]
        dates = [tuple(key[start:end].tolist()) for start, end in self._several(starts, ends)]
        is_one = ends - starts == 1
        distinct, number = np.unique(key[starts[is_one]], return_inverse=True)
        found = np.empty(len(starts), np.int64)
        made = [self._less(services, (one,)) for one in distinct.tolist()]
        found[is_one] = np.array(made, np.int64)[number] if made else 0
        again: dict[tuple[int, ...], int] = {}
        for keys in dates:
            if keys not in again:
                again[keys] = self._less(services, keys)
        found[~is_one] = [again[keys] for keys in dates]
        return trips[starts], found.astype(np.int32)

    @staticmethod
    def _several(starts: Int64s, ends: Int64s) -> list[tuple[int, int]]:
        rows = np.flatnonzero(ends - starts > 1)
        return list(zip(starts[rows].tolist(), ends[rows].tolist(), strict=True))

    def _less(self, services: Services, keys: tuple[int, ...]) -> int:
        """A service without some of its dates; each key is the service and a date."""
        runs = services.runs[keys[0] >> 32].copy()
        runs[[(key & 0xFFFFFFFF) - self._days for key in keys]] = 0
        return self._add(runs, int(services.feed[keys[0] >> 32]))

    @property
    def scheduled(self) -> Int32s:
        """As LiveRows.scheduled_service."""
        return np.concatenate([self._network.trips.service, self._on]).astype(np.int32)

    def of_trips(self, hidden: Any, unknown: Any) -> tuple[Int32s, Int32s]:
        """(Trips.service, the same for boards): `hidden` vehicles do not run, `unknown` ones are not shown either."""
        service = self.scheduled
        trips, shortened = self._of_trip
        service[trips] = shortened
        shown = service.copy()
        first = len(self._network.trips.service)
        service[first + np.flatnonzero(hidden)] = self._never
        shown[first + np.flatnonzero(unknown)] = self._never
        return service, shown


def _headways(network: Network, taken: Taken, rows: _Rows) -> Headways:
    """Rows of frequencies.txt, and those of what is left of trips on single dates, cut around what is taken out."""
    table = network.headways
    if len(rows.left_trip) == 0:
        return table
    first = len(network.trips.route) + len(rows.vehicles)
    added: list[tuple[int, int, int, int, int]] = []
    for number, (trip, day) in enumerate(zip(rows.left_trip.tolist(), rows.left_day.tolist(), strict=True)):
        for row in np.flatnonzero(table.trip == trip).tolist():
            start, end, headway = int(table.start[row]), int(table.end[row]), int(table.headway_s[row])
            # Only vehicles of exact times are taken out: others are not known one by one.
            cuts = sorted(taken[trip, day]) if table.exact[row] else []
            for cut in (at for at in cuts if start <= at < end and (at - start) % headway == 0):
                if cut > start:
                    added.append((first + number, start, cut, headway, int(table.exact[row])))
                start = cut + headway
            if start < end:
                added.append((first + number, start, end, headway, int(table.exact[row])))
    columns = np.array(added, np.int64).reshape(-1, 5).T
    names = ("trip", "start", "end", "headway_s", "exact")
    known = (getattr(table, name) for name in names)
    return Headways(*(np.concatenate([old, new.astype(old.dtype)]) for old, new in zip(known, columns, strict=True)))


def _new_rows(network: Network, rows: _Rows, hidden: Any, first: int) -> dict[int, list[int]]:
    """Row of the schedule that transfers name -> the further rows that are this trip, and run."""
    tables = (network.transfers, network.trip_transfers)
    named = np.concatenate([column for table in tables for column in (table.from_trip, table.to_trip)])
    vehicles = rows.vehicles
    stays = np.isin(vehicles.kind, TAKES_OUT) & ~hidden & np.isin(vehicles.trip, named)
    found: dict[int, list[int]] = defaultdict(list)
    for row in np.flatnonzero(stays).tolist():
        found[int(vehicles.trip[row])].append(first + row)
    for number in np.flatnonzero(np.isin(rows.left_trip, named)).tolist():
        found[int(rows.left_trip[number])].append(first + len(vehicles) + number)
    return found


def _named_transfers(table: Any, new_of: Mapping[int, list[int]]) -> Any:
    """Rows of transfers that name trips, once more for each further row that such a trip has, beside the first."""
    for name in ("from_trip", "to_trip"):
        table = _once_more(table, name, new_of)
    return table


def _once_more(table: Transfers | TripTransfers, name: str, new_of: Mapping[int, list[int]]) -> Any:
    named = getattr(table, name)
    more = {row: new_of[int(named[row])] for row in np.flatnonzero(named >= 0).tolist() if int(named[row]) in new_of}
    if not more:
        return table
    counts: Int64s = np.ones(len(named), np.int64)
    for row, added in more.items():
        counts[row] += len(added)
    source = np.repeat(np.arange(len(named)), counts)
    columns = {field.name: getattr(table, field.name)[source] for field in fields(table)}
    starts = np.cumsum(counts) - counts
    for row, added in more.items():
        columns[name][starts[row] + 1 : starts[row] + 1 + len(added)] = added
    return type(table)(**columns)
