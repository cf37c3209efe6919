"""Places of calls along a line, call by call with whole arrays: what the kernel is held against."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ingest.model import Floats


def places_in_order(line: Floats, calls: Floats, measure: Floats) -> Floats:
    """As routing.fares.line_kernel has it."""
    offset, place = _to_segments(line, calls, measure)
    best, chosen = offset[0], []
    for call in range(1, len(calls)):
        before, least = _least_before(best)
        same = best + np.maximum(place[call - 1] - place[call], 0) ** 2
        chosen.append(np.where(least <= same, before, np.arange(len(best))))
        best = offset[call] + np.minimum(least, same)
    segments = [int(np.argmin(best))]
    for row in reversed(chosen):
        segments.append(int(row[segments[-1]]))
    return np.maximum.accumulate(place[np.arange(len(calls)), segments[::-1]])


def _least_before(cost: Floats) -> tuple[NDArray[np.int64], Floats]:
    """For each segment: which of those before it costs least, the first of several, and what it costs."""
    so_far = np.concatenate([[np.inf], np.minimum.accumulate(cost)[:-1]])
    is_less = np.concatenate([[False], cost[:-1] < so_far[:-1]])
    return np.maximum.accumulate(np.where(is_less, np.arange(-1, len(cost) - 1), 0)), so_far


def _to_segments(line: Floats, calls: Floats, measure: Floats) -> tuple[Floats, Floats]:
    """For each call and segment of a line: squared metres to it, and how far along the line that nearest point is."""
    start, step = line[:-1], np.diff(line, axis=0)
    square = np.maximum((step**2).sum(axis=1), 1e-9)
    away = calls[:, None, :] - start[None, :, :]
    part = np.clip((away * step).sum(axis=2) / square, 0, 1)
    gap = away - part[:, :, None] * step
    return (gap**2).sum(axis=2), measure[:-1] + part * np.diff(measure)
