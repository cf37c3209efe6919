"""Feeds in an archive as `timbang feeds fetch` leaves them, without a network."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from ingest.feed_archive import FeedArchive, Version
from tests.support.gtfs_feed import GtfsFeed


def archive_feed(root: Path, feed_id: str, feed: GtfsFeed, *, url: str, held: tuple[str, ...] = ()) -> Version:
    """Keeps the feed as the version that came last; in use unless it is `held`."""
    archive = FeedArchive(root, feed_id)
    with archive.locked():
        packed = feed.write_zip(root / f"{feed_id}.tmp")
        data = packed.read_bytes()
        packed.unlink()
        fetched = datetime(2026, 3, 1, tzinfo=UTC)
        version = Version(hashlib.sha256(data).hexdigest(), len(data), url, fetched, held=held)
        with archive.incoming() as incoming:
            incoming.write(data)
            archive.add(incoming, version)
        if not held:
            archive.put_in_use(version)
    return version
