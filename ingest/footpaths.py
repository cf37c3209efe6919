"""Walking links between stops of all feeds, before transfers.txt has its say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingest.geometry import PointIndex
from ingest.model import Int32s, Network
from ingest.street_places import is_walked_to

DEFAULT_RADIUS_M = 500.0
# Walked over straight-line distance: 1.2 to 1.4 in published surveys of pedestrian route directness.
DEFAULT_DETOUR = 1.3


@dataclass(frozen=True, slots=True)
class WalkingLinks:
    """Directed links, sorted by (from_stop, to_stop), without loops. Columns as in ingest.model.Footpaths."""

    from_stop: Int32s
    to_stop: Int32s
    distance_m: Int32s
    fixed_m: Int32s
    fixed_s: Int32s


def paced_links(from_stop: Int32s, to_stop: Int32s, distance_m: Int32s) -> WalkingLinks:
    """Links that are walked at the rider's speed all the way."""
    none = np.zeros(len(from_stop), np.int32)
    return WalkingLinks(from_stop, to_stop, distance_m, none, none)


def straight_links(network: Network, radius_m: float, detour: float, places: Int32s | None = None) -> WalkingLinks:
    """Links between all `places` (default: all stops) at most `radius_m` apart in a straight line; each is `detour`
    times as long.
    """
    stops = network.stops
    rows = np.flatnonzero(is_walked_to(stops)) if places is None else places
    lat, lon = stops.lat[rows], stops.lon[rows]
    start, end, metres = PointIndex(lat, lon).within(lat, lon, radius_m)
    apart = start != end
    return paced_links(
        rows[start[apart]].astype(np.int32),
        rows[end[apart]].astype(np.int32),
        walked_m(metres[apart], detour),
    )


def walked_m(straight_m: np.ndarray[tuple[int], np.dtype[np.float64]], detour: float) -> Int32s:
    """Straight-line metres to walked metres, rounded up."""
    return np.ceil(straight_m * detour).astype(np.int32)
