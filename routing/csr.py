"""Rows of different lengths laid end to end: where each begins, and walking over some of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ingest.model import Int32s, Int64s


def ranges(starts: NDArray[np.integer], lengths: NDArray[np.integer]) -> Int64s:
    """Concatenation of arange(start, start + length)."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(starts - (ends - lengths), lengths) + np.arange(total)


def pointers(lengths: NDArray[np.integer]) -> Int32s:
    """Where each row begins, and the end of the last. Length n + 1."""
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)


def owners(ptr: NDArray[np.integer]) -> Int32s:
    """The row that each element is in. `ptr`: as `pointers` gives it."""
    return np.repeat(np.arange(len(ptr) - 1, dtype=np.int32), np.diff(ptr))


def matches(left: Int64s, right: Int64s) -> tuple[Int64s, Int64s]:
    """(i, j) of all left[i] == right[j], by i."""
    order = np.argsort(right, kind="stable")
    low, high = (np.searchsorted(right, left, side, sorter=order) for side in ("left", "right"))
    return np.repeat(np.arange(len(left)), high - low), order[ranges(low, high - low)]
