"""A snapshot keeps the tables that its network does not hold, as the feed has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.pipeline import ingest_feeds
from ingest.snapshot import SnapshotError, open_snapshot, read_kept_table, write_snapshot
from tests.support.timetable_text import feeds_of


def _written(folder: Path) -> Path:
    feed = feeds_of("A 08:00 > B 08:10 / x")["x"]
    feed.add("fare_attributes", fare_id="001", price="3500", currency_type="IDR", payment_method="0", transfers="")
    result = ingest_feeds({"x": feed.write_zip(folder / "x.zip")})
    assert result.network is not None
    return write_snapshot(result.network, folder / "out", tables=result.tables)


def test_fares_are_kept_as_text(tmp_path: Path) -> None:
    table = read_kept_table(_written(tmp_path), "x", "fare_attributes.txt")
    assert table is not None
    assert table.row(0, named=True) | {"fare_id": "001", "price": "3500", "currency_type": "IDR"} == table.row(
        0, named=True
    )


def test_a_table_that_the_feed_does_not_have_is_none(tmp_path: Path) -> None:
    assert read_kept_table(_written(tmp_path), "x", "pathways.txt") is None


def test_a_flipped_byte_in_a_kept_table_is_refused(tmp_path: Path) -> None:
    folder = _written(tmp_path)
    path = folder / "kept.x.fare_attributes.txt.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(SnapshotError, match="checksum differs"):
        read_kept_table(folder, "x", "fare_attributes.txt")
    with pytest.raises(SnapshotError, match="checksum differs"):
        open_snapshot(tmp_path / "out")


def test_a_missing_kept_table_is_refused(tmp_path: Path) -> None:
    folder = _written(tmp_path)
    (folder / "kept.x.fare_attributes.txt.parquet").unlink()
    with pytest.raises(SnapshotError, match="cannot be read"):
        open_snapshot(tmp_path / "out")
