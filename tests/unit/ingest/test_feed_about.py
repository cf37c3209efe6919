"""Who publishes and who makes a feed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.model import Attribution, FeedInfo
from ingest.pipeline import ingest_feeds
from ingest.snapshot import open_snapshot, write_snapshot
from tests.support.gtfs_feed import GtfsFeed
from tests.unit.ingest.reading import one_notice, read_rows, small_feed


def _about(feed: GtfsFeed, folder: Path) -> FeedInfo:
    """As it comes out of a snapshot."""
    network = ingest_feeds({"x": feed.write_zip(folder / "x.zip")}).network
    assert network is not None
    write_snapshot(network, folder / "out")
    return open_snapshot(folder / "out").feeds[0]


def test_what_feed_info_says_is_kept(tmp_path: Path) -> None:
    feed = small_feed()
    feed.add("feed_info", feed_publisher_name="Town", feed_publisher_url="https://town.example", feed_lang="de",
             feed_version="7b", feed_contact_email="a@town.example",
             feed_contact_url="https://town.example/c")  # fmt: skip
    about = _about(feed, tmp_path)
    assert (about.publisher_name, about.publisher_url, about.language, about.version) == (
        "Town",
        "https://town.example",
        "de",
        "7b",
    )
    assert (about.contact_email, about.contact_url) == ("a@town.example", "https://town.example/c")


def test_a_feed_that_says_nothing_of_itself_leaves_all_of_it_empty(tmp_path: Path) -> None:
    about = _about(small_feed(), tmp_path)
    assert about.attributions == ()
    assert {about.attribution, about.publisher_name, about.language, about.version, about.contact_url} == {""}


@pytest.mark.parametrize(
    ("info", "agency", "language"),
    [("de", "fr", "de"), ("mul", "fr", ""), ("", "fr", "fr"), ("mul/fr", "", "fr"), ("", "", "")],
)
def test_the_language_is_that_of_feed_info_else_that_of_the_agencies(
    info: str, agency: str, language: str, tmp_path: Path
) -> None:
    feed = small_feed()
    feed.rows("agency")[0]["agency_lang"] = agency
    said, _, default = info.partition("/")
    feed.add("feed_info", feed_publisher_name="T", feed_publisher_url="https://t.example", feed_lang=said,
             default_lang=default)  # fmt: skip
    assert _about(feed, tmp_path).language == language


def test_an_organization_is_told_once_with_all_its_roles(tmp_path: Path) -> None:
    feed = small_feed()
    feed.add("attributions", organization_name="Trams", is_operator=1, route_id="R", attribution_phone="123")
    feed.add("attributions", organization_name="Town", is_authority=1, attribution_url="https://town.example")
    feed.add("attributions", organization_name="Trams", is_producer=1, trip_id="T1", attribution_email="t@t.example")
    feed.add("attributions", organization_name="", is_producer=1)
    about = _about(feed, tmp_path)
    assert about.attribution == "Trams, Town"
    assert about.attributions == (
        Attribution("Trams", True, True, False, "", "t@t.example", "123"),
        Attribution("Town", False, False, True, "https://town.example", "", ""),
    )


def test_an_address_that_is_none_never_becomes_a_link(tmp_path: Path) -> None:
    feed = small_feed()
    feed.add("attributions", organization_name="Evil", is_producer=1, attribution_url="javascript:alert(1)")
    assert _about(feed, tmp_path).attributions[0].url == ""
    _, log = read_rows(feed, tmp_path)
    assert one_notice(log, "invalid_url").file == "attributions.txt"
