"""Feeds as rows come back from disk as they were written."""

from __future__ import annotations

from pathlib import Path

from tests.support.gtfs_feed import GtfsFeed, columns


def small_feed() -> GtfsFeed:
    feed = GtfsFeed()
    feed.add("stops", stop_id="007", stop_name='Old "Town", East', stop_lat=1.5)
    feed.add("stops", stop_id="NA", stop_name="line\nbreak", platform_code="é")
    return feed


def test_a_zip_comes_back_as_it_was_written(tmp_path: Path) -> None:
    rows = GtfsFeed.read(small_feed().write_zip(tmp_path / "feed.zip")).rows("stops")
    assert rows[0] == {"stop_id": "007", "stop_name": 'Old "Town", East', "stop_lat": "1.5", "platform_code": ""}
    assert rows[1] == {"stop_id": "NA", "stop_name": "line\nbreak", "stop_lat": "", "platform_code": "é"}


def test_a_folder_holds_the_same_feed_as_a_zip(tmp_path: Path) -> None:
    folder = small_feed().write_folder(tmp_path / "new" / "feed")
    archive = small_feed().write_zip(tmp_path / "feed.zip")
    assert GtfsFeed.read(folder) == GtfsFeed.read(archive)


def test_equal_feeds_are_equal_bytes(tmp_path: Path) -> None:
    first, second = (small_feed().write_zip(tmp_path / name) for name in ("a.zip", "b.zip"))
    assert first.read_bytes() == second.read_bytes()


def test_a_byte_order_mark_is_no_part_of_a_column(tmp_path: Path) -> None:
    (tmp_path / "stops.txt").write_bytes(b"\xef\xbb\xbfstop_id,stop_name\r\nA,Alder,surplus\r\nB\r\n")
    assert GtfsFeed.read(tmp_path).rows("stops") == [{"stop_id": "A", "stop_name": "Alder"}, {"stop_id": "B"}]


def test_none_is_left_out_and_columns_keep_their_order() -> None:
    feed = GtfsFeed()
    feed.add("transfers", from_stop_id="A", min_transfer_time=None)
    feed.add("transfers", from_stop_id="B", min_transfer_time=60)
    assert columns(feed.rows("transfers")) == ["from_stop_id", "min_transfer_time"]
    assert feed.rows("transfers")[0] == {"from_stop_id": "A"}
    assert feed.rows("nothing") == []
