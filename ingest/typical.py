"""How long trips between places usually take: guesses, nothing more, from which a search takes its first horizon.

A few riders are sent off from each cell of stops on the busiest day, and looked after by a connection scan (Dibbelt,
Pajor, Strasser, Wagner: Connection Scan Algorithm, 2018). A wrong guess costs time and changes no answer.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ingest.bound_kernels import Ways
from ingest.model import CAN_ALIGHT, CAN_BOARD, Bits, Int32s, Int64s, Network
from ingest.typical_kernel import UNKNOWN, Connections, mean_minutes

SETS_OFF_S = (12 * 3600, 16 * 3600)
"""Seconds of the service day at which a rider leaves each cell."""
RIDES_FOR_S = 4 * 3600
WORKERS = 2


def no_typical_times() -> Bits:
    """Where nothing is known."""
    return np.empty((0, 0), np.uint8)


def typical_times(network: Network, cells: Int32s, walks: Ways) -> Bits:
    """Minutes from cell to cell, shape (cells, cells); UNKNOWN where no rider got there. `cells`: of each stop."""
    n_cells = int(cells.max(initial=-1)) + 1
    connections = _connections(network)
    leaving = _where_riders_leave(connections, cells, n_cells)
    found = np.full((len(SETS_OFF_S), n_cells, n_cells), UNKNOWN, np.uint8)

    def send(sample: int) -> None:
        mean_minutes(connections, walks, leaving[sample], SETS_OFF_S[sample], RIDES_FOR_S, cells, found[sample])

    with ThreadPoolExecutor(WORKERS) as pool:
        for _ in pool.map(send, range(len(SETS_OFF_S))):
            pass
    known = found != UNKNOWN
    total = np.where(known, found, 0).sum(axis=0, dtype=np.int32)
    counts = known.sum(axis=0, dtype=np.int32)
    return np.where(counts, total // np.maximum(counts, 1), UNKNOWN).astype(np.uint8)


def _connections(network: Network) -> Connections:
    """All hops of the busiest day in the hours looked at, by departure."""
    trips, times, sequences = network.trips, network.stop_times, network.sequences
    runs, shifts = _runs(network)
    lengths = (np.diff(trips.times_ptr)[runs] - 1).astype(np.int64)
    rows = _ranges(trips.times_ptr[:-1][runs], lengths)
    calls = _ranges(sequences.ptr[:-1][trips.sequence[runs]], lengths)
    run = np.repeat(np.arange(len(runs), dtype=np.int32), lengths)
    departures = times.departure[rows] + shifts[run]
    seen = np.flatnonzero((departures >= min(SETS_OFF_S)) & (departures < max(SETS_OFF_S) + RIDES_FOR_S))
    seen = seen[np.lexsort((run[seen], departures[seen]))]
    rows, calls, run = rows[seen], calls[seen], run[seen]
    can_leave = sequences.flags[calls + 1] & CAN_ALIGHT
    return Connections(
        sequences.stops[calls],
        np.where(can_leave, sequences.stops[calls + 1], -1).astype(np.int32),
        departures[seen].astype(np.int32),
        (times.arrival[rows + 1] + shifts[run]).astype(np.int32),
        (sequences.flags[calls] & CAN_BOARD).astype(np.uint8),
        run,
        np.array([len(runs)], np.int32),
    )


def _runs(network: Network) -> tuple[Int64s, Int32s]:
    """(trips, seconds that their times are shifted by) of the day with the most calls; headways written out."""
    trips, services, headways = network.trips, network.services, network.headways
    calls = np.bincount(trips.service, np.diff(trips.times_ptr), len(services.runs))
    day = int(np.argmax(calls @ services.runs)) if services.runs.size else 0
    runs_today = services.runs[:, day] == 1 if services.runs.size else np.zeros(len(services.runs), bool)
    scheduled = np.flatnonzero(runs_today[trips.service] & (trips.is_headway == 0))
    rows = np.flatnonzero(runs_today[trips.service[headways.trip]]) if len(headways.trip) else np.empty(0, np.int64)
    headway_s = np.maximum(headways.headway_s[rows], 1).astype(np.int64)
    counts = np.maximum(-(-(headways.end[rows] - headways.start[rows]) // headway_s), 0)
    row = np.repeat(np.arange(len(rows)), counts)
    starts = headways.start[rows][row] + _ranges(np.zeros(len(rows), np.int64), counts) * headway_s[row]
    trip = headways.trip[rows][row].astype(np.int64)
    first = network.stop_times.departure[trips.times_ptr[:-1][trip]]
    shifts = np.concatenate([np.zeros(len(scheduled), np.int64), starts - first])
    return np.concatenate([scheduled, trip]), shifts.astype(np.int32)


def _where_riders_leave(connections: Connections, cells: Int32s, n_cells: int) -> Int32s:
    """A stop of each cell for each sample, neither its busiest nor its quietest; -1 in cells that no trip leaves."""
    busy = np.bincount(connections.start[connections.can_board > 0], minlength=len(cells))
    order = np.lexsort((np.arange(len(cells)), busy, cells))
    order = order[busy[order] > 0]
    counts = np.bincount(cells[order], minlength=n_cells)
    first = np.cumsum(counts) - counts
    found = np.full((len(SETS_OFF_S), n_cells), -1, np.int32)
    served = np.flatnonzero(counts)
    for sample in range(len(SETS_OFF_S)):
        found[sample, served] = order[first[served] + counts[served] * (sample + 1) // (len(SETS_OFF_S) + 1)]
    return found


def _ranges(starts: Int64s, lengths: Int64s) -> Int64s:
    """Concatenation of arange(start, start + length)."""
    ends = np.cumsum(lengths)
    return np.repeat(starts - (ends - lengths), lengths) + np.arange(int(ends[-1]) if len(ends) else 0)
