"""How far it is on foot between two stops that only transfers.txt links."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ingest.footpaths import walked_m
from ingest.geometry import haversine_m
from ingest.model import Int32s, Network
from ingest.street_walk import StreetWalker

FARTHEST_CHANGE_M = 3000.0
NO_WAY = -1
"""distance_m where nobody can walk."""


class Measured(NamedTuple):
    """Walks, one row a pair of stops; columns as in ingest.model.Footpaths."""

    distance_m: Int32s
    fixed_m: Int32s
    fixed_s: Int32s

    @classmethod
    def paced(cls, distance_m: Int32s) -> Measured:
        """Walked at the rider's speed all the way."""
        none = np.zeros(len(distance_m), np.int32)
        return cls(distance_m, none, none)

    @classmethod
    def no_way(cls, n_pairs: int) -> Measured:
        """Nothing that anyone could walk."""
        return cls.paced(np.full(n_pairs, NO_WAY, np.int32))


Measure = Callable[[Int32s, Int32s], Measured]
"""The walk from each stop to the other of its pair."""


def straight_measure(network: Network, detour: float) -> Measure:
    """Straight lines, `detour` times as long; 0 where a coordinate is unknown."""
    stops = network.stops

    def metres(start: Int32s, end: Int32s) -> Measured:
        straight = haversine_m(stops.lat[start], stops.lon[start], stops.lat[end], stops.lon[end])
        return Measured.paced(walked_m(np.nan_to_num(straight), detour))

    return metres


def street_measure(network: Network, walker: StreetWalker, beyond: Measure) -> Measure:
    """Along streets, and what `beyond` says where no walk of FARTHEST_CHANGE_M leads there."""
    stops = network.stops

    def metres(start: Int32s, end: Int32s) -> Measured:
        found = beyond(start, end).distance_m
        for row, (a, b) in enumerate(zip(start.tolist(), end.tolist(), strict=True)):
            places = (float(stops.lat[a]), float(stops.lon[a])), (float(stops.lat[b]), float(stops.lon[b]))
            walk = walker.walk_between(*places, FARTHEST_CHANGE_M) if np.isfinite(places).all() else None
            found[row] = found[row] if walk is None else walk.metres
        return Measured.paced(found)

    return metres


def no_measure(start: Int32s, end: Int32s) -> Measured:
    """Nobody walks."""
    return Measured.no_way(len(start))
