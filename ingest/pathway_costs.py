"""What it takes to walk one pathway: docs/walking.md, section Inside stations, states the rules."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.geometry import haversine_m
from ingest.model import Floats, Network, Pathways

STAIRS, ESCALATOR, ELEVATOR = 2, 4, 5
NOT_STEP_FREE = (0, STAIRS, ESCALATOR)
"""pathway_mode 0 stands for one that the feed does not say: it may be stairs."""

# What is assumed where a pathway has neither traversal_time nor length.
STAIR_M = 0.5
"""A stair counts as so much level walking: 30 cm forward, and slower."""
LEVEL_STAIRS_M = 12.0
LEVEL_ESCALATOR_S = 15.0
LEVEL_ELEVATOR_S = 10.0
ELEVATOR_WAIT_S = 30

PACE_MM_PER_MS = (6, 5)
"""1.2 m/s, the speed at which the best of several ways is chosen, as 6 mm in 5 ms."""


Flags = NDArray[np.bool_]


class Way(NamedTuple):
    """A way on foot; ways compare by weight, then by the rest, and add up field by field."""

    weight: int
    """Time at 1.2 m/s, in sixths of a millisecond."""
    paced_mm: int
    """Walked at the rider's speed."""
    fixed_mm: int
    """Covered in a time of its own."""
    fixed_s: int
    """That time."""

    def then(self, other: Way) -> Way:
        """This way and the other one after it."""
        return Way(*(mine + further for mine, further in zip(self, other, strict=True)))


def way_of(paced_m: float, fixed_m: float = 0.0, fixed_s: float = 0.0) -> Way:
    """A way of metres at the rider's speed, and of metres with a time of their own; rounded up."""
    paced_mm, fixed_mm, seconds = math.ceil(paced_m * 1000), math.ceil(fixed_m * 1000), math.ceil(fixed_s)
    mm, ms = PACE_MM_PER_MS
    return Way(paced_mm * ms + seconds * 1000 * mm, paced_mm, fixed_mm, seconds)


def pathway_ways(network: Network) -> list[Way]:
    """The way along each pathway, in the order of `network.pathways`; there and back are the same."""
    rows, level = network.pathways, network.stops.level
    levels = np.abs(level[rows.to_stop] - level[rows.from_stop])
    straight = _straight_m(network, rows)
    columns = (rows.mode, rows.length_m, rows.time_s, rows.stairs, levels, straight)
    return [_way(*values) for values in zip(*(column.tolist() for column in columns), strict=True)]


def step_free_pathways(rows: Pathways) -> Flags:
    """Which pathways a wheelchair can take: no stairs, no escalators, nothing of an unknown kind."""
    usable: Flags = ~np.isin(rows.mode, NOT_STEP_FREE) & (rows.stairs == 0)
    return usable


def _way(mode: int, length_m: float, time_s: int, stairs: int, levels: float, straight_m: float) -> Way:
    is_measured = math.isfinite(length_m)
    if time_s:
        return way_of(0, length_m if is_measured else 0.0 if mode == ELEVATOR else straight_m, time_s)
    if mode == ELEVATOR:
        n_levels = levels if math.isfinite(levels) and levels > 0 else 1.0
        return way_of(0, length_m if is_measured else 0.0, ELEVATOR_WAIT_S + n_levels * LEVEL_ELEVATOR_S)
    if is_measured:
        return way_of(length_m)
    if stairs:
        return way_of(abs(stairs) * STAIR_M)
    if mode == STAIRS and levels > 0:
        return way_of(levels * LEVEL_STAIRS_M)
    if mode == ESCALATOR and levels > 0:
        return way_of(0, straight_m, levels * LEVEL_ESCALATOR_S)
    return way_of(straight_m)


def _straight_m(network: Network, rows: Pathways) -> Floats:
    """Straight lines between the ends. A place without coordinates lies where its platform or station does."""
    lat, lon = placed(network)
    straight = haversine_m(lat[rows.from_stop], lon[rows.from_stop], lat[rows.to_stop], lon[rows.to_stop])
    return np.nan_to_num(straight)


def placed(network: Network) -> tuple[Floats, Floats]:
    """(lat, lon) of every stop, those of its platform or station where it has none of its own."""
    stops = network.stops
    lat, lon = stops.lat, stops.lon
    for _ in range(2):  # a platform first takes its station's place, then its boarding areas take the platform's
        unknown = ~(np.isfinite(lat) & np.isfinite(lon)) & (stops.parent >= 0)
        above = np.where(unknown, stops.parent, np.arange(len(lat)))
        lat, lon = lat[above], lon[above]
    return lat, lon
