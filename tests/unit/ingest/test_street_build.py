"""The graph that is made of mapped ways: edges from junction to junction, islands left out, cells that find all."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from ingest import street_build
from ingest.street_build import build_streets
from ingest.street_model import BACK, BARRED, E7, ONE_WAY, STEP_FREE, THERE, Streets
from ingest.street_walk import StreetIndex
from tests.support.examples import thorough
from tests.unit.ingest.street_cases import LAT, LON, STEP_E7, Town, towns

BASE = round(LAT / E7), round(LON / E7)


def row_of(n_nodes: int, first: int = 0, north: int = 0) -> dict[int, tuple[int, int]]:
    """Nodes on a line, eastward."""
    return {first + i: (BASE[0] + north, BASE[1] + i * STEP_E7) for i in range(n_nodes)}


def test_a_chain_of_points_is_one_edge_and_keeps_its_shape_and_exact_length() -> None:
    streets = Town(row_of(5), [(0, [0, 1, 2]), (0, [2, 3, 4])], []).streets()
    assert len(streets.edge_mm) == 1
    assert streets.point_lon_e7.tolist() == [BASE[1] + i * STEP_E7 for i in range(5)]
    steps = np.diff(streets.point_mm)
    assert len(set(steps.tolist())) == 1
    assert streets.edge_mm.tolist() == [4 * int(steps[0])]


def test_an_edge_ends_where_the_way_changes_its_nature() -> None:
    streets = Town(row_of(5), [(0, [0, 1, 2]), (BARRED, [2, 3, 4])], []).streets()
    assert sorted(streets.edge_flags.tolist()) == [0, BARRED]


def test_a_ring_without_a_junction_is_one_edge_that_ends_where_it_begins() -> None:
    corners = {0: (0, 0), 1: (0, STEP_E7), 2: (STEP_E7, STEP_E7), 3: (STEP_E7, 0)}
    places = {node: (BASE[0] + lat, BASE[1] + lon) for node, (lat, lon) in corners.items()}
    streets = Town(places, [(0, [0, 1, 2, 3, 0])], []).streets()
    assert (streets.edge_start.tolist(), streets.edge_end.tolist()) == ([0], [0])
    assert len(streets.point_mm) == 5


def test_arcs_say_which_way_they_may_be_walked() -> None:
    streets = Town(row_of(2), [(ONE_WAY | BARRED, [1, 0])], []).streets()
    east = np.argsort(streets.node_lon_e7)
    bits = {int(streets.arc_node[arc]): int(streets.arc_bits[arc]) for arc in range(2)}
    assert bits == {int(east[0]): THERE, int(east[1]): BACK}
    open_street = Town(row_of(2), [(0, [0, 1])], []).streets()
    assert open_street.arc_bits.tolist() == [THERE | BACK | STEP_FREE] * 2


def test_small_islands_are_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(street_build, "MIN_ISLAND_POINTS", 3)
    places = {**row_of(6), **row_of(2, 10, 500), **row_of(3, 20, 900)}
    ways = [(0, list(range(6))), (0, [10, 11]), (0, [20, 21, 22])]
    streets = Town(places, ways, []).streets()
    assert streets.dropped_islands.tolist() == [1, 2]
    assert sorted(np.diff(streets.points_ptr).tolist()) == [3, 6]


def test_the_largest_island_stays_however_small() -> None:
    streets = Town({**row_of(3), **row_of(2, 10, 500)}, [(0, [0, 1, 2]), (0, [10, 11])], []).streets()
    assert np.diff(streets.points_ptr).tolist() == [3]


def test_ways_of_one_point_make_no_streets() -> None:
    streets = Town(row_of(1), [(0, [0])], []).streets()
    assert len(streets.edge_mm) == 0
    assert StreetIndex(streets).snap(LAT, LON) is None


@thorough(60)
@given(towns())
def test_every_column_fits_the_others(town: Town) -> None:
    streets = town.streets()
    first, last = streets.points_ptr[:-1], streets.points_ptr[1:] - 1
    assert (streets.point_mm[first] == 0).all()
    assert (streets.point_mm[last] == streets.edge_mm).all()
    assert (streets.point_lat_e7[first] == streets.node_lat_e7[streets.edge_start]).all()
    assert (streets.point_lon_e7[last] == streets.node_lon_e7[streets.edge_end]).all()
    assert (streets.arc_mm == streets.edge_mm[streets.arc_edge]).all()
    leaves = np.repeat(np.arange(len(streets.node_lat_e7)), np.diff(streets.arcs_ptr))
    ends = np.sort([leaves, streets.arc_node], axis=0)
    assert (ends == np.sort([streets.edge_start, streets.edge_end], axis=0)[:, streets.arc_edge]).all()
    assert (np.bincount(streets.arc_edge) == 2).all()
    assert (np.diff(streets.cell_key) > 0).all()


@thorough(60)
@given(towns())
def test_every_point_of_every_edge_is_found_in_its_cell(town: Town) -> None:
    """Snapping with a reach of a centimetre looks at one cell or, at its border, two."""
    streets = town.streets()
    index = StreetIndex(streets)
    for i in set(range(len(streets.point_mm) - 1)) - set((streets.points_ptr[1:] - 1).tolist()):
        for share in (0.0, 0.37, 1.0):
            lat, lon = (
                (column[i] + share * (column[i + 1] - column[i])) * E7
                for column in (streets.point_lat_e7, streets.point_lon_e7)
            )
            snap = index.snap(lat, lon, 0.01)
            assert snap is not None
            assert snap.off_mm <= 11


def test_a_long_street_is_found_all_along_though_it_touches_few_cells() -> None:
    places = {0: BASE, 1: (BASE[0] + 900_000, BASE[1] + 1_300_000)}
    streets = Town(places, [(0, [0, 1])], []).streets()
    index = StreetIndex(streets)
    for share in np.linspace(0, 1, 97):
        snap = index.snap((BASE[0] + share * 900_000) * E7, (BASE[1] + share * 1_300_000) * E7, 5)
        assert snap is not None
        assert snap.position_mm == pytest.approx(share * streets.edge_mm[0], rel=1e-4, abs=1000)
    assert len(streets.cell_segments) < 500


def test_streets_mapped_from_a_file_answer_like_those_in_memory(tmp_path: Path) -> None:
    streets = Town(row_of(4), [(0, [0, 1, 2, 3])], []).streets()
    columns = {}
    for column in dataclasses.fields(Streets):
        np.save(tmp_path / f"{column.name}.npy", getattr(streets, column.name))
        columns[column.name] = np.load(tmp_path / f"{column.name}.npy", mmap_mode="r")
    place = (LAT + 0.0001, LON + 0.001)
    assert StreetIndex(Streets(**columns)).snap(*place) == StreetIndex(streets).snap(*place)


def test_building_twice_gives_the_same_bytes() -> None:
    town = Town({**row_of(6), **row_of(3, 20, 900)}, [(0, [0, 1, 2, 3, 4, 5]), (0, [20, 21, 22, 3])], [])
    one, two = build_streets(town.way_points()), build_streets(town.way_points())
    for column in dataclasses.fields(Streets):
        assert getattr(one, column.name).tobytes() == getattr(two, column.name).tobytes()
