"""Tables of least times, put together."""

from __future__ import annotations

import numpy as np

from routing.kernels.compiled import kernel
from routing.kernels.layout import Bits, Int32s


@kernel
def greater(
    one_ride: Bits, any_rides: Bits, n_rides: Bits, cell: Int32s, by_cell: Bits, one_row: int, any_row: int
) -> tuple[Bits, Bits, Bits]:
    """Three rows of least times [S], or what the cell of each stop, cell [S], says in by_cell [cells, R] where that is
    more. one_row, any_row: of the first two there; the third is in row 2."""
    n_stops = len(cell)
    one, several, vehicles = np.empty(n_stops, np.uint8), np.empty(n_stops, np.uint8), np.empty(n_stops, np.uint8)
    for stop in range(n_stops):
        its = np.uintp(cell[stop])
        one[stop] = max(one_ride[stop], by_cell[its, one_row])
        several[stop] = max(any_rides[stop], by_cell[its, any_row])
        vehicles[stop] = max(n_rides[stop], by_cell[its, 2])
    return one, several, vehicles
