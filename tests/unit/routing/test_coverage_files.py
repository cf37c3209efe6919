"""The files of a report: complete, consistent with each other, and replaced as a whole."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from ingest.pipeline import WalkOptions
from routing.coverage import Coverage, Population, coverage, coverage_geojson, picture, write_coverage
from tests.scenarios.drawn import network_of
from tests.support.timetable_text import feeds_of, position

MONDAY = dt.date(2026, 3, 2)
TEXT = """
    stop A 0 0
    stop B 600 0
    stop C 9000 0
    A 08:00 > C 09:00 / x
    B 0:00 > C 1:00 / y, every 600 from 06:00 to 08:00
"""


def report(population: Population | None = None, *, on: dt.date = MONDAY, statistics: bool = False) -> Coverage:
    network = network_of(feeds_of(TEXT), WalkOptions(walk="off"))
    return coverage(network, on, 500, population, statistics=statistics)


def zone() -> Population:
    """A square of 4 km round A, 1000 people."""
    (south, west), (north, east) = position(-2000, -2000), position(2000, 2000)
    return Population("zone.csv", np.array([shapely.box(west, south, east, north)], np.object_), np.array([1000.0]))


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_file_is_written_and_says_the_same(tmp_path: Path) -> None:
    found = report(zone(), statistics=True)
    written = write_coverage(found, tmp_path / "new" / "folder")
    out = tmp_path / "new" / "folder"
    assert sorted(path.name for path in written) == sorted(path.name for path in out.iterdir())
    assert {path.name for path in written} == {
        "coverage.geojson",
        "coverage.png",
        "summary.json",
        "providers.csv",
        "pairs.csv",
        "departures.csv",
        "routes.csv",
    }
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary == found.to_dict()
    x, y = read(out / "providers.csv")
    assert (x["id"], x["stops"], x["departures_h08"], x["supply_trips"]) == ("x", "1", "1.0", "1")
    assert (y["departures_h06"], y["departures_h07"], y["supply_trips"]) == ("6.0", "6.0", "12")
    assert float(x["exclusive_area_km2"]) == summary["providers"][0]["exclusive"]["area_km2"]
    (pair,) = read(out / "pairs.csv")
    assert (pair["provider"], pair["other"]) == ("x", "y")
    assert sum(float(row["departures"]) for row in read(out / "departures.csv")) == 13
    assert [row["route_id"] for row in read(out / "routes.csv")] == ["x_R-T1", "y_R-T1"]


def test_without_statistics_and_population_their_cells_are_blank(tmp_path: Path) -> None:
    names = [path.name for path in write_coverage(report(), tmp_path)]
    assert "routes.csv" not in names
    assert {(row["reach_people"], row["supply_km"]) for row in read(tmp_path / "providers.csv")} == {("", "")}


def test_the_geojson_has_the_regions_with_their_areas() -> None:
    collection = coverage_geojson(report(zone()))
    kinds = [(f["properties"]["kind"], f["properties"].get("provider")) for f in collection["features"]]
    assert kinds == [
        ("reach", "x"),
        ("exclusive", "x"),
        ("reach", "y"),
        ("exclusive", "y"),
        ("contested", None),
        ("gap", None),
    ]
    regions = {kind: shape(f["geometry"]) for kind, f in zip(kinds, collection["features"], strict=True)}
    assert all(region.is_valid for region in regions.values())
    lat, lon = position(0, 0)
    assert regions["reach", "x"].covers(shapely.Point(lon, lat))
    west, south, east, north = regions["reach", "x"].bounds
    # A thousand metres, in degrees of a place near the equator.
    assert (east - west) * 110_700 == pytest.approx(1000, rel=1e-2)
    assert (north - south) * 110_580 == pytest.approx(1000, rel=1e-2)
    properties = collection["features"][0]["properties"]
    assert properties["departures"] == 1
    assert properties["color"].startswith("#")
    assert json.loads(json.dumps(collection, allow_nan=False)) == collection


def test_an_empty_region_has_no_geometry() -> None:
    collection = coverage_geojson(report(on=dt.date(2090, 1, 1)))
    assert {feature["geometry"] for feature in collection["features"]} == {None}


def test_a_file_is_replaced_as_a_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = report()
    write_coverage(found, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def broken(path: Path, target: Path) -> Path:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(OSError, match="disk full"):
        write_coverage(found, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_nothing_is_written_if_the_picture_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(found: Coverage) -> bytes:
        raise MemoryError

    monkeypatch.setattr(picture, "draw_coverage", broken)
    with pytest.raises(MemoryError):
        write_coverage(report(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def colors_of(found: Coverage) -> set[str]:
    """The colours of at least 200 dots of the map part of the picture."""
    dots = matplotlib.image.imread(io.BytesIO(picture.draw_coverage(found)))[..., :3]
    dots = np.round(dots[:, : int(dots.shape[1] * picture.MAP_WIDTH)] * 255).astype(np.int64)
    values, counts = np.unique(dots @ [1 << 16, 1 << 8, 1], return_counts=True)
    return {f"{value:06X}" for value in values[counts >= 200].tolist()}


def test_the_picture_shows_each_region_in_its_own_way() -> None:
    found = report(zone())
    x, y = (provider.color.upper() for provider in found.providers)
    contested, gap = (style["facecolor"][1:].upper() for style in (picture.CONTESTED, picture.GAP))
    assert {x, y, contested, gap} <= colors_of(found)
    assert gap not in colors_of(report())


def test_a_picture_of_nothing_and_of_strange_names_is_still_a_picture() -> None:
    assert picture.draw_coverage(report(on=dt.date(2090, 1, 1))).startswith(b"\x89PNG")
    feeds = feeds_of(TEXT)
    feeds["x"].rows("agency")[0]["agency_name"] = "$\\frac{1}{0}$ แอร์พอร์ต 東京メトロ " + "long " * 30
    network = network_of(feeds, WalkOptions(walk="off"))
    assert picture.draw_coverage(coverage(network, MONDAY, 500, None, statistics=False)).startswith(b"\x89PNG")


def test_the_scale_bar_is_round() -> None:
    assert [picture._round_down(metres) for metres in (1, 9.99, 10, 4_999, 5_000, 23_000)] == [
        1,
        5,
        10,
        2_000,
        5_000,
        20_000,
    ]
