"""The way from feed archives to a Network with footpaths: the one road that every command takes."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ingest.changes import resolve_changes
from ingest.cross_feed import ComparisonWindow, cross_feed_notices
from ingest.ground import STRAIGHT, Ground, WalkOptions, find_ground
from ingest.model import Network
from ingest.network import build_network
from ingest.notices import FeedRejected, NoticeLog
from ingest.progress import CHANGES, COMPARING, MERGING, READING, Progress, SharedStage, silent
from ingest.providers import ProviderMap, one_provider_a_feed, providers_of
from ingest.publication import FeedFacts, facts_of
from ingest.region import Region
from ingest.region_sources import catalogue_attributions
from ingest.republication import ReadFeed
from ingest.service_range import ServiceRange, limit_feeds
from ingest.tables import FeedTables, read_feed
from ingest.trip_transfers import WalkedChanges, resolve_trip_transfers

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
) -> IngestResult:
    """Read every feed (id to zip or folder) and merge those that can be used. Bad feeds never raise.

    `today` (default: this day) is for saying that a feed's service is over or has not begun. Of `days` only the
    service is kept; default: all.

    Raises StreetsError for a street extract that cannot be used, NoServiceError where no trip runs on any of `days`.
    """
    log = NoticeLog()
    tables, rejected = _read_all(sources, log, today, progress)
    read = _as_read(tables, rejected)
    if not tables:
        return IngestResult(None, (), log, rejected, None, read)
    if days is not None:
        tables = limit_feeds(tables, days, log)
    progress(MERGING)
    network = build_network(tables, _providers(tables, region), log, region=region.id if region else "")
    credits = {} if region is None else catalogue_attributions(region)
    feeds = (dataclasses.replace(feed, attribution=credits.get(feed.id, feed.attribution)) for feed in network.feeds)
    streets, ground, step_free = find_ground(network, options, progress)
    progress(CHANGES)
    changes = _changes(network, ground)
    step_free_changes = changes if step_free is ground else _changes(network, step_free)
    network = dataclasses.replace(
        network,
        feeds=tuple(feeds),
        footpaths=changes.footpaths,
        step_free_footpaths=step_free_changes.footpaths,
        trip_transfers=resolve_trip_transfers(network, changes, step_free_changes),
        station_ways=ground.ways,
        step_free_station_ways=step_free.ways,
        streets=streets,
        street_stops=ground.stops,
        step_free_street_stops=step_free.stops,
        walk=options.walk,
        detour=options.detour,
        snapshot_id=_snapshot_id(network, options, days),
    )
    progress(COMPARING)
    window = cross_feed_notices(network, tables, log)
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
        reading = [
            (feed_id, pool.submit(_read, feed_id, path, today, stage.of(feed_id))) for feed_id, path in sources.items()
        ]
        for feed_id, future in reading:
            read, own_log = future.result()
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


def _changes(network: Network, ground: Ground) -> WalkedChanges:
    return WalkedChanges(resolve_changes(network, ground.links, ground.measure), ground.measure)


def _providers(tables: Sequence[FeedTables], region: Region | None) -> ProviderMap:
    if region is not None:
        return providers_of(region)
    return one_provider_a_feed([(feed.feed_id, _name(feed)) for feed in tables])


def _name(feed: FeedTables) -> str:
    names = dict.fromkeys(name for name in feed.agencies["agency_name"].to_list() if name)
    return ", ".join(names) or feed.feed_id


def _snapshot_id(network: Network, options: WalkOptions, days: ServiceRange | None) -> str:
    owners = network.agencies.provider.tolist()
    walk = (options.walk, options.radius_m, options.detour)
    digest = hashlib.sha256(repr((network.region, network.providers, owners, walk)).encode())
    if options.walk == "streets" and options.osm is not None:
        with options.osm.open("rb") as extract:
            digest.update(hashlib.file_digest(extract, "sha256").digest())
    if days is not None:
        digest.update(f"{days}\n".encode())
    for feed in network.feeds:
        digest.update(f"{feed.id}:{feed.sha256}\n".encode())
    return digest.hexdigest()[:16]
