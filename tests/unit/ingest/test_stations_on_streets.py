"""Stations in a town with streets: in by the entrances, and past the stairs where wheels must."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.pipeline import WalkOptions, ingest_feeds
from ingest.progress import ingest_weights, stage_name
from routing import Router
from tests.scenarios.drawn import ask, network_of
from tests.support.timetable_text import CENTRE, feeds_of, position
from tests.support.told import Told
from tests.unit.ingest.test_streets import Tags, write_extract

# A street from west to east, 20 m south of the platforms; the station's entrance E lies on it, 200 m to the east.
# The bus stop B lies on another street, 110 m south of E: steps lead down to it, or a ramp of 310 m in all.
STATION = """
    stop P 0 0
    station Z: P
    entrance E 200 -20 of Z
    stop B 200 -130
    A 08:00 > P 08:10 / x, trip T1, wheelchair 1
    B 09:00 > C 09:10 / y, trip T2, wheelchair 1
"""
WAY = "pathway x P <> E walkway 250 m"
PLACES = {1: (-400, -20), 2: (0, -20), 3: (200, -20), 4: (200, -130), 5: (300, -20), 6: (300, -130), 7: (-50, -20)}
WAYS: list[tuple[int, list[int], Tags]] = [
    (1, [1, 7, 2, 3, 5], {"highway": "residential"}),
    (2, [3, 4], {"highway": "steps"}),
    (3, [5, 6, 4], {"highway": "footway"}),
]


@pytest.fixture
def town(tmp_path: Path) -> WalkOptions:
    nodes = [(number, *position(east, north, CENTRE), {}) for number, (east, north) in PLACES.items()]
    extract = write_extract(tmp_path / "town.osm.pbf", nodes, WAYS)
    return WalkOptions("streets", radius_m=800, osm=extract)


def _walk(line: str) -> tuple[str, int]:
    """The first walk: where it ends, and its metres."""
    walk = next(leg for leg in line.split(": ", 1)[1].split(" | ") if leg.startswith("walk"))
    return walk.split()[3], int(walk.split("(")[1].split()[0])


def test_a_change_goes_out_by_the_entrance_and_down_the_steps(town: WalkOptions) -> None:
    router = Router(network_of(feeds_of(f"{STATION}\n{WAY}"), town))
    (line,) = ask(router, "x_A", "y_C", "07:55")
    end, metres = _walk(line)
    assert end == "y_B"
    assert 360 <= metres <= 362


def test_a_wheelchair_takes_the_ramp(town: WalkOptions) -> None:
    router = Router(network_of(feeds_of(f"{STATION}\n{WAY}"), town))
    (line,) = ask(router, "x_A", "y_C", "07:55", wheelchair=True)
    end, metres = _walk(line)
    assert end == "y_B"
    assert 560 <= metres <= 563


def test_without_pathways_the_platform_is_left_straight_to_the_street(town: WalkOptions) -> None:
    router = Router(network_of(feeds_of(STATION), town))
    for wheelchair, low in ((False, 330), (True, 530)):
        (line,) = ask(router, "x_A", "y_C", "07:55", wheelchair=wheelchair)
        assert low <= _walk(line)[1] <= low + 3


def test_a_coordinate_is_walked_to_by_the_entrance(town: WalkOptions) -> None:
    router = Router(network_of(feeds_of(f"{STATION}\n{WAY}"), town))
    door = position(-50, -20)
    (line,) = ask(router, "x_A", door, "07:55")
    assert 500 <= _walk(line)[1] <= 502
    below = position(200, -130)
    for wheelchair, low in ((False, 360), (True, 560)):
        (line,) = ask(router, "x_A", below, "07:55", wheelchair=wheelchair)
        assert low <= _walk(line)[1] <= low + 3


def test_an_entrance_is_a_place_in_the_street(town: WalkOptions) -> None:
    router = Router(network_of(feeds_of(f"{STATION}\n{WAY}"), town))
    (line,) = ask(router, "x_A", "x_E", "07:55")
    assert _walk(line) == ("x_E", 250)
    (line,) = ask(router, "x_E", "y_B", "08:00")
    assert 110 <= _walk(line)[1] <= 111
    (line,) = ask(router, "x_E", "y_B", "08:00", wheelchair=True)
    assert 310 <= _walk(line)[1] <= 312


def test_a_transfer_row_is_no_way_for_wheels_where_only_steps_lead(town: WalkOptions, tmp_path: Path) -> None:
    nodes = [(number, *position(east, north, CENTRE), {}) for number, (east, north) in PLACES.items()]
    steps_only = WalkOptions("streets", radius_m=800, osm=write_extract(tmp_path / "s.osm.pbf", nodes, WAYS[:2]))
    text = f"{STATION}\n{WAY}\nB 09:00 > C 09:10 / x, trip T3, wheelchair 1\ntransfer x P > B 2 600"
    for named in ("", ", from trip T1, to trip T3"):
        for options, n_found in ((town, 1), (steps_only, 0)):
            router = Router(network_of(feeds_of(text + named), options))
            assert len(ask(router, "x_A", "x_C", "07:55", wheelchair=True)) == n_found
            assert len(ask(router, "x_A", "x_C", "07:55")) == 1


def test_the_stages_of_linking_come_one_after_the_other(town: WalkOptions, tmp_path: Path) -> None:
    told = Told()
    paths = {feed_id: feed.write_folder(tmp_path / feed_id) for feed_id, feed in feeds_of(f"{STATION}\n{WAY}").items()}
    ingest_feeds(paths, town, progress=told)
    stages = list(dict.fromkeys(stage_name(stage) for stage in told.stages))
    assert stages == list(ingest_weights(1.0, 1.0))
