"""Feeds of a region file that lie in the archive of fetched feeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ingest.feed_archive import FeedArchive
from ingest.region import RegionError, RegionFeed
from ingest.region_sources import locate_feed
from ingest.registry import read_registry
from tests.support.archived import archive_feed
from tests.unit.ingest.reading import small_feed

TODAY = date(2026, 3, 2)
URL = "https://example.org/b.zip"
BY_URL = RegionFeed("b", "", "", URL)
BY_ID = RegionFeed("b", "", "", "", "town-bus")


def _locate(feed: RegionFeed, root: Path) -> Path:
    return locate_feed(feed, root, root, TODAY, root)


@pytest.mark.parametrize("feed", [BY_URL, BY_ID])
def test_the_version_in_use_is_taken_under_its_own_name(feed: RegionFeed, tmp_path: Path) -> None:
    archive_feed(tmp_path, "other", small_feed(), url="https://example.org/other.zip")
    version = archive_feed(tmp_path, "town-bus", small_feed(), url=URL)
    assert _locate(feed, tmp_path) == tmp_path / "town-bus" / f"{version.sha256}.zip"


def test_a_newer_version_that_is_held_is_not_taken(tmp_path: Path) -> None:
    used = archive_feed(tmp_path, "town-bus", small_feed(), url=URL)
    held = small_feed()
    held.rows("stops")[0]["stop_name"] = "Other"
    archive_feed(tmp_path, "town-bus", held, url=URL, held=("half its trips",))
    assert _locate(BY_URL, tmp_path).stem == used.sha256


@pytest.mark.parametrize("feed", [BY_URL, BY_ID])
def test_where_no_version_is_in_use_it_is_said_why_and_what_to_run(feed: RegionFeed, tmp_path: Path) -> None:
    archive_feed(tmp_path, "town-bus", small_feed(), url=URL, held=("no service from now on",))
    command = f"`timbang feeds fetch town-bus --into {tmp_path} --accept`"
    with pytest.raises(RegionError, match=r"in use \(no service from now on\)") as caught:
        _locate(feed, tmp_path)
    assert command in str(caught.value)


def test_what_was_never_fetched_is_named_with_the_command_that_fetches_it(tmp_path: Path) -> None:
    known = read_registry().feeds[0]
    command = f"`timbang feeds fetch {known.id} --into {tmp_path}`"
    for feed in (replace(BY_URL, url=known.url), replace(BY_ID, catalogue=known.id)):
        with pytest.raises(RegionError, match=r"feed b: .*: is not in") as caught:
            _locate(feed, tmp_path)
        assert command in str(caught.value)


@pytest.mark.parametrize("feed", [BY_URL, BY_ID])
def test_what_no_catalogue_has_is_said_so(feed: RegionFeed, tmp_path: Path) -> None:
    with pytest.raises(RegionError, match=r"the catalogue has no such feed: .*--catalogue FILE"):
        _locate(feed, tmp_path / "none")


def test_a_lost_zip_and_a_damaged_index_are_named(tmp_path: Path) -> None:
    version = archive_feed(tmp_path, "town-bus", small_feed(), url=URL)
    FeedArchive(tmp_path, "town-bus").path_of(version).unlink()
    with pytest.raises(RegionError, match=f"{version.sha256}.zip is lost: `timbang feeds fetch town-bus"):
        _locate(BY_ID, tmp_path)
    (tmp_path / "town-bus" / "versions.json").write_text("{")
    with pytest.raises(RegionError, match=r"feed b: .*versions\.json: is damaged"):
        _locate(BY_URL, tmp_path)
