"""How our riders walk between stops, as the tables that peers are given."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ingest.arrays import Int32s
from ingest.model import Network
from routing.kernels.layout import Walks
from routing.walks import walk_table

MAX_WALK_S = 1200
"""What riders of the benchmark walk at most at a time: what a Query says where nobody else does."""

Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]


class Links(NamedTuple):
    """Ordered pairs of different stops. Seconds as transfers.txt fixes them, else those of the walk."""

    start: Int32s
    end: Int32s
    seconds: Int32s
    walk_s: Int32s
    """Of the walk, whatever transfers.txt fixes."""
    metres: Int32s

    @property
    def is_fixed(self) -> Bools:
        """Where transfers.txt fixes another time."""
        fixed: Bools = self.seconds != self.walk_s
        return fixed

    def where(self, chosen: Bools) -> Links:
        """Some of the pairs."""
        return Links(*(column[chosen] for column in self))


def changes(network: Network, speed_m_per_s: float) -> Links:
    """Footpaths from one vehicle to the next: without those that transfers.txt forbids."""
    return _links(walk_table(network, speed_m_per_s).forward)


def walks(network: Network, speed_m_per_s: float) -> Links:
    """Footpaths to the first vehicle and from the last."""
    return _links(walk_table(network, speed_m_per_s).access)


def _links(table: Walks) -> Links:
    start = np.repeat(np.arange(len(table.ptr) - 1, dtype=np.int32), np.diff(table.ptr))
    links = Links(start, table.stops, table.change_by_foot_s, table.walk_s, table.metres)
    return links.where(table.walk_s <= MAX_WALK_S)
