"""Distances on the sphere, and which points lie near which."""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

EARTH_RADIUS_M = 6371008.8  # IUGG mean radius
METRES_PER_DEGREE = EARTH_RADIUS_M * np.pi / 180

Floats = NDArray[np.float64]


def haversine_m(lat1: ArrayLike, lon1: ArrayLike, lat2: ArrayLike, lon2: ArrayLike) -> Floats:
    """Great-circle metres between points in degrees; broadcasts."""
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    half_lat = (phi2 - phi1) / 2
    half_lon = np.radians(np.subtract(lon2, lon1)) / 2
    chord = np.sin(half_lat) ** 2 + np.cos(phi1) * np.cos(phi2) * np.sin(half_lon) ** 2
    metres: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))
    return metres


def metres_between(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """`haversine_m` of one pair: a thirtieth of the time that it takes on arrays of one."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_lat, half_lon = (phi2 - phi1) / 2, math.radians(lon2 - lon1) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(max(chord, 0.0), 1.0)))


class PointIndex:
    """Points in degrees that answer "which of you lie within r metres". NaN points are near nothing."""

    def __init__(self, lat: Floats, lon: Floats) -> None:
        self._lat, self._lon = lat, lon
        self._tree = shapely.STRtree(shapely.points(lon, lat))

    def within(self, lat: Floats, lon: Floats, radius_m: float) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
        """Pairs (row of the query, row of this index, metres) no farther apart than `radius_m`, sorted."""
        pairs = [self._candidates(lat, lon, radius_m, shift) for shift in (0.0, -360.0, 360.0)]
        asked, found = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
        metres = haversine_m(lat[asked], lon[asked], self._lat[found], self._lon[found])
        near = metres <= radius_m
        asked, found, metres = asked[near], found[near], metres[near]
        order = np.lexsort((found, asked))
        return asked[order], found[order], metres[order]

    def _candidates(
        self, lat: Floats, lon: Floats, radius_m: float, shift: float
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Pairs whose boxes touch, with the query moved by `shift` degrees: ±360 joins the two sides of 180°."""
        half_lat = radius_m / METRES_PER_DEGREE * 1.001 + 1e-9  # a little wider than rounding
        half_lon = half_lat / np.maximum(np.cos(np.radians(np.minimum(np.abs(lat) + half_lat, 90))), 1e-3)
        moved = lon + shift
        rows = np.flatnonzero(
            np.isfinite(lat) & np.isfinite(lon) & (moved - half_lon <= 180) & (moved + half_lon >= -180)
        )
        boxes = shapely.box(
            (moved - half_lon)[rows], lat[rows] - half_lat, (moved + half_lon)[rows], lat[rows] + half_lat
        )
        asked, found = self._tree.query(boxes)
        return rows[asked], found
