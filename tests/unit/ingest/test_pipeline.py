"""The one road from archives to a Network."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.pipeline import IngestResult, WalkOptions, ingest_feeds
from ingest.progress import BOUNDING, READING, ingest_weights, stage_name
from ingest.region import Region, RegionFeed, RegionProvider
from tests.support.timetable_text import feeds_of
from tests.support.told import Told

STRAIGHT = WalkOptions()
NEAR = """
    stop A 0 0
    stop B 99.9 0
    A 08:00 > B 08:10 / x
    A 08:00 > B 08:10 / y
"""


def _ingest(folder: Path, options: WalkOptions = STRAIGHT, text: str = NEAR) -> IngestResult:
    paths = {feed_id: feed.write_zip(folder / f"{feed_id}.zip") for feed_id, feed in feeds_of(text).items()}
    return ingest_feeds(paths, options)


def test_a_zip_and_a_folder_of_the_same_rows_give_the_same_network(tmp_path: Path) -> None:
    zipped = _ingest(tmp_path).network
    folders = {feed_id: feed.write_folder(tmp_path / feed_id) for feed_id, feed in feeds_of(NEAR).items()}
    unpacked = ingest_feeds(folders).network
    assert zipped is not None
    assert unpacked is not None
    assert list(zipped.stops.id) == list(unpacked.stops.id)
    assert zipped.footpaths.distance_m.tolist() == unpacked.footpaths.distance_m.tolist()


def test_each_stage_is_announced(tmp_path: Path) -> None:
    told = Told()
    paths = {feed_id: feed.write_zip(tmp_path / f"{feed_id}.zip") for feed_id, feed in feeds_of(NEAR).items()}
    ingest_feeds(paths, progress=told)
    names = [stage_name(stage) for stage in told.stages]
    assert list(dict.fromkeys(names)) == list(ingest_weights(1.0, None))
    reading = [done for name, done in zip(names, told.done, strict=True) if name == READING]
    assert reading == sorted(reading)
    assert (reading[0], reading[-1]) == (0, 1)
    assert {stage.split()[2] for stage in told.stages if stage.startswith(READING)} == {"x", "y"}


def test_without_bounds_everything_else_is_the_same(tmp_path: Path) -> None:
    paths = {feed_id: feed.write_zip(tmp_path / f"{feed_id}.zip") for feed_id, feed in feeds_of(NEAR).items()}
    told = Told()
    bounded, unbounded = ingest_feeds(paths).network, ingest_feeds(paths, progress=told, is_bounded=False).network
    assert bounded is not None
    assert unbounded is not None
    assert (len(bounded.bounds.cell), len(unbounded.bounds.cell)) == (4, 0)
    assert BOUNDING not in [stage_name(stage) for stage in told.stages]
    assert unbounded.snapshot_id == bounded.snapshot_id
    assert unbounded.footpaths.distance_m.tolist() == bounded.footpaths.distance_m.tolist()


def test_walking_off_links_nothing(tmp_path: Path) -> None:
    network = _ingest(tmp_path, WalkOptions("off")).network
    assert network is not None
    assert (network.walk, len(network.footpaths.from_stop)) == ("off", 0)


def test_radius_and_detour_are_kept_to(tmp_path: Path) -> None:
    near = _ingest(tmp_path, WalkOptions("straight", 50.0, 2.0)).network
    far = _ingest(tmp_path, WalkOptions("straight", 100.0, 2.0)).network
    assert near is not None
    assert far is not None
    assert set(near.footpaths.distance_m.tolist()) == {0}
    assert set(far.footpaths.distance_m.tolist()) == {0, 200}
    assert far.detour == 2.0


def test_a_rejected_feed_leaves_the_others(tmp_path: Path) -> None:
    paths = {feed_id: feed.write_zip(tmp_path / f"{feed_id}.zip") for feed_id, feed in feeds_of(NEAR).items()}
    (tmp_path / "x.zip").write_bytes(b"not a zip")
    result = ingest_feeds(paths)
    assert set(result.rejected) == {"x"}
    assert result.network is not None
    assert [feed.id for feed in result.network.feeds] == ["y"]
    assert [provider.id for provider in result.network.providers] == ["y"]


def test_with_every_feed_rejected_there_is_no_network(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("readme.txt", "no feed")
    result = ingest_feeds({"x": tmp_path / "x.zip"})
    assert (result.network, result.tables) == (None, ())
    assert set(result.rejected) == {"x"}


def test_a_path_that_is_not_there_is_the_callers_mistake(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"gone\.zip"):
        ingest_feeds({"x": tmp_path / "gone.zip"})


def test_the_id_of_a_snapshot_depends_on_bytes_and_options_alone(tmp_path: Path) -> None:
    ids = [_id(_ingest(tmp_path)), _id(_ingest(tmp_path))]
    assert ids[0] == ids[1]
    others = [
        _id(_ingest(tmp_path, WalkOptions("off"))),
        _id(_ingest(tmp_path, WalkOptions("straight", 400.0))),
        _id(_ingest(tmp_path, WalkOptions("straight", 500.0, 1.2))),
        _id(_ingest(tmp_path, text=NEAR.replace("08:10 / x", "08:11 / x"))),
    ]
    assert len({ids[0], *others}) == 5


def test_giving_an_agency_to_another_provider_gives_another_id(tmp_path: Path) -> None:
    feeds = feeds_of(NEAR)
    feeds["x"].add("agency", **(feeds["x"].rows("agency")[0] | {"agency_id": "B"}))
    path = feeds["x"].write_zip(tmp_path / "x.zip")
    one, two = (RegionProvider(name, name, "000000", (), (f"x:{agency}",)) for name, agency in (("p", "A"), ("q", "B")))
    region = Region("r", {"en": "R"}, "UTC", (0.0, 0.0), (one, two), (RegionFeed("x", "", "x.zip", ""),), ())
    swapped = replace(region, providers=(replace(one, agencies=("x:B",)), replace(two, agencies=("x:A",))))
    first, second = (_id(ingest_feeds({"x": path}, region=which)) for which in (region, swapped))
    assert first != second


def _id(result: IngestResult) -> str:
    assert result.network is not None
    return result.network.snapshot_id


@pytest.mark.parametrize("options", [WalkOptions("off"), STRAIGHT])
def test_transfers_are_resolved_with_or_without_geometry(tmp_path: Path, options: WalkOptions) -> None:
    network = _ingest(tmp_path, options, NEAR + "transfer x A > B 2 77\n").network
    assert network is not None
    start, end = network.stops.id.find("x_A"), network.stops.id.find("x_B")
    paths = network.footpaths
    (row,) = ((paths.from_stop == start) & (paths.to_stop == end)).nonzero()[0].tolist()
    assert (paths.min_time_s[row], paths.distance_m[row]) == (77, 130)
