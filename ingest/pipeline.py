"""The way from feed archives to a Network with footpaths: the one road that every command takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.model import Network
from ingest.notices import FeedRejected, NoticeLog
from ingest.progress import READING, Progress, SharedStage, feed_megabytes, silent
from ingest.publication import FeedFacts, facts_of
from ingest.region import Region
from ingest.republication import ReadFeed
from ingest.service_range import ServiceRange, limit_feeds
from ingest.tables import FeedTables, read_feed
from ingest.walk_options import STRAIGHT, WalkOptions

if TYPE_CHECKING:
    from ingest.cross_feed import ComparisonWindow

__all__ = ["IngestResult", "WalkOptions", "ingest_feeds"]

READERS = 2
"""Feeds read at one time; each needs memory of its own."""


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What came of the feeds. `network` is None if every feed was rejected."""

    network: Network | None
    tables: tuple[FeedTables, ...]
    log: NoticeLog
    rejected: Mapping[str, FeedRejected]
    window: ComparisonWindow | None
    """When the providers run at all, and when they can be compared."""
    read: Mapping[str, ReadFeed]
    """Every feed as it was read, a rejected one too."""


def ingest_feeds(
    sources: Mapping[str, Path],
    options: WalkOptions = STRAIGHT,
    *,
    region: Region | None = None,
    today: date | None = None,
    days: ServiceRange | None = None,
    progress: Progress = silent,
    is_bounded: bool = True,
) -> IngestResult:
    """Read every feed (id to zip or folder) and merge those that can be used. Bad feeds never raise.

    `today` (default: this day) is for saying that a feed's service is over or has not begun. Of `days` only the
    service is kept; default: all. is_bounded: False where few questions are asked, which is answered the same, and
    sooner without the least travel times that searches leave stops out by.

    Raises StreetsError for a street extract that cannot be used, NoServiceError where no trip runs on any of `days`.
    """
    log = NoticeLog()
    tables, rejected = _read_all(sources, log, today, progress)
    read = _as_read(tables, rejected)
    if not tables:
        return IngestResult(None, (), log, rejected, None, read)
    if days is not None:
        tables = limit_feeds(tables, days, log)
    from ingest.merge import merge_feeds

    network, window = merge_feeds(tables, options, region, days, log, progress, is_bounded=is_bounded)
    return IngestResult(network, tuple(tables), log, rejected, window, read)


def _as_read(tables: Sequence[FeedTables], rejected: Mapping[str, FeedRejected]) -> dict[str, ReadFeed]:
    read = {feed.feed_id: ReadFeed(feed.sha256, facts_of(feed)) for feed in tables}
    refused = {feed_id: ReadFeed("", FeedFacts(0, 0, (), error.reason)) for feed_id, error in rejected.items()}
    return read | refused


def _read_all(
    sources: Mapping[str, Path], log: NoticeLog, today: date | None, progress: Progress
) -> tuple[list[FeedTables], dict[str, FeedRejected]]:
    """Read feeds side by side: unpacking and parsing leave the interpreter's lock alone."""
    tables: list[FeedTables] = []
    rejected: dict[str, FeedRejected] = {}
    stage = SharedStage(READING, sources, progress)
    with ThreadPoolExecutor(READERS) as pool:
        # The largest first, so that no thread is left alone with it at the end.
        order = sorted(sources, key=lambda feed_id: feed_megabytes(sources[feed_id]), reverse=True)
        reading = {feed: pool.submit(_read, feed, sources[feed], today, stage.of(feed)) for feed in order}
        # What comes next needs numba, half a second to import: meanwhile feeds are read.
        import ingest.merge  # noqa: F401 # for what importing it does

        for feed_id in sources:
            read, own_log = reading[feed_id].result()
            log.extend(own_log)
            if isinstance(read, FeedRejected):
                rejected[feed_id] = read
            else:
                tables.append(read)
    return tables, rejected


def _read(
    feed_id: str, path: Path, today: date | None, progress: Progress
) -> tuple[FeedTables | FeedRejected, NoticeLog]:
    log = NoticeLog()
    try:
        return read_feed(feed_id, path, log, progress, today=today), log
    except FeedRejected as error:
        return error, log
    finally:
        progress("", 1.0)
