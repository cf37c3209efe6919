"""The whole coverage report: by hand, and what must hold for any network."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from ingest.pipeline import WalkOptions, ingest_feeds
from routing.coverage import Coverage, CoverageError, Population, coverage, read_population
from tests.scenarios.drawn import network_of
from tests.support.examples import thorough
from tests.support.timetable_text import feeds_of, position

MONDAY = dt.date(2026, 3, 2)
WEDNESDAY = dt.date(2026, 11, 25)
JAKARTA = Path(__file__).parents[3] / ".." / "shared" / "feeds" / "jakarta"
OFF = WalkOptions(walk="off")

TWO = """
    stop A 0 0
    stop B 600 0
    stop Z1 0 40000
    stop Z2 0 60000
    A 08:00 > Z1 09:00 / x
    B 08:00 > Z2 09:00 / y
"""


def people_at(*places: tuple[float, float, float]) -> Population:
    """(east, north, people): points in metres from the drawing's centre."""
    degrees = [position(east, north) for east, north, _ in places]
    points = shapely.points([lon for _, lon in degrees], [lat for lat, _ in degrees])
    return Population("points", np.asarray(points, np.object_), np.array([people for *_, people in places], float))


def report(text: str, radius: float = 500, population: Population | None = None, on: dt.date = MONDAY) -> Coverage:
    return coverage(network_of(feeds_of(text), OFF), on, radius, population, statistics=False)


def test_two_discs_that_overlap() -> None:
    found = report(TWO)
    (lat_a, lon_a), (lat_b, lon_b) = position(0, 0), position(600, 0)
    _, _, apart = Geod(ellps="WGS84").inv(lon_a, lat_a, lon_b, lat_b)
    circle = math.pi * 0.25
    lens = (2 * 500**2 * math.acos(apart / 1000) - apart / 2 * math.sqrt(4 * 500**2 - apart**2)) / 1e6
    for provider in found.providers:
        assert provider.stops == 1
        assert provider.reach.area_km2 == pytest.approx(circle, rel=1e-6)
        assert provider.contested.area_km2 == pytest.approx(lens, rel=2e-3)
        assert provider.exclusive.area_km2 == pytest.approx(circle - lens, rel=2e-3)
        assert provider.reach.people is None
    assert [(pair.providers, pair.contested.area_km2) for pair in found.pairs] == [
        (("x", "y"), pytest.approx(lens, rel=2e-3))
    ]
    assert found.overall.reached.area_km2 == pytest.approx(2 * circle - lens, rel=2e-3)
    assert found.overall.gap is None


def test_people_are_exclusive_contested_or_in_the_gap() -> None:
    population = people_at((-300, 0, 1), (300, 0, 20), (900, 0, 300), (5000, 0, 4000))
    found = report(TWO, population=population)
    numbers = [
        (provider.reach.people, provider.exclusive.people, provider.contested.people) for provider in found.providers
    ]
    assert numbers == [(21, 1, 20), (320, 300, 20)]
    overall = found.overall
    assert overall.gap is not None
    assert (overall.reached.people, overall.exclusive.people, overall.contested.people) == (321, 301, 20)
    assert overall.gap.people == 4000


def test_a_polygon_half_covered_counts_half() -> None:
    (south, west), (north, east) = position(-400, -2000), position(400, 2000)
    half = Population("zone", np.array([shapely.box(west, south, east, north)], np.object_), np.array([800.0]))
    found = report(TWO, population=half)
    covered = shapely.Point(0, 0).buffer(500).intersection(shapely.box(-400, -2000, 400, 2000)).area
    share = covered / (800 * 4000)
    assert found.providers[0].reach.people == pytest.approx(800 * share, rel=1e-2)


def test_a_date_without_service_reaches_nobody_and_leaves_everyone_in_the_gap() -> None:
    found = report(TWO, population=people_at((0, 0, 7)), on=dt.date(2090, 1, 1))
    assert [provider.stops for provider in found.providers] == [0, 0]
    assert found.overall.reached.area_km2 == 0
    assert found.overall.gap is not None
    assert found.overall.gap.people == 7
    assert json.loads(json.dumps(found.to_dict()))["providers"][0]["first_departure"] is None


def test_a_stop_without_position_is_served_but_reaches_nothing() -> None:
    network = network_of(feeds_of(TWO), OFF)
    nowhere = network.stops.lat.copy()
    nowhere[network.stops.id.find("x_A")] = np.nan
    network = dataclasses.replace(network, stops=dataclasses.replace(network.stops, lat=nowhere))
    found = coverage(network, MONDAY, 500, None, statistics=False).providers[0]
    assert (found.stops, found.reach.area_km2) == (1, 0)


@pytest.mark.parametrize("radius", [0, -1, math.nan, math.inf, 50_001])
def test_a_radius_that_makes_no_sense_is_an_error(radius: float) -> None:
    with pytest.raises(CoverageError, match="radius"):
        report(TWO, radius)


def test_to_dict_is_json_and_complete() -> None:
    network = network_of(feeds_of(TWO), OFF)
    plain = coverage(network, MONDAY, 500, people_at((0, 0, 5))).to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["population"] == {"source": "points", "zones": 1, "people": 5}
    assert plain["snapshot"] == network.snapshot_id
    assert (plain["date"], plain["radius_m"]) == ("2026-03-02", 500)
    first = plain["providers"][0]
    assert (first["id"], first["departures"], first["trips"]) == ("x", 1, 1)
    assert (first["first_departure"], first["last_departure"]) == ("08:00:00", "08:00:00")
    assert first["departures_by_hour"][8] == first["trips_by_hour"][8] == 1
    assert first["statistics"]["trips"] == 1


coordinates = st.tuples(st.integers(-1500, 1500), st.integers(-1500, 1500))
# By provider, the stops from which a trip leaves for the far terminus.
drawings = st.lists(st.lists(coordinates, min_size=1, max_size=3), min_size=1, max_size=3)
populations = st.lists(st.tuples(st.integers(-2500, 2500), st.integers(-2500, 2500), st.integers(0, 50)), max_size=12)


def drawn(providers: list[list[tuple[int, int]]], names: str = "abc") -> str:
    lines = ["stop END 0 90000"]
    for name, stops in zip(names, providers, strict=False):
        for number, (east, north) in enumerate(stops):
            lines += [f"stop {name}{number} {east} {north}", f"{name}{number} 08:00 > END 10:00 / {name}"]
    return "\n".join(lines)


@thorough(12)
@given(drawings, populations, st.integers(100, 1200))
def test_parts_add_up_and_a_larger_radius_never_reaches_fewer(
    providers: list[list[tuple[int, int]]], people: list[tuple[int, int, int]], radius: int
) -> None:
    network = network_of(feeds_of(drawn(providers)), OFF)
    population = people_at(*people)
    small, large = (coverage(network, MONDAY, size, population, statistics=False) for size in (radius, radius * 1.5))
    for found in (small, large):
        assert found.overall.gap is not None
        assert (found.overall.reached.people or 0) + (found.overall.gap.people or 0) == population.total
        wholes = [provider.reach for provider in found.providers]
        for each, whole in zip((*found.providers, found.overall), (*wholes, found.overall.reached), strict=True):
            assert each.exclusive.area_km2 + each.contested.area_km2 == pytest.approx(whole.area_km2, abs=1e-8)
            assert (each.exclusive.people or 0) + (each.contested.people or 0) == whole.people
        alone = sum(provider.exclusive.people or 0 for provider in found.providers)
        assert alone == found.overall.exclusive.people
    for before, after in zip(small.providers, large.providers, strict=True):
        assert (before.reach.people or 0) <= (after.reach.people or 0)
        assert before.reach.area_km2 < after.reach.area_km2


def by_provider(found: Coverage, renamed: dict[str, str]) -> dict[str, Any]:
    return {
        renamed[provider.id]: [
            provider.stops,
            *(
                pytest.approx(part.area_km2, abs=1e-9)
                for part in (provider.reach, provider.exclusive, provider.contested)
            ),
            *(part.people for part in (provider.reach, provider.exclusive, provider.contested)),
        ]
        for provider in found.providers
    }


@thorough(10)
@given(drawings, populations)
def test_names_and_order_of_providers_change_nothing(
    providers: list[list[tuple[int, int]]], people: list[tuple[int, int, int]]
) -> None:
    population = people_at(*people)
    forward = report(drawn(providers), population=population)
    backward = report(drawn(providers[::-1], "zyx"), population=population)
    renamed = dict(zip("zyx", reversed("abc"[: len(providers)]), strict=False))
    assert by_provider(backward, renamed) == by_provider(forward, {name: name for name in "abc"})
    assert backward.overall.gap is not None
    assert forward.overall.gap is not None
    assert backward.overall.gap.people == forward.overall.gap.people


@pytest.mark.real_feeds
@pytest.mark.skipif(not JAKARTA.is_dir(), reason="the shared Jakarta feeds are not there")
def test_transjakarta_covers_most_of_jakarta_and_the_commuter_train_alone_reaches_bogor() -> None:
    names = {
        "tj": "transjakarta_2024-06",
        "mrt": "mrt",
        "lrtj": "lrt_jakarta",
        "lrtjb": "lrt_jabodebek_derived",
        "krl": "krl_derived",
    }
    network = ingest_feeds({feed: JAKARTA / f"{name}.zip" for feed, name in names.items()}, OFF).network
    assert network is not None
    population = read_population(JAKARTA / "population")
    started = time.perf_counter()
    found = coverage(network, WEDNESDAY, 500, population, statistics=False)
    assert time.perf_counter() - started < 30
    by_id = {provider.id: provider for provider in found.providers}
    largest = max(found.providers, key=lambda provider: provider.exclusive.people or 0)
    assert largest.id == "tj"
    assert (by_id["tj"].reach.people or 0) > 0.9 * (found.overall.reached.people or 0)
    bogor_station = found.plane.project(np.array([shapely.Point(106.7903, -6.5953)], np.object_))[0]
    assert [provider.id for provider in found.providers if provider.reach.geometry.intersects(bogor_station)] == ["krl"]
    assert by_id["krl"].exclusive.geometry.intersects(bogor_station)
    assert found.overall.gap is not None
    assert (found.overall.reached.people or 0) + (found.overall.gap.people or 0) == pytest.approx(population.total)
