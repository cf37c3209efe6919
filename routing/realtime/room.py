"""Room for the calls of live networks, used again: to ask the system for it at each cycle takes longer than to fill it.

The calls of the schedule are copied once; those of a live network follow them in the same arrays.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

import numpy as np

from ingest.model import StopTimes

COLUMNS = ("arrival", "departure", "stop_sequence", "shape_distance")
SPARE = 1.25
"""Room is asked for a little more than is needed: the next cycle has other vehicles."""
MOST_KEPT = 2
"""The live network in use, and the one that takes its place."""


class CallRoom:
    """Arrays that begin with the calls of one schedule. Safe to share between threads."""

    def __init__(self, scheduled: StopTimes) -> None:
        self._scheduled = scheduled
        self._kept: list[dict[str, np.ndarray[Any, Any]]] = []
        self._lock = threading.Lock()

    def with_calls(self, more: StopTimes) -> StopTimes:
        """The calls of the schedule and `more`, as one table that nobody else writes to while anybody reads it."""
        first, n_more = len(self._scheduled.arrival), len(more.arrival)
        with self._lock:
            arrays = self._free(first + n_more) or self._made(first, n_more)
            columns = {}
            for name in COLUMNS:
                arrays[name][first : first + n_more] = getattr(more, name)
                view = arrays[name][: first + n_more]
                view.flags.writeable = False
                columns[name] = view
        return StopTimes(**columns)

    def _free(self, size: int) -> dict[str, np.ndarray[Any, Any]] | None:
        """Arrays that are large enough and that nobody holds a part of."""
        for arrays in self._kept:
            # Any part of an array, in whatever thread, holds the array itself: else it is held by `arrays`, by `array`
            # and by the call alone, and nobody can come by a part of it any more.
            if all(len(array) >= size and sys.getrefcount(array) <= 3 for array in arrays.values()):
                return arrays
        return None

    def _made(self, first: int, n_more: int) -> dict[str, np.ndarray[Any, Any]]:
        size = first + int(n_more * SPARE)
        arrays = {}
        for name in COLUMNS:
            column = getattr(self._scheduled, name)
            arrays[name] = np.empty(size, column.dtype)
            arrays[name][:first] = column
        # Whoever still reads the oldest keeps it; here it is forgotten.
        self._kept = [*self._kept, arrays][-MOST_KEPT:]
        return arrays
