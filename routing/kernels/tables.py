"""Tables of least times, put together."""

from __future__ import annotations

import numpy as np

from routing.kernels.compiled import kernel
from routing.kernels.layout import Bits, Int32s


@kernel
def greater(rows: Bits, cell: Int32s, by_cell: Bits) -> Bits:
    """The greater of rows [R, S] and by_cell [R, cells] at each stop, whose cell is cell [S]."""
    found = np.empty(rows.shape, np.uint8)
    for row in range(len(rows)):
        for stop in range(len(cell)):
            found[row, stop] = max(rows[row, stop], by_cell[row, np.uintp(cell[stop])])
    return found
