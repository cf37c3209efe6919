"""Stops of a timetable: the network's, and copies of some, so that transfers.txt can tell trips apart.

A call of a trip that a row names is moved to a copy of its stop. All calls at one stop that the same rows name share
a copy, so kernels, which know only stops, treat each as the rows say. Access and egress reach all copies alike.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.model import CAN_ALIGHT, CAN_BOARD, Int32s, Int64s, Network
from routing.csr import matches, pointers, ranges

Bools = NDArray[np.bool_]


class StopCopies(NamedTuple):
    """The S stops of a timetable. The first N are the stops of the network in their order; copies follow."""

    stop_of: Int32s
    """stop -> row of Network.stops                      [S]"""
    copies_ptr: Int32s
    """row of Network.stops -> its stops here            [N + 1]"""
    copies: Int32s
    is_left: Bools
    """Whether a rider may alight at a call here         [S]"""
    is_boarded: Bools
    """Whether a rider may board at a call here          [S]"""
    rule_from: Int32s
    rule_to: Int32s
    """Pairs of stops between which a row of Network.trip_transfers decides, by (rule_from, rule_to)"""
    rule: Int32s
    """pair -> that row"""

    @property
    def n_copies(self) -> int:
        """Stops that the network does not have."""
        return len(self.stop_of) - len(self.copies_ptr) + 1

    def here(self, stops: Int32s) -> tuple[Int64s, Int32s]:
        """(i, copy): every stop here of each stops[i] of the network, by i."""
        counts = np.diff(self.copies_ptr)[stops]
        return np.repeat(np.arange(len(stops)), counts), self.copies[ranges(self.copies_ptr[stops], counts)]


class MovedCalls(NamedTuple):
    """The calls that are made at copies."""

    rows: Int64s
    """Rows of Network.stop_times, sorted"""
    stops: Int32s
    """call -> its copy"""
    trips: Int32s
    """call -> its trip"""

    def move(self, stops: Int32s, parts: Int32s, ptr: Int64s, times_ptr: Int64s) -> None:
        """Change, in the stops of the calls of trips `parts` at ptr[i]:ptr[i + 1], those that are made at copies."""
        chosen = np.flatnonzero(np.isin(parts, self.trips)) if len(self.rows) else np.empty(0, np.int64)
        if len(chosen) == 0:
            return
        lengths = np.diff(ptr)[chosen]
        here, rows = ranges(ptr[:-1][chosen], lengths), ranges(times_ptr[:-1][parts[chosen]], lengths)
        number = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        stops[here] = np.where(self.rows[number] == rows, self.stops[number], stops[here])

    def sequences(self, network: Network) -> Int32s:
        """trip -> number of its stop sequence; trips of one sequence that do not call at the same copies differ."""
        trips = network.trips
        if len(self.rows) == 0:
            return trips.sequence
        numbers = trips.sequence.copy()
        known: dict[tuple[int, bytes, bytes], int] = {}
        starts = np.flatnonzero(np.diff(self.trips, prepend=-1))
        for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(self.trips)], strict=True):
            trip = int(self.trips[start])
            position = self.rows[start:end] - trips.times_ptr[trip]
            key = int(trips.sequence[trip]), position.tobytes(), self.stops[start:end].tobytes()
            numbers[trip] = known.setdefault(key, len(network.sequences.ptr) + len(known))
        return numbers


class _Calls(NamedTuple):
    """Calls of running trips that transfers.txt names, or whose route it names."""

    trip: Int32s
    row: Int64s
    """Row of Network.stop_times"""
    stop: Int32s
    can_board: Bools
    can_alight: Bools


class _Naming(NamedTuple):
    """Which rows of Network.trip_transfers name which calls, at either end of the change."""

    call: Int64s
    row: Int64s
    """n + k where row k of n names the call at the `to` end"""


def stop_copies(network: Network, running: Int32s) -> tuple[StopCopies, MovedCalls]:
    """The stops of a timetable of the trips `running`, and the calls that are made at copies."""
    n_stops = len(network.stops.lat)
    calls = _named_calls(network, running)
    naming = _in_force(network, calls, _naming(network, calls))
    copy_of_call, naming = _copies(calls, naming, n_stops)
    moved = np.flatnonzero(copy_of_call >= 0)
    copy_stop = np.zeros(int(copy_of_call.max(initial=n_stops - 1)) + 1 - n_stops, np.int32)
    copy_stop[copy_of_call[moved] - n_stops] = calls.stop[moved]
    stop_of = np.concatenate([np.arange(n_stops, dtype=np.int32), copy_stop])
    is_left, is_boarded = np.ones(len(stop_of), bool), np.ones(len(stop_of), bool)
    for usable, can in ((is_left, calls.can_alight), (is_boarded, calls.can_board)):
        usable[n_stops:] = False
        usable[copy_of_call[moved[can[moved]]]] = True
    none = np.empty(0, np.int32)
    copies = StopCopies(
        stop_of=stop_of,
        copies_ptr=pointers(np.bincount(stop_of, minlength=n_stops)),
        copies=np.argsort(stop_of, kind="stable").astype(np.int32),
        is_left=is_left,
        is_boarded=is_boarded,
        rule_from=none,
        rule_to=none,
        rule=none,
    )
    order = moved[np.argsort(calls.row[moved])]
    return _ruled(network, copies, naming), MovedCalls(calls.row[order], copy_of_call[order], calls.trip[order])


def _named_calls(network: Network, running: Int32s) -> _Calls:
    rows, trips, sequences = network.trip_transfers, network.trips, network.sequences
    named = np.isin(running, [rows.from_trip, rows.to_trip])
    named |= np.isin(trips.route[running], [rows.from_route, rows.to_route])
    chosen = running[named]
    counts = np.diff(trips.times_ptr)[chosen]
    in_sequence = ranges(sequences.ptr[:-1][trips.sequence[chosen]], counts)
    position = ranges(np.zeros(len(chosen), np.int64), counts)
    flags = sequences.flags[in_sequence]
    return _Calls(
        trip=np.repeat(chosen, counts),
        row=ranges(trips.times_ptr[:-1][chosen], counts),
        stop=sequences.stops[in_sequence],
        can_board=((flags & CAN_BOARD) != 0) & (position < np.repeat(counts, counts) - 1),
        can_alight=((flags & CAN_ALIGHT) != 0) & (position > 0),
    )


def _naming(network: Network, calls: _Calls) -> _Naming:
    rows, n_stops = network.trip_transfers, len(network.stops.lat)
    route = network.trips.route[calls.trip]
    found = []
    for first, usable, stop, named_trip, named_route in (
        (0, calls.can_alight, rows.from_stop, rows.from_trip, rows.from_route),
        (len(rows.from_stop), calls.can_board, rows.to_stop, rows.to_trip, rows.to_route),
    ):
        for subject, named in ((calls.trip, named_trip), (route, named_route)):
            call, row = np.flatnonzero(usable), np.flatnonzero(named >= 0)
            i, j = matches(_key(subject[call], calls.stop[call], n_stops), _key(named[row], stop[row], n_stops))
            found.append((call[i], row[j] + first))
    return _Naming(*(np.concatenate(column).astype(np.int64) for column in zip(*found, strict=True)))


def _key(subject: Int32s, stop: Int32s, n_stops: int) -> Int64s:
    return subject.astype(np.int64) * n_stops + stop


def _in_force(network: Network, calls: _Calls, naming: _Naming) -> _Naming:
    """Less the rows that name, at the other end, a trip or a route that does not call there in this timetable."""
    rows = network.trip_transfers
    n = len(rows.from_stop)
    is_any = np.concatenate([(rows.from_trip < 0) & (rows.from_route < 0), (rows.to_trip < 0) & (rows.to_route < 0)])
    is_found = is_any | (np.bincount(naming.row, minlength=2 * n) > 0)
    in_force = is_found[:n] & is_found[n:]
    kept = in_force[naming.row % n] if n else np.empty(0, bool)
    return _Naming(naming.call[kept], naming.row[kept])


def _copies(calls: _Calls, naming: _Naming, n_stops: int) -> tuple[Int32s, _Naming]:
    """(call -> its copy or -1, which rows name which copy): calls at one stop that the same rows name share one."""
    order = np.lexsort((naming.row, naming.call))
    call, row = naming.call[order], naming.row[order]
    starts = np.flatnonzero(np.diff(call, prepend=-1))
    ends = np.append(starts, len(call))[1:]
    numbers: dict[tuple[int, bytes], int] = {}
    copy_of_call = np.full(len(calls.row), -1, np.int32)
    firsts: list[int] = []
    for index, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        key = int(calls.stop[call[start]]), row[start:end].tobytes()
        if key not in numbers:
            numbers[key] = n_stops + len(numbers)
            firsts.append(index)
        copy_of_call[call[start]] = numbers[key]
    lengths = (ends - starts)[firsts]
    named = _Naming(np.repeat(n_stops + np.arange(len(firsts)), lengths), row[ranges(starts[firsts], lengths)])
    return copy_of_call, named


def _ruled(network: Network, copies: StopCopies, named: _Naming) -> StopCopies:
    """With the pairs of stops between which rows decide: of several rows the last one."""
    rows = network.trip_transfers
    n = len(rows.from_stop)
    is_from = named.row < n
    start_ptr, starts = _ends(copies, rows.from_stop, (rows.from_trip < 0) & (rows.from_route < 0),
                              named.call[is_from], named.row[is_from])  # fmt: skip
    end_ptr, ends = _ends(copies, rows.to_stop, (rows.to_trip < 0) & (rows.to_route < 0),
                          named.call[~is_from], named.row[~is_from] - n)  # fmt: skip
    n_starts, n_ends = np.diff(start_ptr).astype(np.int64), np.diff(end_ptr).astype(np.int64)
    rule = np.repeat(np.arange(n), n_starts * n_ends)
    inside = ranges(np.zeros(n, np.int64), n_starts * n_ends)
    start = starts[start_ptr[rule] + inside // n_ends[rule]]
    end = ends[end_ptr[rule] + inside % n_ends[rule]]
    useful = copies.is_left[start] & copies.is_boarded[end]
    order = np.flatnonzero(useful)
    order = order[np.lexsort((rule[order], end[order], start[order]))]
    is_last = np.ones(len(order), bool)
    is_last[:-1] = (np.diff(start[order]) != 0) | (np.diff(end[order]) != 0)
    order = order[is_last]
    return copies._replace(
        rule_from=start[order].astype(np.int32), rule_to=end[order].astype(np.int32), rule=rule[order].astype(np.int32)
    )


def _ends(copies: StopCopies, stop: Int32s, is_any: Bools, copy: Int64s, row: Int64s) -> tuple[Int32s, Int64s]:
    """One end of each row, as rows of stops here: those that it names, or all of its stop where it names none."""
    number = np.flatnonzero(is_any)
    index, everywhere = copies.here(stop[number])
    rows, stops = np.concatenate([row, number[index]]), np.concatenate([copy, everywhere])
    order = np.argsort(rows, kind="stable")
    return pointers(np.bincount(rows, minlength=len(stop))), stops[order]
