"""Reading OpenStreetMap extracts: small ones written here, and files that are none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import osmium
import pytest
from osmium.osm import mutable

from ingest.street_model import BARRED, STAIRS, Streets
from ingest.streets import StreetsError, read_streets
from tests.support.told import Told

Tags = dict[str, str]


def write_extract(
    path: Path,
    nodes: Sequence[tuple[int, float, float, Tags]],
    ways: Sequence[tuple[int, list[int], Tags]],
    relations: Sequence[tuple[int, list[int], Tags]] = (),
) -> Path:
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number, lat, lon, tags in nodes:
            writer.add_node(mutable.Node(id=number, location=(lon, lat), tags=tags))
        for number, members, tags in ways:
            writer.add_way(mutable.Way(id=number, nodes=members, tags=tags))
        for number, members, tags in relations:
            writer.add_relation(
                mutable.Relation(id=number, members=[("w", member, "outer") for member in members], tags=tags)
            )
    return path


ROW = [(n, -30.0, -51.2 + n / 1000, {}) for n in range(1, 6)]


def points_of(streets: Streets) -> list[int]:
    """Which of ROW's nodes each edge passes, edge by edge, by their longitudes."""
    return sorted({round(lon / 10_000 + 51_200) for lon in streets.point_lon_e7.tolist()})


def test_walkable_ways_become_edges_and_others_do_not(tmp_path: Path) -> None:
    ways = [(1, [1, 2, 3], {"highway": "residential"}), (2, [3, 4, 5], {"highway": "motorway"})]
    streets = read_streets(write_extract(tmp_path / "town.osm.pbf", ROW, ways))
    assert points_of(streets) == [1, 2, 3]
    assert streets.edge_mm.tolist() == pytest.approx([2 * 96_297], rel=1e-3)


def test_stairs_keep_their_flags(tmp_path: Path) -> None:
    ways = [(1, [1, 2, 3], {"highway": "footway"}), (2, [3, 4], {"highway": "steps"})]
    streets = read_streets(write_extract(tmp_path / "town.osm.pbf", ROW, ways))
    assert sorted(streets.edge_flags.tolist()) == [0, STAIRS | BARRED]


def test_a_locked_gate_cuts_the_way(tmp_path: Path) -> None:
    nodes = [*ROW[:2], (3, -30.0, -51.197, {"barrier": "gate", "access": "private"}), *ROW[3:]]
    ways = [(1, [1, 2, 3, 4, 5], {"highway": "footway"})]
    streets = read_streets(write_extract(tmp_path / "town.osm.pbf", nodes, ways))
    assert streets.dropped_islands.tolist() == [0, 0]
    assert len(streets.edge_mm) == 2
    assert not set(streets.edge_start.tolist()) & set(streets.edge_end.tolist())


def test_the_outline_of_a_square_is_walked_though_its_way_has_no_tags(tmp_path: Path) -> None:
    path = write_extract(
        tmp_path / "town.osm.pbf",
        ROW,
        [(1, [1, 2], {"highway": "footway"}), (2, [2, 3], {}), (3, [3, 4], {})],
        [(1, [2], {"type": "multipolygon", "highway": "pedestrian"})],
    )
    assert points_of(read_streets(path)) == [1, 2, 3]


def test_a_way_with_nodes_outside_the_extract_is_cut_there(tmp_path: Path) -> None:
    ways = [(1, [1, 2, 99, 4, 5], {"highway": "footway"})]
    streets = read_streets(write_extract(tmp_path / "town.osm.pbf", ROW, ways))
    assert len(streets.edge_mm) == 2
    assert points_of(streets) == [1, 2, 4, 5]


def test_what_was_read_is_told(tmp_path: Path) -> None:
    told = Told()
    ways = [(1, [1, 2, 3], {"highway": "footway"})]
    read_streets(write_extract(tmp_path / "town.osm.pbf", ROW, ways), told)
    assert told.stages == [
        "reading streets",
        "building the walking network",
        "building the walking network: 2 nodes, 1 edges; 0 islands of 0 points left out",
    ]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StreetsError, match=r"nowhere\.osm\.pbf is not a file"):
        read_streets(tmp_path / "nowhere.osm.pbf")


def test_a_folder_is_no_extract(tmp_path: Path) -> None:
    with pytest.raises(StreetsError, match="is not a file"):
        read_streets(tmp_path)


@pytest.mark.parametrize("content", [b"", b"hello, this is no map", b"\0" * 1000, b"\xff" * 100])
def test_a_file_that_is_no_extract_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "town.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(StreetsError, match=r"town\.osm\.pbf"):
        read_streets(path)


def test_a_file_of_unknown_kind_is_named(tmp_path: Path) -> None:
    path = tmp_path / "town.txt"
    path.write_text("ways")
    with pytest.raises(StreetsError, match=r"town\.txt cannot be read"):
        read_streets(path)


def test_every_cut_of_an_extract_is_refused_or_smaller(tmp_path: Path) -> None:
    """A file cut between two of its blocks is a whole file to anyone; then it holds no more than its beginning."""
    ways = [(1, [1, 2, 3], {"highway": "footway"})]
    whole = write_extract(tmp_path / "whole.osm.pbf", ROW, ways).read_bytes()
    path = tmp_path / "cut.osm.pbf"
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        with pytest.raises(StreetsError, match=r"cut\.osm\.pbf"):
            read_streets(path)


def test_an_extract_without_walkable_ways_is_named(tmp_path: Path) -> None:
    path = write_extract(tmp_path / "sea.osm.pbf", ROW, [(1, [1, 2], {"natural": "coastline"})])
    with pytest.raises(StreetsError, match=r"sea\.osm\.pbf holds no way that can be walked"):
        read_streets(path)


def test_an_extract_without_the_nodes_of_its_ways_is_named(tmp_path: Path) -> None:
    path = write_extract(tmp_path / "bare.osm.pbf", [], [(1, [1, 2], {"highway": "footway"})])
    with pytest.raises(StreetsError, match=r"bare\.osm\.pbf holds ways that can be walked, but not the nodes"):
        read_streets(path)
