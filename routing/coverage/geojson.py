"""The coverage report as GeoJSON (RFC 7946)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely

from routing.coverage.plane import Plane
from routing.coverage.results import Coverage, Extent

TOLERANCE_M = 1.0
"""How far a drawn outline may lie from the computed one: it halves the size. Areas are those of the computed one."""
GRID_M = 0.5
DECIMALS = 7


def coverage_geojson(coverage: Coverage) -> dict[str, Any]:
    """A FeatureCollection. `kind` of a feature is `reach` or `exclusive` (with `provider`), `contested` or `gap`."""
    about = {"date": coverage.on.isoformat(), "radius_m": coverage.radius_m}
    return {"type": "FeatureCollection", **about, "features": list(_features(coverage))}


def _features(coverage: Coverage) -> Iterator[dict[str, Any]]:
    overall = coverage.overall
    for provider in coverage.providers:
        numbers = provider.to_dict()
        identity = {"provider": numbers.pop("id"), "name": numbers.pop("name"), "color": f"#{numbers.pop('color')}"}
        del numbers["statistics"]
        yield _feature(coverage.plane, "reach", provider.reach, {**identity, **numbers})
        yield _feature(coverage.plane, "exclusive", provider.exclusive, identity)
    yield _feature(coverage.plane, "contested", overall.contested, {})
    if overall.gap is not None:
        yield _feature(coverage.plane, "gap", overall.gap, {})


def _feature(plane: Plane, kind: str, extent: Extent, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"kind": kind, **properties, **extent.to_dict()},
        "geometry": _geometry(plane, extent),
    }


def _geometry(plane: Plane, extent: Extent) -> dict[str, Any] | None:
    """(lon, lat) of an outline; None for a region without any place, as RFC 7946 wants it."""
    # The coarse grid keeps corners apart, so that rounded degrees seldom make rings that touch themselves.
    outline = shapely.set_precision(shapely.simplify(extent.geometry, TOLERANCE_M), GRID_M)
    degrees = plane.unproject(np.array([outline], np.object_))
    rounded = shapely.transform(degrees, lambda points: np.round(points, DECIMALS))[0]
    if not shapely.is_valid(rounded):
        rounded = shapely.make_valid(rounded)
    if rounded.is_empty:
        return None
    geometry: dict[str, Any] = json.loads(shapely.to_geojson(shapely.orient_polygons(rounded)))
    return geometry
