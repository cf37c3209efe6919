"""People on the map: points or areas with a number of people each, and how many of them live in a region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from routing.coverage.plane import Floats, Geometries, Plane

MOST_CORNERS = 256
"""Larger regions are cut up first: clipping a zone costs as much as the piece it is clipped with has corners."""


class PopulationError(ValueError):
    """A population file that cannot be used. The message names file, row, field and value where there are any."""


@dataclass(frozen=True, slots=True)
class Population:
    """Where people live.

    source    file names, for captions
    geometry  points, or polygons over which people are spread evenly; (lon, lat) degrees, WGS84   shape (n_zones,)
    people    shape (n_zones,)
    """

    source: str
    geometry: Geometries
    people: Floats

    @property
    def total(self) -> float:
        """All people of the file."""
        return float(self.people.sum())


class PeopleMap:
    """A population laid on a plane."""

    def __init__(self, population: Population, plane: Plane) -> None:
        geometry = plane.project(population.geometry)
        self.people = population.people
        self.geometry = geometry
        self._is_area = shapely.get_dimensions(geometry) == 2
        self._tree = shapely.STRtree(geometry)
        self._areas = shapely.area(geometry)

    def within(self, region: BaseGeometry) -> float:
        """People in a region given in metres: points inside it, and of each polygon the share of its area."""
        return float(self.people @ self.shares(region))

    def shares(self, region: BaseGeometry) -> Floats:
        """How much of each zone lies in the region, from 0 to 1. Shape (n_zones,)."""
        pieces = cut_up(region)
        piece, zone = self._tree.query(pieces, predicate="intersects")
        shares = np.zeros(len(self.people))
        shares[zone[~self._is_area[zone]]] = 1
        of_area = self._is_area[zone]
        piece, zone = piece[of_area], zone[of_area]
        clipped = shapely.area(shapely.intersection(self.geometry[zone], pieces[piece]))
        np.add.at(shares, zone, clipped / self._areas[zone])
        return np.clip(shares, 0, 1)

    def outside(self, region: BaseGeometry) -> BaseGeometry:
        """The parts of inhabited zones that lie outside the region: areas and points, in metres."""
        inhabited = self.geometry[self.people > 0]
        shapely.prepare(region)
        untouched = ~shapely.intersects(region, inhabited)
        rest = shapely.difference(inhabited[~untouched], region)
        return shapely.union_all(np.concatenate([inhabited[untouched], rest]))


def cut_up(region: BaseGeometry) -> Geometries:
    """The region as polygons of at most MOST_CORNERS corners, halved across their longer side until they are."""
    done: list[Geometries] = []
    parts = _polygons(shapely.get_parts(region))
    while len(parts):
        small = shapely.get_num_coordinates(parts) <= MOST_CORNERS
        done.append(parts[small])
        parts = _halved(parts[~small])
    return np.concatenate([np.empty(0, np.object_), *done])


def _halved(polygons: Geometries) -> Geometries:
    west, south, east, north = shapely.bounds(polygons).reshape(-1, 4).T
    wide = east - west >= north - south
    x, y = np.where(wide, (west + east) / 2, east), np.where(wide, north, (south + north) / 2)
    lower = shapely.box(west, south, x, y)
    upper = shapely.box(np.where(wide, x, west), np.where(wide, south, y), east, north)
    return _polygons(shapely.get_parts(shapely.intersection(np.tile(polygons, 2), np.concatenate([lower, upper]))))


def _polygons(parts: NDArray[np.object_]) -> Geometries:
    areas: Geometries = parts[shapely.get_dimensions(parts) == 2]
    return areas
