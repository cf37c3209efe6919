"""Which street segments touch which cell of a grid: what snapping looks up. Arrays only, so it is mapped, not built."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ingest.arrays import Floats, Int32s, Int64s
from ingest.geometry import METRES_PER_DEGREE
from ingest.street_model import E7

CELL_M = 100.0
# A millimetre: keeps rounding from losing a segment that touches the edge of a cell.
PAD_DEGREES = 1e-8


def cells_of(points_ptr: Int32s, lat_e7: Int32s, lon_e7: Int32s) -> tuple[Floats, Int64s, Int32s, Int32s]:
    """Grid, cell_key, cell_ptr and cell_segments of Streets."""
    is_last = np.zeros(len(lat_e7), bool)
    is_last[points_ptr[1:] - 1] = True
    segment = np.flatnonzero(~is_last)
    if not len(segment):
        return np.array([0.0, 0.0, 1.0, 1.0, 1.0]), np.empty(0, np.int64), np.zeros(1, np.int32), np.empty(0, np.int32)
    grid = _grid(lat_e7.astype(np.float64) * E7, lon_e7.astype(np.float64) * E7)
    low, high = _by_latitude(segment, lat_e7, lon_e7)
    which, row, column = _touched(low, high, grid)
    key = row * np.int64(grid[4]) + column
    order = np.lexsort((segment[which], key))
    cells, begins = np.unique(key[order], return_index=True)
    ptr = np.append(begins, len(order)).astype(np.int32)
    return grid, cells, ptr, segment[which][order].astype(np.int32)


def _grid(lat: Floats, lon: Floats) -> Floats:
    height = CELL_M / METRES_PER_DEGREE
    width = height / max(np.cos(np.radians(np.abs(lat).max())), 0.01)
    south, west = lat.min() - height, lon.min() - width
    columns = np.ceil((lon.max() - west) / width) + 2
    return np.array([south, west, height, width, columns])


def _by_latitude(segment: NDArray[np.intp], lat_e7: Int32s, lon_e7: Int32s) -> tuple[Floats, Floats]:
    """Southern and northern end of each segment: two arrays of (lat, lon)."""
    ends = np.stack([segment, segment + 1])
    ends = np.where(lat_e7[ends[0]] <= lat_e7[ends[1]], ends, ends[::-1])
    low, high = (np.column_stack([lat_e7[end] * E7, lon_e7[end] * E7]) for end in ends)
    return low, high


def _touched(low: Floats, high: Floats, grid: Floats) -> tuple[NDArray[np.intp], Int64s, Int64s]:
    """(number of the segment, row, column) of every cell that it passes through, row by row along it."""
    south, west, height, width, _ = grid
    first = np.floor((low[:, 0] - PAD_DEGREES - south) / height).astype(np.int64)
    last = np.floor((high[:, 0] + PAD_DEGREES - south) / height).astype(np.int64)
    which, row = _ranges(first, last)
    rise = np.maximum(high[which, 0] - low[which, 0], 1e-12)
    edges = [np.clip((south + (row + side) * height - low[which, 0]) / rise, 0, 1) for side in (0, 1)]
    # A level segment has no rise: it is in its row from end to end.
    level = high[which, 0] - low[which, 0] < 2 * PAD_DEGREES
    edges = [np.where(level, side, edge) for side, edge in enumerate(edges)]
    lon = np.stack([low[which, 1] + edge * (high[which, 1] - low[which, 1]) for edge in edges])
    left = np.floor((lon.min(axis=0) - PAD_DEGREES - west) / width).astype(np.int64)
    right = np.floor((lon.max(axis=0) + PAD_DEGREES - west) / width).astype(np.int64)
    piece, column = _ranges(left, right)
    return which[piece], row[piece], column


def _ranges(first: Int64s, last: Int64s) -> tuple[NDArray[np.intp], Int64s]:
    """All of first[i]..last[i] for each i: (i, number)."""
    counts = last - first + 1
    which = np.repeat(np.arange(len(first)), counts)
    begins = np.cumsum(counts) - counts
    return which, first[which] + np.arange(len(which)) - begins[which]
