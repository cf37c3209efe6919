"""Which stops the vehicles of a query could link at all, whatever the time: where they cannot, nothing is searched."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ingest.model import Bits, Int32s
from routing.timetable import Timetable
from routing.walks import WalkTable

UNSERVED = -1


def connected_stops(timetable: Timetable, walks: WalkTable, allowed: Bits) -> Int32s:
    """A number for each stop, shape (stops,): stops of different numbers are not linked, UNSERVED where nothing calls.

    Linked are the stops of an allowed pattern, in either direction, and served stops with a footpath between them.
    """
    side, paths, n_stops = timetable.forward, walks.forward, timetable.n_stops
    call_patterns = np.repeat(np.arange(len(allowed), dtype=np.int32), np.diff(side.calls_ptr))
    is_ridden = allowed[call_patterns] == 1
    stops, patterns = side.call_stops[is_ridden], call_patterns[is_ridden]
    served = np.zeros(n_stops, bool)
    served[stops] = True
    starts = np.repeat(np.arange(n_stops, dtype=np.int32), np.diff(paths.ptr))
    is_change = served[starts] & served[paths.stops]
    rows = np.concatenate([stops, starts[is_change]])
    columns = np.concatenate([patterns + n_stops, paths.stops[is_change]])
    size = n_stops + len(allowed)
    graph = coo_array((np.ones(len(rows), np.uint8), (rows, columns)), shape=(size, size))
    numbers: Int32s = connected_components(graph, directed=False)[1][:n_stops].astype(np.int32)
    numbers[~served] = UNSERVED
    return numbers


def can_connect(numbers: Int32s, origin: Int32s, destination: Int32s) -> bool:
    """Whether some stop of `origin` may be linked with one of `destination` (rows of `connected_stops`)."""
    near = {*numbers[origin].tolist()} - {UNSERVED}
    return not near.isdisjoint(numbers[destination].tolist())
