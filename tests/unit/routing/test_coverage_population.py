"""People within regions, and the files they come from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from routing.coverage import Population, PopulationError, read_population
from routing.coverage.plane import Plane
from routing.coverage.population import MOST_CORNERS, PeopleMap, cut_up
from tests.support.examples import thorough

PLANE = Plane(np.array([-6.2]), np.array([106.8]))
JAKARTA = Path(__file__).parents[3] / ".." / "shared" / "feeds" / "jakarta" / "population"
PORTO_ALEGRE = Path(__file__).parents[3] / ".." / "shared" / "feeds" / "portoalegre" / "poa_hexgrid.csv"


def population(*places: tuple[shapely.Geometry, float]) -> PeopleMap:
    """A population given in metres."""
    geometry = PLANE.unproject(np.array([place for place, _ in places], np.object_))
    return PeopleMap(Population("test", geometry, np.array([people for _, people in places])), PLANE)


def square(name: str, west: float = 106.0, **more: Any) -> dict[str, Any]:
    """A GeoJSON feature of a tenth of a degree."""
    ring = [[west, -6], [west + 0.1, -6], [west + 0.1, -5.9], [west, -5.9], [west, -6]]
    return {
        "type": "Feature",
        "properties": {"zone_id": name, **more},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def write_geojson(path: Path, *features: dict[str, Any], **more: Any) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features), **more}))
    return path


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_half_a_polygon_is_half_its_people() -> None:
    people = population((shapely.box(0, 0, 1000, 1000), 400))
    assert people.within(shapely.box(-5000, -5000, 500, 5000)) == pytest.approx(200, rel=1e-6)
    assert people.within(shapely.box(250, 250, 750, 750)) == pytest.approx(100, rel=1e-6)


def test_points_count_where_they_are_inside() -> None:
    people = population((shapely.Point(0, 0), 10), (shapely.Point(900, 0), 5))
    assert people.within(shapely.Point(0, 0).buffer(500)) == 10
    assert people.within(shapely.Point(0, 0).buffer(1000)) == 15
    assert people.within(shapely.Polygon()) == 0


def test_points_and_polygons_may_be_mixed() -> None:
    people = population((shapely.Point(10, 10), 7), (shapely.box(0, 0, 100, 100), 30))
    assert people.within(shapely.box(0, 0, 50, 100)) == pytest.approx(22, rel=1e-6)


def test_outside_leaves_out_zones_without_people() -> None:
    people = population(
        (shapely.box(0, 0, 100, 100), 1), (shapely.box(500, 0, 600, 100), 0), (shapely.Point(50, 500), 1)
    )
    outside = people.outside(shapely.box(-10, -10, 50, 110))
    assert outside.area == pytest.approx(50 * 100, rel=1e-6)
    assert outside.intersects(shapely.Point(50, 500).buffer(0.1))


@thorough(30)
@given(
    st.lists(st.tuples(st.integers(-3000, 3000), st.integers(-3000, 3000)), min_size=1, max_size=60),
    st.integers(50, 1500),
)
def test_cutting_up_changes_no_area(centres: list[tuple[int, int]], radius: int) -> None:
    region = shapely.union_all(shapely.buffer(shapely.points(centres), radius))
    pieces = cut_up(region)
    assert shapely.area(pieces).sum() == pytest.approx(region.area, rel=1e-9)
    assert shapely.union_all(pieces).area == pytest.approx(region.area, rel=1e-9)
    assert shapely.get_num_coordinates(pieces).max() <= MOST_CORNERS


@thorough(40)
@given(st.lists(st.tuples(st.integers(-900, 900), st.integers(-900, 900)), max_size=8), st.integers(1, 900))
def test_people_inside_and_the_share_of_area_outside_add_up(centres: list[tuple[int, int]], radius: int) -> None:
    zones = [(shapely.box(x, -800, x + 350, 900), 100.0 + x) for x in range(0, 1000, 350)]
    people = population(*zones)
    region = shapely.union_all(shapely.buffer(shapely.points(np.array(centres).reshape(-1, 2)), radius))
    rest = people.outside(region)
    assert people.within(region) + people.within(rest) == pytest.approx(sum(each for _, each in zones), rel=1e-6)


def test_a_csv_of_points_is_read(tmp_path: Path) -> None:
    path = write(
        tmp_path / "people.csv", "\ufeffid,Lon,Latitude,Population,jobs\na,106.8,-6.2,12.5,3\nb,106.9,-6.1,0,1\n"
    )
    read = read_population(path)
    assert (read.source, read.total, read.people.tolist()) == ("people.csv", 12.5, [12.5, 0])
    assert shapely.get_coordinates(read.geometry).tolist() == [[106.8, -6.2], [106.9, -6.1]]


def test_a_csv_of_wkt_is_read_and_the_column_of_people_may_be_named(tmp_path: Path) -> None:
    path = write(tmp_path / "p.csv", 'wkt,jobs,pop\n"POLYGON ((0 0, 1 0, 1 1, 0 0))",7,1\n')
    assert read_population(path, people="jobs").total == 7
    assert read_population(path).geometry[0].area == 0.5


def test_a_geojson_with_people_is_read(tmp_path: Path) -> None:
    path = write_geojson(tmp_path / "p.geojson", square("a", pop=3), square("b", 107.0, pop="4"))
    assert read_population(path).people.tolist() == [3, 4]


def test_a_csv_joins_the_geojson_beside_it_by_the_id_they_share(tmp_path: Path) -> None:
    places = write_geojson(tmp_path / "places.geojson", square("a", 106.0, size=1), square("b", 107.0, size=2))
    numbers = write(tmp_path / "numbers.csv", "size,zone_id,population\n2,b,20\n1,a,10\n")
    write_geojson(tmp_path / "shops.geojson", square("x", category="shop"))
    for path in (numbers, places, tmp_path):
        read = read_population(path)
        assert read.source == "numbers.csv on places.geojson"
        assert dict(zip(read.people.tolist(), shapely.bounds(read.geometry)[:, 0].tolist(), strict=True)) == {
            20: 107,
            10: 106,
        }
    assert read_population(numbers, geometry=places, key="zone_id").total == 30


def test_two_populations_in_a_folder_are_an_error_that_names_both(tmp_path: Path) -> None:
    write(tmp_path / "one.csv", "lat,lon,pop\n1,2,3\n")
    write(tmp_path / "two.csv", "lat,lon,pop\n1,2,3\n")
    with pytest.raises(PopulationError, match=r"must hold one population.*one\.csv; two\.csv"):
        read_population(tmp_path)


BAD_CSV = [
    ("lat,lon,pop\n1,2,x\n", "row 2, pop: 'x' is not a number of at least 0"),
    ("lat,lon,pop\n1,2,3\n1,2,-3\n", "row 3, pop: '-3' is not a number of at least 0"),
    ("lat,lon,pop\n1,2,\n", "row 2, pop: '' is not a number"),
    ("lat,lon,pop\n1,2,nan\n", "row 2, pop: 'nan' is not a number"),
    ("lat,lon,pop\n1,2,1_0\n", "row 2, pop: '1_0' is not a number"),
    ("lat,lon,pop\n91,2,3\n", "row 2, lat: '91' is not a number from -90 to 90"),
    ("lat,lon,pop\n1,200,3\n", "row 2, lon: '200' is not a number from -180 to 180"),
    ("wkt,pop\nPOINT (1,3\n", "row 2, wkt: 'POINT (1'"),
    ('wkt,pop\n"LINESTRING (0 0, 1 1)",3\n', "only Point, Polygon, MultiPolygon"),
    ('wkt,pop\n"POLYGON ((0 0, 1 1, 2 2, 0 0))",3\n', "a polygon without area"),
    ("lat,lon,jobs\n1,2,3\n", "not a column population or pop or people"),
    ("lat,lon,pop\n1,2,3,4\n", "p.csv"),
    ("", "p.csv"),
]


@pytest.mark.parametrize(("text", "message"), BAD_CSV)
def test_a_bad_csv_names_file_row_field_and_value(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(PopulationError) as caught:
        read_population(write(tmp_path / "p.csv", text))
    assert message in str(caught.value)
    assert str(tmp_path / "p.csv") in str(caught.value)


def line_feature() -> dict[str, Any]:
    return {"properties": {"pop": 1}, "geometry": {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}}


BAD_GEOJSON: list[tuple[Any, str]] = [
    ([], "not a GeoJSON FeatureCollection"),
    ({"type": "FeatureCollection", "features": [{"properties": {"pop": 1}, "geometry": None}]}, "feature 1, geometry"),
    ({"type": "FeatureCollection", "features": ["x"]}, "feature 1, geometry"),
    ({"type": "FeatureCollection", "features": [line_feature()]}, "feature 1, geometry: LineString"),
    ({"features": [{**square("a"), "properties": [1]}]}, "feature 1, properties: [1] is not an object"),
    ({"features": [square("a", 400.0, pop=1)]}, "feature 1, geometry: coordinates are not degrees"),
    ({"features": [square("a", pop=1), square("b", pop=None)]}, "feature 2, pop: '' is not a number"),
    (
        {"features": [square("a", pop=1)], "crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}},
        "'urn:ogc:def:crs:EPSG::3857' is not WGS84",
    ),
]


@pytest.mark.parametrize(("content", "message"), BAD_GEOJSON)
def test_a_bad_geojson_names_file_feature_field_and_value(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(PopulationError) as caught:
        read_population(write(tmp_path / "p.geojson", json.dumps(content)))
    assert message in str(caught.value)
    assert "p.geojson" in str(caught.value)


def test_broken_json_and_strange_or_absent_files_are_errors(tmp_path: Path) -> None:
    for path in (write(tmp_path / "p.geojson", "{"), write(tmp_path / "p.txt", "x"), tmp_path / "absent.csv"):
        with pytest.raises(PopulationError, match=path.name):
            read_population(path)


def test_a_join_names_the_row_that_it_cannot_place(tmp_path: Path) -> None:
    places = write_geojson(tmp_path / "places.geojson", square("a"), square("b"))
    numbers = write(tmp_path / "numbers.csv", "zone_id,pop\na,1\nc,2\n")
    with pytest.raises(PopulationError, match=r"row 3, zone_id: 'c': no such place"):
        read_population(numbers, geometry=places, key="zone_id")
    twice = write(tmp_path / "twice.csv", "zone_id,pop\na,1\na,2\n")
    with pytest.raises(PopulationError, match=r"row 3, zone_id: 'a' stands here a second time"):
        read_population(twice, geometry=places, key="zone_id")
    with pytest.raises(PopulationError, match="no column joins"):
        read_population(numbers, geometry=places)
    with pytest.raises(PopulationError, match="no column nothing"):
        read_population(numbers, geometry=places, key="nothing")


@pytest.mark.real_feeds
@pytest.mark.skipif(not JAKARTA.is_dir(), reason="the shared Jakarta population is not there")
def test_the_folder_of_jakarta_joins_its_csv_to_its_villages_and_not_to_its_shops() -> None:
    for path in (JAKARTA, JAKARTA / "worldpop_kelurahan_pop.csv"):
        read = read_population(path)
        assert read.source == "worldpop_kelurahan_pop.csv on jabodetabek_kelurahan.geojson"
        assert (len(read.people), read.total) == (613, 29_887_368)


@pytest.mark.real_feeds
@pytest.mark.skipif(not PORTO_ALEGRE.is_file(), reason="the shared hexagons of Porto Alegre are not there")
def test_the_hexagons_of_porto_alegre_are_points() -> None:
    read = read_population(PORTO_ALEGRE)
    assert set(shapely.get_type_id(read.geometry).tolist()) == {0}
    assert read.total > 500_000
