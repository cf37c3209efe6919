"""Stop sequences: the distinct rows of (stop, may board, may alight) that trips follow."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ingest.model import CAN_ALIGHT, CAN_BOARD, Int32s, Int64s, StopSequences


def find_sequences(calls: pl.DataFrame, ptr: Int64s) -> tuple[StopSequences, Int32s]:
    """The distinct (stops, flags) rows of trips, numbered by first appearance, and the number of each trip's.

    calls: stop_times with `stop`, `pickup_type`, `drop_off_type`; trip t has rows ptr[t]:ptr[t + 1].
    """
    flags: NDArray[np.int64] = np.where(calls["pickup_type"].to_numpy() == 1, 0, CAN_BOARD)
    flags |= np.where(calls["drop_off_type"].to_numpy() == 1, 0, CAN_ALIGHT)
    stops = calls["stop"].to_numpy()
    n_trips = len(ptr) - 1
    if n_trips == 0:
        return StopSequences(np.zeros(1, np.int64), np.empty(0, np.int32), np.empty(0, np.uint8)), np.empty(0, np.int32)
    lengths = np.diff(ptr)
    position = np.arange(len(stops)) - np.repeat(ptr[:-1], lengths)
    keys = np.column_stack(
        [_fingerprints(stops, flags, position, ptr, salt) for salt in (1, 2)] + [lengths.astype(np.uint64)]
    )
    _, first_trip, inverse = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    rank = np.empty(len(first_trip), np.int64)
    by_appearance = np.argsort(first_trip)
    rank[by_appearance] = np.arange(len(first_trip))
    sequence = rank[inverse.reshape(-1)]
    representative = first_trip[by_appearance]
    same_as = np.repeat(ptr[:-1][representative][sequence], lengths) + position
    if not (np.array_equal(stops, stops[same_as]) and np.array_equal(flags, flags[same_as])):
        raise RuntimeError("two stop sequences share a 128-bit fingerprint")
    sequence_ptr = np.concatenate([[0], np.cumsum(lengths[representative])]).astype(np.int64)
    rows = _ranges(ptr[:-1][representative], lengths[representative])
    return (
        StopSequences(sequence_ptr, stops[rows].astype(np.int32), flags[rows].astype(np.uint8)),
        sequence.astype(np.int32),
    )


def _fingerprints(
    stops: NDArray[np.int64], flags: NDArray[np.int64], position: Int64s, ptr: Int64s, salt: int
) -> NDArray[np.uint64]:
    """One 64-bit sum a trip over (stop, flags, position), mixed as splitmix64 does."""
    mixed = (stops.astype(np.uint64) * np.uint64(4) + flags.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
    mixed += position.astype(np.uint64) * np.uint64(0xD1B54A32D192ED03) + np.uint64(salt * 0x94D049BB133111EB % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    sums: NDArray[np.uint64] = np.add.reduceat(mixed ^ (mixed >> np.uint64(31)), ptr[:-1])
    return sums


def _ranges(starts: Int64s, lengths: Int64s) -> Int64s:
    """Concatenation of arange(start, start + length)."""
    total = int(lengths.sum())
    offset = np.repeat(starts - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    return (offset + np.arange(total)).astype(np.int64)
