"""A network with real time laid over it, and what its trips would have done by the schedule.

Rows of the schedule keep their numbers. A vehicle that real time changes is a further row of trips, with the calls it
makes now; the row that the schedule has it as does not run on that date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ingest.model import Bits, Int8s, Int32s, Network, Services
from ingest.realtime.patch import Alert, ChangeKind, VehiclePosition
from ingest.strings import StringColumn
from routing.csr import ranges
from routing.realtime.alerts import AlertIndex


@dataclass(frozen=True, slots=True)
class LiveRows:
    """What the further rows of trips are. Row `first_trip + r` is vehicle r; its calls from `first_call` on."""

    first_trip: int
    first_call: int
    kind: Int8s
    """A ChangeKind                                             [vehicles]"""
    trip: Int32s
    """Row of the schedule that it has it as; -1 where the schedule does not have this vehicle"""
    day: Int32s
    start_s: Int32s
    """As in TripChanges"""
    shift_s: Int32s
    is_known: Bits
    """1 where real time says when                              [calls]"""
    is_skipped: Bits
    """1 where it passes a stop that it would call at           [calls]"""
    by_run: Mapping[tuple[int, int, int], int]
    """(row of the schedule, service date as ordinal, start_s) -> row of trips"""
    feeds: Mapping[str, int]
    """feed -> when its message was made, UTC seconds"""
    alerts: AlertIndex
    vehicles: tuple[VehiclePosition, ...]
    shown_service: Int32s
    """Trips.service in which vehicles that do not run do: for boards   [trips]"""
    scheduled_service: Int32s
    """Trips.service as the schedule has it, and the single date of each vehicle here    [trips]"""
    faster_s: int
    """How many seconds less than any vehicle of the schedule a ride may take"""
    is_wait_known: bool
    """Whether it says of a vehicle of a headway service when it comes, so that who knows need not wait for it"""

    @property
    def goes_other_ways(self) -> bool:
        """Whether a vehicle follows no trip of the schedule."""
        return bool((self.trip < 0).any() or (self.kind == ChangeKind.REPLACED).any())


@dataclass(frozen=True, slots=True)
class LiveNetwork(Network):
    """A Network as it runs now."""

    live: LiveRows = field(kw_only=True)

    def shown(self) -> LiveNetwork:
        """With cancelled vehicles among those that run: for boards, which say so. Never to be routed on."""
        return replace(self, trips=replace(self.trips, service=self.live.shown_service))


@dataclass(frozen=True, slots=True)
class ScheduledCall:
    """A call of a vehicle by the schedule. Seconds of the service day; None where the schedule has no such vehicle."""

    arrival: int | None
    departure: int | None
    is_known: bool
    """Whether real time says when it is made."""
    is_skipped: bool


def scheduled_call(network: Network, trip: int, position: int) -> ScheduledCall:
    """What the schedule says of call number `position` of a row of trips."""
    row = int(network.trips.times_ptr[trip]) + position
    if not isinstance(network, LiveNetwork) or trip < network.live.first_trip:
        times = network.stop_times
        return ScheduledCall(int(times.arrival[row]), int(times.departure[row]), False, False)
    live, vehicle = network.live, trip - network.live.first_trip
    call = row - live.first_call
    planned, is_known, is_skipped = int(live.trip[vehicle]), bool(live.is_known[call]), bool(live.is_skipped[call])
    if planned < 0:
        return ScheduledCall(None, None, is_known, is_skipped)
    begin, end = (int(network.trips.times_ptr[planned + offset]) for offset in (0, 1))
    at = begin + position
    if kind_of(network, trip) is ChangeKind.REPLACED:
        # It goes another way: only a call that the schedule has too, by its number, can be compared.
        wanted = int(network.stop_times.stop_sequence[row])
        at = begin + int(np.searchsorted(network.stop_times.stop_sequence[begin:end], wanted))
        if at >= end or int(network.stop_times.stop_sequence[at]) != wanted:
            return ScheduledCall(None, None, is_known, is_skipped)
    shift = int(live.shift_s[vehicle])
    times = network.stop_times
    return ScheduledCall(int(times.arrival[at]) + shift, int(times.departure[at]) + shift, is_known, is_skipped)


def is_as_scheduled(network: Network, trip: int) -> bool:
    """Whether a row of trips is one of the schedule: real time has nothing of its own to say of it."""
    return not isinstance(network, LiveNetwork) or trip < network.live.first_trip


def kind_of(network: Network, trip: int) -> ChangeKind | None:
    """What real time makes of a row of trips; None for a row of the schedule."""
    if not isinstance(network, LiveNetwork) or trip < network.live.first_trip:
        return None
    return ChangeKind(int(network.live.kind[trip - network.live.first_trip]))


def scheduled_shift(network: Network, trip: int, row: int, event: str) -> tuple[int | None, bool]:
    """(seconds from the schedule's to the live `arrival` or `departure` at a row of stop_times, whether that is known).

    None where the schedule has no such call.
    """
    call = scheduled_call(network, trip, row - int(network.trips.times_ptr[trip]))
    planned = call.arrival if event == "arrival" else call.departure
    return None if planned is None else int(getattr(network.stop_times, event)[row]) - planned, call.is_known


def scheduled_trip(network: Network, trip: int) -> int:
    """The row that the schedule has a row of trips as, or the row itself."""
    if not isinstance(network, LiveNetwork) or trip < network.live.first_trip:
        return trip
    planned = int(network.live.trip[trip - network.live.first_trip])
    return trip if planned < 0 else planned


def live_row(network: Network, trip: int, day: int, start_s: int | None) -> int | None:
    """The row of a vehicle that the schedule has as `trip` on a date, where real time changes it."""
    if not isinstance(network, LiveNetwork):
        return None
    live = network.live
    found = live.by_run.get((trip, day, -1))
    return live.by_run.get((trip, day, start_s)) if found is None and start_s is not None else found


def alerts_of(
    network: Network, trip: int, day: int, stops: tuple[int, ...], start_s: int, end_s: int
) -> tuple[Alert, ...]:
    """What riders of a row of trips should know who board and alight at `stops` in [start_s, end_s] (UTC seconds)."""
    if not isinstance(network, LiveNetwork) or not network.live.alerts.alerts:
        return ()
    live, planned = network.live, trip
    if trip >= live.first_trip:
        planned = int(live.trip[trip - live.first_trip])
    return network.live.alerts.of_ride(network, trip, planned, day, stops, start_s, end_s)


def extended(
    column: StringColumn, like: Int32s, texts: Sequence[str] = (), *, new_ids: Sequence[int] = ()
) -> StringColumn:
    """A column with more rows: row r has texts[r], or, where that is "", the text of row like[r]; -1 has none.

    new_ids: which of them are to be found by their text; the column can be searched.
    """
    own = [row for row, text in enumerate(texts) if text]
    told = StringColumn.of([texts[row] for row in own])
    source = like.astype(np.int64)
    source[own] = len(column) + np.arange(len(own))
    data = np.concatenate([column.data, told.data])
    ends = np.concatenate([column.offsets, column.offsets[-1] + told.offsets[1:]])
    starts = ends[:-1][source]
    lengths = np.where(source < 0, 0, ends[1:][source] - starts)
    order = column.order
    if new_ids:
        ranked = sorted(new_ids, key=lambda row: texts[row].encode("utf-8", "replace"))
        places = [_place(column, texts[row]) for row in ranked]
        order = np.insert(order, places, [len(column) + row for row in ranked]).astype(np.int32)
    return StringColumn(
        np.concatenate([column.data, data[ranges(starts, lengths)]]),
        np.concatenate([column.offsets, column.offsets[-1] + np.cumsum(lengths)]),
        order,
    )


def _place(column: StringColumn, text: str) -> int:
    """Where `text` belongs in the order of a searchable column."""
    wanted, low, high = text.encode("utf-8", "replace"), 0, len(column.order)
    while low < high:
        middle = (low + high) // 2
        at = int(column.order[middle])
        if column.data[column.offsets[at] : column.offsets[at + 1]].tobytes() < wanted:
            low = middle + 1
        else:
            high = middle
    return low


def with_rows(services: Services, runs: Bits, feed: Int32s) -> Services:
    """Services with more rows that nobody names."""
    return Services(
        extended(services.id, np.full(len(runs), -1, np.int32)),
        np.concatenate([services.feed, feed.astype(np.int16)]),
        np.concatenate([services.runs, runs]),
    )
