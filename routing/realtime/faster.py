"""How much faster than any vehicle of the schedule one of real time may be: what bounds on travel time must allow."""

from __future__ import annotations

import numpy as np

from ingest.model import Int64s, Network
from ingest.realtime.patch import ChangeKind, TripChanges
from routing.kernels.calls import ANOTHER_WAY, most_made_up
from routing.kernels.layout import NO_WAY, Least
from routing.laid_calls import trip_calls
from routing.least import NOTHING_KNOWN, LeastTimes

ANYTHING = -1
"""A vehicle goes where none of the schedule goes: no bound holds."""


def faster_s(network: Network, changes: TripChanges) -> int:
    """How many seconds less than the schedule's vehicles a ride in a changed one may take; ANYTHING where it goes where
    none of them goes."""
    rows = _running(changes)
    if len(network.bounds.cell) == 0 or len(rows) == 0:
        return 0
    if (changes.trip[rows] < 0).any() or (changes.kind[rows] == ChangeKind.REPLACED).any():
        return ANYTHING
    made_up = most_made_up(
        trip_calls(network), rows, changes.trip, changes.ptr, changes.stop, changes.arrival, changes.departure
    )
    return ANYTHING if made_up == ANOTHER_WAY else made_up


def is_wait_known(network: Network, changes: TripChanges) -> bool:
    """Whether a vehicle of a headway service runs that is known to come when it does: nobody need wait for it."""
    trip = changes.trip[_running(changes)]
    return bool(network.trips.is_headway[trip[trip >= 0]].any())


def _running(changes: TripChanges) -> Int64s:
    return np.flatnonzero(~np.isin(changes.kind, (ChangeKind.CANCELLED, ChangeKind.DELETED)))


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
    one_ride, any_rides = (row.astype(np.uint8) for row in rows)
    table = Least(one_ride, any_rides, least.table.n_rides)
    for row in table:
        row.flags.writeable = False
    return LeastTimes(table, least.unit_s, least.typical)
