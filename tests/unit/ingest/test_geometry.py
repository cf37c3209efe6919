"""Distances on the sphere and what lies near what."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.geometry import EARTH_RADIUS_M, METRES_PER_DEGREE, PointIndex, haversine_m, metres_between
from tests.support.oracle_walking import straight_m

LATITUDES = st.floats(-89.9, 89.9)
LONGITUDES = st.floats(-180, 180)


def test_a_degree_of_latitude_is_its_share_of_the_circumference() -> None:
    # 2 pi 6371008.8 / 360 = 111195.08 m.
    assert haversine_m(10, 20, 11, 20) == pytest.approx(METRES_PER_DEGREE)
    assert pytest.approx(111_195.08, abs=0.01) == METRES_PER_DEGREE


def test_a_degree_of_longitude_shrinks_with_the_cosine_of_the_latitude() -> None:
    # A short way at 60 degrees is half as long: 0.001 degrees are 55.6 m.
    assert haversine_m(60, 0, 60, 0.001) == pytest.approx(METRES_PER_DEGREE / 2000, rel=1e-6)


def test_opposite_points_are_half_the_way_round() -> None:
    assert haversine_m(0, 0, 0, 180) == pytest.approx(np.pi * EARTH_RADIUS_M)
    assert haversine_m(90, 0, -90, 0) == pytest.approx(np.pi * EARTH_RADIUS_M)


def test_distances_are_taken_pair_by_pair() -> None:
    metres = haversine_m([0, 0], [0, 0], [0, 1], [0, 0])
    assert metres.tolist() == pytest.approx([0, METRES_PER_DEGREE])


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES)
def test_it_agrees_with_the_oracle_both_ways(lat1: float, lon1: float, lat2: float, lon2: float) -> None:
    assert haversine_m(lat1, lon1, lat2, lon2) == pytest.approx(straight_m((lat1, lon1), (lat2, lon2)), abs=1e-3)
    assert haversine_m(lat1, lon1, lat2, lon2) == haversine_m(lat2, lon2, lat1, lon1)


def _near(lat: list[float], lon: list[float], at: tuple[float, float], radius_m: float) -> list[int]:
    _, found, _ = PointIndex(np.array(lat), np.array(lon)).within(np.array([at[0]]), np.array([at[1]]), radius_m)
    return [int(row) for row in found]


def test_only_points_within_the_radius_are_found() -> None:
    # 0.001 degrees are 111.2 m.
    lat = [0.0, 0.001, 0.002, -0.001]
    assert _near(lat, [0.0] * 4, (0.0, 0.0), 112) == [0, 1, 3]
    assert _near(lat, [0.0] * 4, (0.0, 0.0), 111) == [0]
    assert _near(lat, [0.0] * 4, (0.0, 0.0), 0) == [0]


def test_the_corners_of_the_box_are_not_within_the_circle() -> None:
    # 0.001 degrees both ways are 157 m.
    assert _near([0.001], [0.001], (0.0, 0.0), 150) == []
    assert _near([0.001], [0.001], (0.0, 0.0), 158) == [0]


def test_neighbours_across_the_date_line_are_found_from_both_sides() -> None:
    assert _near([0.0, 0.0], [179.9999, -179.9999], (0.0, -179.9999), 50) == [0, 1]
    assert _near([0.0, 0.0], [179.9999, -179.9999], (0.0, 179.9999), 50) == [0, 1]
    assert _near([0.0], [180.0], (0.0, -180.0), 1) == [0]


def test_points_that_are_nowhere_are_near_nothing() -> None:
    nan = float("nan")
    assert _near([nan, 0.0], [nan, 0.0], (0.0, 0.0), 1e6) == [1]
    assert _near([0.0, nan], [0.0, nan], (0.0, 0.0), 1e6) == [0]
    assert _near([0.0], [0.0], (nan, 0.0), 1e6) == []
    assert _near([], [], (0.0, 0.0), 1e6) == []


@given(st.lists(st.tuples(st.floats(-0.01, 0.01), st.floats(-0.01, 0.01)), max_size=8), st.floats(0, 2000))
def test_the_index_finds_what_trying_every_pair_finds(points: list[tuple[float, float]], radius_m: float) -> None:
    lat, lon = (np.array([point[axis] for point in points], float) for axis in (0, 1))
    asked, found, metres = PointIndex(lat, lon).within(lat, lon, radius_m)
    expected = [
        (a, b)
        for a in range(len(points))
        for b in range(len(points))
        if haversine_m(lat[a], lon[a], lat[b], lon[b]) <= radius_m
    ]
    assert list(zip(asked.tolist(), found.tolist(), strict=True)) == expected
    assert (metres <= radius_m).all()


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180))
def test_one_pair_is_measured_as_many_are(lat: float, lon: float, other_lat: float, other_lon: float) -> None:
    told = metres_between(lat, lon, other_lat, other_lon)
    assert told == pytest.approx(float(haversine_m(lat, lon, other_lat, other_lon)), rel=1e-9, abs=1e-6)
