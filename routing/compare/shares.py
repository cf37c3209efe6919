"""Which provider sets are best at each second of a window, and for how much of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.model import Int64s
from routing.compare.fronts import ProviderSet
from routing.kernels.layout import UNREACHED

Seconds = NDArray[np.bool_]
"""Whether something holds, at each second of the window."""


@dataclass(frozen=True, slots=True)
class SetShare:
    """For how much of the window a set is best.

    share  where several are best at once, an equal part each: all shares and nobody's add up to 1
    only   best alone
    tied   best together with others
    """

    providers: ProviderSet
    share: float
    only: float
    tied: float

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "providers": sorted(self.providers),
            "share": self.share,
            "alone_share": self.only,
            "tied_share": self.tied,
        }


@dataclass(frozen=True, slots=True)
class Period:
    """Seconds [begin, end) of the window in which the same sets are best; none of them where nobody gets there."""

    begin: int
    end: int
    best: tuple[ProviderSet, ...]


def best_sets(arrivals: Mapping[ProviderSet, Int64s]) -> dict[ProviderSet, Seconds]:
    """The smallest sets with which nobody arrives earlier, the empty one (walking) among them; only those that win."""
    earliest = arrivals[max(arrivals, key=len)]
    found: dict[ProviderSet, Seconds] = {}
    for chosen in sorted(arrivals, key=lambda chosen: (len(chosen), sorted(chosen))):
        wins = (arrivals[chosen] == earliest) & (earliest < UNREACHED)
        for smaller, already in found.items():
            if smaller < chosen:
                wins &= ~already
        if wins.any():
            found[chosen] = wins
    return found


def set_shares(best: Mapping[ProviderSet, Seconds], seconds: int) -> list[SetShare]:
    """The largest share first; equal ones by the providers' ids."""
    count = sum((wins.astype(np.int64) for wins in best.values()), np.zeros(seconds, np.int64))
    shares = [
        SetShare(
            chosen,
            float((wins / np.maximum(count, 1)).sum() / seconds),
            float((wins & (count == 1)).sum() / seconds),
            float((wins & (count > 1)).sum() / seconds),
        )
        for chosen, wins in best.items()
    ]
    return sorted(shares, key=lambda share: (-share.share, sorted(share.providers)))


def find_periods(best: Mapping[ProviderSet, Seconds], seconds: int) -> Iterator[Period]:
    """The window, cut where the best sets change."""
    wins = np.array([*best.values()]).reshape(len(best), seconds)
    cuts = [0, *(np.flatnonzero((wins[:, 1:] != wins[:, :-1]).any(axis=0)) + 1).tolist(), seconds]
    for begin, end in pairwise(cuts):
        yield Period(begin, end, tuple(chosen for chosen, row in zip(best, wins, strict=True) if row[begin]))
