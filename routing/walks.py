"""Walking, for one walking speed: the changes that kernels relax, and the footpaths of access and egress."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ingest.model import Int32s, Network
from routing.kernels.layout import UNREACHED, Walks


class WalkTable(NamedTuple):
    """Both directions, and all footpaths for access and egress (forbidden changes included)."""

    forward: Walks
    backward: Walks
    access: Walks
    egress: Walks


def walk_table(network: Network, speed_m_per_s: float) -> WalkTable:
    """Footpaths timed at one walking speed; walking m metres takes ceil(m / speed)."""
    paths = network.footpaths
    n_stops = len(network.stops.lat)
    own = paths.from_stop == paths.to_stop
    change = np.zeros(n_stops, np.int32)
    change[paths.from_stop[own]] = np.where(paths.forbidden[own] == 1, UNREACHED, np.maximum(paths.min_time_s[own], 0))
    walk = np.ceil(paths.distance_m / speed_m_per_s).astype(np.int32)
    by_foot = np.where(paths.min_time_s >= 0, paths.min_time_s, walk).astype(np.int32)

    def table(rows: np.ndarray[tuple[int], np.dtype[np.bool_]], start: Int32s, end: Int32s) -> Walks:
        order = np.flatnonzero(rows)
        order = order[np.lexsort((end[order], start[order]))]
        counts = np.bincount(start[order], minlength=n_stops)
        ptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        walks = Walks(ptr, end[order], by_foot[order], walk[order], paths.distance_m[order], change)
        for array in walks:
            array.flags.writeable = False
        return walks

    allowed = ~own & (paths.forbidden == 0)
    return WalkTable(
        forward=table(allowed, paths.from_stop, paths.to_stop),
        backward=table(allowed, paths.to_stop, paths.from_stop),
        access=table(~own, paths.from_stop, paths.to_stop),
        egress=table(~own, paths.to_stop, paths.from_stop),
    )
