"""Riders of whom every wait is as likely, whenever they come: what they ride adds a wait that is the same for all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.kernels.boarding import board_alone
from routing.kernels.compiled import kernel, part
from routing.kernels.parts import RUNS, next_part
from routing.kernels.rows import Rows

Floats = NDArray[np.float64]

OTHERWISE, ARRIVALS, WAITS = range(3)
QUICK = 100_000
"""So many products of chances take less time than the transforms that save them."""


@kernel
def after_steady_wait(rows: Rows, limit: int, first: int, chance: Floats) -> tuple[int, int, Floats]:
    """(what, origin, chances) of riders [n] who are there from each second from `first` on. rows: without a limit.

    ARRIVALS: the chance to arrive at origin + s. WAITS: that of a rider who is there from the first possible second on,
    still to be folded with the others. OTHERWISE: nothing is told, for waits are not alike, or nobody is there.
    """
    low, high = 0, len(chance) - 1
    while low <= high and chance[low] == 0.0:
        low += 1
    while high > low and chance[high] == 0.0:
        high -= 1
    if low > high:
        return OTHERWISE, 0, np.empty(0)
    ready = first + low
    riders = chance[low : high + 1]
    rows = Rows(
        rows.line, rows.ride_s, rows.first, np.minimum(rows.end, limit - rows.ride_s + 1), rows.headway_s,
        rows.planned_s, limit,
    )  # fmt: skip
    runs = _only_row(rows, ready, first + high)
    if runs == UNSTEADY:
        return OTHERWISE, 0, np.empty(0)
    if runs >= 0:
        return ARRIVALS, ready + rows.ride_s[runs], spread_evenly(riders, rows.headway_s[runs])
    origin, waits, _, _ = board_alone(rows, ready, 0)
    if len(riders) == 1:
        for index in range(len(waits)):
            waits[index] *= riders[0]
        return ARRIVALS, origin, waits
    if riders.min() == riders.max():  # as many at each second: such as after a wait for one row
        found = spread_evenly(waits, len(riders))
        for index in range(len(found)):
            found[index] *= riders[0] * len(riders)
        return ARRIVALS, origin, found
    if len(riders) * len(waits) > QUICK:
        return WAITS, origin, waits
    return ARRIVALS, origin, _folded(riders, waits)


UNSTEADY, SEVERAL = -2, -1


@part
def _only_row(rows: Rows, ready: int, last: int) -> int:
    """The row whose first vehicle all riders board who are there from a second in ready..last on; SEVERAL if there is a
    choice, UNSTEADY if waits are not alike, as they are for a single rider."""
    state, other = np.empty(len(rows.line), np.uint8), np.empty(len(rows.line), np.uint8)
    until, is_steady, longest_s = next_part(rows, ready, state)
    if not is_steady:
        return SEVERAL if ready == last else UNSTEADY
    while until <= last:
        until, is_steady, still_s = next_part(rows, until, other)
        if not is_steady or still_s != longest_s:
            return UNSTEADY
        for row in range(len(state)):
            if state[row] != other[row]:
                return UNSTEADY
    only, n_run = -1, 0
    for row in range(len(state)):
        if state[row] == RUNS:
            only, n_run = row, n_run + 1
    return only if n_run == 1 else SEVERAL


@part
def spread_evenly(chance: Floats, width: int) -> Floats:
    """The distribution of a sum of [n] and of 0 to width - 1, each as likely. Where nothing can be it is 0 exactly."""
    n = len(chance)
    so_far = np.empty(n + 1)
    so_far[0] = 0.0
    for index in range(n):
        so_far[index + 1] = so_far[index] + chance[index]
    found = np.empty(n + width - 1)
    for index in range(n + width - 1):
        found[index] = (so_far[min(index + 1, n)] - so_far[max(0, index + 1 - width)]) / width
    return found


@part
def _folded(chance: Floats, added: Floats) -> Floats:
    """The distribution of a sum, second by second."""
    if len(chance) > len(added):
        chance, added = added, chance
    found = np.zeros(len(chance) + len(added) - 1)
    for index in range(len(chance)):
        share = chance[index]
        if share > 0.0:
            part = found[index : index + len(added)]
            for more in range(len(added)):
                part[more] += share * added[more]
    return found
