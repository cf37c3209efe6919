"""Stop sequences: the distinct rows of (stop, may board, may alight) that trips follow."""

from __future__ import annotations

import numpy as np
import polars as pl

from ingest.arrays import Bits, Int32s, Int64s
from ingest.model import StopSequences
from ingest.sequence_kernels import differs, fingerprints


def find_sequences(stops: Int32s, flags: Bits, ptr: Int64s) -> tuple[StopSequences, Int32s]:
    """The distinct sequences, numbered by first appearance, and the number of each trip's.

    stops, flags: one row a call; trip t has rows ptr[t]:ptr[t + 1].
    """
    lengths = np.diff(ptr)
    with np.errstate(over="ignore"):  # its products wrap around: compiled they do so in silence
        keys = fingerprints(stops, flags, ptr)
    trips = pl.DataFrame({"a": keys[:, 0], "b": keys[:, 1], "length": lengths}).with_row_index("trip")
    first = pl.col("trip").first().over("a", "b", "length")
    like = trips.select(first.cast(pl.Int64)).to_series().to_numpy()
    if differs(stops, flags, ptr, like) >= 0:
        raise RuntimeError("two stop sequences share a 128-bit fingerprint")
    representative = np.flatnonzero(like == np.arange(len(like)))
    number = np.empty(len(like), np.int32)
    number[representative] = np.arange(len(representative), dtype=np.int32)
    rows = _ranges(ptr[:-1][representative], lengths[representative])
    sequence_ptr = np.concatenate([[0], np.cumsum(lengths[representative])]).astype(np.int64)
    return StopSequences(sequence_ptr, stops[rows], flags[rows]), number[like]


def _ranges(starts: Int64s, lengths: Int64s) -> Int64s:
    """Concatenation of arange(start, start + length)."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return (np.repeat(starts - (ends - lengths), lengths) + np.arange(total)).astype(np.int64)
