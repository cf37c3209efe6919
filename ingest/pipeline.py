"""The way from feed archives to a Network with footpaths: the one road that every command takes."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np

from ingest.changes import Measure, resolve_changes, straight_measure, street_measure
from ingest.cross_feed import ComparisonWindow, cross_feed_notices
from ingest.footpaths import DEFAULT_DETOUR, DEFAULT_RADIUS_M, WalkingLinks, straight_links
from ingest.model import Network
from ingest.network import build_network
from ingest.notices import FeedRejected, NoticeLog
from ingest.progress import CHANGES, COMPARING, LINKING, MERGING, READING, Progress, SharedStage, silent
from ingest.providers import ProviderMap, one_provider_a_feed, providers_of
from ingest.publication import FeedFacts, facts_of
from ingest.region import Region
from ingest.region_sources import catalogue_attributions
from ingest.republication import ReadFeed
from ingest.service_range import ServiceRange, limit_feeds
from ingest.street_footpaths import street_links
from ingest.street_model import StopsOnStreets, Streets, no_stops_on_streets, no_streets
from ingest.street_walk import StreetWalker
from ingest.streets import StreetsError, read_streets
from ingest.tables import FeedTables, read_feed
from ingest.trip_transfers import resolve_trip_transfers

Walk = Literal["streets", "straight", "off"]

READERS = 2
"""Feeds read at one time; each needs memory of its own."""


@dataclass(frozen=True, slots=True)
class WalkOptions:
    """How stops are linked on foot, up to `radius_m` apart: along the streets of an OpenStreetMap extract `osm`,
    by straight lines `detour` times as long, or not at all.
    """

    walk: Walk = "straight"
    radius_m: float = DEFAULT_RADIUS_M
    detour: float = DEFAULT_DETOUR
    osm: Path | None = None


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
    options: WalkOptions = WalkOptions(),
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
    ground = _ground(network, options, progress)
    progress(CHANGES)
    footpaths = resolve_changes(network, ground.links, ground.metres)
    network = dataclasses.replace(
        network,
        feeds=tuple(feeds),
        footpaths=footpaths,
        trip_transfers=resolve_trip_transfers(network, footpaths, ground.metres),
        streets=ground.streets,
        street_stops=ground.stops,
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


@dataclass(frozen=True, slots=True)
class _Ground:
    """What riders walk on: links between stops, and how far it is between two that are not linked."""

    links: WalkingLinks
    metres: Measure
    streets: Streets
    stops: StopsOnStreets


def _ground(network: Network, options: WalkOptions, progress: Progress) -> _Ground:
    """Raises StreetsError for an extract that cannot be used."""
    straight = straight_measure(network, options.detour)
    if options.walk == "streets":
        if options.osm is None:
            raise StreetsError("walking along streets needs an OpenStreetMap extract")
        streets = read_streets(options.osm, progress)
        found = street_links(network, streets, options.radius_m, progress, detour=options.detour)
        walker = StreetWalker(streets, found.stops, options.detour)
        return _Ground(found.links, street_measure(network, walker, straight), streets, found.stops)
    progress(LINKING)
    links = straight_links(network, options.radius_m, options.detour) if options.walk == "straight" else _no_links()
    return _Ground(links, straight, no_streets(), no_stops_on_streets())


def _no_links() -> WalkingLinks:
    none = np.empty(0, np.int32)
    return WalkingLinks(none, none, none)


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
