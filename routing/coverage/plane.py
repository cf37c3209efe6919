"""A flat map round one place: degrees to metres and back, with areas and distances that are true near there."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

Floats = NDArray[np.float64]
Geometries = NDArray[np.object_]


class Plane:
    """The azimuthal equidistant projection (WGS84) about the middle of some points.

    Distances from the centre are exact; those across it are 0.4 per mille too long at 300 km, and 1 % at 1,500 km.
    """

    def __init__(self, lat: Floats, lon: Floats) -> None:
        self.lat, self.lon = _middle(lat, lon)
        self.crs = f"+proj=aeqd +lat_0={self.lat:.6f} +lon_0={self.lon:.6f} +datum=WGS84 +units=m"
        self._forward = Transformer.from_crs("EPSG:4326", self.crs, always_xy=True)
        self._back = Transformer.from_crs(self.crs, "EPSG:4326", always_xy=True)

    def to_metres(self, lat: Floats, lon: Floats) -> Floats:
        """(x, y) in metres east and north of the centre, shape (n, 2), of points in degrees."""
        return np.column_stack(self._forward.transform(lon, lat))

    def project(self, geometries: Geometries) -> Geometries:
        """Geometries in (lon, lat) degrees to geometries in metres."""
        return _moved(geometries, lambda points: self.to_metres(points[:, 1], points[:, 0]))

    def unproject(self, geometries: Geometries) -> Geometries:
        """Geometries in metres to (lon, lat) degrees; a shape across the 180th meridian goes on beyond 180."""
        return _moved(geometries, self._to_degrees)

    def _to_degrees(self, points: Floats) -> Floats:
        lon, lat = self._back.transform(points[:, 0], points[:, 1])
        return np.column_stack([self.lon + (np.asarray(lon) - self.lon + 180) % 360 - 180, lat])


def _moved(geometries: Geometries, function: object) -> Geometries:
    moved: Geometries = shapely.transform(geometries, function)
    return moved


def _middle(lat: Floats, lon: Floats) -> tuple[float, float]:
    """(lat, lon) of the mean direction of points, rounded to what the projection text holds; (0, 0) of none."""
    if len(lat) == 0:
        return 0.0, 0.0
    phi, theta = np.radians(lat), np.radians(lon)
    x, y, z = (np.mean(axis) for axis in (np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)))
    return round(float(np.degrees(np.arctan2(z, np.hypot(x, y)))), 6), round(float(np.degrees(np.arctan2(y, x))), 6)
