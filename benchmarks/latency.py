"""What many timings say: mean and percentiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

PERCENTILES = (50, 95, 99)


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of process CPU time a query."""

    n: int
    mean_ms: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float

    def to_dict(self) -> dict[str, float]:
        """JSON-ready, microsecond figures kept."""
        return {name: round(value, 5) for name, value in asdict(self).items()}


def summarize(nanoseconds: Sequence[int]) -> Latency:
    """Mean and percentiles (linear between ranks) of timings. Raises ValueError where there are none."""
    if not nanoseconds:
        raise ValueError("no timings to summarize")
    ms = np.asarray(nanoseconds, np.float64) / 1e6
    p50, p95, p99 = (float(value) for value in np.percentile(ms, PERCENTILES))
    return Latency(len(ms), float(ms.mean()), p50, p95, p99, float(ms.max()))


def ratio_of_means(slower: Sequence[int], faster: Sequence[int], seed: int = 0) -> tuple[float, float, float]:
    """Mean of `slower` over mean of `faster` on the same queries, and its 95 % bootstrap interval over queries."""
    above, below = np.asarray(slower, np.float64), np.asarray(faster, np.float64)
    if len(above) != len(below) or len(above) == 0:
        raise ValueError(f"{len(above)} and {len(below)} timings do not pair up")
    draws = np.random.default_rng(seed).integers(0, len(above), (500, len(above)))
    ratios = above[draws].mean(axis=1) / below[draws].mean(axis=1)
    low, high = (float(value) for value in np.percentile(ratios, (2.5, 97.5)))
    return float(above.mean() / below.mean()), low, high
