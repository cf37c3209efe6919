"""Region files: what is read, what is refused, and how feeds are fetched."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest

from ingest.region import RegionError, RegionFeed, embedded_region, read_region
from ingest.region_sources import locate_feed

TODAY = date(2026, 3, 2)
REGION = """
id = "uji"
name = { en = "Test", id = "Uji" }
timezone = "Asia/Jakarta"
center = [-6, 106.8]
[[provider]]
id = "bus"
name = "Bus"
color = "0072b2"
feeds = ["b1", "b2"]
[[provider]]
id = "rail"
name = "Rail"
color = "D55E00"
agencies = ["r:ONE"]
[[feed]]
id = "b1"
path = "b1.zip"
[[feed]]
id = "b2"
url = "https://example.org/b2.zip"
[[feed]]
id = "r"
path = "rail"
"""


def write(folder: Path, text: str = REGION) -> Path:
    path = folder / "region.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_region_is_read_as_it_is_written(tmp_path: Path) -> None:
    region = read_region(write(tmp_path))
    assert (region.id, region.name["id"], region.timezone) == ("uji", "Uji", "Asia/Jakarta")
    assert region.center == (-6.0, 106.8)
    bus, rail = region.providers
    assert (bus.id, bus.name, bus.color, bus.feeds, bus.agencies) == ("bus", "Bus", "0072B2", ("b1", "b2"), ())
    assert (rail.feeds, rail.agencies) == ((), ("r:ONE",))
    assert [feed.id for feed in region.feeds] == ["b1", "b2", "r"]
    assert region.trips == ()


def test_trips_are_read_from_the_file_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "trips.toml").write_text(
        '[[trip]]\nname = { en = "A to B", id = "A ke B" }\nfrom = "b1_A"\nto = "-6.2,106.8"\n', encoding="utf-8"
    )
    (trip,) = read_region(write(tmp_path, 'trips = "trips.toml"\n' + REGION)).trips
    assert (trip.name["id"], trip.origin, trip.destination) == ("A ke B", "b1_A", "-6.2,106.8")


@pytest.mark.parametrize("place", ["x_A", "b1", "b1_", "-96.2,106.8", "-6.2;106.8"])
def test_a_trip_that_ends_nowhere_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "trips.toml").write_text(
        f'[[trip]]\nname = {{ en = "A" }}\nfrom = "{place}"\nto = "b1_B"\n', encoding="utf-8"
    )
    with pytest.raises(RegionError, match=rf"trips\.toml: trip\[1\]\.from = '{place}': must be lat,lon"):
        read_region(write(tmp_path, 'trips = "trips.toml"\n' + REGION))


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ('id = "uji"', 'id = "Uji"', r"region\.toml: id = 'Uji': must match"),
        ('id = "uji"', 'id = ""', r"id = '': must not be empty"),
        ('id = "uji"', "id = 7", r"id = 7: must be a text"),
        ('id = "uji"\n', "", r"region\.toml: id: is missing"),
        ('id = "b1"\npath', 'id = "b_1"\npath', r"feed\[1\]\.id = 'b_1': must match"),
        ('id = "bus"', f'id = "{"x" * 33}"', r"provider\[1\]\.id = 'x+': must match"),
        ('id = "rail"', 'id = "bus"', r"provider\.id = 'bus': is there twice"),
        ('id = "r"', 'id = "b1"', r"feed\.id = 'b1': is there twice"),
        ("0072b2", "blue", r"provider\[1\]\.color = 'blue': must be six hex digits"),
        ('name = "Bus"', 'name = "Bus"\nsize = 3', r"provider\[1\]\.size = 3: unknown key"),
        ('timezone = "Asia/Jakarta"', 'timezone = "Mars/Base"', r"timezone = 'Mars/Base': unknown time zone"),
        ("center = [-6, 106.8]", "center = [106.8, -6]", r"center = .*: must be latitude, longitude"),
        ("center = [-6, 106.8]", "center = [-6]", r"center = \[-6\]: must be a list of 2 numbers"),
        ("center = [-6, 106.8]", "center = [-6, true]", r"must be a list of 2 numbers"),
        ("center = [-6, 106.8]", "centre = [-6, 106.8]", r"center: is missing"),
        ('name = { en = "Test", id = "Uji" }', 'name = { id = "Uji" }', r"must be a table of texts with the key en"),
        ('agencies = ["r:ONE"]', 'agencies = ["r:ONE"]\nfeeds = ["b2"]', r"'b2': belongs to two providers"),
        ('feeds = ["b1", "b2"]', 'feeds = ["b1", "b2", "b1"]', r"'b1': belongs to two providers"),
        ('agencies = ["r:ONE"]', 'agencies = ["r:ONE", "r:ONE"]', r"'r:ONE': belongs to two providers"),
        ('feeds = ["b1", "b2"]', 'feeds = ["b1", "b3"]', r"provider\.feeds = 'b3': no \[\[feed\]\] has this id"),
        ('feeds = ["b1", "b2"]', 'feeds = ["b1"]', r"feed\.id = 'b2': belongs to no provider"),
        ('feeds = ["b1", "b2"]', 'feeds = "b1"', r"feeds = 'b1': must be a list of texts"),
        ('feeds = ["b1", "b2"]', "feeds = [1]", r"feeds = \[1\]: must be a list of texts"),
        ('agencies = ["r:ONE"]', 'agencies = ["r"]', r"agencies = 'r': must be feed:agency_id"),
        ('agencies = ["r:ONE"]', "", r"provider\[2\]\.id = 'rail': a provider needs feeds or agencies"),
        ('path = "b1.zip"', "", r"feed\[1\]\.id = 'b1': a feed needs exactly one of"),
        ('path = "b1.zip"', 'path = "b1.zip"\nauthored = "x"', r"a feed needs exactly one of authored, path, url"),
        ("https://example.org", "ftp://example.org", r"url = 'ftp://.*must start with http"),
        ("[[feed]]", "[[feed", r"region\.toml: is not valid TOML"),
    ],
)
def test_a_mistake_is_named_with_its_file_key_and_value(tmp_path: Path, old: str, new: str, text: str) -> None:
    assert old in REGION
    with pytest.raises(RegionError, match=text):
        read_region(write(tmp_path, REGION.replace(old, new, 1)))


def test_an_absent_region_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RegionError, match=r"none\.toml: cannot be read"):
        read_region(tmp_path / "none.toml")


@pytest.mark.parametrize("name", ["atlantis", "../feeds/jakarta", ""])
def test_only_regions_of_the_project_are_embedded(name: str) -> None:
    with pytest.raises(RegionError, match="no such region comes with the project"):
        embedded_region(name)


def test_a_feed_by_path_is_used_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "b1.zip").write_bytes(b"")
    found = locate_feed(RegionFeed("b1", "", "b1.zip", ""), tmp_path, tmp_path / "work", TODAY, tmp_path / "archives")
    assert found == tmp_path / "b1.zip"
    assert not (tmp_path / "work").exists()


def test_a_feed_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RegionError, match=r"feed b1: path = 'b1\.zip': there is no"):
        locate_feed(RegionFeed("b1", "", "b1.zip", ""), tmp_path, tmp_path, TODAY, tmp_path / "archives")


def test_a_broken_description_is_a_mistake_of_the_region(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text("language = 3\n", encoding="utf-8")
    with pytest.raises(RegionError, match=r"feed x: .*x\.toml: language = 3: must be a text"):
        locate_feed(RegionFeed("x", "x.toml", "", ""), tmp_path, tmp_path, TODAY, tmp_path / "archives")


def test_the_embedded_region_compiles_into_the_work_folder(tmp_path: Path) -> None:
    path = embedded_region()
    feed = next(feed for feed in read_region(path).feeds if feed.id == "lrtj")
    archive = locate_feed(feed, path.parent, tmp_path / "work", TODAY, tmp_path / "archives")
    assert archive == tmp_path / "work" / "lrtj.zip"
    assert zipfile.ZipFile(archive).testzip() is None
