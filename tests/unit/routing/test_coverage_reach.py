"""Discs and how they divide the plane."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from routing.coverage.plane import Plane
from routing.coverage.reach import discs_union, divide
from tests.support.examples import thorough

RADIUS = 500.0
spots = st.tuples(st.integers(-1500, 1500), st.integers(-1500, 1500))
providers = st.lists(st.lists(spots, max_size=5), min_size=1, max_size=4)


def reach(points: list[tuple[float, float]], radius: float = RADIUS) -> shapely.Geometry:
    return discs_union(np.array(points, np.float64).reshape(-1, 2), radius)


def lens(distance: float, radius: float) -> float:
    """Square metres that two circles share."""
    half = distance / 2
    return 2 * radius**2 * math.acos(half / radius) - half * math.sqrt(4 * radius**2 - distance**2)


def test_a_disc_has_the_area_of_a_circle() -> None:
    assert reach([(10, 20)]).area == pytest.approx(math.pi * RADIUS**2, rel=1e-9)


def test_two_discs_share_a_lens_and_keep_the_rest() -> None:
    regions = divide([reach([(0, 0)]), reach([(600, 0)])])
    circle, common = math.pi * RADIUS**2, lens(600, RADIUS)
    assert regions.shared[0, 1].area == pytest.approx(common, rel=2e-3)
    assert regions.contested[0].area == pytest.approx(common, rel=2e-3)
    assert regions.exclusive[0].area == pytest.approx(circle - common, rel=2e-3)
    assert regions.all_reached.area == pytest.approx(2 * circle - common, rel=2e-3)
    assert regions.all_contested.area == pytest.approx(common, rel=2e-3)


def test_what_three_reach_is_contested_once() -> None:
    regions = divide([reach([(0, 0)])] * 3)
    assert regions.all_contested.area == pytest.approx(math.pi * RADIUS**2)
    assert all(region.is_empty for region in regions.exclusive)


def test_a_provider_without_stops_reaches_nothing() -> None:
    regions = divide([reach([]), reach([(0, 0)])])
    assert regions.reach[0].is_empty
    assert regions.exclusive[1].area == pytest.approx(math.pi * RADIUS**2)


def test_one_provider_contests_nothing() -> None:
    regions = divide([reach([(0, 0)])])
    assert regions.all_contested.is_empty
    assert regions.shared == {}


def test_no_provider_is_no_region() -> None:
    assert divide([]).all_reached.is_empty


@thorough(60)
@given(providers)
def test_exclusive_and_contested_make_up_every_reach(stops: list[list[tuple[int, int]]]) -> None:
    regions = divide([reach(each) for each in stops])
    for whole, alone, common in zip(regions.reach, regions.exclusive, regions.contested, strict=True):
        assert alone.area + common.area == pytest.approx(whole.area, abs=1e-3)
    alone_in_all = sum(region.area for region in regions.exclusive)
    assert alone_in_all + regions.all_contested.area == pytest.approx(regions.all_reached.area, abs=1e-3)


@thorough(60)
@given(providers, st.lists(spots, max_size=20))
def test_a_point_is_exclusive_or_contested_as_the_number_of_near_providers_says(
    stops: list[list[tuple[int, int]]], points: list[tuple[int, int]]
) -> None:
    regions = divide([reach(each) for each in stops])
    for point in points:
        nearest = [min((math.dist(point, stop) for stop in each), default=math.inf) for each in stops]
        if any(abs(distance - RADIUS) < 0.002 * RADIUS for distance in nearest):
            continue  # the edge of a polygon is not that of the circle
        near = [distance < RADIUS for distance in nearest]
        place = shapely.Point(point)
        assert regions.all_reached.intersects(place) == any(near)
        assert regions.all_contested.intersects(place) == (sum(near) > 1)
        assert [region.intersects(place) for region in regions.exclusive] == [
            is_near and sum(near) == 1 for is_near in near
        ]


@thorough(40)
@given(st.lists(spots, min_size=1, max_size=6), st.integers(1, 1000), st.integers(0, 1000))
def test_a_larger_radius_covers_all_that_a_smaller_one_does(
    stops: list[tuple[int, int]], radius: int, more: int
) -> None:
    small, large = reach(stops, radius), reach(stops, radius + more)
    assert small.difference(large).area == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize(("lat", "lon"), [(-6.2, 106.8), (52.5, 13.4), (-17.8, 179.99), (69.6, 18.9)])
def test_the_plane_keeps_distances_near_its_centre(lat: float, lon: float) -> None:
    geod = Geod(ellps="WGS84")
    bearings = np.arange(0, 360, 30.0)
    lons, lats, _ = geod.fwd(np.full(12, lon), np.full(12, lat), bearings, np.full(12, 40_000.0))
    plane = Plane(lats, lons)
    metres = plane.to_metres(lats, lons)
    _, _, true = geod.inv(lons, lats, np.roll(lons, 1), np.roll(lats, 1))
    assert np.hypot(*(metres - np.roll(metres, 1, axis=0)).T) == pytest.approx(np.asarray(true), rel=1e-4)


def test_a_shape_across_the_180th_meridian_stays_in_one_piece() -> None:
    plane = Plane(np.array([-17.8, -17.8]), np.array([179.99, -179.99]))
    disc = plane.unproject(np.array([reach([(0, 0)], 2000)], np.object_))[0]
    west, _, east, _ = disc.bounds
    assert east - west < 0.1
    assert abs(plane.lon) == pytest.approx(180, abs=1e-3)


def test_no_points_make_a_plane_all_the_same() -> None:
    assert (Plane(np.empty(0), np.empty(0)).lat, Plane(np.empty(0), np.empty(0)).lon) == (0, 0)
