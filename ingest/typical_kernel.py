"""A connection scan from one stop after the other, and how far each cell of stops is from it on average."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ingest.arrays import Bits, Int32s
from ingest.bound_kernels import NEVER, Ways
from ingest.compiled import kernel

UNKNOWN = 255
"""In a table of typical times: nobody got there."""
MOST = 254
"""In a table of typical times: so many minutes or more."""


class Connections(NamedTuple):
    """Vehicles from call to next call, by departure. Seconds of the service day."""

    start: Int32s
    end: Int32s
    """-1 where nobody may alight"""
    departure: Int32s
    arrival: Int32s
    can_board: Bits
    run: Int32s
    """Which run of a trip it belongs to"""
    n_runs: Int32s
    """[1]"""


@kernel
def mean_minutes(
    connections: Connections, walks: Ways, starts: Int32s, leave: int, ride_for: int, cells: Int32s, table: Bits
) -> None:
    """Fill row c of `table` [cells, cells]: mean minutes to the stops of each cell, from stop starts[c] at `leave`.

    Cells none of whose stops is reached within `ride_for` seconds keep what they hold; so do rows of starts below 0.
    """
    start, end, departure, arrival = connections.start, connections.end, connections.departure, connections.arrival
    can_board, run = connections.can_board, connections.run
    ptr, walk_ends, walk_s = walks.ptr, walks.ends, walks.seconds
    n_stops, n_cells = len(cells), len(starts)
    best = np.empty(n_stops, np.int32)
    aboard = np.full(connections.n_runs[0], -1, np.int32)  # the last rider that was in the run
    total, count = np.empty(n_cells, np.int64), np.empty(n_cells, np.int64)
    first = np.searchsorted(departure, leave)
    last = leave + ride_for
    for cell in range(n_cells):
        if starts[cell] < 0:
            continue
        best[:] = NEVER
        best[starts[cell]] = leave
        for way in range(ptr[starts[cell]], ptr[starts[cell] + 1]):
            best[walk_ends[way]] = min(best[walk_ends[way]], leave + walk_s[way])
        for row in range(first, len(departure)):
            if departure[row] > last:
                break
            if aboard[run[row]] != cell:
                if best[start[row]] > departure[row] or can_board[row] == 0:
                    continue
                aboard[run[row]] = cell
            stop = end[row]
            if stop >= 0 and arrival[row] < best[stop]:
                best[stop] = arrival[row]
                for way in range(ptr[stop], ptr[stop + 1]):
                    best[walk_ends[way]] = min(best[walk_ends[way]], arrival[row] + walk_s[way])
        total[:] = 0
        count[:] = 0
        for stop in range(n_stops):
            if best[stop] < NEVER:
                total[cells[stop]] += best[stop] - leave
                count[cells[stop]] += 1
        for other in range(n_cells):
            if count[other]:
                table[cell, other] = min(total[other] // (60 * count[other]), MOST)
