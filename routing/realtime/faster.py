"""How much faster than any vehicle of the schedule one of real time may be: what bounds on travel time must allow."""

from __future__ import annotations

import numpy as np

from ingest.model import Int64s, Network
from ingest.realtime.patch import ChangeKind, TripChanges
from routing.csr import ranges
from routing.kernels.layout import NO_WAY, Least
from routing.least import NOTHING_KNOWN, LeastTimes

ANYTHING = -1
"""A vehicle goes where none of the schedule goes: no bound holds."""


def faster_s(network: Network, changes: TripChanges) -> int:
    """How many seconds less than the schedule's vehicles a ride in a changed one may take; ANYTHING where it goes where
    none of them goes."""
    if len(network.bounds.cell) == 0:
        return 0
    rows = np.flatnonzero(~np.isin(changes.kind, (ChangeKind.CANCELLED, ChangeKind.DELETED)))
    if len(rows) == 0:
        return 0
    if (changes.trip[rows] < 0).any() or (changes.kind[rows] == ChangeKind.REPLACED).any():
        return ANYTHING
    trips, lengths = network.trips, np.diff(changes.ptr)[rows]
    calls = ranges(changes.ptr[:-1][rows], lengths)
    planned = ranges(network.sequences.ptr[:-1][trips.sequence[changes.trip[rows]]], lengths)
    if (changes.stop[calls] != network.sequences.stops[planned]).any():
        return ANYTHING
    times = ranges(trips.times_ptr[:-1][changes.trip[rows]], lengths)
    late_leaving = changes.departure[calls].astype(np.int64) - network.stop_times.departure[times]
    late_arriving = changes.arrival[calls].astype(np.int64) - network.stop_times.arrival[times]
    return _most_made_up(lengths, late_leaving, late_arriving)


def _most_made_up(lengths: Int64s, late_leaving: Int64s, late_arriving: Int64s) -> int:
    """The most that a vehicle is later at a departure than at an arrival further on."""
    # Each vehicle is lifted above all before it, so one running maximum serves them all.
    lift = np.repeat(np.arange(len(lengths)) * 2 * (int(np.abs(late_leaving).max(initial=0)) + 1), lengths)
    latest = np.maximum.accumulate(late_leaving + lift)
    is_first = np.zeros(len(lift), bool)
    is_first[np.cumsum(lengths) - lengths] = True
    made_up = (latest[:-1] - lift[1:] - late_arriving[1:])[~is_first[1:]]
    return max(int(made_up.max(initial=0)), 0)


def lowered(least: LeastTimes, seconds: int, max_rounds: int) -> LeastTimes:
    """Least times that hold where each ride may take up to `seconds` less than any of the schedule."""
    if seconds == 0 or least.unit_s == 0:
        return least
    if seconds == ANYTHING:
        return NOTHING_KNOWN
    rows = [
        np.where(row == NO_WAY, NO_WAY, np.maximum(row.astype(np.int64) - -(-rides * seconds // least.unit_s), 0))
        for row, rides in ((least.table.one_ride, 1), (least.table.any_rides, max_rounds))
    ]
    table = Least(*(row.astype(np.uint8) for row in rows))
    for row in table:
        row.flags.writeable = False
    return LeastTimes(table, least.unit_s, least.typical)
