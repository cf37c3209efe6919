"""The least travel times to the end of a query, out of the snapshot's bounds: what a search leaves stops out by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingest.model import BOUND_UNIT_S, BOUND_WALKING_M_PER_S, Bits, Bounds, Int32s
from routing.kernels.layout import Least, Typical
from routing.kernels.tables import greater
from routing.places import Reach, ResolvedPlace
from routing.read_only import read_only
from routing.stop_copies import StopCopies

UNWAITED = 3
"""The row of Bounds that counts no wait, where others do."""
MANY_STOPS = 8
"""In a cell, on average: then what is known of a stop itself saves any search more than it takes to look at."""
MOST_CELLS = 512
"""A place in reach of more cells than this is searched for without bounds: putting rows together would cost more."""


@dataclass(frozen=True, slots=True)
class LeastTimes:
    """One row a number of rides, over the stops of a timetable; unit_s = 0 where nothing is known."""

    table: Least
    unit_s: int
    typical: Typical


NOTHING_KNOWN = LeastTimes(
    Least(np.empty(0, np.uint8), np.empty(0, np.uint8), np.empty(0, np.uint8)),
    0,
    Typical(np.empty(0, np.int32), np.empty((0, 0), np.uint8)),
)
for _array in (*NOTHING_KNOWN.table, *NOTHING_KNOWN.typical):
    _array.flags.writeable = False


def bounds_of(bounds: Bounds, stops: StopCopies) -> Bounds:
    """The bounds of a network over the stops of a timetable: copies are where their stop is."""
    cell, toward, away, typical_cell = bounds.cell, bounds.toward, bounds.away, bounds.typical_cell
    if stops.n_copies and len(cell):
        toward, away = (np.take(table, stops.stop_of, axis=2) for table in (toward, away))
        cell, typical_cell = cell[stops.stop_of], typical_cell[stops.stop_of]
    return Bounds(
        read_only(cell),
        read_only(toward),
        read_only(away),
        read_only(bounds.toward_of),
        read_only(bounds.away_of),
        read_only(typical_cell),
        read_only(bounds.typical),
    )


def least_times(
    bounds: Bounds,
    place: ResolvedPlace,
    reach: Reach,
    speed_m_per_s: float,
    *,
    onward: bool,
    is_waited: bool = True,
    is_fine: bool = False,
) -> LeastTimes:
    """Least times from every stop to `place`, or, `onward`, from it. `bounds` are over the stops of a timetable;
    `reach`: the stops on foot, of the network.

    A stop's own cell knows the walks around it; a coordinate is as far as the nearest of the stops around it. What the
    cells of all other stops know of a stop counts, too, where a cell is of many stops, or is_fine: for who searches
    much. is_waited: whether riders wait for headway services at least as long as they do on average.
    """
    if len(bounds.cell) == 0:
        return NOTHING_KNOWN
    table = bounds.away if onward else bounds.toward
    if len(place.stops) == 1:  # almost every query
        cells = bounds.cell[place.stops[0] : place.stops[0] + 1]
    else:
        cells = np.unique(bounds.cell[list(place.stops) if place.stops else reach.stops])
    if not 0 < len(cells) <= MOST_CELLS:
        return NOTHING_KNOWN
    rows: Bits = table[cells[0]] if len(cells) == 1 else _nearest(table, cells)
    # Who walks faster than the bounds were made for may take less, in proportion.
    unit_s = int(BOUND_UNIT_S * min(1.0, BOUND_WALKING_M_PER_S / speed_m_per_s))
    rows.flags.writeable = False
    direct, anyhow = (UNWAITED, UNWAITED) if len(rows) > UNWAITED and not is_waited else (0, 1)
    least = Least(rows[direct], rows[anyhow], rows[2])
    by_stop = bounds.toward_of if onward else bounds.away_of
    if len(place.stops) == 1 and len(by_stop) and (is_fine or len(table) * MANY_STOPS <= len(by_stop)):
        finer = greater(*least, bounds.cell, by_stop[place.stops[0]], direct, anyhow)
        least = Least(*map(read_only, finer))
    return LeastTimes(least, unit_s, Typical(bounds.typical_cell, bounds.typical))


def _nearest(table: Bits, cells: Int32s) -> Bits:
    found: Bits = table[cells[0]].copy()
    for cell in cells[1:].tolist():
        np.minimum(found, table[cell], out=found)
    return found
