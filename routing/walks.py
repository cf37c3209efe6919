"""Walking, for one walking speed: the changes that kernels relax, and the footpaths of access and egress."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ingest.model import Bits, Int32s, Network
from routing.kernels.layout import UNREACHED, Walks


class WalkTable(NamedTuple):
    """Both directions, and all footpaths for access and egress (forbidden changes included)."""

    forward: Walks
    backward: Walks
    access: Walks
    egress: Walks


NO_WHEELCHAIR = 2
"""wheelchair_boarding of a stop where no wheelchair gets into a vehicle or out of it."""


def closed_stops(network: Network, *, step_free: bool) -> Bits:
    """1 where a rider (with a wheelchair, if `step_free`) can neither board nor alight, shape (stops,)."""
    if not step_free:
        return np.zeros(len(network.stops.lat), np.uint8)
    closed: Bits = (network.stops.wheelchair == NO_WHEELCHAIR).astype(np.uint8)
    return closed


def walk_table(network: Network, speed_m_per_s: float, *, step_free: bool = False) -> WalkTable:
    """Footpaths timed at one walking speed: ceil(m / speed) for m metres, and what takes a time of its own.

    `step_free` takes those without stairs, and no changes at or to stops that are closed to wheelchairs.
    """
    paths = network.step_free_footpaths if step_free else network.footpaths
    closed = closed_stops(network, step_free=step_free)
    n_stops = len(network.stops.lat)
    own = paths.from_stop == paths.to_stop
    change = np.zeros(n_stops, np.int32)
    change[paths.from_stop[own]] = np.where(paths.forbidden[own] == 1, UNREACHED, np.maximum(paths.min_time_s[own], 0))
    change[closed == 1] = UNREACHED
    walk = np.ceil((paths.distance_m - paths.fixed_m) / speed_m_per_s).astype(np.int32) + paths.fixed_s
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

    allowed = ~own & (paths.forbidden == 0) & (closed[paths.from_stop] == 0) & (closed[paths.to_stop] == 0)
    return WalkTable(
        forward=table(allowed, paths.from_stop, paths.to_stop),
        backward=table(allowed, paths.to_stop, paths.from_stop),
        access=table(~own, paths.from_stop, paths.to_stop),
        egress=table(~own, paths.to_stop, paths.from_stop),
    )
