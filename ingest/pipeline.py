"""The way from feed archives to a Network with footpaths: the one road that every command takes."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ingest.changes import resolve_changes
from ingest.cross_feed import ComparisonWindow, cross_feed_notices
from ingest.ground import STRAIGHT, WalkOptions, find_ground
from ingest.model import Network
from ingest.network import build_network
from ingest.notices import FeedRejected, NoticeLog
from ingest.providers import ProviderMap, one_provider_a_feed, providers_of
from ingest.region import Region
from ingest.tables import FeedTables, read_feed

__all__ = ["IngestResult", "WalkOptions", "ingest_feeds"]

Progress = Callable[[str], None]

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


def ingest_feeds(
    sources: Mapping[str, Path],
    options: WalkOptions = STRAIGHT,
    *,
    region: Region | None = None,
    today: date | None = None,
    progress: Progress = lambda stage: None,
) -> IngestResult:
    """Read every feed (id to zip or folder) and merge those that can be used. Bad feeds never raise.

    Raises StreetsError for a street extract that cannot be used.

    `today` (default: this day) is for saying that a feed's service is over or has not begun.
    """
    log = NoticeLog()
    tables, rejected = _read_all(sources, log, today, progress)
    if not tables:
        return IngestResult(None, (), log, rejected, None)
    progress("merging feeds")
    network = build_network(tables, _providers(tables, region), log, region=region.id if region else "")
    progress("linking stops on foot")
    streets, ground, step_free = find_ground(network, options, progress)
    progress("resolving changes")
    footpaths = resolve_changes(network, ground.links, ground.measure)
    network = dataclasses.replace(
        network,
        footpaths=footpaths,
        step_free_footpaths=(
            footpaths if step_free is ground else resolve_changes(network, step_free.links, step_free.measure)
        ),
        station_ways=ground.ways,
        step_free_station_ways=step_free.ways,
        streets=streets,
        street_stops=ground.stops,
        step_free_street_stops=step_free.stops,
        walk=options.walk,
        detour=options.detour,
        snapshot_id=_snapshot_id(network, options),
    )
    progress("comparing feeds")
    window = cross_feed_notices(network, tables, log)
    return IngestResult(network, tuple(tables), log, rejected, window)


def _read_all(
    sources: Mapping[str, Path], log: NoticeLog, today: date | None, progress: Progress
) -> tuple[list[FeedTables], dict[str, FeedRejected]]:
    """Read feeds side by side: unpacking and parsing leave the interpreter's lock alone."""
    tables: list[FeedTables] = []
    rejected: dict[str, FeedRejected] = {}
    with ThreadPoolExecutor(READERS) as pool:
        reading = [(feed_id, pool.submit(_read, feed_id, path, today)) for feed_id, path in sources.items()]
        for feed_id, future in reading:
            progress(f"reading {feed_id}")
            read, own_log = future.result()
            log.extend(own_log)
            if isinstance(read, FeedRejected):
                rejected[feed_id] = read
            else:
                tables.append(read)
    return tables, rejected


def _read(feed_id: str, path: Path, today: date | None) -> tuple[FeedTables | FeedRejected, NoticeLog]:
    log = NoticeLog()
    try:
        return read_feed(feed_id, path, log, today=today), log
    except FeedRejected as error:
        return error, log


def _providers(tables: Sequence[FeedTables], region: Region | None) -> ProviderMap:
    if region is not None:
        return providers_of(region)
    return one_provider_a_feed([(feed.feed_id, _name(feed)) for feed in tables])


def _name(feed: FeedTables) -> str:
    names = dict.fromkeys(name for name in feed.agencies["agency_name"].to_list() if name)
    return ", ".join(names) or feed.feed_id


def _snapshot_id(network: Network, options: WalkOptions) -> str:
    owners = network.agencies.provider.tolist()
    walk = (options.walk, options.radius_m, options.detour)
    digest = hashlib.sha256(repr((network.region, network.providers, owners, walk)).encode())
    if options.walk == "streets" and options.osm is not None:
        with options.osm.open("rb") as extract:
            digest.update(hashlib.file_digest(extract, "sha256").digest())
    for feed in network.feeds:
        digest.update(f"{feed.id}:{feed.sha256}\n".encode())
    return digest.hexdigest()[:16]
