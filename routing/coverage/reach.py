"""Where stops reach: unions of discs, what only one of several covers, and what more than one does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

QUARTER_SEGMENTS = 16
"""Sides of a disc in each quarter. The polygon has the area of the circle; its edge lies within 0.1 % of the radius."""


@dataclass(frozen=True, slots=True)
class Regions:
    """How the reaches of n providers divide the plane. All in metres of one plane.

    reach, exclusive, contested   one geometry a provider; exclusive and contested make up reach    length n
    shared         (a, b) with a < b -> what both reach
    all_reached, all_contested    what anyone reaches; what two or more do
    """

    reach: tuple[BaseGeometry, ...]
    exclusive: tuple[BaseGeometry, ...]
    contested: tuple[BaseGeometry, ...]
    shared: Mapping[tuple[int, int], BaseGeometry]
    all_reached: BaseGeometry
    all_contested: BaseGeometry


def discs_union(points: NDArray[np.float64], radius_m: float) -> BaseGeometry:
    """All places within `radius_m` of a point. points: metres, shape (n, 2)."""
    places = np.unique(np.round(points, 2), axis=0)
    return shapely.union_all(
        shapely.buffer(shapely.points(places), _polygon_radius(radius_m), quad_segs=QUARTER_SEGMENTS)
    )


def divide(reach: Sequence[BaseGeometry]) -> Regions:
    """What each provider reaches alone, and what with others."""
    shared = {
        (a, b): _only_areas(shapely.intersection(reach[a], reach[b])) for a, b in combinations(range(len(reach)), 2)
    }
    contested = tuple(
        shapely.union_all([region for pair, region in shared.items() if index in pair]) for index in range(len(reach))
    )
    return Regions(
        reach=tuple(reach),
        exclusive=tuple(
            _only_areas(shapely.difference(whole, part)) for whole, part in zip(reach, contested, strict=True)
        ),
        contested=contested,
        shared=shared,
        all_reached=shapely.union_all(list(reach)),
        all_contested=shapely.union_all(list(shared.values())),
    )


def _polygon_radius(radius_m: float) -> float:
    """The radius of the polygon whose area is that of the circle."""
    corners = 4 * QUARTER_SEGMENTS
    return float(radius_m * np.sqrt(2 * np.pi / (corners * np.sin(2 * np.pi / corners))))


def _only_areas(geometry: BaseGeometry) -> BaseGeometry:
    """A geometry without the points and lines that touching polygons leave."""
    parts = shapely.get_parts(geometry)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
