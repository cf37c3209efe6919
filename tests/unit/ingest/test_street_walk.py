"""Walks found by the kernels are those that networkx finds on the ways as they are mapped."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
import shapely
from hypothesis import given

from ingest.footpaths import DEFAULT_DETOUR
from ingest.geometry import METRES_PER_DEGREE, haversine_m
from ingest.street_footpaths import put_stops_on_streets, street_links
from ingest.street_kernel import UNREACHED, SnapPoint
from ingest.street_model import BARRED, E7, ONE_WAY, STAIRS, no_stops_on_streets
from ingest.street_walk import SNAP_M, StreetIndex, StreetWalker
from tests.support.examples import thorough
from tests.support.told import Told
from tests.unit.ingest.street_cases import LAT, LON, Town, segment_graph, towns, twin_walk_mm

FAR_M = 5000.0


def place(lat_m: float, lon_m: float) -> tuple[int, int]:
    """Metres north and east of the corner, as 1e-7 degrees."""
    lat = LAT + lat_m / METRES_PER_DEGREE
    return round(lat / E7), round((LON + lon_m / METRES_PER_DEGREE / math.cos(math.radians(LAT))) / E7)


def point(lat_m: float, lon_m: float) -> tuple[float, float]:
    lat, lon = place(lat_m, lon_m)
    return lat * E7, lon * E7


def links_of(town: Town, radius_m: float = FAR_M, *, step_free: bool = False) -> dict[tuple[int, int], int]:
    links = street_links(town.network(), town.streets(), radius_m, step_free=step_free).links
    pairs = zip(links.from_stop.tolist(), links.to_stop.tolist(), strict=True)
    return dict(zip(pairs, links.distance_m.tolist(), strict=True))


def expected_m(town: Town, *, step_free: bool) -> dict[tuple[int, int], int]:
    """All links from the rule in docs/walking.md, street walks by networkx."""
    streets = town.streets()
    graph = segment_graph(town, streets, step_free=step_free)
    index = StreetIndex(streets)
    snaps = [index.snap(*where, step_free=step_free) for where in town.points]
    every = [index.snap(*where) for where in town.points]  # where stairs alone are near, wheels cross open ground only
    links = {}
    for start, end in permutations(range(len(town.points)), 2):
        here, there = snaps[start], snaps[end]
        straight = math.ceil(float(haversine_m(*town.points[start], *town.points[end])) * DEFAULT_DETOUR * 1000)
        walks: list[float] = []
        off = [
            near.off_mm if near else on.off_mm if on else None
            for near, on in ((here, every[start]), (there, every[end]))
        ]
        cut_off = [near is None and on is not None for near, on in ((here, every[start]), (there, every[end]))]
        if None in off:
            walks += [] if any(cut_off) else [straight]
        elif straight <= sum(mm for mm in off if mm is not None):
            walks.append(straight)
        if here is not None and there is not None:
            walks.append(twin_walk_mm(graph, streets, here, there))
        if min(walks, default=math.inf) <= FAR_M * DEFAULT_DETOUR * 1000:
            links[start, end] = math.ceil(min(walks) / 1000)
    return links


@thorough(60)
@given(towns())
def test_links_are_the_shortest_walks_on_the_mapped_ways(town: Town) -> None:
    assert links_of(town) == expected_m(town, step_free=False)


@thorough(40)
@given(towns())
def test_step_free_links_are_the_shortest_walks_without_stairs(town: Town) -> None:
    assert links_of(town, step_free=True) == expected_m(town, step_free=True)


@thorough(60)
@given(towns(one_ways=False))
def test_without_one_ways_links_are_symmetric(town: Town) -> None:
    links = links_of(town)
    assert links == {(end, start): metres for (start, end), metres in links.items()}


@thorough(60)
@given(towns())
def test_no_walk_is_shorter_than_the_straight_line(town: Town) -> None:
    for (start, end), metres in links_of(town).items():
        assert metres >= float(haversine_m(*town.points[start], *town.points[end]))


@thorough(60)
@given(towns())
def test_a_walk_over_a_third_point_of_the_streets_is_no_shorter(town: Town) -> None:
    """For points on the streets themselves: others may cross open ground, which a third point may not see."""
    streets = town.streets()
    rows = np.linspace(0, len(streets.point_mm) - 1, 5).astype(int)
    on_streets = list(zip(streets.point_lat_e7[rows] * E7, streets.point_lon_e7[rows] * E7, strict=True))
    links = links_of(Town(town.places, town.ways, on_streets, town.blocked, town.barred))
    rounding_m = 1  # each of the three is rounded up
    for start, middle, end in permutations(range(5), 3):
        if (start, middle) in links and (middle, end) in links:
            assert links.get((start, end), UNREACHED) <= links[start, middle] + links[middle, end] + rounding_m


@thorough(40)
@given(towns())
def test_walks_from_a_coordinate_are_the_links_of_a_stop_there(town: Town) -> None:
    streets, links = town.streets(), links_of(town)
    walker = StreetWalker(streets, put_stops_on_streets(town.network(), streets))
    limit_m = FAR_M * DEFAULT_DETOUR
    for number, where in enumerate(town.points):
        for onward in (True, False):
            rows, metres = walker.walk_from(*where, limit_m, onward=onward)
            found = dict(zip(rows.tolist(), metres.tolist(), strict=True))
            found.pop(number)
            assert found == {pair[onward]: walked for pair, walked in links.items() if pair[not onward] == number}


@thorough(60)
@given(towns())
def test_the_drawn_walk_is_as_long_as_the_measured_one(town: Town) -> None:
    streets, links = town.streets(), links_of(town)
    walker = StreetWalker(streets, put_stops_on_streets(town.network(), streets))
    for start, end in permutations(range(len(town.points)), 2):
        walk = walker.walk_between(town.points[start], town.points[end], FAR_M * DEFAULT_DETOUR)
        assert (walk.metres if walk else None) == links.get((start, end))
        if walk is not None and walk.is_street:
            lon, lat = np.array(walk.geometry).T
            drawn = haversine_m(lat[:-1], lon[:-1], lat[1:], lon[1:]).sum()
            assert drawn == pytest.approx(walk.metres, abs=1.5 + 0.2 * len(lon))
            assert np.abs(np.array(walk.geometry[0]) - town.points[start][::-1]).max() < 1e-6
            assert np.abs(np.array(walk.geometry[-1]) - town.points[end][::-1]).max() < 1e-6


@thorough(100)
@given(towns())
def test_a_point_snaps_to_the_nearest_edge(town: Town) -> None:
    streets = town.streets()
    index = StreetIndex(streets)
    for lat, lon in town.points:
        scale = np.array([METRES_PER_DEGREE * math.cos(math.radians(lat)), METRES_PER_DEGREE])
        lines = []
        for edge in range(len(streets.edge_mm)):
            rows = slice(streets.points_ptr[edge], streets.points_ptr[edge + 1])
            degrees = np.column_stack([streets.point_lon_e7[rows], streets.point_lat_e7[rows]]) * E7
            lines.append(shapely.LineString((degrees - [lon, lat]) * scale))
        apart = np.array([line.distance(shapely.Point(0, 0)) for line in lines])
        snap = index.snap(lat, lon)
        if apart.min() > SNAP_M:
            assert snap is None
        else:
            assert snap is not None
            assert snap.off_mm == pytest.approx(apart.min() * 1000, abs=15)
            assert apart[snap.edge] == pytest.approx(apart.min(), abs=1e-6)
            along = lines[snap.edge].project(shapely.Point(0, 0)) * 1000
            # Where a line comes by twice at the same distance, either place is right.
            beside = lines[snap.edge].interpolate(snap.position_mm / 1000).distance(shapely.Point(0, 0))
            assert snap.position_mm == pytest.approx(along, abs=20) or beside == pytest.approx(apart.min(), abs=0.02)


L_STREET = {0: place(0, 0), 1: place(0, 200), 2: place(200, 200)}


def test_a_walk_follows_the_street_and_not_the_straight_line() -> None:
    """10 m to the street, 199.5 m east, 200 m north, 10 m from the street; straight it would be 275 m."""
    town = Town(L_STREET, [(0, [0, 1, 2])], [point(10, 0.5), point(200, 190)])
    assert links_of(town) == {(0, 1): 420, (1, 0): 420}


def test_two_stops_on_one_edge_are_joined_along_it_and_not_round_its_ends() -> None:
    town = Town(L_STREET, [(0, [0, 1, 2])], [point(0, 40), point(0, 90)])
    assert links_of(town) == {(0, 1): 51, (1, 0): 51}


def test_places_on_open_ground_are_joined_straight_across() -> None:
    """60 m from the street both, 19.5 m apart: nobody walks to the street and back."""
    town = Town(L_STREET, [(0, [0, 1, 2])], [point(-60, 40), point(-60, 59.5)])
    assert links_of(town) == {(0, 1): 26, (1, 0): 26}


def test_a_stop_without_a_street_near_is_linked_straight_and_counted() -> None:
    town = Town(L_STREET, [(0, [0, 1, 2])], [point(-109.5, 40), point(0, 40)])
    told = Told()
    found = street_links(town.network(), town.streets(), FAR_M, told)
    assert found.n_off_streets == 1
    assert found.links.distance_m.tolist() == [143, 143]
    assert "linking stops on foot: 1 of 2 stops are more than 100 m from any street" in told.stages


def test_links_longer_than_the_budget_are_left_out() -> None:
    """The budget is the radius times the detour factor, walked: 100 m give 130 m."""
    town = Town(L_STREET, [(0, [0, 1])], [point(0, 10), point(0, 139), point(0, 141)])
    assert links_of(town, 100) == {(0, 1): 130, (1, 0): 130, (1, 2): 3, (2, 1): 3}


def test_stairs_are_walked_but_not_rolled() -> None:
    """Up 50 m of stairs, or round by 100 m + 50 m + 100 m of ramp."""
    corners = {0: place(0, 0), 1: place(50, 0), 2: place(0, 100), 3: place(50, 100)}
    ways = [(STAIRS | BARRED, [0, 1]), (0, [0, 2, 3, 1])]
    town = Town(corners, ways, [point(0, 0), point(50, 0)])
    assert links_of(town)[0, 1] == 51
    assert links_of(town, step_free=True)[0, 1] == 251


def test_an_escalator_is_walked_one_way_only() -> None:
    """Along it 50 m; back only by the other way round, which is 250 m."""
    corners = {0: place(0, 0), 1: place(50, 0), 2: place(0, 100), 3: place(50, 100)}
    ways = [(ONE_WAY, [0, 1]), (0, [0, 2, 3, 1])]
    town = Town(corners, ways, [point(0, 1), point(50, 1)])
    assert links_of(town) == {(0, 1): 53, (1, 0): 249}


def test_a_locked_gate_ends_the_way_from_both_sides() -> None:
    town = Town(L_STREET, [(0, [0, 1, 2])], [point(0, 150), point(50, 200)], blocked=(1,))
    assert links_of(town) == {}


def test_a_walk_to_the_far_end_of_a_long_street_may_come_from_the_other_side() -> None:
    """Its first house is 50 m away and its last 190 m farther, but from the other side that is 60 m + 60 m + 7 m."""
    corners = {0: place(0, 0), 1: place(50, 0), 2: place(0, 60), 3: place(60, 60), 4: place(150, 30)}
    ways = [(0, [0, 1]), (0, [1, 4, 3]), (0, [0, 2]), (0, [2, 3])]
    for corner in (1, 2, 3):  # dead ends that make junctions of them
        corners[10 + corner] = corners[corner][0], corners[corner][1] - 3000
        ways.append((0, [corner, 10 + corner]))
    walker = StreetWalker(Town(corners, ways, []).streets(), no_stops_on_streets())
    walk = walker.walk_between(point(0, 0), point(66, 58), 500)
    assert walk is not None
    assert walk.metres == 127


def test_nothing_snaps_where_there_are_no_coordinates() -> None:
    index = StreetIndex(Town(L_STREET, [(0, [0, 1])], []).streets())
    assert index.snap(math.nan, LON) is None
    assert index.snap(90.0, LON) is None
    assert index.snap(LAT, math.inf) is None


def test_a_wider_snap_finds_a_street_farther_off() -> None:
    index = StreetIndex(Town(L_STREET, [(0, [0, 1])], []).streets())
    assert index.snap(*point(-400, 100)) is None
    assert index.snap(*point(-400, 100), 500) == SnapPoint(
        0, pytest.approx(100_000, abs=20), pytest.approx(400_000, abs=20)
    )
