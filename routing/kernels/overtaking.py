"""Split groups of runs so that within a pattern no run overtakes another: RAPTOR's premise (section 2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.kernels.compiled import kernel, part


@kernel
def split_overtaking(
    order: NDArray[np.int64],
    group: NDArray[np.int64],
    calls_ptr: NDArray[np.int64],
    arrivals: NDArray[np.int32],
    departures: NDArray[np.int32],
) -> NDArray[np.int64]:
    """For each run a chain number within its group; runs of one chain never overtake each other.

    order [R]: runs sorted by group, then first departure. Greedy: a run joins the first chain whose last run is
    not later than it at any call.
    """
    chain = np.zeros(len(group), np.int64)
    tails = np.empty(len(group), np.int64)  # last run of each chain of the present group
    n_chains = 0
    present = np.int64(-1)
    for run in order:
        if group[run] != present:
            present = group[run]
            n_chains = 0
        found = n_chains
        for candidate in range(n_chains):
            if not _overtakes(tails[candidate], run, calls_ptr, arrivals, departures):
                found = candidate
                break
        if found == n_chains:
            n_chains += 1
        tails[found] = run
        chain[run] = found
    return chain


@part
def _overtakes(
    earlier: int,
    later: int,
    calls_ptr: NDArray[np.int64],
    arrivals: NDArray[np.int32],
    departures: NDArray[np.int32],
) -> bool:
    """Whether `later` is before `earlier` at some call."""
    shift = calls_ptr[later] - calls_ptr[earlier]
    for call in range(calls_ptr[earlier], calls_ptr[earlier + 1]):
        if arrivals[call + shift] < arrivals[call] or departures[call + shift] < departures[call]:
            return True
    return False
