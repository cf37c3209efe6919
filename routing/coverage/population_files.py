"""Population files: CSV, GeoJSON, or a CSV of numbers that joins a GeoJSON of places. See docs/coverage.md."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import shapely

from routing.coverage.plane import Floats, Geometries
from routing.coverage.population import Population, PopulationError
from routing.coverage.population_tables import PlaceTable, read_csv, read_geojson

PEOPLE = ("population", "pop", "people")
LATITUDE = ("lat", "latitude", "y")
LONGITUDE = ("lon", "lng", "long", "longitude", "x")
WKT = ("wkt", "geometry", "geom")
CSV = (".csv",)
GEOJSON = (".geojson", ".json")


def read_population(
    path: Path, *, geometry: Path | None = None, key: str | None = None, people: str | None = None
) -> Population:
    """People from a CSV or GeoJSON file, or from a folder that holds exactly one population.

    geometry: the GeoJSON whose places a CSV without coordinates is about; looked for beside the CSV if None.
    key: the column (and property) that joins the two; found by itself if None.
    people: the column or property that counts people; by default `population`, `pop` or `people`.
    Raises PopulationError.
    """
    if path.is_dir():
        return _read_folder(path, key, people)
    table = _read(path)
    if geometry is not None:
        return _joined(table, _read(geometry), key, people)
    population = _complete(table, people)
    return population if population is not None else _with_partner(table, key, people)


def _read(path: Path) -> PlaceTable:
    if not path.is_file():
        raise PopulationError(f"{path}: no such file")
    if path.suffix.lower() in CSV:
        return read_csv(path)
    if path.suffix.lower() in GEOJSON:
        return read_geojson(path)
    raise PopulationError(f"{path}: neither .csv nor .geojson")


def _read_folder(folder: Path, key: str | None, people: str | None) -> Population:
    tables, unread = _read_all(folder, CSV + GEOJSON)
    found = [population for table in tables if (population := _complete(table, people)) is not None]
    found += list(_joins(tables, tables, key, people))
    return _only(found, unread, f"{folder}: a folder must hold one population")


def _with_partner(table: PlaceTable, key: str | None, people: str | None) -> Population:
    """Join a table that lacks places, or people, with the file beside it that has them."""
    if table.geometry is not None:
        beside, unread = _read_all(table.path.parent, CSV)
        found = list(_joins(beside, [table], key, people))
        rule = f"{table.path}: no property {' or '.join(_people_names(people))}, and not one CSV beside it that joins"
    else:
        beside, unread = _read_all(table.path.parent, GEOJSON)
        found = list(_joins([table], beside, key, people))
        rule = f"{table.path}: not a column {' or '.join(_people_names(people))} with lat and lon, wkt or one GeoJSON"
        rule += " beside it that joins"
    return _only(found, unread, rule)


def _read_all(folder: Path, suffixes: tuple[str, ...]) -> tuple[list[PlaceTable], list[str]]:
    """The tables of a folder, and what was wrong with files that are none: other things may lie there too."""
    tables: list[PlaceTable] = []
    unread: list[str] = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in suffixes:
            try:
                tables.append(_read(path))
            except PopulationError as error:
                unread.append(str(error))
    return tables, unread


def _only(found: list[Population], unread: list[str], rule: str) -> Population:
    if len(found) == 1:
        return found[0]
    names = "; ".join(population.source for population in found) or "none"
    raise PopulationError("; ".join([f"{rule}. Found: {names}", *unread]))


def _joins(
    counted: list[PlaceTable], placed: list[PlaceTable], key: str | None, people: str | None
) -> Iterator[Population]:
    """Each CSV that counts people without places, with each GeoJSON that has the places."""
    names = _people_names(people)
    unplaced = [table for table in counted if table.geometry is None and table.find(names) and _places(table) is None]
    for table, places in product(unplaced, [table for table in placed if table.geometry is not None]):
        if (name := _key(table, places, key)) is not None:
            yield _join_on(name, table, places, people)


def _complete(table: PlaceTable, people: str | None) -> Population | None:
    """The population of a table that has both people and places; None if it lacks either."""
    column = table.find(_people_names(people))
    places = _places(table)
    if column is None or places is None:
        return None
    return Population(table.path.name, places, _count(table, column))


def _joined(table: PlaceTable, places: PlaceTable, key: str | None, people: str | None) -> Population:
    if places.geometry is None:
        raise PopulationError(f"{places.path}: not a GeoJSON file of places")
    if table.find(_people_names(people)) is None:
        raise PopulationError(f"{table.path}: no column {' or '.join(_people_names(people))}")
    name = _key(table, places, key)
    if name is None:
        raise PopulationError(f"{table.path}: no column joins it to {places.path}; name one that identifies each row")
    return _join_on(name, table, places, people)


def _people_names(people: str | None) -> tuple[str, ...]:
    return (people,) if people else PEOPLE


def _places(table: PlaceTable) -> Geometries | None:
    """The place of each row, however the table says it; None if it does not."""
    if table.geometry is not None:
        return table.geometry
    lat, lon = table.find(LATITUDE), table.find(LONGITUDE)
    if lat and lon:
        degrees = [table.numbers(name, low=-limit, high=limit) for name, limit in ((lat, 90), (lon, 180))]
        points: Geometries = shapely.points(degrees[1], degrees[0])
        return points
    wkt = table.find(WKT)
    return table.wkt(wkt) if wkt else None


def _count(table: PlaceTable, column: str) -> Floats:
    return table.numbers(column, low=0, high=np.inf)


def _key(table: PlaceTable, places: PlaceTable, key: str | None) -> str | None:
    """The column that joins every row of `table` to one place: a name like an id first, else as they stand."""
    if key is not None:
        return key
    shared = [name for name in table.columns if name in places.columns and _identifies(name, table, places)]
    return min(shared, key=lambda name: not name.lower().endswith(("id", "code")), default=None)


def _identifies(name: str, table: PlaceTable, places: PlaceTable) -> bool:
    here, there = table.columns[name], places.columns[name]
    return len(set(here)) == len(here) and len(set(there)) == len(there) and set(here) <= set(there) and bool(here)


def _join_on(key: str, table: PlaceTable, places: PlaceTable, people: str | None) -> Population:
    for side in (table, places):
        side.check_unique(key)
    row_of = {value: row for row, value in enumerate(places.columns[key])}
    for row, value in enumerate(table.columns[key]):
        if value not in row_of:
            raise PopulationError(f"{table.where(row, key, value)}: no such place in {places.path}")
    assert places.geometry is not None
    column = table.find(_people_names(people))
    assert column is not None
    rows = [row_of[value] for value in table.columns[key]]
    return Population(f"{table.path.name} on {places.path.name}", places.geometry[rows], _count(table, column))
