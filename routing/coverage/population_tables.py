"""CSV and GeoJSON as columns of text, with messages that name file, row, field and value."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import shapely
from shapely.geometry import shape

from routing.coverage.plane import Floats, Geometries
from routing.coverage.population import PopulationError

WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326", "EPSG/0/4326")
PLACES = ("Point", "Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class PlaceTable:
    """A file as columns of text of one length; geometry, (lon, lat), only where the file itself has it (GeoJSON)."""

    path: Path
    columns: Mapping[str, Sequence[str]]
    geometry: Geometries | None
    row_word: str
    first_row: int

    def find(self, names: Sequence[str]) -> str | None:
        """The column with the first of these names that there is, in any case."""
        by_name = {column.strip().lower(): column for column in reversed(list(self.columns))}
        return next((by_name[name.lower()] for name in names if name.lower() in by_name), None)

    def where(self, row: int, field: str, value: str) -> str:
        """How messages name a value: file, row, field and value."""
        return f"{self.path}: {self.row_word} {row + self.first_row}, {field}: {value!r}"

    def numbers(self, column: str, low: float, high: float) -> Floats:
        """A column as finite numbers from `low` to `high`. Raises PopulationError."""
        numbers = np.array([_number(text) for text in self.columns[column]], np.float64)
        wrong = np.flatnonzero(~(np.isfinite(numbers) & (numbers >= low) & (numbers <= high)))
        if len(wrong):
            row = int(wrong[0])
            span = f"from {low:g} to {high:g}" if math.isfinite(high) else f"of at least {low:g}"
            raise PopulationError(f"{self.where(row, column, self.columns[column][row])} is not a number {span}")
        return numbers

    def wkt(self, column: str) -> Geometries:
        """A column of WKT as places. Raises PopulationError."""
        places = np.empty(len(self.columns[column]), np.object_)
        for row, text in enumerate(self.columns[column]):
            try:
                places[row] = checked_place(shapely.from_wkt(text))
            except (shapely.errors.GEOSException, ValueError) as error:
                raise PopulationError(f"{self.where(row, column, _short(text))}: {error}") from None
        return places

    def check_unique(self, column: str) -> None:
        """Raises PopulationError unless the column is there and tells all rows apart."""
        if column not in self.columns:
            raise PopulationError(f"{self.path}: no column {column}")
        seen: set[str] = set()
        for row, value in enumerate(self.columns[column]):
            if value in seen:
                raise PopulationError(f"{self.where(row, column, value)} stands here a second time")
            seen.add(value)


def read_csv(path: Path) -> PlaceTable:
    """A CSV file with a header; UTF-8, with or without byte order mark. Row 1 is the header."""
    try:
        frame = pl.read_csv(path, infer_schema=False, empty_string_is_null=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise PopulationError(f"{path}: {str(error).splitlines()[0]}") from None
    columns = {name: frame[name].fill_null("").str.strip_chars().to_list() for name in frame.columns}
    return PlaceTable(path, columns, None, "row", 2)


def read_geojson(path: Path) -> PlaceTable:
    """A GeoJSON FeatureCollection of points and polygons, WGS84. Feature 1 is the first."""
    collection = _load(path)
    features = collection["features"]
    places = np.empty(len(features), np.object_)
    for row, feature in enumerate(features):
        try:
            places[row] = checked_place(shape(feature["geometry"]))
        except (KeyError, TypeError, AttributeError, ValueError, IndexError, shapely.errors.ShapelyError) as error:
            raise PopulationError(f"{path}: feature {row + 1}, geometry: {error}") from None
    properties = [_properties(path, row, feature) for row, feature in enumerate(features)]
    names = dict.fromkeys(name for row in properties for name in row)
    columns = {name: [_text(row.get(name)) for row in properties] for name in names}
    return PlaceTable(path, columns, places, "feature", 1)


def checked_place(geometry: Any) -> Any:
    """A point or (multi)polygon within WGS84's bounds, made valid. Raises ValueError."""
    if geometry is None or geometry.is_empty:
        raise ValueError("no geometry")
    if geometry.geom_type not in PLACES:
        raise ValueError(f"{geometry.geom_type}: only {', '.join(PLACES)} are places of people")
    west, south, east, north = geometry.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError("coordinates are not degrees of longitude and latitude")
    if geometry.geom_type == "Point":
        return geometry
    parts = shapely.get_parts(shapely.make_valid(geometry))
    areas = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
    if not areas.area > 0:
        raise ValueError("a polygon without area")
    return areas


def _properties(path: Path, row: int, feature: Any) -> dict[str, Any]:
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise PopulationError(f"{path}: feature {row + 1}, properties: {_short(repr(properties))} is not an object")
    return properties


def _load(path: Path) -> Any:
    try:
        collection = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise PopulationError(f"{path}: {error}") from None
    if not isinstance(collection, dict) or not isinstance(collection.get("features"), list):
        raise PopulationError(f"{path}: not a GeoJSON FeatureCollection")
    crs = collection.get("crs")
    name = crs.get("properties", {}).get("name") if isinstance(crs, dict) else crs
    if name is not None and not str(name).endswith(WGS84):
        raise PopulationError(f"{path}: crs: {name!r} is not WGS84 longitude and latitude")
    return collection


def _number(text: str) -> float:
    """NaN for what is no plain number; `float` alone would also take 1_000 and other scripts' digits."""
    if not text.isascii() or "_" in text:
        return math.nan
    try:
        return float(text)
    except ValueError:
        return math.nan


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"
